//! How far Savings Plans and reservations cover the AI/ML lines, over the last seven days.
//!
//! First the utilization of a commitment: an account without one answers that there is none, and
//! needs no request for coverage. Each of the four requests is one page.

use super::{
    billing_data::{CommitmentUse, UsageLine},
    cost_explorer::{PageBudget, QueryResult, days, number, one_of},
    scope::{self, EC2},
};
use crate::aws::Api;
use crate::{
    aws::{Session, convert::time::add_seconds, fault},
    domain::{Service, Timestamp},
};
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, GroupDefinition, GroupDefinitionType, ReservationAggregates,
    SavingsPlansCoverage,
};
use std::collections::{BTreeMap, BTreeSet};

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

/// The days that are looked back on.
fn period(now: Timestamp) -> QueryResult<DateInterval> {
    Ok(days(add_seconds(now, -DAYS * DAY), now)?)
}

/// Utilization of all Savings Plans together: Cost Explorer does not name the services that each
/// commitment covers.
pub(super) async fn plan_use(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
) -> QueryResult<Option<CommitmentUse>> {
    let request = session
        .costs
        .get_savings_plans_utilization()
        .time_period(period(now)?);
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansUtilization, &error))
    });
    let answer = pages.spend(send).await?;
    let total = answer.total().and_then(|total| total.utilization());
    Ok(total.map(|total| CommitmentUse {
        used: fraction(total.utilization_percentage()),
        unused: number(total.unused_commitment()).map(|usd| usd / HOURS),
    }))
}

/// How far Savings Plans cover each of `services`.
pub(super) async fn plan_coverage(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
    services: &BTreeSet<String>,
) -> QueryResult<Vec<(String, Option<f64>)>> {
    let by = GroupDefinition::builder()
        .r#type(GroupDefinitionType::Dimension)
        .key("SERVICE")
        .build();
    let request = session
        .costs
        .get_savings_plans_coverage()
        .time_period(period(now)?)
        .group_by(by);
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetSavingsPlansCoverage, &error))
    });
    let answer = pages.spend(send).await?;
    Ok(by_service(answer.savings_plans_coverages(), services))
}

/// The covered share of each of `services`.
fn by_service(
    coverages: &[SavingsPlansCoverage],
    services: &BTreeSet<String>,
) -> Vec<(String, Option<f64>)> {
    let mut covered: BTreeMap<&String, (f64, f64)> = BTreeMap::new();
    for one in coverages {
        let service = one.attributes().and_then(|of| of.get("SERVICE"));
        let Some(service) = service.filter(|service| services.contains(*service)) else {
            continue;
        };
        let part = |read: Option<&str>| number(read).unwrap_or_default();
        let sums = covered.entry(service).or_default();
        if let Some(of) = one.coverage() {
            sums.0 += part(of.spend_covered_by_savings_plans());
            sums.1 += part(of.total_cost());
        }
    }
    covered
        .into_iter()
        .map(|(service, (by_plans, total))| {
            (service.clone(), (total > 0.0).then(|| by_plans / total))
        })
        .collect()
}

/// Utilization of reserved instances of EC2; SageMaker and Bedrock have none. `None` without a
/// reservation.
pub(super) async fn reservation_use(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
) -> QueryResult<Option<CommitmentUse>> {
    let request = session
        .costs
        .get_reservation_utilization()
        .time_period(period(now)?)
        .filter(one_of(Dimension::Service, [EC2]));
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetReservationUtilization, &error))
    });
    let answer = pages.spend(send).await?;
    let bought = |total: &&ReservationAggregates| {
        number(total.purchased_hours()).is_some_and(|hours| hours > 0.0)
    };
    Ok(answer.total().filter(bought).map(|total| CommitmentUse {
        used: fraction(total.utilization_percentage()),
        unused: number(total.ri_cost_for_unused_hours()).map(|usd| usd / HOURS),
    }))
}

/// The fraction of EC2's instance hours that reservations cover.
pub(super) async fn reservation_coverage(
    session: &Session,
    pages: &PageBudget,
    now: Timestamp,
) -> QueryResult<Option<f64>> {
    let request = session
        .costs
        .get_reservation_coverage()
        .time_period(period(now)?)
        .filter(one_of(Dimension::Service, [EC2]));
    let send = Box::pin(async {
        let answer = request.send().await;
        answer.map_err(|error| fault::from_sdk(Api::CeGetReservationCoverage, &error))
    });
    let answer = pages.spend(send).await?;
    let total = answer.total().and_then(|total| total.coverage_hours());
    Ok(total.and_then(|hours| fraction(hours.coverage_hours_percentage())))
}

/// A percentage that Cost Explorer writes as text, as a fraction.
fn fraction(percent: Option<&str>) -> Option<f64> {
    number(percent).map(|percent| percent / 100.0)
}
