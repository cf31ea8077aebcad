//! [`App`]: the whole state, and getters on it.

use super::{
    access::Access,
    activity::Activity,
    measurements::Measurements,
    modal_stack::Layer,
    notifications::{ErrorLine, RunningPlan, Toast},
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
        Inventory, Sums,
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
    time::Duration,
};

/// Terminal size, columns and rows, from which panes of [`PaneMeta::tile`] `Wide` have a tile.
const LARGE: (u16, u16) = (190, 45);

/// The keys pressed so far of a sequence such as `g g`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The keys.
    pub keys: Vec<Chord>,
    /// Ticks since the last key.
    pub ticks: u8,
}

/// The state of the screen.
pub struct App {
    /// Rows, findings, health of the sources.
    pub inventory: Inventory,
    /// The key bindings.
    pub keymap: Keymap,
    /// All themes.
    pub themes: Vec<Theme>,
    /// The index of the current theme.
    pub theme: usize,
    /// The colours that the terminal supports.
    pub color_support: ColorSupport,
    /// The terminal shows ASCII only.
    pub ascii: bool,
    /// Actions are refused until `:read-only off`.
    pub read_only: bool,
    /// This run can act on AWS at all.
    pub may_write: bool,
    /// Read-only profiles and protected accounts.
    pub access: Access,
    /// The rules that every plan must pass.
    pub guards: Guards,
    /// Header text after the program's name.
    pub title: String,
    /// The accounts and regions that are read.
    pub locations: Vec<Location>,
    /// Aliases of the accounts.
    pub aliases: AccountAliases,
    /// The time zone of all times shown.
    pub zone: TimeZone,
    /// The path of the journal; `None` if there is none.
    pub journal: Option<String>,
    /// The choices kept for the next run.
    pub prefs: Prefs,
    /// The time as of the last tick.
    pub now: Timestamp,
    /// The time since the start of the run as of the last tick, by a monotonic clock.
    pub uptime: Duration,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// The visible rows and the click targets of the last frame.
    pub measurements: Measurements,
    /// The page in the body.
    pub page: Page,
    /// The focused table.
    pub focus: Tile,
    /// Every table: the findings first, then the panes in their order.
    pub tables: Vec<Table>,
    /// Sheets, dialogs and input lines over the page; the last one takes the keys.
    pub layers: Vec<Layer>,
    /// Toasts, oldest first.
    pub toasts: Vec<Toast>,
    /// Failures, newest last.
    pub errors: VecDeque<ErrorLine>,
    /// Failures since the errors list was last open.
    pub unread_errors: usize,
    /// Sums over all rows, and figures of the bill.
    pub costs: Arc<Sums>,
    /// The inventory's version that `costs` belongs to.
    pub(super) costs_version: Option<u64>,
    /// The chart shows the row under the cursor instead of the sum.
    pub chart_row: bool,
    /// When the rows were paused; `None` while they follow the inventory.
    pub paused_at: Option<Timestamp>,
    /// The regions and profiles shown.
    pub visibility: VisibilityFilter,
    /// The sequence being pressed.
    pub sequence: Sequence,
    /// Scheduled actions and snoozed findings.
    pub schedules: ScheduleBook,
    /// Plans with targets that have no final status.
    pub running_plans: BTreeMap<PlanId, RunningPlan>,
    /// Every plan submitted in this run, with its results.
    pub activity: Activity,
    /// The number of plans made so far.
    pub plans: u64,
}

