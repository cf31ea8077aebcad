//! One change to an account as data: the exact API call, with its parameters, and the requests as
//! people read them.

use super::{expected::ScheduledAction, schedule_restore};
use crate::domain::{Feedback, JobKind, ScalableResource, Tags, WeeklySchedule};
use std::sync::Arc;

/// Who a Studio app belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppOwner {
    /// A user profile.
    User(Arc<str>),
    /// A space.
    Space(Arc<str>),
}

/// Which service's tagging API reaches the resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagRoute {
    /// `ec2:CreateTags` / `ec2:DeleteTags` by resource id.
    Ec2(Arc<str>),
    /// `sagemaker:AddTags` / `sagemaker:DeleteTags` by ARN.
    SageMaker(Arc<str>),
    /// `bedrock:TagResource` / `bedrock:UntagResource` by ARN.
    Bedrock(Arc<str>),
}

/// One change to an account, complete with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiCall {
    /// `ec2:StopInstances` of one instance id.
    StopInstance(Arc<str>),
    /// `ec2:StartInstances` of one instance id.
    StartInstance(Arc<str>),
    /// `ec2:RebootInstances` of one instance id.
    RebootInstance(Arc<str>),
    /// `ec2:TerminateInstances` of one instance id.
    TerminateInstance(Arc<str>),
    /// `sagemaker:StartNotebookInstance` by name.
    StartNotebook(Arc<str>),
    /// `sagemaker:StopNotebookInstance` by name.
    StopNotebook(Arc<str>),
    /// `sagemaker:DeleteApp`: ends the app's compute; its space's storage stays.
    DeleteApp {
        /// Studio domain id.
        domain: Arc<str>,
        /// User profile or space.
        owner: AppOwner,
        /// `JupyterLab`, `KernelGateway`, ...
        app_type: Arc<str>,
        /// App name.
        name: Arc<str>,
    },
    /// `sagemaker:UpdateEndpointWeightsAndCapacities` for one variant.
    ScaleVariant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Desired instance count.
        count: u32,
    },
    /// `sagemaker:UpdateInferenceComponentRuntimeConfig`.
    ScaleComponent {
        /// Inference component name.
        name: Arc<str>,
        /// Desired copy count.
        copies: u32,
    },
    /// `sagemaker:UpdateCluster` of one `HyperPod` instance group, as it is described right before,
    /// with another count.
    ScaleGroup {
        /// ARN of the cluster.
        cluster: Arc<str>,
        /// Name of the instance group.
        group: Arc<str>,
        /// Desired instance count.
        count: u32,
    },
    /// The request that stops a job of this kind.
    StopJob {
        /// What sort of job.
        kind: JobKind,
        /// Its name; of a Bedrock job its ARN.
        id: Arc<str>,
    },
    /// `sagemaker:UpdateTrainingJob` of a job that is over: its instances are kept warm no longer.
    EndWarmPool(Arc<str>),
    /// `bedrock:DeleteProvisionedModelThroughput` by ARN.
    DeleteThroughput(Arc<str>),
    /// `application-autoscaling:RegisterScalableTarget`, then `PutScheduledAction` for the start
    /// and for the end of the hours.
    ScheduleVariant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Hours and counts.
        schedule: WeeklySchedule,
        /// Fewest and most that the scalable target allows.
        bounds: (u32, u32),
    },
    /// What goes by the clock, put back as it was:
    /// `application-autoscaling:RegisterScalableTarget`, `PutScheduledAction` and
    /// `DeleteScheduledAction`, or `DeregisterScalableTarget` where there was no target.
    Timetable {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Fewest and most of its scaling target; `None`: it was none.
        bounds: Option<(u32, u32)>,
        /// Scheduled actions to put.
        put: Vec<ScheduledAction>,
        /// Names of scheduled actions to delete.
        delete: Vec<Arc<str>>,
    },
    /// `sagemaker:DeleteEndpoint` by name: all its variants end, its configuration and models stay.
    DeleteEndpoint(Arc<str>),
    /// `application-autoscaling:RegisterScalableTarget` of one that is registered.
    SetBounds {
        /// What is scaled.
        scaled: ScalableResource,
        /// `MinCapacity`
        least: u32,
        /// `MaxCapacity`
        most: u32,
    },
    /// `bedrock:UpdateProvisionedModelThroughput`
    SwapModel {
        /// ARN of the units.
        arn: Arc<str>,
        /// ARN or id of the custom model wanted.
        model: Arc<str>,
    },
    /// `ce:ProvideAnomalyFeedback`
    GiveFeedback {
        /// The anomaly's id.
        anomaly: Arc<str>,
        /// Its first day, where it is looked for again: `2026-11-21`.
        day: Arc<str>,
        /// The answer.
        feedback: Feedback,
    },
    /// Add or change the tags in `set`, take away those in `remove`.
    Tag {
        /// The API that reaches the resource.
        route: TagRoute,
        /// Tags to add or overwrite.
        set: Tags,
        /// Tag keys to remove.
        remove: Vec<String>,
    },
}

