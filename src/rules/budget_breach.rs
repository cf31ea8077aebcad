//! `budget-breach`: a budget that is exceeded this month, or will be within days.
//!
//! Message: `passed in 6 days, on Sat 28 Nov (Fri 27 Nov to Mon 30 Nov): $800 of $1,000 spent,
//! $1,140 foreseen at month end`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_share, pass_with_note, require, spread_over,
        verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Measured, Reason, Timestamp, Usd, UsdPerHour, Value,
    evidence::BudgetCrossing,
    money::{costs::Forecast, usd::HOURS_PER_MONTH},
    time::timestamp::seconds_between,
};

const RULE: &str = "budget-breach";
const DAY: &str = "%a %d %b";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Days ahead within which a crossing is a finding.
    pub horizon_days: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { horizon_days: 14.0 }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Budget {
        limit,
        spent,
        crossing,
        month_end,
    } = &case.head.evidence
    else {
        return None;
    };
    (limit.0 > 0.0).then(|| {
        verdict_or_unknown(
            RULE,
            judge(case, limits, *limit, *spent, crossing, month_end),
        )
    })
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    limit: Usd,
    spent: Usd,
    crossing: &Measured<Option<BudgetCrossing>>,
    month_end: &Measured<Forecast>,
) -> Result<Verdict, Reason> {
    let end = month_end.known();
    let foreseen = end.map_or(String::new(), |end| {
        format!(", {} foreseen at month end", end.mean)
    });
    let (message, confidence, crossed) = if spent >= limit {
        (
            format!(
                "passed: {spent} of {limit} spent ({}){foreseen}",
                format_share(spent.0 / limit.0)
            ),
            Confidence::High,
            None,
        )
    } else {
        let Some(crossed) = require(crossing)? else {
            return Ok(pass_with_note(
                RULE,
                format!("not passed this month{foreseen}"),
            ));
        };
        let days = seconds_between(case.now, crossed.at) / 86_400.0;
        if days > limits.horizon_days {
            return Ok(pass_with_note(
                RULE,
                format!("passed in {days:.0} days, on {}", crossed.at.strftime(DAY)),
            ));
        }
        let latest = crossed.latest.map_or("not this month".to_owned(), |at| {
            at.strftime(DAY).to_string()
        });
        let interval = format!("{} to {latest}", crossed.earliest.strftime(DAY));
        let message = format!(
            "passed in {:.0} days, on {} ({interval}): {spent} of {limit} spent{foreseen}",
            days.max(0.0),
            crossed.at.strftime(DAY)
        );
        (
            message,
            if crossed.latest.is_some() {
                Confidence::High
            } else {
                Confidence::Medium
            },
            Some(*crossed),
        )
    };
    let over = Usd((end.map_or(spent, |end| end.mean).0.max(spent.0) - limit.0).max(0.0));
    let exposure = spread_over(over, HOURS_PER_MONTH);
    let of = if end.is_some_and(|end| end.mean > spent) {
        "foreseen"
    } else {
        "spent"
    };
    let moment = |get: fn(&BudgetCrossing) -> Option<Timestamp>| {
        Value::opt(crossed.as_ref().and_then(get), Value::Moment)
    };
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message,
        waste: Waste::Nothing {
            exposure,
            saving: UsdPerHour::ZERO,
            arithmetic: format!(
                "({:#} {of} - {limit:#}) / {HOURS_PER_MONTH} h = {exposure:#} over the budget",
                over + limit
            ),
        },
        confidence,
        fix: None,
        remedy: "look at what grew, in Spend".to_owned(),
        evidence: vec![
            ("limit", Value::Usd(limit)),
            ("spent", Value::Usd(spent)),
            (
                "month_end",
                Value::read(month_end, |end| Value::Usd(end.mean)),
            ),
            ("month_end_low", Value::opt(end, |end| Value::Usd(end.low))),
            (
                "month_end_high",
                Value::opt(end, |end| Value::Usd(end.high)),
            ),
            ("passed_at", moment(|crossed| Some(crossed.at))),
            ("earliest", moment(|crossed| Some(crossed.earliest))),
            ("latest", moment(|crossed| crossed.latest)),
            ("threshold_days", Value::Number(limits.horizon_days)),
        ],
    }))
}
