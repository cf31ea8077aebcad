//! `right-size`: an instance type of the wrong size, by the mean utilisation of its accelerators
//! over a week.
//!
//! | mean utilisation | advice |
//! | --- | --- |
//! | under 30 % | the cheapest type of the family that carries the load: a finding |
//! | 30 to 70 % | tune: batch size, data loading, mixed precision |
//! | 70 to 90 % | right |
//! | over 90 % | consider the next larger type |
//!
//! A type carries the load if it has no more accelerators, vCPUs and memory than now, and the p95
//! of accelerators and CPU fits on it. Only the first row is waste; the others are notes. No
//! operation changes the type of an instance, so the remedy of the finding is a recipe without an
//! operation.
//!
//! Message: `g5.xlarge would do: GPU 12 % over 168 h (168 h of data), 24 % on it; $1.006/h instead
//! of $2.03/h`.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, data_evidence, device_name, format_hours, format_share,
        has_enough_data, instance_type, pass_with_note, require, require_hours, verdict_or_unknown,
    },
};
use crate::domain::{
    Evidence, HourlyCost, Measured, Reason, Value,
    evidence::{AdjacentType, AdjacentTypes},
    time::series::SeriesSummary,
};

const RULE: &str = "right-size";

/// Thresholds of this rule.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Mean utilisation under which the rule looks for a smaller type, in percent.
    pub downsize_below_percent: f64,
    /// Mean utilisation under which the rule advises tuning, in percent.
    pub tune_below_percent: f64,
    /// Mean utilisation from which the rule suggests a larger type, in percent.
    pub larger_above_percent: f64,
    /// Utilisation (p95) that the smaller type must not exceed, in percent.
    pub smaller_p95_max_percent: f64,
    /// Minimum hours of data: a week.
    pub min_data_hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            downsize_below_percent: 30.0,
            tune_below_percent: 70.0,
            larger_above_percent: 90.0,
            smaller_p95_max_percent: 90.0,
            min_data_hours: 168.0,
        }
    }
}

pub(super) fn check(case: &RuleContext, limits: &Thresholds) -> Option<Verdict> {
    let Evidence::Accelerators {
        utilization,
        cpu,
        neighbours,
        ..
    } = &case.head.evidence
    else {
        return None;
    };
    Some(verdict_or_unknown(
        RULE,
        judge(case, limits, utilization, cpu, neighbours),
    ))
}

fn judge(
    case: &RuleContext,
    limits: &Thresholds,
    utilization: &Measured<SeriesSummary>,
    cpu: &Measured<SeriesSummary>,
    neighbours: &AdjacentTypes,
) -> Result<Verdict, Reason> {
    let seen = require(utilization)?;
    require_hours(RULE, seen.hours, limits.min_data_hours)?;
    let percent = seen.mean * 100.0;
    let observed = format!(
        "{} {} over {} ({} of data)",
        device_name(instance_type(case)),
        format_share(seen.mean),
        format_hours(seen.window),
        format_hours(seen.hours)
    );
    if percent >= limits.downsize_below_percent {
        return Ok(pass_with_note(
            RULE,
            advice(limits, percent, &observed, neighbours),
        ));
    }
    let under = format!("{observed}, under {:.0} %", limits.downsize_below_percent);
    // The note reports the reason of the last type, the dearest of the smaller ones.
    let mut why = None;
    for smaller in &neighbours.smaller {
        match downsize(case, limits, seen, cpu, smaller) {
            Ok(finding) => return Ok(finding),
            Err(reason) => why = Some(reason),
        }
    }
    Ok(pass_with_note(
        RULE,
        why.map_or_else(
            || format!("{under}, and no smaller type in its family has a price here"),
            |why| format!("{under}, but {why}"),
        ),
    ))
}

