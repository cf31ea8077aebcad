//! Questions to Cost Explorer, page by page. A page costs $0.01, so a start reads at most so many.

use super::billing_data::GroupSlice;
use crate::aws::Api;
use crate::{
    aws::{Session, convert::time::day, fault},
    domain::{Fault, FaultKind, Timestamp},
};
use aws_sdk_costexplorer::types::{
    DateInterval, Dimension, DimensionValues, Expression, Granularity, GroupDefinition,
    GroupDefinitionType, MetricValue, ResultByTime,
};
use futures_util::future::BoxFuture;
use std::{
    collections::HashMap,
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Most pages of one start that this pane reads; the Anomalies pane reads two more.
pub(super) const MAX_PAGES: usize = 10;
/// Dollars as everything shows them.
pub(super) const COST: &str = "NetAmortizedCost";
/// As it is invoiced.
pub(super) const BILLED: &str = "NetUnblendedCost";
pub(super) const QUANTITY: &str = "UsageQuantity";
/// Why a cell is empty whose question waits for the next look.
pub(super) const POSTPONED: &str =
    "asked at the next look: one look reads at most ten pages of Cost Explorer";
/// Most values in one filter.
const MAX_FILTER_VALUES: usize = 500;

/// A question answered, or why not.
pub(super) type QueryResult<T> = Result<T, QueryError>;

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum QueryError {
    /// Not sent: this refresh has used all its pages. The next one sends it.
    Postponed,
    /// It failed.
    Fault(Fault),
}

impl From<Fault> for QueryError {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postponed => f.write_str(POSTPONED),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

/// Pages that may still be read.
pub(super) struct PageBudget(AtomicUsize);

impl PageBudget {
    pub(super) fn new(pages: usize) -> Self {
        Self(AtomicUsize::new(pages))
    }

    /// Takes one; false if none is left.
    pub(super) fn take(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            .is_ok()
    }

    /// Gives one back: AWS does not bill requests that it refuses.
    fn give_back(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer of a request, if a page is left for it. The request is on the heap: a refresh
    /// holds a dozen of them, more than the stack of a worker thread takes.
    pub(super) async fn spend<T>(
        &self,
        request: BoxFuture<'_, Result<T, Fault>>,
    ) -> QueryResult<T> {
        if !self.take() {
            return Err(QueryError::Postponed);
        }
        let answer = request.await;
        let refused = |fault: &Fault| {
            matches!(
                fault.kind,
                FaultKind::Refused | FaultKind::Denied | FaultKind::Unavailable
            )
        };
        if answer.as_ref().is_err_and(refused) {
            self.give_back();
        }
        Ok(answer?)
    }
}

/// One question to GetCostAndUsage.
pub(super) struct Question {
    pub period: DateInterval,
    pub granularity: Granularity,
    pub metrics: Vec<&'static str>,
    pub groups: Vec<GroupDefinition>,
    pub filter: Expression,
    /// Most pages read.
    pub pages: usize,
}

/// The pages of an answer.
#[derive(Default)]
pub(super) struct Pages {
    pub steps: Vec<ResultByTime>,
    /// Names of dimension values.
    pub names: Vec<(String, String)>,
    pub count: usize,
    /// There are more pages.
    pub cut: bool,
}

/// The pages of `question`, as many as it and `budget` allow. A page that fails after others were
/// read cuts the answer: it keeps the pages that AWS has billed.
pub(super) async fn ask(
    session: &Session,
    budget: &PageBudget,
    question: &Question,
) -> QueryResult<Pages> {
    let mut read = Pages::default();
    let mut token: Option<String> = None;
    while read.count < question.pages {
        let metrics = question.metrics.iter().map(ToString::to_string).collect();
        let request = session
            .costs
            .get_cost_and_usage()
            .time_period(question.period.clone())
            .granularity(question.granularity.clone())
            .set_metrics(Some(metrics))
            .set_group_by(Some(question.groups.clone()))
            .filter(question.filter.clone())
            .set_next_page_token(token.clone());
        let send = Box::pin(async {
            let answer = request.send().await;
            answer.map_err(|error| fault::from_sdk(Api::CeGetCostAndUsage, &error))
        });
        let page = match budget.spend(send).await {
            Ok(page) => page,
            Err(error) if read.count == 0 => return Err(error),
            Err(_) => break,
        };
        read.count += 1;
        read.steps.extend_from_slice(page.results_by_time());
        for value in page.dimension_value_attributes() {
            let name = value
                .attributes()
                .and_then(|known| known.get("description"));
            let pair = value.value().zip(name);
            read.names
                .extend(pair.map(|(value, name)| (value.to_owned(), name.clone())));
        }
        token = page
            .next_page_token()
            .filter(|next| !next.is_empty())
            .map(ToOwned::to_owned);
        if token.is_none() {
            return Ok(read);
        }
    }
    read.cut = true;
    Ok(read)
}

pub(super) fn malformed(api: Api, error: &impl ToString) -> Fault {
    Fault::new(FaultKind::Refused, api, error.to_string())
}

/// A date, or with `hours` a moment, as Cost Explorer writes it.
fn format_time(at: Timestamp, hours: bool) -> String {
    let form = if hours {
        "%Y-%m-%dT%H:00:00Z"
    } else {
        "%Y-%m-%d"
    };
    at.strftime(form).to_string()
}

/// The days from `from` to the one before `to`.
pub(super) fn days(from: Timestamp, to: Timestamp) -> Result<DateInterval, Fault> {
    interval(from, to, false)
}

/// The hours from `from` to the one before `to`.
pub(super) fn hours(from: Timestamp, to: Timestamp) -> Result<DateInterval, Fault> {
    interval(from, to, true)
}

fn interval(from: Timestamp, to: Timestamp, hours: bool) -> Result<DateInterval, Fault> {
    DateInterval::builder()
        .start(format_time(from, hours))
        .end(format_time(to, hours))
        .build()
        .map_err(|error| malformed(Api::CeGetCostAndUsage, &error))
}

/// A grouping by dimensions.
pub(super) fn dimensions<const N: usize>(keys: [&str; N]) -> Vec<GroupDefinition> {
    keys.map(|key| group(GroupDefinitionType::Dimension, key))
        .into()
}

pub(super) fn group(kind: GroupDefinitionType, key: &str) -> GroupDefinition {
    GroupDefinition::builder().r#type(kind).key(key).build()
}

/// A filter for the lines with one of `values` in `dimension`.
pub(super) fn one_of(
    dimension: Dimension,
    values: impl IntoIterator<Item = impl Into<String>>,
) -> Expression {
    let values = values
        .into_iter()
        .map(Into::into)
        .take(MAX_FILTER_VALUES)
        .collect();
    let values = DimensionValues::builder()
        .key(dimension)
        .set_values(Some(values));
    Expression::builder().dimensions(values.build()).build()
}

/// `expression` without credits, refunds and tax, the three that every account spells alike; and
/// without the negations of Savings Plans, which are nothing in amortized dollars and would take
/// the covered quantity away.
pub(super) fn ordinary(expression: Option<Expression>) -> Expression {
    let records = ["Credit", "Refund", "Tax", "SavingsPlanNegation"];
    let ordinary = Expression::builder()
        .not(one_of(Dimension::RecordType, records))
        .build();
    match expression {
        Some(expression) => Expression::builder().and(expression).and(ordinary).build(),
        None => ordinary,
    }
}

/// When a step of an answer starts, in seconds since the epoch.
pub(super) fn start(step: &ResultByTime) -> Option<i64> {
    let period = step.time_period()?;
    day(period.start()).map(Timestamp::as_second)
}

/// A figure of Cost Explorer, which writes them as text.
pub(super) fn amount(metrics: Option<&HashMap<String, MetricValue>>, metric: &str) -> Option<f64> {
    number(metrics?.get(metric)?.amount())
}

pub(super) fn number(text: Option<&str>) -> Option<f64> {
    text?.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The dollars of each group of one key, step by step.
pub(super) fn slices(steps: &[ResultByTime]) -> Vec<GroupSlice> {
    let mut slices = Vec::new();
    for step in steps {
        let Some(at) = start(step) else { continue };
        slices.extend(step.groups().iter().filter_map(|group| {
            Some(GroupSlice {
                at,
                key: group.keys().first()?.clone(),
                usd: amount(group.metrics(), COST)?,
            })
        }));
    }
    slices
}
