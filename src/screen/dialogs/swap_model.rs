//! The dialog of a model swap.

use super::super::input::text_field::TextField;
use super::around;
use crate::domain::{Operation, Record, ResourceKey, action::Capability};
use crate::screen::notices::input_errors;
use std::sync::Arc;

/// The state of the dialog.
#[derive(Clone, Debug)]
pub struct SwapModelInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// The distinct models that serve now.
    pub now: Vec<Arc<str>>,
    /// Custom models of the account that are known to fit all targets.
    pub known: Vec<Arc<str>>,
    /// The model in the field; `None`: typed text.
    pub cursor: Option<usize>,
    /// The answer: an ARN or an id. Starts empty, so that enter alone swaps nothing.
    pub field: TextField,
    /// The error in the answer.
    pub error: Option<String>,
}

impl SwapModelInput {
    /// Asks for the model of the `records` that support it; `None` if none does.
    pub fn new(operation: Operation, records: &[Arc<Record>]) -> Option<Self> {
        let mut ask: Option<Self> = None;
        for record in records {
            let head = &record.head;
            let Some(Capability::Model { now, known, .. }) =
                head.capability(operation).known().copied()
            else {
                continue;
            };
            let ask = ask.get_or_insert_with(|| Self {
                operation,
                targets: Vec::new(),
                names: Vec::new(),
                now: Vec::new(),
                known: known.clone(),
                cursor: None,
                field: TextField::default(),
                error: None,
            });
            ask.targets.push(head.key.clone());
            ask.names.push(head.name.clone());
            if !ask.now.contains(now) {
                ask.now.push(now.clone());
            }
            ask.known.retain(|model| known.contains(model));
        }
        ask
    }

    /// The typed model, or the error in it.
    pub fn model(&self) -> Result<Arc<str>, String> {
        let text = self.field.text().trim();
        let is_word = |c: char| c.is_ascii_alphanumeric() || ":/._-".contains(c);
        match text {
            "" => Err(input_errors::NO_MODEL.to_owned()),
            text if !text.chars().all(is_word) => Err(input_errors::NOT_A_MODEL.to_owned()),
            text if text.starts_with("arn:") && !text.contains(":custom-model/") => {
                Err(input_errors::NOT_A_CUSTOM_MODEL.to_owned())
            }
            text => Ok(text.into()),
        }
    }

    /// Puts the next or previous known model into the field.
    pub fn step(&mut self, by: isize) {
        if self.known.is_empty() {
            return;
        }
        let at = self
            .cursor
            .map_or(if by < 0 { self.known.len() - 1 } else { 0 }, |at| {
                around(at, by, self.known.len())
            });
        self.cursor = Some(at);
        self.field.set(&self.known[at].clone());
        self.error = None;
    }
}
