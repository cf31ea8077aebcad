//! `throughput-pays-off`: on-demand tokens that would cost less on provisioned model units.
//!
//! The rule assumes that a unit serves on-demand tokens of its price over the break-even share: at
//! 65 %, a unit of $20 an hour serves $30.77 of tokens. It counts units for the p50 hour; peaks
//! stay on demand.
//!
//! Message: `2 provisioned units (no commitment) would save $12/h: p50 $60/h on demand over 168 h
//! (168 h of data); look at 90 days before committing`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, format_hours, has_enough_data,
        pass_with_note, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Reason, Series, UsdPerHour, Value, evidence::TokenUse, time::series::SeriesSummary,
};
use std::sync::Arc;

const RULE: &str = "throughput-pays-off";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of a unit's capacity whose tokens cost as much on demand as the unit, in percent;
    /// usually 60 to 70.
    pub break_even_percent: f64,
    /// Minimum hours of data: a week.
    pub min_data_hours: f64,
    /// Hours of data from which confidence is high: the 90 days to review before a commitment.
    pub high_confidence_hours: f64,
    /// Minimum saving in dollars a month.
    pub min_usd_per_month: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            break_even_percent: 65.0,
            min_data_hours: 168.0,
            high_confidence_hours: 2160.0,
            min_usd_per_month: 100.0,
        }
    }
}

impl Thresholds {
    /// The on-demand dollars per hour of the tokens that one unit at `price` serves.
    fn capacity(&self, price: UsdPerHour) -> f64 {
        price.0 / (self.break_even_percent / 100.0).clamp(0.01, 1.0)
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Tokens(tokens) = &case.head.evidence else {
        return None;
    };
    Some(verdict_or_unknown(RULE, judge(case, limits, tokens)))
}

/// The mean saving per hour of `units` that cost `price` and serve up to `capacity` dollars of
/// tokens each, over the hours of `dollars`.
fn mean_saving(dollars: &Series, units: u32, price: f64, capacity: f64) -> f64 {
    let units = f64::from(units);
    let served: Vec<f64> = dollars
        .points
        .iter()
        .flatten()
        .filter(|d| d.is_finite())
        .map(|d| d.min(units * capacity))
        .collect();
    served.iter().sum::<f64>() / served.len().max(1) as f64 - units * price
}

fn judge(case: &RuleContext, limits: &Thresholds, tokens: &TokenUse) -> Result<Verdict, Reason> {
    let (price, term) = require(&tokens.unit)?;
    let dollars = require(&tokens.dollars)?;
    let summary = dollars
        .observed()
        .ok_or_else(|| Reason::new("no hour of data"))?;
    require_hours(RULE, summary.hours, limits.min_data_hours)?;
    let capacity = limits.capacity(*price);
    if price.0 <= 0.0 || summary.p50 < price.0 {
        let floor = UsdPerHour(summary.p50);
        return Ok(pass_with_note(
            RULE,
            format!("its p50 hour costs {floor:#} on demand, one unit {price:#} ({term})"),
        ));
    }
    let units = ((summary.p50 / capacity).floor().clamp(1.0, 1000.0)) as u32;
    let saves = UsdPerHour(mean_saving(dollars, units, price.0, capacity));
    if saves.monthly().0 < limits.min_usd_per_month {
        let saves = saves.monthly();
        return Ok(pass_with_note(
            RULE,
            format!("{units} units ({term}) would save {saves:#} a month: too little"),
        ));
    }
    let units_cost = *price * f64::from(units);
    let tokens_cost = saves + units_cost;
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{units} provisioned unit{} ({term}) would save {saves}: p50 {} on demand over {} \
             ({} of data); look at 90 days before committing",
            if units == 1 { "" } else { "s" },
            UsdPerHour(summary.p50),
            format_hours(summary.window),
            format_hours(summary.hours),
        ),
        waste: Waste::Nothing {
            exposure: saves,
            saving: saves,
            arithmetic: format!(
                "tokens of {tokens_cost:#} on demand \
                 - {units} x {price:#} = {saves:#}"
            ),
        },
        confidence: if has_enough_data(summary.hours, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: None,
        remedy: format!("buy {units} for the p50 floor and leave the peaks on demand"),
        evidence: evidence(limits, (*price, term), &summary, units),
    }))
}

fn evidence(
    limits: &Thresholds,
    (price, term): (UsdPerHour, &Arc<str>),
    summary: &SeriesSummary,
    units: u32,
) -> Vec<(&'static str, Value)> {
    let rate = |dollars: f64| Value::Rate(UsdPerHour(dollars));
    let mut evidence = vec![
        ("on_demand_p50", rate(summary.p50)),
        ("on_demand_p95", rate(summary.p95)),
        ("on_demand_mean", rate(summary.mean)),
        ("unit_price", Value::Rate(price)),
        ("term", Value::Text(term.clone())),
        ("unit_carries", rate(limits.capacity(price))),
        ("units", Value::Count(units.into())),
        (
            "break_even",
            Value::Percent(limits.break_even_percent / 100.0),
        ),
    ];
    evidence.extend(data_evidence(summary));
    evidence
}
