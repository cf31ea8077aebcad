//! `spendtop ls`: a pane, once, for other programs. JSON and CSV keys are stable; what went wrong
//! goes to stderr.
//!
//! Must not know how rows are read.

use super::{
    cli::Output,
    failure::Failure,
    rows::{self, Line},
    start,
};
use crate::{
    domain::{PaneId, PaneMeta, Record, Scope, Stamp},
    world::{
        World,
        query::Query,
        view::{Sort, view},
    },
};
use std::sync::Arc;

/// The word for the ranked findings of all panes.
pub const FINDINGS: &str = "findings";

/// The pane that reads the bill.
pub const BILL: PaneId = "spend";

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The rows of a pane.
    Pane(PaneId),
    /// The findings of all panes.
    Findings,
}

impl What {
    /// What `word` means.
    pub fn parse(word: &str) -> Result<Self, Failure> {
        if word == FINDINGS {
            return Ok(Self::Findings);
        }
        start::pane(word).map(Self::Pane).ok_or_else(|| {
            Failure::unknown(
                "pane",
                word,
                start::pane_words().into_iter().chain([FINDINGS]),
            )
        })
    }

    /// Whether its rows have rates that discounts change.
    pub fn is_discounted(self, panes: &[PaneMeta]) -> bool {
        panes
            .iter()
            .any(|pane| self.needs(pane.id) && pane.scope == Scope::Region)
    }

    /// Whether the sources of `pane` are needed.
    pub fn needs(self, pane: PaneId) -> bool {
        match self {
            Self::Pane(id) => id == pane,
            Self::Findings => true,
        }
    }
}

/// A filter, checked against the panes it is meant for.
pub struct Filter(Vec<(PaneId, Query)>);

impl Filter {
    /// Reads `text`. Over all panes it is enough that one of them has the fields it names.
    pub fn parse(text: &str, what: What, panes: &[PaneMeta]) -> Result<Self, Failure> {
        let mut queries = Vec::new();
        let mut wrong = None;
        for pane in panes.iter().filter(|pane| what.needs(pane.id)) {
            match Query::parse(text, &pane.fields) {
                Ok(query) => queries.push((pane.id, query)),
                Err(error) => wrong = wrong.or(Some(error)),
            }
        }
        match wrong {
            Some(error) if queries.is_empty() => {
                Err(Failure::unusable(format!("filter: {}", error.message)))
            }
            _ => Ok(Self(queries)),
        }
    }

    fn of(&self, pane: PaneId) -> Option<&Query> {
        self.0
            .iter()
            .find(|(id, _)| *id == pane)
            .map(|(_, query)| query)
    }
}

/// What `world` shows of `what` through `filter`, in the order of the screen, as text in the form
/// of `output`.
pub fn print(world: &World, what: What, filter: &Filter, output: Output, now: Stamp) -> String {
    let lines = match what {
        What::Pane(id) => pane(world, id, filter, now),
        What::Findings => findings(world, filter, now),
    };
    match output {
        Output::Json => rows::json(&lines),
        Output::Csv => rows::csv(&lines, &headings(world, what)),
        Output::Table => match what {
            What::Pane(id) => world
                .panes()
                .iter()
                .find(|pane| pane.id == id)
                .map_or_else(String::new, |meta| {
                    rows::table(meta, &records(world, meta, filter, now), now)
                }),
            What::Findings => rows::findings_table(world, &lines),
        },
    }
}

fn records(world: &World, meta: &PaneMeta, filter: &Filter, now: Stamp) -> Vec<Arc<Record>> {
    let sort = Sort {
        field: meta.sort,
        descending: true,
    };
    filter
        .of(meta.id)
        .map_or_else(Vec::new, |query| view(world, meta.id, query, &sort, now))
}

fn pane(world: &World, id: PaneId, filter: &Filter, now: Stamp) -> Vec<Line> {
    let Some(meta) = world.panes().iter().find(|pane| pane.id == id) else {
        return Vec::new();
    };
    records(world, meta, filter, now)
        .iter()
        .map(|record| Line::of_record(record, meta, now))
        .collect()
}

fn findings(world: &World, filter: &Filter, now: Stamp) -> Vec<Line> {
    let shown = |finding: &&crate::pricing::findings::Finding| {
        let record = world.record(&finding.key)?;
        let meta = world
            .panes()
            .iter()
            .find(|pane| world.pane_of(&finding.key) == Some(pane.id))?;
        let query = filter.of(meta.id)?;
        query
            .matches(record, &meta.fields, now)
            .then(|| Line::of_finding(finding, record, meta, now))
    };
    world
        .findings()
        .iter()
        .filter_map(|finding| shown(&finding))
        .collect()
}

/// The pane's own fields, in their order. Findings have what their evidence has.
fn headings(world: &World, what: What) -> Vec<String> {
    let own = |meta: &PaneMeta| rows::own(meta).map(|field| field.id.to_owned()).collect();
    match what {
        What::Pane(id) => world
            .panes()
            .iter()
            .find(|pane| pane.id == id)
            .map(own)
            .unwrap_or_default(),
        What::Findings => ["sentence", "confidence", "fix"].map(str::to_owned).into(),
    }
}
