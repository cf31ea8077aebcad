//! `scale`: change how many instances or copies run.

use crate::domain::{
    Reason,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, PRIOR_STATE_MISSING, Resolution,
            Subject, Texts, Undo, mismatch, no_inverse,
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
    /// `sagemaker:UpdateEndpointWeightsAndCapacities` for one variant.
    Variant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Desired instance count.
        count: u32,
    },
    /// `sagemaker:UpdateInferenceComponentRuntimeConfig`.
    Component {
        /// Inference component name.
        name: Arc<str>,
        /// Desired copy count.
        copies: u32,
    },
    /// `sagemaker:UpdateCluster` of one `HyperPod` instance group, with its description from right
    /// before the call and another count.
    InstanceGroup {
        /// ARN of the cluster.
        cluster: Arc<str>,
        /// Name of the instance group.
        group: Arc<str>,
        /// Desired instance count.
        count: u32,
    },
}

impl Call {
    /// The same call with another count.
    fn with_count(mut self, wanted: u32) -> Self {
        match &mut self {
            Self::Variant { count, .. } | Self::InstanceGroup { count, .. } => *count = wanted,
            Self::Component { copies, .. } => *copies = wanted,
        }
        self
    }
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "scale",
        doc: "change how many instances or copies run",
        prompt: Prompt::Count,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: None,
        timeout: None,
        justification: Justification::Waste,
        texts: Texts {
            title: "Scale",
            progress: "scaling",
            settled: "the desired count is running",
            enter: "enter confirms",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Count {
            unit: "instances",
            minimum: 0,
            suggested: None,
            per_unit: None,
            call: Self::Variant {
                endpoint: id,
                variant: "x".into(),
                count: 2,
            },
            shared: None,
            at_zero: None,
        }
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        let capability = capability?;
        let desired = capability.desired(subject.desired);
        let (
            CallTemplate::Count {
                unit,
                minimum,
                per_unit,
                call,
                at_zero,
                ..
            },
            &Input::Count(count),
        ) = (capability, input)
        else {
            return Err(mismatch::<Self>());
        };
        if count < minimum {
            return Err(Reason::new(format!(
                "AWS requires at least {minimum} {unit} here"
            )));
        }
        if count == desired {
            return Err(Reason::new(format!("already set to {count} {unit}")));
        }
        let mut warnings = Vec::new();
        match call {
            Call::InstanceGroup { .. } if count < desired => warnings.push(Reason::new(
                "AWS chooses the nodes to remove: their work is interrupted and their disks \
                 are lost",
            )),
            Call::Variant { .. } | Call::Component { .. } if count == 0 => {
                warnings.push(Reason::new("at zero it serves no requests"));
                warnings.extend(at_zero);
            }
            _ => {}
        }
        Ok(Resolution {
            call: call.with_count(count),
            expected: ExpectedState::Count(count),
            saves: per_unit.map(|unit| unit * (f64::from(desired) - f64::from(count))),
            warnings,
        })
    }

    fn inverse(_: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason> {
        match before.desired {
            Some(count) => Ok(InverseRequest::Same(Input::Count(count))),
            None => no_inverse(PRIOR_STATE_MISSING),
        }
    }

    fn undo(&self) -> Undo {
        Undo::Restores("the previous count")
    }

    fn requests(&self) -> Vec<String> {
        vec![match self {
            Self::Variant {
                endpoint,
                variant,
                count,
            } => format!(
                "sagemaker:UpdateEndpointWeightsAndCapacities EndpointName={endpoint} \
                 VariantName={variant} DesiredInstanceCount={count}"
            ),
            Self::Component { name, copies } => format!(
                "sagemaker:UpdateInferenceComponentRuntimeConfig InferenceComponentName={name} \
                 CopyCount={copies}"
            ),
            Self::InstanceGroup {
                cluster,
                group,
                count,
            } => format!(
                "sagemaker:UpdateCluster ClusterName={cluster} \
                 InstanceGroups=[InstanceGroupName={group} InstanceCount={count}, the rest as \
                 described]"
            ),
        }]
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        Some(BlastRadius::Whole(match self {
            Self::Variant {
                endpoint, variant, ..
            } => Parent::Variant {
                endpoint: endpoint.clone(),
                variant: variant.clone(),
            },
            Self::InstanceGroup { cluster, group, .. } => Parent::Group {
                cluster: cluster.clone(),
                group: group.clone(),
            },
            Self::Component { .. } => return None,
        }))
    }

    fn shared_noun(&self) -> &'static str {
        match self {
            Self::InstanceGroup { .. } => "same instance group",
            Self::Variant { .. } | Self::Component { .. } => "same change",
        }
    }

    fn is_shared(&self) -> bool {
        matches!(self, Self::InstanceGroup { .. })
    }

    fn is_same_change(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::InstanceGroup {
                    cluster: a,
                    group: one,
                    ..
                },
                Self::InstanceGroup {
                    cluster: b,
                    group: two,
                    ..
                },
            ) => (a, one) == (b, two),
            _ => self == other,
        }
    }
}
