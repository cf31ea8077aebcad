//! `duplicate-jobs`: running jobs of different owners that do the same work.
//!
//! Of jobs with the same image and input data the oldest is kept and the others are waste. Jobs of
//! one owner are a sweep or a fleet, not duplicates; so are jobs without a known owner if their
//! names differ in their digits only.
//!
//! Message: `same work as bert-1 of ana, which began first: 2 jobs with the same image and input
//! data`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, pass, pass_with_note, require, verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, Operation, Reason, Timestamp, Value,
    evidence::{DuplicateJob, JobEvidence},
};
use std::cmp::Ordering;

const RULE: &str = "duplicate-jobs";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Minimum number of jobs that do the same work, this one included.
    pub min_jobs: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { min_jobs: 2 }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    case.is_billed()
        .then(|| verdict_or_unknown(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let duplicates: Vec<&DuplicateJob> = require(&job.twins)?
        .iter()
        .filter(|other| is_duplicate(case, other))
        .collect();
    let own = (job.created.or(case.head.since), &*case.head.name);
    let oldest = duplicates
        .iter()
        .copied()
        .min_by(|a, b| compare_age((a.created, &a.name), (b.created, &b.name)));
    let Some(kept) = oldest.filter(|_| duplicates.len() + 1 >= limits.min_jobs.max(2) as usize)
    else {
        return Ok(pass(RULE));
    };
    let all = duplicates.len() + 1;
    if compare_age(own, (kept.created, &kept.name)) != Ordering::Greater {
        return Ok(pass_with_note(
            RULE,
            format!("the oldest of {all} jobs that do the same work"),
        ));
    }
    let owners_known =
        case.head.owner.is_some() && duplicates.iter().all(|other| other.owner.is_some());
    let of = kept
        .owner
        .as_ref()
        .map_or(String::new(), |owner| format!(" of {owner}"));
    let names: Vec<&str> = duplicates.iter().map(|other| &*other.name).collect();
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "same work as {}{of}, which began first: {all} jobs with the same image and input data",
            kept.name
        ),
        waste: Waste::Whole,
        confidence: if owners_known {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Stop),
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

/// Compares by age, oldest first. A job without a date is the youngest; equal dates compare by
/// name, so that exactly one job is the oldest.
fn compare_age(a: (Option<Timestamp>, &str), b: (Option<Timestamp>, &str)) -> Ordering {
    (a.0.is_none(), a.0, a.1).cmp(&(b.0.is_none(), b.0, b.1))
}

fn is_duplicate(case: &RuleContext, job: &DuplicateJob) -> bool {
    match (&case.head.owner, &job.owner) {
        (Some(own), Some(other)) => !own.eq_ignore_ascii_case(other),
        _ => letters(&case.head.name) != letters(&job.name),
    }
}

/// The letters of a name.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphabetic()).collect()
}
