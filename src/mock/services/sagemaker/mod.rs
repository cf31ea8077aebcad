//! SageMaker over awsJson.

mod capacity;
mod clusters;
mod components;
mod endpoints;
mod jobs;
mod listing;
mod notebooks;
mod search;
mod studio;
mod tags;

pub(super) use tags::pairs;

use super::{Answer, Context, Operations};
use crate::mock::{
    protocol::Value,
    simulation::{JobKind, Simulation},
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("ListNotebookInstances", notebooks::list),
    ("DescribeNotebookInstance", notebooks::describe),
    ("StopNotebookInstance", notebooks::stop),
    ("StartNotebookInstance", notebooks::start),
    ("ListDomains", studio::list_domains),
    ("DescribeDomain", studio::describe_domain),
    ("ListUserProfiles", studio::list_user_profiles),
    ("DescribeUserProfile", studio::describe_user_profile),
    ("ListSpaces", studio::list_spaces),
    ("DescribeSpace", studio::describe_space),
    ("ListApps", studio::apps::list),
    ("DescribeApp", studio::apps::describe),
    ("DeleteApp", studio::apps::delete),
    ("ListEndpoints", endpoints::list),
    ("DescribeEndpoint", endpoints::describe),
    ("DeleteEndpoint", endpoints::delete),
    ("UpdateEndpointWeightsAndCapacities", endpoints::update),
    ("ListEndpointConfigs", endpoints::configs::list),
    ("DescribeEndpointConfig", endpoints::configs::describe),
    ("ListInferenceComponents", components::list),
    ("DescribeInferenceComponent", components::describe),
    ("UpdateInferenceComponentRuntimeConfig", components::update),
    ("ListTrainingJobs", jobs::training::list),
    ("DescribeTrainingJob", jobs::training::describe),
    ("StopTrainingJob", |context| {
        jobs::stop(context, JobKind::Training)
    }),
    ("UpdateTrainingJob", jobs::training::update),
    ("ListProcessingJobs", jobs::processing::list),
    ("DescribeProcessingJob", jobs::processing::describe),
    ("StopProcessingJob", |context| {
        jobs::stop(context, JobKind::Processing)
    }),
    ("ListTransformJobs", jobs::transform::list),
    ("DescribeTransformJob", jobs::transform::describe),
    ("StopTransformJob", |context| {
        jobs::stop(context, JobKind::Transform)
    }),
    ("ListHyperParameterTuningJobs", jobs::tuning::list),
    ("DescribeHyperParameterTuningJob", jobs::tuning::describe),
    ("StopHyperParameterTuningJob", jobs::tuning::stop),
    ("Search", search::search),
    ("ListTags", tags::list),
    ("AddTags", tags::add),
    ("DeleteTags", tags::delete),
    ("ListClusters", clusters::list),
    ("DescribeCluster", clusters::describe),
    ("UpdateCluster", clusters::update),
    ("ListClusterNodes", clusters::nodes),
    ("ListTrainingPlans", capacity::plans),
    ("ListMlflowTrackingServers", capacity::tracking_servers),
    (
        "DescribeMlflowTrackingServer",
        capacity::describe_tracking_server,
    ),
    ("ListPartnerApps", capacity::partner_apps),
    ("ListModels", models),
];

/// `ListModels`: no SageMaker model is simulated, so the list is empty.
fn models(context: &Context<'_>) -> Answer {
    listing::answer(
        context,
        Vec::<String>::new(),
        String::clone,
        "Models",
        Value::from,
    )
}

/// The role that jobs, endpoints and Studio run as.
fn execution_role(simulation: &Simulation) -> String {
    format!(
        "arn:aws:iam::{}:role/service-role/AmazonSageMaker-ExecutionRole",
        simulation.account.id
    )
}
