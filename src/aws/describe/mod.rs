//! Describes one resource right before and after a change, each kind of resource by its own
//! request. The executor compares the answer with the planned and the expected state.

mod controller;
pub(super) mod settings;

pub use controller::started_since;

use super::{Session, api::Api, convert::state, fault, tags};
use crate::domain::{
    Fault, JobKind, ObservedState, Phase, State,
    action::{AppOwner, scalable},
};
use aws_sdk_bedrock::operation::get_provisioned_model_throughput as get_throughput;
use aws_sdk_ec2::types::Reservation;
use aws_sdk_sagemaker::{
    operation::describe_app::builders::DescribeAppFluentBuilder,
    types::InferenceComponentRuntimeConfigSummary,
};

/// IAM actions that these requests may use, beyond those of the panes.
pub const NEEDS: &[Api] = &[
    Api::AutoScalingDescribeScheduledActions,
    Api::AutoScalingDescribeScalableTargets,
    Api::AutoScalingDescribeScalingPolicies,
    Api::BedrockGetModelCustomizationJob,
    Api::BedrockGetModelInvocationJob,
    Api::BedrockGetProvisionedModelThroughput,
    Api::BedrockListTagsForResource,
    Api::CeGetAnomalies,
    Api::Ec2DescribeInstances,
    Api::SageMakerDescribeApp,
    Api::SageMakerDescribeCluster,
    Api::SageMakerDescribeEndpoint,
    Api::SageMakerDescribeHyperParameterTuningJob,
    Api::SageMakerDescribeInferenceComponent,
    Api::SageMakerDescribeNotebookInstance,
    Api::SageMakerDescribeProcessingJob,
    Api::SageMakerDescribeTrainingJob,
    Api::SageMakerDescribeTransformJob,
    Api::SageMakerListTags,
];

pub(super) fn observed(state: State) -> ObservedState {
    ObservedState {
        state,
        count: None,
        desired: None,
        tags: None,
        scheduled_actions: None,
        setting: None,
    }
}

pub(super) fn tagged(tags: crate::domain::Tags) -> ObservedState {
    ObservedState {
        tags: Some(tags),
        ..observed(State::new(Phase::Still, "tagged"))
    }
}

pub(super) async fn instance(session: &Session, id: &str) -> Result<ObservedState, Fault> {
    let answer = session
        .ec2
        .describe_instances()
        .instance_ids(id)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::Ec2DescribeInstances, &error))?;
    let found = answer
        .reservations()
        .iter()
        .flat_map(Reservation::instances)
        .find(|instance| instance.instance_id() == Some(id));
    Ok(found.map_or_else(
        || observed(state::gone()),
        |instance| {
            let name = instance
                .state()
                .and_then(|state| state.name())
                .map_or("unknown", |name| name.as_str());
            ObservedState {
                tags: Some(tags::ec2(instance.tags())),
                ..observed(state::instance(name))
            }
        },
    ))
}

pub(super) async fn notebook(session: &Session, name: &str) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_notebook_instance()
        .notebook_instance_name(name)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeNotebookInstance, &error))?;
    Ok(observed(state::notebook(
        answer
            .notebook_instance_status()
            .map_or("unknown", |status| status.as_str()),
    )))
}

/// A job. One that failed is stopped, too: it ended while it was being stopped.
pub(super) async fn job(
    session: &Session,
    kind: JobKind,
    id: &str,
) -> Result<ObservedState, Fault> {
    /// Describes the job and takes its status.
    macro_rules! status {
        ($client:ident.$request:ident.$parameter:ident, $api:ident, $status:ident) => {{
            let request = session.$client.$request().$parameter(id);
            let answer = request.send().await;
            let answer = answer.map_err(|error| fault::from_sdk(Api::$api, &error))?;
            answer.$status().map(|status| status.as_str().to_owned())
        }};
    }
    let status = match kind {
        JobKind::Training => status!(
            sagemaker.describe_training_job.training_job_name,
            SageMakerDescribeTrainingJob,
            training_job_status
        ),
        JobKind::Processing => status!(
            sagemaker.describe_processing_job.processing_job_name,
            SageMakerDescribeProcessingJob,
            processing_job_status
        ),
        JobKind::Transform => status!(
            sagemaker.describe_transform_job.transform_job_name,
            SageMakerDescribeTransformJob,
            transform_job_status
        ),
        JobKind::Tuning => status!(
            sagemaker
                .describe_hyper_parameter_tuning_job
                .hyper_parameter_tuning_job_name,
            SageMakerDescribeHyperParameterTuningJob,
            hyper_parameter_tuning_job_status
        ),
        JobKind::Customization => status!(
            bedrock.get_model_customization_job.job_identifier,
            BedrockGetModelCustomizationJob,
            status
        ),
        JobKind::BatchInference => status!(
            bedrock.get_model_invocation_job.job_identifier,
            BedrockGetModelInvocationJob,
            status
        ),
    };
    let state = state::job(status.as_deref().unwrap_or("unknown"));
    let phase = if state.phase == Phase::Failed {
        Phase::Stopped
    } else {
        state.phase
    };
    Ok(observed(State { phase, ..state }))
}

