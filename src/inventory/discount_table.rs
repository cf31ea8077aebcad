//! Discounts by account: configured, or inferred from the bills.

use crate::domain::{CommonFields, Costs, Discount, Service};
use std::{collections::BTreeSet, sync::Arc};

/// The discounts by account.
#[derive(Clone, Debug, Default)]
pub(super) struct DiscountTable {
    /// The configured discounts, which override inferred ones.
    configured: Vec<Discount>,
    inferred: Vec<(Arc<str>, Discount)>,
    /// Services of accounts whose bill and rows differ too much for an inferred discount.
    refused: BTreeSet<(Arc<str>, Service)>,
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

    /// Sets the discounts inferred from the bills, except the `refused` ones; returns whether any
    /// changed.
    pub(super) fn infer(
        &mut self,
        costs: &[Costs],
        refused: BTreeSet<(Arc<str>, Service)>,
    ) -> bool {
        let of = |costs: &Costs| {
            let account = costs.place.account.clone();
            let inferred = costs.discounts.iter().cloned();
            inferred
                .map(move |discount| (account.clone(), discount))
                .collect::<Vec<_>>()
        };
        let mut inferred: Vec<(Arc<str>, Discount)> = costs.iter().flat_map(of).collect();
        inferred
            .retain(|(account, discount)| !refused.contains(&(account.clone(), discount.service)));
        let changed = inferred != self.inferred;
        (self.inferred, self.refused) = (inferred, refused);
        self.all.clone_from(&self.configured);
        for (_, discount) in &self.inferred {
            if !self.all.contains(discount) && !self.sets(discount.service) {
                self.all.push(discount.clone());
            }
        }
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
        let inferred = || {
            self.inferred.iter().find(|(account, discount)| {
                *account == head.key.account && discount.service == service
            })
        };
        own.or_else(|| inferred().map(|(_, discount)| discount))
            .cloned()
    }
}
