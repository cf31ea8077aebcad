//! A filter over the rows of all panes, answered with yes, no or "that is not known": what a rule
//! asks before something is done.
//!
//! A row that has no such field does not match; one whose value is not known may.

use super::{Query, QueryError, QueryField, Term, Test, names::NameScope, parse};
use crate::domain::{
    PaneId, PaneMeta, Record, Timestamp, Value, pane::FieldSource, resource::record::CommonField,
};
use std::{fmt, sync::Arc};

/// Whether a row matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchResult {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It may: this of it is not known (`tags`, `burn`).
    Unknown(Arc<str>),
}

/// A filter over several panes, as text and ready for each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    text: Arc<str>,
    queries: Vec<(PaneId, Query)>,
}

impl Condition {
    /// Reads a filter over the fields of `panes`. A name must be a field of at least one of them.
    pub fn parse(text: &str, panes: &[PaneMeta]) -> Result<Self, QueryError> {
        let query = |pane: &PaneMeta| {
            let terms = parse::terms(
                text,
                NameScope {
                    here: &pane.fields,
                    elsewhere: panes,
                },
            )?;
            Ok((pane.id, Query { terms }))
        };
        Ok(Self {
            text: text.trim().into(),
            queries: panes.iter().map(query).collect::<Result<_, _>>()?,
        })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `record`, a row of `pane`, matches as of `now`. Without a term everything does.
    pub fn judge(&self, record: &Record, pane: &PaneMeta, now: Timestamp) -> MatchResult {
        if self.text.is_empty() {
            return MatchResult::Yes;
        }
        match self.queries.iter().find(|(id, _)| *id == pane.id) {
            Some((_, query)) => query.judge(record, pane, now),
            None => MatchResult::Unknown("pane".into()),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Query {
    /// All terms: one that does not match settles it, whatever else is not known.
    fn judge(&self, record: &Record, pane: &PaneMeta, now: Timestamp) -> MatchResult {
        let mut truth = MatchResult::Yes;
        for term in &self.terms {
            match term.judge(record, pane, now) {
                MatchResult::No => return MatchResult::No,
                MatchResult::Unknown(what) if truth == MatchResult::Yes => {
                    truth = MatchResult::Unknown(what)
                }
                MatchResult::Unknown(_) | MatchResult::Yes => {}
            }
        }
        truth
    }
}

impl Term {
    fn judge(&self, record: &Record, pane: &PaneMeta, now: Timestamp) -> MatchResult {
        let holds = self.test.matches(record, &pane.fields, now);
        match self.test.missing(record, holds, now) {
            Some(what) => MatchResult::Unknown(what),
            None if holds != self.negated => MatchResult::Yes,
            None => MatchResult::No,
        }
    }
}

impl Test {
    /// What of `record` is not known and could change the answer, which is `holds` with what is
    /// known.
    fn missing(&self, record: &Record, holds: bool, now: Timestamp) -> Option<Arc<str>> {
        let untagged = record.head.tags.known().is_none();
        match self {
            Self::Word(_) | Self::Tag { .. } => (untagged && !holds).then(|| "tags".into()),
            // Asked whether it is known: that is known.
            Self::Is { value, .. } if value.is("n/a") => None,
            Self::Is { field, .. } | Self::Compare { field, .. } => field
                .is_unknown(record, untagged, now)
                .then(|| field.name.as_str().into()),
        }
    }
}

impl QueryField {
    fn is_unknown(&self, record: &Record, untagged: bool, now: Timestamp) -> bool {
        let value = self.value(record, now);
        match self.from {
            // The owner is read from tags; an account is `-` until STS answers.
            Some(FieldSource::Head(CommonField::Owner)) => untagged && !value.is_known(),
            Some(FieldSource::Head(CommonField::Account)) => &*record.head.key.account == "-",
            _ => matches!(value, Value::Unknown(_)),
        }
    }
}
