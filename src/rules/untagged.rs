//! `untagged`: money that nobody can be asked about.
//!
//! A key is there if a tag has it in any case, with or without `-`, `_` or blanks, and in either
//! English; a blank value is none.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, known, verdict},
};
use crate::domain::{Evidence, Reason, Tags, UsdPerHour, Value, Operation};

const RULE: &str = "untagged";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Tag keys that everything billed must have; an empty list asks for none.
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
pub fn missing<'a>(tags: &Tags, required: &'a [String]) -> Vec<&'a str> {
    let there: Vec<String> = tags
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(key, _)| plain(key))
        .collect();
    required
        .iter()
        .map(String::as_str)
        .filter(|key| !there.contains(&plain(key)))
        .collect()
}

/// `CostCentre`, `cost_center` and `cost-centre` are one key.
fn plain(key: &str) -> String {
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
        .then(|| verdict(RULE, judge(case, limits)))
}

fn judge(case: &RuleContext, limits: &Thresholds) -> Result<Verdict, Reason> {
    let tags = known(&case.head.tags)?;
    let missing = missing(tags, &limits.keys);
    if missing.is_empty() {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let rate = case.rate().ok_or_else(|| {
        Reason::new(format!(
            "no {} tag; its price is not known",
            missing.join(", ")
        ))
    })?;
    let some = limits.keys.len() - missing.len();
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "no {} tag: {rate:#} without an answer to whose it is",
            missing.join(", ")
        ),
        waste: Waste::Nothing {
            exposure: rate,
            saving: UsdPerHour::ZERO,
            arithmetic: format!(
                "{rate:#} of a row with {some} of {} required tags",
                limits.keys.len()
            ),
        },
        confidence: Confidence::High,
        fix: case.offered(Operation::Tag),
        remedy: format!(
            "tag it with {}; that saves nothing by itself",
            missing.join(", ")
        ),
        evidence: vec![
            ("missing", Value::text(missing.join(", "))),
            ("required", Value::text(limits.keys.join(", "))),
            ("tags", Value::Count(tags.len() as u64)),
        ],
    }))
}
