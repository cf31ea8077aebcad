//! The tag editor. It makes a request of the staged changes.
//!
//! A line `key=value` adds or changes, `-key` removes; an empty line accepts the staged changes.

use super::super::input::text_field::TextField;
use super::{around, keys_of, names_of};
use crate::domain::{ActionRequest, Record, ResourceKey, Tags};
use crate::domain::{Input, Operation};
use crate::screen::notices::input_errors;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Longest tag key AWS takes.
const KEY_MAX: usize = 128;
/// Longest tag value AWS takes.
const VALUE_MAX: usize = 256;

/// The values of one key on the targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagPresence {
    /// All targets have this value.
    All(String),
    /// Some targets have the key, or the values differ.
    Some {
        /// Targets that have the key.
        targets: usize,
        /// Distinct values.
        values: usize,
    },
    /// No target has the key.
    None,
}

/// The staged change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagChange {
    /// No change.
    Keep,
    /// Sets this value on all targets.
    Set(String),
    /// Removes the key from all targets.
    Remove,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagLine {
    /// The key.
    pub key: String,
    /// The present values.
    pub has: TagPresence,
    /// The staged change.
    pub change: TagChange,
}

/// The editor.
#[derive(Clone, Debug)]
pub struct TagEditor {
    /// The operation that takes the tags.
    pub operation: Operation,
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Their names.
    pub names: Vec<Arc<str>>,
    /// The number of targets whose tags are unknown.
    pub unread: usize,
    /// All keys, those on all targets first.
    pub lines: Vec<TagLine>,
    /// The line under the cursor; `None` while typing a new one.
    pub cursor: Option<usize>,
    /// The typed text.
    pub field: TextField,
    /// The error in it.
    pub error: Option<String>,
}

impl TagEditor {
    /// The tags of `records`; `None` without any.
    pub fn new(operation: Operation, records: &[Arc<Record>]) -> Option<Self> {
        if records.is_empty() {
            return None;
        }
        let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let known: Vec<&Tags> = records
            .iter()
            .filter_map(|record| record.head.tags.known())
            .collect();
        for (key, value) in known
            .iter()
            .flat_map(|tags| tags.iter())
            .filter(|(key, _)| !is_reserved(key))
        {
            seen.entry(key).or_default().push(value);
        }
        let mut lines: Vec<TagLine> = seen
            .into_iter()
            .map(|(key, held)| {
                let values: BTreeSet<&str> = held.iter().copied().collect();
                let has = match (values.first(), values.len()) {
                    (Some(value), 1) if held.len() == known.len() => {
                        TagPresence::All((*value).to_owned())
                    }
                    _ => TagPresence::Some {
                        targets: held.len(),
                        values: values.len(),
                    },
                };
                TagLine {
                    key: key.to_owned(),
                    has,
                    change: TagChange::Keep,
                }
            })
            .collect();
        lines.sort_by_key(|line| !matches!(line.has, TagPresence::All(_)));
        Some(Self {
            operation,
            targets: keys_of(records),
            names: names_of(records),
            unread: records.len() - known.len(),
            lines,
            cursor: None,
            field: TextField::default(),
            error: None,
        })
    }

    /// Up or down through the lines and the field below them.
    pub fn step(&mut self, by: isize) {
        let len = self.lines.len() + 1;
        let at = around(self.cursor.unwrap_or(len - 1), by, len);
        self.cursor = (at < self.lines.len()).then_some(at);
    }

    /// Copies the line under the cursor into the field, to change it. Without one, completes the
    /// typed key.
    pub fn edit_line(&mut self) {
        let typed = self.field.text().trim_start_matches('-').trim();
        let begun = |line: &&TagLine| !typed.is_empty() && line.key.starts_with(typed);
        let line = self
            .cursor
            .map_or_else(|| self.lines.iter().find(begun), |at| self.lines.get(at));
        let Some(line) = line else { return };
        let minus = self.field.text().starts_with('-') && self.cursor.is_none();
        let text = match (&line.change, &line.has) {
            _ if minus => format!("-{}", line.key),
            (TagChange::Set(value), _) | (_, TagPresence::All(value)) => {
                format!("{}={value}", line.key)
            }
            _ => format!("{}=", line.key),
        };
        self.field.set(&text);
        self.cursor = None;
        self.error = None;
    }

