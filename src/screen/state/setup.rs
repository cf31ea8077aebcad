//! The initial state of the screen.

use super::{access::Access, prefs::Prefs};
use crate::screen::{
    input::keymap::Keymap,
    theme::{ColorSupport, Theme},
};
use crate::{
    domain::{Location, Timestamp},
    inventory::{Inventory, guards::Guards},
};
use jiff::tz::TimeZone;

/// The initial state of the screen.
pub struct Setup {
    /// The rows, most often none yet.
    pub inventory: Inventory,
    /// The keymap.
    pub keymap: Keymap,
    /// All themes.
    pub themes: Vec<Theme>,
    /// The index of the first theme.
    pub theme: usize,
    /// How many colours the terminal shows.
    pub color_support: ColorSupport,
    /// Refuse all operations for now.
    pub read_only: bool,
    /// Whether this run can execute operations: it has an executor.
    pub may_write: bool,
    /// Read-only profiles and protected accounts.
    pub access: Access,
    /// The rules that every plan must pass.
    pub guards: Guards,
    /// Header text after the program's name: profile and account, or `demo`.
    pub title: String,
    /// Accounts and regions that are read.
    pub locations: Vec<Location>,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// The path of the journal, if there is one.
    pub journal: Option<String>,
    /// The preferences of an earlier run.
    pub prefs: Prefs,
    /// The time.
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
}

impl Setup {
    /// The screen over `inventory` without configuration, accounts or journal: as shipped, in true
    /// colour and UTC, and writable.
    pub fn new(inventory: Inventory, now: Timestamp, size: (u16, u16)) -> Self {
        Self {
            inventory,
            keymap: Keymap::default(),
            themes: Theme::shipped(),
            theme: 0,
            color_support: ColorSupport::True,
            read_only: false,
            may_write: true,
            access: Access::default(),
            guards: Guards::default(),
            title: String::new(),
            locations: Vec::new(),
            zone: TimeZone::UTC,
            journal: None,
            prefs: Prefs::default(),
            now,
            size,
        }
    }
}
