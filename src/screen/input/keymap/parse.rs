//! Parses keymap files. Reports every error with its line and the nearest valid word.

use super::{Binding, Chord, Context, Keymap, SHIPPED};
use crate::screen::{actions::Action, theme::hint};
use std::fmt;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Bindings with their byte offsets in the file.
type PlacedBindings = Vec<(usize, Binding)>;

/// Longest sequence of keys.
const MAX_SEQUENCE_KEYS: usize = 4;

/// An error in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The message, with the nearest valid word if there is one.
    pub message: String,
}

/// All errors of a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError {
    /// The file.
    pub file: String,
    /// In the order of lines.
    pub problems: Vec<Problem>,
}

impl fmt::Display for KeymapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let end = if at + 1 < self.problems.len() {
                "\n"
            } else {
                ""
            };
            write!(
                f,
                "{}:{}: {}{end}",
                self.file, problem.line, problem.message
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for KeymapError {}

/// Actions of a context: one of each group must stay bound, so that the user can leave.
const NEEDED: &[(Context, &[Action])] = &[
    (
        Context::Global,
        &[Action::Quit, Action::Interrupt, Action::Palette],
    ),
    (
        Context::Dialog,
        &[Action::Cancel, Action::No, Action::Interrupt],
    ),
    (Context::Input, &[Action::Cancel, Action::Interrupt]),
    (Context::Input, &[Action::Accept]),
];

/// The bindings of the keymap `text` over `base`, or all errors in the order of lines.
pub(super) fn binds(text: &str, base: Option<&Keymap>) -> Result<Vec<Binding>, Vec<Problem>> {
    let mut reader = KeymapParser {
        text,
        problems: Vec::new(),
    };
    let found = reader.read(base);
    reader.problems.sort_by_key(|problem| problem.line);
    match found {
        Some(binds) if reader.problems.is_empty() => Ok(binds),
        _ => Err(reader.problems),
    }
}

struct KeymapParser<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl KeymapParser<'_> {
    fn problem(&mut self, offset: usize, message: impl Into<String>) {
        let line = 1 + self
            .text
            .bytes()
            .take(offset)
            .filter(|byte| *byte == b'\n')
            .count();
        self.problems.push(Problem {
            line,
            message: message.into(),
        });
    }

    fn read(&mut self, base: Option<&Keymap>) -> Option<Vec<Binding>> {
        let root = match DeTable::parse(self.text) {
            Ok(root) => root.into_inner(),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                self.problem(offset, error.message().replace('\n', ", "));
                return None;
            }
        };
        let inherited = match root.get("inherits") {
            Some(parent) => self.inherit(parent),
            None => base.map(|base| base.binds.clone()),
        };
        let mut binds = inherited.unwrap_or_default();
        let (mut own, unbound) = self.tables(&root);
        own.sort_by_key(|(offset, _)| *offset);
        self.conflicts(&own);
        binds.retain(|bind| {
            !unbound.contains(&(bind.context, bind.keys.clone()))
                && !own.iter().any(|(_, mine)| {
                    mine.context == bind.context
                        && (mine.keys.starts_with(&bind.keys) || bind.keys.starts_with(&mine.keys))
                })
        });
        binds.extend(own.into_iter().map(|(_, bind)| bind));
        self.check_needed(&binds);
        Some(binds)
    }

    /// The bindings of all contexts with their offsets, and the keys that the file unbinds.
    fn tables(&mut self, root: &DeTable<'_>) -> (PlacedBindings, Vec<(Context, Vec<Chord>)>) {
        let mut own = PlacedBindings::new();
        let mut unbound = Vec::new();
        for (word, value) in root.iter().filter(|(word, _)| word.get_ref() != "inherits") {
            let Some(context) = Context::ALL
                .iter()
                .find(|context| context.word() == word.get_ref().as_ref())
            else {
                let words: Vec<&str> = Context::ALL
                    .iter()
                    .map(|context| context.word())
                    .chain(["inherits"])
                    .collect();
                self.problem(
                    word.span().start,
                    format!(
                        "there is no `{}` in a keymap{}",
                        word.get_ref(),
                        hint(word.get_ref(), &words)
                    ),
                );
                continue;
            };
            match value.get_ref() {
                DeValue::Table(table) => self.table(*context, table, &mut own, &mut unbound),
                _ => self.problem(
                    word.span().start,
                    format!(
                        "write [{}] and below it \"key\" = \"action\"",
                        word.get_ref()
                    ),
                ),
            }
        }
        (own, unbound)
    }

    /// Reports contexts without a key for an action that they need.
    fn check_needed(&mut self, binds: &[Binding]) {
        for (context, actions) in NEEDED {
            if self.problems.is_empty()
                && !binds
                    .iter()
                    .any(|bind| bind.context == *context && actions.contains(&bind.action))
            {
                let words: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
                self.problem(
                    0,
                    format!(
                        "[{}] has no key for {}: there would be no way on",
                        context.word(),
                        words.join(" or ")
                    ),
                );
            }
        }
    }

    fn inherit(&mut self, parent: &Spanned<DeValue<'_>>) -> Option<Vec<Binding>> {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let Some(name) = parent.get_ref().as_str() else {
            self.problem(
                parent.span().start,
                format!(
                    "`inherits` takes the name of a shipped keymap: {}",
                    names.join(", ")
                ),
            );
            return None;
        };
        // A shipped keymap inherits only from one before it, so this ends.
        let own = SHIPPED
            .iter()
            .position(|(_, text)| *text == self.text)
            .unwrap_or(SHIPPED.len());
        let found = names
            .iter()
            .take(own)
            .find(|known| **known == name)
            .and_then(|name| Keymap::shipped(name));
        if found.is_none() {
            self.problem(
                parent.span().start,
                format!(
                    "there is no keymap `{name}` to inherit from{}",
                    hint(name, &names)
                ),
            );
        }
        found.map(|keymap| keymap.binds)
    }

    fn table(
        &mut self,
        context: Context,
        table: &DeTable<'_>,
        own: &mut Vec<(usize, Binding)>,
        unbound: &mut Vec<(Context, Vec<Chord>)>,
    ) {
        for (word, value) in table {
            let offset = word.span().start;
            let keys = match keys(word.get_ref()) {
                Ok(keys) => keys,
                Err(message) => {
                    self.problem(offset, message);
                    continue;
                }
            };
            if context == Context::Input
                && keys.first().is_some_and(|chord| chord.typed().is_some())
            {
                self.problem(
                    offset,
                    format!(
                        "`{}` is text while typing: only keys with ctrl or alt, or named keys, \
                         can be bound in [input]",
                        word.get_ref()
                    ),
                );
                continue;
            }
            match value.get_ref() {
                DeValue::Array(list) if list.is_empty() => unbound.push((context, keys)),
                DeValue::String(name) => {
                    let action = self.action(context, name, value.span().start);
                    own.extend(action.map(|action| {
                        (
                            offset,
                            Binding {
                                context,
                                keys,
                                action,
                            },
                        )
                    }));
                }
                _ => self.problem(
                    value.span().start,
                    "write the action as \"text\", or [] to unbind the key",
                ),
            }
        }
    }

    fn action(&mut self, context: Context, name: &str, offset: usize) -> Option<Action> {
        let words = Action::words(context);
        match Action::parse(name) {
            Some(action) if action.fits(context) => return Some(action),
            Some(action) => {
                let places: Vec<_> = action
                    .contexts()
                    .iter()
                    .map(|context| format!("[{}]", context.word()))
                    .collect();
                self.problem(
                    offset,
                    format!(
                        "`{name}` cannot be bound in [{}], only in {}",
                        context.word(),
                        places.join(" and ")
                    ),
                );
            }
            None => {
                let nearest = words
                    .iter()
                    .min_by_key(|word| strsim::levenshtein(name, word))
                    .map_or("", String::as_str);
                self.problem(
                    offset,
                    format!(
                        "there is no action `{name}` in [{}]; the nearest is `{nearest}`",
                        context.word()
                    ),
                );
            }
        }
        None
    }

    fn conflicts(&mut self, own: &[(usize, Binding)]) {
        for (at, (offset, bind)) in own.iter().enumerate() {
            for (_, earlier) in own[..at]
                .iter()
                .filter(|(_, earlier)| earlier.context == bind.context)
            {
                if earlier.keys == bind.keys {
                    self.problem(
                        *offset,
                        format!(
                            "`{}` is bound twice in [{}]: to `{}` and `{}`",
                            bind.text(),
                            bind.context.word(),
                            earlier.action,
                            bind.action
                        ),
                    );
                } else if earlier.keys.starts_with(&bind.keys)
                    || bind.keys.starts_with(&earlier.keys)
                {
                    self.problem(
                        *offset,
                        format!(
                            "`{}` and `{}` in [{}] begin the same: \
                             the shorter one would always win",
                            earlier.text(),
                            bind.text(),
                            bind.context.word()
                        ),
                    );
                }
            }
        }
    }
}

/// Reads `ctrl-d` or `g g`.
fn keys(text: &str) -> Result<Vec<Chord>, String> {
    if text == " " {
        return Err("write `space` for the space bar".to_owned());
    }
    let keys = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<Vec<Chord>, String>>()?;
    match keys.len() {
        0 => Err("a key is missing".to_owned()),
        1..=MAX_SEQUENCE_KEYS => Ok(keys),
        _ => Err(format!(
            "`{text}`: at most {MAX_SEQUENCE_KEYS} keys one after the other"
        )),
    }
}
