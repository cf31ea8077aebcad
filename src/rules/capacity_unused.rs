//! `capacity-unused`: instances of a capacity reservation, capacity block or training plan that
//! nothing uses.
//!
//! A reservation is billed by the hour until it is cancelled: its unused part is waste. Blocks and
//! plans are prepaid: a stop would end no cost, so their unused part is exposure.
//!
//! Message: `3 of 8 instances unused; paid in advance`.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, pass, pass_with_note},
};
use crate::domain::{Evidence, Value};

const RULE: &str = "capacity-unused";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Hours after its beginning in which it may be unused: machines start first.
    pub min_hours: f64,
    /// Hours after its beginning from which confidence is high.
    pub high_confidence_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            min_hours: 1.0,
            high_confidence_hours: 24.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Capacity { instances, unused } = case.head.evidence else {
        return None;
    };
    if unused == 0 {
        return Some(pass(RULE));
    }
    let age = case.age_hours().unwrap_or(0.0);
    let message = format!("{unused} of {instances} instances unused");
    if age < limits.min_hours {
        return Some(pass_with_note(
            RULE,
            format!("{message}, it has just begun"),
        ));
    }
    Some(case.finding(FindingDraft {
        rule: RULE,
        message,
        waste: Waste::Units(unused),
        confidence: if age >= limits.high_confidence_hours {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: None,
        remedy: "start work on it, or cancel it".to_owned(),
        evidence: vec![
            ("instances", Value::Count(instances.into())),
            ("unused", Value::Count(unused.into())),
            ("running", Value::Span(age * 3600.0)),
            ("threshold", Value::Span(limits.min_hours * 3600.0)),
        ],
    }))
}
