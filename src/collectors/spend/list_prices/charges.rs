//! The charges of a usage type, for exports.

use super::{ListPrices, UsageKey};
use crate::{
    collectors::spend::billing_data::UsageLine,
    domain::{
        Timestamp,
        money::charge::{Charge, UsageCharges},
    },
    pricing::Prices,
};

impl ListPrices<'_> {
    /// The charges of `lines`, which are of one usage type, oldest first. A line without a list
    /// price has its billed cost as list cost.
    pub(in crate::collectors::spend) fn charges(
        &self,
        (service, usage): UsageKey<'_>,
        lines: &[&UsageLine],
        prices: &Prices,
    ) -> UsageCharges {
        let mine: Vec<_> = self
            .lines
            .iter()
            .filter(|listed| listed.line.service == service && listed.line.usage == usage)
            .collect();
        let charge = |line: &&UsageLine| {
            let listed = mine.iter().filter(|listed| listed.line.day == line.day);
            let above = listed.map(|listed| listed.list - listed.line.usd);
            Some(Charge {
                day: Timestamp::from_second(line.day).ok()?,
                quantity: line.quantity,
                billed: line.billed.unwrap_or(line.usd),
                effective: line.usd,
                list: line.usd + above.sum::<f64>(),
            })
        };
        let mut days: Vec<Charge> = lines.iter().filter_map(charge).collect();
        days.retain(|charge| charge.effective != 0.0 || charge.billed != 0.0);
        days.sort_by_key(|charge| charge.day);
        UsageCharges {
            service: service.into(),
            usage_type: usage.into(),
            region: prices.usage_type_meaning(service, usage).region,
            unit: prices.usage_unit(service, usage),
            currency: self.currency,
            days,
        }
    }
}
