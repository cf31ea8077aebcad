//! `reboot`: restart the operating system of an EC2 instance.

use crate::domain::{
    Reason, UsdPerHour,
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
use std::{sync::Arc, time::Duration};

/// Its API call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `ec2:RebootInstances` of one instance id.
    Instance(Arc<str>),
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "reboot",
        doc: "restart the operating system; billing continues",
        prompt: Prompt::None,
        affects_runtime: true,
        affects_cost: false,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: Some(Duration::from_mins(5)),
        justification: Justification::Never,
        texts: Texts {
            title: "Reboot",
            progress: "reboots",
            settled: "it runs again",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Ready(Self::Instance(id))
    }

    fn resolve(
        _: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        Ok(Resolution {
            call: complete_call(capability, input)?,
            expected: ExpectedState::Running,
            saves: Some(UsdPerHour::ZERO),
            warnings: vec![Reason::new("running work on it is interrupted")],
        })
    }

    fn inverse(_: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        no_inverse("a reboot cannot be undone")
    }

    fn undo(&self) -> Undo {
        Undo::Unneeded
    }

    fn requests(&self) -> Vec<String> {
        let Self::Instance(id) = self;
        vec![format!("ec2:RebootInstances InstanceIds=[{id}]")]
    }

    fn instance(&self) -> Option<&Arc<str>> {
        let Self::Instance(id) = self;
        Some(id)
    }
}
