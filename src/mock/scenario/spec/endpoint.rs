//! The keys of a scenario file for endpoints and inference components.

use super::super::when::ScenarioTime;
use super::{Text, table};
use crate::{
    domain::Tags,
    mock::{load_shape::LoadSpec, simulation::Serverless},
};
use serde::Deserialize;

table! {
    /// `autoscaling = { min = 1, max = 4, target = 300 }`
    ScalingSpec {
        min: u32,
        max: u32,
        target: Option<f64>,
    }
}

table! {
    /// `schedule = [{ at = "cron(0 18 ? * MON-FRI *)", min = 1, max = 1 }]`
    ScheduleSpec {
        name: Option<String>,
        at: Text,
        timezone: Option<Text>,
        min: Option<u32>,
        max: Option<u32>,
    }
}

table! {
    /// `managed-instance-scaling = { min = 1, max = 4 }`
    ManagedSpec {
        min: u32,
        max: u32,
    }
}

table! {
    /// `[[endpoint]]`
    EndpointSpec {
        name: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        r#type: Option<Text>,
        instances: Option<u32>,
        #[serde(default = "all_traffic")]
        variant: String,
        model: Option<String>,
        requests: LoadSpec,
        #[serde(default = "capacity")]
        capacity: f64,
        #[serde(default = "latency")]
        latency_ms: f64,
        #[serde(default)]
        error_rate: f64,
        serverless: Option<Serverless>,
        r#async: Option<bool>,
        /// The training plan that pays for all its instances.
        training_plan: Option<Text>,
        autoscaling: Option<ScalingSpec>,
        #[serde(default)]
        schedule: Vec<ScheduleSpec>,
        managed_instance_scaling: Option<ManagedSpec>,
        #[serde(default)]
        config_deleted: bool,
        #[serde(default)]
        variants: Vec<VariantSpec>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[endpoint.variants]]`
    VariantSpec {
        name: String,
        r#type: Text,
        instances: u32,
        #[serde(default = "weight")]
        weight: f64,
        #[serde(default = "capacity")]
        capacity: f64,
        model: Option<String>,
        autoscaling: Option<ScalingSpec>,
        #[serde(default)]
        schedule: Vec<ScheduleSpec>,
    }
}

table! {
    /// `[[component]]`
    ComponentSpec {
        name: Text,
        account: Option<Text>,
        endpoint: Text,
        model: String,
        created: Option<ScenarioTime>,
        copies: u32,
        #[serde(default)]
        accelerators: f64,
        #[serde(default = "cpus")]
        cpus: f64,
        #[serde(default = "memory")]
        memory_mb: u32,
        requests: LoadSpec,
        #[serde(default = "capacity")]
        capacity: f64,
        #[serde(default = "latency")]
        latency_ms: f64,
        autoscaling: Option<ScalingSpec>,
        #[serde(default)]
        tags: Tags,
    }
}

fn all_traffic() -> String {
    "AllTraffic".to_owned()
}
fn capacity() -> f64 {
    600.0
}
fn latency() -> f64 {
    120.0
}
fn weight() -> f64 {
    1.0
}
fn cpus() -> f64 {
    2.0
}
fn memory() -> u32 {
    8_192
}
