//! The nearest known price for a row without a price: it orders findings, and is in no sum.

use crate::domain::UsdPerHour;
use std::sync::Arc;

/// An estimate of the hourly cost of a row without a known price.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceEstimate {
    /// Dollars per hour of one unit.
    pub unit: UsdPerHour,
    /// Units billed now.
    pub quantity: f64,
    /// The source of `unit`: `the bill: $1,204.00 for 12 h`, `p9.48xlarge in us-west-2`.
    pub basis: Arc<str>,
}

impl PriceEstimate {
    /// Dollars per hour of all its units.
    pub fn rate(&self) -> UsdPerHour {
        self.unit * self.quantity
    }
}
