//! The filter language of the screen, the command line and guard rules.
//!
//! ```text
//! gpu state:running burn>5 age>2h tag:team=search !spot region:us-*
//! ```
//!
//! | term | matches |
//! | --- | --- |
//! | `word` | any text of the row contains it, in any case (`*` matches anything) |
//! | `field:value`, `field=value` | the field's text equals the value, in any case (`*` matches anything); a number is equal |
//! | `field:n/a` | the value is unknown or does not apply |
//! | `field>5` `>=` `<` `<=` | the field's number compares so; an unknown value never does |
//! | `tag:key` `tag:key=value` | the row has the tag (with that value); both may contain `*` |
//! | `!term` | the term does not match |
//! | `"two words"` | quotes keep spaces, `:` and `>` together; `\"` is a quote |
//!
//! Every row has, besides its pane's own fields, the common columns of
//! [`columns`](crate::domain::resource::columns), by id, JSON key or alias. Of a finding, `kind` is
//! the id of its rule, and words also match the rule and the message.
//!
//! All terms must match. Numbers may be written `5`, `$5`, `1k`, `2.5M`, `10%`, `2h`, `1d`,
//! `2026-11-20`; a plain number compared with a percentage is in percent, with a length of time in
//! seconds.

mod condition;
mod names;
mod number;
mod parse;
#[cfg(test)]
mod tests;

use crate::{
    domain::{CommonField, FieldMeta, Glob, Record, Timestamp, Value, pane::FieldSource},
    rules::Finding,
};
use names::NameScope;
use number::QueryNumber;
use std::{fmt, ops::Range};

pub use condition::{Condition, MatchResult};
pub use names::nearest;

/// A filter. The default matches every row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
}

/// A syntax error, or an unknown field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The mistake, and its correction.
    pub message: String,
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    Word(Glob),
    Is {
        field: QueryField,
        value: Glob,
        number: Option<QueryNumber>,
    },
    Compare {
        field: QueryField,
        with: Comparison,
        bound: QueryNumber,
    },
    Tag {
        key: Glob,
        value: Option<Glob>,
    },
}

/// A field, by the name in the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct QueryField {
    name: String,
    /// `None`: rows of this pane have no such field, rows of other panes do.
    from: Option<FieldSource>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    More,
    AtLeast,
    Less,
    AtMost,
}

impl Comparison {
    fn sign(self) -> &'static str {
        match self {
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::AtMost => "<=",
        }
    }

    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::More => left > right,
            Self::AtLeast => left >= right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
        }
    }
}

impl Query {
    /// Reads a filter over `fields`.
    pub fn parse(text: &str, fields: &[FieldMeta]) -> Result<Self, QueryError> {
        Ok(Self {
            terms: parse::terms(
                text,
                NameScope {
                    here: fields,
                    elsewhere: &[],
                },
            )?,
        })
    }

    /// Whether it matches every row.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a term uses this field.
    pub fn asks(&self, meta: &FieldMeta) -> bool {
        self.terms.iter().any(|term| match &term.test {
            Test::Is { field, .. } | Test::Compare { field, .. } => field.from == Some(meta.from),
            Test::Word(_) | Test::Tag { .. } => false,
        })
    }

    /// Whether `record`, whose own values are described by `fields`, matches as of `now`.
    pub fn matches(&self, record: &Record, fields: &[FieldMeta], now: Timestamp) -> bool {
        self.matches_row(&Row {
            record,
            fields,
            now,
            finding: None,
        })
    }

    /// Whether a finding of `rule` about `record` matches as of `now`; `finding` is `None` where
    /// the finding is gone and only its rule is known.
    pub fn matches_finding(
        &self,
        rule: &str,
        finding: Option<&Finding>,
        record: &Record,
        fields: &[FieldMeta],
        now: Timestamp,
    ) -> bool {
        self.matches_row(&Row {
            record,
            fields,
            now,
            finding: Some((rule, finding)),
        })
    }

    fn matches_row(&self, row: &Row<'_>) -> bool {
        self.terms
            .iter()
            .all(|term| term.test.matches(row) != term.negated)
    }
}

/// A row that is filtered: a record, or a finding about it.
struct Row<'a> {
    record: &'a Record,
    /// Metadata of the record's own values.
    fields: &'a [FieldMeta],
    now: Timestamp,
    /// The rule's id, and the finding.
    finding: Option<(&'a str, Option<&'a Finding>)>,
}

