//! Asks Cost Explorer for the AI/ML lines of a bill: first which services it has, then their usage
//! types, then which instances run Linux.

use super::{
    billing_data::{BillLines, UsageLine},
    cost_explorer::{
        BILLED, COST, PageBudget, Pages, QUANTITY, QueryError, QueryResult, Question, amount, ask,
        days, dimensions, ordinary, start,
    },
    scope,
};
use crate::{
    aws::{Session, convert::time::add_seconds},
    domain::{Currency, FaultKind, Service, Timestamp},
};
use aws_sdk_costexplorer::types::{Granularity, Group};
use std::collections::BTreeSet;

/// Days looked back on: two weeks beside two weeks, and any month so far.
pub(super) const DAYS: i64 = 35;
const DAY: i64 = 86_400;
/// Days that a discount is inferred from, and those that may still be open.
const OPERATION_DAYS: i64 = 10;
/// Most pages of usage types.
const MAX_LINE_PAGES: usize = 4;
/// Cost Explorer's own list prices, the first that it has: members of the service model's `Metric`
/// since 2026-11. Accounts and emulators without them refuse the name.
const LIST: [&str; 2] = ["ListCost", "PublicOnDemandCost"];
/// How long a refused name is not asked for again: a week.
const REFUSED: i64 = 7 * DAY;

/// The lines as of `now`. `list_refused_until` is when list prices may be asked for again.
pub(super) async fn lines(
    session: &Session,
    budget: &PageBudget,
    now: Timestamp,
    list_refused_until: &mut i64,
) -> QueryResult<BillLines> {
    let services = services(session, budget, now).await?;
    let scope = ordinary(Some(scope::of_services(&services)));
    let mut question = Question {
        period: days(add_seconds(now, -DAYS * DAY), add_seconds(now, DAY))?,
        granularity: Granularity::Daily,
        metrics: vec![COST, QUANTITY, BILLED],
        groups: dimensions(["SERVICE", "USAGE_TYPE"]),
        filter: scope,
        pages: MAX_LINE_PAGES,
    };
    let asks_list = *list_refused_until <= now.as_second();
    if asks_list {
        question.metrics.extend(LIST);
    }
    let read = match ask(session, budget, &question).await {
        Err(QueryError::Fault(fault)) if asks_list && fault.kind == FaultKind::Refused => {
            tracing::info!(%fault, "Cost Explorer has no list prices here");
            *list_refused_until = now.as_second() + REFUSED;
            question.metrics = vec![COST, QUANTITY, BILLED];
            ask(session, budget, &question).await?
        }
        answer => answer?,
    };
    let mut found = parse_lines(&read);
    if let Some((_, through)) = found.cut {
        found.lines.retain(|line| line.day < through);
        found
            .lines
            .extend(rest(session, budget, now, through, question).await);
    }
    let runs_instances = |line: &UsageLine| line.usage.contains("BoxUsage:");
    let has_list = found.lines.iter().any(|line| line.list.is_some());
    if !has_list && found.lines.iter().any(runs_instances) {
        found.operations = operations(session, budget, now).await;
    }
    Ok(found)
}

/// The services of the bill: one page, however large the organisation.
async fn services(
    session: &Session,
    budget: &PageBudget,
    now: Timestamp,
) -> QueryResult<BTreeSet<String>> {
    let question = Question {
        period: days(add_seconds(now, -DAYS * DAY), add_seconds(now, DAY))?,
        granularity: Granularity::Monthly,
        metrics: vec![COST],
        groups: dimensions(["SERVICE"]),
        filter: ordinary(None),
        pages: 1,
    };
    let read = ask(session, budget, &question).await?;
    let groups = read
        .steps
        .iter()
        .flat_map(aws_sdk_costexplorer::types::ResultByTime::groups);
    Ok(groups
        .filter_map(|group| group.keys().first().cloned())
        .collect())
}

