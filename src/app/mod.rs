//! The binary's wiring: command line, terminal, the loop, subcommands.
//!
//! ```text
//!   cli --> start (config, themes, keymap: all checked) --+--> console (first frame, then connect, then the loop)
//!                                                         +--> once, ls (read every source once, print)
//!   demo = the console on world (the embedded mock)       +--> mock, completions, man, prices (rate cards; refresh), journal
//! ```
//!
//! Must not know rules of money, nor how anything is drawn or read.

pub mod cli;
pub mod connect;
pub mod console;
pub mod depth;
pub mod errands;
pub mod failure;
mod fuse;
pub mod gather;
mod journal;
mod log;
pub mod ls;
mod manual;
pub mod once;
mod prices;
mod profiles;
mod refresh;
pub mod rows;
mod run;
pub mod shelf;
mod signals;
pub mod start;
mod terminal;
pub mod world;

pub use run::main;
