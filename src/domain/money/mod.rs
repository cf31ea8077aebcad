//! Money: dollars, dollars per hour, accrued costs, savings and bills.

pub mod accrual;
pub mod charge;
pub mod costs;
pub mod currency;
pub mod prepaid;
pub mod price_estimate;
pub mod saving;
pub mod service;
pub mod usd;
