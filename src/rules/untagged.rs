//! `untagged`: a billed resource without required tags.
//!
//! Keys match in any case, with or without `-`, `_` or blanks, and in either spelling of `centre`;
//! a tag with a blank value does not count.
//!
//! Message: `no team, model tag: $12.24/h without an answer to whose it is`.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, PRICE_UNKNOWN, RuleContext, Waste, pass, require, verdict_or_unknown},
};
use crate::domain::{Evidence, Operation, Reason, Tags, UsdPerHour, Value};

const RULE: &str = "untagged";
/// The evidence with the missing keys.
pub(super) const MISSING: &str = "missing";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Tag keys that every billed resource must have; an empty list turns the rule off.
    pub keys: Vec<String>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            keys: ["team", "environment", "model", "cost-centre"]
                .map(str::to_owned)
                .into(),
        }
    }
}

/// The keys of `required` that `tags` lacks.
pub fn missing_tags<'a>(tags: &Tags, required: &'a [String]) -> Vec<&'a str> {
    let present: Vec<String> = tags
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(key, _)| normalize(key))
        .collect();
    required
        .iter()
        .map(String::as_str)
        .filter(|key| !present.contains(&normalize(key)))
        .collect()
}

/// A key in the form in which `CostCentre`, `cost_center` and `cost-centre` are equal.
fn normalize(key: &str) -> String {
    let letters: String = key
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    letters.replace("center", "centre")
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let taggable = !matches!(
        case.head.evidence,
        Evidence::Spend { .. } | Evidence::Budget { .. } | Evidence::Tokens(_)
    );
    (taggable && !limits.keys.is_empty() && case.is_billed())
        .then(|| verdict_or_unknown(RULE, judge(case, limits)))
}

fn judge(case: &RuleContext, limits: &Thresholds) -> Result<Verdict, Reason> {
    let tags = require(&case.head.tags)?;
    let missing = missing_tags(tags, &limits.keys);
    if missing.is_empty() {
        return Ok(pass(RULE));
    }
    let rate = case.rate();
    let about = rate.map_or_else(
        || PRICE_UNKNOWN.to_owned(),
        |rate| format!("{rate:#} without a known owner"),
    );
    let amount = rate.map_or_else(|| PRICE_UNKNOWN.to_owned(), |rate| format!("{rate:#}"));
    let present = limits.keys.len() - missing.len();
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!("no {} tag: {about}", missing.join(", ")),
        waste: Waste::Nothing {
            exposure: rate.unwrap_or_default(),
            saving: UsdPerHour::ZERO,
            arithmetic: format!(
                "{amount} of a row with {present} of {} required tags",
                limits.keys.len()
            ),
        },
        confidence: Confidence::High,
        fix: case.available(Operation::Tag),
        remedy: format!(
            "tag it with {}; tags alone save nothing",
            missing.join(", ")
        ),
        evidence: vec![
            (MISSING, Value::text(missing.join(", "))),
            ("required", Value::text(limits.keys.join(", "))),
            ("tags", Value::Count(tags.len() as u64)),
        ],
    }))
}
