//! The layers over the page: sheets, the filter line, the palette, dialogs.

use super::{
    contributors::ContributorsSheet,
    journal::{EntrySheet, JournalSheet},
    palette::Palette,
};
use crate::domain::{Record, ResourceKey};
use crate::screen::{
    dialogs::Dialog,
    input::{keymap::Context, text_field::TextField},
};
use std::sync::Arc;

/// A layer over the page. The last one takes the keys.
#[derive(Clone, Debug)]
pub enum Layer {
    /// All fields of one resource.
    Details(Sheet),
    /// The findings about a resource: rule, evidence, arithmetic, fix, saving.
    Why(Sheet),
    /// Keys and actions, generated.
    Help(Help),
    /// The errors list.
    Errors(Scroll),
    /// The forecast: budgets, discounts, reconciliation, coverage.
    Forecast(Scroll),
    /// The cost of watching.
    Watch(Scroll),
    /// Billed resources without a known price.
    Unpriced(Scroll),
    /// The journal.
    Journal(JournalSheet),
    /// One entry of the journal.
    JournalEntry(EntrySheet),
    /// The plans of this run with the result of each target.
    Activity(Scroll),
    /// The contributors of an anomaly.
    Contributors(Box<ContributorsSheet>),
    /// The filter line of the focused table.
    Filter(FilterLine),
    /// The command palette.
    Palette(Palette),
    /// A question.
    Dialog(Dialog),
}

impl Layer {
    /// The keymap contexts that take the keys, nearest first.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Details(_) | Self::Why(_) | Self::Contributors(_) => {
                &[Context::Table, Context::Global]
            }
            Self::Help(_)
            | Self::Errors(_)
            | Self::Forecast(_)
            | Self::Watch(_)
            | Self::Unpriced(_)
            | Self::Activity(_) => &[Context::Global],
            Self::Journal(sheet) if sheet.typing => &[Context::Input],
            Self::Journal(_) | Self::JournalEntry(_) => &[Context::Journal, Context::Global],
            Self::Filter(_) | Self::Palette(_) => &[Context::Input],
            Self::Dialog(dialog) => dialog.contexts(),
        }
    }

    /// The text field that takes typed and pasted text.
    pub fn field(&mut self) -> Option<&mut TextField> {
        match self {
            Self::Filter(line) => Some(&mut line.field),
            Self::Palette(palette) => Some(&mut palette.field),
            Self::Journal(sheet) if sheet.typing => Some(&mut sheet.filter),
            Self::Dialog(dialog) => dialog.field(),
            _ => None,
        }
    }

    /// Its scroll offset; `None` if it does not scroll.
    pub fn scroll(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Details(sheet) | Self::Why(sheet) => Some(&mut sheet.scroll),
            Self::Help(help) => Some(&mut help.scroll),
            Self::Errors(scroll)
            | Self::Forecast(scroll)
            | Self::Watch(scroll)
            | Self::Unpriced(scroll)
            | Self::Activity(scroll) => Some(scroll),
            Self::Journal(sheet) => Some(&mut sheet.scroll),
            Self::JournalEntry(sheet) => Some(&mut sheet.scroll),
            Self::Dialog(Dialog::Confirm(confirm)) => Some(&mut confirm.scroll),
            Self::Filter(_) | Self::Palette(_) | Self::Contributors(_) | Self::Dialog(_) => None,
        }
    }
}

/// Lines that are scrolled out at the top. Kept within `crate::screen::view::layout::overflow`.
pub type Scroll = usize;

/// A sheet about one resource.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The resource.
    pub key: ResourceKey,
    /// The last known record; it stays when the resource is gone.
    pub record: Arc<Record>,
    /// Whether the resource no longer exists.
    pub gone: bool,
    /// The scroll offset.
    pub scroll: Scroll,
}

/// The help sheet.
#[derive(Clone, Debug)]
pub struct Help {
    /// The contexts that took the keys when help was opened: their keys come first.
    pub contexts: &'static [Context],
    /// The scroll offset.
    pub scroll: Scroll,
}

/// The filter line: a valid filter applies while one types.
#[derive(Clone, Debug)]
pub struct FilterLine {
    /// The text.
    pub field: TextField,
    /// The filter before, for Esc.
    pub before: String,
    /// The completions being cycled.
    pub completion: Option<Completion>,
}

/// The completions of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The lines.
    pub options: Vec<String>,
    /// The index of the current one.
    pub at: usize,
}
