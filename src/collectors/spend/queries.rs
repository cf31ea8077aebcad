//! The questions to Cost Explorer: about ten pages, $0.01 each, every list with an upper bound.
//!
//! ```text
//! lines by service and usage type, 35 days ---> which of them are AI/ML ---+--> by tag, by account, 48 hours, forecast
//!                                                                          +--> coverage and utilisation
//! ```
//!
//! Everything is NetAmortizedCost without credits, refunds and tax.

use super::{
    billing_data::{AnswerOrReason, BillingData, CostForecast, GroupSlice, UsageLine},
    budgets, coverage,
};
use crate::aws::Api;
use crate::collectors::anomalies::day;
use crate::{
    aws::{Session, convert::time::add_seconds, fault},
    domain::{Fault, FaultKind, Service, Timestamp},
    pricing::forecast::{LEVEL, month},
};
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, ForecastResult, Granularity,
    GroupDefinition, GroupDefinitionType, Metric, MetricValue, ResultByTime,
};
use std::collections::{BTreeSet, HashMap};

/// IAM actions of the questions in this file.
const USAGE: Api = Api::CeGetCostAndUsage;
const FORECAST: Api = Api::CeGetCostForecast;
const COST: &str = "NetAmortizedCost";
const QUANTITY: &str = "UsageQuantity";
/// Most pages of one question: $0.10.
const PAGES: usize = 10;
/// Days looked back on: two weeks beside two weeks, and any month so far.
pub(super) const DAYS: i64 = 35;
/// Hours looked back on.
pub(super) const HOURS: i64 = 48;
/// Most values in one filter.
const VALUES: usize = 500;
const DAY: i64 = 86_400;

/// A question answered, or the fault.
pub(super) type QueryResult<T> = Result<T, Fault>;

/// Asks everything once, about the account of `session` as of `now`; shares by the tag keys of
/// `showback`.
pub(super) async fn ask(session: &Session, now: Timestamp, showback: &[String]) -> BillingData {
    let mut answers = BillingData {
        at: now.as_second(),
        lines: Err(String::new()),
        tags: Vec::new(),
        accounts: Err("not asked".to_owned()),
        names: Vec::new(),
        hours: Err("not asked".to_owned()),
        forecast: Err("not asked".to_owned()),
        coverage: Vec::new(),
        budgets: Err("not asked".to_owned()),
        faults: Vec::new(),
    };
    let (lines, budgets) = tokio::join!(lines(session, now), budgets::ask(session));
    answers.lines = push_on_fault(lines, &mut answers.faults);
    answers.budgets = none_on_fault(budgets, &mut answers.faults);
    let Some(scope) = answers.lines.as_ref().ok().and_then(|lines| scope(lines)) else {
        return answers;
    };
    let shares = async {
        let mut tags = Vec::new();
        for key in showback {
            tags.push((
                key.clone(),
                slices(session, now, &scope, GroupDefinitionType::Tag, key).await,
            ));
        }
        (
            tags,
            slices(
                session,
                now,
                &scope,
                GroupDefinitionType::Dimension,
                "LINKED_ACCOUNT",
            )
            .await,
        )
    };
    let ahead = async {
        (
            forecast(session, now, &scope).await,
            hours(session, now, &scope).await,
        )
    };
    let ((tags, accounts), (forecast, hours), (coverage, uncovered)) = tokio::join!(
        shares,
        ahead,
        coverage::ask(session, now, answers.lines.as_deref().unwrap_or_default())
    );
    for (key, told) in tags {
        let told = push_on_fault(told.map(|(slices, _)| slices), &mut answers.faults);
        answers.tags.push((key, told));
    }
    let (accounts, names) = accounts.map_or_else(
        |fault| (Err(fault), Vec::new()),
        |(slices, names)| (Ok(slices), names),
    );
    answers.accounts = push_on_fault(accounts, &mut answers.faults);
    answers.names = names;
    // Young accounts have no forecast, and hours have to be switched on by the payer: neither is a
    // fault.
    answers.forecast = none_on_fault(forecast, &mut answers.faults);
    answers.hours = hours.map_err(|fault| format!("no costs by the hour: {}", fault.message));
    answers.coverage = coverage;
    for fault in uncovered {
        if fault.kind != FaultKind::Unavailable {
            drop(push_on_fault::<()>(Err(fault), &mut answers.faults));
        }
    }
    answers
}

/// The answer in words; its fault becomes a badge, one an operation and class.
fn push_on_fault<T>(
    asked: QueryResult<T>,
    faults: &mut Vec<(FaultKind, String, String)>,
) -> AnswerOrReason<T> {
    asked.map_err(|fault| {
        let why = format!("{}: {}", fault.operation, fault.kind.word());
        if !faults
            .iter()
            .any(|(kind, operation, _)| *kind == fault.kind && *operation == *fault.operation)
        {
            faults.push((
                fault.kind,
                fault.operation.to_string(),
                fault.message.to_string(),
            ));
        }
        why
    })
}

