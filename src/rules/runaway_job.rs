//! `runaway-job`: a job that runs far longer than it should.
//!
//! Either it ran `median_factor` times the median of its earlier runs and longer than any of them.
//! Or it ran longer than `unexplained_hours` without an earlier run as long, and did so through a
//! weekend or without using its accelerators. A long job that keeps its accelerators busy on
//! working days is no finding.
//!
//! Message: `running 61 h, $1,340 so far, $1,680 by Mon 09:00 UTC; through the weekend, and no
//! earlier run took as long; GPU 3 %`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_factor, format_hours, format_share, pass,
        verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Operation, Reason, Timestamp, Usd, UsdPerHour, Value,
    evidence::{JobEvidence, PastRuns},
    time::timestamp::seconds_between,
};
use jiff::{SignedDuration, civil::Weekday, tz::TimeZone};
use std::fmt;

const RULE: &str = "runaway-job";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Multiple of the median earlier run from which a job is a runaway.
    pub median_factor: f64,
    /// Minimum number of earlier runs for a median.
    pub min_runs: u32,
    /// Hours that any job may take, however short its earlier runs.
    pub min_hours: f64,
    /// Hours from which a job without an earlier run as long is suspicious: the default limit of
    /// a training job is a day.
    pub unexplained_hours: f64,
    /// Hours on Saturday and Sunday from which a job ran through a weekend.
    pub weekend_hours: f64,
    /// Mean utilisation from which accelerators count as busy, in percent.
    pub busy_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            median_factor: 3.0,
            min_runs: 3,
            min_hours: 2.0,
            unexplained_hours: 24.0,
            weekend_hours: 24.0,
            busy_percent: 50.0,
        }
    }
}

/// The evidence for a runaway.
#[derive(Clone, Copy, PartialEq)]
enum RunawayEvidence {
    LongerThan(PastRuns),
    Weekend,
    LowUtilization,
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    case.is_billed()
        .then(|| verdict_or_unknown(RULE, judge(case, limits, job)))
}

/// The cost of a job at future moments; `None` where there is no such moment.
struct CostAhead {
    /// The next morning, unless the job reaches its limit before.
    morning: Option<(Timestamp, Usd)>,
    /// Its limit in seconds.
    limit: Option<(f64, Usd)>,
}

impl CostAhead {
    fn new(now: Timestamp, job: &JobEvidence, rate: UsdPerHour) -> Self {
        let limit = job.limit.filter(|limit| *limit > job.elapsed);
        let morning = next_morning(now).and_then(|at| {
            let elapsed = job.elapsed + seconds_between(now, at);
            let is_before_limit = job.limit.is_none_or(|limit| elapsed < limit);
            is_before_limit.then(|| (at, rate.over(elapsed)))
        });
        Self {
            morning,
            limit: limit.map(|limit| (limit, rate.over(limit))),
        }
    }
}

impl fmt::Display for CostAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((at, cost)) = self.morning {
            write!(f, ", {cost} by {}", at.strftime("%a %H:%M UTC"))?;
        }
        if let Some((limit, cost)) = self.limit {
            write!(
                f,
                ", {cost} at its limit of {}",
                format_hours(limit / 3600.0)
            )?;
        }
        Ok(())
    }
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let Some(reason) = runaway_evidence(case, limits, job)? else {
        return Ok(pass(RULE));
    };
    let used = job.utilization.known();
    let busy = used.map(|summary| summary.mean * 100.0 >= limits.busy_percent);
    let confidence = match (reason, busy) {
        (RunawayEvidence::LongerThan(_) | RunawayEvidence::LowUtilization, _)
        | (_, Some(false)) => Confidence::High,
        (_, None) => Confidence::Medium,
        (_, Some(true)) => Confidence::Low,
    };
    let rate = case.rate().unwrap_or(UsdPerHour::ZERO);
    let spent = rate.over(job.elapsed);
    let ahead = CostAhead::new(case.now, job, rate);
    let why = match reason {
        RunawayEvidence::LongerThan(past) => format!(
            "{} the median of its {} earlier runs",
            format_factor(job.elapsed / past.median),
            past.runs
        ),
        RunawayEvidence::Weekend => {
            "through the weekend, and no earlier run took as long".to_owned()
        }
        RunawayEvidence::LowUtilization => "no earlier run took as long".to_owned(),
    };
    let gpu = used
        .filter(|_| job.accelerators > 0.0)
        .map_or(String::new(), |summary| {
            format!("; GPU {}", format_share(summary.mean))
        });
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "running {}, {spent} so far{ahead}; {why}{gpu}",
            format_hours(job.elapsed / 3600.0)
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.available(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence: evidence(case, limits, job, (spent, &ahead)),
    }))
}

