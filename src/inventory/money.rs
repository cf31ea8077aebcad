//! Money beside the rows: the month so far and its end, budgets, discounts, how far the own
//! estimate was off.

use super::{Store, sources::UNKNOWN};
use crate::{
    domain::{
        Budget, CommonFields, CostWindow, Costs, Discount, Evidence, Forecast, HourlyCost,
        Measured, Reason, Record, Service, Timestamp, Usd, UsdPerHour, evidence::BudgetCrossing,
        money::accrual,
    },
    pricing::{
        forecast::{self, SpendPace},
        reconcile,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// The costs of this month in Cost Explorer, of all accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthToDate {
    /// Sum over the accounts that answered.
    pub amount: Usd,
    /// The earliest end of what an account's figure covers.
    pub through: Option<Timestamp>,
    /// Accounts in the sum.
    pub accounts: usize,
    /// Accounts that gave no figure.
    pub missing: usize,
}

/// Where this month is heading.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthForecast {
    /// Spent so far.
    pub month_to_date: Measured<MonthToDate>,
    /// The whole month, all accounts together.
    pub month_end: Measured<Forecast>,
    /// The budget that is crossed first; where none is, the one with the largest share spent.
    pub budget: Option<BudgetForecast>,
}

/// A budget, and when it is crossed.
#[derive(Clone, Debug, PartialEq)]
pub struct BudgetForecast {
    /// The budget.
    pub budget: Budget,
    /// When; known `None`: not this month.
    pub crossing: Measured<Option<BudgetCrossing>>,
}

/// The own estimate of a service's last closed day beside its bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reconciliation {
    /// Which service.
    pub service: Service,
    /// Beginning of the day, UTC.
    pub day: Timestamp,
    /// What the rows that are still listed come to on that day, effective.
    pub estimate: Usd,
    /// What Cost Explorer has for the lines with a list rate.
    pub billed: Usd,
}

impl Reconciliation {
    /// How far the estimate is off: estimate / billed - 1; `None` where nothing was billed.
    pub fn error(&self) -> Option<f64> {
        (self.billed.0 > 0.0).then(|| self.estimate.0 / self.billed.0 - 1.0)
    }
}

/// What is paid less than list, by account.
#[derive(Clone, Debug, Default)]
pub(super) struct DiscountTable {
    /// Configured discounts; they take precedence over those of the bill.
    configured: Vec<Discount>,
    learnt: Vec<(Arc<str>, Discount)>,
    /// All of them.
    all: Vec<Discount>,
}

impl DiscountTable {
    pub fn configured(configured: Vec<Discount>) -> Self {
        Self {
            all: configured.clone(),
            configured,
            learnt: Vec::new(),
        }
    }

    /// Updates the discounts from the bills. Returns whether any of them changed.
    fn learn(&mut self, costs: &[Costs]) -> bool {
        let of = |costs: &Costs| {
            let account = costs.place.account.clone();
            costs
                .discounts
                .iter()
                .map(move |discount| (account.clone(), discount.clone()))
                .collect::<Vec<_>>()
        };
        let learnt: Vec<(Arc<str>, Discount)> = costs.iter().flat_map(of).collect();
        let changed = learnt != self.learnt;
        self.learnt = learnt;
        self.all.clone_from(&self.configured);
        for (_, discount) in &self.learnt {
            if !self.all.contains(discount)
                && self
                    .configured
                    .iter()
                    .all(|own| own.service != discount.service)
            {
                self.all.push(discount.clone());
            }
        }
        changed
    }

    /// What `head` pays less than list.
    pub fn of(&self, head: &CommonFields) -> Option<Discount> {
        let service = head.service?;
        let own = self
            .configured
            .iter()
            .find(|discount| discount.service == service);
        let learnt = || {
            self.learnt.iter().find(|(account, discount)| {
                *account == head.key.account && discount.service == service
            })
        };
        own.or_else(|| learnt().map(|(_, discount)| discount))
            .cloned()
    }
}

impl Store {
    /// Stores the costs of a bill, and gives the rows its discounts.
    pub(super) fn take_costs(&mut self, costs: Costs) {
        replace_costs(&mut self.costs, costs);
        if self.discounts.learn(&self.costs) {
            for table in self.tables.values_mut() {
                Arc::make_mut(table).discount(&self.discounts);
            }
        }
    }

