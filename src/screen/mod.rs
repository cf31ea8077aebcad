//! The screen: what is shown and what a key does, as pure state.
//!
//! [`update`] takes a message and returns commands; [`view`] draws `&App`. It must not know AWS,
//! tokio, files or any clock: `now` comes with [`Msg::Tick`], everything else with the other
//! messages.
//!
//! ```text
//!   key --> keymap --> action --> update/*.rs --> App --> view/*.rs --> frame
//!                                      |
//!                                      +--> Cmd (poll, run, copy, export, quit): carried out by `app`
//! ```

pub mod access;
pub mod actions;
pub mod alike;
pub mod app;
pub mod arrange;
pub mod deeds;
pub mod dialog;
pub mod docs;
pub mod dollars;
pub mod export;
pub mod facets;
#[doc(hidden)]
pub mod fixture;
pub mod input;
pub mod journal;
pub mod keymap;
pub mod later;
pub mod layer;
pub mod layout;
pub mod money;
pub mod msg;
pub mod palette;
pub mod prefs;
pub mod ranking;
pub mod siblings;
pub mod suspects;
pub mod table;
pub mod theme;
pub mod update;
pub mod view;

pub use app::{Aliases, App, Page, Setup, Tile};
pub use msg::{Cmd, Msg};
pub use prefs::Prefs;
pub use update::update;
pub use view::view;
