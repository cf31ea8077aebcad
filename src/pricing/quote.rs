//! The answer of a lookup in the rate cards, and the burn at a price.

use crate::domain::{HourlyCost, Measured, Reason, Usd, UsdPerHour};
use std::sync::Arc;

/// The list price of one unit for one hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// List price per hour of one instance, copy or model unit.
    pub unit: UsdPerHour,
    /// The list and its date, or the rule it was derived by.
    pub source: Arc<str>,
    /// Derived by a documented rule and not read from a list.
    pub estimate: bool,
}

/// The commitment of provisioned throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// By the hour; may be deleted at any time.
    NoCommitment,
    /// One month.
    OneMonth,
    /// Three months (only the Reserved tier).
    ThreeMonths,
    /// Six months.
    SixMonths,
}

impl Term {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoCommitment => "no commitment",
            Self::OneMonth => "1 month",
            Self::ThreeMonths => "3 months",
            Self::SixMonths => "6 months",
        }
    }
}

/// Bedrock's prices for tokens of a model on demand.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenPrice {
    /// Per 1,000 input tokens.
    pub input: Usd,
    /// Per 1,000 output tokens; `None` for a model that writes none (embeddings).
    pub output: Option<Usd>,
    /// Per 1,000 input tokens read from the prompt cache, where the price is known.
    pub cache_read: Option<Usd>,
    /// Per 1,000 input tokens written to the prompt cache for 5 minutes, where the price is known.
    pub cache_write: Option<Usd>,
    /// Per 1,000 input tokens written to the prompt cache for an hour, where the price is known.
    pub cache_write_1h: Option<Usd>,
    /// The list and its date.
    pub source: Arc<str>,
    /// The list has one rate for all regions and none for this one.
    pub estimate: bool,
}

/// The hardware of an instance type. A size is 0 where the list does not give it.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeSpec {
    /// `H100`, `Trainium`; empty without accelerator.
    pub accelerator: String,
    /// Number of accelerators; may be a fraction of one.
    pub accelerators: f64,
    /// Memory of one accelerator in GiB.
    pub accelerator_mem_gib: f64,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// Memory in GiB.
    pub mem_gib: f64,
}

impl TypeSpec {
    /// Whether it has no more of anything than `other`.
    pub(super) fn fits_in(&self, other: &Self) -> bool {
        self.accelerators <= other.accelerators
            && self.vcpus <= other.vcpus
            && self.mem_gib <= other.mem_gib
    }

    /// Its accelerators over those of `other`; its vCPUs where `other` has no accelerators.
    pub(super) fn size_of(&self, other: &Self) -> f64 {
        if other.accelerators > 0.0 {
            self.accelerators / other.accelerators
        } else {
            f64::from(self.vcpus) / f64::from(other.vcpus.max(1))
        }
    }
}

/// The burn of `quantity` units at `quote`: quantity x unit. Without units nothing is billed;
/// without a quote the burn is unpriced, with the reason.
pub fn burn(quote: &Measured<Quote>, quantity: f64) -> HourlyCost {
    match quote {
        _ if quantity <= 0.0 => HourlyCost::Nothing(Reason::new("nothing runs")),
        Measured::Known(quote) => HourlyCost::Priced {
            unit: quote.unit,
            quantity,
            source: quote.source.clone(),
            estimate: quote.estimate,
        },
        Measured::Unknown(why) => HourlyCost::Unpriced(why.clone()),
    }
}