    /// This month's cost so far, AI/ML services, as Cost Explorer has it.
    pub fn month_to_date(&self) -> Measured<MonthToDate> {
        month_to_date(&self.costs)
    }

    fn heads(&self) -> impl Iterator<Item = &CommonFields> {
        self.records().map(|record| &record.head)
    }

    /// Where this month is heading.
    pub fn month_forecast(&self, now: Timestamp) -> MonthForecast {
        MonthForecast {
            month_to_date: self.month_to_date(),
            month_end: self.month_end(now),
            budget: self.first_budget(),
        }
    }

    /// All accounts' months together. The bounds add up as if the accounts went up and down
    /// together.
    fn month_end(&self, now: Timestamp) -> Measured<Forecast> {
        let mut sum: Option<Forecast> = None;
        for costs in self
            .costs
            .iter()
            .filter(|costs| costs.month_to_date.known().is_some())
        {
            let account = &costs.place.account;
            let burn = self
                .heads()
                .filter(|head| head.key.account == *account)
                .filter_map(CommonFields::effective)
                .sum();
            let one = match account_month_end(costs, burn, now) {
                Measured::Known(one) => one,
                Measured::Unknown(why) => return Measured::Unknown(why),
            };
            sum = Some(match sum {
                None => one,
                Some(sum) => Forecast {
                    mean: sum.mean + one.mean,
                    low: sum.low + one.low,
                    high: sum.high + one.high,
                    source: if sum.source == one.source {
                        sum.source
                    } else {
                        format!("{}; {}", sum.source, one.source).into()
                    },
                    ..sum
                },
            });
        }
        Measured::or_why(sum, "the bill is unknown")
    }

    /// The budget that is crossed first; else the one of which the largest share is spent.
    fn first_budget(&self) -> Option<BudgetForecast> {
        let crossing = |costs: &Costs, budget: &Budget| {
            let of = |head: &&CommonFields| {
                head.key.account == costs.place.account && head.name == budget.name
            };
            let crossing = self
                .heads()
                .filter(of)
                .find_map(|head| match &head.evidence {
                    Evidence::Budget {
                        limit, crossing, ..
                    } if *limit == budget.limit => Some(crossing.clone()),
                    _ => None,
                });
            crossing.unwrap_or_else(|| Measured::unknown("not calculated"))
        };
        let all = self
            .costs
            .iter()
            .flat_map(|costs| costs.budgets.iter().map(move |budget| (costs, budget)));
        let outlooks = all.map(|(costs, budget)| BudgetForecast {
            budget: budget.clone(),
            crossing: crossing(costs, budget),
        });
        let rank = |outlook: &BudgetForecast| {
            let at = outlook
                .crossing
                .known()
                .and_then(|crossing| crossing.map(|crossing| crossing.at));
            (
                at.unwrap_or(Timestamp::MAX),
                -outlook.budget.spent.0 / outlook.budget.limit.0.max(0.01),
            )
        };
        outlooks.min_by(|a, b| {
            let ((at, share), (other_at, other_share)) = (rank(a), rank(b));
            at.cmp(&other_at)
                .then_with(|| share.total_cmp(&other_share))
        })
    }

    /// The own estimate of the last closed day beside the bill, by service (see [`reconcile`]).
    /// Empty until the bill has a closed day.
    pub fn reconciliation(&self) -> Vec<Reconciliation> {
        let mut sums: BTreeMap<Service, (Timestamp, Usd, Usd)> = BTreeMap::new();
        for costs in &self.costs {
            let Some(day) = costs
                .days
                .iter()
                .filter(|day| day.closed)
                .map(|day| day.day)
                .max()
            else {
                continue;
            };
            let ends = day
                .saturating_add(jiff::SignedDuration::from_hours(24))
                .unwrap_or(day);
            for billed in costs
                .days
                .iter()
                .filter(|one| one.day == day && one.priced > Usd::ZERO)
            {
                sums.entry(billed.service)
                    .or_insert((day, Usd::ZERO, Usd::ZERO))
                    .2 += billed.priced;
            }
            for head in self
                .heads()
                .filter(|head| head.key.account == costs.place.account)
            {
                if let (Some(service), Some(usd)) =
                    (head.service, reconcile::estimate(head, day, ends))
                {
                    sums.entry(service).or_insert((day, Usd::ZERO, Usd::ZERO)).1 += usd;
                }
            }
        }
        sums.into_iter()
            .filter(|(_, (_, estimate, billed))| *estimate > Usd::ZERO || *billed > Usd::ZERO)
            .map(|(service, (day, estimate, billed))| Reconciliation {
                service,
                day,
                estimate,
                billed,
            })
            .collect()
    }

