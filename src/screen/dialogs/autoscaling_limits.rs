//! Fewest and most that autoscaling may run?

use super::super::input::text_field::TextField;
use crate::domain::{Operation, Record, ResourceKey, UsdPerHour, action::Capability};
use std::sync::Arc;

/// The most that is accepted, against a slipped finger.
const MOST: u32 = 10_000;

/// Asks for two counts before a plan of bounds is made.
#[derive(Clone, Debug)]
pub struct AutoscalingLimitsInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// Whose bounds.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// `instances`, `copies`; both words if the targets differ.
    pub unit: &'static str,
    /// What holds now, of each target.
    pub now: Vec<(u32, u32)>,
    /// What is asked for now, of each target.
    pub desired: Vec<u32>,
    /// The fewest that AWS takes, over all targets.
    pub minimum: u32,
    /// List price of one more in each target.
    pub per_unit: Vec<Option<UsdPerHour>>,
    /// The answer: `2-6`. Starts with what holds for the first.
    pub field: TextField,
    /// What is wrong with the answer.
    pub error: Option<String>,
}

impl AutoscalingLimitsInput {
    /// Asks for the bounds of those `records` that offer it; `None` if none does.
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
                "instances or copies"
            };
            ask.now.push(*now);
            ask.desired
                .push(head.compute.as_ref().map_or(0, |compute| compute.desired));
            ask.minimum = ask.minimum.max(*minimum);
            ask.per_unit.push(*per_unit);
        }
        ask
    }

    /// The bounds typed, or what is wrong with them.
    pub fn bounds(&self) -> Result<(u32, u32), String> {
        let (least, most) = parse(self.field.text())?;
        if least < self.minimum {
            return Err(format!("AWS takes at least {} here", self.minimum));
        }
        if most > MOST {
            return Err(format!("more than {MOST} is surely a slip"));
        }
        if self.now.iter().all(|now| *now == (least, most)) {
            return Err(format!("already {least}-{most}"));
        }
        Ok((least, most))
    }

    /// One more or one less at the upper end.
    pub fn step(&mut self, by: i32) {
        let (least, most) = parse(self.field.text())
            .ok()
            .or_else(|| self.now.first().copied())
            .unwrap_or((self.minimum, self.minimum));
        let most = most.saturating_add_signed(by).clamp(least, MOST.max(least));
        self.field.set(&format!("{least}-{most}"));
        self.error = None;
    }

    /// Dollars per hour saved at once by the bounds typed (negative: added), if all is known.
    pub fn saves(&self) -> Option<UsdPerHour> {
        let (least, most) = self.bounds().ok()?;
        let one = |(desired, unit): (&u32, &Option<UsdPerHour>)| {
            let after = (*desired).clamp(least, most);
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
            .map_err(|_| format!("`{part}` is not a whole number"))
    };
    match parts.as_slice() {
        [] => Err("type two counts: 2-6".to_owned()),
        [both] => count(both).map(|both| (both, both)),
        [least, most] => {
            let (least, most) = (count(least)?, count(most)?);
            if least > most {
                Err(format!("{least} is more than {most}"))
            } else {
                Ok((least, most))
            }
        }
        _ => Err("two counts only: 2-6".to_owned()),
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
            ("", Err("type two counts: 2-6")),
            ("6-2", Err("6 is more than 2")),
            ("2-x", Err("`x` is not a whole number")),
            ("1-2-3", Err("two counts only: 2-6")),
        ] {
            assert_eq!(parse(text), read.map_err(str::to_owned), "{text}");
        }
    }
}
