//! The simulated account: rows that fail in every way, and where the journal of its consoles is
//! kept.

use super::super::{
    ActionBackend, Journal,
    audit::{self, memory::MemoryStore},
    test_doubles::state,
};
use crate::domain::{
    Fault, FaultKind, Observed, Operation, Tags, Target,
    audit::{AuditEntry, AuditEvent},
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

/// How a call on a row goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fate {
    Done,
    Fault(FaultKind),
    /// The fault, after the effect.
    After(FaultKind),
    /// Nobody can describe it after the call.
    Dark(bool),
    Drifted,
    Gone,
    Unreachable,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) fate: Fate,
    pub(super) operation: Operation,
    /// What was done to it, by how many calls.
    pub(super) effects: u32,
    pub(super) calls: u32,
}

#[derive(Default)]
pub(super) struct World {
    pub(super) rows: BTreeMap<String, Row>,
    /// Broken promises.
    pub(super) wrong: Vec<String>,
}

/// Where the journal is kept.
#[derive(Clone)]
pub(super) enum Place {
    Memory(MemoryStore),
    File(PathBuf),
}

impl Place {
    /// A new console's journal here.
    pub(super) fn journal(&self) -> Arc<Journal> {
        match self {
            Self::Memory(memory) => memory.journal(),
            Self::File(path) => Arc::new(Journal::at(path, "ana")),
        }
    }

    /// All of it, as a reader reads it.
    pub(super) fn lines(&self) -> Vec<AuditEntry> {
        match self {
            Self::Memory(memory) => memory
                .entries()
                .iter()
                .filter_map(|entry| entry.readable().cloned())
                .collect(),
            Self::File(path) => audit::read(path).unwrap(),
        }
    }

    /// What is wrong with its chain.
    pub(super) fn breaches(&self) -> Vec<String> {
        let verdict = match self {
            Self::Memory(memory) => memory.verdict(),
            Self::File(path) => audit::verdict(path).unwrap(),
        };
        verdict.breaches.iter().map(ToString::to_string).collect()
    }

    /// So many more bytes can be written until the power is gone.
    pub(super) fn power(&self, bytes: Option<usize>) {
        if let Self::Memory(memory) = self {
            memory.kept().power = bytes;
        }
    }
}

/// What is on disk, each line parsed once: a journal only grows. Whoever judges at the end reads it
/// anew.
#[derive(Default)]
struct Known {
    upto: usize,
    lines: Vec<AuditEntry>,
}

#[derive(Clone)]
pub(super) struct Account {
    pub(super) world: Arc<Mutex<World>>,
    pub(super) place: Place,
    known: Arc<Mutex<Known>>,
    pub(super) steps: Arc<AtomicUsize>,
    pub(super) moved: Arc<tokio::sync::Notify>,
}

impl Account {
    pub(super) fn new(rows: BTreeMap<String, Row>, place: Place) -> Self {
        let world = World {
            rows,
            wrong: Vec::new(),
        };
        Self {
            world: Arc::new(Mutex::new(world)),
            place,
            known: Arc::default(),
            steps: Arc::default(),
            moved: Arc::default(),
        }
    }

    async fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
        self.moved.notify_one();
        tokio::task::yield_now().await;
    }

    /// What is wrong with calling `id` now: on disk is one line of it, an intent that says what is
    /// done.
    fn unannounced(&self, id: &str) -> Option<String> {
        let judged = |lines: &[AuditEntry]| {
            let of_row: Vec<&AuditEntry> = lines.iter().filter(|line| *line.id == *id).collect();
            match of_row.as_slice() {
                [one] if one.step == AuditEvent::Intent && one.deed.is_some() => None,
                other => Some(format!(
                    "{id} called with {} lines in the journal",
                    other.len()
                )),
            }
        };
        self.with_lines(judged)
    }

    /// What a call finds on disk: only lines that were synced.
    fn with_lines<T>(&self, look: impl FnOnce(&[AuditEntry]) -> T) -> T {
        match &self.place {
            Place::File(_) => look(&self.place.lines()),
            Place::Memory(memory) => {
                let mut known = self.known.lock().unwrap();
                let (lines, upto) = memory.on_disk_since(known.upto);
                known.lines.extend(lines);
                known.upto = upto;
                look(&known.lines)
            }
        }
    }
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "ec2:Simulated", "as drawn")
}

fn seen_now(row: &Row) -> Observed {
    let done = row.effects > 0;
    let name = match (row.operation, done, row.fate) {
        (Operation::Stop, true, _) => "stopped",
        (_, false, Fate::Drifted) => "stopping",
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
    let desired = if row.fate == Fate::Drifted && !done {
        2
    } else {
        desired
    };
    let tags = if row.fate == Fate::Drifted && !done {
        [("team".to_owned(), "b".to_owned())].into()
    } else {
        tags
    };
    Observed {
        state: state(name),
        count: Some(desired),
        desired: Some(desired),
        tags: Some(tags),
        scheduled_actions: None,
        setting: None,
    }
}

impl ActionBackend for Account {
    async fn look(&self, target: &Target) -> Result<Observed, Fault> {
        self.step().await;
        let world = self.world.lock().unwrap();
        let row = &world.rows[&*target.key.id];
        match row.fate {
            Fate::Gone => Err(fault(FaultKind::NotFound)),
            Fate::Unreachable => Err(fault(FaultKind::Network)),
            Fate::Dark(_) if row.calls > 0 => Err(fault(FaultKind::Network)),
            _ => Ok(seen_now(row)),
        }
    }

    fn who(&self, target: &Target) -> Result<Arc<str>, Fault> {
        Ok(format!("arn:aws:sts::{}:assumed-role/ops/ana", target.key.account).into())
    }

    async fn carry_out(&self, target: &Target, _stop: &CancellationToken) -> Result<(), Fault> {
        let id = target.key.id.to_string();
        // On disk before the call.
        if let Some(wrong) = self.unannounced(&id) {
            self.world.lock().unwrap().wrong.push(wrong);
        }
        self.step().await;
        let fate = {
            let mut world = self.world.lock().unwrap();
            let row = world.rows.get_mut(&id).unwrap();
            row.calls += 1;
            match row.fate {
                Fate::Done | Fate::After(_) | Fate::Dark(true) => row.effects += 1,
                Fate::Fault(_)
                | Fate::Dark(false)
                | Fate::Drifted
                | Fate::Gone
                | Fate::Unreachable => {}
            }
            row.fate
        };
        self.step().await;
        match fate {
            Fate::Done => Ok(()),
            Fate::Fault(kind) | Fate::After(kind) => Err(fault(kind)),
            Fate::Dark(_) => Err(fault(FaultKind::Timeout)),
            Fate::Drifted | Fate::Gone | Fate::Unreachable => {
                self.world
                    .lock()
                    .unwrap()
                    .wrong
                    .push(format!("{id} called although {fate:?}"));
                Err(fault(FaultKind::Refused))
            }
        }
    }
}
