//! The keys of a scenario file for costs without resources and for anomaly monitors.

use super::super::when::ScenarioTime;
use super::{Text, table};
use crate::{domain::Tags, mock::load_shape::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

/// The kind of a cost line.
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
        usd_per_day: LoadSpec,
        usd_per_unit: Option<Spanned<f64>>,
        #[serde(default = "no_unit")]
        unit: String,
        since: Option<ScenarioTime>,
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
        created: ScenarioTime,
    }
}

table! {
    /// `[[anomaly]]`
    AnomalySpec {
        service: Text,
        usage_type: Option<String>,
        account: Option<Text>,
        region: Option<Text>,
        start: ScenarioTime,
        end: Option<ScenarioTime>,
        #[serde(default = "score")]
        score: f64,
        feedback: Option<Text>,
    }
}

/// Cost Explorer's word for a line without a unit.
fn no_unit() -> String {
    "N/A".to_owned()
}

fn score() -> f64 {
    0.8
}
