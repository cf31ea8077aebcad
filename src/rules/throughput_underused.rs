//! `throughput-underused`: model units that cost more than their tokens would on demand.
//!
//! Utilisation is measured in dollars: the on-demand price of an hour's tokens over the price of
//! the units for that hour. At 100 % both cost the same.
//!
//! Message: `worth 20 % of its price at the median, 80 % at p95 over 168 h (168 h of data); no
//! commitment: delete it any time`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, format_hours, format_share,
        has_enough_data, pass, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Measured, Operation, Reason, Timestamp, UsdPerHour, Value,
    time::series::SeriesSummary,
};

const RULE: &str = "throughput-underused";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// On-demand price of the tokens over the price of the units from which the units pay off, in
    /// percent.
    pub break_even_percent: f64,
    /// Minimum hours of data.
    pub min_data_hours: f64,
    /// Hours of data from which confidence is high: a week.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            break_even_percent: 100.0,
            min_data_hours: 24.0,
            high_confidence_hours: 168.0,
        }
    }
}

/// The number of `units` that pay off in the median hour, at its utilisation `p50` (a fraction).
pub fn units_worth_keeping(units: u32, p50: f64) -> u32 {
    let exact = f64::from(units) * p50;
    // No overflow: the result is at most `units`.
    if exact.is_finite() && exact > 0.0 {
        ((exact + 1e-9).floor() as u32).min(units)
    } else {
        0
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Units {
        units,
        utilization,
        committed_until,
        floor,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    (*units > 0).then(|| {
        verdict_or_unknown(
            RULE,
            match floor.filter(|_| case.rate().is_none()) {
                Some(floor) => judge_unpriced(case, limits, floor, utilization, *committed_until),
                None => judge(case, limits, *units, utilization, *committed_until),
            },
        )
    })
}

/// Judges unused units without a price. Used units cannot be judged without one.
fn judge_unpriced(
    case: &RuleContext,
    limits: &Thresholds,
    floor: UsdPerHour,
    utilization: &Measured<SeriesSummary>,
    committed_until: Option<Timestamp>,
) -> Result<Verdict, Reason> {
    let summary = require(utilization)?;
    let age = case.age_hours();
    let hours = age.map_or(summary.hours, |age| age.min(summary.hours));
    require_hours(RULE, hours, limits.min_data_hours)?;
    if summary.max > 0.0 {
        return Err(Reason::new("its price is not known"));
    }
    let committed = committed_until.is_some_and(|end| end > case.now);
    let act = commitment_note(committed_until, committed);
    let mut evidence = vec![
        (
            "committed_until",
            Value::opt(committed_until, Value::Moment),
        ),
        ("cost_at_least", Value::Rate(floor)),
    ];
    evidence.extend(data_evidence(summary));
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "unused: no token in {}; at least {floor}; {act}",
            format_hours(hours)
        ),
        waste: Waste::AtLeast(floor),
        confidence: if has_enough_data(summary.hours, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Delete).filter(|_| !committed),
        remedy: if committed {
            "do not renew it".to_owned()
        } else {
            "delete it".to_owned()
        },
        evidence,
    }))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    units: u32,
    utilization: &Measured<SeriesSummary>,
    committed_until: Option<Timestamp>,
) -> Result<Verdict, Reason> {
    let summary = require(utilization)?;
    require_hours(
        RULE,
        case.age_hours()
            .map_or(summary.hours, |age| age.min(summary.hours)),
        limits.min_data_hours,
    )?;
    let break_even = limits.break_even_percent / 100.0;
    if summary.p50 >= break_even || summary.mean >= break_even {
        return Ok(pass(RULE));
    }
    let peaks = summary.p95 >= break_even;
    let confidence = match (
        peaks,
        has_enough_data(summary.hours, limits.high_confidence_hours),
    ) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    };
    let committed = committed_until.is_some_and(|end| end > case.now);
    let act = commitment_note(committed_until, committed);
    let keep = units_worth_keeping(units, summary.p50);
    let fewer = if keep > 0 {
        format!("; {keep} of {units} units cover the p50 floor")
    } else {
        String::new()
    };
    let remedy = match (keep, committed) {
        (0, false) => "delete it and pay by the token".to_owned(),
        (0, true) => "do not renew it and pay by the token".to_owned(),
        (keep, _) => format!("keep {keep} of {units} units and pay the rest by the token"),
    };
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "worth {} of its price at the median, {} at p95 over {} ({} of data){fewer}; {act}",
            format_share(summary.p50),
            format_share(summary.p95),
            format_hours(summary.window),
            format_hours(summary.hours),
        ),
        waste: Waste::Share(1.0 - summary.mean),
        confidence,
        fix: case.available(Operation::Delete).filter(|_| !committed),
        remedy,
        evidence: evidence(limits, summary, (units, keep), committed_until),
    }))
}

fn evidence(
    limits: &Thresholds,
    summary: &SeriesSummary,
    (units, keep): (u32, u32),
    committed_until: Option<Timestamp>,
) -> Vec<(&'static str, Value)> {
    let mut evidence = vec![
        ("units", Value::Count(units.into())),
        ("units_for_p50", Value::Count(keep.into())),
        ("utilization_p50", Value::Percent(summary.p50)),
        ("utilization_p95", Value::Percent(summary.p95)),
        ("utilization_mean", Value::Percent(summary.mean)),
        (
            "break_even",
            Value::Percent(limits.break_even_percent / 100.0),
        ),
        (
            "committed_until",
            Value::opt(committed_until, Value::Moment),
        ),
    ];
    evidence.extend(data_evidence(summary));
    evidence
}

fn commitment_note(committed_until: Option<Timestamp>, is_committed: bool) -> String {
    let Some(end) = committed_until else {
        return "no commitment: delete it any time".to_owned();
    };
    let day = end.strftime("%Y-%m-%d");
    if is_committed {
        format!("committed, renews itself: act before {day}")
    } else {
        format!("its commitment ended {day}: delete it")
    }
}
