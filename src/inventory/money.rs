//! Money beside the rows: the month so far and its end, budgets, discounts, how far the own
//! estimate was off.

use super::Store;
use crate::{
    domain::{
        Budget, BudgetScope, CommonFields, CostWindow, Costs, Currency, Discount, Evidence,
        Forecast, HourlyCost, Measured, Reason, Record, Service, Timestamp, UNKNOWN_ACCOUNT, Usd,
        UsdPerHour, evidence::BudgetCrossing, money::accrual,
    },
    pricing::{
        forecast::{self, SpendPace},
        reconcile,
    },
};
use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

/// The costs of this month in Cost Explorer, of all accounts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthToDate {
    /// Sum over the accounts that answered.
    pub amount: Usd,
    /// Its currency. Bills in another one are not in the sum.
    pub currency: Currency,
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
    /// The budget to look at first (see [`Store::month_forecast`]).
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

impl Store {
    /// Takes in what the bill says.
    pub(super) fn take_costs(&mut self, costs: Costs) {
        replace_costs(&mut self.costs, costs);
    }

    /// Gives the rows the discounts that the bills teach, as far as bill and rows agree.
    pub(super) fn apply_discounts(&mut self) {
        let refused = self
            .disagreements()
            .into_iter()
            .map(|(account, one)| (account, one.service));
        let refused = refused.collect();
        if self.discounts.infer(&self.costs, refused) {
            for table in self.tables.values_mut() {
                Arc::make_mut(table).discount(&self.discounts);
            }
        }
    }

    /// The bills without those that another watched account's bill holds.
    pub(super) fn counted_costs(&self) -> impl Iterator<Item = &Costs> {
        self.costs
            .iter()
            .filter(|costs| payer(costs, &self.costs).is_none())
    }

    /// This month's cost so far, AI/ML services, as Cost Explorer has it.
    pub fn month_to_date(&self) -> Measured<MonthToDate> {
        month_to_date(self.counted_costs())
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = &CommonFields> {
        self.records().map(|record| &record.head)
    }

    /// Where this month is heading. The budget is the one where most can still be saved: those not
    /// yet crossed by the time they will be and the share spent, then crossed ones by their excess.
    /// Budgets of other services and negligible ones are left out.
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
        let currency = self.month_to_date().known().map(|month| month.currency);
        for costs in self.counted_costs().filter(|costs| {
            costs.month_to_date.known().is_some() && Some(costs.currency) == currency
        }) {
            let account = &costs.place.account;
            let is_billed = |head: &&CommonFields| {
                head.key.account == *account || costs.linked.contains(&head.key.account)
            };
            let burn = self
                .heads()
                .filter(is_billed)
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
        let counts = |(costs, budget): &(&Costs, &Budget)| {
            let month = costs.month_to_date.known().copied().unwrap_or_default();
            budget.scope != BudgetScope::Other && !budget.is_negligible(month)
        };
        let all = self
            .costs
            .iter()
            .flat_map(|costs| costs.budgets.iter().map(move |one| (costs, one)));
        let forecasts = all.filter(counts).map(|(costs, budget)| BudgetForecast {
            budget: budget.clone(),
            crossing: crossing(costs, budget),
        });
        forecasts.min_by(|a, b| {
            budget_rank(a)
                .partial_cmp(&budget_rank(b))
                .unwrap_or(Ordering::Equal)
        })
    }

    /// The own estimate of the last closed day beside the bill, by service (see [`reconcile`]).
    /// Empty until the bill has a closed day.
    pub fn reconciliation(&self) -> Vec<Reconciliation> {
        let mut sums: BTreeMap<Service, (Timestamp, Usd, Usd)> = BTreeMap::new();
        for costs in self.counted_costs() {
            let Some((day, ends)) = last_closed_day(costs) else {
                continue;
            };
            for billed in costs
                .days
                .iter()
                .filter(|one| one.day == day && one.priced > Usd::ZERO)
            {
                sums.entry(billed.service)
                    .or_insert((day, Usd::ZERO, Usd::ZERO))
                    .2 += billed.priced;
            }
            for head in self.heads().filter(|head| {
                head.key.account == costs.place.account || costs.linked.contains(&head.key.account)
            }) {
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
            && (&*costs.place.account != UNKNOWN_ACCOUNT
                || old.place.profile == costs.place.profile)
    };
    if known.iter().any(|old| same(old) && old.at > costs.at) {
        return;
    }
    // A failed look at the figure does not take the old figure away.
    let keep = known
        .iter()
        .find(|old| same(old) && old.month_to_date.known().is_some())
        .cloned();
    let nameless = |old: &Costs| {
        &*old.place.account == UNKNOWN_ACCOUNT && old.place.profile == costs.place.profile
    };
    known.retain(|old| !(same(old) || nameless(old)));
    known.push(match keep {
        Some(old) if costs.month_to_date.known().is_none() => old,
        _ => costs,
    });
}

/// The other account whose bill holds that of `costs`, if it has one.
pub(super) fn payer<'a>(costs: &Costs, all: &'a [Costs]) -> Option<&'a Costs> {
    let account = &costs.place.account;
    all.iter().find(|other| {
        other.place.account != *account
            && other.linked.contains(account)
            && other.month_to_date.known().is_some()
            // Of two that hold each other the first counts.
            && !(costs.linked.contains(&other.place.account) && *account < other.place.account)
    })
}

/// Start and end of the last closed day.
pub(super) fn last_closed_day(costs: &Costs) -> Option<(Timestamp, Timestamp)> {
    let closed = costs.days.iter().filter(|day| day.closed);
    let day = closed.map(|day| day.day).max()?;
    Some((
        day,
        day.saturating_add(jiff::SignedDuration::from_hours(24))
            .unwrap_or(day),
    ))
}

/// Lower is shown first: not crossed by the time of crossing and the share spent, then crossed by
/// the excess over the limit.
fn budget_rank(forecast: &BudgetForecast) -> (bool, i64, f64) {
    let budget = &forecast.budget;
    let share = budget.spent.0 / budget.limit.0.max(0.01);
    if budget.spent >= budget.limit {
        return (true, 0, -share);
    }
    let at = forecast
        .crossing
        .known()
        .and_then(|crossing| crossing.map(|crossing| crossing.at));
    (false, at.unwrap_or(Timestamp::MAX).as_second(), -share)
}

fn month_to_date<'a>(costs: impl Iterator<Item = &'a Costs>) -> Measured<MonthToDate> {
    let costs: Vec<&Costs> = costs.collect();
    let known = || {
        costs
            .iter()
            .filter(|costs| costs.month_to_date.known().is_some())
    };
    let Some(currency) = known().map(|costs| costs.currency).next() else {
        let why = costs
            .iter()
            .find_map(|costs| costs.month_to_date.why().cloned());
        return why.map_or_else(
            || Measured::unknown("Cost Explorer has not answered yet"),
            Measured::Unknown,
        );
    };
    let counted = || known().filter(|costs| costs.currency == currency);
    Measured::Known(MonthToDate {
        amount: counted()
            .filter_map(|costs| costs.month_to_date.known().copied())
            .sum(),
        currency,
        through: counted().filter_map(|costs| costs.through).min(),
        accounts: counted().count(),
        missing: costs.len() - counted().count(),
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
