//! Prices that are shown and not reckoned with: what types used to cost, and Bedrock's services
//! beside models.
//!
//! Must not know current rates.

use super::card::{self, Reader};

#[derive(Debug, Default)]
pub(super) struct Extras {
    pub changes: Vec<Change>,
    pub services: Vec<Item>,
}

/// A price that was changed.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Change {
    pub instance_type: String,
    pub kind: String,
    pub region: String,
    pub last_seen_old: String,
    #[serde(deserialize_with = "card::price")]
    pub old_usd_hr: f64,
    pub first_seen_new: String,
    pub source: String,
}

/// One of Bedrock's services beside models: guardrails, imports, storage, fine-tuning.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Item {
    #[serde(rename = "item")]
    pub name: String,
    pub unit: String,
    #[serde(deserialize_with = "card::price")]
    pub usd: f64,
    pub scope: String,
    pub source: String,
    pub as_of: String,
}

impl Extras {
    pub fn read(reader: &mut Reader) -> Self {
        Self {
            changes: reader.rows(
                "ec2_price_history.csv",
                include_str!("cards/ec2_price_history.csv"),
            ),
            services: reader.rows("bedrock_other.csv", include_str!("cards/bedrock_other.csv")),
        }
    }
}
