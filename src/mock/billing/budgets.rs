//! Budgets: the month's actual cost, and its forecast at the daily cost of the last week.
//!
//! Credits, refunds and tax do not count, as in budgets created in the AWS console.

use super::{
    BillingPeriod, Charge,
    agreements::{Budget, ServiceFamily},
    forecast::{DailyPace, LOOK_BACK},
    settled_until,
};
use crate::{
    domain::Timestamp,
    mock::simulation::{Simulation, after},
};
use std::collections::{BTreeMap, BTreeSet};

/// A budget with its actual and forecast spend.
#[derive(Clone, Debug)]
pub(in crate::mock) struct BudgetStatus {
    pub(in crate::mock) name: String,
    pub(in crate::mock) limit: f64,
    /// `Service` of its cost filters: names of the bill.
    pub(in crate::mock) services: Vec<String>,
    /// Dollars of this month that have settled, unblended.
    pub(in crate::mock) actual: f64,
    /// Dollars of the whole month; `None` with too little history.
    pub(in crate::mock) forecast: Option<f64>,
}

impl Budget {
    fn includes(&self, charge: &Charge) -> bool {
        let of = |word: &String| match word.as_str() {
            "ec2" => ServiceFamily::of(&charge.service) == Some(ServiceFamily::Ec2),
            "sagemaker" => ServiceFamily::of(&charge.service) == Some(ServiceFamily::SageMaker),
            "bedrock" => ServiceFamily::of(&charge.service) == Some(ServiceFamily::Bedrock),
            name => charge.service == name,
        };
        let usage = !matches!(charge.record_type, "Credit" | "Refund" | "Tax");
        usage && (self.services.is_empty() || self.services.iter().any(of))
    }
}

impl Simulation {
    /// The budgets in the order of the scenario; `charges` has the bill of a time, day by day.
    pub(in crate::mock) fn budgets(
        &self,
        now: Timestamp,
        charges: impl FnOnce(Timestamp, Timestamp) -> Vec<Charge>,
    ) -> Vec<BudgetStatus> {
        if self.agreements.budgets.is_empty() {
            return Vec::new();
        }
        let settled = settled_until(now);
        let month = BillingPeriod::Month.start_of(now);
        let end = BillingPeriod::Month.next(now);
        let from = month.min(after(
            BillingPeriod::Day.start_of(settled),
            -LOOK_BACK * 86_400.0,
        ));
        let charges = charges(from, end);
        self.agreements
            .budgets
            .iter()
            .map(|budget| budget_status(budget, &charges, (month, settled.max(month), end)))
            .collect()
    }
}

fn budget_status(
    budget: &Budget,
    charges: &[Charge],
    (month, settled, end): (Timestamp, Timestamp, Timestamp),
) -> BudgetStatus {
    let mut days: BTreeMap<Timestamp, f64> = BTreeMap::new();
    let mut services: BTreeSet<&str> = BTreeSet::new();
    for charge in charges.iter().filter(|charge| budget.includes(charge)) {
        *days.entry(charge.at).or_default() += charge.usd;
        services.insert(&charge.service);
    }
    let words = ["ec2", "sagemaker", "bedrock"];
    let named = budget
        .services
        .iter()
        .filter(|name| !words.contains(&name.as_str()))
        .map(String::as_str);
    services.extend(named);
    let actual = days.range(month..).map(|(_, usd)| *usd).sum();
    let rest = end.duration_since(settled).as_secs_f64() / 86_400.0;
    BudgetStatus {
        name: budget.name.clone(),
        limit: budget.monthly,
        services: if budget.services.is_empty() {
            Vec::new()
        } else {
            services.into_iter().map(str::to_owned).collect()
        },
        actual,
        forecast: DailyPace::of(&days, BillingPeriod::Day.start_of(settled))
            .map(|pace| actual + pace.daily * rest),
    }
}