    /// Stages the removal of the tag under the cursor, or drops its staged change.
    pub fn remove_line(&mut self) {
        let Some(at) = self.cursor.filter(|at| *at < self.lines.len()) else {
            return;
        };
        let line = &mut self.lines[at];
        match (&line.change, &line.has) {
            (TagChange::Keep, TagPresence::None) => {}
            (TagChange::Keep, _) => line.change = TagChange::Remove,
            _ => line.change = TagChange::Keep,
        }
        if line.change == TagChange::Keep && line.has == TagPresence::None {
            self.lines.remove(at);
            self.cursor = None;
        }
    }

    /// Stages the typed change. `Some` when nothing is typed and changes are staged: the request.
    pub fn accept(&mut self) -> Option<ActionRequest> {
        self.error = None;
        if self.field.text().trim().is_empty() {
            if self.cursor.is_some() {
                self.edit_line();
                return None;
            }
            let ask = self.ask();
            if ask.is_none() {
                self.error = Some(input_errors::NO_TAG_CHANGE.to_owned());
            }
            return ask;
        }
        match parse(self.field.text()) {
            Ok((key, change)) => {
                self.stage(key, change);
                self.field.set("");
                self.cursor = None;
            }
            Err(error) => self.error = Some(error),
        }
        None
    }

    fn stage(&mut self, key: String, change: TagChange) {
        match self.lines.iter().position(|line| line.key == key) {
            Some(at) if self.lines[at].has == TagPresence::None && change == TagChange::Remove => {
                self.lines.remove(at);
            }
            Some(at) => self.lines[at].change = change,
            None if change == TagChange::Remove && self.unread == 0 => {
                self.error = Some(input_errors::no_such_tag(&key));
            }
            None => self.lines.push(TagLine {
                key,
                has: TagPresence::None,
                change,
            }),
        }
    }

    /// The request of the staged changes.
    pub fn ask(&self) -> Option<ActionRequest> {
        let mut set = Tags::new();
        let mut remove = Vec::new();
        for line in &self.lines {
            match &line.change {
                TagChange::Keep => {}
                TagChange::Set(value) => {
                    set.insert(line.key.clone(), value.clone());
                }
                TagChange::Remove => remove.push(line.key.clone()),
            }
        }
        (!set.is_empty() || !remove.is_empty())
            .then_some(self.operation.request(Input::Tags { set, remove }))
    }
}

/// Whether AWS reserves the key.
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// Reads `key=value` or `-key`.
pub fn parse(text: &str) -> Result<(String, TagChange), String> {
    let text = text.trim();
    let (key, change) = match (text.strip_prefix('-'), text.split_once('=')) {
        (Some(key), _) => (key.trim(), TagChange::Remove),
        (None, Some((key, value))) => (key.trim(), TagChange::Set(value.trim().to_owned())),
        (None, None) => {
            return Err(input_errors::not_a_tag(text));
        }
    };
    if key.is_empty() {
        return Err(input_errors::NO_TAG_KEY.to_owned());
    }
    if is_reserved(key) {
        return Err(input_errors::RESERVED_TAG_KEY.to_owned());
    }
    if key.chars().count() > KEY_MAX {
        return Err(input_errors::tag_key_too_long(KEY_MAX));
    }
    match &change {
        TagChange::Set(value) if value.chars().count() > VALUE_MAX => {
            Err(input_errors::tag_value_too_long(VALUE_MAX))
        }
        _ => Ok((key.to_owned(), change)),
    }
}
