//! `gpu-idle`: accelerators that are paid for and hardly used.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, device, hours, known, over, share, unit, verdict,
    },
};
use crate::domain::{Evidence, Measured, Reason, Value, Operation, time::series::SeriesSummary};

const RULE: &str = "gpu-idle";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Mean utilisation under which accelerators count as idle, in percent.
    pub below_percent: f64,
    /// Hours of data it needs.
    pub hours: f64,
    /// CPU use above which the machine may be busy all the same, in percent.
    pub busy_cpu_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            below_percent: 5.0,
            hours: 6.0,
            busy_cpu_percent: 50.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Accelerators {
        utilization,
        cpu,
        running,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    Some(verdict(
        RULE,
        judge(case, limits, utilization, cpu, *running),
    ))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    utilization: &Measured<SeriesSummary>,
    cpu: &Measured<SeriesSummary>,
    running: f64,
) -> Result<Verdict, Reason> {
    let seen = known(utilization)?;
    over(RULE, seen.hours, limits.hours)?;
    let below = limits.below_percent / 100.0;
    if seen.mean >= below {
        return Ok(Verdict::Fine {
            rule: RULE,
            note: None,
        });
    }
    let window = seen.window.min(running / 3600.0).max(seen.hours);
    let busy = cpu
        .known()
        .is_some_and(|cpu| cpu.mean * 100.0 >= limits.busy_cpu_percent);
    let confidence = match (busy, seen.p95 < below && seen.hours >= window / 2.0) {
        (true, _) => Confidence::Low,
        (false, true) => Confidence::High,
        (false, false) => Confidence::Medium,
    };
    let device = device(unit(case));
    let aside = if busy { ", but its CPU is busy" } else { "" };
    let mut evidence = vec![
        ("utilization_mean", Value::Percent(seen.mean)),
        ("utilization_p95", Value::Percent(seen.p95)),
        ("utilization_max", Value::Percent(seen.max)),
        ("cpu_mean", Value::read(cpu, |cpu| Value::Percent(cpu.mean))),
        ("running", Value::Span(running)),
        ("threshold", Value::Percent(below)),
    ];
    evidence.extend(amount(seen));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{device} {} for {} ({} of data){aside}",
            share(seen.mean),
            hours(window),
            hours(seen.hours)
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.offered(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence,
    }))
}
