//! One table: its filter, sort order, cursor and marks, and the rows they come to.
//!
//! Cursor and marks are keys; places are only their shadow. The rows are kept, and made anew only
//! when the world, the filter or the order changed, so that drawing costs the same at any number of
//! rows.

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
    domain::{FieldMeta, PaneMeta, Record, ResourceKey, Series, Timestamp, UsdPerHour},
    inventory::{
        pane_view::SortOrder,
        query::{Query, QueryError},
    },
};
use std::{collections::HashSet, sync::Arc};

/// Seconds after which a filtered table is made anew although nothing was read: ages go on.
const FILTER_AGES: i64 = 10;

/// The order of the ranking: by waste, then by what is at stake.
const RANK: &str = "waste";

/// A filter: the text last typed, and the newest reading of it that made sense.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The text as typed.
    pub text: String,
    /// What it means; while `error` is there, what it meant before.
    pub query: Query,
    /// What is wrong with the text.
    pub error: Option<QueryError>,
    /// The last filter that was taken, for `n` and `N`.
    pub last: Option<Query>,
}

/// What the kept rows were made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct RowCacheKey {
    version: u64,
    at: Timestamp,
}

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Which.
    pub tile: Tile,
    /// What can be shown, sorted by and filtered on.
    pub fields: Vec<FieldMeta>,
    /// The rows shown, in order.
    pub rows: Vec<Arc<Record>>,
    /// Rows there are, shown or not.
    pub total: usize,
    /// The filter.
    pub filter: Filter,
    /// Views of this table of which one is shown.
    pub facets: Groupings,
    /// The fields that the chart above the table can draw, and the one it does.
    charts: Vec<FieldMeta>,
    /// The field that the chart above the table draws.
    pub chart: Option<FieldMeta>,
    /// The sum of that field over `rows`.
    pub dollars: Option<Arc<Series>>,
    /// Only rows with waste.
    pub waste_only: bool,
    /// The order.
    pub sort: SortOrder,
    /// The place of the cursor among `rows`.
    pub cursor: usize,
    /// The first row that is seen.
    pub top: usize,
    /// Whose row the cursor is on.
    at: Option<ResourceKey>,
    /// Whether a person chose a row here: went to it, marked it, opened it, acted on it. Until then
    /// the cursor stays on the first row, whichever that is.
    touched: bool,
    /// The marked rows; some may be hidden by the filter.
    pub marks: HashSet<ResourceKey>,
    /// Marked rows that are not among `rows`.
    hidden: usize,
    /// What the ranking is made of, but for its rows.
    ranking: Ranking,
    /// The rule whose rows are shown, where one was opened.
    rule: Option<&'static str>,
    /// Members of groups that were opened: each is a row of its own.
    opened: HashSet<ResourceKey>,
    built: Option<RowCacheKey>,
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
        table.facets = Groupings::by(pane.facet.and_then(|id| pane.field(id)));
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
            facets: Groupings::default(),
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
        }
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&Arc<Record>> {
        self.rows.get(self.cursor)
    }

    /// Whose row is under the cursor.
    pub fn key(&self) -> Option<&ResourceKey> {
        self.current().map(|record| &record.head.key)
    }

    /// The resources that the row of `key` stands for: itself, or the members of its group.
    pub fn members<'a>(&'a self, key: &'a ResourceKey) -> &'a [ResourceKey] {
        self.ranking
            .groups
            .get(key)
            .map_or_else(|| std::slice::from_ref(key), Vec::as_slice)
    }

    /// What a row without waste is about; `None` for one that wastes something.
    pub fn exposure(&self, key: &ResourceKey) -> Option<UsdPerHour> {
        self.ranking.exposures.get(key).copied()
    }

    /// The sum of what the rows without waste are about.
    pub fn at_stake(&self) -> UsdPerHour {
        self.ranking.at_stake
    }

    /// What the rows that the row of `key` stands for have in common, where it stands for those of
    /// a rule.
    pub fn alike(&self, key: &ResourceKey) -> Option<&Arc<RuleGroup>> {
        self.ranking.alike.get(key)
    }

    /// The rule whose rows are shown, where one was opened.
    pub fn rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// Shows the members of the group under the cursor; says whether there is one.
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
            self.begin();
        } else {
            self.hold();
            self.opened.extend(members);
        }
        self.built = None;
        true
    }

    /// Whether a group was opened.
    pub fn has_open_groups(&self) -> bool {
        self.rule.is_some() || !self.opened.is_empty()
    }

    /// Puts opened groups together again.
    pub fn close_groups(&mut self) {
        match self.rule.take() {
            Some(rule) => (self.at, self.touched) = (Some(by_rule::key(rule)), true),
            None => self.opened.clear(),
        }
        self.built = None;
    }

    /// Whether rows are left out.
    pub fn is_narrowed(&self) -> bool {
        self.waste_only || !self.filter.query.is_empty()
    }

    /// The field called `id`.
    pub fn field(&self, id: &str) -> Option<&FieldMeta> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Reads `text` as the filter. What cannot be read leaves the rows as they are and says why.
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

    /// Sorts by another field or in the other direction.
    pub fn set_sort(&mut self, sort: SortOrder) {
        self.sort = sort;
        self.built = None;
    }

    /// Makes the rows anew at the next chance.
    pub fn stale(&mut self) {
        self.built = None;
    }

    /// Lets the chart draw the next of its fields: by day, by hour. `false`: there is no other.
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
            self.sum();
        }
        other
    }

    fn sum(&mut self) {
        self.dollars = self
            .chart
            .as_ref()
            .and_then(|field| cost_series::sum(self.rows.iter(), field));
    }
}

/// Whether the account is not known yet.
pub fn is_nameless(key: &ResourceKey) -> bool {
    &*key.account == "-"
}

/// `key` as one of `rows` is called now: an account that was not known may have become known.
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
