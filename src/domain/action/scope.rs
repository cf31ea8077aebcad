//! What a row is a part of, and which rows a change reaches beyond the one it was asked on.
//!
//! Names are AWS's own, unique in one account and region.

use super::api_call::TagRoute;
use crate::domain::{ApiCall, Capability, CommonFields, JobKind, Phase, ScalableResource};
use std::sync::Arc;

/// What a row is a part of: a change of the whole is a change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Of a variant: its endpoint, by name.
    Endpoint(Arc<str>),
    /// Of an inference component: the variant whose instances it is placed on.
    Variant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
    },
    /// Of a `HyperPod` node: its instance group.
    Group {
        /// ARN of the cluster.
        cluster: Arc<str>,
        /// Name of the instance group.
        group: Arc<str>,
    },
    /// Of a training job: the tuning job that made it, by name.
    Tuning(Arc<str>),
}

/// What a call changes beyond the row that it was asked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlastRadius {
    /// All that is part of it.
    Whole(Parent),
    /// All whose tags are those of this ARN.
    Tags(Arc<str>),
}

impl BlastRadius {
    /// Whether `row`, of the same account and region, is changed with it.
    pub fn takes(&self, row: &CommonFields) -> bool {
        match (self, &row.parent) {
            (_, None) => false,
            (
                Self::Whole(Parent::Endpoint(name)),
                Some(Parent::Endpoint(endpoint) | Parent::Variant { endpoint, .. }),
            ) => name == endpoint,
            // Tries that are over are what they are.
            (Self::Whole(Parent::Tuning(name)), Some(Parent::Tuning(tuning))) => {
                name == tuning && matches!(row.state.phase, Phase::Running | Phase::Changing)
            }
            (Self::Whole(whole), Some(parent)) => whole == parent,
            (Self::Tags(arn), Some(_)) => {
                row.arn.as_ref().is_some_and(|own| own.as_str() == &**arn)
            }
        }
    }
}

impl ApiCall {
    /// What it changes beyond the row that it was asked on, if it may be more than that:
    ///
    /// | call | what goes with it |
    /// | --- | --- |
    /// | delete an endpoint | all of its variants, and what is placed on them |
    /// | count, bounds or hours of a variant | the inference components placed on its instances |
    /// | count of an instance group | all nodes of the group: AWS chooses which go |
    /// | stop a tuning job | the training jobs it made that still run |
    /// | tags | all rows that have these very tags: variants of one endpoint, nodes of one cluster |
    pub fn reach(&self) -> Option<BlastRadius> {
        Some(BlastRadius::Whole(match self {
            Self::DeleteEndpoint(name) => Parent::Endpoint(name.clone()),
            Self::ScaleVariant {
                endpoint, variant, ..
            }
            | Self::ScheduleVariant {
                endpoint, variant, ..
            }
            | Self::Timetable {
                endpoint, variant, ..
            }
            | Self::SetBounds {
                scaled: ScalableResource::Variant { endpoint, variant },
                ..
            } => Parent::Variant {
                endpoint: endpoint.clone(),
                variant: variant.clone(),
            },
            Self::ScaleGroup { cluster, group, .. } => Parent::Group {
                cluster: cluster.clone(),
                group: group.clone(),
            },
            Self::StopJob {
                kind: JobKind::Tuning,
                id,
            } => Parent::Tuning(id.clone()),
            Self::Tag {
                route: TagRoute::SageMaker(arn),
                ..
            } => return Some(BlastRadius::Tags(arn.clone())),
            _ => return None,
        }))
    }
}

impl Capability {
    /// A call of the sort it leads to: what such a call reaches does not hang on what is asked.
    pub fn example(&self) -> Option<ApiCall> {
        match self {
            Self::Stop(call)
            | Self::Reboot(call)
            | Self::Terminate(call)
            | Self::Delete(call)
            | Self::Start { call, .. }
            | Self::Scale { call, .. }
            | Self::Schedule { call, .. } => Some(call.clone()),
            Self::Bounds {
                scaled,
                now: (least, most),
                ..
            } => Some(ApiCall::SetBounds {
                scaled: scaled.clone(),
                least: *least,
                most: *most,
            }),
            Self::Tag(route) => Some(ApiCall::Tag {
                route: route.clone(),
                set: crate::domain::Tags::new(),
                remove: Vec::new(),
            }),
            // Units and anomalies are parts of nothing.
            Self::SwapModel { .. } | Self::Feedback { .. } => None,
        }
    }
}
