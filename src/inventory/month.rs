//! The month: the amount spent so far, its forecast, and the budgets it crosses.

use super::{Store, bill::Bill, spent::Ledger};
use crate::{
    domain::{
        Budget, BudgetScope, CommonFields, Costs, Currency, Evidence, Forecast, Measured, Service,
        Timestamp, Usd, evidence::BudgetCrossing,
    },
    pricing::{
        budget::{self, BudgetOutlook},
        forecast::{self, SpendPace},
    },
};
use std::cmp::Ordering;

/// The amount spent this month, in all accounts with a bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MonthToDate {
    /// Sum over the accounts that answered: their bills, and the own estimate since.
    pub amount: Usd,
    /// The billed part of `amount`.
    pub billed: Usd,
    /// Its currency. Bills in another one are not in the sum.
    pub currency: Currency,
    /// The earliest end of an account's bill.
    pub through: Option<Timestamp>,
    /// Accounts in the sum.
    pub accounts: usize,
    /// Accounts that gave no figure.
    pub missing: usize,
}

/// The forecast of this month.
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
    /// When spending crossed or will cross it; known `None`: not this month.
    pub crossing: Measured<Option<BudgetCrossing>>,
}

impl Store {
    /// This month's cost so far of the AI/ML services, from Cost Explorer.
    pub fn month_to_date(&self) -> Measured<MonthToDate> {
        self.sum_of_months(&|_, billed| billed)
    }

    /// The forecast of this month. The budget is the one with the most left to save: budgets not
    /// yet crossed come first, by the time of the crossing and the share spent, then crossed ones
    /// by their excess. Budgets of other services and negligible ones are left out.
    pub fn month_forecast(&self, now: Timestamp) -> MonthForecast {
        self.month_forecast_by(&self.ledger(), now)
    }

    /// As [`Store::month_forecast`], from the bills and rows of `ledger`.
    pub(super) fn month_forecast_by(&self, ledger: &Ledger<'_>, now: Timestamp) -> MonthForecast {
        MonthForecast {
            month_to_date: self.sum_of_months(&|costs, billed| {
                billed + unbilled(ledger, costs, &Service::ALL, now)
            }),
            month_end: self.month_end(ledger, now),
            budget: self.first_budget(ledger, now),
        }
    }

    /// The sum over all accounts; `of` returns the amount of an account, given its billed part.
    fn sum_of_months(&self, of: &dyn Fn(&Costs, Usd) -> Usd) -> Measured<MonthToDate> {
        let costs: Vec<&Costs> = self.counted_costs().collect();
        let known = || {
            costs
                .iter()
                .filter_map(|costs| Some((*costs, *costs.month_to_date.known()?)))
        };
        let Some(currency) = known().map(|(costs, _)| costs.currency).next() else {
            let why = costs
                .iter()
                .find_map(|costs| costs.month_to_date.why().cloned());
            return why.map_or_else(
                || Measured::unknown("Cost Explorer has not answered yet"),
                Measured::Unknown,
            );
        };
        let counted = || known().filter(|(costs, _)| costs.currency == currency);
        let accounts = counted().count();
        Measured::Known(MonthToDate {
            amount: counted().map(|(costs, billed)| of(costs, billed)).sum(),
            billed: counted().map(|(_, billed)| billed).sum(),
            currency,
            through: counted().filter_map(|(costs, _)| Bill::end(costs)).min(),
            accounts,
            missing: costs.len() - accounts,
        })
    }

