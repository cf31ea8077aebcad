//! `spendtop ls`: prints a pane once, for other programs. JSON and CSV keys are stable; faults go
//! to stderr.

pub mod meter;
mod selection;

pub use selection::{Selection, SelectionArgs};

use crate::app::{
    cli::LsFormat,
    cli_error::CliError,
    output::{self, OutputRow},
    session::bootstrap,
};
use crate::{
    domain::{
        PaneId, PaneMeta, Record, SourceScope, Timestamp,
        pane_id::{self, FINDINGS, METER},
    },
    inventory::{
        Inventory,
        pane_view::{SortOrder, view},
        query::Query,
    },
    rules::Finding,
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
                bootstrap::pane_ids().into_iter().chain([FINDINGS, METER]),
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

/// Checks that `output` supports `target` with the selection of `args`.
pub fn check_output(
    output: LsFormat,
    target: LsTarget,
    args: &SelectionArgs,
) -> Result<(), CliError> {
    if output != LsFormat::Focus {
        return Ok(());
    }
    if target != LsTarget::Pane(pane_id::SPEND) {
        return Err(CliError::unusable(
            "--output focus writes the charges of the bill: expected `ls spend --output focus`",
        ));
    }
    let option = [
        ("--columns", !args.columns.is_empty()),
        ("--sort", args.sort.is_some()),
        ("--limit", args.limit.is_some()),
    ];
    match option.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(CliError::unusable(format!(
            "--output focus has the columns and the order of FOCUS 1.2: expected no {option}"
        ))),
        None => Ok(()),
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

/// A row to print: as machines read it, and as the screen has it.
struct Line {
    row: OutputRow,
    record: Arc<Record>,
}

/// The rows of `target` that match `filter`, as `selection` orders and cuts them, formatted as
/// `output`.
pub fn print(
    inventory: &Inventory,
    target: LsTarget,
    filter: &LsFilter,
    selection: &Selection,
    output: LsFormat,
    now: Timestamp,
) -> String {
    let meta = match target {
        LsTarget::Pane(id) => inventory.panes().iter().find(|pane| pane.id == id),
        LsTarget::Findings => None,
    };
    let mut lines = match meta {
        Some(meta) => pane(inventory, meta, filter, now),
        None => findings(inventory, filter, now),
    };
    selection.apply(&mut lines, |line| &line.row);
    let (mut rows, records): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .map(|line| (line.row, line.record))
        .unzip();
    let keys = selection.keys();
    if let (Some(keys), LsFormat::Json | LsFormat::Ndjson) = (&keys, output) {
        for row in &mut rows {
            row.keep(keys);
        }
    }
    match (output, meta, keys) {
        (LsFormat::Focus, ..) => output::focus(records.iter().map(Arc::as_ref)),
        (LsFormat::Json, ..) => output::json(&rows),
        (LsFormat::Ndjson, ..) => output::ndjson(&rows),
        (LsFormat::Csv, _, Some(keys)) => output::csv_columns(&rows, &keys),
        (LsFormat::Csv, _, None) => output::csv(&rows, &headings(meta)),
        (LsFormat::Table, Some(meta), None) => {
            let fields = output::table_fields(meta, &records, now);
            output::table(&fields, &records, now)
        }
        (LsFormat::Table, Some(_), Some(_)) => {
            let fields = selection
                .columns
                .iter()
                .filter_map(|column| column.field.as_ref());
            output::table(&fields.collect::<Vec<_>>(), &records, now)
        }
        (LsFormat::Table, None, Some(keys)) => output::findings_columns(&rows, &keys),
        (LsFormat::Table, None, None) => output::findings_table(inventory, &rows),
    }
}

/// The rows of a pane in the order of the screen.
fn pane(inventory: &Inventory, meta: &PaneMeta, filter: &LsFilter, now: Timestamp) -> Vec<Line> {
    let sort = SortOrder {
        field: meta.sort,
        descending: true,
    };
    filter
        .of(meta.id)
        .map_or_else(Vec::new, |query| {
            view(inventory, meta.id, query, &sort, now)
        })
        .into_iter()
        .map(|record| Line {
            row: OutputRow::of_record(&record, meta, now),
            record,
        })
        .collect()
}

/// The findings by rank.
fn findings(inventory: &Inventory, filter: &LsFilter, now: Timestamp) -> Vec<Line> {
    let line = |finding: &Finding| {
        let record = inventory.record(&finding.key)?;
        let meta = inventory
            .panes()
            .iter()
            .find(|pane| inventory.pane_of(&finding.key) == Some(pane.id))?;
        let query = filter.of(meta.id)?;
        query
            .matches_finding(finding.rule, Some(finding), record, &meta.fields, now)
            .then(|| Line {
                row: OutputRow::of_finding(finding, record, now),
                record: record.clone(),
            })
    };
    inventory.findings().iter().filter_map(line).collect()
}

/// The ids of the pane's own fields, in order; of findings, the fields that all of them have.
fn headings(meta: Option<&PaneMeta>) -> Vec<String> {
    match meta {
        Some(meta) => output::own(meta).map(|field| field.id.to_owned()).collect(),
        None => output::FINDING_FIELDS.map(str::to_owned).into(),
    }
}
