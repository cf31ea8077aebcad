//! The dialog of scheduled scaling: hours, and counts inside and outside of them.

use super::super::input::text_field::TextField;
use crate::domain::ops;
use crate::domain::{
    ApiCall, Operation, Record, ResourceKey, UsdPerHour, WeeklySchedule,
    action::{Capability, ScheduledAction},
};
use crate::screen::notices::input_errors;
use std::sync::Arc;

/// Asks for hours and counts before a schedule plan is made.
#[derive(Clone, Debug)]
pub struct ScheduledScalingInput {
    /// The operation that takes the input.
    pub operation: Operation,
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// The hours that the metrics of the first row suggest.
    pub suggested: WeeklySchedule,
    /// The desired count now, summed over all targets.
    pub now: u32,
    /// The smallest count that AWS accepts on all targets.
    pub minimum: u32,
    /// List price of one in each target, the sum; `None` if one is unpriced.
    pub per_unit: Option<UsdPerHour>,
    /// List price of the desired count now; `None` if one is unpriced.
    pub rate: Option<UsdPerHour>,
    /// The largest maximum capacity of a target now.
    pub most: u32,
    /// The answer. Starts with the suggestion.
    pub field: TextField,
    /// The error in the answer.
    pub error: Option<String>,
}

impl ScheduledScalingInput {
    /// Asks for the hours of the `records` that support it; `None` if none does.
    pub fn new(operation: Operation, records: &[Arc<Record>]) -> Option<Self> {
        let mut ask: Option<Self> = None;
        for record in records {
            let head = &record.head;
            let Some(Capability::Hours {
                suggested,
                minimum,
                per_unit,
                call,
            }) = head.capability(operation).known().copied()
            else {
                continue;
            };
            let count = head.compute.as_ref().map_or(0, |compute| compute.desired);
            let most = if let ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
                limits,
                ..
            }) = call
            {
                limits.1
            } else {
                0
            };
            let ask = ask.get_or_insert_with(|| Self {
                operation,
                targets: Vec::new(),
                names: Vec::new(),
                suggested: *suggested,
                now: 0,
                minimum: 0,
                per_unit: Some(UsdPerHour::ZERO),
                rate: Some(UsdPerHour::ZERO),
                most: 0,
                field: TextField::new(&suggested.to_string()),
                error: None,
            });
            ask.targets.push(head.key.clone());
            ask.names.push(head.name.clone());
            ask.now += count;
            ask.minimum = ask.minimum.max(*minimum);
            ask.most = ask.most.max(most);
            ask.per_unit = ask.per_unit.zip(*per_unit).map(|(sum, unit)| sum + unit);
            ask.rate = ask
                .rate
                .zip(*per_unit)
                .map(|(sum, unit)| sum + unit * f64::from(count));
        }
        ask
    }

    /// The typed hours, or the error in them.
    pub fn schedule(&self) -> Result<WeeklySchedule, String> {
        let typed = WeeklySchedule::parse(self.field.text())?;
        if typed.inside.min(typed.outside) < self.minimum {
            return Err(input_errors::too_few(self.minimum));
        }
        Ok(typed)
    }

    /// Dollars per hour that the typed hours save, as a weekly mean (negative: cost); `None` if a
    /// price is unknown.
    pub fn saves(&self) -> Option<UsdPerHour> {
        let typed = self.schedule().ok()?;
        let rate = self.rate?;
        Some(UsdPerHour(rate.0 - (self.per_unit? * typed.mean()).0))
    }

    /// The two scheduled actions of the typed hours.
    pub fn scheduled_actions(&self) -> Option<[ScheduledAction; 2]> {
        let typed = self.schedule().ok()?;
        Some(ScheduledAction::of(
            &typed,
            self.most.max(typed.inside).max(typed.outside),
        ))
    }
}
