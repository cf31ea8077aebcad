//! One table: its filter, sort order, cursor and marks, and the resulting rows.
//!
//! Cursor and marks are keys; indices follow from them. The rows are cached, and rebuilt only when
//! the inventory, the filter or the order changed, so that drawing costs the same at any number of
//! rows.

mod arrangement;
mod cursor;
mod marks;
mod rows;

use super::{
    cost_series,
    group::by_rule::{self, RuleGroup},
    groupings::Groupings,
    page::Tile,
    prefs::Prefs,
    ranking::Ranking,
};
use crate::{
    domain::{
        FieldMeta, PaneMeta, Record, ResourceKey, Series, Timestamp, UNKNOWN_ACCOUNT, UsdPerHour,
    },
    inventory::{
        pane_view::SortOrder,
        query::{Query, QueryError},
    },
};
use std::{collections::HashSet, sync::Arc};

pub use arrangement::{ArrangedTable, Arrangement};

/// Seconds after which a filtered table is rebuilt although nothing was read, since ages grow.
const FILTER_AGES: i64 = 10;

/// The order of the ranking: by waste, then by exposure.
const RANK: &str = "waste";

/// A filter: its text, and the last valid query.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The text as typed.
    pub text: String,
    /// The query of the text; while `error` is set, the last valid one.
    pub query: Query,
    /// The error of the text.
    pub error: Option<QueryError>,
    /// The last filter that was accepted, for `n` and `N`.
    pub last: Option<Query>,
}

/// The version of the inventory, and the time, that the cached rows were built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RowCacheKey {
    version: u64,
    at: Timestamp,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The table's name.
    pub tile: Tile,
    /// The fields to show, sort by and filter on.
    pub fields: Vec<FieldMeta>,
    /// The rows shown, in order.
    pub rows: Vec<Arc<Record>>,
    /// The number of rows, shown or not.
    pub total: usize,
    /// The filter.
    pub filter: Filter,
    /// The groupings, of which one is shown.
    pub groupings: Groupings,
    /// The fields that the chart above the table can draw.
    charts: Vec<FieldMeta>,
    /// The field that the chart above the table draws.
    pub chart: Option<FieldMeta>,
    /// The sum of that field over `rows`.
    pub dollars: Option<Arc<Series>>,
    /// Only rows with waste.
    pub waste_only: bool,
    /// The order.
    pub sort: SortOrder,
    /// The index of the cursor in `rows`.
    pub cursor: usize,
    /// The first visible row, as last drawn.
    pub top: usize,
    /// The resource under the cursor.
    at: Option<ResourceKey>,
    /// Whether a person chose a row: moved to it, marked it, opened it, acted on it. Until then the
    /// cursor stays on the first row.
    touched: bool,
    /// The marked rows; some may be hidden by the filter.
    pub marks: HashSet<ResourceKey>,
    /// The number of marked rows that are not in `rows`.
    hidden: usize,
    /// The ranking without its rows.
    ranking: Ranking,
    /// The rule whose group is open.
    rule: Option<&'static str>,
    /// Members of open fleets: each is its own row.
    opened: HashSet<ResourceKey>,
    built: Option<RowCacheKey>,
    /// Another thread builds the rows.
    is_arranging: bool,
}

impl Table {
    /// The findings' table and one for every pane.
    pub fn all(panes: &Arc<[PaneMeta]>, prefs: &Prefs) -> Vec<Self> {
        let mut shared: Vec<FieldMeta> = Vec::new();
        for field in panes.iter().flat_map(|pane| &pane.fields) {
            if matches!(field.from, crate::domain::pane::FieldSource::Head(_))
                && !shared.iter().any(|known| known.id == field.id)
            {
                shared.push(field.clone());
            }
        }
        let waste = Self::new(Tile::Waste, shared, RANK, prefs);
        std::iter::once(waste)
            .chain(panes.iter().map(|pane| Self::of(pane, prefs)))
            .collect()
    }

    fn of(pane: &PaneMeta, prefs: &Prefs) -> Self {
        let mut table = Self::new(Tile::Pane(pane.id), pane.fields.clone(), pane.sort, prefs);
        table.groupings = Groupings::by(pane.grouping.and_then(|id| pane.field(id)));
        table.charts = pane
            .chart
            .iter()
            .filter_map(|id| pane.field(id))
            .cloned()
            .collect();
        table.chart = table.charts.first().cloned();
        table
    }

