//! `gpu-unused`: a job that never uses the accelerators of its instances.
//!
//! A job that uses its CPU wastes the difference between the price of its type and that of the
//! cheapest type without accelerators that has its vCPUs; any other wastes its whole burn.
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
use crate::domain::{
    Evidence, HourlyCost, Operation, Reason, UsdPerHour, Value, evidence::JobEvidence,
    time::series::SeriesSummary,
};

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
    let is_paid = case.is_billed() || case.prepaid().is_some();
    (job.accelerators > 0.0 && is_paid).then(|| verdict_or_unknown(RULE, judge(case, limits, job)))
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
    let Remedy {
        note,
        waste,
        fix,
        text,
    } = match busy {
        Some(cpu) => without_accelerators(case, job, device, cpu),
        None => Remedy {
            note: String::new(),
            waste: Waste::Whole,
            fix: case.available(Operation::Stop),
            text: "stop it".to_owned(),
        },
    };
    Ok(case.finding(FindingDraft {
        rule: RULE,
        message: format!(
            "{device} never used in {} ({} of data): {} at most{note}",
            format_hours(job.elapsed / 3600.0),
            format_hours(seen.hours),
            format_share(seen.max)
        ),
        waste,
        confidence: if has_enough_data(seen.hours, limits.high_confidence_hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix,
        remedy: text,
        evidence: evidence(job, seen, below),
    }))
}

fn evidence(job: &JobEvidence, seen: &SeriesSummary, threshold: f64) -> Vec<(&'static str, Value)> {
    let cpu_type = job.cpu_type.as_ref();
    let mut evidence = vec![
        ("accelerators", Value::Number(job.accelerators)),
        ("utilization_max", Value::Percent(seen.max)),
        ("utilization_mean", Value::Percent(seen.mean)),
        (
            "cpu_mean",
            Value::read(&job.cpu, |cpu| Value::Percent(cpu.mean)),
        ),
        ("running", Value::Span(job.elapsed)),
        (
            "cpu_type",
            Value::opt(cpu_type, |one| Value::Text(one.unit.clone())),
        ),
        (
            "cpu_type_price",
            Value::opt(cpu_type, |one| Value::Rate(one.rate)),
        ),
        ("threshold", Value::Percent(threshold)),
    ];
    evidence.extend(data_evidence(seen));
    evidence
}

/// A remedy and its saving.
struct Remedy {
    /// The end of the message.
    note: String,
    waste: Waste,
    fix: Option<Operation>,
    text: String,
}

/// The remedy for a job that uses its CPU: another type. No operation moves a job to another type,
/// and `stop` would end useful work.
fn without_accelerators(
    case: &RuleContext,
    job: &JobEvidence,
    device: &str,
    cpu: &SeriesSummary,
) -> Remedy {
    let share = format_share(cpu.mean);
    let (HourlyCost::Priced { unit, quantity, .. }, Some(other)) =
        (&case.head.burn, job.cpu_type.as_ref())
    else {
        return Remedy {
            note: format!("; CPU {share}: a type without {device} would do"),
            waste: match case.rate() {
                Some(exposure) => Waste::Nothing {
                    exposure,
                    saving: UsdPerHour::ZERO,
                    arithmetic: "no type without accelerators has a price here".to_owned(),
                },
                // Without the price of its own type there is no difference to other types.
                None => Waste::Whole,
            },
            fix: None,
            text: format!("run it on a type without {device}"),
        };
    };
    let saving = UsdPerHour(((*unit - other.rate) * *quantity).0.max(0.0));
    let name = &other.unit;
    Remedy {
        note: format!(
            "; CPU {share}: {name} has as many vCPUs at {:#}",
            other.rate
        ),
        waste: Waste::Amount(
            saving,
            format!("{quantity} x ({unit:#} - {:#}) = {saving:#}", other.rate),
        ),
        fix: None,
        text: format!("start its next run on {name}"),
    }
}
