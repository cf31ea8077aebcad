//! The subcommands, one per file.

pub mod completions;
pub mod config;
pub mod doctor;
pub mod iam_policy;
pub mod journal;
pub mod ls;
pub mod prices;
pub mod prices_refresh;
pub mod snapshot;
