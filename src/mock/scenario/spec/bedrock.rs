//! The keys of a scenario file for Bedrock.

use super::super::when::{ScenarioTime, Span};
use super::{Text, one_instance, table};
use crate::{
    domain::Tags,
    mock::{load_shape::LoadSpec, price_facts::Tier, simulation::Commitment},
};
use serde::Deserialize;
use toml::Spanned;

table! {
    /// `[[throughput]]`
    ThroughputSpec {
        name: Text,
        model: Text,
        custom_model: Option<Text>,
        account: Option<Text>,
        region: Option<Text>,
        #[serde(default = "one_instance")]
        units: u32,
        commitment: Commitment,
        purchased: ScenarioTime,
        utilization: Spanned<LoadSpec>,
        tokens_per_minute: f64,
        #[serde(default = "output_share")]
        output_share: f64,
        #[serde(default = "request_tokens")]
        request_tokens: f64,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[model]]`
    ModelSpec {
        id: Text,
        account: Option<Text>,
        region: Option<Text>,
        requests: LoadSpec,
        input_tokens: f64,
        growth: Option<LoadSpec>,
        output_tokens: f64,
        #[serde(default)]
        cache_read_tokens: f64,
        #[serde(default)]
        cache_write_tokens: f64,
        cache_read_percent: Option<Spanned<f64>>,
        cache_write_percent: Option<Spanned<f64>>,
        #[serde(default)]
        tier: Tier,
        profile: Option<Text>,
        #[serde(default)]
        tags: Tags,
        #[serde(default = "model_latency")]
        latency_ms: f64,
        #[serde(default)]
        throttle_rate: f64,
        service: Option<String>,
        usage_name: Option<String>,
    }
}

fn output_share() -> f64 {
    0.25
}
fn request_tokens() -> f64 {
    1_800.0
}
fn model_latency() -> f64 {
    1_900.0
}

/// A method of customization.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CustomizationKind {
    #[default]
    FineTuning,
    ContinuedPreTraining,
    Distillation,
}

table! {
    /// `[[customization]]`
    CustomizationSpec {
        name: Text,
        model: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        duration: Option<Spanned<Span>>,
        fails_after: Option<Spanned<Span>>,
        failure: Option<String>,
        stopped: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        kind: CustomizationKind,
        training_tokens: Spanned<f64>,
        output_model: Option<String>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[batch-inference]]`
    BatchSpec {
        name: Text,
        model: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        duration: Option<Spanned<Span>>,
        fails_after: Option<Spanned<Span>>,
        failure: Option<String>,
        stopped: Option<Spanned<ScenarioTime>>,
        records: Spanned<u32>,
        input_tokens: f64,
        output_tokens: f64,
        #[serde(default = "timeout_hours")]
        timeout_hours: u32,
        #[serde(default)]
        tags: Tags,
    }
}

fn timeout_hours() -> u32 {
    24
}
