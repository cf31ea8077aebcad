//! The sheet of suspects of an anomaly: a table with a cursor and marks of its own.
//!
//! Whoever was once listed stays listed while the sheet is open, so that what was done to them is
//! seen.

#[cfg(test)]
mod tests;

use crate::{
    domain::{Capability, Feedback, Operation, Reason, Record, ResourceKey, Timestamp},
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
    /// The anomaly's row as last known.
    pub record: Arc<Record>,
    /// The suspects, in their order.
    pub list: Vec<Contributor>,
    /// How many more fit but ran well before.
    pub earlier: usize,
    /// Why nothing can fit.
    pub blind: Option<Reason>,
    /// The place of the cursor.
    pub cursor: usize,
    /// The marked ones.
    pub marks: BTreeSet<ResourceKey>,
    /// Something was sent off from this sheet.
    pub acted: bool,
    /// The version of the world it was made from.
    version: u64,
}

impl ContributorsSheet {
    /// The suspects of the anomaly `record`; `None`: it is none.
    pub fn new(world: &Inventory, record: &Arc<Record>, now: Timestamp) -> Option<Self> {
        let Contributors {
            ranked,
            earlier,
            blind,
        } = world.suspects(&record.head.key, now)?;
        Some(Self {
            key: record.head.key.clone(),
            record: record.clone(),
            list: ranked,
            earlier,
            blind,
            cursor: 0,
            marks: BTreeSet::new(),
            acted: false,
            version: world.version(),
        })
    }

    /// Takes in what is known now: new suspects come in, those listed stay, the cursor stays on its
    /// resource.
    pub fn refresh(&mut self, world: &Inventory, now: Timestamp) {
        if self.version == world.version() {
            return;
        }
        self.version = world.version();
        if let Some(record) = world.record(&self.key) {
            self.record = record.clone();
        }
        let Some(Contributors {
            ranked,
            earlier,
            blind,
        }) = world.suspects(&self.key, now)
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

    /// Marks or unmarks what is under the cursor, and goes down.
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

    /// Whose an operation is: the marked ones in their order, else the one under the cursor.
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

    /// What was answered to AWS on the anomaly.
    pub fn feedback(&self) -> Option<Feedback> {
        match self.record.head.capability(Operation::Feedback).known() {
            Some(Capability::Feedback { given, .. }) => *given,
            _ => None,
        }
    }

    /// Why a plan made here is asked for, for the journal.
    pub fn reason(&self) -> Arc<str> {
        format!(
            "suspect of anomaly {}: {}",
            self.key.id, self.record.head.name
        )
        .into()
    }
}
