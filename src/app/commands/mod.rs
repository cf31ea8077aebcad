//! The subcommands, one per file.

pub mod completions;
pub mod journal;
pub mod ls;
pub mod prices;
pub mod prices_refresh;
pub mod snapshot;