/// A finished training job, with the state of its warm pool.
pub(super) async fn warm_pool(session: &Session, name: &str) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_training_job()
        .training_job_name(name)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeTrainingJob, &error))?;
    let status = answer
        .training_job_status()
        .map_or("unknown", |status| status.as_str());
    let pool = answer
        .warm_pool_status()
        .and_then(|pool| pool.status())
        .map(aws_sdk_sagemaker::types::WarmPoolResourceStatus::as_str);
    Ok(observed(if pool == Some("Available") {
        state::warm(status)
    } else {
        State::new(Phase::Stopped, status)
    }))
}

/// The request that describes a Studio app.
pub(super) fn app_request(
    session: &Session,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> DescribeAppFluentBuilder {
    let request = session
        .sagemaker
        .describe_app()
        .domain_id(domain)
        .app_type(app_type.into())
        .app_name(name);
    match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    }
}

pub(super) async fn app(
    session: &Session,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> Result<ObservedState, Fault> {
    let answer = app_request(session, domain, owner, app_type, name)
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeApp, &error))?;
    Ok(observed(state::app(
        answer.status().map_or("unknown", |status| status.as_str()),
    )))
}

pub(super) async fn variant(
    session: &Session,
    endpoint: &str,
    variant: &str,
) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(endpoint)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpoint, &error))?;
    let state = state::endpoint(
        answer
            .endpoint_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let found = answer
        .production_variants()
        .iter()
        .find(|summary| summary.variant_name() == Some(variant));
    Ok(found.map_or_else(
        || observed(state::gone()),
        |summary| ObservedState {
            count: summary.current_instance_count().and_then(count),
            desired: summary.desired_instance_count().and_then(count),
            ..observed(state)
        },
    ))
}

pub(super) async fn endpoint(session: &Session, name: &str) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(name)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpoint, &error))?;
    Ok(observed(state::endpoint(
        answer
            .endpoint_status()
            .map_or("unknown", |status| status.as_str()),
    )))
}

pub(super) async fn component(session: &Session, name: &str) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_inference_component()
        .inference_component_name(name)
        .send()
        .await;
    let answer = answer
        .map_err(|error| fault::from_sdk(Api::SageMakerDescribeInferenceComponent, &error))?;
    let state = state::component(
        answer
            .inference_component_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let runtime = answer.runtime_config();
    Ok(ObservedState {
        count: runtime
            .and_then(InferenceComponentRuntimeConfigSummary::current_copy_count)
            .and_then(count),
        desired: runtime
            .and_then(InferenceComponentRuntimeConfigSummary::desired_copy_count)
            .and_then(count),
        ..observed(state)
    })
}

/// An instance group of a `HyperPod` cluster. The cluster takes no other change while one is under
/// way, so its state counts.
pub(super) async fn instance_group(
    session: &Session,
    cluster: &str,
    group: &str,
) -> Result<ObservedState, Fault> {
    let answer = session
        .sagemaker
        .describe_cluster()
        .cluster_name(cluster)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeCluster, &error))?;
    let state = state::cluster(
        answer
            .cluster_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let group_counts = answer
        .instance_groups()
        .iter()
        .find(|one| one.instance_group_name() == Some(group));
    let counts = group_counts
        .map(|one| (one.current_count(), one.target_count()))
        .or_else(|| {
            let restricted = answer
                .restricted_instance_groups()
                .iter()
                .find(|one| one.instance_group_name() == Some(group));
            restricted.map(|one| (one.current_count(), one.target_count()))
        });
    Ok(counts.map_or_else(
        || observed(state::gone()),
        |(now, target)| ObservedState {
            count: now.and_then(count),
            desired: target.and_then(count),
            ..observed(state)
        },
    ))
}

async fn provisioned_throughput(
    session: &Session,
    arn: &str,
) -> Result<get_throughput::GetProvisionedModelThroughputOutput, Fault> {
    let answer = session
        .bedrock
        .get_provisioned_model_throughput()
        .provisioned_model_id(arn)
        .send()
        .await;
    answer.map_err(|error| fault::from_sdk(Api::BedrockGetProvisionedModelThroughput, &error))
}

pub(super) async fn throughput(session: &Session, arn: &str) -> Result<ObservedState, Fault> {
    let answer = provisioned_throughput(session, arn).await?;
    Ok(observed(state::throughput(answer.status().as_str())))
}

/// The variant, and its scheduled scaling.
pub(super) async fn scheduled_variant(
    session: &Session,
    endpoint: &str,
    name: &str,
    count_policies: bool,
) -> Result<ObservedState, Fault> {
    let (look, id) = (
        variant(session, endpoint, name).await?,
        scalable(endpoint, name),
    );
    let target = settings::target(session, &id, count_policies).await?;
    Ok(ObservedState {
        scheduled_actions: Some(settings::scheduled_actions(session, &id).await?),
        setting: Some(target),
        ..look
    })
}

fn count(n: i32) -> Option<u32> {
    u32::try_from(n).ok()
}
