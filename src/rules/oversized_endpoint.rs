//! `oversized-endpoint`: more instances than the busiest hour needs.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, enough, hours, known, over, share, unit, verdict,
    },
};
use crate::domain::{Evidence, Measured, Reason, Value, Operation, time::series::SeriesSummary};
use std::sync::Arc;

const RULE: &str = "oversized-endpoint";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Peak (p99) utilisation that a right-sized endpoint stays under, in percent.
    pub ceiling_percent: f64,
    /// Hours of data it needs: a whole day, so that the daily peak is in it.
    pub hours: f64,
    /// Hours after which the week's peak is in it too.
    pub sure_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            ceiling_percent: 70.0,
            hours: 24.0,
            sure_hours: 48.0,
        }
    }
}

/// How many replicas keep the peak at or under `ceiling` (fractions) if `running` have it at
/// `peak`: `ceil(running x peak / ceiling)`, at least `minimum` and at least one, at most `running`
/// or `minimum`.
pub fn needed(running: u32, peak: f64, ceiling: f64, minimum: u32) -> u32 {
    let minimum = minimum.max(1);
    let exact = f64::from(running) * peak / ceiling;
    if !exact.is_finite() || exact < 0.0 {
        return running.max(minimum);
    }
    // A hair under the ceiling is under it.
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
    // One that nobody calls is `idle-endpoint`'s.
    let called = invocations.known().is_none_or(|seen| seen.max > 0.0);
    (*running > 0 && called)
        .then(|| verdict(RULE, judge(case, limits, *running, *minimum, utilization)))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    running: u32,
    minimum: u32,
    utilization: &Measured<(SeriesSummary, Arc<str>)>,
) -> Result<Verdict, Reason> {
    if running <= minimum.max(1) {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let (seen, what) = known(utilization)?;
    over(
        RULE,
        case.age_hours()
            .map_or(seen.hours, |age| age.min(seen.hours)),
        limits.hours,
    )?;
    let ceiling = limits.ceiling_percent / 100.0;
    let target = needed(running, seen.p99, ceiling, minimum);
    if target >= running {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let unit = unit(case);
    let after = seen.p99 * f64::from(running) / f64::from(target);
    let mut evidence = vec![
        ("running", Value::Count(running.into())),
        ("needed", Value::Count(target.into())),
        ("busiest", Value::Text(what.clone())),
        ("utilization_p99", Value::Percent(seen.p99)),
        ("utilization_max", Value::Percent(seen.max)),
        ("utilization_after", Value::Percent(after)),
        ("ceiling", Value::Percent(ceiling)),
    ];
    evidence.extend(amount(seen));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{running} x {unit} where {target} would do: peak {what} {} over {} ({} of data), {} with {target}",
            share(seen.p99),
            hours(seen.window),
            hours(seen.hours),
            share(after)
        ),
        waste: Waste::Units(running - target),
        confidence: if enough(seen.hours, limits.sure_hours) { Confidence::High } else { Confidence::Medium },
        fix: case.offered(Operation::Scale),
        remedy: format!("scale it to {target}"),
        evidence,
    }))
}
