//! A fresh look at the one resource an action is about: is it still as planned, is it now as
//! wanted?
//!
//! Reads only.

mod settings;

use super::{Session, convert::state, fault, tags};
use crate::domain::{
    Fault, FaultKind, JobKind, Observed, Phase, ResourceKey, State,
    action::operation::{ApiCall, AppOwner, TagRoute, scalable},
};
use aws_sdk_ec2::types::Reservation;
use aws_sdk_sagemaker::types::InferenceComponentRuntimeConfigSummary;

/// IAM actions that [`look`] may use, beyond those of the panes.
pub const NEEDS: &[&str] = &[
    "application-autoscaling:DescribeScheduledActions",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "bedrock:GetModelCustomizationJob",
    "bedrock:GetModelInvocationJob",
    "bedrock:GetProvisionedModelThroughput",
    "bedrock:ListTagsForResource",
    "ce:GetAnomalies",
    "ec2:DescribeInstances",
    "sagemaker:DescribeApp",
    "sagemaker:DescribeCluster",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeHyperParameterTuningJob",
    "sagemaker:DescribeInferenceComponent",
    "sagemaker:DescribeNotebookInstance",
    "sagemaker:DescribeProcessingJob",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:DescribeTransformJob",
    "sagemaker:ListTags",
];

/// The resource that `call` would change, as it is now. One that is not there is [`state::gone`].
pub async fn look(
    session: &Session,
    call: &ApiCall,
    _key: &ResourceKey,
) -> Result<Observed, Fault> {
    let found = match call {
        ApiCall::StopInstance(id)
        | ApiCall::StartInstance(id)
        | ApiCall::RebootInstance(id)
        | ApiCall::TerminateInstance(id)
        | ApiCall::Tag {
            route: TagRoute::Ec2(id),
            ..
        } => instance(session, id).await,
        ApiCall::StopJob { kind, id } => job(session, *kind, id).await,
        ApiCall::EndWarmPool(name) => warm_pool(session, name).await,
        ApiCall::StopNotebook(name) | ApiCall::StartNotebook(name) => notebook(session, name).await,
        ApiCall::DeleteApp {
            domain,
            owner,
            app_type,
            name,
        } => app(session, domain, owner, app_type, name).await,
        ApiCall::ScaleVariant {
            endpoint, variant, ..
        } => replicas(session, endpoint, variant).await,
        ApiCall::ScaleComponent { name, .. } => copies(session, name).await,
        ApiCall::ScaleGroup { cluster, group, .. } => nodes(session, cluster, group).await,
        ApiCall::DeleteThroughput(arn) => throughput(session, arn).await,
        ApiCall::ScheduleVariant {
            endpoint, variant, ..
        } => scheduled(session, endpoint, variant, false).await,
        // What else hangs on a scaling target goes with it.
        ApiCall::Timetable {
            endpoint,
            variant,
            bounds,
            ..
        } => scheduled(session, endpoint, variant, bounds.is_none()).await,
        ApiCall::DeleteEndpoint(name) => endpoint(session, name).await,
        ApiCall::SetBounds { scaled, .. } => settings::bounds(session, scaled).await,
        ApiCall::SwapModel { arn, .. } => settings::model(session, arn).await,
        ApiCall::GiveFeedback { anomaly, day, .. } => {
            settings::feedback(session, anomaly, day).await
        }
        ApiCall::Tag {
            route: TagRoute::SageMaker(arn),
            ..
        } => tags::sagemaker(session, arn).await.map(tagged),
        ApiCall::Tag {
            route: TagRoute::Bedrock(arn),
            ..
        } => tags::bedrock(session, arn).await.map(tagged),
    };
    match found {
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(plain(state::gone())),
        other => other,
    }
}

fn plain(state: State) -> Observed {
    Observed {
        state,
        count: None,
        desired: None,
        tags: None,
        scheduled_actions: None,
        setting: None,
    }
}

fn tagged(tags: crate::domain::Tags) -> Observed {
    Observed {
        tags: Some(tags),
        ..plain(State::new(Phase::Still, "tagged"))
    }
}

