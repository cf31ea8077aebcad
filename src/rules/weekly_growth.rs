//! `weekly-growth`: seven days that cost far more than the seven before.
//!
//! Lines of the bill are compared by closed days, tokens of a model by hours. A new line has not
//! grown. The growth is exposure, not waste.
//!
//! Message: `$9,100 in 7 days: 82 % more than the $5,000 of the 7 before (14 days of data)`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_share, pass, pass_with_note, require, spread_over,
        verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Reason, Series, Usd, UsdPerHour, Value};

const RULE: &str = "weekly-growth";
const WEEK: u32 = 7 * 86_400;

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of the week before from which a week has grown, in percent.
    pub min_percent_of_week_before: f64,
    /// Minimum dollars over the week before.
    pub min_usd: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_percent_of_week_before: 150.0,
            min_usd: 100.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    match &case.head.evidence {
        Evidence::Spend { days } => Some(verdict_or_unknown(
            RULE,
            require(days).and_then(|days| judge(case, limits, days)),
        )),
        // With fewer than two weeks of hours the lines of the bill show the growth instead.
        Evidence::Tokens(tokens) => {
            let dollars = tokens
                .dollars
                .known()
                .filter(|series| weeks(series).is_some())?;
            Some(verdict_or_unknown(RULE, judge(case, limits, dollars)))
        }
        _ => None,
    }
}

/// The last two weeks, the older first, each as the mean of its points x their number; `None` where
/// more than one point in twenty is missing.
fn weeks(series: &Series) -> Option<(f64, f64)> {
    let week = usize::try_from(WEEK.checked_div(series.step)?)
        .ok()
        .filter(|points| *points > 0)?;
    let lately = series
        .points
        .get(series.points.len().checked_sub(2 * week)?..)?;
    let sum = |points: &[Option<f64>]| {
        let known: Vec<f64> = points
            .iter()
            .flatten()
            .copied()
            .filter(|point| point.is_finite())
            .collect();
        let (known_count, all) = (known.len() as f64, points.len() as f64);
        (known_count >= all * 0.95).then(|| known.iter().sum::<f64>() / known_count * all)
    };
    Some((sum(lately.get(..week)?)?, sum(lately.get(week..)?)?))
}

fn judge(case: &RuleContext, limits: &Thresholds, series: &Series) -> Result<Verdict, Reason> {
    let Some((before, last)) = weeks(series) else {
        let days =
            series.points.iter().flatten().count() as f64 * f64::from(series.step) / 86_400.0;
        return Err(Reason::new(format!(
            "only {days:.0} days of data, {RULE} needs 14 in a row"
        )));
    };
    let more = last - before;
    if last <= before * limits.min_percent_of_week_before / 100.0 || more < limits.min_usd {
        return Ok(pass(RULE));
    }
    if before <= 0.0 {
        return Ok(pass_with_note(
            RULE,
            format!("{} in 7 days, and nothing before: new", Usd(last)),
        ));
    }
    let exposure = spread_over(Usd(more), f64::from(WEEK) / 3600.0);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{} in 7 days: {} more than the {} of the 7 before (14 days of data)",
            Usd(last),
            format_share(last / before - 1.0),
            Usd(before)
        ),
        waste: Waste::Nothing {
            exposure,
            saving: UsdPerHour::ZERO,
            arithmetic: format!(
                "({:#} - {:#}) / 168 h = {exposure:#} more",
                Usd(last),
                Usd(before)
            ),
        },
        confidence: if last > before * 2.0 {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: None,
        remedy: "look at what grew, in Spend".to_owned(),
        evidence: vec![
            ("last_7_days", Value::Usd(Usd(last))),
            ("7_days_before", Value::Usd(Usd(before))),
            ("growth", Value::Percent(last / before - 1.0)),
            (
                "threshold",
                Value::Percent(limits.min_percent_of_week_before / 100.0),
            ),
        ],
    }))
}
