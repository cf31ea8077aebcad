//! `terminate`: end an EC2 instance for good.

use crate::domain::{
    Reason,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, Resolution, Subject, Texts, Undo,
            complete_call, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
    },
};
use std::sync::Arc;

/// Its API call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `ec2:TerminateInstances` of one instance id.
    Instance(Arc<str>),
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "terminate",
        doc: "terminate the instance and delete the data on its own disks",
        prompt: Prompt::None,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: true,
        is_about_anomaly: false,
        opposite: None,
        timeout: None,
        justification: Justification::Waste,
        texts: Texts {
            title: "Terminate",
            progress: "ending",
            settled: "it is gone",
            enter: "enter terminates",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Ready(Self::Instance(id))
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let lost =
            Reason::new("cannot be undone: the instance and the data on its own disks are lost");
        Ok(Resolution {
            call: complete_call(capability, input)?,
            expected: ExpectedState::Gone,
            saves: subject.rate,
            warnings: vec![lost],
        })
    }

    fn inverse(_: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        no_inverse("a terminated instance cannot be restored")
    }

    fn undo(&self) -> Undo {
        Undo::Impossible
    }

    fn requests(&self) -> Vec<String> {
        let Self::Instance(id) = self;
        vec![format!("ec2:TerminateInstances InstanceIds=[{id}]")]
    }

    fn instance(&self) -> Option<&Arc<str>> {
        let Self::Instance(id) = self;
        Some(id)
    }
}