    /// The forecasts of all accounts together. The bounds add up as if the accounts rose and fell
    /// together.
    fn month_end(&self, ledger: &Ledger<'_>, now: Timestamp) -> Measured<Forecast> {
        let mut sum: Option<Forecast> = None;
        let currency = self.month_to_date().known().map(|month| month.currency);
        for costs in self.counted_costs().filter(|costs| {
            costs.month_to_date.known().is_some() && Some(costs.currency) == currency
        }) {
            let one = match self.account_month_end(ledger, costs, now) {
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

    /// The amount spent plus Cost Explorer's forecast for the rest of one account's month; else the
    /// own forecast from its closed days, with the present burn in the upper bound.
    pub(super) fn account_month_end(
        &self,
        ledger: &Ledger<'_>,
        costs: &Costs,
        now: Timestamp,
    ) -> Measured<Forecast> {
        let billed = costs.month_to_date.known().copied().unwrap_or_default();
        let spent = billed + unbilled(ledger, costs, &Service::ALL, now);
        let (month, asked) = (forecast::month(now).0, costs.at.min(now));
        if let Measured::Known(rest) = &costs.rest
            && asked >= month
        {
            let day = asked.as_second().div_euclid(86_400) * 86_400;
            let begin = Timestamp::from_second(day).unwrap_or(asked);
            return Measured::Known(forecast::foreseen_end(spent, rest, begin, now));
        }
        let is_billed = |head: &&CommonFields| costs.covers(&head.key.account);
        let burn = self
            .heads()
            .filter(is_billed)
            .filter_map(CommonFields::effective)
            .sum();
        SpendPace::of(&budget::closed_days(&costs.days, &Service::ALL))
            .map(|pace| forecast::month_end(spent, now, &pace, burn, now))
    }

    /// The outlook of a budget of `costs`, with the amount spent since the bill; `None` while the
    /// rows of the account are not read.
    pub(super) fn outlook(
        &self,
        ledger: &Ledger<'_>,
        (costs, budget): (&Costs, &Budget),
        now: Timestamp,
    ) -> Option<BudgetOutlook> {
        let is_followed = budget.scope != BudgetScope::Other
            && budget.currency == Currency::USD
            && self.has_read_all_panes(Some(&costs.place.account));
        let since = is_followed.then(|| unbilled(ledger, costs, &budget.ai_services(), now))?;
        Some(budget::assess(budget, &costs.days, since, now))
    }

    fn first_budget(&self, ledger: &Ledger<'_>, now: Timestamp) -> Option<BudgetForecast> {
        let counts = |(costs, budget): &(&Costs, &Budget)| {
            let month = costs.month_to_date.known().copied().unwrap_or_default();
            budget.scope != BudgetScope::Other && !budget.is_negligible(month)
        };
        let all = self
            .costs
            .iter()
            .flat_map(|costs| costs.budgets.iter().map(move |one| (costs, one)));
        let forecasts = all.filter(counts).map(|(costs, budget)| {
            let outlook = self.outlook(ledger, (costs, budget), now);
            let row = || self.row_of_budget(costs, budget);
            BudgetForecast {
                budget: Budget {
                    spent: outlook
                        .as_ref()
                        .map_or(budget.spent, |outlook| outlook.spent),
                    ..budget.clone()
                },
                crossing: outlook.map_or_else(row, |outlook| outlook.crossing),
            }
        });
        forecasts.min_by(|a, b| {
            budget_rank(a)
                .partial_cmp(&budget_rank(b))
                .unwrap_or(Ordering::Equal)
        })
    }

    /// The crossing of a budget as its row has it, which includes only the bill.
    fn row_of_budget(&self, costs: &Costs, budget: &Budget) -> Measured<Option<BudgetCrossing>> {
        let crossing = |head: &CommonFields| match &head.evidence {
            Evidence::Budget {
                limit, crossing, ..
            } if *limit == budget.limit
                && head.key.account == costs.place.account
                && head.name == budget.name =>
            {
                Some(crossing.clone())
            }
            _ => None,
        };
        let row = self.heads().find_map(crossing);
        row.unwrap_or_else(|| Measured::unknown("not calculated"))
    }
}

/// The cost of `services` this month in the accounts of `costs` beyond its bill so far: the own
/// estimate of the unbilled time. Zero in another currency.
pub(super) fn unbilled(
    ledger: &Ledger<'_>,
    costs: &Costs,
    services: &[Service],
    now: Timestamp,
) -> Usd {
    let bill = ledger.bill(costs);
    bill.map_or(Usd::ZERO, |bill| {
        bill.unbilled(services, forecast::month(now).0, now)
    })
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
