//! `top` for the AWS AI bill: what is burning money right now, whose it is, and one safe key to
//! stop it.
//!
//! The rooms. Imports only go down; `tests/house/` holds that.
//!
//! ```text
//!             app       the binary's wiring: CLI, terminal, the select loop, subcommands
//!            /      \
//!       engine       screen       <- the wings never import each other
//!       collectors      |
//!       aws             |
//!            \      /
//!             inventory what is known now (pure)       mock   stands aside: imports domain only
//!             rules     which money is wasted, and why (pure)
//!             pricing   what it costs (pure, embedded rate cards)
//!             domain    words of the trade (pure: no I/O, no SDK, no terminal, no clock)
//! ```

pub mod app;
pub mod aws;
pub mod collectors;
pub mod domain;
pub mod engine;
pub mod inventory;
pub mod mock;
pub mod pricing;
pub mod rules;
pub mod screen;
