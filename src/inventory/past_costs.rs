//! What rows cost before: a row keeps what was seen of it through restarts and changes of its rate,
//! and what leaves the table stays in the sums.

use crate::domain::{
    CommonFields, CostHistory, CostSpan, HourlyCost, Reason, Record, ResourceKey, Timestamp,
    UsdPerHour,
};
use std::{collections::HashMap, sync::Arc};

/// Days that a cost is remembered: the longest month, and its last weekend.
const DAYS: i64 = 38;

/// Rows that left the table, with what they cost.
#[derive(Clone, Debug, Default)]
pub(super) struct EndedRows(HashMap<ResourceKey, Arc<Record>>);

impl EndedRows {
    pub(super) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.0.values()
    }

    /// Takes what a source says has ended. What was seen of it stays.
    pub(super) fn take(&mut self, ended: Vec<Record>) {
        for mut record in ended {
            if let Some(known) = self.0.get(&record.head.key) {
                let earlier = known.head.history.spans.iter().copied();
                let history = std::mem::take(&mut record.head.history);
                record.head.history = history.completed_by(earlier);
            }
            self.insert(record);
        }
    }

    /// Takes a row that is no longer listed as of `at`.
    pub(super) fn leave(&mut self, row: &Record, at: Timestamp) {
        let mut head = row.head.clone();
        let spans = Arc::clone(&head.history.spans);
        let present = present(&head, at);
        let history = std::mem::take(&mut head.history);
        head.history = CostHistory {
            spans: Vec::new().into(),
            ..history
        }
        .completed_by(spans.iter().copied().chain(present));
        head.burn = HourlyCost::Nothing(Reason::new("no longer listed"));
        // What was bought falls due to its end; what ran on it no longer does.
        if let Some(prepaid) = head.prepaid.as_mut().filter(|one| one.by.is_some()) {
            prepaid.to = Some(prepaid.to.map_or(at, |to| to.min(at)));
        }
        head.read_at = at;
        self.insert(Record {
            head,
            own: row.own.clone(),
        });
    }

    /// Forgets a row that is listed again; returns what it cost.
    pub(super) fn back(&mut self, key: &ResourceKey) -> Option<Arc<Record>> {
        self.0.remove(key)
    }

    /// Drops what ended long before `now`.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let oldest = now
            .saturating_sub(jiff::SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(Timestamp::MIN);
        self.0
            .retain(|_, record| end(&record.head).is_some_and(|end| end > oldest));
    }

    /// Gives every row what it pays less than list.
    pub(super) fn discount(
        &mut self,
        of: impl Fn(&CommonFields) -> Option<crate::domain::Discount>,
    ) {
        for record in self.0.values_mut() {
            let discount = of(&record.head);
            if record.head.discount != discount {
                Arc::make_mut(record).head.discount = discount;
            }
        }
    }

    fn insert(&mut self, record: Record) {
        if end(&record.head).is_some() {
            self.0.insert(record.head.key.clone(), Arc::new(record));
        }
    }
}

/// When the last of its costs ended; `None`: it has had none.
fn end(head: &CommonFields) -> Option<Timestamp> {
    let prepaid = head.prepaid.as_ref().and_then(|prepaid| prepaid.to);
    head.history.end().max(prepaid)
}

/// The rate of a row that is counted in its own row.
fn rate(head: &CommonFields) -> Option<UsdPerHour> {
    match &head.burn {
        HourlyCost::Priced { unit, quantity, .. } => Some(*unit * *quantity),
        HourlyCost::Nothing(_) | HourlyCost::Unpriced(_) => None,
    }
    .filter(|rate| rate.0 > 0.0 && !head.history.is_elsewhere)
}

/// The burn of a row from its beginning until `at`.
fn present(head: &CommonFields, at: Timestamp) -> Option<CostSpan> {
    let (from, rate) = (head.burning_since()?, rate(head)?);
    (from < at).then_some(CostSpan { from, to: at, rate })
}

/// Gives `new`, read at `at`, what was seen of it as `old`. What AWS tells of a time counts more
/// than what was seen in it.
pub(super) fn carry_over(old: &CommonFields, new: &mut CommonFields, at: Timestamp) {
    let is_same = rate(old) == rate(new) && old.since == new.since;
    if is_same && old.history.spans.is_empty() {
        return;
    }
    // Of a restart the stop before it is not known.
    let begun = new.since.filter(|_| new.since > old.since);
    let told = new.history.end().filter(|_| rate(new).is_none());
    let told = told.filter(|end| Some(*end) > old.burning_since());
    let end = begun.or(told).unwrap_or(at).min(at);
    let ended = if is_same { None } else { present(old, end) };
    let earlier = old.history.spans.iter().copied().chain(ended);
    let history = std::mem::take(&mut new.history);
    new.history = history.completed_by(earlier);
}
