//! Typed access to a request's members, with the constraint violations that AWS reports.

use super::{Failure, Value};
use crate::domain::Timestamp;
use std::ops::RangeInclusive;

/// A structure of the request, and its path.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    node: &'a Value,
    path: String,
}

impl<'a> Input<'a> {
    /// The request's root structure.
    pub fn root(node: &'a Value) -> Self {
        Self {
            node,
            path: String::new(),
        }
    }

    /// The path of a member, as error messages name it.
    pub fn path(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// Whether the member is present.
    pub fn has(&self, name: &str) -> bool {
        self.node.get(name).is_some()
    }

    /// The structure itself.
    pub fn node(&self) -> &'a Value {
        self.node
    }

    /// The failure of the member's value to satisfy `constraint`.
    pub fn invalid(&self, name: &str, constraint: impl Into<String>) -> Failure {
        let value = self.node.get(name).map_or_else(String::new, Value::show);
        Failure::Invalid {
            path: self.path(name),
            value,
            constraint: constraint.into(),
        }
    }

    fn wrong_type(&self, name: &str, value: &Value, wanted: &str) -> Failure {
        Failure::Malformed(format!(
            "{} is a {}, expected {wanted}",
            self.path(name),
            value.kind()
        ))
    }

    /// A string member.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Failure> {
        match self.node.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.as_ref())),
            // `Name=` in a form.
            Some(Value::Map(members)) if members.is_empty() => Ok(Some("")),
            Some(other) => Err(self.wrong_type(name, other, "string")),
        }
    }

    /// A required string.
    pub fn need_text(&self, name: &str) -> Result<&'a str, Failure> {
        self.text(name)?
            .ok_or_else(|| Failure::Missing(self.path(name)))
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Result<Option<i64>, Failure> {
        match self.node.get(name) {
            None => Ok(None),
            Some(Value::Int(n)) => Ok(Some(*n)),
            Some(Value::Float(n)) if n.fract() == 0.0 && n.abs() < 9e15 => Ok(Some(*n as i64)),
            Some(value @ Value::Text(text)) => text
                .parse()
                .map(Some)
                .map_err(|_| self.wrong_type(name, value, "integer")),
            Some(other) => Err(self.wrong_type(name, other, "integer")),
        }
    }

    /// A whole number within bounds that AWS documents and its model does not hold.
    pub fn int_in(&self, name: &str, bounds: RangeInclusive<i64>) -> Result<Option<i64>, Failure> {
        let Some(n) = self.int(name)? else {
            return Ok(None);
        };
        if n < *bounds.start() {
            return Err(self.invalid(
                name,
                format!(
                    "Member must have value greater than or equal to {}",
                    bounds.start()
                ),
            ));
        }
        if n > *bounds.end() {
            return Err(self.invalid(
                name,
                format!(
                    "Member must have value less than or equal to {}",
                    bounds.end()
                ),
            ));
        }
        Ok(Some(n))
    }

    /// A number.
    pub fn float(&self, name: &str) -> Result<Option<f64>, Failure> {
        match self.node.get(name) {
            None => Ok(None),
            Some(Value::Int(n)) => Ok(Some(*n as f64)),
            Some(Value::Float(n)) => Ok(Some(*n)),
            Some(value @ Value::Text(text)) => text
                .parse()
                .map(Some)
                .map_err(|_| self.wrong_type(name, value, "number")),
            Some(other) => Err(self.wrong_type(name, other, "number")),
        }
    }

    /// A boolean.
    pub fn bool(&self, name: &str) -> Result<Option<bool>, Failure> {
        match self.node.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Text(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::Text(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(other) => Err(self.wrong_type(name, other, "boolean")),
        }
    }

    /// A timestamp: a number of seconds, tagged CBOR, or RFC 3339 text.
    pub fn timestamp(&self, name: &str) -> Result<Option<Timestamp>, Failure> {
        let Some(value) = self.node.get(name) else {
            return Ok(None);
        };
        let read = match value {
            Value::Timestamp(at) => Some(*at),
            Value::Int(n) => super::timestamp_from_seconds(*n as f64),
            Value::Float(n) => super::timestamp_from_seconds(*n),
            Value::Text(text) => text.parse().ok().or_else(|| {
                text.parse::<f64>()
                    .ok()
                    .and_then(super::timestamp_from_seconds)
            }),
            _ => None,
        };
        read.map(Some)
            .ok_or_else(|| self.wrong_type(name, value, "timestamp"))
    }

    /// A required timestamp.
    pub fn need_timestamp(&self, name: &str) -> Result<Timestamp, Failure> {
        self.timestamp(name)?
            .ok_or_else(|| Failure::Missing(self.path(name)))
    }

    /// A structure member.
    pub fn child(&self, name: &str) -> Result<Option<Input<'a>>, Failure> {
        match self.node.get(name) {
            None => Ok(None),
            Some(node @ Value::Map(_)) => Ok(Some(Input {
                node,
                path: self.path(name),
            })),
            Some(other) => Err(self.wrong_type(name, other, "structure")),
        }
    }

    /// A required structure.
    pub fn need_child(&self, name: &str) -> Result<Input<'a>, Failure> {
        self.child(name)?
            .ok_or_else(|| Failure::Missing(self.path(name)))
    }

    fn items(&self, name: &str) -> Result<&'a [Value], Failure> {
        match self.node.get(name) {
            None => Ok(&[]),
            Some(Value::List(items)) => Ok(items),
            // An empty list in a form: `Name=`.
            Some(Value::Map(members)) if members.is_empty() => Ok(&[]),
            Some(Value::Text(text)) if text.is_empty() => Ok(&[]),
            Some(other) => Err(self.wrong_type(name, other, "list")),
        }
    }

    /// A list of structures; absent is empty.
    pub fn children(&self, name: &str) -> Result<Vec<Input<'a>>, Failure> {
        let numbered = self.items(name)?.iter().enumerate();
        numbered
            .map(|(place, node)| {
                let path = format!("{}.{}.member", self.path(name), place + 1);
                match node {
                    Value::Map(_) => Ok(Input { node, path }),
                    other => Err(Failure::Malformed(format!(
                        "{path} is a {}, expected structure",
                        other.kind()
                    ))),
                }
            })
            .collect()
    }

    /// A list of strings; absent is empty.
    pub fn texts(&self, name: &str) -> Result<Vec<&'a str>, Failure> {
        self.items(name)?
            .iter()
            .map(|node| match node {
                Value::Text(text) => Ok(text.as_ref()),
                other => Err(self.wrong_type(name, other, "list of strings")),
            })
            .collect()
    }

    /// A required list of strings, not empty.
    pub fn need_texts(&self, name: &str) -> Result<Vec<&'a str>, Failure> {
        let texts = self.texts(name)?;
        if texts.is_empty() {
            Err(Failure::Missing(self.path(name)))
        } else {
            Ok(texts)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::fields;
    use super::*;

    #[test]
    fn form_and_json_inputs_read_the_same() {
        let form = fields! { "N": "12", "F": "true", "At": "2026-11-23T08:30:00Z", "L": "" };
        let json = fields! {
            "N": 12_u32,
            "F": true,
            "At": 1_795_422_600_i64,
            "L": Value::List(Vec::new()),
        };
        for node in [&form, &json] {
            let input = Input::root(node);
            assert_eq!(input.int("N"), Ok(Some(12)));
            assert_eq!(input.bool("F"), Ok(Some(true)));
            assert_eq!(
                input.timestamp("At").unwrap().unwrap().to_string(),
                "2026-11-23T08:30:00Z"
            );
            assert_eq!(input.texts("L"), Ok(Vec::new()));
            assert_eq!(input.need_texts("L"), Err(Failure::Missing("L".into())));
        }
    }

    #[test]
    fn violated_constraint_is_named() {
        let node = fields! {
            "MaxResults": 101_u32,
            "In": vec![fields! { "Id": 1_u32 }],
        };
        let input = Input::root(&node);
        let constraint = |failure| match failure {
            Failure::Invalid { constraint, .. } => constraint,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            constraint(input.int_in("MaxResults", 1..=100).unwrap_err()),
            "Member must have value less than or equal to 100"
        );
        assert_eq!(
            input.children("In").unwrap()[0].text("Id"),
            Err(Failure::Malformed(
                "In.1.member.Id is a integer, expected string".into()
            ))
        );
        assert_eq!(
            input.need_child("Gone").unwrap_err(),
            Failure::Missing("Gone".into())
        );
    }
}
