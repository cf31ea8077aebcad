//! Charges: what one usage type cost on one day, as the bill tells it.

use super::currency::Currency;
use crate::domain::Timestamp;
use std::sync::Arc;

/// What one usage type of a service cost, day by day.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageCharges {
    /// Cost Explorer's `SERVICE`.
    pub service: Arc<str>,
    /// Cost Explorer's `USAGE_TYPE`; empty for all of a service that was not read by usage type.
    pub usage_type: Arc<str>,
    /// The region that the usage type names.
    pub region: Option<&'static str>,
    /// What [`Charge::quantity`] counts: `Hours`, `1000 Tokens`.
    pub unit: &'static str,
    /// Whose money it is.
    pub currency: Currency,
    /// A charge a day, oldest first.
    pub days: Vec<Charge>,
}

/// What a usage type cost on one UTC day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Charge {
    /// The beginning of the day.
    pub day: Timestamp,
    /// How much was used, in the unit of the price list.
    pub quantity: f64,
    /// Net unblended: as it is invoiced.
    pub billed: f64,
    /// Net amortized: with the day's share of what was paid in advance.
    pub effective: f64,
    /// At list price. What has no list rate counts as it was paid.
    pub list: f64,
}
