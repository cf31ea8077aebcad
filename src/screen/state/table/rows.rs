//! Rebuilds a table's rows, and keeps its cursor and marks on their resources.

use super::{FILTER_AGES, RANK, RowCacheKey, Table, is_nameless, named};
use crate::{
    domain::{PaneId, Record, ResourceKey, Timestamp},
    inventory::{Inventory, pane_view},
    rules::Finding,
    screen::state::{group::by_rule::is_alike, page::Tile, ranking, visibility::VisibilityFilter},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

impl Table {
    /// Whether the cached rows are older than `inventory`.
    pub fn is_stale(&self, inventory: &Inventory, paused: bool, now: Timestamp) -> bool {
        match self.built {
            None => true,
            Some(_) if paused => false,
            Some(built) => {
                built.version != inventory.version()
                    || (!self.filter.query.is_empty()
                        && now.as_second() - built.at.as_second() >= FILTER_AGES)
            }
        }
    }

    /// Rebuilds the rows. The cursor stays on its resource and on its line of the screen; if the
    /// resource is gone, it moves to the nearest remaining neighbour. Marks of gone resources are
    /// dropped. A cursor that never moved returns to row 0, except with `still`: a dialog is open
    /// over it.
    pub fn rebuild(
        &mut self,
        inventory: &Inventory,
        shown: &VisibilityFilter,
        still: bool,
        now: Timestamp,
    ) {
        let mut rows = self.arrange(inventory, shown, now);
        let built = RowCacheKey {
            version: inventory.version(),
            at: now,
        };
        self.install(&mut rows, inventory, still, built);
    }

    /// The rows in order, with the total, the ranking, the groupings and the chart that go with
    /// them.
    pub(super) fn arrange(
        &mut self,
        inventory: &Inventory,
        shown: &VisibilityFilter,
        now: Timestamp,
    ) -> Vec<Arc<Record>> {
        let mut rows = match self.tile {
            Tile::Pane(id) => self.of_pane(inventory, id, now),
            Tile::Waste => self.wasteful(inventory, shown, now),
        };
        let held = |record: &Record| is_alike(&record.head.key) || shown.holds(record);
        rows.retain(|record| held(record) && (!self.waste_only || record.head.is_wasting()));
        self.sum(&rows);
        rows
    }

    /// Replaces the present rows by `rows`, and leaves them in `rows`; cursor and marks as in
    /// [`Table::rebuild`].
    pub(super) fn install(
        &mut self,
        rows: &mut Vec<Arc<Record>>,
        inventory: &Inventory,
        still: bool,
        built: RowCacheKey,
    ) {
        let line = self.cursor.saturating_sub(self.top);
        self.at = self.at.take().map(|key| named(rows, key));
        if self.marks.iter().any(is_nameless) {
            self.marks = std::mem::take(&mut self.marks)
                .into_iter()
                .map(|key| named(rows, key))
                .collect();
        }
        let cursor = if self.touched || still {
            self.follow(rows)
        } else {
            0
        };
        std::mem::swap(&mut self.rows, rows);
        self.cursor = cursor.min(self.rows.len().saturating_sub(1));
        self.top = self.cursor.saturating_sub(line);
        self.at = self.key().cloned();
        self.marks.retain(|key| inventory.record(key).is_some());
        // Only visible rows gain or lose a mark, so the count is valid until the next rebuild.
        let seen = if self.marks.is_empty() {
            0
        } else {
            self.marks_in_sight()
        };
        self.hidden = self.marks.len().saturating_sub(seen);
        self.built = Some(built);
    }

    /// The rows of a pane, of the grouping shown unless the filter names one.
    fn of_pane(&mut self, inventory: &Inventory, id: PaneId, now: Timestamp) -> Vec<Arc<Record>> {
        let rows = pane_view::view(inventory, id, &self.filter.query, &self.sort, now);
        self.groupings.learn(inventory.rows(id), now);
        if self
            .groupings
            .field()
            .is_none_or(|field| self.filter.query.asks(field))
        {
            self.total = inventory.rows(id).count();
            return rows;
        }
        self.total = inventory
            .rows(id)
            .filter(|row| self.groupings.holds(row, now))
            .count();
        rows.into_iter()
            .filter(|row| self.groupings.holds(row, now))
            .collect()
    }

    fn marks_in_sight(&self) -> usize {
        let groups = &self.ranking.groups;
        let stands_for = |key| {
            groups
                .get(key)
                .map_or(std::slice::from_ref(key), Vec::as_slice)
        };
        let shown: HashSet<&ResourceKey> = self
            .rows
            .iter()
            .flat_map(|record| stands_for(&record.head.key))
            .filter(|key| self.marks.contains(*key))
            .collect();
        shown.len()
    }

    /// The ranking, or the members of its open rule; by waste unless another order is set.
    fn wasteful(
        &mut self,
        inventory: &Inventory,
        shown: &VisibilityFilter,
        now: Timestamp,
    ) -> Vec<Arc<Record>> {
        self.opened.retain(|key| inventory.record(key).is_some());
        let query = &self.filter.query;
        let holds = |rule: &str, finding: Option<&Finding>, record: &Record| {
            shown.holds(record) && query.matches_finding(rule, finding, record, &self.fields, now)
        };
        let opened = self
            .rule
            .map(|rule| ranking::of_rule(inventory, rule, holds))
            .filter(|ranking| ranking.total > 0);
        if opened.is_none() {
            self.rule = None;
        }
        self.ranking = opened.unwrap_or_else(|| {
            ranking::rank(inventory, holds, |key| self.opened.contains(key), now)
        });
        self.total = self.ranking.total;
        let mut rows = std::mem::take(&mut self.ranking.rows);
        if self.sort.field != RANK {
            return pane_view::ordered(
                rows.iter(),
                self.field(self.sort.field),
                self.sort.descending,
                now,
            );
        }
        if !self.sort.descending {
            rows.reverse();
        }
        rows
    }

    /// The index in `rows` of the resource under the cursor, or of its nearest neighbour in the
    /// old order.
    fn follow(&self, rows: &[Arc<Record>]) -> usize {
        let Some(at) = &self.at else {
            return self.cursor;
        };
        if let Some(place) = rows.iter().position(|record| record.head.key == *at) {
            return place;
        }
        let places: HashMap<&ResourceKey, usize> = rows
            .iter()
            .enumerate()
            .map(|(place, record)| (&record.head.key, place))
            .collect();
        let there = |old: usize| {
            self.rows
                .get(old)
                .and_then(|record| places.get(&record.head.key))
                .copied()
        };
        let below = (self.cursor + 1..self.rows.len())
            .find_map(|old| there(old).map(|place| (old - self.cursor, place)));
        let above = (0..self.cursor.min(self.rows.len()))
            .rev()
            .find_map(|old| there(old).map(|place| (self.cursor - old, place)));
        match (below, above) {
            (Some((down, place)), Some((up, _))) if down <= up => place,
            (_, Some((_, place))) | (Some((_, place)), None) => place,
            (None, None) => self.cursor,
        }
    }
}
