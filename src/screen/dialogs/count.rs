//! The input of a count of instances or copies.

use super::super::input::text_field::TextField;
use crate::domain::{Operation, Record, ResourceKey, UsdPerHour, action::Capability};
use crate::screen::notices::{dialogs as wording, input_errors};
use std::{collections::HashSet, sync::Arc};

/// The largest accepted count, against typing errors.
const MAX: u32 = 10_000;

/// Asks for a count before a scale plan is made.
#[derive(Clone, Debug)]
pub struct CountInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names of the first few, for the title.
    pub names: Vec<Arc<str>>,
    /// `instances`, `copies`; both words if the targets differ.
    pub unit: &'static str,
    /// The desired counts now, lowest and highest.
    pub now: (u32, u32),
    /// The smallest count that AWS accepts on all targets.
    pub minimum: u32,
    /// The suggested count, if it is the same for all.
    pub suggested: Option<u32>,
    /// List price of one more, the sum over all targets; `None` if one is unpriced.
    pub per_unit: Option<UsdPerHour>,
    /// The answer. Starts with the suggestion, else with the present count.
    pub field: TextField,
    /// The error in the answer.
    pub error: Option<String>,
}

impl CountInput {
    /// Asks for the count of the `records` that support it; `None` if none does.
    pub fn new(operation: Operation, records: &[Arc<Record>]) -> Option<Self> {
        let mut ask: Option<Self> = None;
        let mut parts = HashSet::new();
        for record in records {
            let head = &record.head;
            let Some(capability) = head.capability(operation).known().copied() else {
                continue;
            };
            let Capability::Count {
                unit,
                minimum,
                suggested,
                per_unit,
                shared,
                ..
            } = capability
            else {
                continue;
            };
            // Of rows that share one count, the dialog uses the first.
            if let Some(shared) = shared
                && !parts.insert((
                    head.key.account.clone(),
                    head.key.region.clone(),
                    shared.name.clone(),
                ))
            {
                continue;
            }
            let count =
                capability.desired(head.compute.as_ref().map_or(0, |compute| compute.desired));
            let input = ask.get_or_insert_with(|| Self {
                operation,
                targets: Vec::new(),
                names: Vec::new(),
                unit,
                now: (count, count),
                minimum: *minimum,
                suggested: *suggested,
                per_unit: Some(UsdPerHour::ZERO),
                field: TextField::default(),
                error: None,
            });
            input.targets.push(head.key.clone());
            input.names.push(head.name.clone());
            if input.unit != *unit {
                input.unit = wording::INSTANCES_OR_COPIES;
            }
            input.now = (input.now.0.min(count), input.now.1.max(count));
            input.minimum = input.minimum.max(*minimum);
            input.suggested = input.suggested.filter(|other| Some(*other) == *suggested);
            input.per_unit = input.per_unit.zip(*per_unit).map(|(a, b)| a + b);
        }
        let mut ask = ask?;
        ask.field
            .set(&ask.suggested.unwrap_or(ask.now.0).to_string());
        Some(ask)
    }

    /// The typed count, or the error in it.
    pub fn count(&self) -> Result<u32, String> {
        let text = self.field.text().trim();
        match text.parse::<u32>() {
            Ok(count) if count < self.minimum => Err(input_errors::too_few(self.minimum)),
            Ok(count) if count > MAX => Err(input_errors::too_many(MAX)),
            Ok(count) if self.now == (count, count) => {
                Err(input_errors::unchanged(&count.to_string()))
            }
            Ok(count) => Ok(count),
            Err(_) if text.is_empty() => Err(input_errors::NO_COUNT.to_owned()),
            Err(_) => Err(input_errors::not_a_number(text)),
        }
    }

    /// Adds `by` to the count.
    pub fn step(&mut self, by: i32) {
        let count = self
            .field
            .text()
            .trim()
            .parse::<u32>()
            .unwrap_or(self.now.0);
        self.field.set(
            &count
                .saturating_add_signed(by)
                .clamp(self.minimum.min(MAX), MAX)
                .to_string(),
        );
        self.error = None;
    }

    /// Dollars per hour that the typed count saves (negative: cost); `None` if a price is unknown.
    pub fn saves(&self) -> Option<UsdPerHour> {
        let count = self.field.text().trim().parse::<u32>().ok()?;
        (self.now.0 == self.now.1).then_some(())?;
        Some(self.per_unit? * (f64::from(self.now.0) - f64::from(count)))
    }
}
