//! The kinds of job that are listed, and the request that stops each.

use crate::domain::ResourceKind;

/// A kind of job.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// SageMaker training.
    Training,
    /// SageMaker processing.
    Processing,
    /// SageMaker batch transform.
    Transform,
    /// SageMaker hyperparameter tuning: it runs training jobs.
    Tuning,
    /// Bedrock model customization.
    Customization,
    /// Bedrock batch inference.
    BatchInference,
}

impl JobKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Training,
        Self::Processing,
        Self::Transform,
        Self::Tuning,
        Self::Customization,
        Self::BatchInference,
    ];

    /// The resource kind of its rows.
    pub const fn kind(self) -> ResourceKind {
        match self {
            Self::Training => ResourceKind::TRAINING_JOB,
            Self::Processing => ResourceKind::PROCESSING_JOB,
            Self::Transform => ResourceKind::TRANSFORM_JOB,
            Self::Tuning => ResourceKind::TUNING_JOB,
            Self::Customization => ResourceKind::CUSTOMIZATION_JOB,
            Self::BatchInference => ResourceKind::BATCH_INFERENCE_JOB,
        }
    }

    /// In one word, for a column.
    pub fn word(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Processing => "processing",
            Self::Transform => "transform",
            Self::Tuning => "tuning",
            Self::Customization => "custom",
            Self::BatchInference => "batch",
        }
    }

    /// The request that stops one, and the parameter that names it.
    pub fn stop(self) -> (&'static str, &'static str) {
        match self {
            Self::Training => ("sagemaker:StopTrainingJob", "TrainingJobName"),
            Self::Processing => ("sagemaker:StopProcessingJob", "ProcessingJobName"),
            Self::Transform => ("sagemaker:StopTransformJob", "TransformJobName"),
            Self::Tuning => (
                "sagemaker:StopHyperParameterTuningJob",
                "HyperParameterTuningJobName",
            ),
            Self::Customization => ("bedrock:StopModelCustomizationJob", "jobIdentifier"),
            Self::BatchInference => ("bedrock:StopModelInvocationJob", "jobIdentifier"),
        }
    }
}
