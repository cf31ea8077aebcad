//! `runaway-job`: a job that nobody stops.
//!
//! It speaks of a job that ran `times` x the median of its earlier runs and longer than any of
//! them; and of one that ran longer than `hours`, which no earlier run explains, through a weekend
//! or without using what it pays for. A long job that keeps its accelerators busy through working
//! days is let be, and so is one that took as long before.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, hours, share, times, verdict},
};
use crate::domain::{
    Evidence, Reason, Timestamp, UsdPerHour, Value, Operation,
    evidence::{JobEvidence, PastRuns},
    time::timestamp::seconds_between,
};
use jiff::{SignedDuration, civil::Weekday, tz::TimeZone};

const RULE: &str = "runaway-job";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Times the median of its earlier runs after which it runs away.
    pub times: f64,
    /// Earlier runs that a median needs.
    pub runs: u32,
    /// Hours that every job may take, whatever its earlier runs.
    pub least_hours: f64,
    /// Hours after which a job must be explained: AWS's own default limit of a training job is a
    /// day.
    pub hours: f64,
    /// Hours of Saturday and Sunday after which it ran through a weekend.
    pub weekend_hours: f64,
    /// Mean utilisation from which its accelerators are at work, in percent.
    pub busy_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            times: 3.0,
            runs: 3,
            least_hours: 2.0,
            hours: 24.0,
            weekend_hours: 24.0,
            busy_percent: 50.0,
        }
    }
}

/// Why a job is thought to run away.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Past(PastRuns),
    Weekend(f64),
    Unused(f64),
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    case.is_billed()
        .then(|| verdict(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let Some(sign) = sign(case, limits, job)? else {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    };
    let used = job.utilization.known();
    let busy = used.map(|seen| seen.mean * 100.0 >= limits.busy_percent);
    let confidence = match (sign, busy) {
        (Sign::Past(_) | Sign::Unused(_), _) | (_, Some(false)) => Confidence::High,
        (_, None) => Confidence::Medium,
        (_, Some(true)) => Confidence::Low,
    };
    let rate = case.rate().unwrap_or(UsdPerHour::ZERO);
    let spent = rate.over(job.elapsed);
    let by_limit = job
        .limit
        .filter(|limit| *limit > job.elapsed)
        .map(|limit| (limit, rate.over(limit)));
    let by_morning = morning(case.now).map(|at| (at, job.elapsed + seconds_between(case.now, at)));
    let by_morning = by_morning
        .filter(|(_, then)| job.limit.is_none_or(|limit| *then < limit))
        .map(|(at, then)| (at, rate.over(then)));
    let soon = by_morning.map_or(String::new(), |(at, cost)| {
        format!(", {cost} by {}", at.strftime("%a %H:%M UTC"))
    });
    let ahead = by_limit.map_or(String::new(), |(limit, cost)| {
        format!(", {cost} at its limit of {}", hours(limit / 3600.0))
    });
    let because = match sign {
        Sign::Past(past) => format!(
            "{} the median of its {} earlier runs",
            times(job.elapsed / past.median),
            past.runs
        ),
        Sign::Weekend(_) => "through the weekend, and no earlier run took as long".to_owned(),
        Sign::Unused(_) => "no earlier run took as long".to_owned(),
    };
    let use_of = used
        .filter(|_| job.accelerators > 0.0)
        .map_or(String::new(), |seen| format!("; GPU {}", share(seen.mean)));
    let past = job.past.known();
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "running {}, {spent} so far{soon}{ahead}; {because}{use_of}",
            hours(job.elapsed / 3600.0)
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.offered(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence: vec![
            ("running", Value::Span(job.elapsed)),
            ("cost_so_far", Value::Usd(spent)),
            (
                "by_morning",
                Value::opt(by_morning, |(at, _)| Value::Moment(at)),
            ),
            (
                "cost_by_morning",
                Value::opt(by_morning, |(_, cost)| Value::Usd(cost)),
            ),
            ("limit", Value::opt(job.limit, Value::Span)),
            (
                "cost_by_limit",
                Value::opt(by_limit, |(_, cost)| Value::Usd(cost)),
            ),
            (
                "earlier_runs",
                Value::read(&job.past, |past| Value::Count(past.runs.into())),
            ),
            (
                "median_run",
                Value::opt(past, |past| Value::Span(past.median)),
            ),
            (
                "longest_run",
                Value::opt(past, |past| Value::Span(past.longest)),
            ),
            ("weekend", Value::Span(weekend(case, job) * 3600.0)),
            (
                "utilization_mean",
                Value::read(&job.utilization, |seen| Value::Percent(seen.mean)),
            ),
            ("threshold", Value::Span(limits.hours * 3600.0)),
        ],
    }))
}

/// The next 09:00 UTC that is at least half a day ahead: when somebody will be back if nobody is
/// now.
fn morning(now: Timestamp) -> Option<Timestamp> {
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

fn sign(
    case: &RuleContext,
    limits: &Thresholds,
    job: &JobEvidence,
) -> Result<Option<Sign>, Reason> {
    let elapsed = job.elapsed / 3600.0;
    let past = job.past.known().filter(|past| past.runs > 0);
    let median = past.filter(|past| past.runs >= limits.runs && past.median > 0.0);
    if let Some(past) = median
        && elapsed >= limits.least_hours
        && job.elapsed > past.median * limits.times
        && job.elapsed > past.longest
    {
        return Ok(Some(Sign::Past(*past)));
    }
    let explained = past.is_some_and(|past| job.elapsed <= past.longest)
        || median.is_some_and(|past| job.elapsed <= past.median * limits.times);
    if elapsed < limits.hours || explained {
        return Ok(None);
    }
    let weekend = weekend(case, job);
    if weekend >= limits.weekend_hours {
        return Ok(Some(Sign::Weekend(weekend)));
    }
    match job.utilization.known() {
        Some(seen) if seen.mean * 100.0 < limits.busy_percent => Ok(Some(Sign::Unused(seen.mean))),
        Some(_) => Ok(None),
        None => Err(Reason::new(format!(
            "running {}: neither its earlier runs nor its use explain it",
            hours(elapsed)
        ))),
    }
}

/// Hours of Saturday and Sunday, UTC, that it has run in.
fn weekend(case: &RuleContext, job: &JobEvidence) -> f64 {
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
    // A job may run for 28 days; whatever is longer has seen a weekend.
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
