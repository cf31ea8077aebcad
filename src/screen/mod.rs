//! The screen: state, keys and drawing, without I/O.
//!
//! `update` takes a message and returns commands; `view` draws `&App`.
//!
//! ```text
//!   key --> keymap --> action --> update/*.rs --> App --> view/*.rs --> frame
//!                                      |
//!                                      +--> Command (poll, run, copy, export, quit),
//!                                           carried out by `app`
//! ```

pub mod actions;
pub mod dialogs;
pub mod export;
#[doc(hidden)]
pub mod fixture;
pub mod help;
pub mod input;
pub mod message;
pub mod notices;
pub mod state;
pub mod theme;
pub mod update;
pub mod view;

pub use message::{Command, Message};
pub use state::prefs::Prefs;
pub use state::{AccountAliases, App, Measurements, Page, Setup, Tile};
pub use update::update;
pub use view::view;
