//! Builds the jobs of a scenario and their runs, tuning jobs and their trials.

use super::Builder;
use crate::mock::simulation::{Job, JobKind, JobState, Timeline, Tuning, WarmPool, after};
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::{Load, LoadSpec},
        price_facts::Facts,
        scenario::{
            spec::{JobOutcome, JobSpec, Strategy, TuningSpec},
            when::{ScenarioTime, Span},
        },
    },
};

/// The default interval between earlier runs, seconds.
const DAY: f64 = 86_400.0;
/// Seconds after the scenario's now for which endless runs are planned.
const AHEAD: f64 = 7.0 * DAY;
/// The default `max-hours`, as on AWS.
const MAX_HOURS: f64 = 24.0;
/// The share of its seconds that managed spot training is billed for.
const SPOT_SHARE: f64 = 0.3;

/// One run of a job.
struct Run {
    name: String,
    created: Timestamp,
    /// When and how it ends by itself.
    end: Option<(Timestamp, JobState)>,
}

fn strategy_name(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Bayesian => "Bayesian",
        Strategy::Random => "Random",
        Strategy::Grid => "Grid",
        Strategy::Hyperband => "Hyperband",
    }
}

/// The share of its seconds that a spot job is billed for.
fn billed_share(spec: &JobSpec) -> Option<f64> {
    let is_spot = spec.spot.as_ref().is_some_and(|spot| *spot.get_ref());
    let share = spec.spot_billed_share.as_ref();
    is_spot.then(|| share.map_or(SPOT_SHARE, |share| *share.get_ref()))
}

fn input_uris(spec: &JobSpec, default: String) -> Vec<String> {
    if spec.input.is_empty() {
        vec![default]
    } else {
        spec.input.iter().map(|uri| uri.get_ref().clone()).collect()
    }
}

fn warm_pool(spec: &JobSpec) -> WarmPool {
    let minutes = spec.keep_alive.as_ref();
    WarmPool {
        keep_alive: minutes.map_or(0, |minutes| minutes.get_ref() * 60),
        reused_by: None,
    }
}

/// The states of a job: its own end, or a stop when its runtime in seconds passes the limit.
fn job_life(
    kind: JobKind,
    created: Timestamp,
    end: Option<(Timestamp, JobState)>,
    max_runtime: Option<f64>,
) -> Timeline<JobState> {
    let last = max_runtime.map(|seconds| after(created, kind.startup_seconds() + seconds.trunc()));
    let mut life = Timeline::new(created, JobState::InProgress);
    match (end, last) {
        (Some((at, _)), Some(last)) if at > last => life.change(last, JobState::Stopped),
        (Some((at, state)), _) => life.change(at, state),
        (None, Some(last)) => life.change(last, JobState::Stopped),
        (None, None) => {}
    }
    life
}

