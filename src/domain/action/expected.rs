//! The observed state of a resource, and the state that is expected after a change.

use super::{schedule_restore, setting::Setting};
use crate::domain::{Phase, State, Tags, WeeklySchedule};
use std::{fmt, sync::Arc};

/// One scheduled action of Application Auto Scaling.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct ScheduledAction {
    /// `ScheduledActionName`
    pub name: Arc<str>,
    /// `cron(...)`, `rate(...)` or `at(...)`.
    pub cron: Arc<str>,
    /// `MinCapacity`, if it sets one.
    #[serde(default)]
    pub min: Option<u32>,
    /// `MaxCapacity`, if it sets one.
    #[serde(default)]
    pub max: Option<u32>,
    /// `Timezone`; `None` is UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Arc<str>>,
    /// `StartTime`, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Arc<str>>,
    /// `EndTime`, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Arc<str>>,
}

impl ScheduledAction {
    /// The two actions of `schedule`: one sets the count inside of the hours, with room up to
    /// `max`, and one the count outside.
    pub fn of(schedule: &WeeklySchedule, max: u32) -> [Self; 2] {
        let (up, down) = schedule.crons();
        let action = |name: &str, cron: String, min, max| Self {
            name: name.into(),
            cron: cron.into(),
            min: Some(min),
            max: Some(max),
            time_zone: None,
            start: None,
            end: None,
        };
        let (inside, outside) = (schedule.inside, schedule.outside);
        [
            action("spendtop-hours-begin", up, inside, max.max(inside)),
            action("spendtop-hours-end", down, outside, outside),
        ]
    }

    /// The limits that it sets: `2 to 8`, `2 at least`, `8 at most`.
    pub fn format_limits(&self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("{min} at least"),
            (None, Some(max)) => format!("{max} at most"),
            (None, None) => "no limits".to_owned(),
        }
    }

    /// Whether it may set limits of `min` and `max`.
    pub fn may_set(&self, (min, max): (u32, u32)) -> bool {
        self.min.is_none_or(|own| own == min) && self.max.is_none_or(|own| own == max)
    }
}

/// The state of a resource as described, as far as actions need it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ObservedState {
    /// Its state.
    pub state: State,
    /// Instances or copies that run now, where it has a count.
    pub count: Option<u32>,
    /// Desired instances or copies, where it has a count.
    pub desired: Option<u32>,
    /// Its tags, where they were read.
    pub tags: Option<Tags>,
    /// Its scheduled actions, where they were read.
    pub scheduled_actions: Option<Vec<ScheduledAction>>,
    /// The present value of the setting that a call changes, where it was read.
    #[serde(default)]
    pub setting: Option<Setting>,
}

/// The state in which an action is complete.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedState {
    /// Stopped or gone.
    Stopped,
    /// Running.
    Running,
    /// This many run, and nothing is changing.
    Count(u32),
    /// It no longer exists.
    Gone,
    /// These scheduled actions exist.
    ScheduledActions(Vec<ScheduledAction>),
    /// The scheduled actions and limits of a scalable target are restored.
    RestoredSchedule {
        /// Its limits; `None`: it is no scalable target.
        limits: Option<(u32, u32)>,
        /// Scheduled actions that exist.
        put: Vec<ScheduledAction>,
        /// Names of scheduled actions that do not exist.
        gone: Vec<Arc<str>>,
    },
    /// The setting has this value, and nothing is changing.
    Set(Setting),
    /// These tags exist, and those keys do not.
    Tags {
        /// Tags that exist with this value.
        set: Tags,
        /// Keys that do not exist.
        remove: Vec<String>,
    },
}

impl ExpectedState {
    /// Whether `observed` meets it.
    pub fn is_met_by(&self, observed: &ObservedState) -> bool {
        match self {
            Self::Stopped => matches!(observed.state.phase, Phase::Stopped | Phase::Gone),
            Self::Running => observed.state.phase == Phase::Running,
            Self::Count(count) => {
                observed.count == Some(*count) && observed.state.phase != Phase::Changing
            }
            Self::Gone => observed.state.phase == Phase::Gone,
            Self::ScheduledActions(wanted) => observed
                .scheduled_actions
                .as_ref()
                .is_some_and(|actions| wanted.iter().all(|one| actions.contains(one))),
            Self::RestoredSchedule { limits, put, gone } => {
                schedule_restore::is_met_by((*limits, put, gone), observed)
            }
            Self::Set(wanted) => {
                observed.setting.as_ref().is_some_and(|now| now.is(wanted))
                    && observed.state.phase != Phase::Changing
            }
            Self::Tags { set, remove } => observed.tags.as_ref().is_some_and(|tags| {
                set.iter().all(|(key, value)| tags.get(key) == Some(value))
                    && remove.iter().all(|key| !tags.contains_key(key))
            }),
        }
    }

    /// Checks that a resource is still as it was `planned`, so that its call may be made: the same
    /// state for a stop, the same counts for a scale, the same old values of the changed tags and
    /// settings. The error names the difference.
    pub fn check_unchanged(
        &self,
        planned: &ObservedState,
        now: &ObservedState,
    ) -> Result<(), String> {
        let by_state = match self {
            Self::Stopped
            | Self::Running
            | Self::Count(_)
            | Self::Gone
            | Self::ScheduledActions(_)
            | Self::RestoredSchedule { .. }
            | Self::Set(Setting::Model(_)) => true,
            Self::Tags { .. } | Self::Set(_) => now.state.phase == Phase::Gone,
        };
        if by_state {
            check_same("state", &planned.state.name, &now.state.name)?;
        }
        match self {
            Self::Count(_) => check_same("count (current/desired)", &counts(planned), &counts(now)),
            Self::Set(_) => match (&planned.setting, &now.setting) {
                (Some(before), Some(now)) if !before.is(now) => Err(difference("it", before, now)),
                _ => Ok(()),
            },
            Self::Tags { set, remove } => {
                let (Some(before), Some(now)) = (&planned.tags, &now.tags) else {
                    return Ok(());
                };
                let value = |tags: &Tags, key: &String| {
                    tags.get(key).map_or("absent", |value| value).to_owned()
                };
                set.keys().chain(remove).try_for_each(|key| {
                    check_same(&format!("tag {key}"), &value(before, key), &value(now, key))
                })
            }
            Self::RestoredSchedule { limits, put, gone } => {
                schedule_restore::check_unchanged((*limits, put, gone), planned, now)
            }
            Self::Stopped | Self::Running | Self::Gone | Self::ScheduledActions(_) => Ok(()),
        }
    }
}

/// Current and desired count: `1/3`.
fn counts(observed: &ObservedState) -> String {
    let text = |count: Option<u32>| count.map_or("?".to_owned(), |count| count.to_string());
    format!("{}/{}", text(observed.count), text(observed.desired))
}

fn check_same<T: PartialEq + fmt::Display>(what: &str, before: &T, now: &T) -> Result<(), String> {
    if before == now {
        Ok(())
    } else {
        Err(difference(what, before, now))
    }
}

fn difference(what: &str, before: impl fmt::Display, now: impl fmt::Display) -> String {
    format!("{what} was {before}, is now {now}")
}