impl App {
    /// The state at the start of a run.
    pub fn new(setup: Setup) -> Self {
        let tables = Table::all(setup.inventory.panes(), &setup.prefs);
        let mut app = Self {
            tables,
            costs: setup.inventory.sums(setup.now),
            costs_version: None,
            inventory: setup.inventory,
            keymap: setup.keymap,
            theme: setup.theme.min(setup.themes.len().saturating_sub(1)),
            themes: setup.themes,
            color_support: setup.color_support,
            ascii: false,
            read_only: setup.read_only || !setup.may_write,
            may_write: setup.may_write,
            access: setup.access,
            guards: setup.guards,
            title: setup.title,
            locations: setup.locations,
            aliases: AccountAliases::default(),
            zone: setup.zone,
            journal: setup.journal,
            prefs: setup.prefs,
            now: setup.now,
            uptime: Duration::ZERO,
            size: setup.size,
            measurements: Measurements::default(),
            page: Page::Overview,
            focus: Tile::Waste,
            layers: Vec::new(),
            toasts: Vec::new(),
            errors: VecDeque::new(),
            unread_errors: 0,
            chart_row: false,
            paused_at: None,
            visibility: VisibilityFilter::default(),
            sequence: Sequence::default(),
            schedules: ScheduleBook::default(),
            running_plans: BTreeMap::new(),
            activity: Activity::default(),
            plans: 0,
        };
        app.reconcile();
        app
    }

    /// The pages in the order of their digits: Overview, then every pane.
    pub fn tabs(&self) -> Vec<Page> {
        std::iter::once(Page::Overview)
            .chain(
                self.inventory
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

    /// The table called `tile`, mutable.
    pub fn table_mut(&mut self, tile: Tile) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.tile == tile)
    }

    /// The focused table.
    pub fn focused(&self) -> Option<&Table> {
        self.table(self.focus)
    }

    /// The pane called `id`.
    pub fn pane(&self, id: &str) -> Option<&PaneMeta> {
        self.inventory.pane(id)
    }

    /// The pane that lists resources of this record's kind.
    pub fn pane_of(&self, key: &ResourceKey) -> Option<&PaneMeta> {
        self.inventory.pane_of(key).and_then(|id| self.pane(id))
    }

    /// The costliest finding about `key`.
    pub fn finding(&self, key: &ResourceKey) -> Option<&Finding> {
        self.inventory
            .findings()
            .iter()
            .find(|finding| finding.key == *key)
    }

    /// The layer that takes the keys.
    pub fn top(&self) -> Option<&Layer> {
        self.layers.last()
    }

    /// All rows of `tile`, shown or not.
    pub fn records(&self, tile: Tile) -> Vec<&Arc<Record>> {
        match tile {
            Tile::Pane(id) => self.inventory.rows(id).collect(),
            Tile::Waste => self
                .inventory
                .findings()
                .iter()
                .filter_map(|finding| self.inventory.record(&finding.key))
                .collect(),
        }
    }

    /// The resource that an action, a copy or the why sheet applies to: that of the sheet on top,
    /// else that of the row under the cursor.
    pub fn subject(&self) -> Option<&Arc<Record>> {
        if let Some(Layer::Details(sheet) | Layer::Why(sheet)) = self.layers.last() {
            return Some(&sheet.record);
        }
        if let Some(Layer::Contributors(sheet)) = self.layers.last() {
            return sheet.current().and_then(|key| self.inventory.record(key));
        }
        let row = self.focused()?.current()?;
        // A row of the ranking may group several resources: the sheet shows the first of them.
        Some(if self.focus == Tile::Waste {
            self.inventory.record(&row.head.key).unwrap_or(row)
        } else {
            row
        })
    }

    /// Keeps the cursor on its row from now on, because the user acts on that row.
    pub fn pin_cursor(&mut self) {
        let focus = self.focus;
        if let Some(table) = self.table_mut(focus) {
            table.pin_cursor();
        }
    }

    /// The inventory, aliases and time that the guards judge by.
    pub fn guard_context(&self) -> GuardContext<'_> {
        GuardContext {
            world: &self.inventory,
            aliases: &self.aliases.0,
            now: self.now,
        }
    }

    /// The keymap contexts that take the keys, nearest first.
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

    /// The current theme.
    pub fn current_theme(&self) -> Option<&Theme> {
        self.themes.get(self.theme)
    }
}
