//! Hyperparameter tuning jobs: many training jobs under one name.

use super::{Job, JobKind, JobState, ServiceError, Simulation, Timeline};
use crate::domain::{Tags, Timestamp};

/// A tuning job. Its trials are training jobs that name it; the tuning job itself is free.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// When it was created.
    pub created: Timestamp,
    /// `Bayesian`, `Random`, `Grid`, `Hyperband`.
    pub strategy: &'static str,
    /// `MaxNumberOfTrainingJobs`
    pub trials: u32,
    /// `MaxParallelTrainingJobs`
    pub parallel: u32,
    /// Its state over time, its end included.
    pub life: Timeline<JobState>,
    /// The definition of its trials.
    pub definition: Job,
    /// Tags, which its trials share.
    pub tags: Tags,
}

/// `TrainingJobStatusCounters`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trials {
    /// `Completed`
    pub completed: u32,
    /// `InProgress`
    pub in_progress: u32,
    /// `NonRetryableError`
    pub failed: u32,
    /// `Stopped`
    pub stopped: u32,
}

impl Tuning {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> JobState {
        self.life.value(now)
    }

    /// `HyperParameterTuningEndTime`
    pub fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.state(now).runs()).then(|| self.life.since(now))
    }
}

impl Simulation {
    /// The tuning jobs of a region, those that have been created.
    pub fn tunings(&self, region: &str, now: Timestamp) -> Vec<&Tuning> {
        self.tunings
            .iter()
            .filter(|one| one.region == region && one.created <= now)
            .collect()
    }

    /// One by name.
    pub fn tuning(
        &self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&Tuning, ServiceError> {
        let found = self
            .tunings
            .iter()
            .find(|one| one.region == region && one.name == name && one.created <= now);
        found.ok_or_else(|| {
            ServiceError::new(
                "ResourceNotFound",
                format!(
                    "Amazon SageMaker can't find a tuning \
                     job with the name {name}. Verify the \
                     name."
                ),
            )
        })
    }

    /// The trials of a tuning job that have been created.
    pub fn trials(&self, tuning: &Tuning, now: Timestamp) -> Vec<&Job> {
        let mut trials = self.jobs(JobKind::Training, &tuning.region, now);
        trials.retain(|job| job.tuning.as_deref() == Some(tuning.name.as_str()));
        trials
    }

    /// Its trials by status.
    pub fn trial_counts(&self, tuning: &Tuning, now: Timestamp) -> Trials {
        let mut counts = Trials::default();
        for trial in self.trials(tuning, now) {
            match trial.state(now) {
                JobState::InProgress | JobState::Stopping => counts.in_progress += 1,
                JobState::Completed => counts.completed += 1,
                JobState::Failed => counts.failed += 1,
                JobState::Stopped => counts.stopped += 1,
            }
        }
        counts
    }

    /// `StopHyperParameterTuningJob`: its running trials stop, and no more are started.
    pub fn stop_tuning(
        &mut self,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let state = self.tuning(region, name, now)?.state(now);
        if state != JobState::InProgress {
            let message = format!(
                "The request was rejected because the hyperparameter tuning job is in status {}.",
                state.name()
            );
            return Err(ServiceError::invalid(message));
        }
        let last = self.stop_trials(region, name, now);
        if let Some(one) = self
            .tunings
            .iter_mut()
            .find(|one| one.region == region && one.name == name)
        {
            one.life.change(now, JobState::Stopping);
            one.life
                .change(super::after(last, 5.0 * self.pace), JobState::Stopped);
        }
        Ok(())
    }
}
