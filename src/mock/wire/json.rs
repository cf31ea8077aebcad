//! JSON, for awsJson 1.0 and 1.1 and restJson1.
//!
//! Must not know operations.

use super::node::Node;
use serde_json::{Map, Number, Value};

/// How a protocol writes moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moments {
    /// Seconds since 1970 with milliseconds, the JSON protocols' default.
    Epoch,
    /// RFC 3339 text, as Bedrock declares for its members.
    Text,
}

/// Reads a body; an empty one is an empty structure. The error says where it broke.
pub fn read(body: &[u8]) -> Result<Node, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Node::EMPTY);
    }
    serde_json::from_slice(body)
        .map(from)
        .map_err(|error| error.to_string())
}

fn from(value: Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(flag) => Node::Flag(flag),
        Value::Number(number) => number.as_i64().map_or_else(
            || Node::Real(number.as_f64().unwrap_or(f64::MAX)),
            Node::Whole,
        ),
        Value::String(text) => Node::from(text),
        Value::Array(items) => Node::List(items.into_iter().map(from).collect()),
        Value::Object(members) => Node::Map(
            members
                .into_iter()
                .map(|(name, value)| (name.into(), from(value)))
                .collect(),
        ),
    }
}

/// Writes an answer.
pub fn write(node: &Node, moments: Moments) -> Vec<u8> {
    into(node, moments).to_string().into_bytes()
}

fn into(node: &Node, moments: Moments) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Flag(flag) => Value::Bool(*flag),
        Node::Whole(n) => Value::from(*n),
        Node::Real(n) => Number::from_f64(*n).map_or(Value::Null, Value::Number),
        Node::Text(text) => Value::from(text.as_ref()),
        Node::Moment(at) => match moments {
            Moments::Epoch => Value::from(at.as_millisecond() as f64 / 1_000.0),
            Moments::Text => Value::from(at.to_string()),
        },
        Node::List(items) => Value::Array(items.iter().map(|item| into(item, moments)).collect()),
        Node::Map(members) | Node::Entries(members) => Value::Object(
            members
                .iter()
                .filter(|(_, value)| *value != Node::Null)
                .map(|(name, value)| (name.to_string(), into(value, moments)))
                .collect::<Map<_, _>>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::node::{fields, strategy},
        *,
    };
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(tree in strategy::tree()) {
            prop_assert_eq!(read(&write(&tree, Moments::Epoch)).unwrap(), tree);
        }

        #[test]
        fn no_body_panics(body in any::<Vec<u8>>()) {
            let _ = read(&body);
        }
    }

    #[test]
    fn moments_are_numbers_or_text() {
        let node = fields! { "At": "2026-11-23T08:30:00.25Z".parse::<crate::domain::Stamp>().unwrap(), "No": None::<bool> };
        assert_eq!(write(&node, Moments::Epoch), br#"{"At":1795422600.25}"#);
        assert_eq!(
            write(&node, Moments::Text),
            br#"{"At":"2026-11-23T08:30:00.25Z"}"#
        );
    }

    #[test]
    fn an_empty_body_is_an_empty_structure() {
        assert_eq!(read(b" ").unwrap(), Node::EMPTY);
        assert!(read(b"{").is_err());
    }
}
