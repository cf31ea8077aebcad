//! Means per day of the last seven closed days of the bill: by region, and of unlisted services.

use super::{billing_data::UsageLine, calendar::Calendar, scope};
use crate::{
    domain::{BilledRate, RegionCost, UnlistedCost, Usd},
    pricing::{
        Prices,
        usage_type::{BilledUsage, PurchaseOption},
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// Dollars a day by service and the region that the usage type names. A usage type without region
/// counts nowhere.
pub(super) fn by_region(
    lines: &[UsageLine],
    calendar: &Calendar,
    prices: &Prices,
) -> Vec<RegionCost> {
    let key = |line: &UsageLine| {
        let meaning = prices.usage_type_meaning(&line.service, &line.usage);
        Some((scope::service(line)?, meaning.region?))
    };
    let cost = |((service, region), billed)| RegionCost {
        service,
        region,
        billed,
    };
    means(lines.iter(), calendar, key).map(cost).collect()
}

/// Dollars a day of the services that no pane lists.
pub(super) fn unlisted<'a>(
    lines: impl Iterator<Item = &'a UsageLine>,
    calendar: &Calendar,
) -> Vec<UnlistedCost> {
    let cost = |(name, daily)| UnlistedCost { name, daily };
    means(lines, calendar, scope::unlisted).map(cost).collect()
}

/// The billed hourly rates of instances and model units that the rate cards do not list.
pub(super) fn unlisted_rates(
    lines: &[UsageLine],
    calendar: &Calendar,
    prices: &Prices,
) -> Vec<BilledRate> {
    let mut sums: BTreeMap<(Arc<str>, &'static str), (f64, f64)> = BTreeMap::new();
    for line in lines {
        let is_listed = || {
            prices
                .usage(&line.service, &line.usage, None)
                .known()
                .is_some()
        };
        if !calendar.is_in_week(line.day) || line.quantity <= 0.0 || line.usd <= 0.0 || is_listed()
        {
            continue;
        }
        let meaning = prices.usage_type_meaning(&line.service, &line.usage);
        let Some(region) = meaning.region else {
            continue;
        };
        let units: Vec<Arc<str>> = match meaning.what {
            BilledUsage::Instance(unit, PurchaseOption::OnDemand | PurchaseOption::Spot)
            | BilledUsage::Ml(unit, _) => vec![unit],
            BilledUsage::Units(models) => models.iter().map(|id| id.as_str().into()).collect(),
            // A block's line is its fee.
            BilledUsage::Instance(_, PurchaseOption::Block)
            | BilledUsage::Serverless
            | BilledUsage::Tokens(_)
            | BilledUsage::Other => continue,
        };
        for unit in units {
            let sum = sums.entry((unit, region)).or_default();
            *sum = (sum.0 + line.usd, sum.1 + line.quantity);
        }
    }
    let rate = |((unit, region), (usd, hours))| BilledRate {
        unit,
        region,
        billed: Usd(usd),
        hours,
    };
    sums.into_iter().map(rate).collect()
}

/// The mean of the week's days by `key`.
fn means<'a, K: Ord>(
    lines: impl Iterator<Item = &'a UsageLine>,
    calendar: &Calendar,
    key: impl Fn(&UsageLine) -> Option<K>,
) -> impl Iterator<Item = (K, Usd)> {
    let days = calendar.week().len().max(1) as f64;
    let mut sums: BTreeMap<K, f64> = BTreeMap::new();
    for line in lines {
        if let Some(key) = key(line).filter(|_| calendar.is_in_week(line.day)) {
            *sums.entry(key).or_default() += line.usd;
        }
    }
    sums.into_iter()
        .map(move |(key, usd)| (key, Usd(usd / days)))
}
