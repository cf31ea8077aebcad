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
pub mod contributors;
pub mod cost_series;
pub mod cost_summary;
pub mod group;
pub mod groupings;
pub mod journal;
pub mod modal_stack;
mod notifications;
pub mod palette;
pub mod prefs;
pub mod ranking;
pub mod scheduled;
mod setup;
pub mod table;
mod visibility;

use self::{
    access::Access, activity::Activity, cost_summary::CostSummary, modal_stack::Layer,
    scheduled::ScheduleBook, table::Table,
};
use super::{
    Prefs,
    dialogs::{Dialog, ShownParts},
    input::keymap::{Chord, Keymap},
    theme::{ColorSupport, Theme},
    tile_layout::SMALLEST,
};
use crate::{
    domain::{Location, PaneId, PaneMeta, PlanId, Record, ResourceKey, Timestamp},
    inventory::{
        Inventory,
        guards::{GuardContext, Guards},
    },
    rules::Finding,
};
use jiff::tz::TimeZone;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

pub use notifications::{ErrorLine, Running, Toast, Tone};
pub use setup::Setup;
pub use visibility::{AccountAliases, VisibilityFilter};

/// Which table: also the name of a tile of the Overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tile {
    /// The findings, ranked by what they waste.
    Waste,
    /// The rows of a pane.
    Pane(PaneId),
}

impl Tile {
    /// The word for it in commands, file names and preferences.
    pub fn id(self) -> &'static str {
        match self {
            Self::Waste => "findings",
            Self::Pane(id) => id,
        }
    }
}

/// What fills the body of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    /// All tiles.
    Overview,
    /// One table in full.
    Full(Tile),
}

/// Keys pressed so far of a sequence such as `g g`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The keys.
    pub keys: Vec<Chord>,
    /// Ticks since the last of them.
    pub ticks: u8,
}

/// The state of the screen.
pub struct App {
    /// What is known.
    pub world: Inventory,
    /// Keys.
    pub keymap: Keymap,
    /// All themes.
    pub themes: Vec<Theme>,
    /// The place of the one in use.
    pub theme: usize,
    /// How many colours the terminal shows.
    pub depth: ColorSupport,
    /// The terminal shows ASCII only.
    pub ascii: bool,
    /// Verbs are refused for now.
    pub read_only: bool,
    /// Verbs can be had in this run.
    pub may_write: bool,
    /// Read-only profiles and protected accounts.
    pub access: Access,
    /// The rules that stand before every plan.
    pub guards: Guards,
    /// Header text after the program's name.
    pub title: String,
    /// Accounts and regions that are read.
    pub places: Vec<Location>,
    /// What the accounts are called.
    pub aliases: AccountAliases,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// Where the journal is kept.
    pub journal: Option<String>,
    /// What is remembered.
    pub prefs: Prefs,
    /// The time as of the last tick.
    pub now: Timestamp,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What fills the body.
    pub page: Page,
    /// The table that has the cursor.
    pub focus: Tile,
    /// Every table: the findings first, then the panes in their order.
    pub tables: Vec<Table>,
    /// What lies on top; the last one has the keys.
    pub layers: Vec<Layer>,
    /// Messages, oldest first.
    pub toasts: Vec<Toast>,
    /// Failures, newest last.
    pub errors: VecDeque<ErrorLine>,
    /// Failures since the errors list was last looked at.
    pub unseen: usize,
    /// Sums over all rows, and what the bill says.
    pub money: CostSummary,
    /// Charts show the row under the cursor, not the sum.
    pub chart_row: bool,
    /// Since when the rows stand still.
    pub frozen: Option<Timestamp>,
    /// Regions and profiles shown.
    pub shown: VisibilityFilter,
    /// Keys pressed of a sequence.
    pub sequence: Sequence,
    /// What is agreed for later, and what rests.
    pub later: ScheduleBook,
    /// Plans under way.
    pub running: BTreeMap<PlanId, Running>,
    /// Every plan that was sent off, with its results.
    pub deeds: Activity,
    /// Plans made so far.
    pub plans: u64,
}

