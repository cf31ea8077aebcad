//! Sends the requests to Cost Explorer and Budgets that are due, for at most $0.10 a time.
//!
//! ```text
//! services ---> lines by service and usage type, 35 days ---+--> forecast, by tag, by account
//! budgets (free)                                            +--> Savings Plans, reservations
//!                                                           +--> hours since Friday evening
//! ```
//!
//! Everything is NetAmortizedCost without credits, refunds and tax. The requests take pages in this
//! order: where pages run out, the last ones wait.

use super::{
    billing_data::{BillingData, CostForecast, GroupSlice},
    budgets,
    cost_explorer::{
        COST, MAX_PAGES, POSTPONED, PageBudget, Pages, QueryError, QueryResult, Question, ask,
        days, dimensions, group, hours as hour_interval, number, ordinary, slices,
    },
    coverage,
    line_query::{DAYS, lines},
    scope::{self, EC2},
};
use crate::aws::Api;
use crate::collectors::shared::part::Part;
use crate::{
    aws::{Session, convert::time::add_seconds, fault},
    domain::{CostWindow, Fault, FaultKind, Service, Timestamp},
    pricing::forecast::{LEVEL, month},
};
use aws_sdk_costexplorer::types::{
    Expression, ForecastResult, Granularity, GroupDefinition, GroupDefinitionType, Metric,
};

/// Seconds until a new request for models that Cost Explorer did not have.
const NO_MODELS: i64 = 7 * DAY;
/// The first day of which Cost Explorer has product attributes (Cost Explorer User Guide, "Product
/// attributes"): 2026-09-01.
const FIRST_ATTRIBUTE_DAY: i64 = 1_788_220_800;
/// Fewest hours looked back on.
const HOURS: i64 = 48;
/// Most pages of costs by the hour: a week of a dozen services.
const MAX_HOUR_PAGES: usize = 2;
/// Most pages of a grouping by tag or account.
const MAX_SLICE_PAGES: usize = 2;
const DAY: i64 = 86_400;

fn never(_: FaultKind) -> bool {
    false
}

/// An account without a forecast, a budget or a commitment answers that there is none.
fn where_there_is_none(kind: FaultKind) -> bool {
    kind == FaultKind::Unavailable
}

/// Hours have to be switched on by the payer.
fn always(_: FaultKind) -> bool {
    true
}

/// Refreshes the parts of `known` that are due at `now`, for the account of `session`, with shares
/// by the tag keys of `showback`. `save` stores billed answers as soon as they arrive.
pub(super) async fn refresh(
    session: &Session,
    now: Timestamp,
    showback: &[String],
    known: &mut BillingData,
    save: &(dyn Fn(&BillingData) + Sync),
) {
    let pages = PageBudget::new(MAX_PAGES);
    let mut refused = known.list_refused_until;
    let (budgets, read) = tokio::join!(
        if_due(known.budgets.is_due(now), budgets::ask(session)),
        if_due(
            known.lines.is_due(now),
            lines(session, &pages, now, &mut refused)
        ),
    );
    known.list_refused_until = refused;
    if let Some(budgets) = budgets {
        known.budgets = Part::of(budgets, now, where_there_is_none);
    }
    if let Some(read) = read.and_then(asked) {
        let part = Part::of(read, now, never);
        known.stale = part.answer.as_ref().err().cloned();
        // A failed request does not replace known lines.
        if part.known().is_some() || known.lines.known().is_none() {
            known.lines = part;
        } else {
            known.lines.until = part.until;
        }
    }
    save(known);
    if let Some(scope) = scope::of_lines(known.lines().iter()) {
        let lines = known.lines().iter();
        let usage = scope::of_lines(lines.filter(|line| !Service::is_paid_ahead(&line.usage)));
        let scope = ordinary(Some(scope));
        let asker = Asker {
            session,
            pages: &pages,
            now,
            usage: usage.map_or_else(|| scope.clone(), |usage| ordinary(Some(usage))),
            scope,
        };
        asker.refresh(showback, known).await;
        save(known);
    }
}

/// The end of the hour in which something was `asked`, in seconds since the epoch.
pub(super) fn next_hour(asked: i64) -> i64 {
    (asked.div_euclid(3_600) + 1) * 3_600
}

/// The first hour of a request at `asked`: two days back, or the last Friday evening.
pub(super) fn first_hour(asked: i64) -> i64 {
    let friday = Timestamp::from_second(asked)
        .ok()
        .and_then(|at| CostWindow::Friday.start(at))
        .map_or(i64::MAX, Timestamp::as_second);
    friday.min(next_hour(asked) - HOURS * 3_600)
}

