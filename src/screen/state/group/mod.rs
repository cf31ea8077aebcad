//! Findings grouped into single rows of the ranking.

pub mod by_fleet;
pub mod by_rule;
