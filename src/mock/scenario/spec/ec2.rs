//! The keys of a scenario file for EC2 instances.

use super::super::when::ScenarioTime;
use super::{Text, one, table};
use crate::{domain::Tags, mock::load_shape::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

/// The purchase option of EC2 instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MarketSpec {
    #[default]
    OnDemand,
    Spot,
    SpotPersistent,
    CapacityBlock,
}

/// A protection of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protection {
    Stop,
    Termination,
}

table! {
    /// `[[instance]]`
    InstanceSpec {
        name: Text,
        #[serde(default = "one")]
        count: Spanned<u32>,
        r#type: Text,
        account: Option<Text>,
        region: Option<Text>,
        zone: Option<String>,
        launched: ScenarioTime,
        stopped: Option<Spanned<ScenarioTime>>,
        terminated: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        market: MarketSpec,
        capacity_block_end: Option<ScenarioTime>,
        auto_scaling_group: Option<String>,
        relaunch_seconds: Option<u32>,
        gpu: Option<Spanned<LoadSpec>>,
        cpu: Option<Spanned<LoadSpec>>,
        cloudwatch_agent: Option<bool>,
        container_insights: Option<String>,
        #[serde(default)]
        detailed_monitoring: bool,
        #[serde(default)]
        instance_store: bool,
        #[serde(default)]
        insufficient_capacity: bool,
        #[serde(default)]
        capacity_reservation: bool,
        #[serde(default)]
        protection: Vec<Protection>,
        #[serde(default = "volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

fn volume() -> u32 {
    200
}
