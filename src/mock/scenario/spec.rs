//! The words of a scenario file, group by group. `mocks/README.md` explains each.
//!
//! Must not know how a world is made of them; what goes beyond one field is checked in `check`.

use super::when::{Moment, When};
use crate::{
    domain::Tags,
    mock::{
        load::LoadSpec,
        world::{Commitment, Serverless},
    },
};
use serde::Deserialize;
use toml::Spanned;

/// A text whose place in the file is known, for errors.
pub(crate) type Text = Spanned<String>;

macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(crate) struct $name { $($(#[$attr])* pub(crate) $field: $kind,)* }
    };
}

table! {
    /// A whole file.
    File {
        description: Text,
        now: Moment,
        #[serde(default)]
        seed: u64,
        account: AccountSpec,
        regions: Vec<Text>,
        #[serde(default)]
        tags: Tags,
        #[serde(default)]
        instance: Vec<InstanceSpec>,
        #[serde(default)]
        notebook: Vec<NotebookSpec>,
        #[serde(default)]
        domain: Vec<DomainSpec>,
        #[serde(default)]
        app: Vec<AppSpec>,
        #[serde(default)]
        endpoint: Vec<EndpointSpec>,
        #[serde(default)]
        component: Vec<ComponentSpec>,
        #[serde(default)]
        training: Vec<TrainingSpec>,
        #[serde(default)]
        throughput: Vec<ThroughputSpec>,
        #[serde(default)]
        model: Vec<ModelSpec>,
        #[serde(default)]
        cost: Vec<CostSpec>,
        #[serde(default)]
        monitor: Vec<MonitorSpec>,
        #[serde(default)]
        anomaly: Vec<AnomalySpec>,
    }
}

table! {
    /// Whose world it is.
    AccountSpec {
        id: Text,
        alias: String,
        #[serde(default = "caller")]
        caller: String,
    }
}

/// How EC2 instances are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MarketSpec {
    #[default]
    OnDemand,
    Spot,
    SpotPersistent,
    CapacityBlock,
}

/// What an instance is protected from.
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
        region: Option<Text>,
        zone: Option<String>,
        launched: When,
        stopped: Option<Spanned<When>>,
        terminated: Option<Spanned<When>>,
        #[serde(default)]
        market: MarketSpec,
        ends: Option<When>,
        group: Option<String>,
        gpu: Option<Spanned<LoadSpec>>,
        cpu: Option<Spanned<LoadSpec>>,
        agent: Option<bool>,
        #[serde(default)]
        detailed: bool,
        #[serde(default)]
        instance_store: bool,
        #[serde(default)]
        protect: Vec<Protection>,
        #[serde(default = "volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[notebook]]`
    NotebookSpec {
        name: Text,
        r#type: Text,
        region: Option<Text>,
        created: When,
        started: Option<When>,
        stopped: Option<Spanned<When>>,
        #[serde(default)]
        failed: bool,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default = "yes")]
        publishes_cpu: bool,
        lifecycle: Option<String>,
        #[serde(default = "small_volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[domain]]`
    DomainSpec {
        name: Text,
        region: Option<Text>,
        created: When,
        idle_timeout: Option<u32>,
        users: Vec<String>,
        #[serde(default)]
        tags: Tags,
    }
}

/// A Studio app's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum AppKind {
    JupyterLab,
    CodeEditor,
    KernelGateway,
    JupyterServer,
}

table! {
    /// `[[app]]`
    AppSpec {
        domain: Text,
        user: Text,
        space: Option<Text>,
        kind: Spanned<AppKind>,
        #[serde(default = "default_name")]
        name: String,
        r#type: Text,
        started: When,
        deleted: Option<Spanned<When>>,
        #[serde(default)]
        reports_activity: bool,
        cpu: Option<Spanned<LoadSpec>>,
        #[serde(default = "small_volume")]
        volume_gb: u32,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `autoscaling = { min = 1, max = 4, target = 300 }`
    ScalingSpec {
        min: u32,
        max: u32,
        target: f64,
    }
}

table! {
    /// `components = { min = 1, max = 4 }`
    ManagedSpec {
        min: u32,
        max: u32,
    }
}

table! {
    /// `[[endpoint]]`
    EndpointSpec {
        name: Text,
        region: Option<Text>,
        created: When,
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
        errors: f64,
        serverless: Option<Serverless>,
        r#async: Option<bool>,
        autoscaling: Option<ScalingSpec>,
        components: Option<ManagedSpec>,
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
    }
}

table! {
    /// `[[component]]`
    ComponentSpec {
        name: Text,
        endpoint: Text,
        model: String,
        created: Option<When>,
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

/// How a training job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EndedAs {
    Completed,
    Failed,
    Stopped,
}

table! {
    /// `[[training]]`
    TrainingSpec {
        name: Text,
        #[serde(default = "one")]
        count: Spanned<u32>,
        r#type: Text,
        #[serde(default = "one_instance")]
        instances: u32,
        region: Option<Text>,
        created: When,
        ended: Option<Spanned<When>>,
        outcome: Option<EndedAs>,
        failure: Option<String>,
        #[serde(default = "max_hours")]
        max_hours: f64,
        #[serde(default)]
        spot: bool,
        gpu: Option<Spanned<LoadSpec>>,
        #[serde(default)]
        tags: Tags,
    }
}

table! {
    /// `[[throughput]]`
    ThroughputSpec {
        name: Text,
        model: Text,
        region: Option<Text>,
        #[serde(default = "one_instance")]
        units: u32,
        commitment: Commitment,
        bought: When,
        used: Spanned<LoadSpec>,
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
        region: Option<Text>,
        requests: LoadSpec,
        input_tokens: f64,
        growth: Option<LoadSpec>,
        output_tokens: f64,
        #[serde(default)]
        cache_read_tokens: f64,
        #[serde(default = "model_latency")]
        latency_ms: f64,
        #[serde(default)]
        throttled: f64,
        service: Option<String>,
        usage_name: Option<String>,
    }
}

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

fn one() -> Spanned<u32> {
    Spanned::new(0..0, 1)
}
fn caller() -> String {
    "user/finops".to_owned()
}
fn one_instance() -> u32 {
    1
}
fn volume() -> u32 {
    200
}
fn small_volume() -> u32 {
    50
}
fn yes() -> bool {
    true
}
fn default_name() -> String {
    "default".to_owned()
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
fn max_hours() -> f64 {
    24.0
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
fn score() -> f64 {
    0.8
}
