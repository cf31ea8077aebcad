//! The cost of an instance now, the cost of its last run, and the prepaid part.

use super::inventory::{InstanceItem, Lifecycle};
use crate::collectors::Context;
use crate::{
    aws::convert::time::add_seconds,
    domain::{
        CostGap, CostHistory, HourlyCost, Measured, Phase, Prepaid, Reason, Timestamp,
        time::timestamp::seconds_between,
    },
    pricing::{self, Quote},
};

/// The price of an hour of `item` by its purchase option.
pub(super) fn quote(cx: &Context, item: &InstanceItem) -> Measured<Quote> {
    let quote = match item.lifecycle {
        Lifecycle::Spot(_) => cx.prices.spot(&item.ty, cx.region()),
        Lifecycle::CapacityBlock => cx.prices.capacity_block(&item.ty, cx.region()),
        _ => cx.prices.ec2(&item.ty, cx.region()),
    };
    unlike_list(quote, item.unlike_list.as_deref())
}

/// `quote` as an estimate, if the price list does not apply because of `what`.
pub(super) fn unlike_list(quote: Measured<Quote>, what: Option<&str>) -> Measured<Quote> {
    match what {
        None => quote,
        Some(what) => quote.map(|quote| Quote {
            estimate: true,
            source: format!(
                "{}; the list is for shared Linux, this is {what}",
                quote.source
            )
            .into(),
            ..quote
        }),
    }
}

/// The cost of the last run of an instance that no longer runs. AWS reports no earlier runs, so
/// they are a gap, as is a stop without a time.
pub(super) fn past_runs(item: &InstanceItem, quote: &Measured<Quote>) -> CostHistory {
    const RESTARTED: &str = "EC2 does not tell of runs before a restart";
    const NO_TIME: &str = "EC2 does not say when an instance stopped";
    /// Days for which a stop without a time matters.
    const DAYS: i64 = 7;
    let Some(launched) = item.launched else {
        return CostHistory::default();
    };
    let is_prepaid = item.lifecycle == Lifecycle::CapacityBlock;
    if is_prepaid || matches!(&*item.state.name, "pending") {
        return CostHistory::default();
    }
    let gap = |until: Timestamp, why: Reason| CostGap {
        until,
        why,
        rate: None,
    };
    let is_restarted = |first: &Timestamp| seconds_between(*first, launched) > 600.0;
    let restarted = item.first_launched.filter(is_restarted);
    let restarted = restarted.map(|_| gap(launched, Reason::new(RESTARTED)));
    match (&*item.state.name, item.ended, quote) {
        ("running", ..) => CostHistory {
            gap: restarted,
            ..CostHistory::default()
        },
        (_, Some(ended), Measured::Known(quote)) => CostHistory {
            gap: restarted,
            ..CostHistory::once(launched, ended, quote.unit)
        },
        (_, Some(ended), Measured::Unknown(why)) => CostHistory {
            gap: Some(gap(ended, why.clone())),
            ..CostHistory::default()
        },
        (_, None, _) => CostHistory {
            gap: Some(gap(
                add_seconds(launched, DAYS * 86_400),
                Reason::new(NO_TIME),
            )),
            ..CostHistory::default()
        },
    }
}

/// The capacity block that an instance runs in, at the price of one when it is bought now.
pub(super) fn prepaid(item: &InstanceItem, quote: &Measured<Quote>) -> Option<Box<Prepaid>> {
    let is_up = item.lifecycle == Lifecycle::CapacityBlock && item.state.phase == Phase::Running;
    let source = quote.known().map(|quote| quote.source.clone());
    is_up.then(|| {
        Box::new(Prepaid {
            unit: quote.as_ref().map(|quote| quote.unit),
            source: source.unwrap_or_else(|| "no list price".into()),
            instances: 1,
            elsewhere: 0,
            by: item.reservation.clone(),
            from: item.launched,
            to: None,
        })
    })
}

/// Its cost now, at list price.
pub(super) fn burn(item: &InstanceItem, quote: &Measured<Quote>) -> HourlyCost {
    match (item.state.name.as_ref(), &item.lifecycle) {
        ("running", Lifecycle::CapacityBlock) => {
            HourlyCost::Nothing(Reason::new(match quote.known() {
                Some(quote) => format!("prepaid capacity block (about {} when bought)", quote.unit),
                None => "prepaid capacity block".to_owned(),
            }))
        }
        ("running", _) => pricing::burn(quote, 1.0),
        (state, _) => HourlyCost::Nothing(Reason::new(format!("{state}: compute is not billed"))),
    }
}
