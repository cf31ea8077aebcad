//! The order in which the sources of many accounts begin.

use super::{Source, metas};
use crate::domain::{Location, PaneId, SourceScope};
use std::collections::HashMap;

/// Places whose sources begin together.
const BATCH: usize = 8;

/// `sources` in the order in which they begin, if `places` are ordered by dollars: those of
/// accounts, then eight places at a time, and of these the panes in their order.
pub fn dearest_first(sources: &mut [Box<dyn Source>], places: &[Location]) {
    let panes: HashMap<PaneId, usize> = metas().iter().map(|pane| pane.id).zip(0..).collect();
    let ranks: HashMap<&Location, usize> = places.iter().zip(0..).collect();
    let scopes: HashMap<PaneId, SourceScope> =
        metas().iter().map(|pane| (pane.id, pane.scope)).collect();
    sources.sort_by_key(|source| {
        let id = source.id();
        let rank = ranks.get(&id.place).copied().unwrap_or(usize::MAX);
        let pane = panes.get(&id.pane).copied().unwrap_or(usize::MAX);
        let is_of_region = scopes.get(&id.pane) != Some(&SourceScope::Account);
        (is_of_region, rank / BATCH, pane, rank)
    });
}
