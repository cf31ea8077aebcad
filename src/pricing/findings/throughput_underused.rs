//! `throughput-underused`: bought model units that on-demand tokens would undercut.
//!
//! Must not know how use is measured.

use super::{
    Confidence, Verdict,
    judged::{Case, Found, Waste, amount, enough, hours, known, over, share, verdict},
};
use crate::domain::{Evidence, Reading, Stamp, Value, Why, series::Observed};

const RULE: &str = "throughput-underused";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Sustained use above which provisioned throughput pays, in percent.
    pub break_even_percent: f64,
    /// Hours of data it needs.
    pub hours: f64,
    /// Hours after which it is sure: a week.
    pub sure_hours: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { break_even_percent: 60.0, hours: 24.0, sure_hours: 168.0 }
    }
}

pub(super) fn check(case: &Case, limits: &Limits) -> Option<Verdict> {
    let Evidence::Units { units, utilization, committed_until, .. } = &case.head.evidence else { return None };
    (*units > 0).then(|| verdict(RULE, judge(case, limits, *units, utilization, *committed_until)))
}

fn judge(
    case: &Case,
    limits: &Limits,
    units: u32,
    utilization: &Reading<Observed>,
    committed_until: Option<Stamp>,
) -> Result<Verdict, Why> {
    let seen = known(utilization)?;
    over(RULE, case.age_hours().map_or(seen.hours, |age| age.min(seen.hours)), limits.hours)?;
    let even = limits.break_even_percent / 100.0;
    if seen.p50 >= even || seen.mean >= even {
        return Ok(Verdict::Fine { rule: RULE });
    }
    let peaks = seen.p95 >= even;
    let confidence = match (peaks, enough(seen.hours, limits.sure_hours)) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    };
    let act = match committed_until {
        Some(end) if end > case.now => format!("committed, renews itself: act before {}", end.strftime("%Y-%m-%d")),
        Some(end) => format!("its commitment ended {}: delete it", end.strftime("%Y-%m-%d")),
        None => "no commitment: delete it any time".to_owned(),
    };
    let mut evidence = vec![
        ("units", Value::Count(units.into())),
        ("utilization_p50", Value::Percent(seen.p50)),
        ("utilization_p95", Value::Percent(seen.p95)),
        ("utilization_mean", Value::Percent(seen.mean)),
        ("break_even", Value::Percent(even)),
        ("committed_until", Value::opt(committed_until, Value::Moment)),
    ];
    evidence.extend(amount(seen));
    Ok(case.found(Found {
        rule: RULE,
        sentence: format!(
            "{} used at the median, {} at p95 over {} ({} of data); pays from {}; {act}",
            share(seen.p50),
            share(seen.p95),
            hours(seen.window),
            hours(seen.hours),
            share(even)
        ),
        waste: Waste::Share(1.0 - seen.mean),
        confidence,
        // Only deleting it ends its bill.
        fix: None,
        evidence,
    }))
}
