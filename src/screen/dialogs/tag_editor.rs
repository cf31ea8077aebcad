//! The tag editor. It makes a request of the staged changes.
//!
//! A line `key=value` adds the tag where it is missing, `!key=value` overwrites it too, `-key`
//! removes; an empty line accepts the staged changes. Values that others use are offered.

use super::super::input::text_field::TextField;
use super::{around, keys_of, names_of};
use crate::domain::{ActionRequest, Record, ResourceKey, Tags};
use crate::domain::{Input, Operation, text::printable};
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
    /// Sets this value on the targets without the key.
    Fill(String),
    /// Sets this value on all targets, whatever they have.
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
    /// Values that other resources have, the commonest first.
    pub offers: Vec<String>,
    /// The targets should have it.
    pub is_required: bool,
}

/// The required keys and the known values that a tag editor suggests.
#[derive(Clone, Debug, Default)]
pub struct TagOffers {
    /// Required keys that some target lacks.
    pub required: BTreeSet<String>,
    /// The values of each key on all resources, the commonest first.
    pub values: BTreeMap<String, Vec<String>>,
}

impl TagOffers {
    /// The values of the tags of `records`, and the `required` keys.
    pub fn new<'a>(records: impl Iterator<Item = &'a Record>, required: BTreeSet<String>) -> Self {
        let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        let known = records.filter_map(|record| record.head.tags.known());
        for (key, value) in known
            .flatten()
            .filter(|(_, value)| !value.trim().is_empty())
        {
            *counts.entry(key).or_default().entry(value).or_default() += 1;
        }
        let values = counts.into_iter().map(|(key, counts)| {
            let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
            values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let values = values.into_iter().map(|(value, _)| value.to_owned());
            (key.to_owned(), values.collect())
        });
        Self {
            required,
            values: values.collect(),
        }
    }

    fn line(&self, key: &str, has: TagPresence, change: TagChange) -> TagLine {
        TagLine {
            key: key.to_owned(),
            has,
            change,
            offers: self.values.get(key).cloned().unwrap_or_default(),
            is_required: self.required.contains(key),
        }
    }

    /// The text `key=value` with the next value that others use; `None` where none is known.
    fn next_value(&self, key: &str, value: &str) -> Option<&str> {
        let values = self.values.get(key)?;
        let at = values.iter().position(|known| known == value);
        let begun = || values.iter().find(|known| known.starts_with(value));
        match at {
            Some(at) => values.get((at + 1) % values.len()),
            None => begun(),
        }
        .map(String::as_str)
    }
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
    /// All keys: missing ones that are required first, then those on all targets.
    pub lines: Vec<TagLine>,
    /// Values that others use.
    pub offers: TagOffers,
    /// The line under the cursor; `None` while typing a new one.
    pub cursor: Option<usize>,
    /// The typed text.
    pub field: TextField,
    /// The error in the text.
    pub error: Option<String>,
}

