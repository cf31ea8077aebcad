//! How many instances or copies?

use super::super::input::text_field::TextField;
use crate::domain::{Operation, Record, ResourceKey, UsdPerHour, action::Capability};
use std::{collections::HashSet, sync::Arc};

/// The most that is accepted, against a slipped finger.
const MOST: u32 = 10_000;

/// Asks for a count before a scale plan is made.
#[derive(Clone, Debug)]
pub struct CountInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// Whose count.
    pub targets: Vec<ResourceKey>,
    /// Names of the first few, for the title.
    pub names: Vec<Arc<str>>,
    /// `instances`, `copies`; both words if the targets differ.
    pub unit: &'static str,
    /// Counts asked for at present, lowest and highest.
    pub now: (u32, u32),
    /// The fewest that AWS takes, over all targets.
    pub minimum: u32,
    /// What the metrics suggest, if they suggest the same for all.
    pub suggested: Option<u32>,
    /// List price of one more, the sum over all targets; `None` if one is unpriced.
    pub per_unit: Option<UsdPerHour>,
    /// The answer. Starts with the suggestion, else with the present count.
    pub field: TextField,
    /// What is wrong with the answer.
    pub error: Option<String>,
}

impl CountInput {
    /// Asks for the count of those `records` that offer it; `None` if none does.
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
            // Rows that are parts of one thing are asked about once.
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
            match &mut ask {
                None => {
                    ask = Some(Self {
                        operation,
                        targets: vec![head.key.clone()],
                        names: vec![head.name.clone()],
                        unit,
                        now: (count, count),
                        minimum: *minimum,
                        suggested: *suggested,
                        per_unit: *per_unit,
                        field: TextField::default(),
                        error: None,
                    });
                }
                Some(ask) => {
                    ask.targets.push(head.key.clone());
                    ask.names.push(head.name.clone());
                    ask.unit = if ask.unit == *unit {
                        ask.unit
                    } else {
                        "instances or copies"
                    };
                    ask.now = (ask.now.0.min(count), ask.now.1.max(count));
                    ask.minimum = ask.minimum.max(*minimum);
                    ask.suggested = ask.suggested.filter(|seen| Some(*seen) == *suggested);
                    ask.per_unit = ask.per_unit.zip(*per_unit).map(|(a, b)| a + b);
                }
            }
        }
        let mut ask = ask?;
        ask.field
            .set(&ask.suggested.unwrap_or(ask.now.0).to_string());
        Some(ask)
    }

    /// The count typed, or what is wrong with it.
    pub fn count(&self) -> Result<u32, String> {
        let text = self.field.text().trim();
        match text.parse::<u32>() {
            Ok(count) if count < self.minimum => {
                Err(format!("AWS takes at least {} here", self.minimum))
            }
            Ok(count) if count > MOST => Err(format!("more than {MOST} is surely a slip")),
            Ok(count) if self.now == (count, count) => Err(format!("already {count}")),
            Ok(count) => Ok(count),
            Err(_) if text.is_empty() => Err("type a number".to_owned()),
            Err(_) => Err(format!("`{text}` is not a whole number")),
        }
    }

    /// One more or one less.
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
                .clamp(self.minimum.min(MOST), MOST)
                .to_string(),
        );
        self.error = None;
    }

    /// Dollars per hour saved by the count typed (negative: added), if all is known.
    pub fn saves(&self) -> Option<UsdPerHour> {
        let count = self.field.text().trim().parse::<u32>().ok()?;
        (self.now.0 == self.now.1).then_some(())?;
        Some(self.per_unit? * (f64::from(self.now.0) - f64::from(count)))
    }
}