/// The answer in words; "there is none" is no fault.
fn none_on_fault<T>(
    asked: QueryResult<T>,
    faults: &mut Vec<(FaultKind, String, String)>,
) -> AnswerOrReason<T> {
    match asked {
        Err(fault) if fault.kind == FaultKind::Unavailable => Err(fault.message.to_string()),
        asked => push_on_fault(asked, faults),
    }
}

/// One question to GetCostAndUsage.
struct Question {
    period: DateInterval,
    granularity: Granularity,
    metrics: Vec<&'static str>,
    groups: Vec<GroupDefinition>,
    filter: Expression,
}

fn unavailable(error: &aws_smithy_types::error::operation::BuildError) -> Fault {
    Fault::new(FaultKind::Refused, USAGE, error.to_string())
}

/// A date, or with `hours` a moment, as Cost Explorer writes it.
fn format_time(at: Timestamp, hours: bool) -> String {
    at.strftime(if hours {
        "%Y-%m-%dT%H:00:00Z"
    } else {
        "%Y-%m-%d"
    })
    .to_string()
}

pub(super) fn interval(from: Timestamp, to: Timestamp) -> QueryResult<DateInterval> {
    DateInterval::builder()
        .start(format_time(from, false))
        .end(format_time(to, false))
        .build()
        .map_err(|error| unavailable(&error))
}

fn group(kind: GroupDefinitionType, key: &str) -> GroupDefinition {
    GroupDefinition::builder().r#type(kind).key(key).build()
}

pub(super) fn dimension_filter(
    dimension: Dimension,
    values: impl IntoIterator<Item = String>,
) -> Expression {
    let values = values.into_iter().take(VALUES).collect();
    Expression::builder()
        .dimensions(
            DimensionValues::builder()
                .key(dimension)
                .set_values(Some(values))
                .build(),
        )
        .build()
}

/// Without credits, refunds and tax, the three that every account spells alike; and without the
/// negations of Savings Plans, which are nothing in amortized dollars and would take the covered
/// quantity away.
fn ordinary_charges() -> Expression {
    let left_out = ["Credit", "Refund", "Tax", "SavingsPlanNegation"].map(str::to_owned);
    Expression::builder()
        .not(dimension_filter(Dimension::RecordType, left_out))
        .build()
}

/// All pages of one question.
async fn pages(
    session: &Session,
    question: &Question,
) -> QueryResult<(Vec<ResultByTime>, Vec<(String, String)>)> {
    let (mut days, mut names) = (Vec::new(), Vec::new());
    let mut token: Option<String> = None;
    for _ in 0..PAGES {
        let page = session
            .costs
            .get_cost_and_usage()
            .time_period(question.period.clone())
            .granularity(question.granularity.clone())
            .set_metrics(Some(
                question.metrics.iter().map(ToString::to_string).collect(),
            ))
            .set_group_by(Some(question.groups.clone()))
            .filter(question.filter.clone())
            .set_next_page_token(token)
            .send()
            .await
            .map_err(|error| fault::from_sdk(Api::CeGetCostAndUsage, &error))?;
        days.extend_from_slice(page.results_by_time());
        for value in page.dimension_value_attributes() {
            let name = value
                .attributes()
                .and_then(|attributes| attributes.get("description"));
            names.extend(
                value
                    .value()
                    .zip(name)
                    .map(|(value, name)| (value.to_owned(), name.clone())),
            );
        }
        token = page
            .next_page_token()
            .filter(|next| !next.is_empty())
            .map(ToOwned::to_owned);
        if token.is_none() {
            return Ok((days, names));
        }
    }
    Err(Fault::new(
        FaultKind::Refused,
        USAGE,
        format!("more than {PAGES} pages for one question"),
    ))
}

/// The AI/ML lines of the last days.
async fn lines(session: &Session, now: Timestamp) -> QueryResult<Vec<UsageLine>> {
    let question = Question {
        period: interval(add_seconds(now, -DAYS * DAY), add_seconds(now, DAY))?,
        granularity: Granularity::Daily,
        metrics: vec![COST, QUANTITY],
        groups: ["SERVICE", "USAGE_TYPE"]
            .map(|key| group(GroupDefinitionType::Dimension, key))
            .into(),
        filter: ordinary_charges(),
    };
    let (days, _) = pages(session, &question).await?;
    let mut lines = Vec::new();
    for one in &days {
        let Some(at) = begins(one) else { continue };
        for group in one.groups() {
            let [service, usage] = group.keys() else {
                continue;
            };
            if Service::of_line(service, usage).is_none() {
                continue;
            }
            let number = |metric| amount(group.metrics(), metric).unwrap_or_default();
            let (service, usage) = (service.clone(), usage.clone());
            lines.push(UsageLine {
                day: at,
                service,
                usage,
                usd: number(COST),
                quantity: number(QUANTITY),
            });
        }
    }
    Ok(lines)
}

