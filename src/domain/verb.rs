//! Actions as data: what can be done to a row, the exact API call it becomes, and what must be true afterwards.
//!
//! Must not know the SDK: `aws::writes` carries a [`Call`] out.

use super::{JobKind, Phase, Reading, Schedule, State, Tags};
use std::{fmt, sync::Arc};

macro_rules! verbs {
    ($($name:ident $id:literal $doc:literal,)*) => {
        /// Something a person can do to a resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Verb { $(#[doc = $doc] $name,)* }
        impl Verb {
            /// Every verb.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The word in keymaps (`verb:stop`), journal and JSON.
            pub fn id(self) -> &'static str { match self { $(Self::$name => $id,)* } }
            /// What it does, for help.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

verbs! {
    Stop "stop" "stop the compute, so that its bill stops",
    Scale "scale" "change how many instances or copies run",
    Tag "tag" "add, change or remove tags",
    Delete "delete" "end the resource for good",
    Schedule "schedule" "scale by the clock: fewer outside of the hours in use",
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Who a Studio app belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AppOwner {
    /// A user profile.
    User(Arc<str>),
    /// A space.
    Space(Arc<str>),
}

/// Which service's tagging API reaches the resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TagRoute {
    /// `ec2:CreateTags` / `ec2:DeleteTags` by resource id.
    Ec2(Arc<str>),
    /// `sagemaker:AddTags` / `sagemaker:DeleteTags` by ARN.
    SageMaker(Arc<str>),
    /// `bedrock:TagResource` / `bedrock:UntagResource` by ARN.
    Bedrock(Arc<str>),
}

/// One change to an account, complete with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `ec2:StopInstances` of one instance id.
    StopInstance(Arc<str>),
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
    /// `application-autoscaling:RegisterScalableTarget`, then `PutScheduledAction` for the start and for the end of the hours.
    ScheduleVariant {
        /// Endpoint name.
        endpoint: Arc<str>,
        /// Variant name.
        variant: Arc<str>,
        /// Hours and counts.
        schedule: Schedule,
        /// Fewest and most that the scalable target allows.
        bounds: (u32, u32),
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

impl Call {
    /// The requests it makes, as the confirm dialog and the journal print them:
    /// `ec2:StopInstances InstanceIds=[i-0ab]`.
    pub fn requests(&self) -> Vec<String> {
        match self {
            Self::StopInstance(id) => vec![format!("ec2:StopInstances InstanceIds=[{id}]")],
            Self::StopNotebook(name) => vec![format!("sagemaker:StopNotebookInstance NotebookInstanceName={name}")],
            Self::DeleteApp { domain, owner, app_type, name } => {
                let owner = match owner {
                    AppOwner::User(user) => format!("UserProfileName={user}"),
                    AppOwner::Space(space) => format!("SpaceName={space}"),
                };
                vec![format!("sagemaker:DeleteApp DomainId={domain} {owner} AppType={app_type} AppName={name}")]
            }
            Self::ScaleVariant { endpoint, variant, count } => vec![format!(
                "sagemaker:UpdateEndpointWeightsAndCapacities EndpointName={endpoint} VariantName={variant} DesiredInstanceCount={count}"
            )],
            Self::ScaleComponent { name, copies } => {
                vec![format!("sagemaker:UpdateInferenceComponentRuntimeConfig InferenceComponentName={name} CopyCount={copies}")]
            }
            Self::StopJob { kind, id } => {
                let (operation, parameter) = kind.stop();
                vec![format!("{operation} {parameter}={id}")]
            }
            Self::EndWarmPool(name) => {
                vec![format!("sagemaker:UpdateTrainingJob TrainingJobName={name} ResourceConfig.KeepAlivePeriodInSeconds=0")]
            }
            Self::DeleteThroughput(arn) => vec![format!("bedrock:DeleteProvisionedModelThroughput ProvisionedModelId={arn}")],
            Self::ScheduleVariant { endpoint, variant, schedule, bounds } => scheduling(endpoint, variant, schedule, *bounds),
            Self::Tag { route, set, remove } => {
                let (add, drop, target) = match route {
                    TagRoute::Ec2(id) => ("ec2:CreateTags", "ec2:DeleteTags", id),
                    TagRoute::SageMaker(arn) => ("sagemaker:AddTags", "sagemaker:DeleteTags", arn),
                    TagRoute::Bedrock(arn) => ("bedrock:TagResource", "bedrock:UntagResource", arn),
                };
                let mut requests = Vec::new();
                if !set.is_empty() {
                    let pairs: Vec<_> = set.iter().map(|(key, value)| format!("{key}={value}")).collect();
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

/// One scheduled action as it is written and as it must be found: name, cron, least, most.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timed {
    /// `ScheduledActionName`
    pub name: Arc<str>,
    /// `cron(...)`, UTC.
    pub cron: Arc<str>,
    /// `MinCapacity`
    pub least: u32,
    /// `MaxCapacity`
    pub most: u32,
}

impl Timed {
    /// The two that make `schedule`: up to the count inside with room up to `most`, and down to the count outside.
    pub fn of(schedule: &Schedule, most: u32) -> [Self; 2] {
        let (up, down) = schedule.crons();
        let timed = |name: &str, cron: String, least, most| Self { name: name.into(), cron: cron.into(), least, most };
        [
            timed("spendtop-hours-begin", up, schedule.inside, most.max(schedule.inside)),
            timed("spendtop-hours-end", down, schedule.outside, schedule.outside),
        ]
    }
}

fn scheduling(endpoint: &str, variant: &str, schedule: &Schedule, (least, most): (u32, u32)) -> Vec<String> {
    let id = scalable(endpoint, variant);
    let target = format!("ResourceId={id} ScalableDimension={VARIANT_COUNT}");
    let mut requests = vec![format!("application-autoscaling:RegisterScalableTarget {target} MinCapacity={least} MaxCapacity={most}")];
    requests.extend(Timed::of(schedule, most).map(|Timed { name, cron, least, most }| {
        format!(
            "application-autoscaling:PutScheduledAction {target} ScheduledActionName={name} Schedule={cron} \
             MinCapacity={least} MaxCapacity={most}"
        )
    }));
    requests
}

/// A resource as a fresh describe finds it, as far as an action needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Its state now.
    pub state: State,
    /// Instances or copies that run now, where it has a count.
    pub count: Option<u32>,
    /// Instances or copies asked for, where it has a count.
    pub desired: Option<u32>,
    /// Its tags, where they were read.
    pub tags: Option<Tags>,
    /// Its scheduled actions, where they were read.
    pub timed: Option<Vec<Timed>>,
}

/// What must be true for an action to be over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// Stopped or gone.
    Stopped,
    /// So many run, and nothing is changing.
    Count(u32),
    /// Not there any more.
    Gone,
    /// These scheduled actions are there.
    Timed(Vec<Timed>),
    /// These tags are there, and those keys are not.
    Tags {
        /// Tags that must be there with this value.
        set: Tags,
        /// Keys that must not be there.
        remove: Vec<String>,
    },
}

impl Want {
    /// Whether `look` satisfies it.
    pub fn holds(&self, look: &Look) -> bool {
        match self {
            Self::Stopped => matches!(look.state.phase, Phase::Stopped | Phase::Gone),
            Self::Count(count) => look.count == Some(*count) && look.state.phase != Phase::Changing,
            Self::Gone => look.state.phase == Phase::Gone,
            Self::Timed(wanted) => look.timed.as_ref().is_some_and(|timed| wanted.iter().all(|one| timed.contains(one))),
            Self::Tags { set, remove } => look.tags.as_ref().is_some_and(|tags| {
                set.iter().all(|(key, value)| tags.get(key) == Some(value)) && remove.iter().all(|key| !tags.contains_key(key))
            }),
        }
    }

    /// Whether an expectation formed on `planned` may still be acted on now that a fresh describe shows `look`:
    /// same state to stop, same counts to scale, same old values of the touched tags.
    /// The error names the difference.
    pub fn still(&self, planned: &Look, look: &Look) -> Result<(), String> {
        let differs = |what: &str, before: String, now: String| Err(format!("{what} was {before}, is now {now}"));
        match self {
            Self::Stopped | Self::Count(_) | Self::Gone | Self::Timed(_) if planned.state.name != look.state.name => {
                differs("state", planned.state.name.to_string(), look.state.name.to_string())
            }
            Self::Count(_) if (planned.count, planned.desired) != (look.count, look.desired) => {
                let text = |look: &Look| {
                    format!("{}/{}", look.count.map_or("?".into(), |n| n.to_string()), look.desired.map_or("?".into(), |n| n.to_string()))
                };
                differs("count (current/desired)", text(planned), text(look))
            }
            Self::Tags { .. } if matches!(look.state.phase, Phase::Gone) => {
                differs("state", planned.state.name.to_string(), look.state.name.to_string())
            }
            Self::Tags { set, remove } => {
                let (Some(before), Some(now)) = (&planned.tags, &look.tags) else { return Ok(()) };
                for key in set.keys().chain(remove) {
                    if before.get(key) != now.get(key) {
                        let text = |value: Option<&String>| value.map_or("absent".to_owned(), Clone::clone);
                        return differs(&format!("tag {key}"), text(before.get(key)), text(now.get(key)));
                    }
                }
                Ok(())
            }
            Self::Stopped | Self::Count(_) | Self::Gone | Self::Timed(_) => Ok(()),
        }
    }
}

/// How a verb becomes a call on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    /// Nothing to ask: the call is complete. It ends the row's whole burn.
    Stop(Call),
    /// A count to ask for.
    Scale {
        /// What the count counts: `instances`, `copies`.
        unit: &'static str,
        /// The fewest AWS accepts here.
        minimum: u32,
        /// What the metrics suggest.
        suggested: Option<u32>,
        /// What one unit costs per hour, if known.
        per_unit: Option<super::UsdPerHour>,
        /// The call, with any count in it.
        call: Call,
    },
    /// The call is complete, and there is no way back. It ends the row's whole burn.
    Delete(Call),
    /// Hours to ask for.
    Schedule {
        /// What the metrics suggest, or the hours of an office.
        suggested: Schedule,
        /// The fewest AWS accepts outside of the hours.
        minimum: u32,
        /// What one costs per hour, if known.
        per_unit: Option<super::UsdPerHour>,
        /// The call, with the suggestion in it, and the bounds that hold now.
        call: Call,
    },
    /// Tags to ask for.
    Tag(TagRoute),
}

/// A verb on a row: the offer, or why it is not offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// The verb.
    pub verb: Verb,
    /// The offer or the reason against it.
    pub offer: Reading<Offer>,
}
