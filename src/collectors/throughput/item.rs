//! Provisioned throughput as Bedrock lists it.

use crate::{
    domain::{Measured, State, Tags, Timestamp},
    pricing::Term,
};
use std::sync::Arc;

/// Provisioned throughput as Bedrock lists it.
#[derive(Clone, Debug)]
pub(crate) struct ThroughputItem {
    pub id: Arc<str>,
    pub name: Arc<str>,
    pub arn: Arc<str>,
    pub model: Arc<str>,
    /// ARN of the model that serves: a foundation model or a custom model.
    pub serves: Arc<str>,
    pub units: u32,
    pub desired: u32,
    pub state: State,
    pub term: Term,
    pub ends: Option<Timestamp>,
    pub created: Option<Timestamp>,
    pub tags: Measured<Tags>,
    /// ARNs of the account's custom models of the same base.
    pub others: Vec<Arc<str>>,
}

impl ThroughputItem {
    /// Whether a custom model serves.
    pub(crate) fn serves_custom_model(&self) -> bool {
        self.serves.contains(":custom-model/")
    }
}
