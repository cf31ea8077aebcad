//! Discounts by account: configured, or inferred from the bills.

use crate::domain::{CommonFields, Costs, Discount, Service};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The discounts by account.
#[derive(Clone, Debug, Default)]
pub(super) struct DiscountTable {
    /// The configured discounts, which override inferred ones.
    configured: Vec<Discount>,
    /// By account: those of its own bill, else of a bill that includes it.
    inferred: HashMap<(Arc<str>, Service), Discount>,
    /// All discounts in use.
    pub all: Vec<Discount>,
}

impl DiscountTable {
    pub(super) fn configured(configured: Vec<Discount>) -> Self {
        Self {
            all: configured.clone(),
            configured,
            ..Self::default()
        }
    }

    /// Sets the discounts inferred from the bills, except for the `refused` services of accounts
    /// whose bill and rows differ too much; returns whether any changed.
    pub(super) fn infer(
        &mut self,
        costs: &[Costs],
        refused: &BTreeSet<(Arc<str>, Service)>,
    ) -> bool {
        let accepted = |costs: &Costs| {
            let is_refused =
                |one: &&Discount| refused.contains(&(costs.place.account.clone(), one.service));
            let kept = costs.discounts.iter().filter(|one| !is_refused(one));
            kept.cloned().collect::<Vec<_>>()
        };
        let mut inferred = HashMap::new();
        for costs in costs {
            for discount in accepted(costs) {
                inferred.insert((costs.place.account.clone(), discount.service), discount);
            }
        }
        // A payer's discounts are of the usage of all its accounts.
        for costs in costs {
            let discounts = accepted(costs);
            for account in &costs.linked {
                for discount in &discounts {
                    let key = (account.clone(), discount.service);
                    if !refused.contains(&key) {
                        inferred.entry(key).or_insert_with(|| discount.clone());
                    }
                }
            }
        }
        let changed = inferred != self.inferred;
        self.all.clone_from(&self.configured);
        for discount in costs.iter().flat_map(accepted) {
            if !self.all.contains(&discount) && !self.sets(discount.service) {
                self.all.push(discount);
            }
        }
        self.inferred = inferred;
        changed
    }

    /// Whether the configuration sets the discount of `service`.
    pub(super) fn sets(&self, service: Service) -> bool {
        self.configured.iter().any(|own| own.service == service)
    }

    /// The discount that applies to `head`.
    pub(super) fn of(&self, head: &CommonFields) -> Option<Discount> {
        let service = head.service?;
        let own = self
            .configured
            .iter()
            .find(|discount| discount.service == service);
        let inferred = || self.inferred.get(&(head.key.account.clone(), service));
        own.or_else(inferred).cloned()
    }
}