    fn new(tile: Tile, fields: Vec<FieldMeta>, sort: &'static str, prefs: &Prefs) -> Self {
        let remembered = prefs.sorts.get(tile.id()).and_then(|(id, descending)| {
            fields
                .iter()
                .find(|field| field.id == id)
                .map(|field| SortOrder {
                    field: field.id,
                    descending: *descending,
                })
        });
        Self {
            tile,
            fields,
            rows: Vec::new(),
            total: 0,
            filter: Filter {
                text: String::new(),
                query: Query::default(),
                error: None,
                last: None,
            },
            groupings: Groupings::default(),
            charts: Vec::new(),
            chart: None,
            dollars: None,
            waste_only: false,
            sort: remembered.unwrap_or(SortOrder {
                field: sort,
                descending: true,
            }),
            cursor: 0,
            top: 0,
            at: None,
            touched: false,
            marks: HashSet::new(),
            hidden: 0,
            ranking: Ranking::default(),
            rule: None,
            opened: HashSet::new(),
            built: None,
            is_arranging: false,
        }
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&Arc<Record>> {
        self.rows.get(self.cursor)
    }

    /// The resource under the cursor.
    pub fn key(&self) -> Option<&ResourceKey> {
        self.current().map(|record| &record.head.key)
    }

    /// The resources of the row of `key`: itself, or the members of its group.
    pub fn members<'a>(&'a self, key: &'a ResourceKey) -> &'a [ResourceKey] {
        self.ranking
            .groups
            .get(key)
            .map_or_else(|| std::slice::from_ref(key), Vec::as_slice)
    }

    /// The exposure of a row without waste; `None` for one with waste.
    pub fn exposure(&self, key: &ResourceKey) -> Option<UsdPerHour> {
        self.ranking.exposures.get(key).copied()
    }

    /// The sum of the exposures of rows without waste.
    pub fn at_stake(&self) -> UsdPerHour {
        self.ranking.at_stake
    }

    /// The group of the row of `key`; `None` unless it groups the findings of a rule.
    pub fn alike(&self, key: &ResourceKey) -> Option<&Arc<RuleGroup>> {
        self.ranking.alike.get(key)
    }

    /// The rule whose group is open.
    pub fn rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// Opens the group under the cursor; `false` if there is none.
    pub fn open_group(&mut self) -> bool {
        let Some(members) = self
            .key()
            .and_then(|key| self.ranking.groups.get(key))
            .cloned()
        else {
            return false;
        };
        if let Some(alike) = self.key().and_then(|key| self.alike(key)) {
            self.rule = Some(alike.rule);
            self.reset_cursor();
        } else {
            self.pin_cursor();
            self.opened.extend(members);
        }
        self.built = None;
        true
    }

    /// Whether a group is open.
    pub fn has_open_groups(&self) -> bool {
        self.rule.is_some() || !self.opened.is_empty()
    }

    /// Closes all groups.
    pub fn close_groups(&mut self) {
        match self.rule.take() {
            Some(rule) => (self.at, self.touched) = (Some(by_rule::key(rule)), true),
            None => self.opened.clear(),
        }
        self.built = None;
    }

    /// Whether a filter hides rows.
    pub fn is_narrowed(&self) -> bool {
        self.waste_only || !self.filter.query.is_empty()
    }

    /// The field called `id`.
    pub fn field(&self, id: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Parses `text` as the filter. An invalid text keeps the rows and sets the error.
    pub fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter.text);
        match Query::parse(text, &self.fields) {
            Ok(query) => {
                self.filter.query = query;
                self.filter.error = None;
                self.built = None;
            }
            Err(error) => self.filter.error = Some(error),
        }
    }

    /// Sets the sort order.
    pub fn set_sort(&mut self, sort: SortOrder) {
        self.sort = sort;
        self.built = None;
    }

    /// Marks the rows as stale: the next reconciliation rebuilds them.
    pub fn mark_stale(&mut self) {
        self.built = None;
    }

    /// Switches the chart to its next field: by day, by hour. `false` if there is no other.
    pub fn next_chart(&mut self) -> bool {
        let Some(now) = self.chart.as_ref() else {
            return false;
        };
        let next = self
            .charts
            .iter()
            .position(|field| field.id == now.id)
            .and_then(|place| self.charts.get((place + 1) % self.charts.len()));
        let next = next.filter(|next| next.id != now.id).cloned();
        let other = next.is_some();
        if other {
            self.chart = next;
            self.sum_shown();
        }
        other
    }

    fn sum(&mut self, rows: &[Arc<Record>]) {
        let chart = self.chart.as_ref();
        self.dollars = chart.and_then(|field| cost_series::sum(rows.iter(), field));
    }

    fn sum_shown(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        self.sum(&rows);
        self.rows = rows;
    }
}

/// Whether the account of `key` is unknown yet.
pub fn is_nameless(key: &ResourceKey) -> bool {
    &*key.account == UNKNOWN_ACCOUNT
}

/// The key of the same resource in `rows`: an unknown account may have become known.
pub fn named(rows: &[Arc<Record>], key: ResourceKey) -> ResourceKey {
    let same = |found: &ResourceKey| {
        found.region == key.region && found.kind == key.kind && found.id == key.id
    };
    if !is_nameless(&key) || rows.iter().any(|record| record.head.key == key) {
        return key;
    }
    rows.iter()
        .map(|record| &record.head.key)
        .find(|found| same(found))
        .cloned()
        .unwrap_or(key)
}