impl ApiCall {
    /// Whether `other` is the same change, or another of the same group of instances: of these only
    /// one can be made.
    pub fn changes_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::ScaleGroup {
                    cluster: a,
                    group: one,
                    ..
                },
                Self::ScaleGroup {
                    cluster: b,
                    group: two,
                    ..
                },
            ) => (a, one) == (b, two),
            _ => self == other,
        }
    }

    /// The endpoint that goes with all of its variants, if that is what it does.
    pub fn endpoint_deleted(&self) -> Option<&Arc<str>> {
        if let Self::DeleteEndpoint(name) = self {
            Some(name)
        } else {
            None
        }
    }

    /// The requests it makes, as the confirm dialog and the journal print them:
    /// `ec2:StopInstances InstanceIds=[i-0ab]`.
    pub fn requests(&self) -> Vec<String> {
        match self {
            Self::StopInstance(id) => vec![format!("ec2:StopInstances InstanceIds=[{id}]")],
            Self::StartInstance(id) => vec![format!("ec2:StartInstances InstanceIds=[{id}]")],
            Self::RebootInstance(id) => vec![format!("ec2:RebootInstances InstanceIds=[{id}]")],
            Self::TerminateInstance(id) => {
                vec![format!("ec2:TerminateInstances InstanceIds=[{id}]")]
            }
            Self::StartNotebook(name) => vec![format!(
                "sagemaker:StartNotebookInstance NotebookInstanceName={name}"
            )],
            Self::ScaleGroup {
                cluster,
                group,
                count,
            } => vec![format!(
                "sagemaker:UpdateCluster ClusterName={cluster} InstanceGroups=[InstanceGroupName={group} InstanceCount={count}, the rest as described]"
            )],
            Self::StopNotebook(name) => vec![format!(
                "sagemaker:StopNotebookInstance NotebookInstanceName={name}"
            )],
            Self::DeleteApp {
                domain,
                owner,
                app_type,
                name,
            } => {
                let owner = match owner {
                    AppOwner::User(user) => format!("UserProfileName={user}"),
                    AppOwner::Space(space) => format!("SpaceName={space}"),
                };
                vec![format!(
                    "sagemaker:DeleteApp DomainId={domain} {owner} AppType={app_type} AppName={name}"
                )]
            }
            Self::ScaleVariant {
                endpoint,
                variant,
                count,
            } => vec![format!(
                "sagemaker:UpdateEndpointWeightsAndCapacities EndpointName={endpoint} VariantName={variant} DesiredInstanceCount={count}"
            )],
            Self::ScaleComponent { name, copies } => {
                vec![format!(
                    "sagemaker:UpdateInferenceComponentRuntimeConfig InferenceComponentName={name} CopyCount={copies}"
                )]
            }
            Self::StopJob { kind, id } => {
                let (operation, parameter) = kind.stop();
                vec![format!("{operation} {parameter}={id}")]
            }
            Self::EndWarmPool(name) => {
                vec![format!(
                    "sagemaker:UpdateTrainingJob TrainingJobName={name} ResourceConfig.KeepAlivePeriodInSeconds=0"
                )]
            }
            Self::DeleteThroughput(arn) => vec![format!(
                "bedrock:DeleteProvisionedModelThroughput ProvisionedModelId={arn}"
            )],
            Self::ScheduleVariant {
                endpoint,
                variant,
                schedule,
                bounds,
            } => scheduling(endpoint, variant, schedule, *bounds),
            Self::Timetable {
                endpoint,
                variant,
                bounds,
                put,
                delete,
            } => schedule_restore::requests(endpoint, variant, *bounds, put, delete),
            Self::DeleteEndpoint(name) => {
                vec![format!("sagemaker:DeleteEndpoint EndpointName={name}")]
            }
            Self::SetBounds {
                scaled,
                least,
                most,
            } => vec![registering(
                &scaled.resource(),
                scaled.dimension(),
                (*least, *most),
            )],
            Self::SwapModel { arn, model } => {
                vec![format!(
                    "bedrock:UpdateProvisionedModelThroughput ProvisionedModelId={arn} DesiredModelId={model}"
                )]
            }
            Self::GiveFeedback {
                anomaly, feedback, ..
            } => {
                vec![format!(
                    "ce:ProvideAnomalyFeedback AnomalyId={anomaly} Feedback={feedback}"
                )]
            }
            Self::Tag { route, set, remove } => {
                let (add, drop, target) = match route {
                    TagRoute::Ec2(id) => ("ec2:CreateTags", "ec2:DeleteTags", id),
                    TagRoute::SageMaker(arn) => ("sagemaker:AddTags", "sagemaker:DeleteTags", arn),
                    TagRoute::Bedrock(arn) => ("bedrock:TagResource", "bedrock:UntagResource", arn),
                };
                let mut requests = Vec::new();
                if !set.is_empty() {
                    let pairs: Vec<_> = set
                        .iter()
                        .map(|(key, value)| format!("{key}={value}"))
                        .collect();
                    requests.push(format!("{add} {target} Tags=[{}]", pairs.join(", ")));
                }
                if !remove.is_empty() {
                    requests.push(format!("{drop} {target} TagKeys=[{}]", remove.join(", ")));
                }
                requests
            }
        }
    }
}

/// A variant as Application Auto Scaling names it.
pub fn scalable(endpoint: &str, variant: &str) -> String {
    format!("endpoint/{endpoint}/variant/{variant}")
}

/// What of a variant is scaled.
pub const VARIANT_COUNT: &str = "sagemaker:variant:DesiredInstanceCount";

/// `RegisterScalableTarget`, as it is printed.
pub(super) fn registering(resource: &str, dimension: &str, (least, most): (u32, u32)) -> String {
    format!(
        "application-autoscaling:RegisterScalableTarget ResourceId={resource} ScalableDimension={dimension} \
         MinCapacity={least} MaxCapacity={most}"
    )
}

fn scheduling(
    endpoint: &str,
    variant: &str,
    schedule: &WeeklySchedule,
    (least, most): (u32, u32),
) -> Vec<String> {
    let id = scalable(endpoint, variant);
    let mut requests = vec![registering(&id, VARIANT_COUNT, (least, most))];
    requests.extend(
        ScheduledAction::of(schedule, most)
            .iter()
            .map(|timed| schedule_restore::putting(&id, timed)),
    );
    requests
}