impl TagEditor {
    /// The tags of `records`; `None` without any.
    pub fn new(operation: Operation, records: &[Arc<Record>], offers: TagOffers) -> Option<Self> {
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
                offers.line(key, has, TagChange::Keep)
            })
            .collect();
        let absent = |key: &&String| lines.iter().all(|line| line.key != **key);
        let absent: Vec<TagLine> = offers
            .required
            .iter()
            .filter(absent)
            .map(|key| offers.line(key, TagPresence::None, TagChange::Keep))
            .collect();
        lines.extend(absent);
        lines.sort_by_key(|line| match line.has {
            _ if line.is_required => 0,
            TagPresence::All(_) => 1,
            _ => 2,
        });
        Some(Self {
            operation,
            targets: keys_of(records),
            names: names_of(records),
            unread: records.len() - known.len(),
            lines,
            offers,
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
    /// typed key, or the value after it with the next that others use.
    pub fn edit_line(&mut self) {
        if self.cursor.is_none()
            && let Some((key, value)) = self.field.text().split_once('=')
        {
            let name = key.trim().trim_start_matches('!');
            if let Some(next) = self.offers.next_value(name, value.trim()) {
                let text = format!("{key}={next}");
                self.field.set(&text);
            }
            return;
        }
        let typed = self.field.text().trim_start_matches(['-', '!']).trim();
        let begun = |line: &&TagLine| !typed.is_empty() && line.key.starts_with(typed);
        let line = self
            .cursor
            .map_or_else(|| self.lines.iter().find(begun), |at| self.lines.get(at));
        let Some(line) = line else { return };
        let typed = self.field.text();
        let sign = |sign: char| typed.starts_with(sign) && self.cursor.is_none();
        let key = &line.key;
        let text = match (&line.change, &line.has) {
            _ if sign('-') => format!("-{key}"),
            (TagChange::Fill(value), _) => format!("{key}={value}"),
            // If all targets have the key, the typed value replaces theirs.
            (TagChange::Set(value), _) | (_, TagPresence::All(value)) => {
                format!("!{key}={value}")
            }
            _ if sign('!') => format!("!{key}="),
            _ => {
                let offer = line.offers.first().map_or("", String::as_str);
                format!("{key}={offer}")
            }
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
        if line.change == TagChange::Keep && line.has == TagPresence::None && !line.is_required {
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
                self.stage(&key, change);
                if self.error.is_none() {
                    self.field.set("");
                    self.cursor = None;
                }
            }
            Err(error) => self.error = Some(error),
        }
        None
    }

    /// Stages the change in each line of `text`; `false` if it has one line only. The first line
    /// that is no change stays in the field, and those after it are dropped.
    pub fn paste_lines(&mut self, text: &str) -> bool {
        let lines = text.split(['\n', '\r']).map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        if lines.len() < 2 || !self.field.text().trim().is_empty() {
            return false;
        }
        (self.cursor, self.error) = (None, None);
        for line in lines {
            match parse(&printable(line)) {
                Ok((key, change)) => self.stage(&key, change),
                Err(error) => self.error = Some(error),
            }
            if self.error.is_some() {
                self.field.set(line);
                break;
            }
        }
        true
    }

    fn stage(&mut self, key: &str, change: TagChange) {
        match self.lines.iter().position(|line| line.key == key) {
            Some(at) if self.lines[at].has == TagPresence::None && change == TagChange::Remove => {
                self.lines.remove(at);
            }
            Some(at) => match (&self.lines[at].has, &change) {
                (TagPresence::All(value), TagChange::Fill(new)) if value != new => {
                    self.error = Some(input_errors::tag_is_set(key, new));
                }
                _ => self.lines[at].change = change,
            },
            None if change == TagChange::Remove && self.unread == 0 => {
                self.error = Some(input_errors::no_such_tag(key));
            }
            None => {
                let line = self.offers.line(key, TagPresence::None, change);
                self.lines.push(line);
            }
        }
    }

    /// The request of the staged changes.
    pub fn ask(&self) -> Option<ActionRequest> {
        let (mut fill, mut set, mut remove) = (Tags::new(), Tags::new(), Vec::new());
        for line in &self.lines {
            match &line.change {
                TagChange::Keep => {}
                TagChange::Fill(value) => {
                    fill.insert(line.key.clone(), value.clone());
                }
                TagChange::Set(value) => {
                    set.insert(line.key.clone(), value.clone());
                }
                TagChange::Remove => remove.push(line.key.clone()),
            }
        }
        (!fill.is_empty() || !set.is_empty() || !remove.is_empty())
            .then_some(self.operation.request(Input::Tags { fill, set, remove }))
    }
}

/// Whether AWS reserves the key.
fn is_reserved(key: &str) -> bool {
    key.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
}

/// Reads `key=value`, `!key=value` or `-key`.
pub fn parse(text: &str) -> Result<(String, TagChange), String> {
    let text = text.trim();
    let (key, change) = match (text.strip_prefix('-'), text.split_once('=')) {
        (Some(key), _) => (key.trim(), TagChange::Remove),
        (None, Some((key, value))) => {
            let value = value.trim().to_owned();
            match key.strip_prefix('!') {
                Some(key) => (key.trim(), TagChange::Set(value)),
                None => (key.trim(), TagChange::Fill(value)),
            }
        }
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
        TagChange::Fill(value) | TagChange::Set(value) if value.chars().count() > VALUE_MAX => {
            Err(input_errors::tag_value_too_long(VALUE_MAX))
        }
        _ => Ok((key.to_owned(), change)),
    }
}
