//! The order in which the sources of many accounts begin.

use super::{Source, metas};
use crate::domain::{Location, PaneId, SourceScope, pane_id};
use std::collections::HashMap;

/// Places whose sources begin together.
const BATCH: usize = 8;

/// `sources` in the order in which they begin, if `places` are ordered by dollars: those of accounts,
/// then eight places at a time, and of these the pane with the largest bills first.
pub fn dearest_first(sources: &mut [Box<dyn Source>], places: &[Location]) {
    const PANES: [PaneId; 4] = [
        pane_id::GPUS,
        pane_id::ENDPOINTS,
        pane_id::JOBS,
        pane_id::THROUGHPUT,
    ];
    let ranks: HashMap<&Location, usize> = places.iter().zip(0..).collect();
    let scopes: HashMap<PaneId, SourceScope> =
        metas().iter().map(|pane| (pane.id, pane.scope)).collect();
    sources.sort_by_key(|source| {
        let id = source.id();
        let rank = ranks.get(&id.place).copied().unwrap_or(usize::MAX);
        let pane = PANES.iter().position(|pane| *pane == id.pane);
        let is_of_region = scopes.get(&id.pane) != Some(&SourceScope::Account);
        (
            is_of_region,
            rank / BATCH,
            pane.unwrap_or(PANES.len()),
            rank,
        )
    });
}
