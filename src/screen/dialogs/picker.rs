//! One of a list, or several of it: sort field, regions, profiles, theme, file format.

use super::super::export::Format;
use super::around;
use crate::domain::{Feedback, Operation, ResourceKey};
use std::sync::Arc;

/// What is chosen.
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
    /// What an anomaly is, for AWS.
    Feedback(Operation),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickerItem {
    /// The word that is chosen: field id, region code, theme name.
    pub id: Arc<str>,
    /// How it is called.
    pub label: String,
    /// What it is, in dim text.
    pub note: String,
    /// Chosen.
    pub on: bool,
}

/// A list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// What is chosen.
    pub pick: PickerPurpose,
    /// Its question.
    pub title: &'static str,
    /// The lines.
    pub items: Vec<PickerItem>,
    /// The place of the cursor.
    pub cursor: usize,
    /// Several can be chosen.
    pub several: bool,
    /// The resources it is about, where it is about any.
    pub targets: Vec<ResourceKey>,
}

impl Picker {
    /// Asks `title`; the cursor starts on the first chosen line.
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

    /// What to tell AWS about the anomalies `targets`.
    pub fn feedback(
        operation: Operation,
        targets: Vec<ResourceKey>,
        given: Option<Feedback>,
    ) -> Self {
        let item = |one: Feedback| PickerItem {
            id: one.id().into(),
            label: one.id().to_lowercase().replace('_', " "),
            note: one.doc().to_owned(),
            on: given == Some(one),
        };
        Self {
            cursor: 0,
            targets,
            ..Self::new(
                PickerPurpose::Feedback(operation),
                "Is it an anomaly?",
                Feedback::ALL.map(item).into(),
            )
        }
    }

    /// The list of file formats.
    pub fn formats() -> Self {
        let items = Format::ALL
            .iter()
            .map(|format| PickerItem {
                id: format.id().into(),
                label: format.id().to_owned(),
                note: format.doc().to_owned(),
                on: false,
            })
            .collect();
        Self::new(PickerPurpose::Export, "Export this view as", items)
    }
}
