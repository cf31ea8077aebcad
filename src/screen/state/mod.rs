//! The state of the screen, all of it.
//!
//! [`App`] is changed only by [`super::update`] and read only by [`super::view`].
//!
//! ```text
//! App
//! ├─ world            what is known (rows, findings, health, pending actions)
//! ├─ page, focus      Overview, or one table in full; which table has the cursor
//! ├─ tables[..]       one per tile: filter, sort, cursor, marks, cached rows
//! ├─ layers[..]       what lies on top, the last one has the keys: details, why, help, errors, palette, filter, dialogs
//! ├─ toasts, errors   what happened
//! └─ keymap, themes, zone, size, now
//! ```

pub mod access;
pub mod activity;
mod app;
pub mod contributors;
pub mod cost_series;
pub mod cost_summary;
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
pub use notifications::{ErrorLine, Running, Toast, Tone};
pub use page::{Page, Tile};
pub use setup::Setup;
pub use visibility::{AccountAliases, VisibilityFilter};
