//! `throughput-pays-off`: tokens bought on demand that provisioned model units would undercut.
//!
//! A unit is taken to carry its price over the break-even in on-demand dollars an hour: at 65 %,
//! one of $20 an hour carries tokens worth $30.77. Units for the p50 floor, the peaks stay on
//! demand.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, enough, fine, hours, known, over, verdict,
    },
};
use crate::domain::{Evidence, Reason, Series, UsdPerHour, Value, evidence::TokenUse};

const RULE: &str = "throughput-pays-off";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of a unit's capacity whose tokens cost as much on demand as the unit, in percent: 60
    /// to 70 by experience.
    pub break_even_percent: f64,
    /// Hours of data it needs: a week.
    pub hours: f64,
    /// Hours after which it is sure: the 90 days to look at before committing.
    pub sure_hours: f64,
    /// Dollars a month worth the trouble.
    pub least_usd_per_month: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            break_even_percent: 65.0,
            hours: 168.0,
            sure_hours: 2160.0,
            least_usd_per_month: 100.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Tokens(tokens) = &case.head.evidence else {
        return None;
    };
    Some(verdict(RULE, judge(case, limits, tokens)))
}

/// The mean saving per hour of `units` that cost `price` and carry `most` each, on the hours of
/// `dollars`.
fn saving(dollars: &Series, units: u32, price: f64, most: f64) -> f64 {
    let units = f64::from(units);
    let carried: Vec<f64> = dollars
        .points
        .iter()
        .flatten()
        .filter(|d| d.is_finite())
        .map(|d| d.min(units * most))
        .collect();
    carried.iter().sum::<f64>() / carried.len().max(1) as f64 - units * price
}

fn judge(case: &RuleContext, limits: &Thresholds, tokens: &TokenUse) -> Result<Verdict, Reason> {
    let (price, term) = known(&tokens.unit)?;
    let dollars = known(&tokens.dollars)?;
    let seen = dollars
        .observed()
        .ok_or_else(|| Reason::new("no hour of data"))?;
    over(RULE, seen.hours, limits.hours)?;
    let most = price.0 / (limits.break_even_percent / 100.0).clamp(0.01, 1.0);
    if price.0 <= 0.0 || seen.p50 < price.0 {
        let floor = UsdPerHour(seen.p50);
        return Ok(fine(
            RULE,
            format!("its p50 hour costs {floor:#} on demand, one unit {price:#} ({term})"),
        ));
    }
    let units = ((seen.p50 / most).floor().clamp(1.0, 1000.0)) as u32;
    let saves = UsdPerHour(saving(dollars, units, price.0, most));
    if saves.monthly().0 < limits.least_usd_per_month {
        return Ok(fine(
            RULE,
            format!(
                "{units} units ({term}) would save {:#} a month: too little",
                saves.monthly()
            ),
        ));
    }
    let mut evidence = vec![
        ("on_demand_p50", Value::Rate(UsdPerHour(seen.p50))),
        ("on_demand_p95", Value::Rate(UsdPerHour(seen.p95))),
        ("on_demand_mean", Value::Rate(UsdPerHour(seen.mean))),
        ("unit_price", Value::Rate(*price)),
        ("term", Value::Text(term.clone())),
        ("unit_carries", Value::Rate(UsdPerHour(most))),
        ("units", Value::Count(units.into())),
        (
            "break_even",
            Value::Percent(limits.break_even_percent / 100.0),
        ),
    ];
    evidence.extend(amount(&seen));
    let bought = *price * f64::from(units);
    let carried = saves + bought;
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{units} provisioned unit{} ({term}) would save {saves}: p50 {} on demand over {} ({} of data); look at 90 days before committing",
            if units == 1 { "" } else { "s" },
            UsdPerHour(seen.p50),
            hours(seen.window),
            hours(seen.hours),
        ),
        waste: Waste::Nothing {
            exposure: saves,
            saving: saves,
            arithmetic: format!("tokens of {carried:#} on demand - {units} x {price:#} = {saves:#}"),
        },
        confidence: if enough(seen.hours, limits.sure_hours) { Confidence::High } else { Confidence::Medium },
        fix: None,
        remedy: format!("buy {units} for the p50 floor and leave the peaks on demand"),
        evidence,
    }))
}