fn evidence(
    case: &RuleContext,
    limits: &Thresholds,
    job: &JobEvidence,
    (spent, ahead): (Usd, &CostAhead),
) -> Vec<(&'static str, Value)> {
    let past = |get: fn(&PastRuns) -> f64| Value::opt(job.past.known().map(get), Value::Span);
    let (morning, limit) = (ahead.morning, ahead.limit);
    vec![
        ("running", Value::Span(job.elapsed)),
        ("cost_so_far", Value::Usd(spent)),
        (
            "by_morning",
            Value::opt(morning, |(at, _)| Value::Moment(at)),
        ),
        (
            "cost_by_morning",
            Value::opt(morning, |(_, cost)| Value::Usd(cost)),
        ),
        ("limit", Value::opt(job.limit, Value::Span)),
        (
            "cost_by_limit",
            Value::opt(limit, |(_, cost)| Value::Usd(cost)),
        ),
        (
            "earlier_runs",
            Value::read(&job.past, |past| Value::Count(past.runs.into())),
        ),
        ("median_run", past(|past| past.median)),
        ("longest_run", past(|past| past.longest)),
        (
            "weekend",
            Value::Span(hours_on_weekends(case, job) * 3600.0),
        ),
        (
            "utilization_mean",
            Value::read(&job.utilization, |summary| Value::Percent(summary.mean)),
        ),
        ("threshold", Value::Span(limits.unexplained_hours * 3600.0)),
    ]
}

/// The next 09:00 UTC that is at least 12 hours ahead: people are back at work then.
fn next_morning(now: Timestamp) -> Option<Timestamp> {
    let earliest = now
        .checked_add(SignedDuration::from_hours(12))
        .ok()?
        .to_zoned(TimeZone::UTC);
    let same_day = earliest
        .date()
        .at(9, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .ok()?;
    let at = if same_day < earliest {
        earliest
            .date()
            .tomorrow()
            .ok()?
            .at(9, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .ok()?
    } else {
        same_day
    };
    Some(at.timestamp())
}

fn runaway_evidence(
    case: &RuleContext,
    limits: &Thresholds,
    job: &JobEvidence,
) -> Result<Option<RunawayEvidence>, Reason> {
    let elapsed = job.elapsed / 3600.0;
    let past = job.past.known().filter(|past| past.runs > 0);
    let median = past.filter(|past| past.runs >= limits.min_runs && past.median > 0.0);
    if let Some(past) = median
        && elapsed >= limits.min_hours
        && job.elapsed > past.median * limits.median_factor
        && job.elapsed > past.longest
    {
        return Ok(Some(RunawayEvidence::LongerThan(*past)));
    }
    let explained = past.is_some_and(|past| job.elapsed <= past.longest)
        || median.is_some_and(|past| job.elapsed <= past.median * limits.median_factor);
    if elapsed < limits.unexplained_hours || explained {
        return Ok(None);
    }
    let weekend = hours_on_weekends(case, job);
    if weekend >= limits.weekend_hours {
        return Ok(Some(RunawayEvidence::Weekend));
    }
    match job.utilization.known() {
        Some(seen) if seen.mean * 100.0 < limits.busy_percent => {
            Ok(Some(RunawayEvidence::LowUtilization))
        }
        Some(_) => Ok(None),
        None => Err(Reason::new(format!(
            "running {}: neither its earlier runs nor its use explain it",
            format_hours(elapsed)
        ))),
    }
}

/// Hours on Saturdays and Sundays, UTC, in which the job has run.
fn hours_on_weekends(case: &RuleContext, job: &JobEvidence) -> f64 {
    let start = case.head.since.or_else(|| {
        case.now
            .checked_sub(SignedDuration::try_from_secs_f64(job.elapsed).ok()?)
            .ok()
    });
    start.map_or(0.0, |start| weekend_hours(start, case.now))
}

fn weekend_hours(start: Timestamp, now: Timestamp) -> f64 {
    let mut hours = 0.0;
    let mut from = start;
    // A job can run for 28 days at most.
    for _ in 0..40 {
        if from >= now {
            break;
        }
        let here = from.to_zoned(TimeZone::UTC);
        let Ok(next) = here.tomorrow().and_then(|day| day.start_of_day()) else {
            break;
        };
        let to = next.timestamp().min(now);
        if matches!(here.weekday(), Weekday::Saturday | Weekday::Sunday) {
            hours += to.duration_since(from).as_secs_f64() / 3600.0;
        }
        from = to;
    }
    hours
}
