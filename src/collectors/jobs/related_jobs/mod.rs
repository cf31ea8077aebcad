//! Evidence about a job from other jobs: earlier runs of the same work, failed attempts, and
//! duplicates that run now.
//!
//! Two jobs do the same work if one tuning job made them, if their names differ in numbers
//! and dates only, or if they run the same image on the same data.

#[cfg(test)]
mod tests;

use super::cost::Job;
use crate::domain::{
    JobKind, Measured, Phase, Timestamp, Usd, UsdPerHour,
    evidence::{DuplicateJob, FailedAttempts, PastRuns},
    time::timestamp::seconds_between,
};
use jiff::SignedDuration;
use std::{collections::BTreeMap, sync::Arc};

/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Attempts that start closer together than this, in seconds, count as one parallel attempt.
const TOGETHER: f64 = 60.0;

/// A job with its cost, owner and name family.
pub(super) struct JobRecord {
    pub job: Arc<Job>,
    /// List cost so far.
    pub cost: Measured<Usd>,
    pub owner: Option<Arc<str>>,
    family: String,
}

impl JobRecord {
    pub(super) fn new(job: Arc<Job>, cost: Measured<Usd>, owner: Option<Arc<str>>) -> Self {
        Self {
            family: family(&job.name),
            job,
            cost,
            owner,
        }
    }
}

/// Evidence about one job from the others.
#[derive(Clone, Debug)]
pub(super) struct RelatedJobs {
    pub past: Measured<PastRuns>,
    /// Median cost of the earlier runs, at list.
    pub run_cost: Measured<Usd>,
    pub failures: Measured<FailedAttempts>,
    pub twins: Measured<Vec<DuplicateJob>>,
    /// List cost of all training jobs of a tuning job.
    pub tries: Measured<Usd>,
    /// List cost of its failed tries per hour, mean of the last 24 hours; `None` while one runs,
    /// and where none failed in this time or none is due.
    pub between_tries: Option<UsdPerHour>,
}

impl RelatedJobs {
    /// Of a job that is compared with nothing.
    pub(super) fn unread() -> Self {
        const WHY: &str = "it ended long ago";
        Self {
            past: Measured::unknown(WHY),
            run_cost: Measured::unknown(WHY),
            failures: Measured::unknown(WHY),
            twins: Measured::unknown(WHY),
            tries: Measured::unknown(WHY),
            between_tries: None,
        }
    }
}

/// A name without the parts that change from run to run: numbers, dates, times, random parts.
pub(super) fn family(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut kept: Vec<String> = Vec::new();
    let mut rest = words.as_slice();
    while let Some((word, after)) = rest.split_first() {
        if is_uuid(rest) {
            rest = &rest[5..];
            continue;
        }
        rest = after;
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let made_up = word.len() >= 8 && digits >= 2;
        if !stem.is_empty() && !made_up {
            kept.push(stem.to_lowercase());
        }
    }
    if kept.is_empty() {
        name.to_lowercase()
    } else {
        kept.join("-")
    }
}

fn is_uuid(words: &[&str]) -> bool {
    let lengths = words.iter().take(5).map(|word| word.len());
    lengths.eq([8, 4, 4, 4, 12])
        && words
            .iter()
            .take(5)
            .all(|word| word.chars().all(|c| c.is_ascii_hexdigit()))
}

