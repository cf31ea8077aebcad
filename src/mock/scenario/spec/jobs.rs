//! The keys of a scenario file for jobs of SageMaker and `HyperPod` clusters.

use super::super::when::{ScenarioTime, Span};
use super::{Text, one, one_instance, table};
use crate::{domain::Tags, mock::load_shape::LoadSpec};
use serde::Deserialize;
use toml::Spanned;

/// The outcome of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum JobOutcome {
    Completed,
    Failed,
    Stopped,
}

table! {
    /// `[[training]]`, `[[processing]]` and `[[transform]]`, with some keys that only one of them
    /// accepts.
    JobSpec {
        name: Text,
        #[serde(default = "one")]
        count: Spanned<u32>,
        r#type: Text,
        #[serde(default = "one_instance")]
        instances: u32,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        ended: Option<Spanned<ScenarioTime>>,
        outcome: Option<Spanned<JobOutcome>>,
        duration: Option<Spanned<Span>>,
        fails_after: Option<Spanned<Span>>,
        failure: Option<String>,
        repeat_every: Option<Spanned<Span>>,
        repeat_until: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        earlier_runs: Vec<Spanned<Span>>,
        max_hours: Option<Spanned<f64>>,
        #[serde(default)]
        spot: Option<Spanned<bool>>,
        spot_billed_share: Option<Spanned<f64>>,
        keep_alive: Option<Spanned<u32>>,
        checkpoint: Option<Text>,
        image: Option<String>,
        #[serde(default)]
        input: Vec<Text>,
        model: Option<Text>,
        volume_gb: Option<u32>,
        gpu: Option<Spanned<LoadSpec>>,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default)]
        tags: Tags,
    }
}

/// The search strategy of a tuning job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Strategy {
    #[default]
    Bayesian,
    Random,
    Grid,
    Hyperband,
}

table! {
    /// `[[tuning]]`
    TuningSpec {
        name: Text,
        r#type: Text,
        #[serde(default = "one_instance")]
        instances: u32,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        stopped: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        strategy: Strategy,
        #[serde(default = "trials")]
        trials: Spanned<u32>,
        #[serde(default = "one")]
        parallel: Spanned<u32>,
        trial_interval: Option<Spanned<Span>>,
        duration: Option<Spanned<Span>>,
        fails_after: Option<Spanned<Span>>,
        failure: Option<String>,
        max_hours: Option<Spanned<f64>>,
        #[serde(default)]
        spot: Option<Spanned<bool>>,
        spot_billed_share: Option<Spanned<f64>>,
        image: Option<String>,
        #[serde(default)]
        input: Vec<Text>,
        volume_gb: Option<u32>,
        gpu: Option<Spanned<LoadSpec>>,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default)]
        tags: Tags,
    }
}

impl TuningSpec {
    /// The job that every trial runs.
    pub(crate) fn trial(&self) -> JobSpec {
        JobSpec {
            name: self.name.clone(),
            count: one(),
            r#type: self.r#type.clone(),
            instances: self.instances,
            account: self.account.clone(),
            region: self.region.clone(),
            created: self.created,
            ended: None,
            outcome: None,
            duration: self.duration.clone(),
            fails_after: self.fails_after.clone(),
            failure: self.failure.clone(),
            repeat_every: None,
            repeat_until: None,
            earlier_runs: Vec::new(),
            max_hours: self.max_hours.clone(),
            spot: self.spot.clone(),
            spot_billed_share: self.spot_billed_share.clone(),
            keep_alive: None,
            checkpoint: None,
            image: self.image.clone(),
            input: self.input.clone(),
            model: None,
            volume_gb: self.volume_gb,
            gpu: self.gpu.clone(),
            cpu: self.cpu.clone(),
            tags: self.tags.clone(),
        }
    }
}

fn trials() -> Spanned<u32> {
    Spanned::new(0..0, 100)
}

/// The orchestrator of a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Orchestrator {
    #[default]
    Eks,
    Slurm,
}

table! {
    /// `[[cluster]]`
    ClusterSpec {
        name: Text,
        account: Option<Text>,
        region: Option<Text>,
        created: ScenarioTime,
        #[serde(default)]
        orchestrator: Orchestrator,
        groups: Vec<GroupSpec>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[cluster.groups]]`
    GroupSpec {
        name: Text,
        r#type: Text,
        count: u32,
        target: Option<u32>,
    }
}
