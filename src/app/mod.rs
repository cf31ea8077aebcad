//! The binary's wiring: command line, terminal, the loop, subcommands.
//!
//! ```text
//!   cli --> start (config, themes, keymap: all checked) --+--> console (first frame, then connect, then the loop)
//!                                                         +--> once, ls (read every source once, print)
//!   demo = the console on world (the embedded mock)       +--> mock, completions, man, prices (rate cards; refresh), journal
//! ```

pub mod cli;
pub mod cli_error;
pub mod collect_once;
pub mod commands;
pub mod demo;
mod log;
pub mod output;
pub mod session;

pub use session::main;
