//! The journal's sheet: its lines gathered into deeds, newest first, the one under the cursor, and
//! what of them is shown.

use super::modal_stack::Scroll;
use crate::domain::{
    Operation, PlanId, ResourceKey, Timestamp,
    audit::{AuditEntry, AuditEvent, Outcome},
    text::printable,
};
use crate::screen::input::text_field::TextField;
use std::{collections::HashMap, sync::Arc};

/// What was read of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalLines {
    /// Its newest lines, oldest first.
    pub lines: Vec<AuditEntry>,
    /// Lines of its chain in all, older files too.
    pub chained: u64,
    /// What is not as it was written: file, place and what is wrong.
    pub breaches: Vec<String>,
    /// Lines that a crash cut short; they are no breach.
    pub torn: usize,
}

/// All lines about one resource of one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalDeed {
    /// The lines, oldest first; never none.
    pub lines: Vec<AuditEntry>,
}

impl JournalDeed {
    /// The first line: the intent, with the requests and what was before.
    pub fn first(&self) -> Option<&AuditEntry> {
        self.lines.first()
    }

    /// The newest line: what came of it.
    pub fn last(&self) -> Option<&AuditEntry> {
        self.lines.last()
    }

    /// When it was begun.
    pub fn at(&self) -> Option<Timestamp> {
        self.first().map(|line| line.at)
    }

    /// The plan it belongs to.
    pub fn plan(&self) -> Option<&PlanId> {
        self.first().map(|line| &line.plan)
    }

    /// The operation.
    pub fn operation(&self) -> Option<Operation> {
        self.first().map(|line| line.operation)
    }

    /// Who did it: the name at the end of the identity that AWS saw, else the user of the machine.
    pub fn who(&self) -> String {
        self.first()
            .map_or_else(String::new, |line| printable(line.actor()).into_owned())
    }

    /// What came of it, in a word or two.
    pub fn result(&self) -> &'static str {
        let Some(line) = self.last() else { return "" };
        match (line.step, line.result) {
            (AuditEvent::Intent, _) => "no result",
            (_, Some(Outcome::Denied)) => "denied",
            (_, Some(Outcome::Throttled)) => "throttled",
            (_, Some(Outcome::Expired)) => "expired",
            (_, Some(Outcome::Partly)) => "in part",
            (AuditEvent::Accepted, _) => "accepted",
            (AuditEvent::Settled, _) => "done",
            (AuditEvent::Recovered, Some(Outcome::Done)) => "done, found",
            (AuditEvent::Recovered, Some(Outcome::NotDone)) => "not done",
            (AuditEvent::Recovered | AuditEvent::Unknown, _) => "unknown",
            (AuditEvent::Drifted, _) => "changed",
            (AuditEvent::Cancelled, _) => "cancelled",
            (AuditEvent::Refused, _) => "refused",
            (AuditEvent::Unsettled, _) => "not settled",
        }
    }

    /// Why it did not go as wanted, else why it was done.
    pub fn why(&self) -> String {
        let note = self.last().and_then(|line| line.note.as_deref());
        printable(note.or_else(|| self.first()?.why.as_deref()).unwrap_or("")).into_owned()
    }

    /// Whether every word of `filter` is somewhere in it.
    fn holds(&self, filter: &str) -> bool {
        let Some(line) = self.first() else {
            return false;
        };
        let all = [
            self.who(),
            line.operation.to_string(),
            self.result().to_owned(),
            self.why(),
            line.plan.to_string(),
            line.at.to_string(),
        ];
        let head = [
            &line.name,
            &line.id,
            &line.account,
            &line.region,
            &line.profile,
        ]
        .map(ToString::to_string);
        let text = format!("{} {}", all.join(" "), head.join(" ")).to_lowercase();
        filter
            .to_lowercase()
            .split_whitespace()
            .all(|word| text.contains(word))
    }
}

/// The sheet.
#[derive(Clone, Debug, Default)]
pub struct JournalSheet {
    /// The file.
    pub path: String,
    /// What was read; `None` until then.
    pub read: Option<Arc<JournalLines>>,
    /// Everything that was done, newest first.
    deeds: Vec<Arc<JournalDeed>>,
    /// Those that are shown.
    pub shown: Vec<Arc<JournalDeed>>,
    /// The place of the cursor among them.
    pub cursor: usize,
    /// What is shown of them.
    pub filter: TextField,
    /// The filter is being typed.
    pub typing: bool,
    /// Scrolled by.
    pub scroll: Scroll,
}

impl JournalSheet {
    /// Of the journal at `path`, not read yet.
    pub fn new(path: String) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }

    /// The journal was read.
    pub fn take(&mut self, journal: JournalLines) {
        let mut deeds: Vec<JournalDeed> = Vec::new();
        let mut places: HashMap<(PlanId, ResourceKey), usize> = HashMap::new();
        for line in &journal.lines {
            let place = *places
                .entry((line.plan.clone(), line.key()))
                .or_insert(deeds.len());
            match deeds.get_mut(place) {
                Some(deed) => deed.lines.push(line.clone()),
                None => deeds.push(JournalDeed {
                    lines: vec![line.clone()],
                }),
            }
        }
        deeds.reverse();
        self.deeds = deeds.into_iter().map(Arc::new).collect();
        self.read = Some(Arc::new(journal));
        self.narrow();
    }

    /// Shows what the filter lets through; the cursor stays on its deed where that is shown.
    pub fn narrow(&mut self) {
        let at = self.current().cloned();
        let filter = self.filter.text().to_owned();
        self.shown = self
            .deeds
            .iter()
            .filter(|deed| deed.holds(&filter))
            .cloned()
            .collect();
        self.cursor = at
            .and_then(|at| self.shown.iter().position(|deed| Arc::ptr_eq(deed, &at)))
            .unwrap_or(0);
    }

    /// The deed under the cursor.
    pub fn current(&self) -> Option<&Arc<JournalDeed>> {
        self.shown.get(self.cursor)
    }

    /// Everything there is, shown or not.
    pub fn total(&self) -> usize {
        self.deeds.len()
    }
}

/// One deed in full.
#[derive(Clone, Debug)]
pub struct EntrySheet {
    /// Which.
    pub deed: Arc<JournalDeed>,
    /// Scrolled by.
    pub scroll: Scroll,
}
