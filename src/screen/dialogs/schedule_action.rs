//! What is to be done later, when, and who is to do it: this console, or a policy engine that reads
//! tags.

use super::super::{input::text_field::TextField, notices::reasons};
use super::around;
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
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleExecutor {
    /// This console, if it runs then.
    Console,
    /// Whoever acts on a mark: once.
    Mark,
    /// Whoever acts on off-hours: day by day.
    Hours,
}

impl ScheduleExecutor {
    const ALL: [Self; 3] = [Self::Console, Self::Mark, Self::Hours];
}

/// Asks what, when and who.
#[derive(Clone, Debug)]
pub struct ScheduleActionInput {
    /// Whose.
    pub targets: Vec<ResourceKey>,
    /// Names, for the title.
    pub names: Vec<Arc<str>>,
    /// What can be done without a further question, on one of them at least.
    pub operations: Vec<Operation>,
    /// Which of them.
    pub operation: usize,
    /// Who does it.
    pub who: ScheduleExecutor,
    /// When, or in which hours it is to run.
    pub field: TextField,
    /// What is wrong with it.
    pub error: Option<String>,
    /// What is agreed for them already.
    pub agreed: Vec<ScheduledPlan>,
    /// List price of all; `None` if one is unpriced.
    pub rate: Option<UsdPerHour>,
    /// Where the tags of the targets are written, as far as they can be.
    pub routes: Vec<TagRoute>,
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum ScheduleChoice {
    /// This, at that moment, by this console.
    AtTime(ActionRequest, Timestamp),
    /// A tag, now.
    Tag(ActionRequest),
}

impl ScheduleActionInput {
    /// Asks about `records`; the error says why there is nothing to ask.
    pub fn new(records: &[Arc<Record>], agreed: Vec<ScheduledPlan>) -> Result<Self, Reason> {
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
        let operation = agreed
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
            targets: records
                .iter()
                .map(|record| record.head.key.clone())
                .collect(),
            names: records
                .iter()
                .map(|record| record.head.name.clone())
                .collect(),
            operations,
            operation,
            who: ScheduleExecutor::Console,
            field: TextField::default(),
            error: None,
            agreed,
            rate: records.iter().map(|record| record.head.burn.rate()).sum(),
            routes: records.iter().filter_map(route).collect(),
        })
    }

    /// The operation chosen.
    pub fn chosen(&self) -> Operation {
        self.operations
            .get(self.operation)
            .copied()
            .unwrap_or(Operation::Stop)
    }

    /// The next operation.
    pub fn step(&mut self, by: isize) {
        self.operation = around(self.operation, by, self.operations.len());
        self.error = None;
    }

    /// The next one to do it.
    pub fn turn(&mut self, by: isize) {
        let at = ScheduleExecutor::ALL
            .iter()
            .position(|who| *who == self.who)
            .unwrap_or(0);
        self.who = ScheduleExecutor::ALL[around(at, by, ScheduleExecutor::ALL.len())];
        self.error = None;
    }

    /// The hours typed, as a tag has them.
    fn hours(&self, zone: &TimeZone) -> Result<String, String> {
        let typed = self.field.text().trim();
        let text = if typed.is_empty() {
            "mon-fri 07-19"
        } else {
            typed
        };
        let schedule = WeeklySchedule::parse(&format!("{text} 1 0"))
            .map_err(|_| format!("`{text}` is no week's hours: mon-fri 07-19"))?;
        Ok(off_hours::hours(
            &schedule,
            zone.iana_name().unwrap_or("utc"),
        ))
    }

    /// What is typed comes to.
    pub fn meant(
        &self,
        keys: &OffHoursKeys,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<ScheduleChoice, String> {
        let operation = self.chosen();
        let text = self.field.text();
        let (key, value) = match self.who {
            ScheduleExecutor::Console => {
                let ask = operation
                    .complete_request()
                    .ok_or_else(|| reasons::not_schedulable(operation).to_string())?;
                return Ok(ScheduleChoice::AtTime(ask, when::parse(text, now, zone)?));
            }
            ScheduleExecutor::Mark => {
                let at = when::parse(text, now, zone)?;
                let at = when::day_alone(text, now, zone).map_or(MarkAt::Hour(at), MarkAt::Day);
                (&keys.mark, off_hours::mark(operation, at))
            }
            ScheduleExecutor::Hours if operation != Operation::Stop => {
                return Err(format!("off-hours stop and start: they do not {operation}"));
            }
            ScheduleExecutor::Hours => (&keys.off_hours, self.hours(zone)?),
        };
        if self.routes.is_empty() {
            return Err("it takes no tags".to_owned());
        }
        if let Some(why) = self
            .routes
            .iter()
            .find_map(|route| off_hours::refused(route, &value))
        {
            return Err(why.to_owned());
        }
        Ok(ScheduleChoice::Tag(Operation::Tag.request(Input::Tags {
            set: Tags::from([(key.clone(), value)]),
            remove: Vec::new(),
        })))
    }
}
