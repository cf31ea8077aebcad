//! What the AI/ML services cost, as Cost Explorer says: late, but the truth. Feeds the header, the
//! budgets and the discounts as well.
//!
//! Net amortized, without credits, refunds and tax. A page costs $0.01, so it is asked four times a
//! day and answers are kept on disk. Every group of rows is the same dollars again, and no row
//! burns: nothing is counted twice. Must not know live rows.

use super::{
    Context, Inventory, Measured, Pane, Spending,
    context::refused,
    field::{self, Field},
    spend_answers::Answers,
    spend_ask,
    spend_cache::{self, Owner},
    spend_figures::{FIELDS, Row},
    spend_lines::{self, Calendar, Item},
    spend_plans,
};
use crate::{
    domain::{
        Burn, Cadence, Costs, Forecast, Head, HeadField, Phase, Reading, Scope, Stamp, State, Usd,
        Value, Verb, Why, time::seconds_between,
    },
    pricing::{Prices, discount, forecast},
};
use std::{sync::Arc, time::Duration};

const SIX_HOURS: Duration = Duration::from_hours(6);
const DAY: f64 = 86_400.0;

/// The pane. It remembers what the bill says of the account.
#[derive(Default)]
pub(crate) struct This {
    costs: Option<Costs>,
    /// It has asked, or read what was kept: from now on it asks anew.
    begun: bool,
}

impl Pane for This {
    type Item = Item;
    type Signals = ();
    type Row = Row;

    const ID: &'static str = "spend";
    const TITLE: &'static str = "Spend";
    const DOC: &'static str = "what AWS bills for AI/ML: net amortized, without credits, refunds and tax; up to a day late";
    const NEEDS: &'static [&'static str] = &[
        "ce:GetCostAndUsage",
        "ce:GetCostForecast",
        "ce:GetSavingsPlansCoverage",
        "ce:GetSavingsPlansUtilization",
        "ce:GetReservationCoverage",
        "ce:GetReservationUtilization",
        "budgets:ViewBudget",
    ];
    const CADENCE: Cadence = Cadence {
        inventory: SIX_HOURS,
        metrics: SIX_HOURS,
    };
    const SCOPE: Scope = Scope::Account;
    const FIELDS: &'static [Field<Row>] = FIELDS;
    const IDENTITY: &'static [HeadField] = field::PLACE;
    const VERBS: &'static [Verb] = &[];
    const SORT: &'static str = "month";
    const CHART: &'static [&'static str] = &["days", "hours"];
    const FACET: Option<&'static str> = Some("group");

    /// The groups in the order in which they are offered.
    fn id(item: &Item) -> Arc<str> {
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

    async fn inventory(&mut self, cx: &Context) -> Inventory<Item> {
        let answers = Box::pin(self.answers(cx)).await;
        let (items, costs) = told(&answers, cx, cx.clock.now());
        self.costs = Some(costs);
        Inventory {
            complete: answers.lines.is_ok(),
            items,
            faults: answers.told_faults(),
        }
    }

    async fn metrics(&mut self, _cx: &Context, _items: &[Item]) -> Measured<()> {
        Measured {
            signals: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn row(cx: &Context, item: &Item, _signals: Option<&()>, now: Stamp) -> (Head, Row) {
        const NO: &str = "a line of the bill is no resource";
        let state = State::new(Phase::Still, item.state);
        let mut head = cx.head(
            item.kind,
            &item.id,
            &item.name,
            state,
            &Reading::unknown("a line of the bill has no tags"),
            now,
        );
        head.burn = Burn::Nothing(Why::new(NO));
        head.evidence = item.evidence.clone();
        head.offers = [Verb::Stop, Verb::Scale, Verb::Tag]
            .map(|verb| refused(verb, NO))
            .into();
        (
            head,
            Row {
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

impl This {
    /// What was kept, once and while it holds; else what is answered now.
    async fn answers(&mut self, cx: &Context) -> Answers {
        let now = cx.clock.now();
        let Spending {
            cache, showback, ..
        } = &*cx.spending;
        let owner = Owner::new(cx.place(), cx.session.endpoint.as_deref(), showback);
        let first = !std::mem::replace(&mut self.begun, true);
        if let Some(folder) = cache.as_deref().filter(|_| first)
            && let Some(kept) = spend_cache::read(folder, &owner, now)
        {
            return kept;
        }
        let answers = Box::pin(spend_ask::ask(&cx.session, now, showback)).await;
        if let Some(folder) = cache {
            spend_cache::write(folder, &owner, &answers);
        }
        answers
    }
}

/// The rows, and what the rest of the house reckons with.
fn told(answers: &Answers, cx: &Context, now: Stamp) -> (Vec<Item>, Costs) {
    let (spending, prices): (&Spending, &Prices) = (&cx.spending, cx.prices);
    let lines = answers.lines.as_deref().unwrap_or_default();
    let calendar = Calendar::of(lines, answers.at());
    let mut items = calendar.as_ref().map_or_else(Vec::new, |calendar| {
        spend_lines::items(answers, lines, calendar, prices)
    });
    let days = calendar.as_ref().map_or_else(Vec::new, |calendar| {
        spend_lines::day_costs(lines, calendar, prices)
    });
    let planned = spend_plans::budgets(answers, lines, calendar.as_ref(), spending, now);
    items.extend(planned.iter().map(spend_plans::Planned::item));
    let (commitments, coverage): (Vec<Item>, Vec<_>) =
        spend_plans::coverage(answers).into_iter().unzip();
    items.extend(commitments);
    let month = forecast::month(now).0;
    let this_month = || days.iter().filter(|day| day.day >= month);
    let month_to_date = match &answers.lines {
        Err(why) => Reading::unknown(why.clone()),
        Ok(_) if this_month().next().is_none() => {
            Reading::unknown("Cost Explorer has no AI/ML line of this month yet")
        }
        Ok(_) => Reading::Known(this_month().map(|day| day.billed).sum()),
    };
    let costs = Costs {
        place: cx.place().clone(),
        at: answers.at(),
        month_to_date,
        through: calendar.as_ref().and_then(Calendar::through),
        discounts: discount::settle(&spending.discounts, &days),
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
    answers: &Answers,
    days: &[crate::domain::DayCost],
    calendar: Option<&Calendar>,
) -> Reading<Forecast> {
    let foreseen = match &answers.forecast {
        Ok(foreseen) => foreseen,
        Err(why) => return Reading::unknown(why.clone()),
    };
    let asked = answers.at();
    let (month, next) = forecast::month(asked);
    let today = Stamp::from_second(asked.as_second().div_euclid(86_400) * 86_400).unwrap_or(asked);
    let through = calendar
        .and_then(Calendar::through)
        .unwrap_or(month)
        .max(month)
        .min(today);
    let sum = |from: Stamp, to: Stamp| {
        days.iter()
            .filter(|day| day.day >= from && day.day < to)
            .map(|day| day.billed.0)
            .sum::<f64>()
    };
    let daily = foreseen.mean / (seconds_between(today, next) / DAY).max(1.0);
    let open = sum(through, today).max(daily * seconds_between(through, today) / DAY);
    let billed = sum(month, through) + open;
    Reading::Known(Forecast {
        mean: Usd(billed + foreseen.mean),
        low: Usd(billed + foreseen.low),
        high: Usd(billed + foreseen.high),
        level: forecast::LEVEL,
        source: "Cost Explorer".into(),
    })
}
