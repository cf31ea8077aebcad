//! Intents without a result: what a run left behind that ended in the middle.
//!
//! Must not know how they are looked at.

use super::{
    append::{Pen, claim},
    read,
};
use crate::domain::{
    Key, PlanId,
    deed::{Line, Word},
};
use std::{
    collections::{BTreeSet, HashMap},
    io,
};

/// Intents that no later line tells the result of, oldest first.
pub fn open_intents(lines: &[Line]) -> Vec<&Line> {
    let mut open: HashMap<(&PlanId, Key), usize> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        let deed = (&line.plan, line.key());
        if line.step == Word::Intent {
            open.insert(deed, place);
        } else {
            open.remove(&deed);
        }
    }
    let mut places: Vec<usize> = open.into_values().collect();
    places.sort_unstable();
    places.into_iter().map(|place| &lines[place]).collect()
}

/// What earlier runs left in the journal.
#[derive(Debug, Default)]
pub(in crate::engine) struct Left {
    /// Intents without a result, of consoles that are no longer alive.
    pub(in crate::engine) open: Vec<Line>,
    /// Every plan that was ever begun.
    pub(in crate::engine) plans: BTreeSet<PlanId>,
}

/// What stands in the journal that `pen` writes. Intents of consoles that still run are theirs.
pub(super) fn left(pen: &mut Pen) -> io::Result<Left> {
    // Nobody writes a result and leaves between the reading and the asking who is alive. Where nothing can be locked, nothing is written.
    let _lock = pen.store.lock().ok();
    let entries = read::of_store(pen.store.as_ref())?;
    let lines: Vec<Line> = entries.iter().filter_map(read::Entry::readable).cloned().collect();
    let mut open = Vec::new();
    for line in open_intents(&lines) {
        let alive = match &line.console {
            Some(console) => *console == pen.console || pen.store.is_claimed(&claim(console))?,
            None => false,
        };
        if !alive {
            open.push(line.clone());
        }
    }
    Ok(Left { open, plans: lines.into_iter().map(|line| line.plan).collect() })
}
