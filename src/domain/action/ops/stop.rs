//! `stop`: stop the compute of a resource, so that its bill stops.

use crate::domain::{
    JobKind, Reason,
    action::{
        capability::CallTemplate,
        definition::{
            self, Definition, InverseRequest, Justification, Resolution, Subject, Texts, Undo,
            complete_call, no_inverse,
        },
        expected::ExpectedState,
        input::{Input, Prompt},
        prior_state::PriorState,
        scope::{BlastRadius, Parent},
    },
};
use std::sync::Arc;

/// Owner of a Studio app.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppOwner {
    /// A user profile.
    User(Arc<str>),
    /// A space.
    Space(Arc<str>),
}

/// Its API calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `ec2:StopInstances` of one instance id.
    Instance(Arc<str>),
    /// `sagemaker:StopNotebookInstance` by name.
    Notebook(Arc<str>),
    /// `sagemaker:DeleteApp`: ends the app's compute; its space's storage stays.
    App {
        /// Studio domain id.
        domain: Arc<str>,
        /// User profile or space.
        owner: AppOwner,
        /// `JupyterLab`, `KernelGateway`, ...
        app_type: Arc<str>,
        /// App name.
        name: Arc<str>,
    },
    /// The request that stops a job of this kind.
    Job {
        /// Kind of job.
        kind: JobKind,
        /// Its name; of a Bedrock job its ARN.
        id: Arc<str>,
    },
    /// `sagemaker:UpdateTrainingJob` of a finished job: AWS releases its warm pool.
    WarmPool(Arc<str>),
}

impl definition::Call for Call {
    const DEFINITION: Definition = Definition {
        id: "stop",
        doc: "stop the compute and its billing",
        prompt: Prompt::None,
        affects_runtime: true,
        affects_cost: true,
        is_irreversible: false,
        is_about_anomaly: false,
        opposite: Some("start"),
        timeout: None,
        justification: Justification::Waste,
        texts: Texts {
            title: "Stop",
            progress: "stopping",
            settled: "it has stopped",
            enter: "enter stops",
        },
    };

    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self> {
        CallTemplate::Ready(Self::Instance(id))
    }

    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason> {
        Ok(Resolution {
            call: complete_call(capability, input)?,
            expected: ExpectedState::Stopped,
            saves: subject.rate,
            warnings: Vec::new(),
        })
    }

    fn inverse(call: Option<&Self>, _: &PriorState) -> Result<InverseRequest, Reason> {
        match call {
            Some(Self::Job { .. }) => {
                no_inverse("a stopped job cannot be resumed; start a new one")
            }
            Some(Self::WarmPool(_)) => no_inverse("an ended warm pool cannot be restored"),
            Some(Self::App { .. }) => no_inverse(
                "the app was deleted; start a new one in Studio, its space keeps the files",
            ),
            Some(Self::Instance(_) | Self::Notebook(_)) | None => Ok(InverseRequest::Opposite),
        }
    }

    fn undo(&self) -> Undo {
        match self {
            Self::Instance(_) | Self::Notebook(_) => Undo::Restores("start again"),
            Self::App { .. } | Self::Job { .. } | Self::WarmPool(_) => Undo::Impossible,
        }
    }

    fn requests(&self) -> Vec<String> {
        vec![match self {
            Self::Instance(id) => format!("ec2:StopInstances InstanceIds=[{id}]"),
            Self::Notebook(name) => {
                format!("sagemaker:StopNotebookInstance NotebookInstanceName={name}")
            }
            Self::App {
                domain,
                owner,
                app_type,
                name,
            } => {
                let owner = match owner {
                    AppOwner::User(user) => format!("UserProfileName={user}"),
                    AppOwner::Space(space) => format!("SpaceName={space}"),
                };
                format!(
                    "sagemaker:DeleteApp DomainId={domain} {owner} AppType={app_type} \
                     AppName={name}"
                )
            }
            Self::Job { kind, id } => {
                let (operation, parameter) = kind.stop();
                format!("{operation} {parameter}={id}")
            }
            Self::WarmPool(name) => format!(
                "sagemaker:UpdateTrainingJob TrainingJobName={name} \
                 ResourceConfig.KeepAlivePeriodInSeconds=0"
            ),
        }]
    }

    fn blast_radius(&self) -> Option<BlastRadius> {
        match self {
            Self::Job {
                kind: JobKind::Tuning,
                id,
            } => Some(BlastRadius::Whole(Parent::Tuning(id.clone()))),
            _ => None,
        }
    }

    fn instance(&self) -> Option<&Arc<str>> {
        match self {
            Self::Instance(id) => Some(id),
            _ => None,
        }
    }
}
