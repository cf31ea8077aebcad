//! Power that fails in the middle of a write, for tests.

use std::sync::Mutex;

/// How much can be written until the power fails, and how much of it is synced.
#[derive(Debug, Default)]
pub(crate) struct SimulatedPower(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Bytes that can still be written, a head counts as one; `None`: no limit.
    budget: Option<usize>,
    /// So many bytes of the live file were synced.
    synced: u64,
}

impl SimulatedPower {
    pub(crate) fn set_budget(&self, bytes: Option<usize>) {
        self.0.lock().unwrap().budget = bytes;
    }

    /// As many of the `wanted` bytes as the power lasts for.
    pub(super) fn draw(&self, wanted: usize) -> usize {
        let Some(budget) = &mut self.0.lock().unwrap().budget else {
            return wanted;
        };
        let drawn = wanted.min(*budget);
        *budget -= drawn;
        drawn
    }

    pub(super) fn set_synced(&self, length: u64) {
        self.0.lock().unwrap().synced = length;
    }

    pub(crate) fn synced(&self) -> u64 {
        self.0.lock().unwrap().synced
    }
}
