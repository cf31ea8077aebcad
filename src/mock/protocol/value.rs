//! The value that every protocol decodes into and encodes from.

use crate::domain::Timestamp;
use std::{borrow::Cow, sync::Arc};

/// A member's name.
pub type Name = Cow<'static, str>;

/// One value of a request or an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Absent: not written.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(Name),
    /// A timestamp.
    Timestamp(Timestamp),
    /// A list.
    List(Vec<Value>),
    /// A structure, in the order its members are written.
    Map(Vec<(Name, Value)>),
    /// A map whose keys are data, which XML writes differently from a structure.
    Entries(Vec<(Name, Value)>),
}

impl Value {
    /// An empty structure.
    pub const EMPTY: Self = Self::Map(Vec::new());

    /// The member `name` of a structure, unless absent or null.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(key, value)| key == name && *value != Self::Null)
            .map(|(_, value)| value)
    }

    /// Adds or replaces a member of a structure; another value becomes a structure first.
    pub fn set(&mut self, name: impl Into<Name>, value: impl Into<Self>) {
        let name = name.into();
        if !matches!(self, Self::Map(_)) {
            *self = Self::EMPTY;
        }
        let Self::Map(members) = self else { return };
        match members.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value.into(),
            None => members.push((name, value.into())),
        }
    }

    /// Adds or replaces the members of the structure `other`.
    pub fn set_all(&mut self, other: Self) {
        if let Self::Map(members) = other {
            for (name, value) in members {
                self.set(name, value);
            }
        }
    }

    /// The kind of value, for error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) => "integer",
            Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::Timestamp(_) => "timestamp",
            Self::List(_) => "list",
            Self::Map(_) | Self::Entries(_) => "structure",
        }
    }

    /// The value as error messages quote it.
    pub fn show(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::Int(n) => n.to_string(),
            Self::Float(n) => n.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Timestamp(at) => at.to_string(),
            Self::List(items) => format!(
                "[{}]",
                items.iter().map(Self::show).collect::<Vec<_>>().join(", ")
            ),
            Self::Map(members) | Self::Entries(members) => {
                format!(
                    "{{{}}}",
                    members
                        .iter()
                        .map(|(key, value)| format!("{key}={}", value.show()))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
        }
    }
}

macro_rules! into_node {
    ($($from:ty, $name:ident => $made:expr;)*) => {
        $(impl From<$from> for Value { fn from($name: $from) -> Self { $made } })*
    };
}

into_node! {
    &'static str, text => Self::Text(Cow::Borrowed(text));
    String, text => Self::Text(Cow::Owned(text));
    &String, text => Self::Text(Cow::Owned(text.clone()));
    Arc<str>, text => Self::Text(Cow::Owned(text.to_string()));
    &Arc<str>, text => Self::Text(Cow::Owned(text.to_string()));
    bool, flag => Self::Bool(flag);
    i64, n => Self::Int(n);
    i32, n => Self::Int(n.into());
    u32, n => Self::Int(n.into());
    u64, n => i64::try_from(n).map_or(Self::Null, Self::Int);
    usize, n => i64::try_from(n).map_or(Self::Null, Self::Int);
    f64, n => Self::Float(n);
    Timestamp, at => Self::Timestamp(at);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// A text that is not static.
pub fn text(text: &str) -> Value {
    Value::Text(Cow::Owned(text.to_owned()))
}

/// `fields! { "Name": value, ... }`: a structure; a `None` member is absent.
macro_rules! fields {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::mock::protocol::value::Value::Map(vec![$((
            std::borrow::Cow::Borrowed($name),
            $crate::mock::protocol::value::Value::from($value),
        ),)*])
    };
}
pub(crate) use fields;

#[cfg(test)]
pub(super) mod strategy {
    use super::Value;
    use proptest::prelude::*;

    /// Any tree of values that every self-describing protocol can carry: no null, whole-second
    /// moments, finite numbers.
    pub(crate) fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<i32>().prop_map(|n| Value::Float(f64::from(n) / 8.0)),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
                prop::collection::btree_map("[a-zA-Z]{1,12}", inner, 0..5).prop_map(|map| {
                    Value::Map(
                        map.into_iter()
                            .map(|(key, value)| (key.into(), value))
                            .collect(),
                    )
                }),
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_members_are_absent() {
        let mut node = fields! { "A": 1_u32, "B": None::<u32>, "C": vec!["x", "y"] };
        assert_eq!(node.get("A"), Some(&Value::Int(1)));
        assert_eq!(node.get("B"), None);
        node.set("B", true);
        assert_eq!(node.get("B"), Some(&Value::Bool(true)));
        assert_eq!(node.show(), "{A=1, B=true, C=[x, y]}");
    }
}
