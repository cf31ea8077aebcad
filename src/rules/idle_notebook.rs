//! `idle-notebook`: a place to work in, in which nobody works.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, hours, known},
};
use crate::domain::{Evidence, Value, Operation, time::timestamp::seconds_between};

const RULE: &str = "idle-notebook";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours without a sign of work.
    pub hours: f64,
    /// Hours after which it is sure.
    pub sure_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            hours: 2.0,
            sure_hours: 12.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Workspace {
        last_activity,
        auto_stop,
    } = &case.head.evidence
    else {
        return None;
    };
    let (at, sign) = match known(last_activity) {
        Ok(last) => last,
        Err(why) => return Some(Verdict::Unknown { rule: RULE, why }),
    };
    // Started after the last sign: idle since the start.
    let from = case.head.since.map_or(*at, |since| since.max(*at));
    let idle = seconds_between(from, case.now) / 3600.0;
    if idle < limits.hours {
        return Some(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let aside = match auto_stop.known() {
        Some(true) => "; it has an auto-stop that has not come",
        Some(false) => "; no auto-stop",
        None => "",
    };
    let confidence = if idle >= limits.sure_hours {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "no sign of work for {}, since {} ({sign}){aside}",
            hours(idle),
            from.strftime("%a %H:%M UTC")
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.offered(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence: vec![
            ("idle", Value::Span(idle * 3600.0)),
            ("last_activity", Value::Moment(*at)),
            ("sign", Value::Text(sign.clone())),
            ("auto_stop", Value::read(auto_stop, Value::Flag)),
            ("threshold", Value::Span(limits.hours * 3600.0)),
        ],
    }))
}
