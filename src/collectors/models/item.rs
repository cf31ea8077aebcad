//! A Bedrock model or inference profile that was called recently.

use crate::{
    domain::{Arn, Measured, Reason, State, Tags},
    pricing::Tier,
};
use std::sync::Arc;

/// A model or profile that was called recently.
#[derive(Clone, Debug)]
pub(crate) struct ModelItem {
    /// The `ModelId` dimension of CloudWatch: what the callers name.
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// The id that prices it; unknown for an id that is not in Bedrock's lists.
    pub model: Measured<Arc<str>>,
    pub provider: Option<Arc<str>>,
    pub via: InvocationTarget,
    /// The tiers it was called at, other than the standard one.
    pub tiers: Vec<Tier>,
    pub arn: Option<Arn>,
    pub state: State,
    pub tags: Measured<Tags>,
}

/// What the callers name in a request.
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
}

impl InvocationTarget {
    /// The cell of the `via` column.
    pub fn words(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Profile => "profile",
            Self::Application => "app profile",
            Self::Imported => "imported",
        }
    }
}

/// The tags of a model: it has none.
pub(super) fn untaggable() -> Measured<Tags> {
    Measured::Unknown(Reason::new("it belongs to AWS and has no tags"))
}
