//! JSON, for awsJson 1.0 and 1.1 and restJson1.

use super::value::Value;
use serde_json::{Map, Number, Value as Json};

/// The format of timestamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// Seconds since 1970 with milliseconds, the JSON protocols' default.
    Epoch,
    /// RFC 3339 text, as Bedrock declares for its members.
    Text,
}

/// Reads a body; an empty one is an empty structure. The error has the position.
pub fn read(body: &[u8]) -> Result<Value, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::EMPTY);
    }
    serde_json::from_slice(body)
        .map(from_json)
        .map_err(|error| error.to_string())
}

fn from_json(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().unwrap_or(f64::MAX)),
            Value::Int,
        ),
        Json::String(text) => Value::from(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => Value::Map(
            members
                .into_iter()
                .map(|(name, value)| (name.into(), from_json(value)))
                .collect(),
        ),
    }
}

/// Writes an answer.
pub fn write(node: &Value, moments: TimestampFormat) -> Vec<u8> {
    to_json(node, moments).to_string().into_bytes()
}

fn to_json(node: &Value, moments: TimestampFormat) -> Json {
    match node {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(n) => Json::from(*n),
        Value::Float(n) => Number::from_f64(*n).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::from(text.as_ref()),
        Value::Timestamp(at) => match moments {
            TimestampFormat::Epoch => Json::from(at.as_millisecond() as f64 / 1_000.0),
            TimestampFormat::Text => Json::from(at.to_string()),
        },
        Value::List(items) => {
            Json::Array(items.iter().map(|item| to_json(item, moments)).collect())
        }
        Value::Map(members) | Value::Entries(members) => Json::Object(
            members
                .iter()
                .filter(|(_, value)| *value != Value::Null)
                .map(|(name, value)| (name.to_string(), to_json(value, moments)))
                .collect::<Map<_, _>>(),
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
            prop_assert_eq!(read(&write(&tree, TimestampFormat::Epoch)).unwrap(), tree);
        }

        #[test]
        fn no_body_panics(body in any::<Vec<u8>>()) {
            let _ = read(&body);
        }
    }

    #[test]
    fn timestamps_are_numbers_or_text() {
        let node = fields! {
            "At": "2026-11-23T08:30:00.25Z".parse::<crate::domain::Timestamp>().unwrap(),
            "No": None::<bool>,
        };
        assert_eq!(
            write(&node, TimestampFormat::Epoch),
            br#"{"At":1795422600.25}"#
        );
        assert_eq!(
            write(&node, TimestampFormat::Text),
            br#"{"At":"2026-11-23T08:30:00.25Z"}"#
        );
    }

    #[test]
    fn empty_body_is_an_empty_structure() {
        assert_eq!(read(b" ").unwrap(), Value::EMPTY);
        assert!(read(b"{").is_err());
    }
}
