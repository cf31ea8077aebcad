//! An operation on a row: its capability, or why it has none.

use super::{
    capability::CapabilityOf,
    ops::{ApiCall, Operation},
};
use crate::domain::Measured;

/// What an operation needs to become an API call on one row.
pub type Capability = CapabilityOf<ApiCall>;

/// An operation on a row: its capability, or why it has none.
#[derive(Clone, Debug, PartialEq)]
pub struct AvailableAction {
    /// The operation.
    pub operation: Operation,
    /// The capability, or the reason against it.
    pub capability: Measured<Capability>,
}
