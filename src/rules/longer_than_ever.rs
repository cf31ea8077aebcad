//! `longer-than-ever`: a machine or job that runs longer than it ever has.
//!
//! A sign, not a proof: it says what is exposed and calls nothing waste.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, hours, known, times, verdict},
};
use crate::domain::{
    Evidence, Measured, Reason, UsdPerHour, Value, Operation,
    evidence::{JobEvidence, PastRuns},
};

const RULE: &str = "longer-than-ever";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Earlier runs it needs.
    pub runs: u32,
    /// How much longer than the longest of them, in percent: runs of the same work differ a little.
    pub margin_percent: f64,
    /// Hours that every run may take.
    pub least_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            runs: 3,
            margin_percent: 10.0,
            least_hours: 1.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let (past, running) = match &case.head.evidence {
        Evidence::Accelerators { past, running, .. } => (past, *running),
        Evidence::Job(job) if case.is_billed() => {
            let JobEvidence { past, elapsed, .. } = &**job;
            (past, *elapsed)
        }
        _ => return None,
    };
    Some(verdict(RULE, judge(case, limits, past, running)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    past: &Measured<PastRuns>,
    running: f64,
) -> Result<Verdict, Reason> {
    let past = known(past)?;
    if past.runs < limits.runs.max(1) {
        return Err(Reason::new(format!(
            "only {} earlier runs known, {RULE} needs {}",
            past.runs,
            limits.runs.max(1)
        )));
    }
    let longest = past.longest * (1.0 + limits.margin_percent / 100.0);
    if running <= longest || running < limits.least_hours * 3600.0 {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let rate = case.rate().unwrap_or(UsdPerHour::ZERO);
    let spent = rate.over(running);
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "running {}, longer than ever: {} at most in {} earlier runs; {spent} so far",
            hours(running / 3600.0),
            hours(past.longest / 3600.0),
            past.runs
        ),
        waste: Waste::Nothing {
            exposure: rate,
            saving: UsdPerHour::ZERO,
            arithmetic: format!("it burns {rate:#}; nothing of it is called waste"),
        },
        confidence: if running > past.longest * 2.0 {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Stop),
        remedy: "look whether it still does its work; stop it if not".to_owned(),
        evidence: vec![
            ("running", Value::Span(running)),
            ("longest_run", Value::Span(past.longest)),
            ("median_run", Value::Span(past.median)),
            ("earlier_runs", Value::Count(past.runs.into())),
            (
                "times_longest",
                Value::text(if past.longest > 0.0 {
                    times(running / past.longest)
                } else {
                    "n/a".to_owned()
                }),
            ),
            ("cost_so_far", Value::Usd(spent)),
        ],
    }))
}
