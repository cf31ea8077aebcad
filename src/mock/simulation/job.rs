//! Jobs of SageMaker that run on instances: training, processing, batch transform.

use super::{JobKind, JobState, ServiceError, Simulation, Timeline, after};
use crate::{
    domain::{Tags, Timestamp, time::timestamp::seconds_between},
    mock::{load_shape::Load, price_facts::TypeFacts},
};

/// The warm pool of a training job: its instances after the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WarmPool {
    /// `KeepAlivePeriodInSeconds`
    pub keep_alive: u32,
    /// When the next job reused the instances, and its name.
    pub reused_by: Option<(Timestamp, String)>,
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its kind.
    pub kind: JobKind,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Region code.
    pub region: String,
    /// `ml.p4d.24xlarge`
    pub instance_type: String,
    /// Facts of its instance type.
    pub facts: Option<&'static TypeFacts>,
    /// Its instances as metrics name them: `algo-1`, or an instance id.
    pub hosts: Vec<String>,
    /// `VolumeSizeInGB`
    pub volume_gb: u32,
    /// When it was created; its instances run some minutes later.
    pub created: Timestamp,
    /// `MaxRuntimeInSeconds`; a transform job has none.
    pub max_runtime_seconds: Option<u32>,
    /// Managed spot training: the share of its seconds that are billed.
    pub spot: Option<f64>,
    /// The reason if it fails.
    pub failure_reason: String,
    /// Its image.
    pub image: String,
    /// Its input URIs, one for each channel.
    pub inputs: Vec<String>,
    /// The model of a transform job.
    pub model: Option<String>,
    /// Its checkpoint URI.
    pub checkpoint: Option<String>,
    /// Its warm pool.
    pub warm: WarmPool,
    /// The tuning job it is a trial of.
    pub tuning: Option<String>,
    /// Its state over time, its end included.
    pub life: Timeline<JobState>,
    /// GPU utilisation, percent of one accelerator; `None` without any.
    pub gpu: Option<Load>,
    /// CPU utilisation, percent of the instance; `None`: follows the GPUs.
    pub cpu: Option<Load>,
    /// Tags.
    pub tags: Tags,
}

impl Job {
    /// Its state.
    pub fn state(&self, now: Timestamp) -> JobState {
        self.life.value(now)
    }

    /// Number of instances.
    pub fn instances(&self) -> usize {
        self.hosts.len()
    }

    /// When its instances run, if it has not ended before.
    fn due(&self) -> Timestamp {
        after(self.created, self.kind.startup_seconds())
    }

    /// `TrainingStartTime`, when billing starts; `None` for a job that ended before.
    pub fn started(&self) -> Option<Timestamp> {
        let due = self.due();
        (self.life.at(due) == Some(JobState::InProgress)).then_some(due)
    }

    /// `TrainingEndTime`
    pub fn ended(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.state(now).runs()).then(|| self.life.since(now))
    }

    /// When and how it ends unless a client stops it; `None` if it has no end.
    pub fn end(&self) -> Option<(Timestamp, JobState)> {
        self.life
            .steps()
            .last()
            .copied()
            .filter(|(_, state)| !state.runs())
    }

    /// Whether it reached `MaxRuntimeInSeconds`, or will.
    pub fn exceeded_limit(&self) -> bool {
        let limit = self
            .max_runtime_seconds
            .map(|seconds| after(self.due(), f64::from(seconds)));
        self.end()
            .is_some_and(|(at, state)| state == JobState::Stopped && Some(at) == limit)
    }

    /// Whole seconds between start and end; 0 for a job that never started.
    pub fn runtime_seconds(&self, now: Timestamp) -> i64 {
        let end = self.ended(now).unwrap_or(now);
        self.started()
            .map_or(0, |started| end.duration_since(started).as_secs().max(0))
    }

    /// The share of its seconds that is billed: all, but with managed spot training, where the sum
    /// is whole seconds.
    fn share(&self) -> f64 {
        let Some(share) = self.spot else { return 1.0 };
        let total = self
            .end()
            .zip(self.started())
            .map_or(0.0, |((end, _), started)| seconds_between(started, end));
        if total > 0.0 {
            (total * share).round() / total
        } else {
            share
        }
    }

    /// `BillableTimeInSeconds`, once it has ended.
    pub fn billable(&self, now: Timestamp) -> Option<i64> {
        self.ended(now)
            .map(|_| (self.runtime_seconds(now) as f64 * self.share()).round() as i64)
    }

    /// The time in which its warm pool is retained, and billed.
    pub fn warm_pool_period(&self) -> Option<(Timestamp, Timestamp)> {
        let (end, state) = self.end()?;
        let until = after(end, f64::from(self.warm.keep_alive));
        let until = self
            .warm
            .reused_by
            .as_ref()
            .map_or(until, |(at, _)| until.min(*at));
        (state == JobState::Completed && until > end).then_some((end, until))
    }

    /// `WarmPoolStatus.Status`; `None` without a warm pool.
    pub fn warm_status(&self, now: Timestamp) -> Option<&'static str> {
        if self.warm.keep_alive == 0 && self.warm_pool_period().is_none() {
            return None;
        }
        match (self.state(now), self.warm_pool_period()) {
            (state, _) if state.runs() => Some("InUse"),
            (_, Some((_, until))) if now < until => Some("Available"),
            (JobState::Completed, _) if self.warm.reused_by.is_some() => Some("Reused"),
            _ => Some("Terminated"),
        }
    }

    /// Whole seconds that its warm pool has been retained up to `now`.
    pub fn warm_pool_seconds(&self, now: Timestamp) -> i64 {
        self.warm_pool_period().map_or(0, |(from, until)| {
            until.min(now).duration_since(from).as_secs().max(0)
        })
    }

    /// Billed instance-seconds in `[from, to)`, running and in the warm pool.
    pub fn billed(&self, from: Timestamp, to: Timestamp) -> f64 {
        let Some(started) = self.started() else {
            return 0.0;
        };
        let running = self
            .life
            .seconds(from.max(started), to, |state| f64::from(state.runs()))
            * self.share();
        let kept = self.warm_pool_period().map_or(0.0, |(begin, end)| {
            seconds_between(begin.max(from), end.min(to)).max(0.0)
        });
        (running + kept) * self.hosts.len() as f64
    }

    /// `SecondaryStatusTransitions` up to `now`: status, time and message.
    pub fn transitions(&self, now: Timestamp) -> Vec<(&'static str, Timestamp, &'static str)> {
        let due = self.due();
        let mut all = vec![(
            "Starting",
            self.created,
            "Preparing the instances for training",
        )];
        if self.started().is_some() {
            all.push((
                "Downloading",
                after(due, -60.0),
                "Downloading the training image",
            ));
            all.push((
                "Training",
                due,
                "Training image download completed. Training in progress.",
            ));
        }
        for (at, state) in self.life.steps() {
            let (status, message) = match state {
                JobState::InProgress => continue,
                JobState::Completed => ("Completed", "Training job completed"),
                JobState::Failed => ("Failed", "Training job failed"),
                JobState::Stopping => ("Stopping", "Stopping the training job"),
                JobState::Stopped if self.exceeded_limit() => (
                    "MaxRuntimeExceeded",
                    "Training job runtime exceeded MaxRuntimeInSeconds",
                ),
                JobState::Stopped => ("Stopped", "Training job stopped"),
            };
            all.push((status, *at, message));
        }
        all.retain(|(_, at, _)| *at <= now);
        all
    }

    /// Stops it: `Stopping` from `now` on, `Stopped` at the first whole second after its grace.
    fn stop(&mut self, now: Timestamp, pace: f64) -> Timestamp {
        let end = after(now, self.kind.stopping_seconds() * pace);
        let end = Timestamp::from_second(end.as_second() + i64::from(end.subsec_nanosecond() > 0))
            .unwrap_or(end);
        self.life.change(now, JobState::Stopping);
        self.life.change(end, JobState::Stopped);
        end
    }
}

