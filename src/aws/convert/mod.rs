//! AWS's representations converted to those of the domain.

pub mod state;
pub mod time;
