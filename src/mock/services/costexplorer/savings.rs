//! GetSavingsPlansCoverage and GetSavingsPlansUtilization.

use super::super::{Answer, Context};
use super::{
    amount, invalid,
    period::{self, format_time},
    refuse,
};
use crate::{
    domain::Timestamp,
    mock::{
        billing::BillingPeriod,
        protocol::{Value, value::fields},
    },
};
use std::collections::BTreeMap;

/// `GetSavingsPlansCoverage`: on-demand dollars of covered usage, of usage that could be covered,
/// and of both.
pub(super) fn coverage(context: &Context<'_>) -> Answer {
    let query = period::period(context)?;
    let step = granularity(context)?;
    let groups = context.input.children("GroupBy")?;
    if groups.len() > 1 || (!groups.is_empty() && step.is_some()) {
        return invalid(
            "GroupBy and Granularity cannot be used together, and only one group is supported",
        );
    }
    let by = groups
        .first()
        .map(|group| group.need_text("Key"))
        .transpose()?;
    if by.is_some_and(|key| !["SERVICE", "REGION", "INSTANCE_FAMILY"].contains(&key)) {
        return invalid("Savings Plans coverage is grouped by SERVICE, REGION or INSTANCE_FAMILY");
    }
    let simulation = context.simulation();
    let steps = step.map_or_else(
        || vec![(query.start, query.end)],
        |step| step.parts(query.start, query.end),
    );
    let mut items = Vec::new();
    for (start, end) in steps {
        let mut groups: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for usage in simulation.planned(start, end, context.now) {
            let name = match by {
                Some("SERVICE") => usage.service,
                Some("REGION") => usage.region,
                Some(_) => usage.family,
                None => String::new(),
            };
            let sum = groups.entry(name).or_default();
            *sum = (sum.0 + usage.covered, sum.1 + usage.on_demand);
        }
        if by.is_none() && groups.is_empty() {
            groups.insert(String::new(), (0.0, 0.0));
        }
        for (name, (covered, on_demand)) in groups {
            let attributes = by.map_or(Value::EMPTY, |key| {
                Value::Entries(vec![(key.to_owned().into(), name.into())])
            });
            items.push(fields! {
                "Attributes": attributes,
                "Coverage": coverage_fields(covered, on_demand),
                "TimePeriod": time_period(start, end),
            });
        }
    }
    let page = context.page(items, ("NextToken", "MaxResults"), 1_000, Value::show)?;
    Ok(fields! { "SavingsPlansCoverages": page.items, "NextToken": page.next })
}

fn coverage_fields(covered: f64, on_demand: f64) -> Value {
    let total = covered + on_demand;
    fields! {
        "SpendCoveredBySavingsPlans": amount(covered),
        "OnDemandCost": amount(on_demand),
        "TotalCost": amount(total),
        "CoveragePercentage": amount(percent(covered, total)),
    }
}

/// `part` in percent of `total`, 0 of nothing.
fn percent(part: f64, total: f64) -> f64 {
    if total > 0.0 {
        part / total * 100.0
    } else {
        0.0
    }
}

fn time_period(start: Timestamp, end: Timestamp) -> Value {
    fields! {
        "Start": format_time(start, BillingPeriod::Day),
        "End": format_time(end, BillingPeriod::Day),
    }
}

fn granularity(
    context: &Context<'_>,
) -> Result<Option<BillingPeriod>, crate::mock::protocol::Failure> {
    if !context.input.has("Granularity") {
        return Ok(None);
    }
    match period::granularity(context)? {
        BillingPeriod::Hour => invalid("Granularity should be either 'MONTHLY' or 'DAILY'"),
        step => Ok(Some(step)),
    }
}

/// `GetSavingsPlansUtilization`: the used part of the commitment, and its savings.
pub(super) fn utilization(context: &Context<'_>) -> Answer {
    let query = period::period(context)?;
    let step = granularity(context)?;
    let simulation = context.simulation();
    let used = |start, end| simulation.plan_use(start, end, context.now);
    let whole = used(query.start, query.end);
    if whole.commitment <= 0.0 {
        return refuse(
            "DataUnavailableException",
            "There are no Savings Plans in the requested period.",
        );
    }
    let node = |commitment: f64, used: f64, on_demand: f64| {
        fields! {
            "Utilization": fields! {
                "TotalCommitment": amount(commitment),
                "UsedCommitment": amount(used),
                "UnusedCommitment": amount(commitment - used),
                "UtilizationPercentage": amount(percent(used, commitment)),
            },
            "Savings": fields! {
                "NetSavings": amount(on_demand - commitment),
                "OnDemandCostEquivalent": amount(on_demand),
            },
            "AmortizedCommitment": fields! {
                "AmortizedRecurringCommitment": amount(commitment),
                "AmortizedUpfrontCommitment": "0",
                "TotalAmortizedCommitment": amount(commitment),
            },
        }
    };
    let by_time: Vec<Value> = step
        .map_or_else(Vec::new, |step| step.parts(query.start, query.end))
        .into_iter()
        .map(|(start, end)| {
            let part = used(start, end);
            let mut item = node(part.commitment, part.used, part.on_demand);
            item.set("TimePeriod", time_period(start, end));
            item
        })
        .collect();
    Ok(fields! {
        "SavingsPlansUtilizationsByTime": by_time,
        "Total": node(whole.commitment, whole.used, whole.on_demand),
    })
}