impl Builder<'_> {
    pub(super) fn jobs(&mut self) {
        let file = self.file;
        for (kind, specs) in [
            (JobKind::Training, &file.training),
            (JobKind::Processing, &file.processing),
            (JobKind::Transform, &file.transform),
        ] {
            for spec in specs {
                let first = self.simulation.jobs.len();
                for run in self.runs(kind, spec) {
                    let job = self.job(kind, spec, run);
                    self.simulation.jobs.push(job);
                }
                reuse_warm_pools(&mut self.simulation.jobs[first..]);
            }
        }
        for spec in &file.tuning {
            self.tuning(spec);
        }
    }

    /// All runs that a group of the file describes, the oldest first.
    fn runs(&self, kind: JobKind, spec: &JobSpec) -> Vec<Run> {
        let created = self.at(spec.created);
        let count = *spec.count.get_ref() as usize;
        let name = spec.name.get_ref();
        if spec.repeat_every.is_none() && spec.earlier_runs.is_empty() {
            let one = |n: usize| Run {
                name: name.replace("{n}", &(n + 1).to_string()),
                created,
                end: self.end(kind, spec, created),
            };
            return (0..count).map(one).collect();
        }
        let every = spec
            .repeat_every
            .as_ref()
            .map_or(DAY, |every| every.get_ref().0);
        let mut runs: Vec<(Timestamp, Option<(Timestamp, JobState)>)> = Vec::new();
        for (n, span) in spec.earlier_runs.iter().enumerate() {
            let at = after(created, -every * (spec.earlier_runs.len() - n) as f64);
            runs.push((
                at,
                Some((
                    after(at, kind.startup_seconds() + span.get_ref().0),
                    JobState::Completed,
                )),
            ));
        }
        let last = match (&spec.repeat_until, &spec.repeat_every) {
            (Some(until), Some(_)) => self.at(*until.get_ref()),
            (None, Some(_)) => after(self.at(ScenarioTime::Offset(0.0)), AHEAD),
            (_, None) => created,
        };
        let mut at = created;
        while at <= last {
            runs.push((at, self.end(kind, spec, at)));
            at = after(at, every);
        }
        let named = |n: usize, at: Timestamp| {
            if name.contains("{n}") {
                name.replace("{n}", &(n + 1).to_string())
            } else {
                format!("{name}-{}", at.strftime("%Y-%m-%d-%H-%M-%S"))
            }
        };
        runs.into_iter()
            .enumerate()
            .map(|(n, (created, end))| Run {
                name: named(n, created),
                created,
                end,
            })
            .collect()
    }

    /// When and how a run created at `created` ends, apart from its limit.
    fn end(
        &self,
        kind: JobKind,
        spec: &JobSpec,
        created: Timestamp,
    ) -> Option<(Timestamp, JobState)> {
        let outcome = match spec.outcome.as_ref().map(|outcome| *outcome.get_ref()) {
            Some(JobOutcome::Failed) => JobState::Failed,
            Some(JobOutcome::Stopped) => JobState::Stopped,
            Some(JobOutcome::Completed) | None => JobState::Completed,
        };
        let billed = |span: &Span| after(created, kind.startup_seconds() + span.0);
        match (&spec.ended, &spec.duration, &spec.fails_after) {
            (Some(ended), ..) => Some((self.at(*ended.get_ref()), outcome)),
            (_, Some(span), _) => Some((billed(span.get_ref()), outcome)),
            (.., Some(span)) => Some((billed(span.get_ref()), JobState::Failed)),
            _ => None,
        }
    }

    fn job(&self, kind: JobKind, spec: &JobSpec, run: Run) -> Job {
        let region = self.region(spec.region.as_ref());
        let Run { name, created, end } = run;
        let account = &self.simulation.account.id;
        let max_runtime = (kind != JobKind::Transform).then(|| {
            let hours = spec.max_hours.as_ref();
            hours.map_or(MAX_HOURS, |hours| *hours.get_ref()) * 3_600.0
        });
        let base = base(spec.name.get_ref());
        let (word, default_volume_gb) = if kind == JobKind::Training {
            ("training", 100)
        } else {
            (kind.word(), 30)
        };
        let key = format!("{word}/{name}");
        let instance_type = spec.r#type.get_ref().clone();
        let facts = Facts::get().instance_type(&instance_type);
        let is_accelerated = facts.is_some_and(|facts| facts.accelerators.is_some());
        let (gpu, cpu) = self.job_loads(spec, &key, is_accelerated);
        let host = |n: u32| match kind {
            JobKind::Transform => self.placeholder_id("i", &format!("{key}/{n}")),
            _ => format!("algo-{}", n + 1),
        };
        let (failure, image) = (spec.failure.clone(), spec.image.clone());
        let checkpoint = spec.checkpoint.as_ref();
        let default_input = format!("s3://sagemaker-{region}-{account}/{base}/input/");
        Job {
            arn: format!(
                "arn:aws:sagemaker:{region}:{account}:{}/{}",
                kind.word(),
                name.to_lowercase()
            ),
            instance_type,
            hosts: (0..spec.instances).map(host).collect(),
            volume_gb: spec.volume_gb.unwrap_or(default_volume_gb),
            max_runtime_seconds: max_runtime.map(|seconds| seconds as u32),
            spot: billed_share(spec),
            failure_reason: failure.unwrap_or_else(|| "AlgorithmError: , exit code: 1".to_owned()),
            image: image.unwrap_or_else(|| {
                format!("{account}.dkr.ecr.{region}.amazonaws.com/{base}:latest")
            }),
            inputs: input_uris(spec, default_input),
            model: (kind == JobKind::Transform).then(|| {
                let model = spec.model.as_ref();
                model.map_or_else(|| format!("{base}-model"), |model| model.get_ref().clone())
            }),
            checkpoint: checkpoint.map(|place| place.get_ref().clone()),
            warm: warm_pool(spec),
            tuning: None,
            tags: self.tags(&spec.tags),
            life: job_life(kind, created, end, max_runtime),
            kind,
            name,
            region,
            facts,
            created,
            gpu,
            cpu,
        }
    }

    /// The load of the accelerators, if there are any, and of the processors: the file's, else
    /// busy accelerators, or busy processors of a job without any.
    fn job_loads(
        &self,
        spec: &JobSpec,
        key: &str,
        is_accelerated: bool,
    ) -> (Option<Load>, Option<Load>) {
        let busy = LoadSpec::between(78.0, 96.0);
        let gpu = is_accelerated
            .then(|| self.load(spec.gpu.as_ref().map_or(&busy, |gpu| gpu.get_ref()), key));
        let cpu = match (&spec.cpu, is_accelerated) {
            (Some(cpu), _) => Some(self.load(cpu.get_ref(), &format!("cpu/{key}"))),
            (None, true) => None,
            (None, false) => Some(self.load(&busy, &format!("cpu/{key}"))),
        };
        (gpu, cpu)
    }

    /// Adds the trials of a tuning job, `parallel` at a time; returns the end of the last one.
    fn trials(
        &mut self,
        spec: &TuningSpec,
        trial: &JobSpec,
        region: &str,
        created: Timestamp,
    ) -> Timestamp {
        let name = spec.name.get_ref();
        let parallel = *spec.parallel.get_ref();
        let (mut at, mut last) = (created, created);
        for n in 0..*spec.trials.get_ref() {
            if n > 0 && n % parallel == 0 {
                let interval = spec.trial_interval.as_ref();
                at = interval.map_or(last, |every| after(at, every.get_ref().0));
            }
            let key = self.key(&format!("trial/{region}/{name}/{n}"));
            let run = Run {
                name: format!("{name}-{:03}-{:08x}", n + 1, key >> 32),
                created: at,
                end: self.end(JobKind::Training, trial, at),
            };
            let mut job = self.job(JobKind::Training, trial, run);
            job.tuning = Some(name.clone());
            last = job.end().map_or(last, |(end, _)| last.max(end));
            self.simulation.jobs.push(job);
        }
        last
    }

    fn tuning(&mut self, spec: &TuningSpec) {
        let (name, created) = (spec.name.get_ref().clone(), self.at(spec.created));
        let region = self.region(spec.region.as_ref());
        let mut trial = spec.trial();
        if trial.duration.is_none() && trial.fails_after.is_none() {
            trial.duration = Some(toml::Spanned::new(0..0, Span(3_600.0)));
        }
        let definition = self.job(
            JobKind::Training,
            &trial,
            Run {
                name: name.clone(),
                created,
                end: None,
            },
        );
        let last = self.trials(spec, &trial, &region, created);
        let mut life = Timeline::new(created, JobState::InProgress);
        life.change(last, JobState::Completed);
        let tuning = Tuning {
            arn: format!(
                "arn:aws:sagemaker:{region}:{}:hyper-parameter-tuning-job/{}",
                self.simulation.account.id,
                name.to_lowercase()
            ),
            strategy: strategy_name(spec.strategy),
            trials: *spec.trials.get_ref(),
            parallel: *spec.parallel.get_ref(),
            created,
            life,
            definition,
            tags: self.tags(&spec.tags),
            name: name.clone(),
            region: region.clone(),
        };
        self.simulation.tunings.push(tuning);
        if let Some(stopped) = &spec.stopped {
            let at = self.at(*stopped.get_ref());
            // A tuning job that has ended refuses the stop, and needs none.
            let _ = self.simulation.stop_tuning(&region, &name, at);
        }
    }
}

/// Gives a run's warm pool to the next run that starts before the pool expires.
fn reuse_warm_pools(runs: &mut [Job]) {
    for n in 1..runs.len() {
        let (next, name) = (runs[n].created, runs[n].name.clone());
        let before = &mut runs[n - 1];
        if before
            .warm_pool_period()
            .is_some_and(|(from, until)| from <= next && next < until)
        {
            before.warm.reused_by = Some((next, name));
        }
    }
}

/// A name without its numbers: `ranker-nightly-{n}` and `ranker-nightly-2026-11-22` are
/// `ranker-nightly`.
fn base(name: &str) -> String {
    let kept: Vec<&str> = name
        .split('-')
        .filter(|part| !part.contains("{n}") && part.bytes().any(|b| b.is_ascii_alphabetic()))
        .collect();
    if kept.is_empty() {
        "job".to_owned()
    } else {
        kept.join("-").to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_name_has_no_numbers() {
        for (name, want) in [
            ("ranker-nightly-2026-11-22", "ranker-nightly"),
            ("fraud-{n}", "fraud"),
            ("x7", "x7"),
            ("2026", "job"),
        ] {
            assert_eq!(base(name), want);
        }
    }
}
