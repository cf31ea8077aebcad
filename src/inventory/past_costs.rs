//! Earlier costs of rows: a row keeps its observed costs through restarts and changes of its rate,
//! and rows that left the table stay in the sums.

use crate::domain::{
    CommonFields, CostHistory, CostSpan, HourlyCost, Reason, Record, ResourceKey, Timestamp,
    UsdPerHour,
};
use std::{collections::HashMap, sync::Arc};

/// Days after which a cost is forgotten: the longest month, and the weekend before it.
const DAYS: i64 = 38;

/// Rows that left the table, with their costs.
#[derive(Clone, Debug, Default)]
pub(super) struct EndedRows(HashMap<ResourceKey, Arc<Record>>);

impl EndedRows {
    pub(super) fn records(&self) -> impl Iterator<Item = &Arc<Record>> {
        self.0.values()
    }

    /// Adds rows that a source reports as ended. Their observed costs stay.
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

    /// Adds a row that is no longer listed as of `at`.
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
        // A block or plan stays due to its end; a row that ran on it is due only up to `at`.
        if let Some(prepaid) = head.prepaid.as_mut().filter(|one| one.by.is_some()) {
            prepaid.to = Some(prepaid.to.map_or(at, |to| to.min(at)));
        }
        head.read_at = at;
        self.insert(Record {
            head,
            own: row.own.clone(),
        });
    }

    /// Removes a row that is listed again; returns it with its costs.
    pub(super) fn back(&mut self, key: &ResourceKey) -> Option<Arc<Record>> {
        self.0.remove(key)
    }

    /// Drops rows that ended long before `now`.
    pub(super) fn forget(&mut self, now: Timestamp) {
        let oldest = now
            .saturating_sub(jiff::SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(Timestamp::MIN);
        self.0
            .retain(|_, record| end(&record.head).is_some_and(|end| end > oldest));
    }

    /// Sets the discount of every row.
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

/// The end of its last cost; `None`: it has had none.
fn end(head: &CommonFields) -> Option<Timestamp> {
    let prepaid = head.prepaid.as_ref().and_then(|prepaid| prepaid.to);
    head.history.end().max(prepaid)
}

/// The rate of a row whose cost counts in the row itself.
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

/// Adds the costs observed as `old` to `new`, read at `at`. Times that AWS reports override
/// observed ones.
pub(super) fn carry_over(old: &CommonFields, new: &mut CommonFields, at: Timestamp) {
    let is_same = rate(old) == rate(new) && old.since == new.since;
    if is_same && old.history.spans.is_empty() {
        return;
    }
    // The stop before a restart is unknown: the old burn counts up to the new start.
    let begun = new.since.filter(|_| new.since > old.since);
    let told = new.history.end().filter(|_| rate(new).is_none());
    let told = told.filter(|end| Some(*end) > old.burning_since());
    let end = begun.or(told).unwrap_or(at).min(at);
    let ended = if is_same { None } else { present(old, end) };
    let earlier = old.history.spans.iter().copied().chain(ended);
    let history = std::mem::take(&mut new.history);
    new.history = history.completed_by(earlier);
}
