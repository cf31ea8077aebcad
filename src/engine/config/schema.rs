//! The JSON Schema of the configuration file.
//!
//! `schema.json` is generated from the doc comments and types of this module's structs, like the
//! tables of `docs/configuration.md`; a test compares them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use std::fmt;

/// The schema as text.
pub const SCHEMA: &str = include_str!("schema.json");

/// A JSON Schema, as far as the configuration needs it: of the file, of a table, of a value.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Schema {
    /// The dialect; of the file only.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
    /// A name; of the file only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The meaning.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// `object`, `array`, `string`, `number`, `integer` or `boolean`; empty: of several types.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// All strings that are values.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<String>,
    /// The smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<u32>,
    /// A number that every value exceeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclusive_minimum: Option<u32>,
    /// The largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<u32>,
    /// The elements of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Self>>,
    /// The keys of a table.
    #[serde(skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
    /// Keys that a table must have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// The names of a table whose keys are names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property_names: Option<Box<Self>>,
    /// Other keys of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_properties: Option<OtherKeys>,
    /// The value without the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// Values, for `config init`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
}

/// The keys of a table besides its own.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum OtherKeys {
    /// Whether there may be any.
    Any(bool),
    /// Values of other keys.
    Each(Box<Schema>),
}

/// Keys with their schemas, in the order of the documentation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(pub Vec<(String, Schema)>);

impl Properties {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The schema of `key`.
    pub fn get(&self, key: &str) -> Option<&Schema> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known == key)
            .map(|(_, schema)| schema)
    }
}

impl Serialize for Properties {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, schema)| (key, schema)))
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> de::Visitor<'de> for InOrder {
            type Value = Properties;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("schemas by key")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut found = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    found.push(entry);
                }
                Ok(Properties(found))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl Schema {
    /// The schema of the configuration file.
    pub fn of_file() -> serde_json::Result<Self> {
        serde_json::from_str(SCHEMA)
    }
}
