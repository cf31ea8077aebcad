//! What the AI/ML services cost, as Cost Explorer says: late, but the truth. Feeds the header and the discounts as well.
//!
//! Net amortized, without credits, refunds and tax. A page costs $0.01, so it is asked four times a day. Must not know live rows.

use super::{Context, Inventory, Measured, Pane, anomalies::day, context::refused, field::Field};
use crate::{
    aws::{Session, fault, stamps::shifted},
    domain::{
        Burn, Cadence, Costs, Evidence, Fault, FaultKind, Head, Kind, Phase, Reading, Scope, Series, Service, Show, Stamp, State, Usd,
        Value, Verb, Why,
    },
};
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition, GroupDefinitionType, ResultByTime,
};
use std::{sync::Arc, time::Duration};

const OPERATION: &str = "ce:GetCostAndUsage";
const METRIC: &str = "NetAmortizedCost";
const SIX_HOURS: Duration = Duration::from_hours(6);
/// Most pages read: $0.20.
const PAGES: usize = 20;
const LINE: Kind = Kind("cost-line");

/// The pane. It remembers what the bill says of the account.
#[derive(Default)]
pub(crate) struct This {
    costs: Option<Costs>,
}

/// A line of the bill.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    id: Arc<str>,
    group: Arc<str>,
    name: Arc<str>,
    month: Reading<Usd>,
    days: Reading<Arc<Series>>,
}

/// What is shown.
pub(crate) struct Row {
    group: Value,
    month: Value,
    days: Value,
}

impl Pane for This {
    type Item = Item;
    type Signals = ();
    type Row = Row;

    const ID: &'static str = "spend";
    const TITLE: &'static str = "Spend";
    const DOC: &'static str = "what AWS bills for AI/ML: net amortized, without credits, refunds and tax; up to a day late";
    const NEEDS: &'static [&'static str] = &["ce:GetCostAndUsage"];
    const CADENCE: Cadence = Cadence { inventory: SIX_HOURS, metrics: SIX_HOURS };
    const SCOPE: Scope = Scope::Account;
    const FIELDS: &'static [Field<Row>] = &[
        Field::name(16),
        Field::text("group", "group", 12, Show::Medium, "what the lines are grouped by", |row| row.group.clone()),
        Field::number("month", "month", 8, Show::Always, "dollars since the first of the month (UTC)", |row| row.month.clone()),
        Field::text("days", "days", 14, Show::Medium, "dollars of each of the last days (UTC)", |row| row.days.clone()),
        Field::account(),
        Field::id(),
        Field::kind(),
    ];
    const VERBS: &'static [Verb] = &[];
    const SORT: &'static str = "month";
    const CHART: Option<&'static str> = Some("days");
    const FACET: Option<&'static str> = Some("group");

    fn id(item: &Item) -> Arc<str> {
        item.id.clone()
    }

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let now = cx.clock.now();
        let (month_to_date, through, faults) = match month(&cx.session, now).await {
            Ok(days) => {
                let (total, through) = sum(&days, now);
                let nothing = days.iter().all(|day| day.groups().is_empty());
                let month = (!nothing).then_some(total);
                (Reading::or_why(month, "Cost Explorer has nothing for this month yet"), through, Vec::new())
            }
            Err(fault) => (Reading::unknown(format!("{}: {}", fault.operation, fault.kind.word())), None, vec![fault]),
        };
        let (discounts, budgets, days, coverage) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (place, month_end) = (cx.place().clone(), Reading::unknown("not asked"));
        self.costs = Some(Costs { place, at: now, month_to_date, through, discounts, month_end, budgets, days, coverage });
        Inventory { items: Vec::new(), complete: faults.is_empty(), faults }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[Item]) -> Measured<()> {
        Measured { signals: Vec::new(), faults: Vec::new() }
    }

    fn row(cx: &Context, item: &Item, _signals: Option<&()>, now: Stamp) -> (Head, Row) {
        let state = State::new(Phase::Still, "billed");
        let mut head = cx.head(LINE, &item.id, &item.name, state, &Reading::unknown("a line of the bill has no tags"), now);
        head.burn = Burn::Nothing(Why::new("a line of the bill is no resource"));
        head.evidence = Evidence::Spend { days: item.days.clone() };
        head.offers = [Verb::Stop, Verb::Scale, Verb::Tag].map(|verb| refused(verb, "a line of the bill is no resource")).into();
        let row = Row {
            group: Value::Text(item.group.clone()),
            month: Value::read(&item.month, Value::Usd),
            days: Value::read(&item.days, Value::Series),
        };
        (head, row)
    }

    fn costs(&self, cx: &Context) -> Option<Costs> {
        self.costs.clone().map(|costs| Costs { place: cx.place().clone(), ..costs })
    }
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
            Some((Service::of_line(service, instance).is_some(), amount))
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
