//! The keys of a scenario file, group by group. `docs/mock.md` explains each.

mod agreements;
mod bedrock;
mod bill;
mod capacity;
mod ec2;
mod endpoint;
mod fault;
mod jobs;
mod organization;
mod studio;

pub(crate) use agreements::*;
pub(crate) use bedrock::*;
pub(crate) use bill::*;
pub(crate) use capacity::*;
pub(crate) use ec2::*;
pub(crate) use endpoint::*;
pub(crate) use fault::*;
pub(crate) use jobs::*;
pub(crate) use organization::*;
pub(crate) use studio::*;

use super::when::AbsoluteTime;
use crate::domain::Tags;
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

use table;

table! {
    /// A whole file.
    File {
        description: Text,
        now: AbsoluteTime,
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
        training: Vec<JobSpec>,
        #[serde(default)]
        processing: Vec<JobSpec>,
        #[serde(default)]
        transform: Vec<JobSpec>,
        #[serde(default)]
        tuning: Vec<TuningSpec>,
        #[serde(default)]
        cluster: Vec<ClusterSpec>,
        #[serde(default)]
        customization: Vec<CustomizationSpec>,
        #[serde(default)]
        batch_inference: Vec<BatchSpec>,
        #[serde(default)]
        throughput: Vec<ThroughputSpec>,
        #[serde(default)]
        model: Vec<ModelSpec>,
        #[serde(default)]
        capacity_reservation: Vec<CapacityReservationSpec>,
        #[serde(default)]
        training_plan: Vec<TrainingPlanSpec>,
        #[serde(default)]
        tracking_server: Vec<TrackingServerSpec>,
        #[serde(default)]
        partner_app: Vec<PartnerAppSpec>,
        #[serde(default)]
        model_deployment: Vec<ModelDeploymentSpec>,
        #[serde(default)]
        imported_model: Vec<ImportedModelSpec>,
        #[serde(default)]
        cost: Vec<CostSpec>,
        #[serde(default)]
        monitor: Vec<MonitorSpec>,
        #[serde(default)]
        anomaly: Vec<AnomalySpec>,
        #[serde(default)]
        discount: Vec<DiscountSpec>,
        #[serde(default)]
        savings_plan: Vec<PlanSpec>,
        #[serde(default)]
        reservation: Vec<ReservationSpec>,
        #[serde(default)]
        credit: Vec<CreditSpec>,
        #[serde(default)]
        budget: Vec<BudgetSpec>,
        #[serde(default)]
        linked_account: Vec<LinkedSpec>,
        #[serde(default)]
        list_price: Vec<ListPriceSpec>,
        #[serde(default)]
        fault: Vec<FaultSpec>,
        #[serde(default)]
        latency: Vec<LatencySpec>,
        organization: Option<OrganizationSpec>,
        #[serde(default)]
        rate_limits: bool,
        hourly_granularity: Option<bool>,
    }
}

table! {
    /// The account.
    AccountSpec {
        id: Text,
        alias: String,
        #[serde(default = "caller")]
        caller: String,
        role: Option<Text>,
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