/// The evidence about `this` among `all`, with `days` of history known.
pub(super) fn related_jobs(
    this: &JobRecord,
    all: &[JobRecord],
    now: Timestamp,
    days: i64,
) -> RelatedJobs {
    let related: Vec<&JobRecord> = all
        .iter()
        .filter(|other| other.job.id != this.job.id && same_work(this, other))
        .collect();
    let tries: Vec<&JobRecord> = all
        .iter()
        .filter(|other| other.job.tuning.as_ref() == Some(&this.job.name))
        .collect();
    let is_tuning = this.job.kind == JobKind::Tuning;
    let completed: Vec<&JobRecord> = related
        .iter()
        .copied()
        .filter(|other| &*other.job.state.name == "Completed")
        .collect();
    let failures = if is_tuning {
        let going = this.job.lives();
        failures(&tries, now).map(|failed| FailedAttempts {
            next_due: failed.next_due.filter(|_| going),
            ..failed
        })
    } else {
        own_failures(this, &related, now)
    };
    let all_tries = if is_tuning { &tries } else { &related };
    let runs = !is_tuning && this.job.lives() || all_tries.iter().any(|one| one.job.lives());
    let failed = failures.known().filter(|_| !runs);
    RelatedJobs {
        between_tries: failed.and_then(FailedAttempts::hourly_mean),
        past: past_runs(&completed, now, days),
        run_cost: run_cost(&completed, days),
        failures,
        twins: duplicates(this, all),
        tries: if is_tuning {
            sum(tries.iter().map(|one| &one.cost))
        } else {
            Measured::unknown("no tuning job")
        },
    }
}

fn same_work(this: &JobRecord, other: &JobRecord) -> bool {
    let (a, b) = (&this.job, &other.job);
    a.kind == b.kind
        && match (&a.tuning, &b.tuning) {
            (None, None) => this.family == other.family || same_data(a, b),
            (a, b) => a == b,
        }
}

fn same_data(a: &Job, b: &Job) -> bool {
    a.image.is_some() && a.image == b.image && !a.inputs.is_empty() && a.inputs == b.inputs
}

/// Completed runs: a run that failed or was stopped does not show how long the work takes.
fn past_runs(completed: &[&JobRecord], now: Timestamp, days: i64) -> Measured<PastRuns> {
    let mut seconds: Vec<f64> = completed
        .iter()
        .filter_map(|one| one.job.elapsed(now))
        .collect();
    seconds.sort_by(f64::total_cmp);
    let Some(longest) = seconds.last().copied() else {
        return Measured::unknown(format!("no completed run of the same work in {days} days"));
    };
    let runs = u32::try_from(seconds.len()).unwrap_or(u32::MAX);
    Measured::Known(PastRuns {
        runs,
        longest,
        median: median(&seconds).unwrap_or(longest),
    })
}

fn run_cost(completed: &[&JobRecord], days: i64) -> Measured<Usd> {
    let mut costs: Vec<f64> = completed
        .iter()
        .filter_map(|one| one.cost.known())
        .map(|cost| cost.0)
        .collect();
    costs.sort_by(f64::total_cmp);
    match (median(&costs), completed.first()) {
        (Some(cost), _) => Measured::Known(Usd(cost)),
        (None, Some(one)) => one.cost.clone(),
        (None, None) => {
            Measured::unknown(format!("no completed run of the same work in {days} days"))
        }
    }
}

/// Of sorted numbers; the mean of the two in the middle.
fn median(sorted: &[f64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        n if n % 2 == 0 => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
        _ => Some(sorted[middle]),
    }
}

/// Failures of work that something outside retries count on its newest job, so that each dollar
/// counts once.
fn own_failures(
    this: &JobRecord,
    related: &[&JobRecord],
    now: Timestamp,
) -> Measured<FailedAttempts> {
    if let Some(tuning) = &this.job.tuning {
        return Measured::unknown(format!("counted on its tuning job {tuning}"));
    }
    let order = |one: &JobRecord| (one.job.created, one.job.id.clone());
    let all: Vec<&JobRecord> = related.iter().copied().chain([this]).collect();
    let living = all
        .iter()
        .filter(|one| one.job.lives())
        .max_by_key(|one| order(one));
    match living.or_else(|| all.iter().max_by_key(|one| order(one))) {
        Some(teller) if teller.job.id != this.job.id => Measured::unknown(format!(
            "counted on {}, a newer or running attempt",
            teller.job.name
        )),
        _ => failures(&all, now),
    }
}

