//! The nearest known price of what has none: it orders findings, and is in no sum.

use crate::domain::UsdPerHour;
use std::sync::Arc;

/// What an hour of a row may cost whose price is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceEstimate {
    /// Dollars per hour of one unit.
    pub unit: UsdPerHour,
    /// Units billed now.
    pub quantity: f64,
    /// Where `unit` comes from: `the bill: $1,204.00 for 12 h`, `p9.48xlarge in us-west-2`.
    pub basis: Arc<str>,
}

impl PriceEstimate {
    /// Dollars per hour of all its units.
    pub fn rate(&self) -> UsdPerHour {
        self.unit * self.quantity
    }
}
