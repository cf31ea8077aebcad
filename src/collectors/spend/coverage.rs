//! How far Savings Plans and reservations cover the AI/ML lines, over the last seven days.
//!
//! First how far a commitment is used: an account without one answers that there is none, and the
//! second page is not asked.

use super::{
    billing_data::{CoverageData, UsageLine},
    cost_explorer::{PageBudget, QueryResult, days, number, one_of},
    scope::{self, EC2},
};
use crate::aws::Api;
use crate::{
    aws::{Session, convert::time::add_seconds, fault},
    domain::{Service, Timestamp},
};
use aws_sdk_costexplorer::types::{
    Dimension, GroupDefinition, GroupDefinitionType, SavingsPlansCoverage,
};
use std::collections::BTreeSet;

/// Days looked back on.
const DAYS: i64 = 7;
const DAY: i64 = 86_400;
const HOURS: f64 = 168.0;

/// The services of `lines` that a commitment can cover: Savings Plans of SageMaker cover SageMaker,
/// those of EC2 cover instances; Bedrock has none.
pub(super) fn coverable(lines: &[UsageLine]) -> BTreeSet<String> {
    let covers = |line: &&UsageLine| {
        matches!(
            scope::service(line),
            Some(Service::Ec2 | Service::SageMaker)
        )
    };
    lines
        .iter()
        .filter(covers)
        .map(|line| line.service.clone())
        .collect()
}

/// Savings Plans: how far those of the account are used, and how far they cover `services`.
pub(super) async fn plans(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
    services: &BTreeSet<String>,
) -> QueryResult<Vec<CoverageData>> {
    if services.is_empty() {
        return Ok(Vec::new());
    }
    let period = days(add_seconds(now, -DAYS * DAY), now)?;
    let request = session
        .costs
        .get_savings_plans_utilization()
        .time_period(period.clone())
        .send();
    let send = Box::pin(async {
        request
            .await
            .map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansUtilization, &error))
    });
    let answer = pages.spend(Api::CeGetSavingsPlansUtilization, send).await?;
    let mut found = Vec::new();
    // Of all Savings Plans together: Cost Explorer does not say whose commitment it is.
    if let Some(total) = answer.total().and_then(|total| total.utilization()) {
        found.push(CoverageData {
            plans: true,
            service: String::new(),
            share: None,
            used: number(total.utilization_percentage()).map(|percent| percent / 100.0),
            unused: number(total.unused_commitment()).map(|usd| usd / HOURS),
        });
    }
    let by = GroupDefinition::builder()
        .r#type(GroupDefinitionType::Dimension)
        .key("SERVICE")
        .build();
    let request = session
        .costs
        .get_savings_plans_coverage()
        .time_period(period)
        .group_by(by);
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansCoverage, &error))
    });
    let answer = pages.spend(Api::CeGetSavingsPlansCoverage, send).await?;
    found.extend(by_service(answer.savings_plans_coverages(), services));
    Ok(found)
}

/// The covered share of each of `services`.
fn by_service(
    coverages: &[SavingsPlansCoverage],
    services: &BTreeSet<String>,
) -> Vec<CoverageData> {
    let mut covered: Vec<(&String, f64, f64)> = Vec::new();
    for one in coverages {
        let service = one.attributes().and_then(|of| of.get("SERVICE"));
        let Some(service) = service.filter(|service| services.contains(*service)) else {
            continue;
        };
        let part = |read: Option<&str>| number(read).unwrap_or_default();
        let (by_plans, total) = one.coverage().map_or((0.0, 0.0), |of| {
            (
                part(of.spend_covered_by_savings_plans()),
                part(of.total_cost()),
            )
        });
        match covered.iter_mut().find(|(known, ..)| *known == service) {
            Some(known) => *known = (service, known.1 + by_plans, known.2 + total),
            None => covered.push((service, by_plans, total)),
        }
    }
    let data = |(service, by_plans, total): (&String, f64, f64)| CoverageData {
        plans: true,
        service: service.clone(),
        share: (total > 0.0).then(|| by_plans / total),
        used: None,
        unused: None,
    };
    covered.into_iter().map(data).collect()
}

/// Reserved instances of EC2; SageMaker and Bedrock have none.
pub(super) async fn reservations(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
    services: &BTreeSet<String>,
) -> QueryResult<Vec<CoverageData>> {
    if !services.contains(EC2) {
        return Ok(Vec::new());
    }
    let filter = one_of(Dimension::Service, [EC2]);
    let period = days(add_seconds(now, -DAYS * DAY), now)?;
    let request = session
        .costs
        .get_reservation_utilization()
        .time_period(period.clone())
        .filter(filter.clone());
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetReservationUtilization, &error))
    });
    let answer = pages.spend(Api::CeGetReservationUtilization, send).await?;
    let total = answer.total();
    // Nothing reserved is nothing to show.
    let bought = total.and_then(|total| number(total.purchased_hours()));
    if bought.is_none_or(|hours| hours <= 0.0) {
        return Ok(Vec::new());
    }
    let used = total.and_then(|total| number(total.utilization_percentage()));
    let unused = total.and_then(|total| number(total.ri_cost_for_unused_hours()));
    let request = session
        .costs
        .get_reservation_coverage()
        .time_period(period)
        .filter(filter);
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetReservationCoverage, &error))
    });
    let answer = pages.spend(Api::CeGetReservationCoverage, send).await?;
    let covered = answer
        .total()
        .and_then(|total| total.coverage_hours())
        .and_then(|hours| number(hours.coverage_hours_percentage()));
    let share = |percent: Option<f64>| percent.map(|percent| percent / 100.0);
    Ok(vec![CoverageData {
        plans: false,
        service: EC2.to_owned(),
        share: share(covered),
        used: share(used),
        unused: unused.map(|usd| usd / HOURS),
    }])
}
