//! `idle-endpoint`: an endpoint in service without invocations.
//!
//! Message: `no invocation for 36 h (36 h of data), 2 in service`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, format_hours, has_enough_data, pass,
        require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Measured, Operation, Reason, Value, time::series::SeriesSummary};

const RULE: &str = "idle-endpoint";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours in service without one invocation.
    pub idle_hours: f64,
    /// Hours without invocation from which confidence is high: longer than a weekend.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            idle_hours: 24.0,
            high_confidence_hours: 72.0,
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
    (*running > 0)
        .then(|| verdict_or_unknown(RULE, judge(case, limits, *running, *minimum, invocations)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    running: u32,
    minimum: u32,
    invocations: &Measured<SeriesSummary>,
) -> Result<Verdict, Reason> {
    let seen = require(invocations)?;
    if seen.max > 0.0 {
        return Ok(pass(RULE));
    }
    // The series is zero before the endpoint existed, which is no evidence.
    let data = case
        .age_hours()
        .map_or(seen.hours, |age| age.min(seen.hours));
    require_hours(RULE, data, limits.idle_hours)?;
    let mut evidence = vec![
        ("invocations_max", Value::Number(seen.max)),
        ("running", Value::Count(running.into())),
        ("threshold", Value::Span(limits.idle_hours * 3600.0)),
    ];
    evidence.extend(data_evidence(seen));
    let (fix, remedy) = remedy(case, minimum);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "no invocation for {} ({} of data), {running} in service",
            format_hours(data),
            format_hours(data)
        ),
        waste: Waste::Whole,
        confidence: if has_enough_data(data, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix,
        remedy: remedy.to_owned(),
        evidence,
    }))
}

/// The operation that saves the whole burn: scaling to zero where that is possible, else deleting.
fn remedy(case: &RuleContext, minimum: u32) -> (Option<Operation>, &'static str) {
    let scale = case.available(Operation::Scale).filter(|_| minimum == 0);
    if scale.is_some() {
        (scale, "scale it to zero")
    } else {
        (case.available(Operation::Delete), "delete it")
    }
}
