//! Earlier prices of instance types, and prices of Bedrock's services besides models.

use super::{
    Quote,
    bedrock::name_key,
    rate_card::{self, Basis, RateCardReader},
    usage_type_region,
};
use crate::domain::{Measured, UsdPerHour};
use std::sync::Arc;

/// What the item of a training price begins with; the base model follows.
const FINE_TUNING: &str = "fine-tuning ";
const REINFORCED: &str = "reinforcement fine-tuning ";
/// Bedrock's `CustomizationType` of reinforcement fine-tuning.
const REINFORCEMENT: &str = "REINFORCEMENT_FINE_TUNING";
const MILLION_TOKENS: &str = "1M training tokens";
const TRAINING_HOUR: &str = "training hour";
const TRAINING_UNITS: [&str; 3] = [MILLION_TOKENS, TRAINING_HOUR, "image seen"];

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
    #[serde(default)]
    pub basis: Basis,
    pub source: String,
    pub as_of: String,
}

/// The price of training a custom model.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingPrice {
    /// The unit: `1M training tokens`, `training hour`, `image seen`.
    pub unit: Arc<str>,
    /// The price of one.
    pub quote: Quote,
}

impl TrainingPrice {
    /// Whether it is billed by the hour of training.
    pub fn is_hourly(&self) -> bool {
        &*self.unit == TRAINING_HOUR
    }
}

impl BedrockAddon {
    /// Whether the scope has `region`; `None` where it names no region.
    fn names(&self, region: &str) -> Option<bool> {
        let mut words = self.scope.split(' ');
        let has_regions = words.clone().any(usage_type_region::exists);
        has_regions.then(|| words.any(|word| word == region))
    }

    fn quote(&self, usd: f64) -> Quote {
        let Self {
            name,
            unit,
            as_of,
            source,
            ..
        } = self;
        Quote {
            unit: UsdPerHour(usd),
            source: format!("Bedrock {name} per {unit} {as_of} ({source})").into(),
            estimate: self.basis.is_estimate(),
        }
    }
}

/// Finds a model by the name that the bill has for it.
fn called(name: &str) -> impl Fn(&str) -> bool {
    let wanted = name_key(name);
    move |base| name_key(base) == wanted
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

    /// The price of training a custom model that `is_base` finds by its name, in one of `units`. A
    /// row of the pricing page names no region where its capture has none: an estimate.
    fn training(
        &self,
        method: &str,
        units: &[&str],
        region: &str,
        is_base: impl Fn(&str) -> bool,
    ) -> Option<TrainingPrice> {
        let row = self.services.iter().rev().find(|row| {
            let base = row.name.strip_prefix(method);
            units.contains(&row.unit.as_str())
                && row.names(region) != Some(false)
                && base.is_some_and(&is_base)
        })?;
        Some(TrainingPrice {
            unit: row.unit.as_str().into(),
            quote: Quote {
                estimate: row.basis.is_estimate() || row.names(region).is_none(),
                ..row.quote(row.usd)
            },
        })
    }

    /// Price of training a custom model in `region` by `customization`, a `CustomizationType` of
    /// Bedrock; `is_base` finds its base model by name.
    pub(super) fn training_of(
        &self,
        customization: &str,
        region: &str,
        is_base: impl Fn(&str) -> bool,
    ) -> Option<TrainingPrice> {
        if customization != REINFORCEMENT {
            return self.training(FINE_TUNING, &TRAINING_UNITS, region, is_base);
        }
        // A price by the token is that of supervised fine-tuning.
        self.training(REINFORCED, &TRAINING_UNITS, region, &is_base)
            .or_else(|| self.training(FINE_TUNING, &[TRAINING_HOUR], region, is_base))
    }

    /// Price of 1,000 training tokens of the model that the bill calls `name`.
    pub(super) fn training_tokens(&self, name: &str, region: &str) -> Measured<Quote> {
        let price = self.training(FINE_TUNING, &[MILLION_TOKENS], region, called(name));
        let quote = price.map(|price| Quote {
            unit: price.quote.unit * 1e-3,
            ..price.quote
        });
        Measured::or_why(
            quote,
            format!("no price for training tokens of {name} in {region}"),
        )
    }

    /// Price of an hour of reinforcement fine-tuning of the model that the bill calls `name`.
    pub(super) fn reinforcement_hour(&self, name: &str, region: &str) -> Measured<Quote> {
        let price = self.training_of(REINFORCEMENT, region, called(name));
        let price = price.filter(TrainingPrice::is_hourly);
        Measured::or_why(
            price.map(|price| price.quote),
            format!("no price for training hours of {name} in {region}"),
        )
    }

    /// Price of a custom model for a month.
    pub(super) fn custom_model_month(&self) -> Measured<Quote> {
        let mut rows = self.services.iter().rev();
        let row = rows.find(|row| row.name == "fine-tuned model storage");
        Measured::or_why(
            row.map(|row| row.quote(row.usd)),
            "no price for the storage of a custom model",
        )
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
            estimate: true,
            ..row.quote(row.usd * 60.0)
        });
        Measured::or_why(quote, format!("no price for units of {version}"))
    }
}
