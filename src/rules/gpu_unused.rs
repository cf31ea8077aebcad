//! `gpu-unused`: a job on a machine with accelerators that it never touches.
//!
//! Machines that people start are `gpu-idle`'s.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, device, enough, hours, known, over, share, unit,
        verdict,
    },
};
use crate::domain::{Evidence, Reason, Value, Operation, evidence::JobEvidence};

const RULE: &str = "gpu-unused";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Highest utilisation that still counts as never used, in percent.
    pub below_percent: f64,
    /// Hours of data it needs: loading and setting up come first.
    pub hours: f64,
    /// Hours after which it is sure.
    pub sure_hours: f64,
    /// CPU use from which the work is the CPU's, in percent.
    pub busy_cpu_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            below_percent: 2.0,
            hours: 1.0,
            sure_hours: 4.0,
            busy_cpu_percent: 20.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Job(job) = &case.head.evidence else {
        return None;
    };
    (job.accelerators > 0.0 && case.is_billed()).then(|| verdict(RULE, judge(case, limits, job)))
}

fn judge(case: &RuleContext, limits: &Thresholds, job: &JobEvidence) -> Result<Verdict, Reason> {
    let seen = known(&job.utilization)?;
    let below = limits.below_percent / 100.0;
    if seen.max >= below {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    over(RULE, seen.hours, limits.hours)?;
    let device = device(unit(case));
    let busy = job
        .cpu
        .known()
        .filter(|cpu| cpu.mean * 100.0 >= limits.busy_cpu_percent);
    let aside = busy.map_or(String::new(), |cpu| {
        format!(
            "; CPU {}: a type without {device} would do",
            share(cpu.mean)
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
    evidence.extend(amount(seen));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{device} never used in {} ({} of data): {} at most{aside}",
            hours(job.elapsed / 3600.0),
            hours(seen.hours),
            share(seen.max)
        ),
        waste: Waste::Whole,
        confidence: if enough(seen.hours, limits.sure_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Stop),
        remedy: if busy.is_some() {
            format!("stop it, and run it on a type without {device}")
        } else {
            "stop it".to_owned()
        },
        evidence,
    }))
}
