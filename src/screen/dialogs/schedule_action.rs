//! The dialog that schedules an operation: the operation, its time, and its executor, which is this
//! console or a policy engine that reads tags.

use super::super::{input::text_field::TextField, notices::reasons};
use super::{around, keys_of, names_of};
use crate::domain::Input;
use crate::domain::{
    ActionRequest, Capability, Operation, Reason, Record, ResourceKey, ScheduledPlan, Tags,
    Timestamp, UsdPerHour, WeeklySchedule,
    action::{
        off_hours::{self, MarkAt, OffHoursKeys},
        setting::TagRoute,
    },
    time::when,
};
use crate::screen::notices::{dialogs as wording, input_errors};
use jiff::tz::TimeZone;
use std::sync::Arc;

/// The executor of a scheduled operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleExecutor {
    /// This console, if it is running then.
    Console,
    /// A policy engine, once, at a marked time.
    Mark,
    /// A policy engine, every day, by off-hours.
    Hours,
}

impl ScheduleExecutor {
    /// All executors, in the order of the dialog.
    pub const ALL: [Self; 3] = [Self::Console, Self::Mark, Self::Hours];
}

/// The state of the dialog.
#[derive(Clone, Debug)]
pub struct ScheduleActionInput {
    /// The rows.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// Operations without further input that at least one of the rows supports.
    pub operations: Vec<Operation>,
    /// Index of the selected entry in `operations`.
    pub operation: usize,
    /// The executor.
    pub executor: ScheduleExecutor,
    /// The time, or the hours in which the resource runs.
    pub field: TextField,
    /// The error in the field.
    pub error: Option<String>,
    /// Operations that are already scheduled for the rows.
    pub scheduled: Vec<ScheduledPlan>,
    /// List price of all; `None` if one is unpriced.
    pub rate: Option<UsdPerHour>,
    /// The APIs that write the tags of the targets, as far as they can be tagged.
    pub routes: Vec<TagRoute>,
}

/// The result of the dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleChoice {
    /// A request at a time, by this console.
    AtTime(ActionRequest, Timestamp),
    /// A request that writes a tag now.
    Tag(ActionRequest),
}

impl ScheduleActionInput {
    /// Asks about `records`; the error is the reason why no operation is available.
    pub fn new(records: &[Arc<Record>], scheduled: Vec<ScheduledPlan>) -> Result<Self, Reason> {
        let actions = |operation: &Operation| {
            records
                .iter()
                .any(|record| record.head.capability(*operation).known().is_some())
        };
        let operations: Vec<Operation> = Operation::ALL
            .iter()
            .copied()
            .filter(|operation| operation.complete_request().is_some())
            .filter(actions)
            .collect();
        if operations.is_empty() {
            let why = records
                .first()
                .and_then(|record| record.head.capability(Operation::Stop).why().cloned());
            return Err(why.unwrap_or_else(reasons::gone));
        }
        let operation = scheduled
            .first()
            .and_then(|later| {
                operations
                    .iter()
                    .position(|operation| *operation == later.operation())
            })
            .unwrap_or(0);
        let route = |record: &Arc<Record>| match record.head.capability(Operation::Tag).known() {
            Some(Capability::Tags(route)) => Some(route.clone()),
            _ => None,
        };
        Ok(Self {
            targets: keys_of(records),
            names: names_of(records),
            operations,
            operation,
            executor: ScheduleExecutor::Console,
            field: TextField::default(),
            error: None,
            scheduled,
            rate: records.iter().map(|record| record.head.burn.rate()).sum(),
            routes: records.iter().filter_map(route).collect(),
        })
    }

    /// The selected operation.
    pub fn chosen(&self) -> Operation {
        self.operations
            .get(self.operation)
            .copied()
            .unwrap_or(Operation::Stop)
    }

    /// Selects the next operation.
    pub fn step(&mut self, by: isize) {
        self.operation = around(self.operation, by, self.operations.len());
        self.error = None;
    }

    /// Selects the next executor.
    pub fn step_executor(&mut self, by: isize) {
        let at = ScheduleExecutor::ALL
            .iter()
            .position(|executor| *executor == self.executor)
            .unwrap_or(0);
        self.executor = ScheduleExecutor::ALL[around(at, by, ScheduleExecutor::ALL.len())];
        self.error = None;
    }

    /// The typed hours in the format of a tag.
    fn hours(&self, zone: &TimeZone) -> Result<String, String> {
        let typed = self.field.text().trim();
        let text = if typed.is_empty() {
            wording::HOURS_EXAMPLE
        } else {
            typed
        };
        let schedule = WeeklySchedule::parse(&format!("{text} 1 0"))
            .map_err(|_| input_errors::not_hours(text))?;
        Ok(off_hours::hours(
            &schedule,
            zone.iana_name().unwrap_or("utc"),
        ))
    }

    /// The result of the typed text.
    pub fn choice(
        &self,
        keys: &OffHoursKeys,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<ScheduleChoice, String> {
        let operation = self.chosen();
        let text = self.field.text();
        let (key, value) = match self.executor {
            ScheduleExecutor::Console => {
                let ask = operation
                    .complete_request()
                    .ok_or_else(|| reasons::not_schedulable(operation).to_string())?;
                return Ok(ScheduleChoice::AtTime(ask, when::parse(text, now, zone)?));
            }
            ScheduleExecutor::Mark => {
                let at = when::parse(text, now, zone)?;
                let at = when::parse_day(text, now, zone).map_or(MarkAt::Hour(at), MarkAt::Day);
                (&keys.mark, off_hours::mark(operation, at))
            }
            ScheduleExecutor::Hours if operation != Operation::Stop => {
                return Err(input_errors::not_off_hours(operation));
            }
            ScheduleExecutor::Hours => (&keys.off_hours, self.hours(zone)?),
        };
        if self.routes.is_empty() {
            return Err(input_errors::NOT_TAGGABLE.to_owned());
        }
        if let Some(why) = self
            .routes
            .iter()
            .find_map(|route| off_hours::refused(route, &value))
        {
            return Err(why.to_owned());
        }
        Ok(ScheduleChoice::Tag(Operation::Tag.request(Input::Tags {
            fill: Tags::new(),
            set: Tags::from([(key.clone(), value)]),
            remove: Vec::new(),
        })))
    }
}