fn failures(tries: &[&JobRecord], now: Timestamp) -> Measured<FailedAttempts> {
    let mut failed: Vec<(&JobRecord, Timestamp)> = tries
        .iter()
        .filter(|one| one.job.state.phase == Phase::Failed)
        .filter_map(|one| Some((*one, one.job.ended.or(one.job.created)?)))
        .collect();
    failed.sort_by_key(|(_, at)| *at);
    let spent = match sum(failed.iter().map(|(one, _)| &one.cost)) {
        Measured::Known(spent) => spent,
        Measured::Unknown(why) => {
            return Measured::unknown(format!(
                "{} tries failed; what they cost is not known: {why}",
                failed.len()
            ));
        }
    };
    let (same_reason, reason) = most_common_reason(&failed);
    let every = median_interval(tries);
    let last = tries.iter().filter_map(|one| one.job.created).max();
    let due = every.zip(last).and_then(|(every, last)| {
        last.checked_add(SignedDuration::try_from_secs_f64(every).ok()?)
            .ok()
    });
    let overdue = |due: &Timestamp| every.is_some_and(|every| seconds_between(*due, now) > every);
    Measured::Known(FailedAttempts {
        day: count(
            failed
                .iter()
                .filter(|(_, at)| seconds_between(*at, now) <= DAY)
                .count(),
        ),
        all: count(failed.len()),
        same_reason,
        reason,
        spent,
        since: failed.first().map_or(now, |(_, at)| *at),
        next_due: due.filter(|due| !overdue(due)),
        every,
    })
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The commonest reason, in the words of the newest failure with it, and how many have it.
fn most_common_reason(failed: &[(&JobRecord, Timestamp)]) -> (u32, Arc<str>) {
    let mut by_reason: BTreeMap<String, (u32, Arc<str>)> = BTreeMap::new();
    for (one, _) in failed {
        let reason = one
            .job
            .failure
            .clone()
            .unwrap_or_else(|| "no reason given".into());
        let pattern: String = reason.chars().filter(|c| !c.is_ascii_digit()).collect();
        let entry = by_reason.entry(pattern).or_insert((0, reason.clone()));
        *entry = (entry.0 + 1, reason);
    }
    by_reason
        .into_values()
        .max_by_key(|(count, _)| *count)
        .unwrap_or((0, "".into()))
}

/// Median seconds from one try to the next; `None` with fewer than three tries.
fn median_interval(tries: &[&JobRecord]) -> Option<f64> {
    let mut begun: Vec<Timestamp> = tries.iter().filter_map(|one| one.job.created).collect();
    begun.sort_unstable();
    let mut gaps: Vec<f64> = begun
        .windows(2)
        .map(|pair| seconds_between(pair[0], pair[1]))
        .filter(|gap| *gap > TOGETHER)
        .collect();
    gaps.sort_by(f64::total_cmp);
    median(&gaps).filter(|_| gaps.len() >= 2)
}

/// All of them, or why one is not known.
fn sum<'a>(costs: impl Iterator<Item = &'a Measured<Usd>>) -> Measured<Usd> {
    let mut total = Usd::ZERO;
    for cost in costs {
        match cost {
            Measured::Known(cost) => total += *cost,
            Measured::Unknown(why) => return Measured::Unknown(why.clone()),
        }
    }
    Measured::Known(total)
}

/// Others at the same work now: same image, same data. The tries of one tuning job are no twins.
fn duplicates(this: &JobRecord, all: &[JobRecord]) -> Measured<Vec<DuplicateJob>> {
    let job = &this.job;
    if job.image.is_none() {
        return Measured::unknown("AWS does not say which image it runs");
    }
    if job.inputs.is_empty() {
        return Measured::unknown("it names no input data to compare");
    }
    let runs = |other: &&JobRecord| {
        let other = &other.job;
        let tries = other.tuning.is_some() && other.tuning == job.tuning;
        other.kind == job.kind
            && other.state.phase == Phase::Running
            && other.id != job.id
            && other.name != job.name
            && !tries
            && same_data(job, other)
    };
    let twin = |other: &JobRecord| DuplicateJob {
        name: other.job.name.clone(),
        owner: other.owner.clone(),
        created: other.job.created,
    };
    Measured::Known(all.iter().filter(runs).map(twin).collect())
}
