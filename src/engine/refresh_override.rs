//! A source at another cadence than its pane's own, as the configuration has it.

use super::config::{PaneName, RefreshConfig};
use crate::{
    collectors::{PollKind, Source},
    domain::{Cadence, Report, SourceId},
};
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;

/// A source and its cadence.
pub struct RefreshOverride {
    source: Box<dyn Source>,
    cadence: Cadence,
}

impl RefreshOverride {
    /// `source` at the cadence `refresh` has for its pane; as it is, if there is none.
    pub fn wrap(
        source: Box<dyn Source>,
        refresh: &BTreeMap<PaneName, RefreshConfig>,
    ) -> Box<dyn Source> {
        let Some(refresh) = refresh.get(&PaneName(source.id().pane.to_owned())) else {
            return source;
        };
        let own = source.cadence();
        let cadence = Cadence {
            inventory: refresh
                .inventory
                .map_or(own.inventory, |interval| interval.0),
            metrics: refresh.metrics.map_or(own.metrics, |interval| interval.0),
        };
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

    fn poll(&mut self, what: PollKind) -> BoxFuture<'_, Report> {
        self.source.poll(what)
    }
}
