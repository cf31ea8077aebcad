//! How often each query is asked, within a budget of dollars a day.
//!
//! CloudWatch bills questions, not points: asking less often loses no point, only freshness. A
//! change of use stays unseen for half of the interval T, which costs burn x T / 2; asking costs
//! price / T. The sum is least where T is proportional to 1 / sqrt(burn): twice the dollars are
//! looked at 1.4 times as often. The factor is found so that the sum of all questions fits into the
//! budget. Within it the dearest nine tenths of the burn have an age that holds for all of them.

use super::Priority;
use crate::aws::api_cost::METRIC_MICRO_USD;

/// Price of a metric in a GetMetricData request, dollars.
const PRICE: f64 = METRIC_MICRO_USD as f64 / 1e6;
const DAY: f64 = 86_400.0;
/// Seconds between polls of metrics: the shortest interval.
const MIN: f64 = 300.0;
/// The longest age of the dearest, seconds, while the budget allows it.
const AGE_OF_DEAREST: f64 = 600.0;
/// The longest interval of all others, seconds.
const AGE_OF_REST: f64 = 4.0 * 3_600.0;
/// Share of the burn that counts as the dearest.
const DEAREST: f64 = 0.9;
/// The least burn that a query counts with, dollars an hour: prepaid capacity and what has no price
/// are looked at too.
const LEAST_BURN: f64 = 0.05;
/// A poll comes up to this many seconds early.
const EARLY: f64 = 30.0;

/// The dollars a day that metrics may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum WatchBudget {
    /// So many dollars a day for an account, Cost Explorer included.
    Dollars(f64),
    /// A dollar for up to 1,000 resources, and more for more, see [`WatchBudget::per_day`].
    #[default]
    Auto,
    /// Everything is asked at every poll.
    Unlimited,
}

impl WatchBudget {
    /// Dollars a day with `resources`: automatic budgets grow with the power of 0.75 above 1,000.
    pub fn per_day(self, resources: usize) -> Option<f64> {
        match self {
            Self::Dollars(dollars) => Some(dollars),
            Self::Auto => Some((resources as f64 / 1_000.0).max(1.0).powf(0.75)),
            Self::Unlimited => None,
        }
    }
}

/// The intervals of all queries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Schedule {
    /// Seconds x sqrt(dollars an hour).
    factor: f64,
    /// The least burn of the dearest.
    dearest: f64,
    /// The longest interval of the dearest, and of all others; seconds.
    ages: (f64, f64),
}

impl Schedule {
    /// Everything at every poll.
    pub(super) const ALWAYS: Self = Self {
        factor: 0.0,
        dearest: 0.0,
        ages: (AGE_OF_DEAREST, AGE_OF_REST),
    };

    /// The schedule of `queries` for `dollars` a day.
    pub(super) fn new(queries: &[(Priority, u32)], dollars: f64) -> Self {
        let mut schedule = Self {
            factor: 0.0,
            dearest: dearest(queries),
            ages: (AGE_OF_DEAREST, AGE_OF_REST),
        };
        let cost = |schedule: &Self| schedule.per_day(queries);
        // Where the budget is too small for the ages, all of them grow.
        let longest = Self {
            factor: f64::INFINITY,
            ..schedule
        };
        let mut slower = longest;
        while cost(&slower) > dollars && slower.ages.0 < 30.0 * DAY {
            slower.ages = (
                slower.ages.0 * 1.25,
                (slower.ages.0 * 1.25).max(slower.ages.1),
            );
        }
        schedule.ages = slower.ages;
        if cost(&schedule) <= dollars {
            return schedule;
        }
        let (mut low, mut high) = (0.0, 1e9);
        for _ in 0..60 {
            schedule.factor = f64::midpoint(low, high);
            if cost(&schedule) > dollars {
                low = schedule.factor;
            } else {
                high = schedule.factor;
            }
        }
        schedule.factor = high;
        schedule
    }

    /// Dollars a day that `queries` cost.
    pub(super) fn per_day(&self, queries: &[(Priority, u32)]) -> f64 {
        let asks = queries.iter().map(|(priority, period)| {
            let interval = self.interval(*priority).max(f64::from(*period));
            DAY / (((interval - EARLY) / MIN).ceil().max(1.0) * MIN)
        });
        asks.sum::<f64>() * PRICE
    }

    /// Whether the budget makes an interval longer.
    pub(super) fn is_limited(&self) -> bool {
        self.factor > 0.0 || self.ages.0 > AGE_OF_DEAREST
    }

    /// Seconds between two questions of a query with `priority`.
    pub(super) fn interval(&self, priority: Priority) -> f64 {
        let burn = priority.burn.0.max(LEAST_BURN);
        let longest = if burn >= self.dearest {
            self.ages.0
        } else {
            self.ages.1
        };
        let round = (self.factor / burn.sqrt()).min(longest).max(MIN);
        let rounds = f64::from(priority.rounds) * f64::from(priority.turn.1);
        round * rounds
    }

