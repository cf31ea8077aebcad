//! `gpu-unused`: a job that never uses the accelerators of its instances.
//!
//! `gpu-idle` covers EC2 instances.
//!
//! Message: `GPU never used in 5 h (4.9 h of data): 1 % at most`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, device_name, format_hours, format_share,
        has_enough_data, instance_type, pass, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Operation, Reason, Value, evidence::JobEvidence};

const RULE: &str = "gpu-unused";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Maximum utilisation that counts as unused, in percent.
    pub max_utilization_percent: f64,
    /// Minimum hours of data: jobs set up and load data first.
    pub min_data_hours: f64,
    /// Hours of data from which confidence is high.
    pub high_confidence_hours: f64,
    /// CPU utilisation from which the job is a CPU job, in percent.
    pub busy_cpu_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            max_utilization_percent: 2.0,
            min_data_hours: 1.0,
            high_confidence_hours: 4.0,
            busy_cpu_percent: 20.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    (job.accelerators > 0.0 && case.is_billed())
        .then(|| verdict_or_unknown(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let seen = require(&job.utilization)?;
    let below = limits.max_utilization_percent / 100.0;
    if seen.max >= below {
        return Ok(pass(RULE));
    }
    require_hours(RULE, seen.hours, limits.min_data_hours)?;
    let device = device_name(instance_type(case));
    let busy = job
        .cpu
        .known()
        .filter(|cpu| cpu.mean * 100.0 >= limits.busy_cpu_percent);
    let cpu_note = busy.map_or(String::new(), |cpu| {
        format!(
            "; CPU {}: a type without {device} would do",
            format_share(cpu.mean)
        )
    });
    let mut evidence = vec![
        ("accelerators", Value::Number(job.accelerators)),
        ("utilization_max", Value::Percent(seen.max)),
        ("utilization_mean", Value::Percent(seen.mean)),
        (
            "cpu_mean",
            Value::read(&job.cpu, |cpu| Value::Percent(cpu.mean)),
        ),
        ("running", Value::Span(job.elapsed)),
        ("threshold", Value::Percent(below)),
    ];
    evidence.extend(data_evidence(seen));
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{device} never used in {} ({} of data): {} at most{cpu_note}",
            format_hours(job.elapsed / 3600.0),
            format_hours(seen.hours),
            format_share(seen.max)
        ),
        waste: Waste::Whole,
        confidence: if has_enough_data(seen.hours, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.available(Operation::Stop),
        remedy: if busy.is_some() {
            format!("stop it, and run it on a type without {device}")
        } else {
            "stop it".to_owned()
        },
        evidence,
    }))
}
