//! The input of the autoscaling limits: minimum and maximum capacity.

use super::super::input::text_field::TextField;
use crate::domain::{Operation, Record, ResourceKey, UsdPerHour, action::Capability};
use crate::screen::notices::{dialogs as wording, input_errors};
use std::sync::Arc;

/// The largest accepted limit, against typing errors.
const MAX: u32 = 10_000;

/// The state of the dialog.
#[derive(Clone, Debug)]
pub struct AutoscalingLimitsInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// `instances`, `copies`; both words if the targets differ.
    pub unit: &'static str,
    /// The present limits of each target.
    pub now: Vec<(u32, u32)>,
    /// The desired count of each target.
    pub desired: Vec<u32>,
    /// The smallest minimum that AWS accepts on all targets.
    pub minimum: u32,
    /// List price of one more instance or copy in each target.
    pub per_unit: Vec<Option<UsdPerHour>>,
    /// The answer: `2-6`. Starts with the limits of the first target.
    pub field: TextField,
    /// The error in the answer.
    pub error: Option<String>,
}

impl AutoscalingLimitsInput {
    /// Asks for the limits of the `records` that support it; `None` if none does.
    pub fn new(operation: Operation, records: &[Arc<Record>]) -> Option<Self> {
        let mut ask: Option<Self> = None;
        for record in records {
            let head = &record.head;
            let Some(Capability::Limits {
                target: scaled,
                now,
                minimum,
                per_unit,
            }) = head.capability(operation).known().copied()
            else {
                continue;
            };
            let ask = ask.get_or_insert_with(|| Self {
                operation,
                targets: Vec::new(),
                names: Vec::new(),
                unit: scaled.unit(),
                now: Vec::new(),
                desired: Vec::new(),
                minimum: 0,
                per_unit: Vec::new(),
                field: TextField::new(&format!("{}-{}", now.0, now.1)),
                error: None,
            });
            ask.targets.push(head.key.clone());
            ask.names.push(head.name.clone());
            ask.unit = if ask.unit == scaled.unit() {
                ask.unit
            } else {
                wording::INSTANCES_OR_COPIES
            };
            ask.now.push(*now);
            ask.desired
                .push(head.compute.as_ref().map_or(0, |compute| compute.desired));
            ask.minimum = ask.minimum.max(*minimum);
            ask.per_unit.push(*per_unit);
        }
        ask
    }

    /// The typed limits, or the error in them.
    pub fn limits(&self) -> Result<(u32, u32), String> {
        let (min, max) = parse(self.field.text())?;
        if min < self.minimum {
            return Err(input_errors::too_few(self.minimum));
        }
        if max > MAX {
            return Err(input_errors::too_many(MAX));
        }
        if self.now.iter().all(|now| *now == (min, max)) {
            return Err(input_errors::unchanged(&format!("{min}-{max}")));
        }
        Ok((min, max))
    }

    /// Adds `by` to the maximum.
    pub fn step(&mut self, by: i32) {
        let (min, max) = parse(self.field.text())
            .ok()
            .or_else(|| self.now.first().copied())
            .unwrap_or((self.minimum, self.minimum));
        let max = max.saturating_add_signed(by).clamp(min, MAX.max(min));
        self.field.set(&format!("{min}-{max}"));
        self.error = None;
    }

    /// Dollars per hour that the typed limits save now (negative: cost); `None` if a price is
    /// unknown.
    pub fn saves(&self) -> Option<UsdPerHour> {
        let (min, max) = self.limits().ok()?;
        let one = |(desired, unit): (&u32, &Option<UsdPerHour>)| {
            let after = (*desired).clamp(min, max);
            unit.map(|unit| unit * (f64::from(*desired) - f64::from(after)))
        };
        self.desired.iter().zip(&self.per_unit).map(one).sum()
    }
}

/// `2-6`, `2 6`, `2..6`; one count is both.
pub fn parse(text: &str) -> Result<(u32, u32), String> {
    let parts: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let count = |part: &str| {
        part.parse::<u32>()
            .map_err(|_| input_errors::not_a_number(part))
    };
    match parts.as_slice() {
        [] => Err(input_errors::NO_LIMITS.to_owned()),
        [both] => count(both).map(|both| (both, both)),
        [min, max] => {
            let (min, max) = (count(min)?, count(max)?);
            if min > max {
                Err(input_errors::min_above_max(min, max))
            } else {
                Ok((min, max))
            }
        }
        _ => Err(input_errors::TOO_MANY_COUNTS.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_parse_in_every_spelling() {
        for (text, read) in [
            ("2-6", Ok((2, 6))),
            (" 2 6 ", Ok((2, 6))),
            ("2..6", Ok((2, 6))),
            ("4", Ok((4, 4))),
            ("0-1", Ok((0, 1))),
            ("", Err("type minimum-maximum, for example 2-6")),
            ("6-2", Err("6 is more than 2")),
            ("2-x", Err("`x` is not a whole number")),
            ("1-2-3", Err("type only minimum-maximum, for example 2-6")),
        ] {
            assert_eq!(parse(text), read.map_err(str::to_owned), "{text}");
        }
    }
}
