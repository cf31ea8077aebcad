//! Keeps the state consistent: with the inventory after every message, and with the measurements
//! after every frame.

use super::{
    app::App,
    contributors::ContributorsSheet,
    group::by_rule::is_alike,
    measurements::Measurements,
    modal_stack::{Layer, Sheet},
    page::{Page, Tile},
    table::{ArrangedTable, is_nameless, named},
};
use crate::screen::{
    Command,
    dialogs::{Dialog, ShownParts},
};

impl App {
    /// Brings the rows of the visible tables, the cursors and the open sheets in line with the
    /// inventory. [`Command::Arrange`] builds the rows of large tables.
    pub fn reconcile(&mut self) -> Vec<Command> {
        let mut commands = Vec::new();
        self.refresh_costs();
        let tiles = self.visible_tables();
        if !tiles.contains(&self.focus) {
            self.focus = tiles.first().copied().unwrap_or(Tile::Waste);
        }
        let still = self.is_still();
        let paused = self.paused_at.is_some();
        for table in self
            .tables
            .iter_mut()
            .filter(|table| tiles.contains(&table.tile))
        {
            if table.is_stale(&self.inventory, paused, self.now) {
                if table.is_arranged_aside(&self.inventory) {
                    let aside = table.arrangement(&self.inventory, &self.visibility, self.now);
                    commands.extend(aside.map(|one| Command::Arrange(Box::new(one))));
                } else {
                    table.rebuild(&self.inventory, &self.visibility, still, self.now);
                }
            }
            if !still {
                table.reset_unused_cursor();
            }
        }
        let mut layers = std::mem::take(&mut self.layers);
        for layer in &mut layers {
            if let Layer::Details(sheet) | Layer::Why(sheet) = layer {
                self.refresh_sheet(sheet);
            }
        }
        self.layers = layers;
        if !paused && let Some(sheet) = contributors(&mut self.layers) {
            sheet.refresh(&self.inventory, self.now);
        }
        commands
    }

    /// Takes the rows that [`Command::Arrange`] built for a table; leaves the old ones in
    /// `arranged`.
    pub fn take_arranged(&mut self, arranged: &mut ArrangedTable) {
        let (still, paused) = (self.is_still(), self.paused_at.is_some());
        let tile = arranged.tile();
        if let Some(table) = self.tables.iter_mut().find(|table| table.tile == tile) {
            table.take(arranged, &self.inventory, still, paused);
        }
    }

    /// Whether the rows must keep their places under the cursor, because the user opened a layer
    /// while they were there. The filter line is no such layer: it changes the table itself.
    fn is_still(&self) -> bool {
        let mut layers = self.layers.iter();
        layers.any(|layer| !matches!(layer, Layer::Filter(_)))
    }

    /// Takes the sums of the inventory's newest snapshot.
    fn refresh_costs(&mut self) {
        let version = Some(self.inventory.version());
        if self.costs_version != version || self.costs.is_stale(self.now) {
            self.costs = self.inventory.sums(self.now);
            self.costs_version = version;
        }
    }

    /// Stores what the frame just drawn from this state has measured: tables and the layer on top
    /// stay scrolled as drawn, and a question that was drawn can be answered from now on.
    pub fn store(&mut self, measurements: Measurements) {
        for window in &measurements.tables {
            if let Some(table) = self.table_mut(window.tile) {
                table.top = window.top;
            }
        }
        if measurements.fits {
            if let Some(scroll) = self.layers.last_mut().and_then(Layer::scroll) {
                *scroll = (*scroll).min(measurements.scroll_limit);
            }
            if let Some(Layer::Dialog(Dialog::Confirm(confirm))) = self.layers.last_mut() {
                confirm.drawn = ShownParts::All;
            }
        }
        self.measurements = measurements;
    }

    /// The tables that are visible now, the ones under a layer included.
    fn visible_tables(&self) -> Vec<Tile> {
        match self.page {
            Page::Overview => self.tiles(),
            Page::Full(tile) => vec![tile],
        }
    }

    fn refresh_sheet(&self, sheet: &mut Sheet) {
        if is_nameless(&sheet.key)
            && let Some(table) = self.focused()
        {
            sheet.key = named(&table.rows, sheet.key.clone());
        }
        match self.inventory.record(&sheet.key) {
            None if is_alike(&sheet.key) => {
                sheet.gone = !self
                    .tables
                    .iter()
                    .any(|table| table.alike(&sheet.key).is_some());
            }
            Some(record) => {
                sheet.gone = false;
                if self.paused_at.is_none() {
                    sheet.record = record.clone();
                }
            }
            None => sheet.gone = true,
        }
    }
}

/// The sheet of contributors in any of the layers.
pub fn contributors(layers: &mut [Layer]) -> Option<&mut ContributorsSheet> {
    layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Contributors(sheet) => Some(sheet.as_mut()),
        _ => None,
    })
}
