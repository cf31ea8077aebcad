//! The resource kinds, each in one line of one table.

use crate::domain::Service;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

/// Limit of kinds outside the table in memory, so that a file full of names cannot fill it.
const MAX_FOREIGN: usize = 1_000;

/// The kind of a resource, as the journal and `ls` print it: `ec2-instance`, `endpoint-variant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKind(pub &'static str);

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident $id:literal $(in $service:ident)?;)*) => {
        impl ResourceKind {
            $($(#[doc = $doc])+ pub const $name: Self = Self($id);)*

            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The service whose bill has the rows of this kind; `None` of a kind that is not
            /// billed by itself: the copies of a component are billed as instances of its
            /// endpoint, the trials of a tuning job as training jobs.
            pub fn service(self) -> Option<Service> {
                match self {
                    $($(Self::$name => Some(Service::$service),)?)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// EC2 instance.
    EC2_INSTANCE "ec2-instance" in Ec2;
    /// Node of a SageMaker HyperPod cluster.
    HYPERPOD_NODE "hyperpod-node" in SageMaker;
    /// EC2 capacity reservation or capacity block.
    CAPACITY_RESERVATION "capacity-reservation" in Ec2;
    /// SageMaker training plan.
    TRAINING_PLAN "training-plan" in SageMaker;
    /// SageMaker notebook instance.
    NOTEBOOK_INSTANCE "notebook-instance" in SageMaker;
    /// SageMaker Studio app.
    STUDIO_APP "studio-app" in SageMaker;
    /// SageMaker Studio space without an app: its volume.
    STUDIO_SPACE "studio-space" in SageMaker;
    /// SageMaker MLflow tracking server.
    TRACKING_SERVER "mlflow-tracking-server" in SageMaker;
    /// SageMaker partner app.
    PARTNER_APP "partner-app" in SageMaker;
    /// Production variant of a SageMaker endpoint.
    ENDPOINT_VARIANT "endpoint-variant" in SageMaker;
    /// SageMaker inference component.
    INFERENCE_COMPONENT "inference-component";
    /// SageMaker training job.
    TRAINING_JOB "training-job" in SageMaker;
    /// SageMaker processing job.
    PROCESSING_JOB "processing-job" in SageMaker;
    /// SageMaker batch transform job.
    TRANSFORM_JOB "transform-job" in SageMaker;
    /// SageMaker hyperparameter tuning job.
    TUNING_JOB "tuning-job";
    /// Bedrock model customization job.
    CUSTOMIZATION_JOB "customization-job" in Bedrock;
    /// Bedrock batch inference job.
    BATCH_INFERENCE_JOB "batch-inference-job" in Bedrock;
    /// Bedrock provisioned throughput.
    PROVISIONED_THROUGHPUT "provisioned-throughput" in Bedrock;
    /// Bedrock custom model deployed for on-demand use.
    MODEL_DEPLOYMENT "custom-model-deployment" in Bedrock;
    /// Model imported into Bedrock.
    IMPORTED_MODEL "imported-model" in Bedrock;
    /// Bedrock model or inference profile, on demand.
    MODEL "model" in Bedrock;
    /// Line of the bill.
    COST_LINE "cost-line";
    /// Budget.
    BUDGET "budget";
    /// Coverage of a commitment: Savings Plan or reservation.
    COVERAGE "coverage";
    /// Cost anomaly.
    ANOMALY "anomaly";
}

impl ResourceKind {
    /// The kind called `name` in a file. Names outside the table are interned, up to a limit;
    /// beyond it they all become one kind.
    pub fn named(name: &str) -> Self {
        static FOREIGN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        if let Some(known) = Self::ALL.iter().find(|kind| kind.0 == name) {
            return *known;
        }
        let mut foreign = FOREIGN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = foreign.get(name) {
            return Self(known);
        }
        if foreign.len() >= MAX_FOREIGN {
            return Self("unknown-kind");
        }
        let interned: &'static str = Box::leak(name.into());
        foreign.insert(interned);
        Self(interned)
    }

    /// Whether its rows describe the bill instead of a resource: their figures come from Cost
    /// Explorer.
    pub fn is_billing(self) -> bool {
        matches!(
            self,
            Self::COST_LINE | Self::BUDGET | Self::COVERAGE | Self::ANOMALY
        )
    }
}

impl Serialize for ResourceKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ResourceKind {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(|name| Self::named(&name))
    }
}

impl fmt::Display for ResourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
