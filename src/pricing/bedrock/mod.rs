//! Bedrock: tokens on demand, provisioned model units, reserved tokens per minute; by model id in
//! any of its spellings.

mod ids;
mod kind;
mod names;
mod scoped_rates;
mod tier;
mod tokens;
mod units;

pub(super) use ids::plain;
pub use ids::{Profiles, model_of};
pub(super) use kind::UsageKind;
pub(super) use names::key as name_key;
pub use tier::Tier;
pub(super) use tokens::Tokens;
pub use tokens::UnitItem;
pub use units::ReservedRate;
pub(super) use units::{Reserved, Units};
