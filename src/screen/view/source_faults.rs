//! The failing sources of a tile, and the age of their rows.

use crate::{
    domain::{PaneMeta, Record, Timestamp, time::timestamp},
    screen::{App, Tile},
};
use std::collections::{BTreeMap, BTreeSet};

/// How long ago a row was read, if that is longer than its pane's rhythm explains.
pub(super) fn stale(pane: Option<&PaneMeta>, record: &Record, now: Timestamp) -> Option<f64> {
    let age = timestamp::seconds_between(record.head.read_at, now);
    let most = pane
        .map_or(60.0, |pane| pane.cadence.inventory.as_secs_f64() * 3.0)
        .max(60.0);
    (age > most).then_some(age)
}

/// The faults of a tile's sources: `us-west-2 denied: sagemaker:ListApps`, one piece a fault,
/// regions gathered. Of several profiles, each is named.
pub(super) fn faults(app: &App, tile: Tile) -> Vec<String> {
    let Tile::Pane(id) = tile else {
        return Vec::new();
    };
    let is_one_profile = has_one_profile(app);
    let mut by_fault: BTreeMap<(&str, &str, &str), Vec<&str>> = BTreeMap::new();
    for (source, health) in app.inventory.health(id) {
        let profile = if is_one_profile {
            ""
        } else {
            &*source.place.profile
        };
        for fault in &health.faults {
            by_fault
                .entry((profile, fault.kind.word(), &fault.operation))
                .or_default()
                .push(&source.place.region);
        }
    }
    by_fault
        .into_iter()
        .map(|((profile, kind, operation), mut regions)| {
            regions.dedup();
            let gap = if profile.is_empty() { "" } else { " " };
            format!("{profile}{gap}{} {kind}: {operation}", regions.join(", "))
        })
        .collect()
}

/// Whether all places are read with one profile: then messages need not name it.
pub(super) fn has_one_profile(app: &App) -> bool {
    let profiles: BTreeSet<&str> = app.locations.iter().map(|place| &*place.profile).collect();
    profiles.len() < 2
}

/// The age of a tile's oldest good reading, if one of its sources fails.
pub(super) fn oldest(app: &App, tile: Tile) -> Option<f64> {
    let Tile::Pane(id) = tile else { return None };
    let ages = app
        .inventory
        .health(id)
        .into_iter()
        .filter(|(_, health)| health.is_failing())
        .filter_map(|(_, health)| health.last_good);
    ages.map(|at| timestamp::seconds_between(at, app.now))
        .max_by(f64::total_cmp)
}

/// Sources whose rows the last try did not list.
pub(super) fn failing(app: &App) -> usize {
    app.inventory
        .panes()
        .iter()
        .flat_map(|pane| app.inventory.health(pane.id))
        .filter(|(_, health)| health.is_failing())
        .count()
}
