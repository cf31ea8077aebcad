//! The billed cost of the AI/ML services from Cost Explorer, which is exact but delayed. The
//! header, the budgets and the discounts use it as well.
//!
//! Net amortized, without credits, refunds and tax. A page costs $0.01, so the pane sends each
//! request at most four times a day and stores answers on disk for all runs. Every group of rows
//! repeats the same dollars, and no row burns: nothing counts twice.

mod access;
mod billing_data;
mod budgets;
mod calendar;
mod columns;
mod commitments;
mod cost_explorer;
mod cost_lines;
mod coverage;
mod hours;
mod line_query;
mod list_prices;
pub(crate) mod places;
mod queries;
mod scope;
pub(crate) mod settings;
mod week;

pub use access::BillingAccess;

use self::{
    billing_data::{BillLines, BillingData},
    calendar::Calendar,
    columns::{FIELDS, SpendCells},
    cost_lines::{Bill, SpendItem},
    list_prices::ListPrices,
};
use super::{
    Context, Listing, MetricReport, Pane, SpendSettings,
    shared::{
        answer_cache::AnswerCache,
        column::{self, Column},
        context::unavailable,
    },
};
use crate::aws::Api;
use crate::{
    domain::{
        Cadence, CommonField, CommonFields, Costs, Currency, DayCost, Forecast, HourlyCost,
        Measured, Note, Operation, PaneId, Phase, Reason, ResourceKind, SourceScope, State,
        Timestamp, Usd, Value, pane_id,
    },
    pricing::{discounts, forecast},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

const SIX_HOURS: Duration = Duration::from_hours(6);

/// The pane, with the bill of the account as last read.
#[derive(Default)]
pub(crate) struct SpendPane {
    costs: Option<Costs>,
    notes: Vec<Note>,
    known: BillingData,
}

impl Pane for SpendPane {
    type Item = SpendItem;
    type Metrics = ();
    type Cells = SpendCells;

    const ID: PaneId = pane_id::SPEND;
    const KINDS: &'static [ResourceKind] = &[
        ResourceKind::COST_LINE,
        ResourceKind::BUDGET,
        ResourceKind::COVERAGE,
    ];
    const TITLE: &'static str = "Spend";
    const DOC: &'static str = "what AWS bills for AI/ML: net amortized, without credits, refunds \
                               and tax; up to a day late";
    const NEEDS: &'static [Api] = &[
        Api::CeGetCostAndUsage,
        Api::CeGetCostForecast,
        Api::CeGetSavingsPlansCoverage,
        Api::CeGetSavingsPlansUtilization,
        Api::CeGetReservationCoverage,
        Api::CeGetReservationUtilization,
        Api::BudgetsDescribeBudgets,
    ];
    const CADENCE: Cadence = Cadence {
        inventory: SIX_HOURS,
        metrics: SIX_HOURS,
    };
    const SCOPE: SourceScope = SourceScope::Account;
    const FIELDS: &'static [Column<SpendCells>] = FIELDS;
    const IDENTITY: &'static [CommonField] = column::PLACE;
    const OPERATIONS: &'static [Operation] = &[];
    const SORT: &'static str = "month";
    const IS_BILL: bool = true;
    const CHART: &'static [&'static str] = &["days", "hours"];
    const GROUPING: Option<&'static str> = Some("group");

    /// The groups in the order in which they are offered.
    fn id(item: &SpendItem) -> Arc<str> {
        const ORDER: [&str; 7] = [
            "service",
            "usage-type",
            "tag:",
            "model",
            "account",
            "budgets",
            "coverage",
        ];
        let place = ORDER
            .iter()
            .position(|group| item.group.starts_with(group))
            .unwrap_or(ORDER.len());
        format!("{place} {}", item.id).into()
    }

    async fn inventory(&mut self, cx: &Context) -> Listing<SpendItem> {
        Box::pin(self.refresh(cx)).await;
        let (items, costs, notes) = read_bill(&self.known, cx, cx.clock.now());
        (self.costs, self.notes) = (Some(costs), notes);
        Listing {
            complete: self
                .known
                .lines
                .known()
                .is_some_and(|known| known.cut.is_none()),
            has_answer: true,
            items,
            faults: self.known.faults(),
        }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[SpendItem]) -> MetricReport<()> {
        MetricReport {
            signals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn count_unread((): &()) -> usize {
        0
    }

    fn row(
        cx: &Context,
        item: &SpendItem,
        _signals: Option<&()>,
        now: Timestamp,
    ) -> (CommonFields, SpendCells) {
        const NO: &str = "a bill line is not a resource";
        let state = State::new(Phase::Still, item.state);
        let mut head = cx.head(
            item.kind,
            &item.id,
            &item.name,
            state,
            &Measured::unknown("a line of the bill has no tags"),
            now,
        );
        head.burn = HourlyCost::Nothing(Reason::new(NO));
        head.evidence = item.evidence.clone();
        head.actions = [Operation::Stop, Operation::Scale, Operation::Tag]
            .map(|operation| unavailable(operation, NO))
            .into();
        (
            head,
            SpendCells {
                group: Value::Text(item.group.clone()),
                cells: item.cells.clone(),
            },
        )
    }

    fn notes(&self) -> Vec<Note> {
        self.notes.clone()
    }

    fn costs(&self, cx: &Context) -> Option<Costs> {
        self.costs.clone().map(|costs| Costs {
            place: cx.place().clone(),
            ..costs
        })
    }
}

impl SpendPane {
    /// Sends the requests that are due, unless another run has sent them meanwhile.
    async fn refresh(&mut self, cx: &Context) {
        let SpendSettings { showback, .. } = &*cx.spending;
        let session = &cx.session;
        let Some(cache) = stored_answers(cx) else {
            let now = cx.clock.now();
            return queries::refresh(session, now, showback, &mut self.known, &|_| ()).await;
        };
        self.merge(&cache);
        if !self.known.is_due(cx.clock.now(), showback) {
            return;
        }
        let _lock = cache.lock().await;
        self.merge(&cache);
        let now = cx.clock.now();
        if self.known.is_due(now, showback) {
            let save = |known: &BillingData| cache.write(known);
            queries::refresh(session, now, showback, &mut self.known, &save).await;
        }
    }

    /// Takes the answers that a run has stored.
    fn read_stored(&mut self, cx: &Context) {
        if let Some(cache) = stored_answers(cx) {
            self.merge(&cache);
        }
    }

    /// Takes newer answers that another run has stored.
    fn merge(&mut self, cache: &AnswerCache) {
        if let Some(mut kept) = cache.read::<BillingData>() {
            if !kept.same_identity {
                kept.data.forget_denials();
            }
            self.known = std::mem::take(&mut self.known).merge(kept.data);
        }
    }
}

/// The file of stored answers; `None` without a folder, and while the account is not known.
fn stored_answers(cx: &Context) -> Option<AnswerCache> {
    let folder = cx.spending.cache.as_deref()?;
    AnswerCache::new(folder, "bill", &cx.session)
}

/// The rows, the costs for the rest of the crate, and the notes.
fn read_bill(
    answers: &BillingData,
    cx: &Context,
    now: Timestamp,
) -> (Vec<SpendItem>, Costs, Vec<Note>) {
    let (spending, none) = (&cx.spending, BillLines::default());
    let known = answers.lines.known().unwrap_or(&none);
    let calendar = Calendar::of(&known.lines, answers.at());
    let (mut items, mut days, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut last_day, mut daily) = (Vec::new(), Vec::new());
    let (mut rates, mut unlisted) = (Vec::new(), Vec::new());
    let mut discounts = discounts::resolve_discounts(&spending.discounts, &days, &BTreeMap::new());
    if let Some(calendar) = &calendar {
        let list = ListPrices::new(known, calendar, cx.prices);
        let lines = &known.lines;
        let bill = Bill {
            answers,
            lines,
            calendar,
            list: &list,
            prices: cx.prices,
        };
        items = cost_lines::items(&bill);
        days = cost_lines::day_costs(&bill);
        last_day = list.last_day(calendar, cx.prices);
        daily = week::by_region(lines, calendar, cx.prices);
        rates = week::unlisted_rates(lines, calendar, cx.prices);
        unlisted = week::unlisted(lines.iter().chain(&known.related), calendar);
        discounts =
            discounts::resolve_discounts(&spending.discounts, &days, &list.refused_services);
        notes = list.notes;
    }
    notes.extend(other_notes(answers));
    let through = calendar.as_ref().and_then(Calendar::through);
    let planned = commitments::budgets(answers, &days, through, spending, now);
    items.extend(planned.iter().map(commitments::BudgetStatus::item));
    notes.extend(commitments::budget_notes(&planned));
    let (bought, coverage): (Vec<_>, Vec<_>) = commitments::coverage(answers).into_iter().unzip();
    items.extend(bought);
    count_in(&mut items, answers.currency());
    let costs = Costs {
        place: cx.place().clone(),
        at: answers.at(),
        currency: answers.currency(),
        month_to_date: month_to_date(answers, &days, now),
        through,
        discounts,
        rest: rest_of_month(answers),
        budgets: planned.into_iter().map(|planned| planned.budget).collect(),
        linked: linked_accounts(answers),
        days,
        hours: hours::closed(answers),
        coverage,
        last_day,
        daily,
        rates,
        unlisted,
    };
    (items, costs, notes)
}

/// Says of all amounts that they are in `currency`.
fn count_in(items: &mut [SpendItem], currency: Currency) {
    for item in items {
        item.cells.count_in(currency);
    }
}

/// The notes about the answers, apart from those about list prices.
fn other_notes(answers: &BillingData) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some((pages, through)) = answers.lines.known().and_then(|known| known.cut) {
        let through = Timestamp::from_second(through).unwrap_or_default();
        notes.push(Note::PartialBill { pages, through });
    }
    for (key, part) in &answers.tags {
        if part
            .known()
            .is_some_and(|slices| cost_lines::is_without_values(key, slices))
        {
            notes.push(Note::TagWithoutValues {
                key: key.as_str().into(),
            });
        }
    }
    notes
}

