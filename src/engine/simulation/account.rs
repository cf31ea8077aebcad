//! The simulated account: rows that fail in every way, and the storage of the journal.

use super::super::{
    ActionBackend, Journal,
    audit::{self, simulated_disk::SimulatedDisk},
    test_doubles::state,
};
use crate::domain::{
    Fault, FaultKind, ObservedState, Operation, StatusKind, Tags, Target, audit::AuditEntry,
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

/// The behavior of a call on a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum CallBehavior {
    Done,
    Fault(FaultKind),
    /// The fault, after the effect.
    After(FaultKind),
    /// Describing the row after the call fails.
    Dark(bool),
    Drifted,
    Gone,
    Unreachable,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) fate: CallBehavior,
    pub(super) operation: Operation,
    /// Effects on the row with their number of calls.
    pub(super) effects: u32,
    pub(super) calls: u32,
}

#[derive(Default)]
pub(super) struct World {
    pub(super) rows: BTreeMap<String, Row>,
    /// Broken invariants.
    pub(super) broken: Vec<String>,
}

/// The storage of the journal.
#[derive(Clone)]
pub(super) enum Place {
    /// On a disk that can lose its power.
    Simulated(SimulatedDisk),
    /// On a real one.
    Real(PathBuf),
}

impl Place {
    /// The journal of a new session.
    pub(super) fn journal(&self) -> Arc<Journal> {
        match self {
            Self::Simulated(disk) => disk.journal(),
            Self::Real(path) => Arc::new(Journal::at(path, "ana")),
        }
    }

    /// All entries.
    pub(super) fn entries(&self) -> Vec<AuditEntry> {
        match self {
            Self::Simulated(disk) => disk.entries(),
            Self::Real(path) => audit::read(path).unwrap(),
        }
    }

    /// Its integrity violations.
    pub(super) fn violations(&self) -> Vec<String> {
        let report = match self {
            Self::Simulated(disk) => disk.verify(),
            Self::Real(path) => audit::verify(path).unwrap(),
        };
        report.violations.iter().map(ToString::to_string).collect()
    }

    /// Cuts the power after this many more bytes.
    pub(super) fn set_power(&self, bytes: Option<usize>) {
        if let Self::Simulated(disk) = self {
            disk.power.set_budget(bytes);
        }
    }
}

/// The entries on disk, each parsed once: a journal only grows.
#[derive(Default)]
struct SyncedEntries {
    end: usize,
    entries: Vec<AuditEntry>,
}

#[derive(Clone)]
pub(super) struct Account {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) place: Place,
    synced: Arc<Mutex<SyncedEntries>>,
    pub(super) steps: Arc<AtomicUsize>,
    pub(super) moved: Arc<tokio::sync::Notify>,
}

impl Account {
    pub(super) fn new(rows: BTreeMap<String, Row>, place: Place) -> Self {
        let world = World {
            rows,
            broken: Vec::new(),
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            place,
            synced: Arc::default(),
            steps: Arc::default(),
            moved: Arc::default(),
        }
    }

    async fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.moved.notify_one();
        tokio::task::yield_now().await;
    }

    /// The broken invariant of calling `id` now: exactly one entry of it is on disk, an intent with
    /// its change.
    fn find_unannounced_call(&self, id: &str) -> Option<String> {
        let check = |entries: &[AuditEntry]| {
            let of_row: Vec<&AuditEntry> =
                entries.iter().filter(|entry| *entry.id == *id).collect();
            match of_row.as_slice() {
                [one] if one.event == StatusKind::Recorded && one.change.is_some() => None,
                other => Some(format!("{id} called with {} entries on disk", other.len())),
            }
        };
        match &self.place {
            Place::Real(_) => check(&self.place.entries()),
            Place::Simulated(disk) => {
                let mut synced = self.synced.lock().unwrap();
                let (entries, end) = disk.synced_entries(synced.end);
                synced.entries.extend(entries);
                synced.end = end;
                check(&synced.entries)
            }
        }
    }
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "ec2:Simulated", "as drawn")
}

fn seen_now(row: &Row) -> ObservedState {
    let done = row.effects > 0;
    let name = match (row.operation, done, row.fate) {
        (Operation::Stop, true, _) => "stopped",
        (_, false, CallBehavior::Drifted) => "stopping",
        _ => "running",
    };
    let desired = if row.operation == Operation::Scale && done {
        3
    } else {
        1
    };
    let tags: Tags = if row.operation == Operation::Tag && done {
        [("team".to_owned(), "a".to_owned())].into()
    } else {
        Tags::new()
    };
    let desired = if row.fate == CallBehavior::Drifted && !done {
        2
    } else {
        desired
    };
    let tags = if row.fate == CallBehavior::Drifted && !done {
        [("team".to_owned(), "b".to_owned())].into()
    } else {
        tags
    };
    ObservedState {
        state: state(name),
        count: Some(desired),
        desired: Some(desired),
        tags: Some(tags),
        scheduled_actions: None,
        setting: None,
    }
}

impl ActionBackend for Account {
    async fn describe(&self, target: &Target) -> Result<ObservedState, Fault> {
        self.step().await;
        let world = self.world.lock().unwrap();
        let row = &world.rows[&*target.key.id];
        match row.fate {
            CallBehavior::Gone => Err(fault(FaultKind::NotFound)),
            CallBehavior::Unreachable => Err(fault(FaultKind::Network)),
            CallBehavior::Dark(_) if row.calls > 0 => Err(fault(FaultKind::Network)),
            _ => Ok(seen_now(row)),
        }
    }

    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault> {
        Ok(format!("arn:aws:sts::{}:assumed-role/ops/ana", target.key.account).into())
    }

    async fn execute(&self, target: &Target, _stop: &CancellationToken) -> Result<(), Fault> {
        let id = target.key.id.to_string();
        // The intent must be on disk before the call.
        if let Some(broken) = self.find_unannounced_call(&id) {
            self.world.lock().unwrap().broken.push(broken);
        }
        self.step().await;
        let fate = {
            let mut world = self.world.lock().unwrap();
            let row = world.rows.get_mut(&id).unwrap();
            row.calls += 1;
            match row.fate {
                CallBehavior::Done | CallBehavior::After(_) | CallBehavior::Dark(true) => {
                    row.effects += 1;
                }
                CallBehavior::Fault(_)
                | CallBehavior::Dark(false)
                | CallBehavior::Drifted
                | CallBehavior::Gone
                | CallBehavior::Unreachable => {}
            }
            row.fate
        };
        self.step().await;
        match fate {
            CallBehavior::Done => Ok(()),
            CallBehavior::Fault(kind) | CallBehavior::After(kind) => Err(fault(kind)),
            CallBehavior::Dark(_) => Err(fault(FaultKind::Timeout)),
            CallBehavior::Drifted | CallBehavior::Gone | CallBehavior::Unreachable => {
                self.world
                    .lock()
                    .unwrap()
                    .broken
                    .push(format!("{id} called although {fate:?}"));
                Err(fault(FaultKind::Refused))
            }
        }
    }
}