async fn instance(session: &Session, id: &str) -> Result<Observed, Fault> {
    let answer = session
        .ec2
        .describe_instances()
        .instance_ids(id)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk("ec2:DescribeInstances", &error))?;
    let found = answer
        .reservations()
        .iter()
        .flat_map(Reservation::instances)
        .find(|instance| instance.instance_id() == Some(id));
    Ok(found.map_or_else(
        || plain(state::gone()),
        |instance| {
            let name = instance
                .state()
                .and_then(|state| state.name())
                .map_or("unknown", |name| name.as_str());
            Observed {
                tags: Some(tags::ec2(instance.tags())),
                ..plain(state::instance(name))
            }
        },
    ))
}

async fn notebook(session: &Session, name: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_notebook_instance()
        .notebook_instance_name(name)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk("sagemaker:DescribeNotebookInstance", &error))?;
    Ok(plain(state::notebook(
        answer
            .notebook_instance_status()
            .map_or("unknown", |status| status.as_str()),
    )))
}

/// A job that ended while it was being stopped, in whatever way, is stopped.
async fn job(session: &Session, kind: JobKind, id: &str) -> Result<Observed, Fault> {
    let (sagemaker, bedrock) = (&session.sagemaker, &session.bedrock);
    let status = match kind {
        JobKind::Training => {
            let answer = sagemaker
                .describe_training_job()
                .training_job_name(id)
                .send()
                .await;
            let answer =
                answer.map_err(|error| fault::from_sdk("sagemaker:DescribeTrainingJob", &error))?;
            answer
                .training_job_status()
                .map(|status| status.as_str().to_owned())
        }
        JobKind::Processing => {
            let answer = sagemaker
                .describe_processing_job()
                .processing_job_name(id)
                .send()
                .await;
            let answer = answer
                .map_err(|error| fault::from_sdk("sagemaker:DescribeProcessingJob", &error))?;
            answer
                .processing_job_status()
                .map(|status| status.as_str().to_owned())
        }
        JobKind::Transform => {
            let answer = sagemaker
                .describe_transform_job()
                .transform_job_name(id)
                .send()
                .await;
            let answer = answer
                .map_err(|error| fault::from_sdk("sagemaker:DescribeTransformJob", &error))?;
            answer
                .transform_job_status()
                .map(|status| status.as_str().to_owned())
        }
        JobKind::Tuning => {
            let answer = sagemaker
                .describe_hyper_parameter_tuning_job()
                .hyper_parameter_tuning_job_name(id)
                .send()
                .await;
            let answer = answer.map_err(|error| {
                fault::from_sdk("sagemaker:DescribeHyperParameterTuningJob", &error)
            })?;
            answer
                .hyper_parameter_tuning_job_status()
                .map(|status| status.as_str().to_owned())
        }
        JobKind::Customization => {
            let answer = bedrock
                .get_model_customization_job()
                .job_identifier(id)
                .send()
                .await;
            let answer = answer
                .map_err(|error| fault::from_sdk("bedrock:GetModelCustomizationJob", &error))?;
            answer.status().map(|status| status.as_str().to_owned())
        }
        JobKind::BatchInference => {
            let answer = bedrock
                .get_model_invocation_job()
                .job_identifier(id)
                .send()
                .await;
            let answer =
                answer.map_err(|error| fault::from_sdk("bedrock:GetModelInvocationJob", &error))?;
            answer.status().map(|status| status.as_str().to_owned())
        }
    };
    let state = state::job(status.as_deref().unwrap_or("unknown"));
    let phase = if state.phase == Phase::Failed {
        Phase::Stopped
    } else {
        state.phase
    };
    Ok(plain(State { phase, ..state }))
}

/// A training job that is over, whose instances may still be kept warm.
async fn warm_pool(session: &Session, name: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_training_job()
        .training_job_name(name)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk("sagemaker:DescribeTrainingJob", &error))?;
    let status = answer
        .training_job_status()
        .map_or("unknown", |status| status.as_str());
    let pool = answer
        .warm_pool_status()
        .and_then(|pool| pool.status())
        .map(aws_sdk_sagemaker::types::WarmPoolResourceStatus::as_str);
    Ok(plain(if pool == Some("Available") {
        state::warm(status)
    } else {
        State::new(Phase::Stopped, status)
    }))
}