/// Whether the slice is of a model: Cost Explorer writes `model$Claude Sonnet 5`.
fn has_model(slice: &GroupSlice) -> bool {
    slice
        .key
        .split_once('$')
        .is_some_and(|(_, model)| !model.is_empty())
}

/// Whether Cost Explorer has no models here: it refuses, or answers without one.
fn lacks_models(answer: Option<&QueryResult<Vec<GroupSlice>>>) -> bool {
    match answer {
        Some(Ok(slices)) => !slices.iter().any(has_model),
        Some(Err(QueryError::Fault(fault))) => {
            matches!(fault.kind, FaultKind::Refused | FaultKind::Unavailable)
        }
        _ => false,
    }
}

/// Sends the requests about the AI/ML lines.
struct Asker<'a> {
    session: &'a Session,
    pages: &'a PageBudget,
    now: Timestamp,
    scope: Expression,
    /// `scope` without upfront fees, which have no pace.
    usage: Expression,
}

/// The answer of a question that is due.
async fn if_due<T>(is_due: bool, question: impl Future<Output = T>) -> Option<T> {
    if is_due { Some(question.await) } else { None }
}

/// The answer or the fault of a question; `None` if it was postponed.
fn asked<T>(answer: QueryResult<T>) -> Option<Result<T, Fault>> {
    match answer {
        Ok(answer) => Some(Ok(answer)),
        Err(QueryError::Fault(fault)) => Some(Err(fault)),
        Err(QueryError::Postponed) => None,
    }
}

