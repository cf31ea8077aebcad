//! `daily-spike`: a closed day that cost far more than the days before it.
//!
//! Days without cost do not count: a line billed once a week is compared with such days, and a new
//! line is not judged. The growth is exposure, not waste.
//!
//! Message: `$4,200 on Mon 23 Nov: 310 % of the mean day, $1,355 (28 days of data)`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, format_share, pass, require, spread_over,
        verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Reason, Series, Usd, UsdPerHour, Value};

const RULE: &str = "daily-spike";
/// Dollars under which a day has no cost.
const CENT: f64 = 0.01;

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of the mean day before from which a day is a spike, in percent.
    pub min_percent_of_mean: f64,
    /// Days before it that count.
    pub history_days: u16,
    /// Minimum days before it with a cost.
    pub min_days: u16,
    /// Minimum dollars over the mean day.
    pub min_usd: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_percent_of_mean: 150.0,
            history_days: 28,
            min_days: 10,
            min_usd: 50.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Spend { days } = &case.head.evidence else {
        return None;
    };
    Some(verdict_or_unknown(
        RULE,
        require(days).and_then(|days| judge(case, limits, days)),
    ))
}

fn judge(case: &RuleContext, limits: &Thresholds, days: &Series) -> Result<Verdict, Reason> {
    let Some((Some(last), before)) = days.points.split_last() else {
        return Err(Reason::new("no closed day"));
    };
    let before = earlier_days(limits, before)?;
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let more = last - mean;
    if !last.is_finite()
        || *last <= mean * limits.min_percent_of_mean / 100.0
        || more < limits.min_usd
    {
        return Ok(pass(RULE));
    }
    let highest = before.iter().copied().fold(0.0, f64::max);
    let exposure = spread_over(Usd(more), 24.0);
    let day = days.at(days.points.len().saturating_sub(1));
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{} on {}: {} of the mean day, {} ({} days of data)",
            Usd(*last),
            day.strftime("%a %d %b"),
            format_share(last / mean),
            Usd(mean),
            before.len()
        ),
        waste: Waste::Nothing {
            exposure,
            saving: UsdPerHour::ZERO,
            arithmetic: format!(
                "({:#} - {:#}) / 24 h = {exposure:#} more",
                Usd(*last),
                Usd(mean)
            ),
        },
        confidence: if *last > highest {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: None,
        remedy: "look at what grew, in Spend".to_owned(),
        evidence: vec![
            ("day", Value::Moment(day)),
            ("cost", Value::Usd(Usd(*last))),
            ("mean_before", Value::Usd(Usd(mean))),
            ("highest_before", Value::Usd(Usd(highest))),
            ("days_before", Value::Count(before.len() as u64)),
            (
                "threshold",
                Value::Percent(limits.min_percent_of_mean / 100.0),
            ),
        ],
    }))
}

/// The costs of the days before, without days that cost nothing.
fn earlier_days(limits: &Thresholds, days: &[Option<f64>]) -> Result<Vec<f64>, Reason> {
    let from = days.len().saturating_sub(usize::from(limits.history_days));
    let costs: Vec<f64> = days
        .iter()
        .skip(from)
        .flatten()
        .copied()
        .filter(|day| day.is_finite() && *day >= CENT)
        .collect();
    if costs.len() < usize::from(limits.min_days).max(1) {
        return Err(Reason::new(format!(
            "only {} days with a cost before it, {RULE} needs {}",
            costs.len(),
            limits.min_days
        )));
    }
    Ok(costs)
}