/// The accounts that this one's bill holds.
fn linked_accounts(answers: &BillingData) -> Vec<Arc<str>> {
    let slices = answers
        .accounts
        .known()
        .map_or(&[][..], |(slices, _)| slices);
    let accounts: BTreeSet<&str> = slices.iter().map(|slice| slice.key.as_str()).collect();
    accounts.into_iter().map(Arc::from).collect()
}

fn month_to_date(answers: &BillingData, days: &[DayCost], now: Timestamp) -> Measured<Usd> {
    if let Some(why) = answers.lines.reason() {
        return Measured::unknown(why);
    }
    if days.is_empty() {
        return Measured::unknown("Cost Explorer has no AI/ML line yet");
    }
    let month = forecast::month(now).0;
    let this_month = days.iter().filter(|day| day.day >= month);
    Measured::Known(this_month.map(|day| day.billed).sum())
}

/// The forecast of Cost Explorer from the day of the request to the end of that month.
fn rest_of_month(answers: &BillingData) -> Measured<Forecast> {
    let foreseen = match &answers.forecast.answer {
        Ok(foreseen) => foreseen,
        Err(fault) => return Measured::unknown(fault.reason()),
    };
    Measured::Known(Forecast {
        mean: Usd(foreseen.mean),
        low: Usd(foreseen.low),
        high: Usd(foreseen.high),
        level: forecast::LEVEL,
        source: "Cost Explorer".into(),
    })
}
