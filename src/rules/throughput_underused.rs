//! `throughput-underused`: bought model units that on-demand tokens would undercut.
//!
//! Use is told in worth: what the tokens of an hour would have cost on demand, by the model's own
//! rates, over what the units cost in it. At 100 % both cost the same.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, enough, hours, known, over, share, verdict,
    },
};
use crate::domain::{
    Evidence, Measured, Reason, Timestamp, Value, Operation, time::series::SeriesSummary,
};

const RULE: &str = "throughput-underused";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Worth of the tokens over the price of the units above which they pay, in percent: 100 is
    /// where both cost the same.
    pub break_even_percent: f64,
    /// Hours of data it needs.
    pub hours: f64,
    /// Hours after which it is sure: a week.
    pub sure_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            break_even_percent: 100.0,
            hours: 24.0,
            sure_hours: 168.0,
        }
    }
}

/// How many of `units` pay for themselves at the median hour: each costs as much as the tokens it
/// takes off the on-demand bill.
pub fn covered(units: u32, p50: f64) -> u32 {
    let exact = f64::from(units) * p50;
    // Far below 2^32: it is at most `units`.
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
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    (*units > 0).then(|| {
        verdict(
            RULE,
            judge(case, limits, *units, utilization, *committed_until),
        )
    })
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    units: u32,
    utilization: &Measured<SeriesSummary>,
    committed_until: Option<Timestamp>,
) -> Result<Verdict, Reason> {
    let seen = known(utilization)?;
    over(
        RULE,
        case.age_hours()
            .map_or(seen.hours, |age| age.min(seen.hours)),
        limits.hours,
    )?;
    let even = limits.break_even_percent / 100.0;
    if seen.p50 >= even || seen.mean >= even {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let peaks = seen.p95 >= even;
    let confidence = match (peaks, enough(seen.hours, limits.sure_hours)) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    };
    let committed = committed_until.is_some_and(|end| end > case.now);
    let act = match committed_until {
        Some(end) if committed => format!(
            "committed, renews itself: act before {}",
            end.strftime("%Y-%m-%d")
        ),
        Some(end) => format!(
            "its commitment ended {}: delete it",
            end.strftime("%Y-%m-%d")
        ),
        None => "no commitment: delete it any time".to_owned(),
    };
    let keep = covered(units, seen.p50);
    let fewer = if keep > 0 {
        format!("; {keep} of {units} units cover the p50 floor")
    } else {
        String::new()
    };
    let mut evidence = vec![
        ("units", Value::Count(units.into())),
        ("units_for_p50", Value::Count(keep.into())),
        ("utilization_p50", Value::Percent(seen.p50)),
        ("utilization_p95", Value::Percent(seen.p95)),
        ("utilization_mean", Value::Percent(seen.mean)),
        ("break_even", Value::Percent(even)),
        (
            "committed_until",
            Value::opt(committed_until, Value::Moment),
        ),
    ];
    evidence.extend(amount(seen));
    let remedy = match (keep, committed) {
        (0, false) => "delete it and pay by the token".to_owned(),
        (0, true) => "do not renew it and pay by the token".to_owned(),
        (keep, _) => format!("keep {keep} of {units} units and pay the rest by the token"),
    };
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "worth {} of its price at the median, {} at p95 over {} ({} of data){fewer}; {act}",
            share(seen.p50),
            share(seen.p95),
            hours(seen.window),
            hours(seen.hours),
        ),
        waste: Waste::Share(1.0 - seen.mean),
        confidence,
        fix: case.offered(Operation::Delete).filter(|_| !committed),
        remedy,
        evidence,
    }))
}
