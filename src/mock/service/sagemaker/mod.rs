//! SageMaker over awsJson.
//!
//! Must not know encodings.

mod components;
mod endpoints;
mod listing;
mod notebooks;
mod studio;
mod tags;
mod trainings;

use super::{Answer, Context};
use crate::mock::wire::{Node, node::fields};

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
        "ListTrainingJobs" => trainings::list(context),
        "DescribeTrainingJob" => trainings::describe(context),
        "StopTrainingJob" => trainings::stop(context),
        "ListTags" => tags::list(context),
        "AddTags" => tags::add(context),
        "DeleteTags" => tags::delete(context),
        "ListProcessingJobs" => none(context, "ProcessingJobSummaries"),
        "ListTransformJobs" => none(context, "TransformJobSummaries"),
        "ListHyperParameterTuningJobs" => none(context, "HyperParameterTuningJobSummaries"),
        "ListClusters" => none(context, "ClusterSummaries"),
        "ListModels" => none(context, "Models"),
        "ListNotebookInstanceLifecycleConfigs" => none(context, "NotebookInstanceLifecycleConfigs"),
        _ => context.unknown(),
    }
}

/// A list of things this world has none of.
fn none(context: &Context<'_>, member: &'static str) -> Answer {
    let page = listing::page(context, Vec::<String>::new(), String::clone)?;
    let mut out = fields! {};
    out.set(member, Node::List(page.items.into_iter().map(Node::from).collect()));
    Ok(out)
}
