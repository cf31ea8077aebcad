//! `idle-notebook`: a running notebook or Studio app without activity.
//!
//! A log shows requests and saved files; a busy kernel may write none. A silent log is never
//! evidence of high confidence.
//!
//! Message: `no sign of work for 61 h, since Fri 18:00 UTC (Jupyter log); no auto-stop`.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, format_hours, pass, require},
};
use crate::domain::{Evidence, Operation, Value, time::timestamp::seconds_between};

const RULE: &str = "idle-notebook";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours without a sign of work.
    pub idle_hours: f64,
    /// Hours without a sign of work from which confidence is high.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            idle_hours: 2.0,
            high_confidence_hours: 12.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Workspace {
        last_activity,
        auto_stop,
        is_logged,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    let (at, source) = match require(last_activity) {
        Ok(last) => last,
        Err(why) => return Some(Verdict::Unknown { rule: RULE, why }),
    };
    // A workspace that started after its last activity has been idle since the start.
    let from = case.head.since.map_or(*at, |since| since.max(*at));
    let idle = seconds_between(from, case.now) / 3600.0;
    if idle < limits.idle_hours {
        return Some(pass(RULE));
    }
    let auto_stop_note = match auto_stop.known() {
        Some(true) => "; auto-stop is set and has not run",
        Some(false) => "; no auto-stop",
        None => "",
    };
    let confidence = if idle >= limits.high_confidence_hours && !is_logged {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "no sign of work for {}, since {} ({source}){auto_stop_note}",
            format_hours(idle),
            from.strftime("%a %H:%M UTC")
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.available(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence: vec![
            ("idle", Value::Span(idle * 3600.0)),
            ("last_activity", Value::Moment(*at)),
            ("activity_source", Value::Text(source.clone())),
            ("auto_stop", Value::read(auto_stop, Value::Flag)),
            ("threshold", Value::Span(limits.idle_hours * 3600.0)),
        ],
    }))
}
