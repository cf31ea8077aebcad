//! The sheets: panels over the page that show text.

pub mod activity;
pub mod by_rule;
pub mod contributors;
pub mod details;
pub mod errors;
pub mod forecast;
pub mod help;
pub mod journal;
pub mod palette;
pub mod watch;
pub mod why;
