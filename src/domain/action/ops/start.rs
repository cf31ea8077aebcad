//! `start`: start a stopped EC2 instance or notebook instance.

use crate::domain::{
    Reason,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, Resolution, Subject, Texts, Undo,
            mismatch,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
    },
};
use std::sync::Arc;

/// Its API calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `ec2:StartInstances` of one instance id.
    Instance(Arc<str>),
    /// `sagemaker:StartNotebookInstance` by name.
    Notebook(Arc<str>),
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "start",
        doc: "start the resource (billing resumes)",
        prompt: Prompt::None,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: Some("stop"),
        timeout: None,
        justification: Justification::Never,
        texts: Texts {
            title: "Start",
            progress: "starting",
            settled: "it runs",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Billed {
            rate: None,
            call: Self::Instance(id),
        }
    }

    fn resolve(
        _: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        match (capability?, input) {
            (CallTemplate::Billed { rate, call }, Input::None) => Ok(Resolution {
                call,
                expected: ExpectedState::Running,
                saves: rate.map(|rate| rate * -1.0),
                warnings: Vec::new(),
            }),
            _ => Err(mismatch::<Self>()),
        }
    }

    fn inverse(_: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        Ok(InverseRequest::Opposite)
    }

    fn undo(&self) -> Undo {
        Undo::Restores("stop again")
    }

    fn requests(&self) -> Vec<String> {
        vec![match self {
            Self::Instance(id) => format!("ec2:StartInstances InstanceIds=[{id}]"),
            Self::Notebook(name) => {
                format!("sagemaker:StartNotebookInstance NotebookInstanceName={name}")
            }
        }]
    }

    fn instance(&self) -> Option<&Arc<str>> {
        match self {
            Self::Instance(id) => Some(id),
            Self::Notebook(_) => None,
        }
    }
}
