//! Field names: exact, by alias, by unique beginning, and the nearest for a typing error.

use super::QueryField;
use crate::domain::{FieldMeta, PaneMeta, pane::FieldSource, resource::record::CommonField};

/// Short words for what every row has.
const HEADS: &[(&str, CommonField)] = &[
    ("name", CommonField::Name),
    ("id", CommonField::Id),
    ("arn", CommonField::Arn),
    ("kind", CommonField::Kind),
    ("state", CommonField::State),
    ("status", CommonField::State),
    ("age", CommonField::Age),
    ("burn", CommonField::Burn),
    ("usd_per_hour", CommonField::Burn),
    ("waste", CommonField::Waste),
    ("waste_usd_per_hour", CommonField::Waste),
    ("region", CommonField::Region),
    ("account", CommonField::Account),
    ("profile", CommonField::Profile),
    ("owner", CommonField::Owner),
    ("tags", CommonField::Tags),
];

/// Short words for panes' own fields, the likeliest first.
const OWN: &[(&str, &[&str])] = &[
    ("gpu", &["gpu_util"]),
    ("gpu_util", &["gpu"]),
    ("cpu_util", &["cpu"]),
    ("idle", &["idle_seconds"]),
    ("idle_for", &["idle"]),
    ("type", &["model"]),
    ("util", &["gpu", "util_p50"]),
];

/// Where names are looked up.
#[derive(Clone, Copy)]
pub(super) struct NameScope<'a> {
    /// The fields of the rows that are filtered.
    pub here: &'a [FieldMeta],
    /// Panes whose fields may be named too; a row that lacks one has no value there.
    pub elsewhere: &'a [PaneMeta],
}

/// The field that `name` means, or what to say.
pub(super) fn resolve(name: &str, scope: NameScope<'_>) -> Result<QueryField, String> {
    here(name, scope.here).or_else(|error| {
        let known = |pane: &PaneMeta| here(name, &pane.fields).is_ok();
        let other = error.missing && scope.elsewhere.iter().any(known);
        if other {
            Ok(QueryField {
                name: name.to_owned(),
                from: None,
            })
        } else {
            Err(error.message)
        }
    })
}

/// Why a name is no field.
struct NoField {
    message: String,
    /// There is none of that name, not two.
    missing: bool,
}

fn here(name: &str, fields: &[FieldMeta]) -> Result<QueryField, NoField> {
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
    if let Some((_, head)) = HEADS.iter().find(|(word, _)| *word == lower) {
        return found(FieldSource::Head(*head));
    }
    let aliases = OWN
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
        (Some(one), Some(other)) => Err(NoField {
            message: format!(
                "`{name}` may be `{}` or `{}`: write one of them",
                one.id, other.id
            ),
            missing: false,
        }),
        (None, _) => Err(NoField {
            message: unknown(name, &lower, fields),
            missing: true,
        }),
    }
}

fn unknown(name: &str, lower: &str, fields: &[FieldMeta]) -> String {
    let heads = HEADS.iter().map(|(word, _)| *word);
    let mut words: Vec<&str> = fields
        .iter()
        .map(|field| field.id)
        .chain(heads)
        .chain(["tag"])
        .collect();
    words.sort_unstable();
    words.dedup();
    words.sort_by_key(|word| {
        (
            distance(lower, word),
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

/// The one of `known` that `word` was most likely meant to be, if one is near.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(2);
    known
        .map(|one| (distance(word, one), one))
        .filter(|(edits, _)| *edits <= far)
        .min()
        .map(|(_, one)| one)
}

/// Edits (insert, delete, replace) between two words.
fn distance(a: &str, b: &str) -> usize {
    // A field's name is short: what is far longer is far away, and needs no table.
    let a: Vec<char> = a.chars().take(40).collect();
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (line, other) in b.chars().enumerate() {
        let mut diagonal = row.first().copied().unwrap_or_default();
        let mut next = vec![line + 1];
        for (place, own) in a.iter().enumerate() {
            let above = row.get(place + 1).copied().unwrap_or_default();
            let left = next.last().copied().unwrap_or_default();
            next.push(
                (diagonal + usize::from(*own != other))
                    .min(above + 1)
                    .min(left + 1),
            );
            diagonal = above;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in [
            ("", "", 0),
            ("burn", "burn", 0),
            ("brn", "burn", 1),
            ("region", "regoin", 2),
            ("", "age", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }
}
