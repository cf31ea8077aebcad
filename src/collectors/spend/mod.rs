//! What the AI/ML services cost, as Cost Explorer says: late, but the truth. Feeds the header, the
//! budgets and the discounts as well.
//!
//! Net amortized, without credits, refunds and tax. A page costs $0.01, so it is asked four times a
//! day and answers are kept on disk. Every group of rows is the same dollars again, and no row
//! burns: nothing is counted twice.

mod billing_data;
mod budgets;
mod cache;
mod columns;
mod commitments;
mod cost_lines;
mod coverage;
mod queries;
pub(crate) mod settings;

use self::{
    billing_data::BillingData,
    cache::CacheKey,
    columns::{FIELDS, SpendRow},
    cost_lines::{Calendar, SpendItem},
};
use super::{
    Context, Listing, MetricReport, Pane, SpendSettings,
    shared::{
        context::unavailable,
        field::{self, Field},
    },
};
use crate::aws::Api;
use crate::{
    domain::{
        Cadence, CommonField, CommonFields, Costs, Forecast, HourlyCost, Measured, Operation,
        PaneId, Phase, Reason, SourceScope, State, Timestamp, Usd, Value, pane_id,
        time::timestamp::seconds_between,
    },
    pricing::{Prices, discounts, forecast},
};
use std::{sync::Arc, time::Duration};

const SIX_HOURS: Duration = Duration::from_hours(6);
const DAY: f64 = 86_400.0;

/// The pane. It remembers what the bill says of the account.
#[derive(Default)]
pub(crate) struct SpendPane {
    costs: Option<Costs>,
    /// It has asked, or read what was kept: from now on it asks anew.
    begun: bool,
}

impl Pane for SpendPane {
    type Item = SpendItem;
    type Metrics = ();
    type Row = SpendRow;

    const ID: PaneId = pane_id::SPEND;
    const TITLE: &'static str = "Spend";
    const DOC: &'static str = "what AWS bills for AI/ML: net amortized, without credits, refunds and tax; up to a day late";
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
    const FIELDS: &'static [Field<SpendRow>] = FIELDS;
    const IDENTITY: &'static [CommonField] = field::PLACE;
    const OPERATIONS: &'static [Operation] = &[];
    const SORT: &'static str = "month";
    const IS_BILL: bool = true;
    const CHART: &'static [&'static str] = &["days", "hours"];
    const FACET: Option<&'static str> = Some("group");

    /// The groups in the order in which they are offered.
    fn id(item: &SpendItem) -> Arc<str> {
        const ORDER: [&str; 6] = [
            "service",
            "usage-type",
            "tag:",
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
        let answers = Box::pin(self.answers(cx)).await;
        let (items, costs) = told(&answers, cx, cx.clock.now());
        self.costs = Some(costs);
        Listing {
            complete: answers.lines.is_ok(),
            items,
            faults: answers.faults(),
        }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[SpendItem]) -> MetricReport<()> {
        MetricReport {
            signals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn row(
        cx: &Context,
        item: &SpendItem,
        _signals: Option<&()>,
        now: Timestamp,
    ) -> (CommonFields, SpendRow) {
        const NO: &str = "a line of the bill is no resource";
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
            SpendRow {
                group: Value::Text(item.group.clone()),
                figures: item.figures.clone(),
            },
        )
    }

    fn costs(&self, cx: &Context) -> Option<Costs> {
        self.costs.clone().map(|costs| Costs {
            place: cx.place().clone(),
            ..costs
        })
    }
}

impl SpendPane {
    /// What was kept, once and while it holds; else what is answered now.
    async fn answers(&mut self, cx: &Context) -> BillingData {
        let now = cx.clock.now();
        let SpendSettings {
            cache, showback, ..
        } = &*cx.spending;
        let owner = CacheKey::new(cx.place(), cx.session.endpoint.as_deref(), showback);
        let first = !std::mem::replace(&mut self.begun, true);
        if let Some(folder) = cache.as_deref().filter(|_| first)
            && let Some(kept) = cache::read(folder, &owner, now)
        {
            return kept;
        }
        let answers = Box::pin(queries::ask(&cx.session, now, showback)).await;
        if let Some(folder) = cache {
            cache::write(folder, &owner, &answers);
        }
        answers
    }
}

/// The rows, and what the rest of the house reckons with.
fn told(answers: &BillingData, cx: &Context, now: Timestamp) -> (Vec<SpendItem>, Costs) {
    let (spending, prices): (&SpendSettings, &Prices) = (&cx.spending, cx.prices);
    let lines = answers.lines.as_deref().unwrap_or_default();
    let calendar = Calendar::of(lines, answers.at());
    let mut items = calendar.as_ref().map_or_else(Vec::new, |calendar| {
        cost_lines::items(answers, lines, calendar, prices)
    });
    let days = calendar.as_ref().map_or_else(Vec::new, |calendar| {
        cost_lines::day_costs(lines, calendar, prices)
    });
    let planned = commitments::budgets(answers, lines, calendar.as_ref(), spending, now);
    items.extend(planned.iter().map(commitments::BudgetStatus::item));
    let (commitments, coverage): (Vec<SpendItem>, Vec<_>) =
        commitments::coverage(answers).into_iter().unzip();
    items.extend(commitments);
    let month = forecast::month(now).0;
    let this_month = || days.iter().filter(|day| day.day >= month);
    let month_to_date = match &answers.lines {
        Err(why) => Measured::unknown(why.clone()),
        Ok(_) if this_month().next().is_none() => {
            Measured::unknown("Cost Explorer has no AI/ML line of this month yet")
        }
        Ok(_) => Measured::Known(this_month().map(|day| day.billed).sum()),
    };
    let costs = Costs {
        place: cx.place().clone(),
        at: answers.at(),
        month_to_date,
        through: calendar.as_ref().and_then(Calendar::through),
        discounts: discounts::settle(&spending.discounts, &days),
        month_end: month_end(answers, &days, calendar.as_ref()),
        budgets: planned.into_iter().map(|planned| planned.budget).collect(),
        days,
        coverage,
    };
    (items, costs)
}

/// What Cost Explorer foresees for the whole month: what was billed before today, and its forecast
/// from today on. The days that are over and not closed count at the forecast's daily mean, or as
/// billed where that is more.
fn month_end(
    answers: &BillingData,
    days: &[crate::domain::DayCost],
    calendar: Option<&Calendar>,
) -> Measured<Forecast> {
    let foreseen = match &answers.forecast {
        Ok(foreseen) => foreseen,
        Err(why) => return Measured::unknown(why.clone()),
    };
    let asked = answers.at();
    let (month, next) = forecast::month(asked);
    let today =
        Timestamp::from_second(asked.as_second().div_euclid(86_400) * 86_400).unwrap_or(asked);
    let through = calendar
        .and_then(Calendar::through)
        .unwrap_or(month)
        .max(month)
        .min(today);
    let sum = |from: Timestamp, to: Timestamp| {
        days.iter()
            .filter(|day| day.day >= from && day.day < to)
            .map(|day| day.billed.0)
            .sum::<f64>()
    };
    let daily = foreseen.mean / (seconds_between(today, next) / DAY).max(1.0);
    let open = sum(through, today).max(daily * seconds_between(through, today) / DAY);
    let billed = sum(month, through) + open;
    Measured::Known(Forecast {
        mean: Usd(billed + foreseen.mean),
        low: Usd(billed + foreseen.low),
        high: Usd(billed + foreseen.high),
        level: forecast::LEVEL,
        source: "Cost Explorer".into(),
    })
}
