//! A Bedrock model or inference profile that was called recently.

use crate::{
    aws::metrics::Dimension,
    domain::{Arn, Measured, Reason, State, Tags, Timestamp},
    pricing::Tier,
};
use std::sync::Arc;

/// A model or profile that was called recently.
#[derive(Clone, Debug)]
pub(crate) struct ModelItem {
    /// The `ModelId` dimension of CloudWatch: the id that callers send.
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// The id that prices it; unknown for an id that is not in Bedrock's lists.
    pub model: Measured<Arc<str>>,
    pub provider: Option<Arc<str>>,
    pub via: InvocationTarget,
    /// The tiers it was called at, other than the standard one.
    pub tiers: Vec<TierSet>,
    /// When its provider's prices of extended access begin, of a model near its end of life.
    pub extended_access: Option<Timestamp>,
    /// Its dimensions at the mantle endpoint.
    pub mantle: Option<MantleModel>,
    pub arn: Option<Arn>,
    pub state: State,
    pub tags: Measured<Tags>,
}

/// Tokens at another tier than the standard one: the tier, and the dimensions they are under.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TierSet {
    /// `None`: the reserved tier, whose tokens are prepaid.
    pub tier: Option<Tier>,
    pub dims: Vec<Dimension>,
}

/// A model that a project called at the mantle endpoint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MantleModel {
    pub project: Arc<str>,
    pub model: Arc<str>,
}

/// The kind of id that callers send in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvocationTarget {
    /// The model itself.
    Model,
    /// A cross-region inference profile of AWS.
    Profile,
    /// An application inference profile of the account.
    Application,
    /// An imported model.
    Imported,
    /// The model itself, at the mantle endpoint.
    Mantle,
}

impl InvocationTarget {
    /// The cell of the `via` column.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Profile => "profile",
            Self::Application => "app profile",
            Self::Imported => "imported",
            Self::Mantle => "mantle",
        }
    }
}

/// The tags of a model: it has none.
pub(super) fn untaggable() -> Measured<Tags> {
    Measured::Unknown(Reason::new("it belongs to AWS and has no tags"))
}
