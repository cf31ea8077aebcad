//! The inventory of jobs: it lists them, and describes those that are new, changed or running.

use super::{
    bedrock,
    cost::Job,
    describe::describe,
    list::{JobFilter, JobSummary, list},
    related_jobs::{JobRecord, RelatedJobs, related_jobs},
};
use crate::collectors::{
    Context, Listing,
    shared::{
        context::{ListOutcome, push_fault, run_bounded},
        tag_cache::TagCache,
    },
};
use crate::{
    aws::convert::time::add_seconds,
    domain::{
        Fault, FaultKind, JobKind, Measured, Tags, Timestamp, time::timestamp::seconds_between,
    },
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// Days of history that are read once, for earlier runs and failures.
pub(super) const DAYS: i64 = 14;
/// Seconds for which a job that is over stays a row.
pub(super) const MAX_ENDED_AGE: f64 = 86_400.0;
/// Most jobs described in one poll. The others are rows without machines until the next.
const MAX_DESCRIBED: usize = 2_000;
/// Seconds after which a job is described again: one that starts or stops; a Spot job, which may be
/// interrupted, or a tuning job, whose children change; and any other that runs, though its list
/// says that nothing changed.
const MOVING: f64 = 10.0;
const RESTLESS: f64 = 300.0;
const STEADY: f64 = 12.0 * 3_600.0;
/// Seconds between two lists of a kind that has no running job, and of new jobs of any kind.
const QUIET: f64 = 60.0;
/// The status of a job that is no longer among the running ones, until it is described.
const LEFT: &str = "left the running jobs";
/// Seconds after a failed description until the next attempt.
const ASK_AGAIN: f64 = 600.0;
/// Seconds before the last list of new jobs at which the next one begins.
const OVERLAP: i64 = 600;
const IN_PROGRESS: &str = "InProgress";
/// The kinds of SageMaker jobs.
const SAGEMAKER: [JobKind; 4] = [
    JobKind::Training,
    JobKind::Processing,
    JobKind::Transform,
    JobKind::Tuning,
];

type Id = (JobKind, Arc<str>);

/// A job, the facts from related jobs, and its tags.
#[derive(Clone, Debug)]
pub(crate) struct JobItem {
    /// Unique among all kinds.
    pub(super) id: Arc<str>,
    pub(super) job: Arc<Job>,
    pub(super) work: Arc<RelatedJobs>,
    pub(super) tags: Measured<Tags>,
}

impl JobItem {
    fn new(job: &Arc<Job>, work: Arc<RelatedJobs>, tags: Measured<Tags>) -> Self {
        Self {
            id: format!("{}/{}", job.kind.kind(), job.id).into(),
            job: job.clone(),
            work,
            tags,
        }
    }
}

/// The jobs of the last days, as listed and described.
#[derive(Default)]
pub(super) struct JobHistory {
    listed: BTreeMap<Id, JobSummary>,
    described: HashMap<Id, JobDescription>,
    /// By kind: when its new jobs were listed last.
    looked: HashMap<JobKind, Timestamp>,
    pub bedrock: bedrock::BedrockJobs,
    /// Those that ended before [`MAX_ENDED_AGE`].
    pub ended: Vec<JobItem>,
    tags: TagCache,
    bedrock_tags: TagCache,
}

/// The reading of the lists of a kind.
enum ListRead {
    NotDue,
    Done(Option<Fault>),
}

struct JobDescription {
    job: Arc<Job>,
    /// The status it was listed with then, and when that had changed.
    status: Arc<str>,
    modified: Option<Timestamp>,
    at: Timestamp,
}

impl JobHistory {
    /// Lists jobs that run, warm pools, and jobs that ended within [`MAX_ENDED_AGE`].
    pub(super) async fn inventory(&mut self, cx: &Context) -> Listing<JobItem> {
        let now = cx.clock.now();
        let mut faults = Vec::new();
        let mut lists = ListOutcome::default();
        for kind in SAGEMAKER {
            let seen = self.looked.contains_key(&kind);
            let ListRead::Done(fault) = self.list(cx, kind, now).await else {
                continue;
            };
            lists.add(fault.as_slice(), seen);
            if let Some(fault) = fault {
                push_fault(&mut faults, fault);
            }
        }
        self.describe(cx, now, &mut faults).await;
        self.forget(now);
        self.bedrock.read(cx, now, &mut lists, &mut faults).await;
        let mut jobs: Vec<Arc<Job>> = self.described.values().map(|one| one.job.clone()).collect();
        jobs.extend(self.undescribed());
        jobs.extend(self.bedrock.jobs());
        jobs.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        let (shown, ended): (Vec<usize>, Vec<usize>) =
            (0..jobs.len()).partition(|place| is_shown(&jobs[*place], now));
        let work = Arc::new(RelatedJobs::unread());
        self.ended = ended
            .into_iter()
            .map(|place| JobItem::new(&jobs[place], work.clone(), self.tags_of(&jobs[place])))
            .collect();
        self.read_tags(cx, shown.iter().map(|place| &*jobs[*place]), &mut faults)
            .await;
        let known: Vec<JobRecord> = jobs
            .iter()
            .map(|job| JobRecord::new(job.clone(), job.cost(cx, now), cx.owner(&self.tags_of(job))))
            .collect();
        let items = shown.into_iter().map(|place| {
            let work = related_jobs(&known[place], &known, now, DAYS);
            JobItem::new(&jobs[place], Arc::new(work), self.tags_of(&jobs[place]))
        });
        Listing {
            items: items.collect(),
            complete: lists.is_complete(),
            has_answer: lists.is_answered(),
            faults,
        }
    }

    /// The listed jobs that no poll has described yet.
    fn undescribed(&self) -> impl Iterator<Item = Arc<Job>> {
        self.listed
            .iter()
            .filter(|(id, _)| !self.described.contains_key(*id))
            .map(|(_, one)| Arc::new(Job::from_summary(one, "not described yet")))
    }

    /// Lists the jobs created since the last list, at first all of the last days, and those that
    /// run. The training jobs are listed in each poll, the other kinds while some of them run, else
    /// now and then.
    async fn list(&mut self, cx: &Context, kind: JobKind, now: Timestamp) -> ListRead {
        let looked = self.looked.get(&kind).copied();
        let has_running = self.is_any_running(kind);
        let is_due = looked.is_none_or(|looked| seconds_between(looked, now) >= QUIET)
            || (kind == JobKind::Training && !has_running);
        if !is_due && !has_running {
            return ListRead::NotDue;
        }
        if is_due {
            let since = looked.map_or_else(
                || add_seconds(now, -DAYS * 86_400),
                |looked| add_seconds(looked, -OVERLAP),
            );
            let (found, fault) = list(cx, kind, JobFilter::Created(since)).await;
            self.take(found);
            if fault.is_some() {
                return ListRead::Done(fault);
            }
        }
        if looked.is_none() || has_running {
            let (found, fault) = list(cx, kind, JobFilter::Running).await;
            let running: HashSet<Arc<str>> = found.iter().map(|one| one.name.clone()).collect();
            self.take(found);
            if fault.is_some() {
                return ListRead::Done(fault);
            }
            for ((own, name), one) in &mut self.listed {
                if *own == kind && &*one.status == IN_PROGRESS && !running.contains(name) {
                    one.status = LEFT.into();
                }
            }
        }
        if is_due {
            self.looked.insert(kind, now);
        }
        ListRead::Done(None)
    }

    fn take(&mut self, found: Vec<JobSummary>) {
        let found = found.into_iter();
        self.listed
            .extend(found.map(|one| ((one.kind, one.name.clone()), one)));
    }

    fn is_any_running(&self, kind: JobKind) -> bool {
        self.listed
            .iter()
            .any(|((own, _), one)| *own == kind && &*one.status == IN_PROGRESS)
    }

    /// Describes the jobs that are new, have changed or still run; the newest first.
    async fn describe(&mut self, cx: &Context, now: Timestamp, faults: &mut Vec<Fault>) {
        let mut due: Vec<&JobSummary> = self
            .listed
            .iter()
            .filter(|(id, one)| self.is_due(id, one, now))
            .map(|(_, one)| one)
            .collect();
        due.sort_by_key(|one| (&*one.status == IN_PROGRESS, one.created));
        let jobs = due
            .into_iter()
            .rev()
            .take(MAX_DESCRIBED)
            .cloned()
            .map(|one| async move {
                let answer = describe(cx, one.kind, &one.name).await;
                (one, answer)
            });
        for (one, answer) in run_bounded(jobs.collect()).await {
            self.store(one, answer, now, faults);
        }
    }

    /// Whether a listed job has to be described again.
    fn is_due(&self, id: &Id, one: &JobSummary, now: Timestamp) -> bool {
        self.described.get(id).is_none_or(|known| {
            let age = seconds_between(known.at, now);
            let job = &known.job;
            if job.machines.known().is_none() {
                return age > ASK_AGAIN;
            }
            let is_changed = known.status != one.status || known.modified != one.modified;
            let limit = if job.started.is_none() {
                0.0
            } else if &*one.status != IN_PROGRESS {
                MOVING
            } else if job.spot || job.kind == JobKind::Tuning {
                RESTLESS
            } else {
                STEADY
            };
            is_changed || (!job.is_final() && age > limit)
        })
    }

    /// Stores the description of a listed job. After a fault an older description stays.
    fn store(
        &mut self,
        one: JobSummary,
        answer: Result<Job, Fault>,
        now: Timestamp,
        faults: &mut Vec<Fault>,
    ) {
        let id = (one.kind, one.name.clone());
        let job = match answer {
            Ok(job) => job,
            Err(fault) if fault.kind == FaultKind::NotFound => {
                self.listed.remove(&id);
                self.described.remove(&id);
                return;
            }
            Err(fault) => {
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                if self
                    .described
                    .get(&id)
                    .is_some_and(|known| known.job.machines.known().is_some())
                {
                    return;
                }
                Job::from_summary(&one, why)
            }
        };
        let description = JobDescription {
            job: Arc::new(job),
            status: one.status,
            modified: one.modified,
            at: now,
        };
        self.described.insert(id, description);
    }

    /// Drops jobs that ended before the history begins.
    fn forget(&mut self, now: Timestamp) {
        #[expect(clippy::cast_precision_loss, reason = "a few days")]
        let kept = DAYS as f64 * 86_400.0;
        self.described.retain(|_, known| {
            let end = known.job.ended.or(known.job.created);
            !known.job.is_final() || end.is_none_or(|end| seconds_between(end, now) < kept)
        });
        let described = &self.described;
        self.listed.retain(|id, one| {
            described.contains_key(id)
                || one
                    .created
                    .is_none_or(|created| seconds_between(created, now) < kept)
        });
    }

    async fn read_tags(
        &mut self,
        cx: &Context,
        jobs: impl Iterator<Item = &Job>,
        faults: &mut Vec<Fault>,
    ) {
        let arn = |job: &Job| job.arn.as_ref().map(|arn| Arc::from(arn.as_str()));
        let (bedrock, sagemaker): (Vec<&Job>, Vec<&Job>) = jobs
            .partition(|job| matches!(job.kind, JobKind::Customization | JobKind::BatchInference));
        for fault in self
            .tags
            .sagemaker(cx, sagemaker.into_iter().filter_map(arn).collect())
            .await
        {
            push_fault(faults, fault);
        }
        for fault in self
            .bedrock_tags
            .bedrock(cx, bedrock.into_iter().filter_map(arn).collect())
            .await
        {
            push_fault(faults, fault);
        }
    }

    fn tags_of(&self, job: &Job) -> Measured<Tags> {
        let Some(arn) = &job.arn else {
            return Measured::unknown("its ARN is not known");
        };
        match job.kind {
            JobKind::Customization | JobKind::BatchInference => self.bedrock_tags.of(arn.as_str()),
            _ => self.tags.of(arn.as_str()),
        }
    }
}

fn is_shown(job: &Job, now: Timestamp) -> bool {
    job.lives()
        || job.is_warm()
        || job
            .ended
            .is_some_and(|end| seconds_between(end, now) <= MAX_ENDED_AGE)
}
