//! Bedrock's jobs: model customization, and batch inference.

use super::{ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp},
    mock::price_facts::TokenRates,
};

/// A job's states; each kind of job has some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelJobState {
    /// Batch: submitted.
    Submitted,
    /// Batch: Bedrock validates its records.
    Validating,
    /// Running, or scheduled to.
    InProgress,
    /// Succeeded.
    Completed,
    /// Ended with an error.
    Failed,
    /// Stopping.
    Stopping,
    /// Stopped by a client.
    Stopped,
    /// Batch: not completed within its timeout.
    Expired,
}

impl ModelJobState {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submitted => "Submitted",
            Self::Validating => "Validating",
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Stopping => "Stopping",
            Self::Stopped => "Stopped",
            Self::Expired => "Expired",
        }
    }

    /// Whether it has ended.
    pub fn is_ended(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Failed | Self::Stopped | Self::Expired
        )
    }
}

/// The work of a job.
#[derive(Clone, Debug)]
pub enum Work {
    /// Customizes a model.
    Customization {
        /// `FINE_TUNING`, ...
        kind: &'static str,
        /// Training tokens: the tokens of the data times the epochs.
        tokens: f64,
        /// Dollars per 1,000 training tokens; `None` where the list has no price.
        rate: Option<f64>,
        /// The name of the custom model.
        output: String,
    },
    /// Runs inference over records.
    Batch {
        /// Records.
        records: u32,
        /// Input tokens of a record.
        input: f64,
        /// Output tokens of a record.
        output: f64,
        /// Batch prices.
        rates: TokenRates,
        /// `timeoutDurationInHours`
        timeout_hours: u32,
    },
}

/// A job.
#[derive(Clone, Debug)]
pub struct ModelJob {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// Model id.
    pub model: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it starts to run.
    pub start: Timestamp,
    /// Seconds that all its work takes.
    pub takes: f64,
    /// Its work.
    pub work: Work,
    /// The reason if it fails.
    pub failure: String,
    /// Its state over time, its end included.
    pub life: Timeline<ModelJobState>,
    /// Tags.
    pub tags: Tags,
}

impl ModelJob {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> ModelJobState {
        self.life.value(now)
    }

    /// `endTime`
    pub fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        self.state(now).is_ended().then(|| self.life.since(now))
    }

    /// Whether it customizes a model.
    pub fn is_customization(&self) -> bool {
        matches!(self.work, Work::Customization { .. })
    }

    /// The share of its work done in `[from, to)`; the work is even over time.
    pub fn done(&self, from: Timestamp, to: Timestamp) -> f64 {
        let (from, to) = (from.max(self.start), to.min(after(self.start, self.takes)));
        if to <= from {
            return 0.0;
        }
        self.life.seconds(from, to, |state| {
            f64::from(state == ModelJobState::InProgress)
        }) / self.takes
    }

    /// Records processed by `now`.
    pub fn processed_records(&self, now: Timestamp) -> u32 {
        let Work::Batch { records, .. } = self.work else {
            return 0;
        };
        (f64::from(records) * self.done(self.created, now) + 1e-6).floor() as u32
    }
}

impl Simulation {
    /// The jobs of a region that customize models, or those that do not.
    pub fn model_jobs(&self, region: &str, customizing: bool, now: Timestamp) -> Vec<&ModelJob> {
        self.model_jobs
            .iter()
            .filter(|one| {
                one.region == region && one.is_customization() == customizing && one.created <= now
            })
            .collect()
    }

    /// One by ARN, by the end of it, or (customization) by name.
    pub fn model_job(
        &self,
        region: &str,
        customizing: bool,
        id: &str,
        now: Timestamp,
    ) -> Result<&ModelJob, ServiceError> {
        let same = |one: &&ModelJob| {
            one.arn == id || one.arn.ends_with(&format!("/{id}")) || (customizing && one.name == id)
        };
        let found = self
            .model_jobs(region, customizing, now)
            .into_iter()
            .find(same);
        found.ok_or_else(|| {
            ServiceError::new(
                "ResourceNotFoundException",
                format!("Could not find the job {id}."),
            )
            .status(404)
        })
    }

    /// `StopModelCustomizationJob`, `StopModelInvocationJob`: work done by `now` is billed.
    pub fn stop_model_job(
        &mut self,
        region: &str,
        customizing: bool,
        id: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let job = self.model_job(region, customizing, id, now)?;
        let (arn, state) = (job.arn.clone(), job.state(now));
        if state.is_ended() || state == ModelJobState::Stopping {
            let message = format!(
                "The job {arn} is in status {} and cannot be stopped.",
                state.name()
            );
            return Err(ServiceError::new("ConflictException", message).status(409));
        }
        let pace = self.pace;
        if let Some(job) = self.model_jobs.iter_mut().find(|one| one.arn == arn) {
            job.life.change(now, ModelJobState::Stopping);
            job.life
                .change(after(now, 60.0 * pace), ModelJobState::Stopped);
        }
        Ok(())
    }
}
