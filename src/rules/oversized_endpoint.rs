//! `oversized-endpoint`: more instances than the busiest hour needs.
//!
//! Message: `8 x g5.12xlarge where 2 would do: peak GPU 17 % over 72 h (72 h of data), 68 % with
//! 2`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, format_hours, format_share,
        has_enough_data, instance_type, pass, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Measured, Operation, Reason, Value, time::series::SeriesSummary};
use std::sync::Arc;

const RULE: &str = "oversized-endpoint";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Peak (p99) utilisation that a right-sized endpoint does not exceed, in percent.
    pub peak_max_percent: f64,
    /// Minimum hours of data: a day, so that the daily peak is in it.
    pub min_data_hours: f64,
    /// Hours of data from which confidence is high.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            peak_max_percent: 70.0,
            min_data_hours: 24.0,
            high_confidence_hours: 48.0,
        }
    }
}

/// The fewest replicas that keep the peak at or under `ceiling`, if `running` replicas have it at
/// `peak` (both fractions): `ceil(running x peak / ceiling)`, at least `minimum` and at least one,
/// at most the larger of `running` and `minimum`.
pub fn min_replicas(running: u32, peak: f64, ceiling: f64, minimum: u32) -> u32 {
    let minimum = minimum.max(1);
    let exact = f64::from(running) * peak / ceiling;
    if !exact.is_finite() || exact < 0.0 {
        return running.max(minimum);
    }
    // The subtraction keeps rounding errors from adding a replica.
    ((exact - 1e-9).ceil().max(0.0) as u32)
        .max(minimum)
        .min(running.max(minimum))
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Replicas {
        running,
        minimum,
        utilization,
        invocations,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    // Without invocations `idle-endpoint` applies.
    let is_called = invocations.known().is_none_or(|seen| seen.max > 0.0);
    (*running > 0 && is_called)
        .then(|| verdict_or_unknown(RULE, judge(case, limits, *running, *minimum, utilization)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    running: u32,
    minimum: u32,
    utilization: &Measured<(SeriesSummary, Arc<str>)>,
) -> Result<Verdict, Reason> {
    if running <= minimum.max(1) {
        return Ok(pass(RULE));
    }
    let (seen, resource) = require(utilization)?;
    require_hours(
        RULE,
        case.age_hours()
            .map_or(seen.hours, |age| age.min(seen.hours)),
        limits.min_data_hours,
    )?;
    let ceiling = limits.peak_max_percent / 100.0;
    let target = min_replicas(running, seen.p99, ceiling, minimum);
    if target >= running {
        return Ok(pass(RULE));
    }
    let unit = instance_type(case);
    let after = seen.p99 * f64::from(running) / f64::from(target);
    let mut evidence = vec![
        ("running", Value::Count(running.into())),
        ("needed", Value::Count(target.into())),
        ("busiest", Value::Text(resource.clone())),
        ("utilization_p99", Value::Percent(seen.p99)),
        ("utilization_max", Value::Percent(seen.max)),
        ("utilization_after", Value::Percent(after)),
        ("ceiling", Value::Percent(ceiling)),
    ];
    evidence.extend(data_evidence(seen));
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{running} x {unit} where {target} would do: peak {resource} {} over {} \
             ({} of data), {} with {target}",
            format_share(seen.p99),
            format_hours(seen.window),
            format_hours(seen.hours),
            format_share(after)
        ),
        waste: Waste::Units(running - target),
        confidence: if has_enough_data(seen.hours, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Scale),
        remedy: format!("scale it to {target}"),
        evidence,
    }))
}
