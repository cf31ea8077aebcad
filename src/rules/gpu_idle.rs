//! `gpu-idle`: instances with hardly used accelerators.
//!
//! Message: `GPU 3 % for 61 h (60 h of data)`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, device_name, format_hours, format_share,
        instance_type, pass, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{Evidence, Measured, Operation, Reason, Value, time::series::SeriesSummary};

const RULE: &str = "gpu-idle";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Mean utilisation under which accelerators count as idle, in percent.
    pub max_utilization_percent: f64,
    /// Minimum hours of data.
    pub min_data_hours: f64,
    /// CPU utilisation from which confidence is low: the instance may be in use, in percent.
    pub busy_cpu_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            max_utilization_percent: 5.0,
            min_data_hours: 6.0,
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
    Some(verdict_or_unknown(
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
    let seen = require(utilization)?;
    require_hours(RULE, seen.hours, limits.min_data_hours)?;
    let below = limits.max_utilization_percent / 100.0;
    if seen.mean >= below {
        return Ok(pass(RULE));
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
    let device = device_name(instance_type(case));
    let cpu_note = if busy { ", but its CPU is busy" } else { "" };
    let mut evidence = vec![
        ("utilization_mean", Value::Percent(seen.mean)),
        ("utilization_p95", Value::Percent(seen.p95)),
        ("utilization_max", Value::Percent(seen.max)),
        ("cpu_mean", Value::read(cpu, |cpu| Value::Percent(cpu.mean))),
        ("running", Value::Span(running)),
        ("threshold", Value::Percent(below)),
    ];
    evidence.extend(data_evidence(seen));
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{device} {} for {} ({} of data){cpu_note}",
            format_share(seen.mean),
            format_hours(window),
            format_hours(seen.hours)
        ),
        waste: Waste::Whole,
        confidence,
        fix: case.available(Operation::Stop),
        remedy: "stop it".to_owned(),
        evidence,
    }))
}
