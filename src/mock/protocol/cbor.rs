//! CBOR, for rpcv2Cbor: timestamps are tag 1, definite or indefinite lengths are read alike.

use super::value::Value;
use crate::domain::Timestamp;
use ciborium::value::{Integer, Value as Cbor};

const EPOCH: u64 = 1;
/// Deepest nesting that is read, which protects the stack; no AWS input has more.
const MAX_DEPTH: usize = 64;

/// Reads a body; an empty one is an empty structure.
pub fn read(body: &[u8]) -> Result<Value, String> {
    if body.is_empty() {
        return Ok(Value::EMPTY);
    }
    let mut rest = body;
    let value: Cbor = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH)
        .map_err(|error| error.to_string())?;
    if !rest.is_empty() {
        return Err(format!("{} bytes follow the value", rest.len()));
    }
    from_cbor(value)
}

fn from_cbor(value: Cbor) -> Result<Value, String> {
    Ok(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(flag) => Value::Bool(flag),
        Cbor::Integer(n) => {
            Value::Int(i64::try_from(i128::from(n)).map_err(|error| error.to_string())?)
        }
        Cbor::Float(n) => Value::Float(n),
        Cbor::Text(text) => Value::from(text),
        Cbor::Tag(EPOCH, inner) => Value::Timestamp(timestamp(&inner)?),
        Cbor::Array(items) => {
            Value::List(items.into_iter().map(from_cbor).collect::<Result<_, _>>()?)
        }
        Cbor::Map(members) => Value::Map(
            members
                .into_iter()
                .map(|(name, value)| match name {
                    Cbor::Text(name) => Ok((name.into(), from_cbor(value)?)),
                    other => Err(format!("member name {other:?} is no text")),
                })
                .collect::<Result<_, _>>()?,
        ),
        other => return Err(format!("unexpected {other:?}")),
    })
}

fn timestamp(value: &Cbor) -> Result<Timestamp, String> {
    let seconds = match value {
        Cbor::Integer(n) => {
            i64::try_from(i128::from(*n)).map_err(|error| error.to_string())? as f64
        }
        Cbor::Float(n) => *n,
        other => return Err(format!("a timestamp cannot be {other:?}")),
    };
    super::timestamp_from_seconds(seconds).ok_or_else(|| format!("{seconds} is no moment"))
}

/// Writes an answer.
pub fn write(node: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into memory cannot fail.
    let _ = ciborium::into_writer(&to_cbor(node), &mut bytes);
    bytes
}

fn to_cbor(node: &Value) -> Cbor {
    match node {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Int(n) => Cbor::Integer(Integer::from(*n)),
        Value::Float(n) => Cbor::Float(*n),
        Value::Text(text) => Cbor::Text(text.to_string()),
        Value::Timestamp(at) => {
            let seconds = if at.subsec_nanosecond() == 0 {
                Cbor::Integer(at.as_second().into())
            } else {
                Cbor::Float(at.as_millisecond() as f64 / 1_000.0)
            };
            Cbor::Tag(EPOCH, Box::new(seconds))
        }
        Value::List(items) => Cbor::Array(items.iter().map(to_cbor).collect()),
        Value::Map(members) | Value::Entries(members) => Cbor::Map(
            members
                .iter()
                .filter(|(_, value)| *value != Value::Null)
                .map(|(name, value)| (Cbor::Text(name.to_string()), to_cbor(value)))
                .collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{fields, strategy};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_encoded_value_decodes_to_itself(tree in strategy::tree()) {
            prop_assert_eq!(read(&write(&tree)).unwrap(), tree);
        }

        #[test]
        fn timestamps_have_tag_one(second in 0_i64..4_000_000_000, milli in 0_i64..1_000) {
            let at = Timestamp::from_millisecond(second * 1_000 + milli).unwrap();
            let node = Value::Timestamp(at);
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
    fn reads_indefinite_lengths_and_rejects_deep_nesting() {
        // {_ "A": [_ 1]}
        assert_eq!(
            read(b"\xbf\x61A\x9f\x01\xff\xff").unwrap(),
            fields! { "A": vec![1_u32] }
        );
        assert!(read(&vec![0x81; 100_000]).is_err());
        assert!(read(b"\x01\x02").is_err());
    }
}