fn begins(one: &ResultByTime) -> Option<i64> {
    one.time_period()
        .and_then(|period| day(period.start()))
        .map(Timestamp::as_second)
}

/// A figure of Cost Explorer, which writes them as text.
fn amount(metrics: Option<&HashMap<String, MetricValue>>, metric: &str) -> Option<f64> {
    number(metrics?.get(metric)?.amount())
}

pub(super) fn number(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A filter for exactly the AI/ML lines that were seen; `None` when there are none.
fn scope(lines: &[UsageLine]) -> Option<Expression> {
    let is_ec2 =
        |line: &&UsageLine| Service::of_line(&line.service, &line.usage) == Some(Service::Ec2);
    let whole: BTreeSet<String> = lines
        .iter()
        .filter(|line| !is_ec2(line))
        .map(|line| line.service.clone())
        .collect();
    let compute: BTreeSet<String> = lines
        .iter()
        .filter(is_ec2)
        .map(|line| line.service.clone())
        .collect();
    let machines: BTreeSet<String> = lines
        .iter()
        .filter(is_ec2)
        .map(|line| line.usage.clone())
        .collect();
    let both = |a, b| Expression::builder().and(a).and(b).build();
    let whole = (!whole.is_empty()).then(|| dimension_filter(Dimension::Service, whole));
    let machines = (!machines.is_empty()).then(|| {
        both(
            dimension_filter(Dimension::Service, compute),
            dimension_filter(Dimension::UsageType, machines),
        )
    });
    match (whole, machines) {
        (Some(whole), Some(machines)) => Some(Expression::builder().or(whole).or(machines).build()),
        (one, other) => one.or(other),
    }
}

fn within(scope: &Expression) -> Expression {
    Expression::builder()
        .and(scope.clone())
        .and(ordinary_charges())
        .build()
}

/// Dollars by day and value of one group, and the values' names.
async fn slices(
    session: &Session,
    now: Timestamp,
    scope: &Expression,
    kind: GroupDefinitionType,
    key: &str,
) -> QueryResult<(Vec<GroupSlice>, Vec<(String, String)>)> {
    let question = Question {
        period: interval(add_seconds(now, -DAYS * DAY), add_seconds(now, DAY))?,
        granularity: Granularity::Daily,
        metrics: vec![COST],
        groups: vec![group(kind, key)],
        filter: within(scope),
    };
    let (days, names) = pages(session, &question).await?;
    Ok((sliced(&days), names))
}

fn sliced(steps: &[ResultByTime]) -> Vec<GroupSlice> {
    let mut slices = Vec::new();
    for one in steps {
        let Some(at) = begins(one) else { continue };
        slices.extend(one.groups().iter().filter_map(|group| {
            let usd = amount(group.metrics(), COST)?;
            Some(GroupSlice {
                at,
                key: group.keys().first()?.clone(),
                usd,
            })
        }));
    }
    slices
}

/// Dollars by service of the last hours. Hours cost the payer extra and are off unless switched on.
async fn hours(
    session: &Session,
    now: Timestamp,
    scope: &Expression,
) -> QueryResult<Vec<GroupSlice>> {
    let end = add_seconds(now, 3_600);
    let from = add_seconds(end, -HOURS * 3_600);
    let period = DateInterval::builder()
        .start(format_time(from, true))
        .end(format_time(end, true))
        .build()
        .map_err(|error| unavailable(&error))?;
    let groups = vec![group(GroupDefinitionType::Dimension, "SERVICE")];
    let question = Question {
        period,
        granularity: Granularity::Hourly,
        metrics: vec![COST],
        groups,
        filter: within(scope),
    };
    Ok(sliced(&pages(session, &question).await?.0))
}

/// What Cost Explorer foresees from today to the end of the month.
async fn forecast(
    session: &Session,
    now: Timestamp,
    scope: &Expression,
) -> QueryResult<CostForecast> {
    let answer = session
        .costs
        .get_cost_forecast()
        .time_period(interval(now, month(now).1)?)
        .metric(Metric::NetAmortizedCost)
        .granularity(Granularity::Monthly)
        .prediction_interval_level((LEVEL * 100.0) as i32)
        .filter(scope.clone())
        .send()
        .await
        .map_err(|error| fault::from_sdk(Api::CeGetCostForecast, &error))?;
    let nothing = || {
        Fault::new(
            FaultKind::Unavailable,
            FORECAST,
            "Cost Explorer foresees nothing",
        )
    };
    let mean = number(answer.total().and_then(|total| total.amount())).ok_or_else(nothing)?;
    let bound = |read: fn(&ForecastResult) -> Option<&str>| {
        answer
            .forecast_results_by_time()
            .iter()
            .filter_map(|one| number(read(one)))
            .sum::<f64>()
    };
    let low = bound(ForecastResult::prediction_interval_lower_bound).min(mean);
    Ok(CostForecast {
        mean,
        low,
        high: bound(ForecastResult::prediction_interval_upper_bound).max(mean),
    })
}
