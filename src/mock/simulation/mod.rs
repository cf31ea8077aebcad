//! The simulated account: its resources, their states over time, the changes of clients and the
//! refusals.
//!
//! States and counts are timelines of planned steps and loads are functions of time, so every
//! method takes a timestamp and answers for any.

pub mod anomaly;
pub mod autoscaler;
pub mod bedrock;
mod build;
pub mod capacity;
pub mod cluster;
pub mod component;
pub mod endpoint;
pub mod error;
pub mod fleet;
pub mod instance;
pub mod job;
pub mod job_kind;
mod lookup;
pub mod model_job;
pub mod notebook;
pub mod scalable_targets;
pub mod scaling;
pub mod schedule;
pub mod studio;
pub mod tags;
#[cfg(test)]
mod tests;
pub mod timeline;
pub mod tuning;

pub use anomaly::{Anomaly, Monitor, RootCause};
pub use autoscaler::{Autoscaling, ScheduledAction};
pub use bedrock::{
    Commitment, CustomModel, FoundationModel, ModelUse, Profile, Throughput, ThroughputState,
};
pub use capacity::{
    ImportedModel, ModelDeployment, PartnerApp, ReservedCapacity, TrackingServer, TrainingPlan,
};
pub use cluster::{Cluster, ClusterNode, Group, GroupUpdate, InstanceGroupSettings};
pub use component::InferenceComponent;
pub use endpoint::{DesiredCapacity, Endpoint, EndpointState, Serverless, Variant};
pub use error::ServiceError;
pub use fleet::Fleet;
pub use instance::{Instance, InstanceAction, InstanceState, InstanceTransition, Market, Volume};
pub use job::{Job, WarmPool};
pub use job_kind::{JobKind, JobState};
pub use lookup::ResourceName;
pub use model_job::{ModelJob, ModelJobState, Work};
pub use notebook::{Notebook, NotebookState};
pub use scalable_targets::PutAction;
pub use scaling::ScalableTarget;
pub use studio::{App, AppState, Domain, Holder, Space, UserProfile};
pub use tags::Tagging;
pub use timeline::{Timeline, after};
pub use tuning::{Trials, Tuning};

use super::{
    billing::{Agreements, NonResourceCost, Tokens},
    load_shape::hash,
    managed_policies::Role,
    metrics::Catalog,
};

/// The simulated account.
#[derive(Clone, Debug)]
pub struct CallerIdentity {
    /// Twelve digits.
    pub id: String,
    /// Its alias.
    pub alias: String,
    /// The caller's ARN, for `GetCallerIdentity`.
    pub caller_arn: String,
    /// The caller's unique id, for `GetCallerIdentity`.
    pub caller_id: String,
    /// The role whose policy limits the caller; `None`: everything is allowed.
    pub role: Option<Role>,
}

/// The account's resources.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The account.
    pub account: CallerIdentity,
    /// Enabled regions, the first is home.
    pub regions: Vec<String>,
    pub(super) seed: u64,
    pub(super) pace: f64,
    pub(super) instances: Vec<Instance>,
    pub(super) notebooks: Vec<Notebook>,
    pub(super) domains: Vec<Domain>,
    pub(super) user_profiles: Vec<UserProfile>,
    pub(super) spaces: Vec<Space>,
    pub(super) apps: Vec<App>,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) components: Vec<InferenceComponent>,
    pub(super) jobs: Vec<Job>,
    pub(super) tunings: Vec<Tuning>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) model_jobs: Vec<ModelJob>,
    pub(super) throughputs: Vec<Throughput>,
    pub(super) model_uses: Vec<ModelUse>,
    pub(super) profiles: Vec<Profile>,
    pub(super) reserved_capacity: Vec<ReservedCapacity>,
    pub(super) training_plans: Vec<TrainingPlan>,
    pub(super) tracking_servers: Vec<TrackingServer>,
    pub(super) partner_apps: Vec<PartnerApp>,
    pub(super) model_deployments: Vec<ModelDeployment>,
    pub(super) imported_models: Vec<ImportedModel>,
    pub(super) extras: Vec<NonResourceCost>,
    pub(super) monitors: Vec<Monitor>,
    pub(super) anomalies: Vec<anomaly::AnomalySource>,
    pub(super) catalog: Catalog,
    pub(super) tokens: Tokens,
    pub(super) agreements: Agreements,
}

impl Simulation {
    /// A hash of `name`, the same in every run with the same seed.
    pub fn hash(&self, name: &str) -> u64 {
        hash(self.seed, name)
    }

    /// A UUID derived from `name`.
    pub fn uuid(&self, name: &str) -> String {
        let (a, b) = (self.hash(name), self.hash(&format!("{name}/2")));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            a >> 32,
            (a >> 16) & 0xffff,
            a & 0xfff,
            0x8000 | ((b >> 48) & 0x3fff),
            b & 0xffff_ffff_ffff
        )
    }
}
