//! Cost anomalies, their monitors and subscriptions.

use super::super::{Answer, Context};
use super::{period, refuse};
use crate::{
    domain::Timestamp,
    mock::{
        billing::settled_until,
        protocol::{Failure, Input, Value, value::fields},
        simulation::{Anomaly, Monitor, RootCause, after},
    },
};

const PAGING: (&str, &str) = ("NextPageToken", "MaxResults");

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT00:00:00Z").to_string()
}

/// `GetAnomalies`: the anomalies that end within the interval.
pub(super) fn list(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let interval = input.need_child("DateInterval")?;
    let (start, _) = period::need_time(&interval, "StartDate")?;
    let end = if interval.has("EndDate") {
        period::need_time(&interval, "EndDate")?.0
    } else {
        context.now
    };
    if start > end {
        return super::invalid("Start date should be before end date");
    }
    let monitor = input.text("MonitorArn")?;
    let feedback = input.text("Feedback")?;
    let impact = input
        .child("TotalImpact")?
        .map(|impact| impact_filter(&impact))
        .transpose()?;
    let last = after(end, 86_399.0);
    let mut anomalies = known(context);
    anomalies.retain(|one| {
        one.end >= start
            && one.end <= last
            && monitor.is_none_or(|arn| one.monitor_arn == arn)
            && feedback.is_none_or(|given| one.feedback.as_deref() == Some(given))
            && impact.as_ref().is_none_or(|fits| fits(one.total_impact))
    });
    let page = context.page(anomalies, PAGING, 100, |one| one.id.clone())?;
    let items: Vec<Value> = page.items.iter().map(anomaly).collect();
    Ok(fields! { "Anomalies": items, "NextPageToken": page.next })
}

/// The anomalies of the caller's account, and of the members that it pays for, whose bills its
/// monitor watches too: the newest first.
fn known(context: &Context<'_>) -> Vec<Anomaly> {
    let simulation = context.simulation();
    let mut anomalies = simulation.anomalies(context.now);
    let monitor = simulation.monitors().first();
    if let Some(monitor) = monitor.filter(|_| context.is_payer()) {
        for member in context.organization.members() {
            let found = member.simulation().anomalies(context.now).into_iter();
            anomalies.extend(found.map(|anomaly| Anomaly {
                monitor_arn: monitor.arn.clone(),
                ..anomaly
            }));
        }
        anomalies.sort_by_key(|one| std::cmp::Reverse(one.start));
    }
    anomalies
}

type ImpactFilter = Box<dyn Fn(f64) -> bool>;

fn impact_filter(input: &Input<'_>) -> Result<ImpactFilter, Failure> {
    let operator = input.need_text("NumericOperator")?;
    let min = input
        .float("StartValue")?
        .ok_or_else(|| Failure::Missing(input.path("StartValue")))?;
    let max = input.float("EndValue")?.unwrap_or(f64::MAX);
    Ok(match operator {
        "EQUAL" => Box::new(move |n| n == min),
        "GREATER_THAN_OR_EQUAL" => Box::new(move |n| n >= min),
        "LESS_THAN_OR_EQUAL" => Box::new(move |n| n <= min),
        "GREATER_THAN" => Box::new(move |n| n > min),
        "LESS_THAN" => Box::new(move |n| n < min),
        _ => Box::new(move |n| n >= min && n <= max),
    })
}

fn anomaly(one: &Anomaly) -> Value {
    fields! {
        "AnomalyId": &one.id,
        "AnomalyStartDate": day(one.start),
        "AnomalyEndDate": day(one.end),
        "DimensionValue": &one.dimension_value,
        "RootCauses": one.root_causes.iter().map(cause).collect::<Vec<_>>(),
        "AnomalyScore": fields! { "MaxScore": one.max_score, "CurrentScore": one.current_score },
        "Impact": fields! {
            "MaxImpact": cents(one.max_impact),
            "TotalImpact": cents(one.total_impact),
            "TotalActualSpend": cents(one.actual),
            "TotalExpectedSpend": cents(one.expected),
            "TotalImpactPercentage": one.percentage().map(cents),
        },
        "MonitorArn": &one.monitor_arn,
        "Feedback": one.feedback.clone(),
    }
}

fn cause(one: &RootCause) -> Value {
    fields! {
        "Service": &one.service,
        "Region": &one.region,
        "LinkedAccount": &one.account,
        "LinkedAccountName": &one.account_name,
        "UsageType": &one.usage_type,
        "Impact": fields! { "Contribution": cents(one.contribution) },
    }
}

fn cents(n: f64) -> f64 {
    (n * 100.0).round() / 100.0
}

/// `GetAnomalyMonitors`
pub(super) fn monitors(context: &Context<'_>) -> Answer {
    let arns = context.input.texts("MonitorArnList")?;
    let simulation = context.simulation();
    let known = |arn: &&&str| !simulation.monitors().iter().any(|one| one.arn == **arn);
    if let Some(arn) = arns.iter().find(known) {
        return refuse(
            "UnknownMonitorException",
            format!("Cannot find the monitor {arn}"),
        );
    }
    let listed: Vec<&Monitor> = simulation
        .monitors()
        .iter()
        .filter(|one| arns.is_empty() || arns.contains(&one.arn.as_str()))
        .collect();
    let page = context.page(listed, PAGING, 100, |one| one.arn.clone())?;
    let evaluated = settled_until(context.now);
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| {
            fields! {
                "MonitorArn": &one.arn,
                "MonitorName": &one.name,
                "CreationDate": one.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "LastUpdatedDate": one.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "LastEvaluatedDate": evaluated.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "MonitorType": "DIMENSIONAL",
                "MonitorDimension": one.dimension,
                "DimensionalValueCount": 0_u32,
            }
        })
        .collect();
    Ok(fields! { "AnomalyMonitors": items, "NextPageToken": page.next })
}

/// `ProvideAnomalyFeedback`
pub(super) fn feedback(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("AnomalyId")?;
    let given = context.input.need_text("Feedback")?;
    let mut found = context.simulation_mut().give_feedback(id, given);
    if context.is_payer() {
        for member in context.organization.members() {
            found |= member.simulation_mut().give_feedback(id, given);
        }
    }
    if !found {
        return super::invalid(format!("Cannot find the anomaly {id}"));
    }
    Ok(fields! { "AnomalyId": id.to_owned() })
}
