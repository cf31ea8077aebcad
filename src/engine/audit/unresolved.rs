//! Finds intents without a result: a session ended in the middle of an action.
//!
//! Reads the live file, and rotated ones only as far back as the first entry after rotation names
//! unresolved intents in them.

use super::{
    disk::DiskStore,
    reader,
    writer::{Writer, session_claim},
};
use crate::domain::{
    PlanId, ResourceKey, StatusKind,
    audit::{AuditEntry, VERSION},
};
use serde::Deserialize;
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    io,
};

/// The intents among `entries` that have no result, oldest first.
pub fn open_intents(entries: &[AuditEntry]) -> Vec<&AuditEntry> {
    let mut open: HashMap<(&PlanId, ResourceKey), usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let target = (&entry.plan, entry.key());
        if entry.event == StatusKind::Recorded {
            open.insert(target, index);
        } else {
            open.remove(&target);
        }
    }
    let mut indices: Vec<usize> = open.into_values().collect();
    indices.sort_unstable();
    indices.into_iter().map(|index| &entries[index]).collect()
}

/// The unresolved intents of earlier sessions, and the plans in the journal.
#[derive(Debug, Default)]
pub(in crate::engine) struct UnresolvedIntents {
    /// Intents without a result, oldest first.
    pub(in crate::engine) intents: Vec<AuditEntry>,
    /// All plans in the files that were read.
    pub(in crate::engine) plans: BTreeSet<PlanId>,
}

/// Unresolved intents of sessions that no longer run, in the journal of `writer`.
pub(super) fn find_abandoned(writer: &mut Writer) -> io::Result<UnresolvedIntents> {
    // The lock keeps a session from writing a result and ending between the two reads. If the lock
    // is not available, no session can write.
    let _lock = writer.store.lock().ok();
    let mut found = find(&writer.store)?;
    let mut abandoned = Vec::new();
    for intent in found.intents {
        let is_running = match &intent.session_id {
            Some(id) => *id == writer.session_id || writer.store.is_claimed(&session_claim(id))?,
            None => false,
        };
        if !is_running {
            abandoned.push(intent);
        }
    }
    found.intents = abandoned;
    Ok(found)
}

/// The keys of an entry that tell whether an intent has a result.
#[derive(Deserialize)]
struct EntrySummary<'a> {
    version: u8,
    seq: u64,
    #[serde(borrow)]
    plan: Cow<'a, str>,
    event: StatusKind,
    #[serde(borrow)]
    account: Cow<'a, str>,
    #[serde(borrow)]
    region: Cow<'a, str>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(default)]
    unresolved: Option<Vec<u64>>,
}

impl EntrySummary<'_> {
    /// The resource and the plan, as one text.
    fn target(&self) -> String {
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

/// Every unresolved intent in `store`, of running sessions too.
pub(super) fn find(store: &DiskStore) -> io::Result<UnresolvedIntents> {
    let mut found = UnresolvedIntents::default();
    // Newest entry first: the first one of a target is its last.
    let mut visited: HashSet<String> = HashSet::new();
    let mut wanted: Option<BTreeSet<u64>> = None;
    for file in store.files()?.iter().rev() {
        if wanted.as_ref().is_some_and(BTreeSet::is_empty) {
            break;
        }
        let bytes = store.read(file)?;
        let mut unresolved_before = None;
        for line in reader::split(&bytes).rev() {
            let Ok(summary) = serde_json::from_slice::<EntrySummary<'_>>(line) else {
                continue;
            };
            if summary.version > VERSION {
                continue;
            }
            let is_newest = visited.insert(summary.target());
            unresolved_before = summary.unresolved.or(unresolved_before);
            let is_wanted = wanted
                .as_mut()
                .is_none_or(|wanted| wanted.remove(&summary.seq));
            if is_newest && is_wanted && summary.event == StatusKind::Recorded {
                found.intents.extend(reader::parse(line).ok());
            }
            found.plans.insert(PlanId(summary.plan.into()));
        }
        wanted = wanted.or_else(|| unresolved_before.map(BTreeSet::from_iter));
    }
    found.intents.reverse();
    Ok(found)
}
