//! `no-auto-stop`: a notebook or Studio app that nothing stops and that publishes no sign of use.
//!
//! SageMaker documents no idle metric for notebook instances, and a health check moves the last
//! activity of a Studio app. No metric shows whether such a workspace is used, so its cost is
//! exposure, not waste.
//!
//! Message: `in service 216 h, no auto-stop, and no signal shows whether anyone works in it`.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, format_hours, pass},
};
use crate::domain::{Evidence, Operation, UsdPerHour, Value, time::timestamp::seconds_between};

const RULE: &str = "no-auto-stop";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours in service from which a workspace without a signal is reported.
    pub min_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { min_hours: 72.0 }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Workspace {
        is_observable,
        auto_stop,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    if *is_observable {
        return None;
    }
    let since = case.head.since?;
    let hours = seconds_between(since, case.now) / 3600.0;
    if hours < limits.min_hours || auto_stop.known() == Some(&true) {
        return Some(pass(RULE));
    }
    let auto_stop_note = match auto_stop.why() {
        Some(why) => format!("auto-stop unknown ({why})"),
        None => "no auto-stop".to_owned(),
    };
    let rate = case.rate().unwrap_or(UsdPerHour::ZERO);
    Some(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "in service {}, {auto_stop_note}, and no signal shows whether anyone works in it",
            format_hours(hours)
        ),
        waste: Waste::Nothing {
            exposure: rate,
            saving: UsdPerHour::ZERO,
            arithmetic: format!("it burns {rate:#}; not counted as waste"),
        },
        confidence: Confidence::Low,
        fix: case.available(Operation::Stop),
        remedy: "ask its user, then stop it or set an idle shutdown".to_owned(),
        evidence: vec![
            ("in_service", Value::Span(hours * 3600.0)),
            ("auto_stop", Value::read(auto_stop, Value::Flag)),
            ("threshold", Value::Span(limits.min_hours * 3600.0)),
        ],
    }))
}
