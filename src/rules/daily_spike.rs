//! `daily-spike`: a closed day that cost far more than the days before it.
//!
//! Days without a cent are no history: a line that costs something once a week is compared with
//! such days, and a new one is not judged. It says what is exposed and calls nothing waste. Must
//! not know what the line is.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, known, share, spread, verdict},
};
use crate::domain::{Evidence, Reason, Series, Usd, UsdPerHour, Value};

const RULE: &str = "daily-spike";
/// Dollars under which a day costs nothing.
const CENT: f64 = 0.01;

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Share of the mean of the days before from which a day is a spike, in percent.
    pub above_percent: f64,
    /// Days before that are looked at.
    pub days: u16,
    /// Days with a cost before that it needs.
    pub least_days: u16,
    /// Dollars over the mean that are worth a word.
    pub least_usd: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            above_percent: 150.0,
            days: 28,
            least_days: 10,
            least_usd: 50.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Spend { days } = &case.head.evidence else {
        return None;
    };
    Some(verdict(
        RULE,
        known(days).and_then(|days| judge(case, limits, days)),
    ))
}

fn judge(case: &RuleContext, limits: &Thresholds, days: &Series) -> Result<Verdict, Reason> {
    let Some((Some(last), before)) = days.points.split_last() else {
        return Err(Reason::new("no closed day"));
    };
    let from = before.len().saturating_sub(usize::from(limits.days));
    let before: Vec<f64> = before
        .iter()
        .skip(from)
        .flatten()
        .copied()
        .filter(|day| day.is_finite() && *day >= CENT)
        .collect();
    if before.len() < usize::from(limits.least_days).max(1) {
        return Err(Reason::new(format!(
            "only {} days with a cost before it, {RULE} needs {}",
            before.len(),
            limits.least_days
        )));
    }
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let more = last - mean;
    if !last.is_finite() || *last <= mean * limits.above_percent / 100.0 || more < limits.least_usd
    {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let most = before.iter().copied().fold(0.0, f64::max);
    let exposure = spread(Usd(more), 24.0);
    let day = days.at(days.points.len().saturating_sub(1));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{} on {}: {} of the mean day, {} ({} days of data)",
            Usd(*last),
            day.strftime("%a %d %b"),
            share(last / mean),
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
        confidence: if *last > most {
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
            ("highest_before", Value::Usd(Usd(most))),
            ("days_before", Value::Count(before.len() as u64)),
            ("threshold", Value::Percent(limits.above_percent / 100.0)),
        ],
    }))
}
