//! [`App`]: the state as a whole, and what is read off it.

use super::{
    access::Access,
    activity::Activity,
    cost_summary::CostSummary,
    measurements::Measurements,
    modal_stack::Layer,
    notifications::{ErrorLine, Running, Toast},
    page::{Page, Tile},
    prefs::Prefs,
    scheduled::ScheduleBook,
    setup::Setup,
    table::Table,
    visibility::{AccountAliases, VisibilityFilter},
};
use crate::{
    domain::{Location, PaneMeta, PlanId, Record, ResourceKey, Timestamp, Visibility},
    inventory::{
        Inventory,
        guards::{GuardContext, Guards},
    },
    rules::Finding,
    screen::{
        input::keymap::{Chord, Context, Keymap},
        theme::{ColorSupport, Theme},
    },
};
use jiff::tz::TimeZone;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

/// Terminal size, columns and rows, from which panes of [`PaneMeta::tile`] `Wide` have a tile.
const LARGE: (u16, u16) = (190, 45);

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
    /// Operations are refused for now.
    pub read_only: bool,
    /// Operations can be had in this run.
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
    /// Where the last frame showed what.
    pub measurements: Measurements,
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
            measurements: Measurements::default(),
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
        app.reconcile();
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

    /// The resource that an operation, a copy or the why-view would take: that of the details on top,
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

    /// The parts of the keymap that have the keys, nearest first.
    pub fn contexts(&self) -> &'static [Context] {
        self.layers
            .last()
            .map_or(&[Context::Table, Context::Global], Layer::contexts)
    }

    /// The tiles that the Overview shows at this size, in the order of Tab. One that is folded
    /// opens when it gets the keys.
    ///
    /// A pane with a chart has no tile; some panes have one on a large terminal only.
    pub fn tiles(&self) -> Vec<Tile> {
        let is_large = self.size.0 >= LARGE.0 && self.size.1 >= LARGE.1;
        let is_always = |id| {
            self.pane(id)
                .is_some_and(|pane| pane.tile == Visibility::Always)
        };
        let has_tile = |table: &&Table| match table.tile {
            Tile::Waste => true,
            Tile::Pane(id) => table.chart.is_none() && (is_large || is_always(id)),
        };
        self.tables
            .iter()
            .filter(has_tile)
            .map(|table| table.tile)
            .collect()
    }

    /// The theme in use.
    pub fn current_theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme)
    }
}
