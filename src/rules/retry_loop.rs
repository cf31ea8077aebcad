//! `retry-loop`: work that fails, and is tried again, and fails.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, fine, known, spread, verdict},
};
use crate::domain::{
    Evidence, Phase, Reason, Usd, Value, Operation,
    evidence::{FailedAttempts, JobEvidence},
    time::timestamp::{seconds_between, short},
};

const RULE: &str = "retry-loop";
/// Characters of a reason that stand in the sentence.
const REASON: usize = 72;

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Failures in 24 hours.
    pub failures: u32,
    /// Share of the failures that must have the same reason, in percent.
    pub alike_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            failures: 3,
            alike_percent: 50.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    Some(verdict(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let failed = known(&job.failures)?;
    let alike = if failed.all > 0 {
        f64::from(failed.alike) / f64::from(failed.all)
    } else {
        0.0
    };
    if failed.day < limits.failures.max(1) || alike * 100.0 < limits.alike_percent {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    // While one is under way there is a next; of what is over only the rhythm tells.
    let over = case.head.state.phase == Phase::Failed;
    if over && failed.next_due.is_none() {
        return Ok(fine(RULE, "no further try is due"));
    }
    let each = Usd(failed.spent.0 / f64::from(failed.all.max(1)));
    let day = each * f64::from(failed.day);
    let waste = spread(day, 24.0);
    let due = failed.next_due.map_or(String::new(), |at| {
        let ahead = seconds_between(case.now, at);
        let within = if ahead > 0.0 {
            format!(", in {}", short(ahead))
        } else {
            String::new()
        };
        format!("; next try due {}{within}", at.strftime("%H:%M UTC"))
    });
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{} failures in 24 h, {} so far ({} since {}): {}{due}",
            failed.day,
            failed.spent,
            failed.all,
            failed.since.strftime("%a %d %b"),
            cut(&failed.reason),
        ),
        waste: Waste::Amount(
            waste,
            format!(
                "{:#} a failure x {} in 24 h / 24 h = {waste:#}",
                each, failed.day
            ),
        ),
        confidence: if alike >= 0.9 && failed.day >= limits.failures.saturating_mul(2) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Stop),
        remedy: if over {
            "end the schedule or pipeline that starts it again"
        } else {
            "stop it until its cause is gone"
        }
        .to_owned(),
        evidence: evidence(failed, limits),
    }))
}

fn evidence(failed: &FailedAttempts, limits: &Thresholds) -> Vec<(&'static str, Value)> {
    vec![
        ("failures_24h", Value::Count(failed.day.into())),
        ("failures", Value::Count(failed.all.into())),
        ("same_reason", Value::Count(failed.alike.into())),
        ("reason", Value::Text(failed.reason.clone())),
        ("spent", Value::Usd(failed.spent)),
        ("since", Value::Moment(failed.since)),
        ("every", Value::opt(failed.every, Value::Span)),
        ("next_due", Value::opt(failed.next_due, Value::Moment)),
        ("threshold", Value::Count(limits.failures.into())),
    ]
}

/// The first line of a reason, and not too much of it.
fn cut(reason: &str) -> String {
    let line = reason.lines().next().unwrap_or_default().trim();
    if line.is_empty() {
        return "no reason given".to_owned();
    }
    if line.chars().count() <= REASON {
        line.to_owned()
    } else {
        line.chars().take(REASON - 1).chain(['…']).collect()
    }
}
