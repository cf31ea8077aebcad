//! Earlier prices of instance types, and prices of Bedrock's services besides models.

use super::{
    Quote,
    bedrock::name_key,
    rate_card::{self, RateCardReader},
};
use crate::domain::{Measured, UsdPerHour};

#[derive(Debug, Default)]
pub(super) struct Addons {
    pub changes: Vec<PriceChange>,
    pub services: Vec<BedrockAddon>,
}

/// A changed price.
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

/// A Bedrock service besides models: guardrails, imports, storage, fine-tuning.
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

    /// Price of 1,000 training tokens of the model that the bill calls `name`. The pricing page
    /// lists one price for the regions that offer it, which its capture does not name: an estimate.
    pub(super) fn training_tokens(&self, name: &str) -> Measured<Quote> {
        let wanted = name_key(name);
        let row = self.services.iter().find(|row| {
            let model = row.name.strip_prefix("fine-tuning ");
            row.unit == "1M training tokens" && model.is_some_and(|model| name_key(model) == wanted)
        });
        let quote = row.map(|row| Quote {
            unit: UsdPerHour(row.usd / 1_000.0),
            source: format!(
                "Bedrock {} per {} {} ({})",
                row.name, row.unit, row.as_of, row.source
            )
            .into(),
            estimate: true,
        });
        Measured::or_why(quote, format!("no price for training tokens of {name}"))
    }

    /// Price of an hour of a custom model unit of `version`. The pricing page has two groups of
    /// regions, which its capture does not name: regions of the US count as the lower-priced ones,
    /// as an estimate.
    pub(super) fn custom_model_unit(&self, version: &str, region: &str) -> Measured<Quote> {
        let name = format!("custom model import {version}");
        let scope = if region.starts_with("us-") {
            "lower-priced regions"
        } else {
            "other regions"
        };
        let rows = || self.services.iter().filter(|row| row.name == name);
        let row = rows()
            .find(|row| row.scope == scope)
            .or_else(|| rows().next());
        let quote = row.map(|row| Quote {
            unit: UsdPerHour(row.usd * 60.0),
            source: format!(
                "Bedrock {name} per {} {} ({})",
                row.unit, row.as_of, row.source
            )
            .into(),
            estimate: true,
        });
        Measured::or_why(quote, format!("no price for units of {version}"))
    }
}
