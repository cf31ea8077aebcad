//! `delete`: end an endpoint or provisioned throughput for good.

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
        scope::{BlastRadius, Parent},
    },
};
use std::sync::Arc;

/// Its API calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `sagemaker:DeleteEndpoint` by name: all its variants end, its configuration and models stay.
    Endpoint(Arc<str>),
    /// `bedrock:DeleteProvisionedModelThroughput` by ARN.
    Throughput(Arc<str>),
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "delete",
        doc: "delete the resource permanently",
        prompt: Prompt::None,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: true,
        is_about_anomaly: false,
        opposite: None,
        timeout: None,
        justification: Justification::Waste,
        texts: Texts {
            title: "Delete",
            progress: "deleting",
            settled: "it is gone",
            enter: "enter deletes",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Ready(Self::Throughput(id))
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let call = complete_call(capability, input)?;
        let mut warnings = vec![Reason::new("cannot be undone: calls to its name will fail")];
        if let Some(name) = call.target_name() {
            warnings.push(Reason::new(format!(
                "every variant of {name} is deleted too; its configuration and models remain and \
                 cost nothing"
            )));
        }
        Ok(Resolution {
            call,
            expected: ExpectedState::Gone,
            saves: subject.rate,
            warnings,
        })
    }

    fn inverse(_: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        no_inverse("a deleted resource cannot be restored")
    }

    fn undo(&self) -> Undo {
        Undo::Impossible
    }

    fn requests(&self) -> Vec<String> {
        vec![match self {
            Self::Endpoint(name) => format!("sagemaker:DeleteEndpoint EndpointName={name}"),
            Self::Throughput(arn) => {
                format!("bedrock:DeleteProvisionedModelThroughput ProvisionedModelId={arn}")
            }
        }]
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        let name = self.target_name()?;
        Some(BlastRadius::Whole(Parent::Endpoint(name.clone())))
    }

    fn target_name(&self) -> Option<&Arc<str>> {
        match self {
            Self::Endpoint(name) => Some(name),
            Self::Throughput(_) => None,
        }
    }

    fn shared_noun(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "same endpoint",
            Self::Throughput(_) => "same change",
        }
    }
}