async fn app(
    session: &Session,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> Result<Observed, Fault> {
    let request = session
        .sagemaker
        .describe_app()
        .domain_id(domain)
        .app_type(app_type.into())
        .app_name(name);
    let request = match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    };
    let answer = request
        .send()
        .await
        .map_err(|error| fault::from_sdk("sagemaker:DescribeApp", &error))?;
    Ok(plain(state::app(
        answer.status().map_or("unknown", |status| status.as_str()),
    )))
}

async fn replicas(session: &Session, endpoint: &str, variant: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(endpoint)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk("sagemaker:DescribeEndpoint", &error))?;
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
        || plain(state::gone()),
        |summary| Observed {
            count: summary.current_instance_count().and_then(count),
            desired: summary.desired_instance_count().and_then(count),
            ..plain(state)
        },
    ))
}

async fn endpoint(session: &Session, name: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(name)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk("sagemaker:DescribeEndpoint", &error))?;
    Ok(plain(state::endpoint(
        answer
            .endpoint_status()
            .map_or("unknown", |status| status.as_str()),
    )))
}

async fn copies(session: &Session, name: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_inference_component()
        .inference_component_name(name)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk("sagemaker:DescribeInferenceComponent", &error))?;
    let state = state::component(
        answer
            .inference_component_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let runtime = answer.runtime_config();
    Ok(Observed {
        count: runtime
            .and_then(InferenceComponentRuntimeConfigSummary::current_copy_count)
            .and_then(count),
        desired: runtime
            .and_then(InferenceComponentRuntimeConfigSummary::desired_copy_count)
            .and_then(count),
        ..plain(state)
    })
}

/// An instance group of a `HyperPod` cluster. The cluster takes no other change while one is under
/// way, so its state counts.
async fn nodes(session: &Session, cluster: &str, group: &str) -> Result<Observed, Fault> {
    let answer = session
        .sagemaker
        .describe_cluster()
        .cluster_name(cluster)
        .send()
        .await;
    let answer = answer.map_err(|error| fault::from_sdk("sagemaker:DescribeCluster", &error))?;
    let state = state::cluster(
        answer
            .cluster_status()
            .map_or("unknown", |status| status.as_str()),
    );
    let plain_group = answer
        .instance_groups()
        .iter()
        .find(|one| one.instance_group_name() == Some(group));
    let counts = plain_group
        .map(|one| (one.current_count(), one.target_count()))
        .or_else(|| {
            let restricted = answer
                .restricted_instance_groups()
                .iter()
                .find(|one| one.instance_group_name() == Some(group));
            restricted.map(|one| (one.current_count(), one.target_count()))
        });
    Ok(counts.map_or_else(
        || plain(state::gone()),
        |(now, target)| Observed {
            count: now.and_then(count),
            desired: target.and_then(count),
            ..plain(state)
        },
    ))
}

async fn throughput(session: &Session, arn: &str) -> Result<Observed, Fault> {
    let answer = session
        .bedrock
        .get_provisioned_model_throughput()
        .provisioned_model_id(arn)
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk("bedrock:GetProvisionedModelThroughput", &error))?;
    Ok(plain(state::throughput(answer.status().as_str())))
}

/// The variant, and what scales it by the clock.
async fn scheduled(
    session: &Session,
    endpoint: &str,
    variant: &str,
    policies: bool,
) -> Result<Observed, Fault> {
    let (look, id) = (
        replicas(session, endpoint, variant).await?,
        scalable(endpoint, variant),
    );
    let target = settings::target(session, &id, policies).await?;
    Ok(Observed {
        scheduled_actions: Some(settings::timed(session, &id).await?),
        setting: Some(target),
        ..look
    })
}

fn count(n: i32) -> Option<u32> {
    u32::try_from(n).ok()
}
