//! `right-size`: a machine of the wrong size, by the matrix of its accelerators' mean use over a
//! week.
//!
//! | mean use | what to do |
//! | --- | --- |
//! | under 30 % | the next smaller type, where the load fits on it: a finding |
//! | 30 to 70 % | tune: batch size, data loading, mixed precision |
//! | 70 to 90 % | right |
//! | over 90 % | consider the next larger type |
//!
//! Only the first is waste; the others are notes.

use super::{
    Confidence, Verdict,
    context::{
        FindingDraft, RuleContext, Waste, amount, device, enough, fine, hours, known, over, share,
        unit, verdict,
    },
};
use crate::domain::{
    Evidence, HourlyCost, Measured, Reason, Value, Operation,
    evidence::{AdjacentType, AdjacentTypes},
    time::series::SeriesSummary,
};

const RULE: &str = "right-size";

/// When it speaks.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Mean utilisation under which a smaller type is looked for, in percent.
    pub downsize_below_percent: f64,
    /// Mean utilisation under which tuning comes first, in percent.
    pub tune_below_percent: f64,
    /// Mean utilisation above which a larger type is worth a thought, in percent.
    pub larger_above_percent: f64,
    /// Utilisation (p95) that the smaller type must stay under, in percent.
    pub fits_percent: f64,
    /// Hours of data it needs: a week.
    pub hours: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            downsize_below_percent: 30.0,
            tune_below_percent: 70.0,
            larger_above_percent: 90.0,
            fits_percent: 90.0,
            hours: 168.0,
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
    Some(verdict(
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
    let seen = known(utilization)?;
    over(RULE, seen.hours, limits.hours)?;
    let percent = seen.mean * 100.0;
    let told = format!(
        "{} {} over {} ({} of data)",
        device(unit(case)),
        share(seen.mean),
        hours(seen.window),
        hours(seen.hours)
    );
    let between = |low: f64, high: f64| format!("{low:.0}-{high:.0} %");
    if percent >= limits.larger_above_percent {
        let larger = neighbours.larger.as_ref();
        let larger = larger.map_or(
            "no larger type in its family has a price here".to_owned(),
            |to| format!("{} at {:#}", to.unit, to.rate),
        );
        return Ok(fine(
            RULE,
            format!(
                "{told}, over {:.0} %: consider larger: {larger}",
                limits.larger_above_percent
            ),
        ));
    }
    if percent >= limits.tune_below_percent {
        return Ok(fine(
            RULE,
            format!(
                "{told}, {}: right",
                between(limits.tune_below_percent, limits.larger_above_percent)
            ),
        ));
    }
    if percent >= limits.downsize_below_percent {
        return Ok(fine(
            RULE,
            format!(
                "{told}, {}: tune",
                between(limits.downsize_below_percent, limits.tune_below_percent)
            ),
        ));
    }
    let under = format!("{told}, under {:.0} %", limits.downsize_below_percent);
    let Some(smaller) = &neighbours.smaller else {
        return Ok(fine(
            RULE,
            format!("{under}, and no smaller type in its family has a price here"),
        ));
    };
    Ok(downsize(case, limits, seen, cpu, smaller)
        .unwrap_or_else(|why| fine(RULE, format!("{under}, but {why}"))))
}

/// The finding, or what speaks against it.
fn downsize(
    case: &RuleContext,
    limits: &Thresholds,
    seen: &SeriesSummary,
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
        return Err("its price is not known".to_owned());
    };
    if smaller.size <= 0.0 || smaller.rate >= price {
        return Err(format!("{name} costs no less"));
    }
    let fits = limits.fits_percent / 100.0;
    let (after, peak) = (seen.mean / smaller.size, seen.p95 / smaller.size);
    if peak > fits {
        return Err(format!(
            "its p95 of {} would be {} on {name}",
            share(seen.p95),
            share(peak)
        ));
    }
    // The price stands in for how much less of everything else the smaller type has.
    let cpu_peak = cpu.known().map(|cpu| cpu.p95 * price.0 / smaller.rate.0);
    if let Some(cpu_peak) = cpu_peak.filter(|peak| *peak > fits) {
        return Err(format!("its CPU would be at {} on {name}", share(cpu_peak)));
    }
    let waste = (price - smaller.rate) * quantity;
    let mut evidence = vec![
        ("utilization_mean", Value::Percent(seen.mean)),
        ("utilization_p95", Value::Percent(seen.p95)),
        ("smaller_type", Value::Text(smaller.unit.clone())),
        ("smaller_price", Value::Rate(smaller.rate)),
        ("mean_after", Value::Percent(after)),
        ("p95_after", Value::Percent(peak)),
        ("cpu_p95", Value::read(cpu, |cpu| Value::Percent(cpu.p95))),
        (
            "threshold",
            Value::Percent(limits.downsize_below_percent / 100.0),
        ),
    ];
    evidence.extend(amount(seen));
    Ok(case.found(FindingDraft {
        rule: RULE,
        sentence: format!(
            "{name} would do: {} {} over {} ({} of data), {} on it; {:#} instead of {price:#}",
            device(unit(case)),
            share(seen.mean),
            hours(seen.window),
            hours(seen.hours),
            share(after),
            smaller.rate,
        ),
        waste: Waste::Amount(
            waste,
            format!("{quantity} x ({price:#} - {:#}) = {waste:#}", smaller.rate),
        ),
        confidence: if cpu_peak.is_some() && enough(seen.hours, limits.hours) {
            Confidence::High
        } else {
            Confidence::Medium
        },
        fix: case.offered(Operation::Stop),
        remedy: format!("run it on {name}"),
        evidence,
    }))
}
