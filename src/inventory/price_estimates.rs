//! Estimates for unpriced rows: from the bill's own line, else from the nearest known price.

use super::Store;
use crate::{
    domain::{CommonFields, Currency, HourlyCost, PriceEstimate, Timestamp},
    pricing::Prices,
};
use std::sync::Arc;

impl Store {
    /// Sets the estimates of unpriced rows, and judges again the rows whose estimate changed.
    pub(super) fn apply_price_estimates(&mut self, now: Timestamp) {
        let estimate = |head: &CommonFields| {
            let new = self.price_estimate(head)?;
            let is_new = head.price_estimate.as_deref() != Some(&new);
            is_new.then(|| Arc::new(new))
        };
        let mut found = Vec::new();
        for (source, table) in &self.tables {
            let of_table = table.records().filter_map(|row| {
                let new = estimate(&row.head)?;
                Some((row.head.key.clone(), new))
            });
            let of_table: Vec<_> = of_table.collect();
            if !of_table.is_empty() {
                found.push((source.clone(), of_table));
            }
        }
        for (source, estimates) in found {
            if let Some(table) = self.tables.get_mut(&source) {
                Arc::make_mut(table).apply_price_estimates(estimates, &self.thresholds, now);
            }
        }
    }

    /// The estimate of an unpriced row: from its account's bill, else from its collector, else from
    /// the nearest price.
    fn price_estimate(&self, head: &CommonFields) -> Option<PriceEstimate> {
        let compute = head.compute.as_ref()?;
        if !matches!(head.burn, HourlyCost::Unpriced(_)) {
            return None;
        }
        let quantity = f64::from(compute.count);
        // Rows are priced in dollars.
        let bills = self
            .costs
            .iter()
            .filter(|costs| costs.currency == Currency::USD && costs.covers(&head.key.account));
        let mut rates = bills.flat_map(|costs| &costs.rates);
        let billed = rates.find(|one| one.unit == compute.unit && *one.region == *head.key.region);
        if let Some(billed) = billed {
            return Some(PriceEstimate {
                unit: billed.rate(),
                quantity,
                basis: format!("the bill: {:#} for {:.0} h", billed.billed, billed.hours).into(),
            });
        }
        let own = head.price_estimate.as_deref().cloned();
        own.or_else(|| {
            let nearest = Prices::embedded().nearest(&compute.unit, &head.key.region, None)?;
            Some(nearest.of(quantity))
        })
    }
}
