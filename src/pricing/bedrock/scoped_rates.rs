//! Rows of the list of token prices by scope.

use crate::{
    domain::Usd,
    pricing::{
        TokenPrice,
        rate_card::{self, RateCardReader},
    },
};
use std::sync::Arc;

/// One row of the scoped list.
#[derive(Clone, Debug)]
pub(super) struct ScopedRate {
    pub standard: Option<TokenPrice>,
    /// Input and output; embeddings have no output.
    pub batch: Option<(f64, Option<f64>)>,
    pub flex: Option<f64>,
    pub priority: Option<f64>,
    /// The token count above which these rates apply, then input and output.
    pub long: Option<(String, f64, f64)>,
    pub pieces: Vec<Piece>,
}

/// A price of one image, second or query.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub usd: Usd,
    pub unit: Arc<str>,
    pub source: Arc<str>,
}

impl ScopedRate {
    /// Adds the prices of further units of the same model; a unit that it has gets the new price.
    pub(super) fn add_pieces(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            self.pieces.retain(|known| known.unit != piece.unit);
            self.pieces.push(piece);
        }
    }
}

#[derive(serde::Deserialize)]
pub(super) struct ScopedRateCsvRow {
    pub model_id: String,
    pub name: String,
    pub region_scope: String,
    pub endpoint: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub input_usd_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub output_usd_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_token_price")]
    pub cache_read_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_token_price")]
    pub cache_write_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_token_price")]
    pub cache_write_1h_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub batch_input_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub batch_output_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub flex_multiplier: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub priority_multiplier: Option<f64>,
    pub long_ctx_above: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub long_ctx_input_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub long_ctx_output_per_1k: Option<f64>,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub image_usd: Option<f64>,
    pub other_unit: String,
    #[serde(deserialize_with = "rate_card::maybe_price")]
    pub other_usd: Option<f64>,
    pub source: String,
    pub as_of: String,
}

impl ScopedRateCsvRow {
    /// The rates of the row.
    pub(super) fn rates(&self, reader: &mut RateCardReader) -> ScopedRate {
        let source = reader.share(format!(
            "Bedrock token list {} ({})",
            self.as_of, self.source
        ));
        let standard = self.input_usd_per_1k.map(|input| TokenPrice {
            input: Usd(input),
            output: self.output_usd_per_1k.map(Usd),
            cache_read: self.cache_read_per_1k.map(Usd),
            cache_write: self.cache_write_per_1k.map(Usd),
            cache_write_1h: self.cache_write_1h_per_1k.map(Usd),
            source: source.clone(),
            estimate: false,
        });
        let piece = |usd: Option<f64>, unit: &str| {
            usd.map(|usd| Piece {
                usd: Usd(usd),
                unit: unit.into(),
                source: source.clone(),
            })
        };
        let image = piece(self.image_usd, "image");
        let other = piece(self.other_usd, &self.other_unit);
        ScopedRate {
            standard,
            batch: self
                .batch_input_per_1k
                .map(|input| (input, self.batch_output_per_1k)),
            flex: self.flex_multiplier,
            priority: self.priority_multiplier,
            long: self
                .long_ctx_input_per_1k
                .zip(self.long_ctx_output_per_1k)
                .map(|(input, output)| (self.long_ctx_above.clone(), input, output)),
            pieces: image.into_iter().chain(other).collect(),
        }
    }
}
