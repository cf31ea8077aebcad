//! `duplicate-jobs`: the same work, done twice at once.
//!
//! Of jobs with the same image and input data the oldest is kept and the others are waste. Those of
//! one owner are a sweep or a fleet and no duplicates, and so are those of no known owner whose
//! names differ in their numbers only.

use super::{
    Confidence, Verdict,
    context::{FindingDraft, RuleContext, Waste, fine, known, verdict},
};
use crate::domain::{
    Evidence, Reason, Timestamp, Value, Operation,
    evidence::{DuplicateJob, JobEvidence},
};
use std::cmp::Ordering;

const RULE: &str = "duplicate-jobs";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Jobs that do the same work, itself among them.
    pub jobs: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { jobs: 2 }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    case.is_billed()
        .then(|| verdict(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let twins: Vec<&DuplicateJob> = known(&job.twins)?
        .iter()
        .filter(|twin| is_duplicate(case, twin))
        .collect();
    let own = (job.created.or(case.head.since), &*case.head.name);
    let oldest = twins
        .iter()
        .copied()
        .min_by(|a, b| older((a.created, &a.name), (b.created, &b.name)));
    let Some(kept) = oldest.filter(|_| twins.len() + 1 >= limits.jobs.max(2) as usize) else {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    };
    let all = twins.len() + 1;
    if older(own, (kept.created, &kept.name)) != Ordering::Greater {
        return Ok(fine(
            RULE,
            format!("the oldest of {all} that do the same work: the one to keep"),
        ));
    }
    let owners = case.head.owner.is_some() && twins.iter().all(|twin| twin.owner.is_some());
    let of = kept
        .owner
        .as_ref()
        .map_or(String::new(), |owner| format!(" of {owner}"));
    let names: Vec<&str> = twins.iter().map(|twin| &*twin.name).collect();
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "same work as {}{of}, which began first: {all} jobs with the same image and input data",
            kept.name
        ),
        waste: Waste::Whole,
        confidence: if owners {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Stop),
        remedy: format!("stop it and share what {} makes", kept.name),
        evidence: vec![
            ("jobs", Value::Count(all as u64)),
            ("keep", Value::Text(kept.name.clone())),
            ("owner", Value::opt(case.head.owner.clone(), Value::Text)),
            (
                "owner_of_the_first",
                Value::opt(kept.owner.clone(), Value::Text),
            ),
            ("created", Value::opt(own.0, Value::Moment)),
            ("first_created", Value::opt(kept.created, Value::Moment)),
            ("same_work", Value::text(names.join(", "))),
        ],
    }))
}

/// By age; what has no date is the youngest, and names decide between equals, so that exactly one
/// is the oldest.
fn older(a: (Option<Timestamp>, &str), b: (Option<Timestamp>, &str)) -> Ordering {
    (a.0.is_none(), a.0, a.1).cmp(&(b.0.is_none(), b.0, b.1))
}

fn is_duplicate(case: &RuleContext, twin: &DuplicateJob) -> bool {
    match (&case.head.owner, &twin.owner) {
        (Some(own), Some(other)) => !own.eq_ignore_ascii_case(other),
        _ => stem(&case.head.name) != stem(&twin.name),
    }
}

/// A name without its numbers.
fn stem(name: &str) -> String {
    name.chars().filter(|c| c.is_alphabetic()).collect()
}
