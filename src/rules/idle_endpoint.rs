//! `idle-endpoint`: in service, and nobody calls.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, amount, enough, hours, known, over, verdict},
};
use crate::domain::{Evidence, Measured, Reason, Value, Operation, time::series::SeriesSummary};

const RULE: &str = "idle-endpoint";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours in service without one invocation.
    pub hours: f64,
    /// Hours after which no weekend explains it.
    pub sure_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            hours: 24.0,
            sure_hours: 72.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Replicas {
        running,
        minimum,
        invocations,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    (*running > 0).then(|| verdict(RULE, judge(case, limits, *running, *minimum, invocations)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    running: u32,
    minimum: u32,
    invocations: &Measured<SeriesSummary>,
) -> Result<Verdict, Reason> {
    let seen = known(invocations)?;
    if seen.max > 0.0 {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    // What was filled in before it existed is no evidence.
    let data = case
        .age_hours()
        .map_or(seen.hours, |age| age.min(seen.hours));
    over(RULE, data, limits.hours)?;
    let mut evidence = vec![
        ("invocations_max", Value::Number(seen.max)),
        ("running", Value::Count(running.into())),
        ("threshold", Value::Span(limits.hours * 3600.0)),
    ];
    evidence.extend(amount(seen));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "no invocation for {} ({} of data), {running} in service",
            hours(data),
            hours(data)
        ),
        waste: Waste::Whole,
        confidence: if enough(data, limits.sure_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Scale).filter(|_| running > minimum),
        remedy: "delete it".to_owned(),
        evidence,
    }))
}