/// The note on a machine that is not too large.
fn advice(limits: &Thresholds, percent: f64, observed: &str, neighbours: &AdjacentTypes) -> String {
    let between = |low: f64, high: f64| format!("{observed}, {low:.0}-{high:.0} %");
    if percent >= limits.larger_above_percent {
        let larger = neighbours.larger.as_ref().map_or(
            "no larger type in its family has a price here".to_owned(),
            |to| format!("{} at {:#}", to.unit, to.rate),
        );
        let above = limits.larger_above_percent;
        return format!("{observed}, over {above:.0} %: consider larger: {larger}");
    }
    if percent >= limits.tune_below_percent {
        let range = between(limits.tune_below_percent, limits.larger_above_percent);
        return format!("{range}: right");
    }
    let range = between(limits.downsize_below_percent, limits.tune_below_percent);
    format!("{range}: tune")
}

/// The p95 of CPU on `smaller`, `None` where the CPU is not known; or the reason it does not fit.
fn cpu_on(
    smaller: &AdjacentType,
    cpu: &Measured<SeriesSummary>,
    max: f64,
) -> Result<Option<f64>, String> {
    let name = smaller.unit.trim_start_matches("ml.");
    match cpu.known().map(|cpu| cpu.p95 / smaller.cpu_size) {
        Some(peak) if peak > max => {
            let peak = format_share(peak);
            Err(format!("its CPU would be at {peak} on {name}"))
        }
        // With as many accelerators only the CPU shrinks.
        None if smaller.size >= 1.0 => Err(format!("whether its CPU fits on {name} is unknown")),
        peak => Ok(peak),
    }
}

/// The finding for a smaller type, or the reason it does not fit.
fn downsize(
    case: &RuleContext,
    limits: &Thresholds,
    summary: &SeriesSummary,
    cpu: &Measured<SeriesSummary>,
    smaller: &AdjacentType,
) -> Result<Verdict, String> {
    let name = smaller.unit.trim_start_matches("ml.");
    let HourlyCost::Priced {
        unit: price,
        quantity,
        ..
    } = case.head.burn
    else {
        return Err("its price is unknown".to_owned());
    };
    if smaller.size <= 0.0 || smaller.cpu_size <= 0.0 || smaller.rate >= price {
        return Err(format!("{name} costs no less"));
    }
    let max = limits.smaller_p95_max_percent / 100.0;
    let (after, peak) = (summary.mean / smaller.size, summary.p95 / smaller.size);
    if peak > max {
        let (p95, peak) = (format_share(summary.p95), format_share(peak));
        return Err(format!("its p95 of {p95} would be {peak} on {name}"));
    }
    let cpu_peak = cpu_on(smaller, cpu, max)?;
    let waste = (price - smaller.rate) * quantity;
    let evidence = downsize_evidence(limits, summary, cpu, smaller);
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{name} would do: {} {} over {} ({} of data), {} on it; {:#} instead of {price:#}",
            device_name(instance_type(case)),
            format_share(summary.mean),
            format_hours(summary.window),
            format_hours(summary.hours),
            format_share(after),
            smaller.rate,
        ),
        waste: Waste::Amount(
            waste,
            format!("{quantity} x ({price:#} - {:#}) = {waste:#}", smaller.rate),
        ),
        confidence: if cpu_peak.is_some() && has_enough_data(summary.hours, limits.min_data_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: None,
        remedy: format!("change its type to {name} (stop, modify-instance-attribute, start)"),
        evidence,
    }))
}

fn downsize_evidence(
    limits: &Thresholds,
    summary: &SeriesSummary,
    cpu: &Measured<SeriesSummary>,
    smaller: &AdjacentType,
) -> Vec<(&'static str, Value)> {
    let mut evidence = vec![
        ("utilization_mean", Value::Percent(summary.mean)),
        ("utilization_p95", Value::Percent(summary.p95)),
        ("smaller_type", Value::Text(smaller.unit.clone())),
        ("smaller_price", Value::Rate(smaller.rate)),
        ("mean_after", Value::Percent(summary.mean / smaller.size)),
        ("p95_after", Value::Percent(summary.p95 / smaller.size)),
        ("cpu_p95", Value::read(cpu, |cpu| Value::Percent(cpu.p95))),
        (
            "threshold",
            Value::Percent(limits.downsize_below_percent / 100.0),
        ),
    ];
    evidence.extend(data_evidence(summary));
    evidence
}
