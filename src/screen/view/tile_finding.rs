//! The finding that a row shows, and the title of its tile.

use crate::screen::notices::page as wording;
use crate::{
    domain::Record,
    rules::{Finding, Verdict},
    screen::{App, Tile},
};

/// The title of a tile.
pub(super) fn title(app: &App, tile: Tile) -> &str {
    match tile {
        Tile::Waste => wording::WASTE_TITLE,
        Tile::Pane(id) => app.pane(id).map_or(id, |pane| pane.title),
    }
}

/// The finding of `rule` about a row, or the largest.
pub(super) fn finding_of<'a>(
    app: &'a App,
    record: &Record,
    rule: Option<&str>,
) -> Option<&'a Finding> {
    let of_rule = |rule| {
        app.inventory
            .verdicts(&record.head.key)
            .iter()
            .find_map(|verdict| match verdict {
                Verdict::Finding(finding) if finding.rule == rule => Some(&**finding),
                _ => None,
            })
    };
    rule.and_then(of_rule).or_else(|| finding(app, record))
}

/// The largest finding about a row.
pub(super) fn finding<'a>(app: &'a App, record: &Record) -> Option<&'a Finding> {
    let verdicts = app.inventory.verdicts(&record.head.key);
    verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Finding(finding) => Some(&**finding),
            _ => None,
        })
        .min_by(|a, b| a.by_rank(b))
}
