//! Resolves field names: exact, by alias, by unique prefix; suggests the nearest on a typing error.

use super::QueryField;
use crate::domain::{FieldMeta, PaneMeta, pane::FieldSource, resource::columns::CommonField};
use strsim::levenshtein;

/// Aliases of panes' own fields: an alias means the first of these fields that the pane has.
const ALIASES: &[(&str, &[&str])] = &[
    ("gpu", &["gpu_util"]),
    ("gpu_util", &["gpu"]),
    ("cpu_util", &["cpu"]),
    ("idle", &["idle_seconds"]),
    ("idle_for", &["idle"]),
    ("type", &["model"]),
    ("util", &["gpu", "util_p50"]),
];

/// The fields that a name may mean.
#[derive(Clone, Copy)]
pub(super) struct NameScope<'a> {
    /// The fields of the rows that are filtered.
    pub here: &'a [FieldMeta],
    /// Panes whose fields may be named too; a row without such a field has no value.
    pub elsewhere: &'a [PaneMeta],
}

/// The field that `name` means, or an error message.
pub(super) fn resolve(name: &str, scope: NameScope<'_>) -> Result<QueryField, String> {
    resolve_here(name, scope.here).or_else(|error| {
        let known = |pane: &PaneMeta| resolve_here(name, &pane.fields).is_ok();
        match error {
            NameError::Unknown(_) if scope.elsewhere.iter().any(known) => Ok(QueryField {
                name: name.to_owned(),
                from: None,
            }),
            NameError::Unknown(message) | NameError::Ambiguous(message) => Err(message),
        }
    })
}

/// Why a name is no field, with the message.
enum NameError {
    Unknown(String),
    Ambiguous(String),
}

fn resolve_here(name: &str, fields: &[FieldMeta]) -> Result<QueryField, NameError> {
    let found = |from: FieldSource| {
        Ok(QueryField {
            name: name.to_owned(),
            from: Some(from),
        })
    };
    let lower = name.to_lowercase();
    if let Some(field) = fields.iter().find(|field| field.id == lower) {
        return found(field.from);
    }
    if let Some(field) = CommonField::named(&lower) {
        return found(FieldSource::Head(field));
    }
    let aliases = ALIASES
        .iter()
        .find(|(word, _)| *word == lower)
        .map_or(&[][..], |(_, ids)| ids);
    if let Some(field) = aliases
        .iter()
        .find_map(|id| fields.iter().find(|field| field.id == *id))
    {
        return found(field.from);
    }
    let mut begun = fields
        .iter()
        .filter(|field| !lower.is_empty() && field.id.starts_with(&lower));
    match (begun.next(), begun.next()) {
        (Some(one), None) => found(one.from),
        (Some(one), Some(other)) => Err(NameError::Ambiguous(format!(
            "`{name}` may be `{}` or `{}`: write one of them",
            one.id, other.id
        ))),
        (None, _) => Err(NameError::Unknown(unknown(name, &lower, fields))),
    }
}

fn unknown(name: &str, lower: &str, fields: &[FieldMeta]) -> String {
    let common = CommonField::ALL
        .iter()
        .flat_map(|field| field.column().words());
    let mut words: Vec<&str> = fields
        .iter()
        .map(|field| field.id)
        .chain(common)
        .chain(["tag"])
        .collect();
    words.sort_unstable();
    words.dedup();
    words.sort_by_key(|word| {
        (
            levenshtein(lower, word),
            word.chars().next() != lower.chars().next(),
        )
    });
    let near: Vec<_> = words
        .into_iter()
        .take(3)
        .map(|word| format!("`{word}`"))
        .collect();
    format!("no field `{name}` here; nearest: {}", near.join(", "))
}

/// The nearest word of `known`, if one is near enough to be a typing error.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(2);
    known
        .map(|one| (levenshtein(word, one), one))
        .filter(|(edits, _)| *edits <= far)
        .min()
        .map(|(_, one)| one)
}
