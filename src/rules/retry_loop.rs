//! `retry-loop`: a job that keeps failing and being started again.
//!
//! Message: `6 failures in 24 h, $410 so far (9 since Sat 21 Nov): OutOfMemory; next try due 09:00
//! UTC, in 2h`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, pass, pass_with_note, require, spread_over,
        verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Operation, Phase, Reason, Usd, Value,
    evidence::{FailedAttempts, JobEvidence},
    time::timestamp::{seconds_between, short},
};

const RULE: &str = "retry-loop";
/// Longest failure reason in the message, in characters.
const MAX_REASON: usize = 72;

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Minimum failures in 24 hours.
    pub min_failures: u32,
    /// Minimum share of the failures with the same reason, in percent.
    pub same_reason_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_failures: 3,
            same_reason_percent: 50.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    Some(verdict_or_unknown(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let failed = require(&job.failures)?;
    let share = if failed.all > 0 {
        f64::from(failed.same_reason) / f64::from(failed.all)
    } else {
        0.0
    };
    if failed.day < limits.min_failures.max(1) || share * 100.0 < limits.same_reason_percent {
        return Ok(pass(RULE));
    }
    // A running attempt is followed by another; after the last one, only the intervals show it.
    let has_ended = case.head.state.phase == Phase::Failed;
    if has_ended && failed.next_due.is_none() {
        return Ok(pass_with_note(RULE, "no further attempt is due"));
    }
    let each = Usd(failed.spent.0 / f64::from(failed.all.max(1)));
    let day = each * f64::from(failed.day);
    let waste = spread_over(day, 24.0);
    let due = failed.next_due.map_or(String::new(), |at| {
        let ahead = seconds_between(case.now, at);
        let within = if ahead > 0.0 {
            format!(", in {}", short(ahead))
        } else {
            String::new()
        };
        format!("; next try due {}{within}", at.strftime("%H:%M UTC"))
    });
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{} failures in 24 h, {} so far ({} since {}): {}{due}",
            failed.day,
            failed.spent,
            failed.all,
            failed.since.strftime("%a %d %b"),
            shorten(&failed.reason),
        ),
        waste: Waste::Amount(
            waste,
            format!(
                "{:#} a failure x {} in 24 h / 24 h = {waste:#}",
                each, failed.day
            ),
        ),
        confidence: if share >= 0.9 && failed.day >= limits.min_failures.saturating_mul(2) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Stop),
        remedy: if has_ended {
            "stop the schedule or pipeline that restarts it"
        } else {
            "stop it until the cause is fixed"
        }
        .to_owned(),
        evidence: evidence(failed, limits),
    }))
}

fn evidence(failed: &FailedAttempts, limits: &Thresholds) -> Vec<(&'static str, Value)> {
    vec![
        ("failures_24h", Value::Count(failed.day.into())),
        ("failures", Value::Count(failed.all.into())),
        ("same_reason", Value::Count(failed.same_reason.into())),
        ("reason", Value::Text(failed.reason.clone())),
        ("spent", Value::Usd(failed.spent)),
        ("since", Value::Moment(failed.since)),
        ("every", Value::opt(failed.every, Value::Span)),
        ("next_due", Value::opt(failed.next_due, Value::Moment)),
        ("threshold", Value::Count(limits.min_failures.into())),
    ]
}

/// The first line of a failure reason, shortened to [`MAX_REASON`].
fn shorten(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        return "no reason given".to_owned();
    }
    if line.chars().count() <= MAX_REASON {
        line.to_owned()
    } else {
        line.chars().take(MAX_REASON - 1).chain(['…']).collect()
    }
}
