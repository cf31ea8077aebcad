//! Prices that are shown and not reckoned with: what types used to cost, and Bedrock's services
//! beside models.

use super::rate_card::{self, RateCardReader};

#[derive(Debug, Default)]
pub(super) struct Addons {
    pub changes: Vec<PriceChange>,
    pub services: Vec<BedrockAddon>,
}

/// A price that was changed.
#[derive(Debug, serde::Deserialize)]
pub(super) struct PriceChange {
    pub instance_type: String,
    pub kind: String,
    pub region: String,
    pub last_seen_old: String,
    #[serde(deserialize_with = "rate_card::price")]
    pub old_usd_hr: f64,
    pub first_seen_new: String,
    pub source: String,
}

/// One of Bedrock's services beside models: guardrails, imports, storage, fine-tuning.
#[derive(Debug, serde::Deserialize)]
pub(super) struct BedrockAddon {
    #[serde(rename = "item")]
    pub name: String,
    pub unit: String,
    #[serde(deserialize_with = "rate_card::price")]
    pub usd: f64,
    pub scope: String,
    pub source: String,
    pub as_of: String,
}

impl Addons {
    pub(super) fn read(reader: &mut RateCardReader) -> Self {
        Self {
            changes: reader.rows(
                "ec2_price_history.csv",
                include_str!("cards/ec2_price_history.csv"),
            ),
            services: reader.rows("bedrock_other.csv", include_str!("cards/bedrock_other.csv")),
        }
    }
}
