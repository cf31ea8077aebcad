//! The columns that `ls` prints, their order, and the number of rows.

use super::LsTarget;
use crate::app::{
    cli_error::CliError,
    output::{self, FINDING_FIELDS, OutputRow},
};
use crate::{
    domain::{CommonField, FieldMeta, PaneMeta, SortKey, Visibility, text},
    inventory::query::nearest,
};
use std::num::NonZeroUsize;

/// The options `--columns`, `--sort` and `--limit` of `ls`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SelectionArgs {
    /// Print only these columns, in this order: ids of `docs/panes.md`, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Order the rows by a column: `cost_friday`, `name:asc`. Numbers start with the largest, text
    /// with A, unless :asc or :desc says otherwise
    #[arg(long, value_name = "COLUMN[:asc|:desc]")]
    pub sort: Option<String>,
    /// Print only the first rows
    #[arg(long, value_name = "ROWS")]
    pub limit: Option<NonZeroUsize>,
}

/// A column of the output.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputColumn {
    /// Its key in JSON and CSV.
    pub key: String,
    /// The column on the screen; `None` for the fields of findings.
    pub field: Option<FieldMeta>,
}

/// The columns, order and number of rows to print; by default all, in the order of the screen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// The columns to print; empty: the usual ones.
    pub columns: Vec<OutputColumn>,
    sort: Option<(String, Option<Direction>)>,
    limit: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

impl Selection {
    /// Checks that `target` has the columns that `args` name.
    pub fn parse(
        args: &SelectionArgs,
        target: LsTarget,
        panes: &[PaneMeta],
    ) -> Result<Self, CliError> {
        let columns = args
            .columns
            .iter()
            .map(|word| find_column("--columns", word.trim(), target, panes))
            .collect::<Result<_, _>>()?;
        let sort = args.sort.as_deref().map(|word| {
            let (word, direction) = match word.rsplit_once(':') {
                Some((word, "asc")) => (word, Some(Direction::Ascending)),
                Some((word, "desc")) => (word, Some(Direction::Descending)),
                _ => (word, None),
            };
            find_column("--sort", word, target, panes).map(|column| (column.key, direction))
        });
        Ok(Self {
            columns,
            sort: sort.transpose()?,
            limit: args.limit.map(NonZeroUsize::get),
        })
    }

    /// Orders `lines` and cuts them to the limit. Lines without a value come last; equal ones stay
    /// in their order.
    pub fn apply<T>(&self, lines: &mut Vec<T>, row: impl Fn(&T) -> &OutputRow) {
        if let Some((key, direction)) = &self.sort {
            let mut keyed: Vec<(SortKey, T)> = lines
                .drain(..)
                .map(|line| (output::sort_key(row(&line).get(key)), line))
                .collect();
            let is_number = keyed
                .iter()
                .any(|(key, _)| matches!(key, SortKey::Number(_)));
            let descending = match direction {
                None => is_number,
                Some(direction) => *direction == Direction::Descending,
            };
            keyed.sort_by(|(a, _), (b, _)| a.order(b, descending));
            lines.extend(keyed.into_iter().map(|(_, line)| line));
        }
        lines.truncate(self.limit.unwrap_or(usize::MAX));
    }

    /// The keys of the columns to print; `None` prints the usual ones.
    pub fn keys(&self) -> Option<Vec<String>> {
        (!self.columns.is_empty()).then(|| {
            self.columns
                .iter()
                .map(|column| column.key.clone())
                .collect()
        })
    }
}

/// The column that `word` names among those of `target`: a common one by id, key or alias, or one
/// of the pane's own.
fn find_column(
    option: &str,
    word: &str,
    target: LsTarget,
    panes: &[PaneMeta],
) -> Result<OutputColumn, CliError> {
    let meta = panes.iter().find(|pane| target == LsTarget::Pane(pane.id));
    let common = CommonField::named(word).map(|common| OutputColumn {
        key: common.key().to_owned(),
        field: Some(FieldMeta::head(common, Visibility::Always)),
    });
    let own = || match meta {
        Some(meta) => output::own(meta)
            .find(|field| field.id == word)
            .map(|field| OutputColumn {
                key: field.id.to_owned(),
                field: Some(field.clone()),
            }),
        None => FINDING_FIELDS.contains(&word).then(|| OutputColumn {
            key: word.to_owned(),
            field: None,
        }),
    };
    common.or_else(own).ok_or_else(|| {
        let common = CommonField::ALL.iter().map(|common| common.column().id);
        let own = meta.into_iter().flat_map(output::own).map(|field| field.id);
        let known = common
            .chain(own)
            .chain(FINDING_FIELDS.into_iter().filter(|_| meta.is_none()));
        let hint = nearest(word, known).map_or_else(
            || "docs/panes.md lists the columns".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        CliError::unusable(format!(
            "{option}: there is no column `{}` here: {hint}",
            text::printable(word)
        ))
    })
}
