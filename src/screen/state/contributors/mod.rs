//! The sheet of an anomaly's contributors: a table with its own cursor and marks.
//!
//! A resource once listed stays listed while the sheet is open, so that the results of actions on
//! it remain visible.

#[cfg(test)]
mod tests;

use crate::screen::notices::sheets::contributors as wording;
use crate::{
    domain::{AnomalyFeedback, Capability, Operation, Reason, Record, ResourceKey, Timestamp},
    inventory::{
        Inventory,
        contributors::{Contributor, Contributors},
    },
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

/// The sheet.
#[derive(Clone, Debug)]
pub struct ContributorsSheet {
    /// The anomaly.
    pub key: ResourceKey,
    /// The last known row of the anomaly.
    pub record: Arc<Record>,
    /// The contributors in order.
    pub list: Vec<Contributor>,
    /// The number of further resources that fit but ran before at the same pace.
    pub earlier: usize,
    /// Why no resource can fit; `None` if some can.
    pub blind: Option<Reason>,
    /// The index of the cursor.
    pub cursor: usize,
    /// The marked rows.
    pub marks: BTreeSet<ResourceKey>,
    /// An action was submitted from this sheet.
    pub acted: bool,
    /// The version of the inventory it was made from.
    version: u64,
}

impl ContributorsSheet {
    /// The contributors of the anomaly `record`; `None` if it is not an anomaly.
    pub fn new(inventory: &Inventory, record: &Arc<Record>, now: Timestamp) -> Option<Self> {
        let Contributors {
            ranked,
            earlier,
            blind,
        } = inventory.contributors(&record.head.key, now)?;
        Some(Self {
            key: record.head.key.clone(),
            record: record.clone(),
            list: ranked,
            earlier,
            blind,
            cursor: 0,
            marks: BTreeSet::new(),
            acted: false,
            version: inventory.version(),
        })
    }

    /// Updates the list: adds new contributors, keeps the others, keeps the cursor on its resource.
    pub fn refresh(&mut self, inventory: &Inventory, now: Timestamp) {
        if self.version == inventory.version() {
            return;
        }
        self.version = inventory.version();
        if let Some(record) = inventory.record(&self.key) {
            self.record = record.clone();
        }
        let Some(Contributors {
            ranked,
            earlier,
            blind,
        }) = inventory.contributors(&self.key, now)
        else {
            return;
        };
        let under = self.current().cloned();
        let fresh: HashSet<&ResourceKey> = ranked.iter().map(|one| &one.key).collect();
        let kept: Vec<Contributor> = self
            .list
            .iter()
            .filter(|one| !fresh.contains(&one.key))
            .cloned()
            .collect();
        self.list = ranked;
        self.list.extend(kept);
        self.list.sort_by(Contributor::by_rank);
        (self.earlier, self.blind) = (earlier, blind);
        if let Some(at) = under.and_then(|key| self.list.iter().position(|one| one.key == key)) {
            self.cursor = at;
        }
        self.go(self.cursor);
    }

    /// The resource under the cursor.
    pub fn current(&self) -> Option<&ResourceKey> {
        self.list.get(self.cursor).map(|one| &one.key)
    }

    /// Puts the cursor on the line `to`.
    pub fn go(&mut self, to: usize) {
        self.cursor = to.min(self.list.len().saturating_sub(1));
    }

    /// Marks or unmarks the contributor under the cursor, and moves down.
    pub fn mark(&mut self) {
        if let Some(key) = self.current().cloned()
            && !self.marks.remove(&key)
        {
            self.marks.insert(key);
        }
        self.go(self.cursor + 1);
    }

    /// Marks all; if all are marked, unmarks them.
    pub fn mark_all(&mut self) {
        if self.marks.len() == self.list.len() {
            self.marks.clear();
        } else {
            self.marks = self.list.iter().map(|one| one.key.clone()).collect();
        }
    }

    /// The targets of an operation: the marked rows in their order, else the one under the cursor.
    pub fn targets(&self) -> Vec<ResourceKey> {
        if self.marks.is_empty() {
            return self.current().cloned().into_iter().collect();
        }
        self.list
            .iter()
            .map(|one| &one.key)
            .filter(|key| self.marks.contains(key))
            .cloned()
            .collect()
    }

    /// The feedback that AWS has on the anomaly.
    pub fn feedback(&self) -> Option<AnomalyFeedback> {
        match self.record.head.capability(Operation::Feedback).known() {
            Some(Capability::Feedback { given, .. }) => *given,
            _ => None,
        }
    }

    /// The reason of a plan made in this panel, for the journal.
    pub fn reason(&self) -> Arc<str> {
        wording::reason(&self.key.id, &self.record.head.name).into()
    }
}