impl Simulation {
    /// The jobs of a kind in a region, those that have been created.
    pub fn jobs(&self, kind: JobKind, region: &str, now: Timestamp) -> Vec<&Job> {
        self.jobs
            .iter()
            .filter(|job| job.kind == kind && job.region == region && job.created <= now)
            .collect()
    }

    /// One by name.
    pub fn job(
        &self,
        kind: JobKind,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<&Job, ServiceError> {
        let place = self.job_place(kind, region, name, now)?;
        Ok(&self.jobs[place])
    }

    fn job_place(
        &self,
        kind: JobKind,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<usize, ServiceError> {
        let found = self.jobs.iter().position(|job| {
            job.kind == kind && job.region == region && job.name == name && job.created <= now
        });
        found.ok_or_else(|| match kind {
            JobKind::Training => ServiceError::invalid("Requested resource not found."),
            _ => ServiceError::new(
                "ResourceNotFound",
                format!("Could not find requested job with name: {name}"),
            ),
        })
    }

    /// `StopTrainingJob`, `StopProcessingJob`, `StopTransformJob`: the job has time to save its
    /// work.
    pub fn stop_job(
        &mut self,
        kind: JobKind,
        region: &str,
        name: &str,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let place = self.job_place(kind, region, name, now)?;
        let state = self.jobs[place].state(now);
        if state != JobState::InProgress {
            let message = format!(
                "The request was rejected because the {} is in status {}.",
                kind.display_name(),
                state.name()
            );
            return Err(ServiceError::invalid(message));
        }
        let pace = self.pace;
        self.jobs[place].stop(now, pace);
        Ok(())
    }

    /// `UpdateTrainingJob`: changes the keep-alive period of a warm pool; 0 releases the instances.
    /// Returns the ARN.
    pub fn keep_alive(
        &mut self,
        region: &str,
        name: &str,
        seconds: u32,
        now: Timestamp,
    ) -> Result<String, ServiceError> {
        let place = self.job_place(JobKind::Training, region, name, now)?;
        let job = &mut self.jobs[place];
        if job.warm_status(now) != Some("Available") {
            return Err(ServiceError::invalid(
                "KeepAlivePeriodInSeconds can be updated only while the status of the warm pool \
                 is Available.",
            ));
        }
        // The period cannot end before now.
        let kept = job
            .ended(now)
            .map_or(0.0, |end| seconds_between(end, now))
            .ceil() as u32;
        job.warm.keep_alive = seconds.max(kept);
        Ok(job.arn.clone())
    }

    /// Stops the running trials of a tuning job and removes the later ones; returns when the last
    /// has stopped.
    pub(super) fn stop_trials(&mut self, region: &str, tuning: &str, now: Timestamp) -> Timestamp {
        let pace = self.pace;
        let trial = |job: &Job| job.region == region && job.tuning.as_deref() == Some(tuning);
        let mut last = now;
        for job in self.jobs.iter_mut().filter(|job| trial(job)) {
            if job.created > now {
                job.created = Timestamp::MAX;
            } else if job.state(now) == JobState::InProgress {
                last = last.max(job.stop(now, pace));
            } else if let Some((end, _)) = job.end() {
                last = last.max(end);
            }
        }
        last
    }
}
