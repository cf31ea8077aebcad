//! Two lists of things beside the main rows of a pane, read together now and then.

use super::context::{is_complete, push_fault};
use crate::domain::{Fault, Timestamp, time::timestamp::seconds_between};

/// The items of one list, and its fault if it failed.
pub(crate) type SideList<T> = (Vec<T>, Option<Fault>);

/// The lists as last read. One that fails keeps its items.
pub(crate) struct SideLists<T> {
    pub(crate) lists: [Vec<T>; 2],
    faults: [Option<Fault>; 2],
    /// Which have answered before.
    is_listed: [bool; 2],
    read_at: Option<Timestamp>,
}

impl<T> Default for SideLists<T> {
    fn default() -> Self {
        Self {
            lists: [Vec::new(), Vec::new()],
            faults: [None, None],
            is_listed: [false; 2],
            read_at: None,
        }
    }
}

impl<T> SideLists<T> {
    /// Whether they were never read, or `age` seconds ago or longer.
    pub(crate) fn is_due(&self, now: Timestamp, age: f64) -> bool {
        self.read_at
            .is_none_or(|read_at| seconds_between(read_at, now) >= age)
    }

    /// Stores the answers that were read at `now`.
    pub(crate) fn take(&mut self, answers: [SideList<T>; 2], now: Timestamp) {
        for (place, (items, fault)) in answers.into_iter().enumerate() {
            self.is_listed[place] |= fault.is_none();
            if fault.is_none() || self.lists[place].is_empty() {
                self.lists[place] = items;
            }
            self.faults[place] = fault;
        }
        self.read_at = Some(now);
    }

    /// Adds how they ended to `faults`; returns whether they are complete.
    pub(crate) fn report(&self, faults: &mut Vec<Fault>) -> bool {
        for fault in self.faults.iter().flatten() {
            push_fault(faults, fault.clone());
        }
        let mut lists = self.faults.iter().zip(self.is_listed);
        lists.all(|(fault, seen)| is_complete(fault.as_slice(), seen))
    }
}