    /// Whether a question asked `age` seconds ago is due again.
    pub(super) fn is_due(&self, priority: Priority, age: f64) -> bool {
        age + EARLY >= self.interval(priority)
    }

    /// The age that the readings of the dearest resources reach, seconds.
    pub(super) fn age_of_dearest(&self) -> f64 {
        let least = (self.factor / self.dearest.max(LEAST_BURN).sqrt()).min(self.ages.0);
        least.max(MIN)
    }
}

/// The least burn among the queries of the dearest resources, which together burn nine tenths.
fn dearest(queries: &[(Priority, u32)]) -> f64 {
    let leading = queries
        .iter()
        .filter(|(priority, _)| priority.rounds == 1 && priority.turn.0 == 0);
    let mut burns: Vec<f64> = leading
        .map(|(priority, _)| priority.burn.0.max(LEAST_BURN))
        .collect();
    burns.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, all) = (0.0, burns.iter().sum::<f64>());
    for burn in burns {
        sum += burn;
        if sum >= all * DEAREST {
            return burn;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::{super::store::COST_EXPLORER, *};
    use crate::domain::UsdPerHour;

    fn priority(burn: f64, rounds: u16) -> (Priority, u32) {
        let priority = Priority {
            burn: UsdPerHour(burn),
            rounds,
            turn: (0, 1),
        };
        (priority, 300)
    }

    #[test]
    fn small_account_is_asked_at_every_poll() {
        let queries: Vec<_> = (0..60).map(|_| priority(1.0, 1)).collect();
        let schedule = Schedule::new(&queries, 0.68);
        assert!(
            queries
                .iter()
                .all(|(one, _)| schedule.interval(*one) <= MIN)
        );
    }

    #[test]
    fn schedule_costs_no_more_than_the_budget_and_uses_most_of_it() {
        for (count, budget) in [(500, 0.68), (1_200, 0.68), (1_200, 0.2), (12_000, 5.3)] {
            let queries: Vec<_> = (0..count)
                .map(|n| priority(40.0 / f64::from(n % 97 + 1), 1 + 2 * u16::from(n % 3 == 0)))
                .collect();
            let schedule = Schedule::new(&queries, budget);
            let cost = schedule.per_day(&queries);
            assert!(
                cost <= budget && cost > 0.5 * budget,
                "{count}: {cost} of {budget}"
            );
        }
    }

    #[test]
    fn dearer_resources_are_asked_sooner() {
        let mut queries: Vec<_> = (0..900).map(|_| priority(1.0, 1)).collect();
        queries.extend((0..100).map(|_| priority(100.0, 1)));
        let schedule = Schedule::new(&queries, 0.6);
        let interval = |burn| schedule.interval(priority(burn, 1).0);
        assert!(interval(100.0) <= AGE_OF_DEAREST);
        assert!(interval(1.0) > interval(100.0) && interval(1.0) <= AGE_OF_REST);
    }

    #[test]
    fn budget_grows_slower_than_the_account() {
        for (resources, dollars) in [(60, 1.0), (1_000, 1.0), (10_000, 5.623)] {
            let auto = WatchBudget::Auto.per_day(resources).unwrap();
            assert!((auto - dollars).abs() < 0.001, "{resources}: {auto}");
        }
        assert_eq!(WatchBudget::Unlimited.per_day(9), None);
    }

    /// Of `count` resources half are GPU instances, a tenth notebooks, a fifth endpoints and a
    /// fifth jobs, with the queries that their panes have.
    fn estate(count: u32) -> Vec<(Priority, u32)> {
        let mut queries = Vec::new();
        let mut add = |share: u32, burn: f64, rounds: &[u16]| {
            for _ in 0..count / share {
                queries.extend(rounds.iter().map(|rounds| priority(burn, *rounds)));
            }
        };
        for burn in [0.805, 1.006, 5.672, 21.957] {
            add(8, burn, &[1, 6]);
        }
        add(10, 1.41, &[1]);
        add(5, 2.82, &[1, 3, 3, 6, 6, 6, 6]);
        add(5, 1.41, &[1, 6]);
        queries
    }

    /// The ages that the README names.
    #[test]
    fn age_of_the_dearest_follows_from_the_size_of_the_account() {
        for (count, minutes) in [(60, 5.0..=5.0), (300, 5.0..=10.0), (1_000, 20.0..=35.0)] {
            let left = WatchBudget::Auto.per_day(count as usize).unwrap() - COST_EXPLORER;
            let age = Schedule::new(&estate(count), left).age_of_dearest() / 60.0;
            assert!(minutes.contains(&age), "{count}: {age} minutes");
        }
    }
}
