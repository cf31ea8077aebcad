//! `budget-breach`: a budget that is exceeded this month, or will be within days.
//!
//! Message: `exceeded in 6 days, on Sat 28 Nov (Fri 27 Nov to Mon 30 Nov): $800 of $1,000 spent,
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

/// How a budget is or will be exceeded: the message, the confidence, and the crossing to come.
struct ExceededBudget {
    message: String,
    confidence: Confidence,
    crossing: Option<BudgetCrossing>,
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
    let breach = if spent >= limit {
        let share = format_share(spent.0 / limit.0);
        ExceededBudget {
            message: format!("exceeded: {spent} of {limit} spent ({share}){foreseen}"),
            confidence: Confidence::High,
            crossing: None,
        }
    } else {
        let Some(crossing) = require(crossing)? else {
            let note = format!("not exceeded this month{foreseen}");
            return Ok(pass_with_note(RULE, note));
        };
        let days = seconds_between(case.now, crossing.at) / 86_400.0;
        if days > limits.horizon_days {
            let day = crossing.at.strftime(DAY);
            let note = format!("exceeded in {days:.0} days, on {day}");
            return Ok(pass_with_note(RULE, note));
        }
        expected_breach(
            crossing,
            days,
            &format!("{spent} of {limit} spent{foreseen}"),
        )
    };
    let over = Usd((end.map_or(spent, |end| end.mean).0.max(spent.0) - limit.0).max(0.0));
    let exposure = spread_over(over, HOURS_PER_MONTH);
    let is_foreseen = end.is_some_and(|end| end.mean > spent);
    let of = if is_foreseen { "foreseen" } else { "spent" };
    let arithmetic = format!(
        "({:#} {of} - {limit:#}) / {HOURS_PER_MONTH} h = {exposure:#} over the budget",
        over + limit
    );
    Ok(case.finding(FindingDraft {
        rule: RULE,
        evidence: evidence(limits, (limit, spent), month_end, breach.crossing),
        message: breach.message,
        waste: Waste::Nothing {
            exposure,
            saving: UsdPerHour::ZERO,
            arithmetic,
        },
        confidence: breach.confidence,
        fix: None,
        remedy: "look at what grew, in Spend".to_owned(),
    }))
}

/// The breach `days` ahead; `spent` is the rest of its message.
fn expected_breach(crossing: &BudgetCrossing, days: f64, spent: &str) -> ExceededBudget {
    let latest = crossing.latest.map_or("not this month".to_owned(), |at| {
        at.strftime(DAY).to_string()
    });
    let earliest = crossing.earliest.strftime(DAY).to_string();
    let range = if earliest == latest {
        String::new()
    } else {
        format!(" ({earliest} to {latest})")
    };
    ExceededBudget {
        message: format!(
            "exceeded in {:.0} days, on {}{range}: {spent}",
            days.max(0.0),
            crossing.at.strftime(DAY)
        ),
        confidence: if crossing.latest.is_some() {
            Confidence::High
        } else {
            Confidence::Medium
        },
        crossing: Some(*crossing),
    }
}

fn evidence(
    limits: &Thresholds,
    (limit, spent): (Usd, Usd),
    month_end: &Measured<Forecast>,
    crossing: Option<BudgetCrossing>,
) -> Vec<(&'static str, Value)> {
    let end = |get: fn(&Forecast) -> Usd| Value::opt(month_end.known().map(get), Value::Usd);
    let moment = |get: fn(&BudgetCrossing) -> Option<Timestamp>| {
        Value::opt(crossing.as_ref().and_then(get), Value::Moment)
    };
    vec![
        ("limit", Value::Usd(limit)),
        ("spent", Value::Usd(spent)),
        (
            "month_end",
            Value::read(month_end, |end| Value::Usd(end.mean)),
        ),
        ("month_end_low", end(|end| end.low)),
        ("month_end_high", end(|end| end.high)),
        ("passed_at", moment(|crossing| Some(crossing.at))),
        ("earliest", moment(|crossing| Some(crossing.earliest))),
        ("latest", moment(|crossing| crossing.latest)),
        ("threshold_days", Value::Number(limits.horizon_days)),
    ]
}
