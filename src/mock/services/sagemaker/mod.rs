//! SageMaker over awsJson.

mod clusters;
mod components;
mod endpoints;
mod jobs;
mod listing;
mod notebooks;
mod search;
mod studio;
mod tags;

use super::{Answer, Context};
use crate::mock::protocol::{Value, value::fields};

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "ListNotebookInstances" => notebooks::list(context),
        "DescribeNotebookInstance" => notebooks::describe(context),
        "StopNotebookInstance" => notebooks::stop(context),
        "StartNotebookInstance" => notebooks::start(context),
        "ListDomains" => studio::list_domains(context),
        "DescribeDomain" => studio::describe_domain(context),
        "ListUserProfiles" => studio::list_user_profiles(context),
        "DescribeUserProfile" => studio::describe_user_profile(context),
        "ListSpaces" => studio::list_spaces(context),
        "DescribeSpace" => studio::describe_space(context),
        "ListApps" => studio::apps::list(context),
        "DescribeApp" => studio::apps::describe(context),
        "DeleteApp" => studio::apps::delete(context),
        "ListEndpoints" => endpoints::list(context),
        "DescribeEndpoint" => endpoints::describe(context),
        "DeleteEndpoint" => endpoints::delete(context),
        "UpdateEndpointWeightsAndCapacities" => endpoints::update(context),
        "ListEndpointConfigs" => endpoints::configs::list(context),
        "DescribeEndpointConfig" => endpoints::configs::describe(context),
        "ListInferenceComponents" => components::list(context),
        "DescribeInferenceComponent" => components::describe(context),
        "UpdateInferenceComponentRuntimeConfig" => components::update(context),
        "ListTrainingJobs" => jobs::training::list(context),
        "DescribeTrainingJob" => jobs::training::describe(context),
        "StopTrainingJob" => jobs::training::stop(context),
        "UpdateTrainingJob" => jobs::training::update(context),
        "ListProcessingJobs" => jobs::processing::list(context),
        "DescribeProcessingJob" => jobs::processing::describe(context),
        "StopProcessingJob" => jobs::processing::stop(context),
        "ListTransformJobs" => jobs::transform::list(context),
        "DescribeTransformJob" => jobs::transform::describe(context),
        "StopTransformJob" => jobs::transform::stop(context),
        "ListHyperParameterTuningJobs" => jobs::tuning::list(context),
        "DescribeHyperParameterTuningJob" => jobs::tuning::describe(context),
        "ListTrainingJobsForHyperParameterTuningJob" => jobs::tuning::trials(context),
        "StopHyperParameterTuningJob" => jobs::tuning::stop(context),
        "Search" => search::search(context),
        "ListTags" => tags::list(context),
        "AddTags" => tags::add(context),
        "DeleteTags" => tags::delete(context),
        "ListClusters" => clusters::list(context),
        "DescribeCluster" => clusters::describe(context),
        "UpdateCluster" => clusters::update(context),
        "ListClusterNodes" => clusters::nodes(context),
        "DescribeClusterNode" => clusters::describe_node(context),
        "ListModels" => none(context, "Models"),
        "ListNotebookInstanceLifecycleConfigs" => none(context, "NotebookInstanceLifecycleConfigs"),
        _ => context.unknown(),
    }
}

/// A list of things this world has none of.
fn none(context: &Context<'_>, member: &'static str) -> Answer {
    let page = listing::page(context, Vec::<String>::new(), String::clone)?;
    let mut out = fields! {};
    out.set(
        member,
        Value::List(page.items.into_iter().map(Value::from).collect()),
    );
    Ok(out)
}
