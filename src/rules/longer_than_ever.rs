//! `longer-than-ever`: an instance or job that has run longer than any of its earlier runs.
//!
//! That is a hint, not a proof: its cost is exposure, not waste.
//!
//! Message: `running 40 h, longer than ever: 12 h at most in 5 earlier runs; $489 so far`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_factor, format_hours, pass, require,
        verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Measured, Operation, Reason, UsdPerHour, Value,
    evidence::{JobEvidence, PastRuns},
};

const RULE: &str = "longer-than-ever";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Minimum number of earlier runs.
    pub min_runs: u32,
    /// Time over the longest earlier run that does not count, in percent: runs vary.
    pub margin_percent: f64,
    /// Hours that any run may take.
    pub min_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_runs: 3,
            margin_percent: 10.0,
            min_hours: 1.0,
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
    Some(verdict_or_unknown(RULE, judge(case, limits, past, running)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    past: &Measured<PastRuns>,
    running: f64,
) -> Result<Verdict, Reason> {
    let past = require(past)?;
    if past.runs < limits.min_runs.max(1) {
        return Err(Reason::new(format!(
            "only {} earlier runs known, {RULE} needs {}",
            past.runs,
            limits.min_runs.max(1)
        )));
    }
    let longest = past.longest * (1.0 + limits.margin_percent / 100.0);
    if running <= longest || running < limits.min_hours * 3600.0 {
        return Ok(pass(RULE));
    }
    let rate = case.rate().unwrap_or(UsdPerHour::ZERO);
    let spent = rate.over(running);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "running {}, longer than ever: {} at most in {} earlier runs; {spent} so far",
            format_hours(running / 3600.0),
            format_hours(past.longest / 3600.0),
            past.runs
        ),
        waste: Waste::Nothing {
            exposure: rate,
            saving: UsdPerHour::ZERO,
            arithmetic: format!("it burns {rate:#}; not counted as waste"),
        },
        confidence: if running > past.longest * 2.0 {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Stop),
        remedy: "check that it still makes progress; else stop it".to_owned(),
        evidence: vec![
            ("running", Value::Span(running)),
            ("longest_run", Value::Span(past.longest)),
            ("median_run", Value::Span(past.median)),
            ("earlier_runs", Value::Count(past.runs.into())),
            (
                "times_longest",
                Value::text(if past.longest > 0.0 {
                    format_factor(running / past.longest)
                } else {
                    "n/a".to_owned()
                }),
            ),
            ("cost_so_far", Value::Usd(spent)),
        ],
    }))
}
