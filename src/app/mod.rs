//! The binary: command line, subcommands, terminal and event loop.
//!
//! ```text
//!   cli -> dispatch -> bootstrap (configuration, themes, keymap)
//!                        +-> session: first frame, then connect, then the event loop
//!                        +-> commands: ls, prices, journal, completions, ...
//!   demo = a session on the embedded mock
//! ```

pub mod cli;
pub mod cli_error;
pub mod collect_once;
pub mod commands;
mod dispatch;
mod log;
pub mod output;
mod process_hardening;
pub mod session;
pub mod start_mock;
mod warnings;

pub use dispatch::main;
