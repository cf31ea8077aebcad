//! Filters and orders the rows of large tables outside the event loop, which shows the present rows
//! meanwhile: a report of 10,000 rows must not delay a key.

use super::{RowCacheKey, Table};
use crate::{
    domain::Timestamp,
    inventory::Inventory,
    screen::state::{page::Tile, visibility::VisibilityFilter},
};
use std::fmt;

/// Number of rows in all tables from which the loop leaves the rows of a report to another thread.
const LARGE: usize = 250;

/// A request to build the rows of a table from a snapshot.
#[derive(Clone)]
pub struct Arrangement {
    /// The present table, without its rows.
    table: Table,
    inventory: Inventory,
    shown: VisibilityFilter,
    now: Timestamp,
}

impl fmt::Debug for Arrangement {
    /// Leaves out the rows of the snapshot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let version = self.inventory.version();
        write!(f, "Arrangement({:?}, version {version})", self.table.tile)
    }
}

/// Equal if they are for the same table, snapshot and time.
impl PartialEq for Arrangement {
    fn eq(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.table.tile, one.inventory.version(), one.now);
        of(self) == of(other)
    }
}

impl Arrangement {
    /// Makes the rows. Takes milliseconds for each thousand of them.
    #[must_use]
    pub fn run(mut self) -> Box<ArrangedTable> {
        let rows = self.table.arrange(&self.inventory, &self.shown, self.now);
        self.table.rows = rows;
        let built = RowCacheKey {
            version: self.inventory.version(),
            at: self.now,
        };
        Box::new(ArrangedTable {
            table: self.table,
            built,
        })
    }
}

/// A table with the rows of a snapshot.
#[derive(Clone)]
pub struct ArrangedTable {
    table: Table,
    built: RowCacheKey,
}

impl fmt::Debug for ArrangedTable {
    /// Without the rows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArrangedTable({:?}, {:?})", self.table.tile, self.built)
    }
}

/// The same snapshot of the same table.
impl PartialEq for ArrangedTable {
    fn eq(&self, other: &Self) -> bool {
        (self.table.tile, self.built) == (other.table.tile, other.built)
    }
}

impl ArrangedTable {
    /// The name of the table.
    pub fn tile(&self) -> Tile {
        self.table.tile
    }
}

impl Table {
    /// Whether to build the next rows outside the loop: there are many, and the user has not just
    /// changed the filter or the order, which takes effect at once.
    pub fn is_arranged_aside(&self, inventory: &Inventory) -> bool {
        self.built.is_some() && inventory.totals(None).rows >= LARGE
    }

    /// The arrangement of its next rows; `None` while another one runs.
    pub fn arrangement(
        &mut self,
        inventory: &Inventory,
        shown: &VisibilityFilter,
        now: Timestamp,
    ) -> Option<Arrangement> {
        if std::mem::replace(&mut self.is_arranging, true) {
            return None;
        }
        let (rows, ranking) = (
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.ranking),
        );
        let table = self.clone();
        (self.rows, self.ranking) = (rows, ranking);
        Some(Arrangement {
            table,
            inventory: inventory.clone(),
            shown: shown.clone(),
            now,
        })
    }

    /// Takes rows that were built outside the loop, unless the table is paused or has newer ones.
    /// `still` as in [`Table::rebuild`]. Leaves the old rows in `arranged`.
    pub fn take(
        &mut self,
        arranged: &mut ArrangedTable,
        inventory: &Inventory,
        still: bool,
        paused: bool,
    ) {
        self.is_arranging = false;
        let is_newer = self.built.is_some_and(|built| built < arranged.built);
        if paused || !is_newer {
            return;
        }
        let new = &mut arranged.table;
        self.total = new.total;
        self.rule = new.rule;
        std::mem::swap(&mut self.ranking, &mut new.ranking);
        std::mem::swap(&mut self.opened, &mut new.opened);
        std::mem::swap(&mut self.groupings, &mut new.groupings);
        let is_same_chart = |a: &Self, b: &Self| {
            let id = |one: &Self| one.chart.as_ref().map(|field| field.id);
            id(a) == id(b)
        };
        let dollars = is_same_chart(self, new).then(|| new.dollars.take());
        let mut rows = std::mem::take(&mut new.rows);
        self.install(&mut rows, inventory, still, arranged.built);
        match dollars {
            Some(dollars) => self.dollars = dollars,
            None => self.sum_shown(),
        }
        arranged.table.rows = rows;
    }
}
