//! Bedrock: tokens on demand, provisioned model units, reserved tokens per minute; by model id in
//! any of its spellings.

mod ids;
mod kind;
mod names;
mod tokens;
mod units;

pub(super) use ids::plain;
pub use ids::{Profiles, model_of};
pub(super) use kind::UsageKind;
pub(super) use tokens::Tokens;
pub use tokens::{Tier, UnitItem};
pub use units::ReservedRate;
pub(super) use units::{Reserved, Units};