/// The days from `through` on by service alone: one page.
async fn rest(
    session: &Session,
    budget: &PageBudget,
    now: Timestamp,
    through: i64,
    question: Question,
) -> Vec<UsageLine> {
    let Ok(from) = Timestamp::from_second(through) else {
        return Vec::new();
    };
    let Ok(period) = days(from, add_seconds(now, DAY)) else {
        return Vec::new();
    };
    let question = Question {
        period,
        groups: dimensions(["SERVICE"]),
        metrics: vec![COST],
        pages: 1,
        ..question
    };
    match ask(session, budget, &question).await {
        Ok(read) => parse_lines(&read).lines,
        Err(error) => {
            tracing::warn!(%error, "the days that were cut are not on the bill");
            Vec::new()
        }
    }
}

/// Instances by usage type and operation; `None` where Cost Explorer does not say.
async fn operations(
    session: &Session,
    budget: &PageBudget,
    now: Timestamp,
) -> Option<Vec<UsageLine>> {
    let question = Question {
        period: days(
            add_seconds(now, -OPERATION_DAYS * DAY),
            add_seconds(now, DAY),
        )
        .ok()?,
        granularity: Granularity::Daily,
        metrics: vec![COST, QUANTITY],
        groups: dimensions(["USAGE_TYPE", "OPERATION"]),
        filter: ordinary(Some(scope::instances())),
        pages: 1,
    };
    match ask(session, budget, &question).await {
        Ok(read) => Some(parse_operations(&read)).filter(|lines| !lines.is_empty()),
        Err(error) => {
            tracing::info!(%error, "the operating systems of the bill are not known");
            None
        }
    }
}

/// The AI/ML lines of pages grouped by service and usage type, or by service alone.
fn parse_lines(read: &Pages) -> BillLines {
    let mut found = BillLines::default();
    for step in &read.steps {
        let Some(day) = start(step) else { continue };
        for group in step.groups() {
            let (service, usage) = match group.keys() {
                [service, usage] => (service, usage.as_str()),
                [service] => (service, ""),
                _ => continue,
            };
            if scope::is_opensearch_unit(service, usage) {
                found.related.push(UsageLine {
                    day,
                    service: service.clone(),
                    usage: usage.to_owned(),
                    ..line(group)
                });
                continue;
            }
            let is_rest = usage.is_empty() && service == scope::EC2;
            if !is_rest && Service::of_line(service, usage).is_none() {
                continue;
            }
            if let Some(currency) = currency(group) {
                found.currency = currency.to_string();
            }
            found.lines.push(UsageLine {
                day,
                service: service.clone(),
                usage: usage.to_owned(),
                list: LIST
                    .iter()
                    .filter_map(|metric| amount(group.metrics(), metric))
                    .find(|list| *list > 0.0),
                ..line(group)
            });
        }
    }
    if read.cut {
        let through = found.lines.iter().map(|line| line.day).max();
        found.cut = through.map(|through| (read.count, through));
    }
    found
}

fn parse_operations(read: &Pages) -> Vec<UsageLine> {
    let mut lines = Vec::new();
    for step in &read.steps {
        let Some(day) = start(step) else { continue };
        for group in step.groups() {
            let [usage, operation] = group.keys() else {
                continue;
            };
            if Service::of_line(scope::EC2, usage).is_some() {
                lines.push(UsageLine {
                    day,
                    service: scope::EC2.to_owned(),
                    usage: usage.clone(),
                    operation: operation.clone(),
                    ..line(group)
                });
            }
        }
    }
    lines
}

/// The amounts of a group.
fn line(group: &Group) -> UsageLine {
    let number = |metric| amount(group.metrics(), metric).unwrap_or_default();
    UsageLine {
        usd: number(COST),
        billed: amount(group.metrics(), BILLED),
        quantity: number(QUANTITY),
        ..UsageLine::default()
    }
}

/// The currency of a group's cost; `None` for the unit that zero amounts may have.
fn currency(group: &Group) -> Option<Currency> {
    Currency::parse(group.metrics()?.get(COST)?.unit()?)
}
