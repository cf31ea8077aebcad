//! The state of the screen.
//!
//! `super::update` changes [`App`], `super::view` reads it. The state knows neither.
//!
//! ```text
//! App
//! ├─ inventory        rows, findings, health, pending actions
//! ├─ page, focus      Overview, or one table in full; which table has the cursor
//! ├─ tables[..]       one per tile: filter, sort, cursor, marks, cached rows
//! ├─ layers[..]       over the page, the last one takes the keys: sheets, filter, palette, dialogs
//! ├─ toasts, errors   messages and failures
//! ├─ measurements     what the last frame showed where
//! └─ keymap, themes, zone, size, now
//! ```

pub mod access;
pub mod activity;
mod app;
pub mod contributors;
pub mod cost_series;
pub mod group;
pub mod groupings;
pub mod journal;
mod measurements;
pub mod modal_stack;
mod notifications;
mod page;
pub mod palette;
pub mod prefs;
pub mod ranking;
pub mod reconcile;
pub mod scheduled;
mod setup;
pub mod table;
mod visibility;

pub use app::{App, Sequence};
pub use measurements::{Measurements, MouseTarget, TableWindow};
pub use notifications::{ErrorLine, RunningPlan, Toast};
pub use page::{Page, Tile};
pub use setup::Setup;
pub use visibility::{AccountAliases, VisibilityFilter};
