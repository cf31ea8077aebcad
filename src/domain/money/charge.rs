//! Charges: the cost of one usage type on one day, as on the bill.

use super::currency::Currency;
use crate::domain::Timestamp;
use std::sync::Arc;

/// The daily cost of one usage type of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageCharges {
    /// Cost Explorer's `SERVICE`.
    pub service: Arc<str>,
    /// Cost Explorer's `USAGE_TYPE`; empty for all of a service that was not read by usage type.
    pub usage_type: Arc<str>,
    /// The region that the usage type names.
    pub region: Option<&'static str>,
    /// The unit of [`Charge::quantity`]: `Hours`, `1000 Tokens`.
    pub unit: &'static str,
    /// The currency of the amounts.
    pub currency: Currency,
    /// A charge a day, oldest first.
    pub days: Vec<Charge>,
}

/// The cost of a usage type on one UTC day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Charge {
    /// The beginning of the day.
    pub day: Timestamp,
    /// The quantity used, in the unit of the price list.
    pub quantity: f64,
    /// Net unblended: the invoiced amount.
    pub billed: f64,
    /// Net amortized: with the day's share of prepayments.
    pub effective: f64,
    /// At list price. Usage without a list rate counts at the amount paid.
    pub list: f64,
}
