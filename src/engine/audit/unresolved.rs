//! Intents without a result: what a run left behind that ended in the middle.
//!
//! A start reads the file that is appended to; older ones only as far as its first line says that
//! something in them is open.

use super::{
    reader,
    store::Store,
    writer::{Writer, claim},
};
use crate::domain::{
    PlanId, ResourceKey,
    audit::{AuditEntry, AuditEvent, VERSION},
};
use serde::Deserialize;
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    io,
};

/// Intents that no later line tells the result of, oldest first.
pub fn open_intents(lines: &[AuditEntry]) -> Vec<&AuditEntry> {
    let mut open: HashMap<(&PlanId, ResourceKey), usize> = HashMap::new();
    for (place, line) in lines.iter().enumerate() {
        let deed = (&line.plan, line.key());
        if line.step == AuditEvent::Intent {
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
    /// Intents without a result, of consoles that are no longer alive, oldest first.
    pub(in crate::engine) open: Vec<AuditEntry>,
    /// The plans that were begun, as far back as was read.
    pub(in crate::engine) plans: BTreeSet<PlanId>,
}

/// What stands in the journal that `pen` writes. Intents of consoles that still run are theirs.
pub(super) fn left(pen: &mut Writer) -> io::Result<Left> {
    // Nobody writes a result and leaves between the reading and the asking who is alive. Where
    // nothing can be locked, nothing is written.
    let _lock = pen.store.lock().ok();
    let mut left = of_store(pen.store.as_ref())?;
    let mut gone = Vec::new();
    for line in left.open {
        let alive = match &line.console {
            Some(console) => *console == pen.console || pen.store.is_claimed(&claim(console))?,
            None => false,
        };
        if !alive {
            gone.push(line);
        }
    }
    left.open = gone;
    Ok(left)
}

/// What of a line tells whether something is open.
#[derive(Deserialize)]
struct EntrySummary<'a> {
    version: u8,
    #[serde(default)]
    seq: u64,
    #[serde(borrow)]
    plan: Cow<'a, str>,
    step: AuditEvent,
    #[serde(borrow)]
    account: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    left_open: Option<Vec<u64>>,
}

impl EntrySummary<'_> {
    /// Which resource of which plan.
    fn deed(&self) -> String {
        [
            &self.plan,
            &self.account,
            &self.region,
            &self.kind,
            &self.id,
        ]
        .map(|part| &**part)
        .join("\0")
    }
}

/// All that is open in `store`, whoever wrote it.
pub(super) fn of_store(store: &dyn Store) -> io::Result<Left> {
    let mut left = Left::default();
    // From the newest line back: the first one met of a deed is its last.
    let mut met: HashSet<String> = HashSet::new();
    let mut wanted: Option<BTreeSet<u64>> = None;
    for file in store.files()?.iter().rev() {
        if wanted.as_ref().is_some_and(BTreeSet::is_empty) {
            break;
        }
        let bytes = store.read(file)?;
        let mut before = None;
        for bytes in reader::split(&bytes).rev() {
            let Ok(brief) = serde_json::from_slice::<EntrySummary<'_>>(bytes) else {
                continue;
            };
            if brief.version > VERSION {
                continue;
            }
            let deed = brief.deed();
            before = brief.left_open.or(before);
            let asked = wanted
                .as_mut()
                .is_none_or(|wanted| wanted.remove(&brief.seq));
            if let Some(line) = (met.insert(deed) && asked && brief.step == AuditEvent::Intent)
                .then(|| reader::parse(bytes).ok())
                .flatten()
            {
                left.open.push(line);
            }
            left.plans.insert(PlanId(brief.plan.into()));
        }
        wanted = wanted.or_else(|| before.map(BTreeSet::from_iter));
    }
    left.open.reverse();
    Ok(left)
}
