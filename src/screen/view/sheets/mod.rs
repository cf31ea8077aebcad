//! The sheets: everything that lies over the page to be read.

pub mod activity;
pub mod by_rule;
pub mod contributors;
pub mod details;
pub mod errors;
pub mod forecast;
pub mod help;
pub mod journal;
pub mod palette;
pub mod why;
