//! The words of a scenario file for what the bill has beside resources, and its watchmen.
//!
//! Must not know how a world is made of them.

use super::super::when::When;
use super::{Text, table};
use crate::{domain::Tags, mock::load::LoadSpec};
use serde::Deserialize;

/// What kind of line it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecordSpec {
    #[default]
    Usage,
    Fee,
    Support,
    Tax,
}

table! {
    /// `[[cost]]`
    CostSpec {
        service: String,
        usage_type: String,
        region: Option<Text>,
        daily: LoadSpec,
        since: Option<When>,
        account: Option<Text>,
        #[serde(default)]
        record_type: RecordSpec,
        #[serde(default)]
        tags: Tags,
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
