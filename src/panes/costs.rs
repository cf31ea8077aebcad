//! What the AI/ML services cost this month so far, as Cost Explorer says: late, but the truth.
//!
//! Net unblended, without credits, refunds and tax. A page costs $0.01, so it is asked four times a day. Must not know live rows.

use super::anomalies::day;
use crate::{
    aws::{Clock, Session, fault, stamps::shifted},
    domain::{Costs, Fault, FaultKind, Place, Reading, Stamp, Usd},
};
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition, GroupDefinitionType, ResultByTime,
};
use futures_util::future::BoxFuture;
use std::time::Duration;

/// IAM actions that this needs.
pub const NEEDS: &[&str] = &[OPERATION];

const OPERATION: &str = "ce:GetCostAndUsage";
const METRIC: &str = "NetUnblendedCost";
const CADENCE: Duration = Duration::from_hours(6);
/// Most pages read: $0.20.
const PAGES: usize = 20;

/// Something that tells what an account has cost.
pub trait CostSource: Send {
    /// Whose.
    fn place(&self) -> &Place;
    /// How often to ask.
    fn cadence(&self) -> Duration;
    /// Asks once.
    fn poll(&mut self) -> BoxFuture<'_, (Costs, Vec<Fault>)>;
}

/// One source an account.
pub fn costs(sessions: &[Session], clock: &Clock) -> Vec<Box<dyn CostSource>> {
    let mut seen: Vec<&str> = Vec::new();
    let mut sources: Vec<Box<dyn CostSource>> = Vec::new();
    for session in sessions {
        if !seen.contains(&session.place.account.as_ref()) {
            seen.push(&session.place.account);
            sources.push(Box::new(CostExplorer { session: session.clone(), clock: clock.clone() }));
        }
    }
    sources
}

struct CostExplorer {
    session: Session,
    clock: Clock,
}

impl CostSource for CostExplorer {
    fn place(&self) -> &Place {
        &self.session.place
    }

    fn cadence(&self) -> Duration {
        CADENCE
    }

    fn poll(&mut self) -> BoxFuture<'_, (Costs, Vec<Fault>)> {
        Box::pin(async move {
            let now = self.clock.now();
            let place = self.session.place.clone();
            match month(&self.session, now).await {
                Ok(days) => {
                    let (total, through) = sum(&days, now);
                    let month_to_date = if days.iter().all(|day| day.groups().is_empty()) {
                        Reading::unknown("Cost Explorer has nothing for this month yet")
                    } else {
                        Reading::Known(total)
                    };
                    (told(place, now, month_to_date, through), Vec::new())
                }
                Err(fault) => {
                    let why = format!("{}: {}", fault.operation, fault.kind.word());
                    (told(place, now, Reading::unknown(why), None), vec![fault])
                }
            }
        })
    }
}

fn told(place: Place, at: Stamp, month_to_date: Reading<Usd>, through: Option<Stamp>) -> Costs {
    let month_end = Reading::unknown("not asked");
    let (discounts, budgets, days, coverage) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Costs { place, at, month_to_date, through, discounts, month_end, budgets, days, coverage }
}

/// The days of this month, by service and instance type.
async fn month(session: &Session, now: Stamp) -> Result<Vec<ResultByTime>, Fault> {
    let refused = |error: aws_smithy_types::error::operation::BuildError| Fault::new(FaultKind::Refused, OPERATION, error.to_string());
    let first = now.strftime("%Y-%m-01").to_string();
    let tomorrow = shifted(now, 86_400).strftime("%Y-%m-%d").to_string();
    let period = DateInterval::builder().start(first).end(tomorrow).build().map_err(refused)?;
    let group = |key: &str| GroupDefinition::builder().r#type(GroupDefinitionType::Dimension).key(key).build();
    let left_out = DimensionValues::builder().key(Dimension::RecordType).values("Credit").values("Refund").values("Tax").build();
    let filter = Expression::builder().not(Expression::builder().dimensions(left_out).build()).build();
    let mut days = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES {
        let page = session
            .costs
            .get_cost_and_usage()
            .time_period(period.clone())
            .granularity(Granularity::Daily)
            .metrics(METRIC)
            .group_by(group("SERVICE"))
            .group_by(group("INSTANCE_TYPE"))
            .filter(filter.clone())
            .set_next_page_token(token)
            .send()
            .await
            .map_err(|error| fault::from_sdk(OPERATION, &error))?;
        days.extend_from_slice(page.results_by_time());
        token = page.next_page_token().filter(|next| !next.is_empty()).map(ToOwned::to_owned);
        if token.is_none() {
            return Ok(days);
        }
    }
    Err(Fault::new(FaultKind::Refused, OPERATION, format!("more than {PAGES} pages for one month")))
}

