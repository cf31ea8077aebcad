//! CBOR, for rpcv2Cbor: timestamps are tag 1, definite or indefinite lengths are read alike.
//!
//! Must not know operations.

use super::node::Node;
use crate::domain::Stamp;
use ciborium::value::{Integer, Value};

const EPOCH: u64 = 1;
/// Deeper nesting than any AWS input has; guards the stack.
const DEPTH: usize = 64;

/// Reads a body; an empty one is an empty structure. The error says what is wrong.
pub fn read(body: &[u8]) -> Result<Node, String> {
    if body.is_empty() {
        return Ok(Node::EMPTY);
    }
    let mut rest = body;
    let value: Value = ciborium::de::from_reader_with_recursion_limit(&mut rest, DEPTH)
        .map_err(|error| error.to_string())?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow the value", rest.len()));
    }
    from(value)
}

fn from(value: Value) -> Result<Node, String> {
    Ok(match value {
        Value::Null => Node::Null,
        Value::Bool(flag) => Node::Flag(flag),
        Value::Integer(n) => {
            Node::Whole(i64::try_from(i128::from(n)).map_err(|error| error.to_string())?)
        }
        Value::Float(n) => Node::Real(n),
        Value::Text(text) => Node::from(text),
        Value::Tag(EPOCH, inner) => Node::Moment(moment(&inner)?),
        Value::Array(items) => Node::List(items.into_iter().map(from).collect::<Result<_, _>>()?),
        Value::Map(members) => Node::Map(
            members
                .into_iter()
                .map(|(name, value)| match name {
                    Value::Text(name) => Ok((name.into(), from(value)?)),
                    other => Err(format!("member name {other:?} is no text")),
                })
                .collect::<Result<_, _>>()?,
        ),
        other => return Err(format!("unexpected {other:?}")),
    })
}

fn moment(value: &Value) -> Result<Stamp, String> {
    let seconds = match value {
        Value::Integer(n) => {
            i64::try_from(i128::from(*n)).map_err(|error| error.to_string())? as f64
        }
        Value::Float(n) => *n,
        other => return Err(format!("a timestamp cannot be {other:?}")),
    };
    super::moment_from_seconds(seconds).ok_or_else(|| format!("{seconds} is no moment"))
}

/// Writes an answer.
pub fn write(node: &Node) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let _ = ciborium::into_writer(&into(node), &mut bytes);
    bytes
}

fn into(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Flag(flag) => Value::Bool(*flag),
        Node::Whole(n) => Value::Integer(Integer::from(*n)),
        Node::Real(n) => Value::Float(*n),
        Node::Text(text) => Value::Text(text.to_string()),
        Node::Moment(at) => {
            let seconds = if at.subsec_nanosecond() == 0 {
                Value::Integer(at.as_second().into())
            } else {
                Value::Float(at.as_millisecond() as f64 / 1_000.0)
            };
            Value::Tag(EPOCH, Box::new(seconds))
        }
        Node::List(items) => Value::Array(items.iter().map(into).collect()),
        Node::Map(members) | Node::Entries(members) => Value::Map(
            members
                .iter()
                .filter(|(_, value)| *value != Node::Null)
                .map(|(name, value)| (Value::Text(name.to_string()), into(value)))
                .collect(),
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
            prop_assert_eq!(read(&write(&tree)).unwrap(), tree);
        }

        #[test]
        fn moments_are_tag_one(second in 0_i64..4_000_000_000, milli in 0_i64..1_000) {
            let node = Node::Moment(Stamp::from_millisecond(second * 1_000 + milli).unwrap());
            let bytes = write(&node);
            prop_assert_eq!(bytes[0], 0xc1);
            prop_assert_eq!(read(&bytes).unwrap(), node);
        }

        #[test]
        fn no_body_panics(body in any::<Vec<u8>>()) {
            let _ = read(&body);
        }
    }

    #[test]
    fn indefinite_lengths_and_deep_nests() {
        // {_ "A": [_ 1]}
        assert_eq!(
            read(b"\xbf\x61A\x9f\x01\xff\xff").unwrap(),
            fields! { "A": vec![1_u32] }
        );
        assert!(read(&vec![0x81; 100_000]).is_err());
        assert!(read(b"\x01\x02").is_err());
    }
}
