//! A filter over the rows of all panes that answers yes, no or unknown: the condition of a guard
//! rule.
//!
//! A row without the field does not match; a row with an unknown value may.

use super::{Query, QueryError, QueryField, Row, Term, Test, names::NameScope, parse};
use crate::domain::{
    CommonField, PaneId, PaneMeta, Record, Timestamp, UNKNOWN_ACCOUNT, Value, pane::FieldSource,
};
use std::{fmt, sync::Arc};

/// Whether a row matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatchResult {
    /// It matches.
    Yes,
    /// It does not match.
    No,
    /// It may match: this field (`tags`, `burn`) is unknown.
    Unknown(Arc<str>),
}

/// A filter over several panes: its text, and its query for each pane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Condition {
    text: Arc<str>,
    queries: Vec<(PaneId, Query)>,
}

impl Condition {
    /// Parses a filter over the fields of `panes`. A name must be a field of at least one of them.
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

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `record`, a row of `pane`, matches as of `now`. An empty filter matches every row.
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
    /// The conjunction: one term that does not match decides, whatever else is unknown.
    fn judge(&self, record: &Record, pane: &PaneMeta, now: Timestamp) -> MatchResult {
        let mut truth = MatchResult::Yes;
        for term in &self.terms {
            match term.judge(record, pane, now) {
                MatchResult::No => return MatchResult::No,
                MatchResult::Unknown(what) if truth == MatchResult::Yes => {
                    truth = MatchResult::Unknown(what);
                }
                MatchResult::Unknown(_) | MatchResult::Yes => {}
            }
        }
        truth
    }
}

impl Term {
    fn judge(&self, record: &Record, pane: &PaneMeta, now: Timestamp) -> MatchResult {
        let row = Row {
            record,
            fields: &pane.fields,
            now,
            finding: None,
        };
        let holds = self.test.matches(&row);
        match self.test.missing(&row, holds) {
            Some(what) => MatchResult::Unknown(what),
            None if holds != self.negated => MatchResult::Yes,
            None => MatchResult::No,
        }
    }
}

impl Test {
    /// The unknown part of the row that could change the answer `holds`, which was computed from
    /// the known parts.
    fn missing(&self, row: &Row<'_>, holds: bool) -> Option<Arc<str>> {
        let untagged = row.record.head.tags.known().is_none();
        match self {
            Self::Word(_) | Self::Tag { .. } => (untagged && !holds).then(|| "tags".into()),
            // `field:n/a` tests whether the value is known, which is always decidable.
            Self::Is { value, .. } if value.matches("n/a") => None,
            Self::Is { field, .. } | Self::Compare { field, .. } => field
                .is_unknown(row, untagged)
                .then(|| field.name.as_str().into()),
        }
    }
}

impl QueryField {
    fn is_unknown(&self, row: &Row<'_>, untagged: bool) -> bool {
        let value = self.value(row);
        match self.from {
            // The owner is derived from tags; an account is `-` until STS answers.
            Some(FieldSource::Head(CommonField::Owner)) => untagged && !value.is_known(),
            Some(FieldSource::Head(CommonField::Account)) => {
                &*row.record.head.key.account == UNKNOWN_ACCOUNT
            }
            _ => matches!(value, Value::Unknown(_)),
        }
    }
}
