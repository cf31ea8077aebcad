//! The kind of usage that a Bedrock usage type counts: tokens of a kind at a tier, or hours of a
//! model unit.

use super::Tier;
use crate::{
    domain::Usd,
    pricing::{Term, TokenPrice},
};

/// The unit of usage that a Bedrock usage type counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsageKind {
    /// Input tokens.
    Input,
    /// Output tokens.
    Output,
    /// Input tokens read from the cache.
    CacheRead,
    /// Input tokens written to the cache for 5 minutes.
    CacheWrite,
    /// Input tokens written to the cache for an hour.
    CacheWriteHour,
    /// Hours of a provisioned model unit.
    Unit(Term),
}

impl UsageKind {
    /// The kind named by the words of a usage type, in lower case with hyphens.
    pub(crate) fn of(usage: &str) -> Option<Self> {
        let has = |word: &str| usage.contains(word);
        Some(match () {
            () if has("provisioned") => Self::Unit(match () {
                () if has("no-commit") || has("nocommit") => Term::NoCommitment,
                () if has("1-month") || has("1month") => Term::OneMonth,
                () if has("6-month") || has("6month") => Term::SixMonths,
                () => return None,
            }),
            () if has("cache") && has("read") => Self::CacheRead,
            () if has("cache") && has("write") && has("1h") => Self::CacheWriteHour,
            () if has("cache") && has("write") => Self::CacheWrite,
            () if has("output") && has("token") => Self::Output,
            () if has("input") && has("token") => Self::Input,
            () => return None,
        })
    }

    /// The rate for 1,000 tokens of this kind.
    pub(crate) fn of_price(self, price: &TokenPrice) -> Option<Usd> {
        match self {
            Self::Input => Some(price.input),
            Self::Output => price.output,
            Self::CacheRead => price.cache_read,
            Self::CacheWrite => price.cache_write,
            Self::CacheWriteHour => price.cache_write_1h,
            Self::Unit(_) => None,
        }
    }
}

impl Tier {
    /// The tier named by the words of a usage type, in lower case with hyphens.
    pub(in crate::pricing) fn of_usage(usage: &str) -> Self {
        let words = [
            ("batch", Self::Batch),
            ("flex", Self::Flex),
            ("priority", Self::Priority),
            ("long-context", Self::LongContext),
            ("latency", Self::LatencyOptimised),
            ("custom-model", Self::CustomModel),
        ];
        words
            .into_iter()
            .find(|(word, _)| usage.contains(word))
            .map_or(Self::Standard, |(_, tier)| tier)
    }
}
