//! The service tiers of tokens.

/// The service tier of a request, as far as it changes the price of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tier {
    /// The default tier.
    Standard,
    /// In a batch job.
    Batch,
    /// When there is room.
    Flex,
    /// Before others.
    Priority,
    /// In a request with more input than the model's long-context limit.
    LongContext,
    /// From the latency-optimised fleet.
    LatencyOptimised,
    /// Of a model past its end of life.
    ExtendedAccess,
    /// Of a custom model, in a deployment on demand.
    CustomModel,
}

impl Tier {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Standard,
        Self::Batch,
        Self::Flex,
        Self::Priority,
        Self::LongContext,
        Self::LatencyOptimised,
        Self::ExtendedAccess,
        Self::CustomModel,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
            Self::LongContext => "long context",
            Self::LatencyOptimised => "latency-optimised",
            Self::ExtendedAccess => "extended access",
            Self::CustomModel => "custom model",
        }
    }
}
