//! SageMaker's storage by the GB-month, serverless inference by the GB-second, and other SageMaker
//! products without an instance type.

use super::{
    Quote,
    rate_card::{self, Basis, RateCardReader},
    serverless_use::ServerlessUse,
};
use crate::domain::{Measured, UsdPerHour, money::usd::HOURS_PER_MONTH};
use std::collections::HashMap;

/// MB of one GB, as SageMaker counts memory.
const MB: f64 = 1024.0;

/// The kind of volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StorageKind {
    /// A notebook instance's.
    Notebook,
    /// A Studio space's.
    Studio,
    /// An endpoint instance's.
    Endpoint,
    /// A training job's.
    Training,
    /// A processing job's.
    Processing,
}

impl StorageKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Notebook,
        Self::Studio,
        Self::Endpoint,
        Self::Training,
        Self::Processing,
    ];

    /// The word in the rate card.
    pub fn word(self) -> &'static str {
        match self {
            Self::Notebook => "notebook storage",
            Self::Studio => "studio storage",
            Self::Endpoint => "endpoint storage",
            Self::Training => "training storage",
            Self::Processing => "processing storage",
        }
    }
}

const CANVAS: &str = "canvas session";
const TRACKING_SERVER: &str = "mlflow tracking server";
/// The region with the price that applies to regions without one.
const REFERENCE_REGION: &str = "us-east-1";

/// Item, then region: dollars of one GB-month or GB-second.
#[derive(Debug, Default)]
pub(super) struct StoragePrices(HashMap<(String, String), Rate>);

#[derive(Debug)]
struct Rate {
    usd: f64,
    source: String,
    estimate: bool,
}

#[derive(serde::Deserialize)]
struct Row {
    item: String,
    region: String,
    #[serde(deserialize_with = "rate_card::price")]
    usd: f64,
    unit: String,
    basis: Basis,
    source: String,
    as_of: String,
}

impl StoragePrices {
    pub(super) fn read(reader: &mut RateCardReader) -> Self {
        let mut other = Self::default();
        for row in reader.rows::<Row>(
            "sagemaker_other.csv",
            include_str!("cards/sagemaker_other.csv"),
        ) {
            let source = format!(
                "SageMaker {} per {} {} ({})",
                row.item, row.unit, row.as_of, row.source
            );
            let rate = Rate {
                usd: row.usd,
                source,
                estimate: row.basis.is_estimate(),
            };
            other.0.insert((row.item, row.region), rate);
        }
        other
    }

    fn rate(&self, item: &str, region: &str) -> Measured<&Rate> {
        Measured::or_why(
            self.0.get(&(item.to_owned(), region.to_owned())),
            format!("no price for {item} in {region}"),
        )
    }

    /// Price of one GB-month.
    pub(super) fn gb_month(&self, kind: StorageKind, region: &str) -> Measured<Quote> {
        self.rate(kind.word(), region).map(|rate| rate.quote(1.0))
    }

    /// Price of one GB for an hour, at 730 hours a month.
    pub(super) fn gb_hour(&self, kind: StorageKind, region: &str) -> Measured<Quote> {
        self.rate(kind.word(), region)
            .map(|rate| rate.quote(1.0 / HOURS_PER_MONTH))
    }

    /// Price of an hour of an open Canvas session.
    pub(super) fn canvas_session(&self, region: &str) -> Measured<Quote> {
        self.hour(CANVAS, region)
    }

    /// Price of an hour of an MLflow tracking server of `size`.
    pub(super) fn tracking_server(&self, size: &str, region: &str) -> Measured<Quote> {
        self.hour(&format!("{TRACKING_SERVER} {size}"), region)
    }

    /// Price of an hour of `item`. A region without a price of its own has that of us-east-1, as an
    /// estimate with that source.
    fn hour(&self, item: &str, region: &str) -> Measured<Quote> {
        match self.rate(item, region) {
            Measured::Known(rate) => Measured::Known(rate.quote(1.0)),
            Measured::Unknown(_) => self.rate(item, REFERENCE_REGION).map(|rate| {
                let there = format!(
                    "{}; {region} is not listed, it is the price of",
                    rate.source
                );
                Quote {
                    source: format!("{there} {REFERENCE_REGION}").into(),
                    estimate: true,
                    ..rate.quote(1.0)
                }
            }),
        }
    }

    /// Price of an hour of a use of serverless inference at `memory_mb`.
    pub(super) fn serverless(
        &self,
        of: ServerlessUse,
        memory_mb: u32,
        region: &str,
    ) -> Measured<Quote> {
        self.rate(of.item(), region)
            .map(|rate| rate.quote(f64::from(memory_mb) / MB * 3600.0))
    }
}

impl Rate {
    fn quote(&self, factor: f64) -> Quote {
        Quote {
            unit: UsdPerHour(self.usd * factor),
            source: self.source.as_str().into(),
            estimate: self.estimate,
        }
    }
}