    /// Rows that are billed at a price that is not known, and why it is not.
    pub fn unpriced(&self) -> Vec<(Arc<Record>, Reason)> {
        let why = |record: &Arc<Record>| match &record.head.burn {
            HourlyCost::Unpriced(why) => Some((record.clone(), why.clone())),
            _ => None,
        };
        self.records().filter_map(why).collect()
    }

    /// Effective dollars that all rows with a known price and start accrued in `window`.
    pub fn accrued(&self, window: CostWindow, now: Timestamp) -> Usd {
        let one = |head: &CommonFields| {
            accrual::accrued(head.effective()?, head.since, window, now)
                .known()
                .copied()
        };
        self.heads().filter_map(one).sum()
    }

    /// The discount: the configured one, else the one of the bill.
    pub fn discounts(&self) -> &[Discount] {
        &self.discounts.all
    }
}

/// One figure an account: the newest. A known account replaces the same profile's nameless figure.
fn replace_costs(known: &mut Vec<Costs>, costs: Costs) {
    let same = |old: &Costs| {
        old.place.account == costs.place.account
            && (&*costs.place.account != UNKNOWN || old.place.profile == costs.place.profile)
    };
    if known.iter().any(|old| same(old) && old.at > costs.at) {
        return;
    }
    // A failed look at the figure does not take the old figure away.
    let keep = known
        .iter()
        .find(|old| same(old) && old.month_to_date.known().is_some())
        .cloned();
    let nameless =
        |old: &Costs| &*old.place.account == UNKNOWN && old.place.profile == costs.place.profile;
    known.retain(|old| !(same(old) || nameless(old)));
    known.push(match keep {
        Some(old) if costs.month_to_date.known().is_none() => old,
        _ => costs,
    });
}

fn month_to_date(costs: &[Costs]) -> Measured<MonthToDate> {
    let figures: Vec<(Usd, Option<Timestamp>)> = costs
        .iter()
        .filter_map(|costs| costs.month_to_date.known().map(|usd| (*usd, costs.through)))
        .collect();
    if figures.is_empty() {
        let why = costs
            .iter()
            .find_map(|costs| costs.month_to_date.why().cloned());
        return why.map_or_else(
            || Measured::unknown("Cost Explorer has not answered yet"),
            Measured::Unknown,
        );
    }
    Measured::Known(MonthToDate {
        amount: figures.iter().map(|(usd, _)| *usd).sum(),
        through: figures.iter().filter_map(|(_, through)| *through).min(),
        accounts: figures.len(),
        missing: costs.len() - figures.len(),
    })
}

/// What Cost Explorer foresees for one account's month; else the own forecast by its closed days,
/// and `burn` as the upper bound.
fn account_month_end(costs: &Costs, burn: UsdPerHour, now: Timestamp) -> Measured<Forecast> {
    if let Measured::Known(forecast) = &costs.month_end {
        return Measured::Known(forecast.clone());
    }
    let mut closed: BTreeMap<Timestamp, Usd> = BTreeMap::new();
    for day in costs.days.iter().filter(|day| day.closed) {
        *closed.entry(day.day).or_default() += day.billed;
    }
    let Some(through) = costs.through else {
        return Measured::unknown("no closed day on the bill yet");
    };
    let begins = forecast::month(now).0;
    let spent = closed.range(begins..).map(|(_, usd)| *usd).sum();
    SpendPace::of(&complete_days(&closed))
        .map(|pace| forecast::month_end(spent, through.max(begins), &pace, burn, now))
}

/// The days from the first to the last, a day without a line at zero.
fn complete_days(days: &BTreeMap<Timestamp, Usd>) -> Vec<Usd> {
    let (Some(first), Some(last)) = (days.keys().next(), days.keys().next_back()) else {
        return Vec::new();
    };
    let day = |second: i64| {
        Timestamp::from_second(second)
            .ok()
            .and_then(|at| days.get(&at).copied())
            .unwrap_or_default()
    };
    (first.as_second()..=last.as_second())
        .step_by(86_400)
        .map(day)
        .collect()
}
