//! The words of a scenario file for what the bill has beside resources, and its watchmen.
//!
//! Must not know how a world is made of them.

use super::super::when::When;
use super::{Text, table};
use crate::mock::load::LoadSpec;
use serde::Deserialize;

table! {
    /// `[[cost]]`
    CostSpec {
        service: String,
        usage_type: String,
        region: Option<Text>,
        daily: LoadSpec,
        since: Option<When>,
    }
}

table! {
    /// `[[monitor]]`
    MonitorSpec {
        name: String,
        created: When,
    }
}

table! {
    /// `[[anomaly]]`
    AnomalySpec {
        service: Text,
        usage_type: Option<String>,
        region: Option<Text>,
        begins: When,
        ends: Option<When>,
        #[serde(default = "score")]
        score: f64,
        feedback: Option<Text>,
    }
}

fn score() -> f64 {
    0.8
}