/// The AI/ML part in all, and the end of the last whole day with a cost.
fn sum(days: &[ResultByTime], now: Stamp) -> (Usd, Option<Stamp>) {
    let today = day(&now.strftime("%Y-%m-%d").to_string());
    let mut total = 0.0;
    let mut through = None;
    for one in days {
        let amounts = one.groups().iter().filter_map(|group| {
            let amount = group.metrics()?.get(METRIC)?.amount()?.parse::<f64>().ok()?;
            let [service, instance] = group.keys() else { return None };
            Some((is_ai(service, instance), amount))
        });
        let amounts: Vec<(bool, f64)> = amounts.collect();
        total += amounts.iter().filter(|(ai, _)| *ai).map(|(_, amount)| amount).sum::<f64>();
        if amounts.iter().any(|(_, amount)| *amount != 0.0) {
            let end = one.time_period().and_then(|period| day(period.end()));
            through = through.max(end.filter(|end| today.is_none_or(|today| *end <= today)));
        }
    }
    (Usd(total), through)
}

/// SageMaker, Bedrock under all its names, and EC2 compute on accelerated instances.
fn is_ai(service: &str, instance: &str) -> bool {
    let accelerated = || {
        let family: String = instance.chars().take_while(char::is_ascii_alphabetic).collect();
        ["p", "g", "gr", "trn", "inf", "dl", "vt", "f"].contains(&family.as_str())
    };
    service.contains("SageMaker") || service.contains("Bedrock") || (service.starts_with("Amazon Elastic Compute Cloud") && accelerated())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_costexplorer::types::{Group, MetricValue};

    fn one(start: &str, end: &str, groups: &[(&str, &str, &str)]) -> ResultByTime {
        let groups = groups.iter().map(|(service, instance, amount)| {
            Group::builder()
                .keys(*service)
                .keys(*instance)
                .metrics(METRIC, MetricValue::builder().amount(*amount).unit("USD").build())
                .build()
        });
        ResultByTime::builder()
            .time_period(DateInterval::builder().start(start).end(end).build().unwrap())
            .set_groups(Some(groups.collect()))
            .build()
    }

    #[test]
    fn only_ai_services_count_and_only_whole_days() {
        let days = [
            one(
                "2026-11-21",
                "2026-11-22",
                &[
                    ("Amazon SageMaker", "NoInstanceType", "100.5"),
                    ("Amazon Elastic Compute Cloud - Compute", "p4d.24xlarge", "200"),
                    ("Amazon Elastic Compute Cloud - Compute", "m5.large", "400"),
                    ("Claude Opus 5.5 (Amazon Bedrock Edition)", "NoInstanceType", "50"),
                ],
            ),
            one("2026-11-22", "2026-11-23", &[]),
            one("2026-11-23", "2026-11-24", &[("Amazon SageMaker", "NoInstanceType", "1")]),
        ];
        let (total, through) = sum(&days, "2026-11-23T08:30:00Z".parse().unwrap());
        assert_eq!(total, Usd(351.5));
        assert_eq!(through.unwrap().to_string(), "2026-11-22T00:00:00Z");
    }
}
