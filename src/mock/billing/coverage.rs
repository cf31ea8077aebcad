//! Sums of the usage that Savings Plans and reservations cover.

use super::{BillingPeriod, Charge, commitments::overlap, settled_until};
use crate::{
    domain::Timestamp,
    mock::{price_facts::Facts, simulation::Simulation},
};

/// On-demand dollars of usage that a Savings Plan could cover.
pub(in crate::mock) struct PlanCoverage {
    pub(in crate::mock) service: String,
    pub(in crate::mock) region: String,
    /// Instance family.
    pub(in crate::mock) family: String,
    /// On-demand dollars of covered usage.
    pub(in crate::mock) covered: f64,
    /// On-demand dollars of uncovered usage.
    pub(in crate::mock) on_demand: f64,
}

/// The use of the commitments.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(in crate::mock) struct PlanUse {
    pub(in crate::mock) commitment: f64,
    pub(in crate::mock) used: f64,
    /// On-demand dollars of covered usage.
    pub(in crate::mock) on_demand: f64,
}

impl Simulation {
    /// Usage that Savings Plans covered or could have covered in `[from, to)`, as far as it has
    /// settled.
    pub(in crate::mock) fn planned(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> Vec<PlanCoverage> {
        if self.agreements.plans.is_empty() {
            return Vec::new();
        }
        let kinds: Vec<(String, String)> = self
            .coverable()
            .iter()
            .map(|line| (line.service().to_owned(), line.usage_type().to_owned()))
            .collect();
        self.charges(from, to, BillingPeriod::Day, now)
            .into_iter()
            .filter(|charge| matches!(charge.record_type, "Usage" | "SavingsPlanCoveredUsage"))
            .filter(|charge| {
                kinds.iter().any(|(service, usage)| {
                    *service == charge.service && *usage == charge.usage_type
                })
            })
            .map(|charge| {
                let covered = charge.record_type == "SavingsPlanCoveredUsage";
                let ty = charge.instance_type.as_deref().unwrap_or_default();
                PlanCoverage {
                    family: ty
                        .trim_start_matches("ml.")
                        .split('.')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    covered: if covered { charge.usd } else { 0.0 },
                    on_demand: if covered { 0.0 } else { charge.usd },
                    service: charge.service,
                    region: charge.region,
                }
            })
            .collect()
    }

    /// The use of all commitments in `[from, to)`, as far as it has settled.
    pub(in crate::mock) fn plan_use(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> PlanUse {
        let mut sum = PlanUse::default();
        for charge in self.charges(from, to, BillingPeriod::Day, now) {
            match charge.record_type {
                "SavingsPlanRecurringFee" => {
                    sum.commitment += charge.usd;
                    sum.used += charge.usd - charge.amortized;
                }
                "SavingsPlanCoveredUsage" => sum.on_demand += charge.usd,
                _ => {}
            }
        }
        sum
    }

    /// Instance-hours of the reservations in `[from, to)`, as far as they have settled.
    pub(in crate::mock) fn reserved_hours(
        &self,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
    ) -> f64 {
        let to = to.min(settled_until(now));
        self.agreements
            .reservations
            .iter()
            .map(|one| f64::from(one.count) * overlap((from, to), (one.start, one.end)) / 3_600.0)
            .sum()
    }

    /// On-demand dollars per hour of a charge's instance type.
    pub(in crate::mock) fn on_demand_rate(&self, charge: &Charge) -> f64 {
        let ty = charge.instance_type.as_deref().unwrap_or_default();
        let own = self.agreements.list_price(
            super::agreements::ServiceFamily::Ec2,
            ty,
            None,
            &charge.region,
        );
        own.or_else(|| Facts::get().on_demand(ty, &charge.region))
            .unwrap_or_default()
    }
}
