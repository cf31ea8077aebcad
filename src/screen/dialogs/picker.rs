//! A list with one or several choices: sort field, regions, profiles, theme, file format.

use super::super::export::ExportFormat;
use super::around;
use crate::domain::{AnomalyFeedback, Operation, ResourceKey};
use crate::screen::notices::dialogs as wording;
use std::sync::Arc;

/// The purpose of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PickerPurpose {
    /// The field the focused table is sorted by.
    Sort,
    /// The regions shown (several).
    Regions,
    /// The profiles shown (several).
    Profiles,
    /// The theme.
    Theme,
    /// The format of the exported file.
    Export,
    /// The feedback about an anomaly.
    Feedback(Operation),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerItem {
    /// The chosen word: field id, region code, theme name.
    pub id: Arc<str>,
    /// Its label.
    pub label: String,
    /// Its description, in dim text.
    pub note: String,
    /// Whether it is chosen.
    pub on: bool,
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// The purpose of the list.
    pub pick: PickerPurpose,
    /// Its title.
    pub title: &'static str,
    /// The lines.
    pub items: Vec<PickerItem>,
    /// The place of the cursor.
    pub cursor: usize,
    /// Several can be chosen.
    pub several: bool,
    /// The resources it is about, if any.
    pub targets: Vec<ResourceKey>,
}

impl Picker {
    /// A list with this title; the cursor starts on the first chosen line.
    pub fn new(pick: PickerPurpose, title: &'static str, items: Vec<PickerItem>) -> Self {
        let cursor = items.iter().position(|item| item.on).unwrap_or(0);
        Self {
            pick,
            title,
            items,
            cursor,
            several: matches!(pick, PickerPurpose::Regions | PickerPurpose::Profiles),
            targets: Vec::new(),
        }
    }

    /// Up or down, around the ends.
    pub fn step(&mut self, by: isize) {
        self.cursor = around(self.cursor, by, self.items.len());
    }

    /// Marks or unmarks the line under the cursor.
    pub fn toggle(&mut self) {
        if let Some(item) = self.items.get_mut(self.cursor).filter(|_| self.several) {
            item.on = !item.on;
        }
    }

    /// The ids chosen: those that are on where several can be chosen (all on or none on: empty,
    /// which means all), else the one under the cursor.
    pub fn chosen(&self) -> Vec<Arc<str>> {
        if !self.several {
            return self
                .items
                .get(self.cursor)
                .map(|item| item.id.clone())
                .into_iter()
                .collect();
        }
        let on: Vec<_> = self
            .items
            .iter()
            .filter(|item| item.on)
            .map(|item| item.id.clone())
            .collect();
        if on.len() == self.items.len() {
            Vec::new()
        } else {
            on
        }
    }

    /// The list of answers about anomalies; `current` is the feedback that AWS has.
    pub fn feedback(operation: Operation, current: Option<AnomalyFeedback>) -> Self {
        let item = |one: AnomalyFeedback| PickerItem {
            id: one.id().into(),
            label: one.id().to_lowercase().replace('_', " "),
            note: one.doc().to_owned(),
            on: current == Some(one),
        };
        Self {
            cursor: 0,
            ..Self::new(
                PickerPurpose::Feedback(operation),
                wording::FEEDBACK_TITLE,
                AnomalyFeedback::ALL.map(item).into(),
            )
        }
    }

    /// The list of file formats.
    pub fn formats() -> Self {
        let items = ExportFormat::ALL
            .iter()
            .map(|format| PickerItem {
                id: format.id().into(),
                label: format.id().to_owned(),
                note: format.doc().to_owned(),
                on: false,
            })
            .collect();
        Self::new(PickerPurpose::Export, wording::EXPORT_TITLE, items)
    }
}
