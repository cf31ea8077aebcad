//! What can lie over the page: sheets to read, the filter line, the palette, dialogs.

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

/// Something on top of the page. The last one has the keys.
#[derive(Clone, Debug)]
pub enum Layer {
    /// All fields of one resource.
    Details(Sheet),
    /// Why a resource is called waste: rule, evidence, arithmetic, fix, saving.
    Why(Sheet),
    /// Keys and actions, generated.
    Help(Help),
    /// What failed.
    Errors(Scroll),
    /// Where the month is heading: budgets, discounts, reconciliation, coverage.
    Outlook(Scroll),
    /// What is billed at a price that is not known.
    Unpriced(Scroll),
    /// What was done.
    Journal(JournalSheet),
    /// One deed of the journal in full.
    Deed(EntrySheet),
    /// The plans of this run, with what came of each target.
    Deeds(Scroll),
    /// Who may be to blame for an anomaly.
    Suspects(Box<ContributorsSheet>),
    /// The filter line of the focused table.
    Filter(FilterLine),
    /// The command palette.
    Palette(Palette),
    /// A question.
    Dialog(Dialog),
}

impl Layer {
    /// Which part of the keymap has the keys, nearest first.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Details(_) | Self::Why(_) | Self::Suspects(_) => {
                &[Context::Table, Context::Global]
            }
            Self::Help(_)
            | Self::Errors(_)
            | Self::Outlook(_)
            | Self::Unpriced(_)
            | Self::Deeds(_) => &[Context::Global],
            Self::Journal(sheet) if sheet.typing => &[Context::Input],
            Self::Journal(_) | Self::Deed(_) => &[Context::Journal, Context::Global],
            Self::Filter(_) | Self::Palette(_) => &[Context::Input],
            Self::Dialog(dialog) => dialog.contexts(),
        }
    }

    /// The text field that takes what is typed and pasted.
    pub fn field(&mut self) -> Option<&mut TextField> {
        match self {
            Self::Filter(line) => Some(&mut line.field),
            Self::Palette(palette) => Some(&mut palette.field),
            Self::Journal(sheet) if sheet.typing => Some(&mut sheet.filter),
            Self::Dialog(dialog) => dialog.field(),
            _ => None,
        }
    }

    /// How far it is scrolled, if it has lines to read.
    pub fn scroll(&mut self) -> Option<&mut Scroll> {
        match self {
            Self::Details(sheet) | Self::Why(sheet) => Some(&mut sheet.scroll),
            Self::Help(help) => Some(&mut help.scroll),
            Self::Errors(scroll)
            | Self::Outlook(scroll)
            | Self::Unpriced(scroll)
            | Self::Deeds(scroll) => Some(scroll),
            Self::Journal(sheet) => Some(&mut sheet.scroll),
            Self::Deed(sheet) => Some(&mut sheet.scroll),
            Self::Dialog(Dialog::Confirm(confirm)) => Some(&mut confirm.scroll),
            Self::Filter(_) | Self::Palette(_) | Self::Suspects(_) | Self::Dialog(_) => None,
        }
    }
}

/// Lines that are scrolled out at the top. Kept within [`crate::screen::view::layout::overflow`].
pub type Scroll = usize;

/// A sheet about one resource.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Whose.
    pub key: ResourceKey,
    /// The resource as last known: it stays when the resource is gone.
    pub record: Arc<Record>,
    /// The resource is no longer there.
    pub gone: bool,
    /// Scrolled by.
    pub scroll: Scroll,
}

/// The help sheet.
#[derive(Clone, Debug)]
pub struct Help {
    /// The contexts that had the keys when help was asked for: their keys come first.
    pub contexts: &'static [Context],
    /// Scrolled by.
    pub scroll: Scroll,
}

/// The filter line: what is typed is applied at once if it can be read.
#[derive(Clone, Debug)]
pub struct FilterLine {
    /// The text.
    pub field: TextField,
    /// The filter as it was, for Esc.
    pub before: String,
    /// Completions being gone through.
    pub completion: Option<Completion>,
}

/// Whole lines to choose from while completing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The lines.
    pub options: Vec<String>,
    /// The place of the one shown.
    pub at: usize,
}
