//! `spendtop ls`: prints a pane once, for other programs. JSON and CSV keys are stable; faults go
//! to stderr.

use crate::app::{
    cli::OutputFormat,
    cli_error::CliError,
    output::{self, OutputRow},
    session::bootstrap,
};
use crate::{
    domain::{PaneId, PaneMeta, Record, SourceScope, Timestamp, pane_id::FINDINGS},
    inventory::{
        Inventory,
        pane_view::{SortOrder, view},
        query::Query,
    },
};
use std::sync::Arc;

/// The rows to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LsTarget {
    /// The rows of a pane.
    Pane(PaneId),
    /// The findings of all panes.
    Findings,
}

impl LsTarget {
    /// Parses a pane id or `findings`.
    pub fn parse(word: &str) -> Result<Self, CliError> {
        if word == FINDINGS {
            return Ok(Self::Findings);
        }
        bootstrap::find_pane(word).map(Self::Pane).ok_or_else(|| {
            CliError::unknown(
                "pane",
                word,
                bootstrap::pane_ids().into_iter().chain([FINDINGS]),
            )
        })
    }

    /// Whether discounts change the rates of its rows.
    pub fn is_discounted(self, panes: &[PaneMeta]) -> bool {
        panes
            .iter()
            .any(|pane| self.needs(pane.id) && pane.scope == SourceScope::Region)
    }

    /// Whether the sources of `pane` are needed.
    pub fn needs(self, pane: PaneId) -> bool {
        match self {
            Self::Pane(id) => id == pane,
            Self::Findings => true,
        }
    }
}

/// A filter, and its query for each pane it applies to.
pub struct LsFilter(Vec<(PaneId, Query)>);

impl LsFilter {
    /// Parses `text`. For findings it is enough that one pane has the fields it names.
    pub fn parse(text: &str, what: LsTarget, panes: &[PaneMeta]) -> Result<Self, CliError> {
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
                Err(CliError::unusable(format!("filter: {}", error.message)))
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

/// The rows of `what` that match `filter`, in the order of the screen, formatted as `output`.
pub fn print(
    world: &Inventory,
    what: LsTarget,
    filter: &LsFilter,
    output: OutputFormat,
    now: Timestamp,
) -> String {
    let lines = match what {
        LsTarget::Pane(id) => pane(world, id, filter, now),
        LsTarget::Findings => findings(world, filter, now),
    };
    match output {
        OutputFormat::Json => output::json(&lines),
        OutputFormat::Csv => output::csv(&lines, &headings(world, what)),
        OutputFormat::Table => match what {
            LsTarget::Pane(id) => world
                .panes()
                .iter()
                .find(|pane| pane.id == id)
                .map_or_else(String::new, |meta| {
                    output::table(meta, &records(world, meta, filter, now), now)
                }),
            LsTarget::Findings => output::findings_table(world, &lines),
        },
    }
}

fn records(
    world: &Inventory,
    meta: &PaneMeta,
    filter: &LsFilter,
    now: Timestamp,
) -> Vec<Arc<Record>> {
    let sort = SortOrder {
        field: meta.sort,
        descending: true,
    };
    filter
        .of(meta.id)
        .map_or_else(Vec::new, |query| view(world, meta.id, query, &sort, now))
}

fn pane(world: &Inventory, id: PaneId, filter: &LsFilter, now: Timestamp) -> Vec<OutputRow> {
    let Some(meta) = world.panes().iter().find(|pane| pane.id == id) else {
        return Vec::new();
    };
    records(world, meta, filter, now)
        .iter()
        .map(|record| OutputRow::of_record(record, meta, now))
        .collect()
}

fn findings(world: &Inventory, filter: &LsFilter, now: Timestamp) -> Vec<OutputRow> {
    let shown = |finding: &&crate::rules::Finding| {
        let record = world.record(&finding.key)?;
        let meta = world
            .panes()
            .iter()
            .find(|pane| world.pane_of(&finding.key) == Some(pane.id))?;
        let query = filter.of(meta.id)?;
        query
            .matches_finding(finding.rule, Some(finding), record, &meta.fields, now)
            .then(|| OutputRow::of_finding(finding, record, now))
    };
    world
        .findings()
        .iter()
        .filter_map(|finding| shown(&finding))
        .collect()
}

/// The ids of the pane's own fields, in order; of findings, the fields that all of them have.
fn headings(world: &Inventory, what: LsTarget) -> Vec<String> {
    let own = |meta: &PaneMeta| output::own(meta).map(|field| field.id.to_owned()).collect();
    match what {
        LsTarget::Pane(id) => world
            .panes()
            .iter()
            .find(|pane| pane.id == id)
            .map(own)
            .unwrap_or_default(),
        LsTarget::Findings => output::FINDING_FIELDS.map(str::to_owned).into(),
    }
}
