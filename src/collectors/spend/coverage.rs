//! How far Savings Plans and reservations cover the AI/ML lines, over the last seven days: four
//! pages of Cost Explorer.
//!
//! An account without any answers "no data", which is no fault.

use super::{
    billing_data::{CoverageData, UsageLine},
    queries::{QueryResult, dimension_filter, interval, number},
};
use crate::aws::Api;
use crate::{
    aws::{Session, convert::time::add_seconds, fault},
    domain::{Fault, FaultKind, Service, Timestamp},
};
use aws_sdk_costexplorer::types::{Dimension, Expression, GroupDefinition, GroupDefinitionType};
use std::collections::BTreeSet;

/// Days looked back on.
const DAYS: i64 = 7;
const DAY: i64 = 86_400;
const HOURS: f64 = 168.0;
/// Most pages read of one question.
const PAGES: usize = 3;
/// Savings Plans of SageMaker cover SageMaker, those of EC2 cover instances; Bedrock has none.
const EC2: &str = "Amazon Elastic Compute Cloud - Compute";

/// All four questions, as far as `lines` have something that could be covered.
pub(super) async fn ask(
    session: &Session,
    now: Timestamp,
    lines: &[UsageLine],
) -> (Vec<CoverageData>, Vec<Fault>) {
    let services: BTreeSet<String> = lines
        .iter()
        .filter(|line| {
            matches!(
                Service::of_line(&line.service, &line.usage),
                Some(Service::Ec2 | Service::SageMaker)
            )
        })
        .map(|line| line.service.clone())
        .collect();
    if services.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let (from, to) = (add_seconds(now, -DAYS * DAY), now);
    let machines = services.contains(EC2);
    let (plans, used, reserved) = tokio::join!(
        plans(session, from, to, &services),
        plans_used(session, from, to),
        async {
            if machines {
                reservations(session, from, to).await
            } else {
                Ok(Vec::new())
            }
        },
    );
    let (mut covered, mut faults) = (Vec::new(), Vec::new());
    // Without any plan there is nothing to say of what none of them covers.
    let none = used
        .as_ref()
        .is_err_and(|fault| fault.kind == FaultKind::Unavailable);
    let plans = plans.map(|plans| {
        plans
            .into_iter()
            .filter(|one| !none || one.share.is_some_and(|share| share > 0.0))
            .collect()
    });
    for answer in [plans, used, reserved] {
        match answer {
            Ok(some) => covered.extend(some),
            Err(fault) => faults.push(fault),
        }
    }
    (covered, faults)
}

async fn plans(
    session: &Session,
    from: Timestamp,
    to: Timestamp,
    services: &BTreeSet<String>,
) -> QueryResult<Vec<CoverageData>> {
    let by = GroupDefinition::builder()
        .r#type(GroupDefinitionType::Dimension)
        .key("SERVICE")
        .build();
    let mut pages = session
        .costs
        .get_savings_plans_coverage()
        .time_period(interval(from, to)?)
        .group_by(by)
        .into_paginator()
        .send();
    let mut covered: Vec<(String, f64, f64)> = Vec::new();
    for _ in 0..PAGES {
        let Some(page) = pages.next().await else {
            break;
        };
        let page = page.map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansCoverage, &error))?;
        for one in page.savings_plans_coverages() {
            let Some(service) = one
                .attributes()
                .and_then(|of| of.get("SERVICE"))
                .filter(|service| services.contains(*service))
            else {
                continue;
            };
            let part = |read: Option<&str>| number(read).unwrap_or_default();
            let (by_plans, total) = one.coverage().map_or((0.0, 0.0), |of| {
                (
                    part(of.spend_covered_by_savings_plans()),
                    part(of.total_cost()),
                )
            });
            match covered.iter_mut().find(|(known, ..)| known == service) {
                Some(known) => *known = (service.clone(), known.1 + by_plans, known.2 + total),
                None => covered.push((service.clone(), by_plans, total)),
            }
        }
    }
    let of = |(service, by_plans, total): (String, f64, f64)| {
        let share = (total > 0.0).then(|| by_plans / total);
        CoverageData {
            plans: true,
            service,
            share,
            used: None,
            unused: None,
        }
    };
    Ok(covered.into_iter().map(of).collect())
}

/// All Savings Plans of the account together: Cost Explorer does not say whose commitment it is.
async fn plans_used(
    session: &Session,
    from: Timestamp,
    to: Timestamp,
) -> QueryResult<Vec<CoverageData>> {
    let asked = session
        .costs
        .get_savings_plans_utilization()
        .time_period(interval(from, to)?);
    let answer = asked
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansUtilization, &error))?;
    let Some(total) = answer.total().and_then(|total| total.utilization()) else {
        return Ok(Vec::new());
    };
    let used = number(total.utilization_percentage()).map(|percent| percent / 100.0);
    let unused = number(total.unused_commitment()).map(|usd| usd / HOURS);
    Ok(vec![CoverageData {
        plans: true,
        service: String::new(),
        share: None,
        used,
        unused,
    }])
}

/// Reserved instances of EC2; SageMaker and Bedrock have none.
async fn reservations(
    session: &Session,
    from: Timestamp,
    to: Timestamp,
) -> QueryResult<Vec<CoverageData>> {
    let filter: Expression = dimension_filter(Dimension::Service, [EC2.to_owned()]);
    let coverage = session
        .costs
        .get_reservation_coverage()
        .time_period(interval(from, to)?)
        .filter(filter.clone())
        .send();
    let use_of = session
        .costs
        .get_reservation_utilization()
        .time_period(interval(from, to)?)
        .filter(filter)
        .send();
    let coverage = coverage
        .await
        .map_err(|error| fault::from_sdk(Api::CeGetReservationCoverage, &error))?;
    let covered = coverage
        .total()
        .and_then(|total| total.coverage_hours())
        .and_then(|hours| number(hours.coverage_hours_percentage()));
    let use_of = use_of
        .await
        .map_err(|error| fault::from_sdk(Api::CeGetReservationUtilization, &error))?;
    let used = use_of
        .total()
        .and_then(|total| number(total.utilization_percentage()));
    let unused = use_of
        .total()
        .and_then(|total| number(total.ri_cost_for_unused_hours()));
    // Nothing reserved is nothing to show.
    let bought = use_of
        .total()
        .and_then(|total| number(total.purchased_hours()))
        .is_some_and(|hours| hours > 0.0);
    if !bought && covered.is_none_or(|percent| percent <= 0.0) {
        return Ok(Vec::new());
    }
    let share = |percent: Option<f64>| percent.map(|percent| percent / 100.0);
    let (covered, used) = (share(covered), share(used));
    Ok(vec![CoverageData {
        plans: false,
        service: EC2.to_owned(),
        share: covered,
        used,
        unused: unused.map(|usd| usd / HOURS),
    }])
}