impl Row<'_> {
    /// The value of a common column. A finding has a kind and waste of its own.
    fn common(&self, field: CommonField) -> Value {
        match (field, self.finding) {
            (CommonField::Kind, Some((rule, _))) => Value::text(rule),
            (CommonField::Waste, Some((_, Some(finding)))) if finding.waste_estimate.is_none() => {
                Value::Rate(finding.waste)
            }
            _ => field.value(&self.record.head, self.now),
        }
    }
}

impl QueryField {
    fn value(&self, row: &Row<'_>) -> Value {
        match self.from {
            Some(FieldSource::Head(field)) => row.common(field),
            Some(own) => own.value(row.record, row.now),
            None => Value::None,
        }
    }
}

impl Test {
    fn matches(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Word(word) => any_text(row, word),
            Self::Is {
                field,
                value,
                number,
            } => is(&field.value(row), field, value, number.as_ref()),
            Self::Compare { field, with, bound } => {
                let value = field.value(row);
                match (value.number(), bound.against(&value)) {
                    (Some(left), Some(right)) => with.holds(left, right),
                    _ => false,
                }
            }
            Self::Tag { key, value } => row.record.head.tags.known().is_some_and(|tags| {
                tags.iter().any(|(name, text)| {
                    key.matches(name) && value.as_ref().is_none_or(|value| value.matches(text))
                })
            }),
        }
    }
}

fn is(value: &Value, field: &QueryField, wanted: &Glob, number: Option<&QueryNumber>) -> bool {
    if !value.is_known() {
        return wanted.matches("n/a");
    }
    // `arn:aws:...` parses as the field `arn` and the rest of a pasted ARN.
    let arn = |text: &str| {
        field.from == Some(FieldSource::Head(CommonField::Arn))
            && text
                .strip_prefix("arn:")
                .is_some_and(|rest| wanted.matches(rest))
    };
    match value {
        Value::Text(text) => wanted.matches(text) || arn(text),
        Value::State(state) => wanted.matches(&state.name),
        Value::Flag(flag) => {
            let words: &[&str] = if *flag {
                &["yes", "true", "1"]
            } else {
                &["no", "false", "0"]
            };
            words.iter().any(|word| wanted.matches(word))
        }
        _ => {
            let same = number
                .and_then(|number| number.against(value))
                .is_some_and(|number| value.number() == Some(number));
            same || wanted.matches(&value.show())
        }
    }
}

/// Whether any text of the row contains the word: names, location, owner, state, tags, and the
/// pane's own texts; of a finding also its rule and message.
fn any_text(row: &Row<'_>, word: &Glob) -> bool {
    let Row { record, fields, .. } = row;
    if let Some((rule, finding)) = row.finding
        && (word.is_in(rule) || finding.is_some_and(|finding| word.is_in(&finding.message)))
    {
        return true;
    }
    let head = &record.head;
    let named = [
        &*head.name,
        &*head.key.id,
        head.key.kind.0,
        &*head.state.name,
        &*head.key.region,
        &*head.key.account,
    ];
    if named.into_iter().any(|text| word.is_in(text)) {
        return true;
    }
    let owner = head.owner.as_deref().is_some_and(|owner| word.is_in(owner));
    let compute = head
        .compute
        .as_ref()
        .is_some_and(|compute| word.is_in(&compute.unit));
    let tagged = || {
        head.tags.known().is_some_and(|tags| {
            tags.iter()
                .any(|(key, value)| word.is_in(key) || word.is_in(value))
        })
    };
    let own = || {
        fields
            .iter()
            .filter_map(|field| {
                if let FieldSource::Own(place) = field.from {
                    record.own.get(place)
                } else {
                    None
                }
            })
            .any(|value| match value {
                Value::Text(text) => word.is_in(text),
                Value::State(state) => word.is_in(&state.name),
                _ => false,
            })
    };
    owner || compute || tagged() || own()
}

impl fmt::Display for Query {
    /// A text that parses to the same filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            let space = if place > 0 { " " } else { "" };
            write!(
                f,
                "{space}{}{}",
                if term.negated { "!" } else { "" },
                term.test
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(&parse::quoted(word.text(), true)),
            Self::Is { field, value, .. } => {
                write!(f, "{}:{}", field.name, parse::quoted(value.text(), false))
            }
            Self::Compare { field, with, bound } => write!(
                f,
                "{}{}{}",
                field.name,
                with.sign(),
                parse::quoted(bound.text(), false)
            ),
            Self::Tag { key, value: None } => write!(f, "tag:{}", parse::quoted(key.text(), true)),
            Self::Tag {
                key,
                value: Some(value),
            } => {
                write!(
                    f,
                    "tag:{}={}",
                    parse::quoted(key.text(), true),
                    parse::quoted(value.text(), false)
                )
            }
        }
    }
}
