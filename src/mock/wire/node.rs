//! The neutral value every protocol reads into and writes from.
//!
//! Must not know any protocol or service.

use crate::domain::Stamp;
use std::{borrow::Cow, sync::Arc};

/// A member's name.
pub type Name = Cow<'static, str>;

/// One value of a request or an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Absent: left out of maps when written.
    Null,
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Real(f64),
    /// Text.
    Text(Name),
    /// A timestamp.
    Moment(Stamp),
    /// A list.
    List(Vec<Node>),
    /// A structure, in the order its members are written.
    Map(Vec<(Name, Node)>),
    /// A map with names of the data's own, which XML writes otherwise than a structure.
    Entries(Vec<(Name, Node)>),
}

impl Node {
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

    /// Adds or replaces a member of a structure; anything else becomes a structure first.
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

    /// The kind of value, for error messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "boolean",
            Self::Whole(_) => "integer",
            Self::Real(_) => "number",
            Self::Text(_) => "string",
            Self::Moment(_) => "timestamp",
            Self::List(_) => "list",
            Self::Map(_) | Self::Entries(_) => "structure",
        }
    }

    /// The value as error messages quote it.
    pub fn show(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(n) => n.to_string(),
            Self::Real(n) => n.to_string(),
            Self::Text(text) => text.to_string(),
            Self::Moment(at) => at.to_string(),
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
        $(impl From<$from> for Node { fn from($name: $from) -> Self { $made } })*
    };
}

into_node! {
    &'static str, text => Self::Text(Cow::Borrowed(text));
    String, text => Self::Text(Cow::Owned(text));
    &String, text => Self::Text(Cow::Owned(text.clone()));
    Arc<str>, text => Self::Text(Cow::Owned(text.to_string()));
    &Arc<str>, text => Self::Text(Cow::Owned(text.to_string()));
    bool, flag => Self::Flag(flag);
    i64, n => Self::Whole(n);
    i32, n => Self::Whole(n.into());
    u32, n => Self::Whole(n.into());
    u64, n => i64::try_from(n).map_or(Self::Null, Self::Whole);
    usize, n => i64::try_from(n).map_or(Self::Null, Self::Whole);
    f64, n => Self::Real(n);
    Stamp, at => Self::Moment(at);
}

impl<T: Into<Node>> From<Option<T>> for Node {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Text that does not live for ever.
pub fn text(text: &str) -> Node {
    Node::Text(Cow::Owned(text.to_owned()))
}

/// `fields! { "Name": value, ... }`: a structure; a `None` leaves its member out.
macro_rules! fields {
    ($($name:literal : $value:expr),* $(,)?) => {
        $crate::mock::wire::node::Node::Map(vec![
            $((std::borrow::Cow::Borrowed($name), $crate::mock::wire::node::Node::from($value)),)*
        ])
    };
}
pub(crate) use fields;

#[cfg(test)]
pub(super) mod strategy {
    use super::Node;
    use proptest::prelude::*;

    /// Any tree of values that every self-describing protocol can carry: no null, whole-second
    /// moments, finite numbers.
    pub fn tree() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Node::Flag),
            any::<i64>().prop_map(Node::Whole),
            any::<i32>().prop_map(|n| Node::Real(f64::from(n) / 8.0)),
            any::<String>().prop_map(Node::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Node::List),
                prop::collection::btree_map("[a-zA-Z]{1,12}", inner, 0..5).prop_map(|map| {
                    Node::Map(
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
    fn absent_members_are_absent() {
        let mut node = fields! { "A": 1_u32, "B": None::<u32>, "C": vec!["x", "y"] };
        assert_eq!(node.get("A"), Some(&Node::Whole(1)));
        assert_eq!(node.get("B"), None);
        node.set("B", true);
        assert_eq!(node.get("B"), Some(&Node::Flag(true)));
        assert_eq!(node.show(), "{A=1, B=true, C=[x, y]}");
    }
}
