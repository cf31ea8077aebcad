//! SageMaker training jobs.
//!
//! Must not know the wire.

use super::{Refusal, Track, World};
use crate::{
    domain::{Stamp, Tags},
    mock::load::Load,
};

/// A training job's states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingState {
    /// Billed.
    InProgress,
    /// Over.
    Completed,
    /// Over, in vain.
    Failed,
    /// On its way down.
    Stopping,
    /// Stopped by a person or at its limit.
    Stopped,
}

impl TrainingState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
        }
    }
}

/// A training job.
#[derive(Clone, Debug)]
pub struct Training {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `ml.p4d.24xlarge`
    pub instance_type: String,
    /// Instances.
    pub instances: u32,
    /// When it was created; training starts four minutes later.
    pub created: Stamp,
    /// `StoppingCondition.MaxRuntimeInSeconds`
    pub max_runtime_seconds: u32,
    /// Managed spot training.
    pub spot: bool,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// Training image.
    pub image: String,
    /// Its state over time.
    pub life: Track<TrainingState>,
    /// GPU utilisation, percent of one accelerator.
    pub gpu: Load,
    /// Tags.
    pub tags: Tags,
}

impl Training {
    /// Its state.
    pub fn state(&self, now: Stamp) -> TrainingState {
        self.life.value(now)
    }
    /// `TrainingStartTime`
    pub fn started(&self) -> Stamp {
        super::after(self.created, 240.0)
    }
    /// `TrainingEndTime`
    pub fn ended(&self, now: Stamp) -> Option<Stamp> {
        (self.state(now) != TrainingState::InProgress && self.state(now) != TrainingState::Stopping).then(|| self.life.since(now))
    }
}

impl World {
    /// The training jobs of a region, those that have been created.
    pub fn trainings(&self, region: &str, now: Stamp) -> Vec<&Training> {
        self.trainings.iter().filter(|job| job.region == region && job.created <= now).collect()
    }

    /// One by name.
    pub fn training(&self, region: &str, name: &str, now: Stamp) -> Result<&Training, Refusal> {
        self.trainings
            .iter()
            .find(|job| job.region == region && job.name == name && job.created <= now)
            .ok_or_else(|| Refusal::invalid("Requested resource not found."))
    }

    /// `StopTrainingJob`: it has two minutes to save its work.
    pub fn stop_training(&mut self, region: &str, name: &str, now: Stamp) -> Result<(), Refusal> {
        let state = self.training(region, name, now)?.state(now);
        if state != TrainingState::InProgress {
            return Err(Refusal::invalid(format!("The request was rejected because the training job is in status {}.", state.name())));
        }
        let pace = self.pace;
        if let Some(job) = self.trainings.iter_mut().find(|job| job.region == region && job.name == name) {
            job.life.change(now, TrainingState::Stopping);
            job.life.change(super::after(now, 120.0 * pace), TrainingState::Stopped);
        }
        Ok(())
    }
}