impl Asker<'_> {
    /// Sends all requests at the same time; they take their first pages in this order.
    async fn refresh(&self, showback: &[String], known: &mut BillingData) {
        let now = self.now;
        let services = coverage::coverable(known.lines());
        let is_due = |key: &&String| known.tag(key).is_none_or(|part| part.is_due(now));
        let keys: Vec<&String> = showback.iter().filter(is_due).collect();
        let (session, pages) = (self.session, self.pages);
        let has_reservable = services.contains(EC2);
        let (forecast, tags, accounts, plan_use, reservation_use, hours) = tokio::join!(
            if_due(known.forecast.is_due(now), self.forecast()),
            self.tags(&keys),
            if_due(known.accounts.is_due(now), self.accounts()),
            if_due(
                !services.is_empty() && known.plan_use.is_due(now),
                coverage::plan_use(session, pages, now)
            ),
            if_due(
                has_reservable && known.reservation_use.is_due(now),
                coverage::reservation_use(session, pages, now)
            ),
            if_due(known.hours.is_due(now), self.hours()),
        );
        self.settle(&mut known.forecast, forecast, where_there_is_none);
        for (key, answer) in tags {
            let at = known.tags.iter().position(|(other, _)| *other == key);
            let mut part = at.map_or_else(Part::default, |at| known.tags.swap_remove(at).1);
            self.settle(&mut part, Some(answer), where_there_is_none);
            known.tags.push((key, part));
        }
        self.settle(&mut known.accounts, accounts, where_there_is_none);
        self.settle(&mut known.plan_use, plan_use, where_there_is_none);
        self.settle(
            &mut known.reservation_use,
            reservation_use,
            where_there_is_none,
        );
        self.settle(&mut known.hours, hours, always);
        let models = if_due(known.are_models_due(now), self.models()).await;
        if lacks_models(models.as_ref()) {
            known.models_refused_until = now.as_second() + NO_MODELS;
        }
        self.settle(&mut known.models, models, always);
        let (plans, reservations) = tokio::join!(
            if_due(
                known.has_plans() && known.plan_coverage.is_due(now),
                coverage::plan_coverage(session, pages, now, &services)
            ),
            if_due(
                known.has_reservations() && known.reservation_coverage.is_due(now),
                coverage::reservation_coverage(session, pages, now)
            ),
        );
        self.settle(&mut known.plan_coverage, plans, where_there_is_none);
        self.settle(
            &mut known.reservation_coverage,
            reservations,
            where_there_is_none,
        );
    }

    /// Puts the answer to a question that was due into its `part`. A postponed question stays due
    /// and leaves a known answer as it is.
    fn settle<T>(
        &self,
        part: &mut Part<T>,
        answer: Option<QueryResult<T>>,
        quiet: fn(FaultKind) -> bool,
    ) {
        let Some(answer) = answer else { return };
        match asked(answer) {
            Some(answer) => *part = Part::of(answer, self.now, quiet),
            None if part.known().is_none() => *part = Part::without(POSTPONED),
            None => {}
        }
    }

    /// Dollars by value of each tag key.
    async fn tags(&self, keys: &[&String]) -> Vec<(String, QueryResult<Vec<GroupSlice>>)> {
        let mut answers = Vec::new();
        for key in keys {
            let read = self.slices(group(GroupDefinitionType::Tag, key)).await;
            answers.push(((*key).clone(), read.map(|read| slices(&read.steps))));
        }
        answers
    }

    /// Dollars by linked account, and the accounts' names.
    async fn accounts(&self) -> QueryResult<(Vec<GroupSlice>, Vec<(String, String)>)> {
        let by = group(GroupDefinitionType::Dimension, "LINKED_ACCOUNT");
        let read = self.slices(by).await?;
        Ok((slices(&read.steps), read.names))
    }

    /// Dollars of Bedrock by day and model, of all its services and of the Marketplace: no other
    /// service has this attribute, so nothing is filtered.
    async fn models(&self) -> QueryResult<Vec<GroupSlice>> {
        let first = Timestamp::from_second(FIRST_ATTRIBUTE_DAY).unwrap_or_default();
        let question = Question {
            period: days(
                add_seconds(self.now, -DAYS * DAY).max(first),
                add_seconds(self.now, DAY),
            )?,
            granularity: Granularity::Daily,
            metrics: vec![COST],
            groups: vec![group(GroupDefinitionType::ProductAttribute, "model")],
            filter: ordinary(None),
            pages: 1,
        };
        let read = ask(self.session, self.pages, &question).await?;
        let mut models = slices(&read.steps);
        // The rest of the bill has no model.
        if models.iter().any(has_model) {
            models.retain(has_model);
        }
        Ok(models)
    }

    /// Dollars by day and value of one group.
    async fn slices(&self, by: GroupDefinition) -> QueryResult<Pages> {
        let question = Question {
            period: days(
                add_seconds(self.now, -DAYS * DAY),
                add_seconds(self.now, DAY),
            )?,
            granularity: Granularity::Daily,
            metrics: vec![COST],
            groups: vec![by],
            filter: self.scope.clone(),
            pages: MAX_SLICE_PAGES,
        };
        ask(self.session, self.pages, &question).await
    }

    /// Dollars by service of the last hours, without fees for a time ahead.
    async fn hours(&self) -> QueryResult<Vec<GroupSlice>> {
        let asked = self.now.as_second();
        let at = |second| Timestamp::from_second(second).unwrap_or_default();
        let question = Question {
            period: hour_interval(at(first_hour(asked)), at(next_hour(asked)))?,
            granularity: Granularity::Hourly,
            metrics: vec![COST],
            groups: dimensions(["SERVICE"]),
            filter: self.usage.clone(),
            pages: MAX_HOUR_PAGES,
        };
        let read = ask(self.session, self.pages, &question)
            .await
            .map_err(|error| match error {
                QueryError::Fault(fault) => QueryError::Fault(Fault {
                    message: format!("no costs by the hour: {}", fault.message).into(),
                    ..fault
                }),
                QueryError::Postponed => error,
            })?;
        Ok(slices(&read.steps))
    }

    /// The forecast of Cost Explorer from today to the end of the month, for the same records as
    /// the lines.
    async fn forecast(&self) -> QueryResult<CostForecast> {
        let request = self
            .session
            .costs
            .get_cost_forecast()
            .time_period(days(self.now, month(self.now).1)?)
            .metric(Metric::NetAmortizedCost)
            .granularity(Granularity::Monthly)
            .prediction_interval_level((LEVEL * 100.0) as i32)
            .filter(self.usage.clone());
        let send = Box::pin(async {
            let answer = request.send().await;
            answer.map_err(|error| fault::from_sdk(Api::CeGetCostForecast, &error))
        });
        let answer = self.pages.spend(send).await?;
        let mean = number(answer.total().and_then(|total| total.amount())).ok_or_else(|| {
            let why = "Cost Explorer foresees nothing";
            Fault::new(FaultKind::Unavailable, Api::CeGetCostForecast, why)
        })?;
        let bound = |read: fn(&ForecastResult) -> Option<&str>| {
            let results = answer.forecast_results_by_time().iter();
            results.filter_map(|one| number(read(one))).sum::<f64>()
        };
        Ok(CostForecast {
            mean,
            low: bound(ForecastResult::prediction_interval_lower_bound).min(mean),
            high: bound(ForecastResult::prediction_interval_upper_bound).max(mean),
        })
    }
}
