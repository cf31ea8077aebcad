//! A source at another cadence than its pane's own, as the configuration has it.

use super::config::{PaneName, RefreshConfig};
use crate::{
    collectors::{PollKind, Source},
    domain::{Cadence, PaneId, Report, SourceId},
};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;

/// The cadence that `refresh` sets for `pane`, whose own is `own`.
pub fn cadence(pane: PaneId, own: Cadence, refresh: &BTreeMap<PaneName, RefreshConfig>) -> Cadence {
    let Some(refresh) = refresh.get(&PaneName(pane.to_owned())) else {
        return own;
    };
    Cadence {
        inventory: refresh
            .inventory
            .map_or(own.inventory, |interval| interval.0),
        metrics: refresh.metrics.map_or(own.metrics, |interval| interval.0),
    }
}

/// A source and its cadence.
pub struct RefreshOverride {
    source: Box<dyn Source>,
    cadence: Cadence,
}

impl RefreshOverride {
    /// `source` at the cadence that `refresh` sets for its pane, else at its own.
    pub fn wrap(
        source: Box<dyn Source>,
        refresh: &BTreeMap<PaneName, RefreshConfig>,
    ) -> Box<dyn Source> {
        let cadence = cadence(source.id().pane, source.cadence(), refresh);
        Box::new(Self { source, cadence })
    }
}

impl Source for RefreshOverride {
    fn id(&self) -> &SourceId {
        self.source.id()
    }

    fn cadence(&self) -> Cadence {
        self.cadence
    }

    fn refresh(&mut self) {
        self.source.refresh();
    }

    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report> {
        self.source.poll(what)
    }
}
