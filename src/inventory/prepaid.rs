//! Prepaid capacity: the purchased blocks and plans, and the rows that run on them.
//!
//! An hour of an instance counts once: in the row that uses it, else in the row of its block or
//! plan. Over time the fee counts in the row of the block or plan alone, which was there before
//! and after the rows that use it.

use super::{Store, spent::WindowCost};
use crate::domain::{Arn, CommonFields, Measured, Prepaid, Reason, Timestamp};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// The instances that rows use of each block or plan, by its id or ARN.
type Uses = BTreeMap<Arc<str>, u32>;

/// The names by which rows that run on `head` refer to it.
fn names(head: &CommonFields) -> impl Iterator<Item = &str> {
    let arn = head.arn.as_ref().map(Arn::as_str);
    std::iter::once(&*head.key.id).chain(arn)
}

impl Store {
    /// Sets the instances that other rows use on blocks and plans, and the price on those rows.
    pub(super) fn apply_prepaid(&mut self, now: Timestamp) {
        let mut uses = Uses::new();
        for head in self.heads() {
            if let Some(prepaid) = &head.prepaid
                && let Some(by) = &prepaid.by
            {
                *uses.entry(by.clone()).or_default() += prepaid.instances;
            }
        }
        let mut bought = BTreeMap::new();
        for head in self.heads() {
            if let Some(prepaid) = head.prepaid.as_ref().filter(|one| one.by.is_none()) {
                let named = names(head).map(|name| (Arc::from(name), (**prepaid).clone()));
                bought.extend(named);
            }
        }
        let linked = |head: &CommonFields| {
            let old = head.prepaid.as_deref()?;
            let new = link(head, old, &uses, &bought);
            (new != *old).then_some(new)
        };
        for table in self.tables.values_mut() {
            if table.records().any(|row| linked(&row.head).is_some()) {
                Arc::make_mut(table).apply_prepaid(&linked, &self.thresholds, now);
            }
        }
    }

    /// Adds to `window` the fees that fell due from `start` to `now`.
    pub(super) fn add_prepaid(&self, window: &mut WindowCost, start: Timestamp, now: Timestamp) {
        let all = || self.heads().chain(self.ended());
        if all().all(|head| head.prepaid.is_none()) {
            return;
        }
        let prepaid = all().filter_map(|head| head.prepaid.as_ref());
        let wanted: HashSet<&str> = prepaid.filter_map(|one| one.by.as_deref()).collect();
        let listed: HashSet<&str> = all()
            .flat_map(names)
            .filter(|name| wanted.contains(name))
            .collect();
        for head in all() {
            let Some(prepaid) = &head.prepaid else {
                continue;
            };
            let by = prepaid.by.as_deref();
            let is_counted_there = by.is_some_and(|by| listed.contains(by));
            if is_counted_there {
                continue;
            }
            match prepaid.within(start, now) {
                Measured::Known(usd) => window.prepaid += usd,
                Measured::Unknown(why) if window.gap.is_none() => {
                    window.gap = Some(Reason::new(format!("{}: {why}", head.name)));
                }
                Measured::Unknown(_) => {}
            }
        }
    }
}

/// `old` of `head`, updated from the other rows.
fn link(
    head: &CommonFields,
    old: &Prepaid,
    uses: &Uses,
    bought: &BTreeMap<Arc<str>, Prepaid>,
) -> Prepaid {
    let mut new = old.clone();
    match &old.by {
        None => {
            let used: u32 = names(head).filter_map(|name| uses.get(name)).sum();
            new.elsewhere = used.min(new.instances);
        }
        Some(by) => {
            if let Some(whole) = bought.get(by) {
                new.unit.clone_from(&whole.unit);
                new.source.clone_from(&whole.source);
                new.to = whole.to;
            }
        }
    }
    new
}