impl App {
    /// The screen at its start.
    pub fn new(setup: Setup) -> Self {
        let tables = Table::all(setup.world.panes(), &setup.prefs);
        let mut app = Self {
            tables,
            world: setup.world,
            keymap: setup.keymap,
            theme: setup.theme.min(setup.themes.len().saturating_sub(1)),
            themes: setup.themes,
            depth: setup.depth,
            ascii: false,
            read_only: setup.read_only || !setup.may_write,
            may_write: setup.may_write,
            access: setup.access,
            guards: setup.guards,
            title: setup.title,
            places: setup.places,
            aliases: AccountAliases::default(),
            zone: setup.zone,
            journal: setup.journal,
            prefs: setup.prefs,
            now: setup.now,
            size: setup.size,
            page: Page::Overview,
            focus: Tile::Waste,
            layers: Vec::new(),
            toasts: Vec::new(),
            errors: VecDeque::new(),
            unseen: 0,
            money: CostSummary::default(),
            chart_row: false,
            frozen: None,
            shown: VisibilityFilter::default(),
            sequence: Sequence::default(),
            later: ScheduleBook::default(),
            running: BTreeMap::new(),
            deeds: Activity::default(),
            plans: 0,
        };
        super::update::settle(&mut app);
        app
    }

    /// The pages in the order of their digits: Overview, then every pane.
    pub fn tabs(&self) -> Vec<Page> {
        std::iter::once(Page::Overview)
            .chain(
                self.world
                    .panes()
                    .iter()
                    .map(|pane| Page::Full(Tile::Pane(pane.id))),
            )
            .collect()
    }

    /// The table called `tile`.
    pub fn table(&self, tile: Tile) -> Option<&Table> {
        self.tables.iter().find(|table| table.tile == tile)
    }

    /// The table called `tile`, to change.
    pub fn table_mut(&mut self, tile: Tile) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.tile == tile)
    }

    /// The table that has the cursor.
    pub fn focused(&self) -> Option<&Table> {
        self.table(self.focus)
    }

    /// The pane called `id`.
    pub fn pane(&self, id: &str) -> Option<&PaneMeta> {
        self.world.pane(id)
    }

    /// The pane that lists resources of this record's kind.
    pub fn pane_of(&self, key: &ResourceKey) -> Option<&PaneMeta> {
        self.world.pane_of(key).and_then(|id| self.pane(id))
    }

    /// The costliest finding about `key`.
    pub fn finding(&self, key: &ResourceKey) -> Option<&Finding> {
        self.world
            .findings()
            .iter()
            .find(|finding| finding.key == *key)
    }

    /// The layer that has the keys.
    pub fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    /// All rows of `tile`, shown or not.
    pub fn records(&self, tile: Tile) -> Vec<&Arc<Record>> {
        match tile {
            Tile::Pane(id) => self.world.rows(id).collect(),
            Tile::Waste => self
                .world
                .findings()
                .iter()
                .filter_map(|finding| self.world.record(&finding.key))
                .collect(),
        }
    }

    /// The resource that a verb, a copy or the why-view would take: that of the details on top,
    /// else that under the cursor.
    pub fn subject(&self) -> Option<&Arc<Record>> {
        if let Some(Layer::Details(sheet) | Layer::Why(sheet)) = self.layers.last() {
            return Some(&sheet.record);
        }
        if let Some(Layer::Suspects(sheet)) = self.layers.last() {
            return sheet.current().and_then(|key| self.world.record(key));
        }
        let row = self.focused()?.current()?;
        // A row of the ranking may stand for several: the sheet is about the first of them.
        Some(if self.focus == Tile::Waste {
            self.world.record(&row.head.key).unwrap_or(row)
        } else {
            row
        })
    }

    /// Whoever does something with the row under the cursor means that row: from now on the cursor
    /// keeps to it.
    pub fn hold(&mut self) {
        let focus = self.focus;
        if let Some(table) = self.table_mut(focus) {
            table.hold();
        }
    }

    /// What guards are judged by.
    pub fn known(&self) -> GuardContext<'_> {
        GuardContext {
            world: &self.world,
            aliases: &self.aliases.0,
            now: self.now,
        }
    }

    /// A frame was drawn: what is asked on it can be answered from now on.
    pub fn drawn(&mut self) {
        // In a terminal too small nothing is asked.
        if self.size.0 < SMALLEST.0 || self.size.1 < SMALLEST.1 {
            return;
        }
        if let Some(Layer::Dialog(Dialog::Confirm(confirm))) = self.layers.last_mut() {
            confirm.seen = ShownParts::All;
        }
    }

    /// The theme in use.
    pub fn current_theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme)
    }
}
