//! What must be true before and after a change: a resource as a fresh describe finds it, and what
//! is expected of it.

use super::{schedule_restore, setting::Setting};
use crate::domain::{Phase, State, Tags, WeeklySchedule};
use std::sync::Arc;

/// One scheduled action as it is written and as it must be found.
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
    /// The two actions of `schedule`: up to the count inside with room up to `max`, and down to the
    /// count outside.
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

    /// Whether limits of `min` and `max` may be set by it.
    pub fn may_set(&self, (min, max): (u32, u32)) -> bool {
        self.min.is_none_or(|own| own == min) && self.max.is_none_or(|own| own == max)
    }
}

/// A resource as a fresh describe finds it, as far as an action needs to know.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ObservedState {
    /// Its state now.
    pub state: State,
    /// Instances or copies that run now, where it has a count.
    pub count: Option<u32>,
    /// Instances or copies asked for, where it has a count.
    pub desired: Option<u32>,
    /// Its tags, where they were read.
    pub tags: Option<Tags>,
    /// Its scheduled actions, where they were read.
    pub scheduled_actions: Option<Vec<ScheduledAction>>,
    /// What the call is about to set, where it was read.
    #[serde(default)]
    pub setting: Option<Setting>,
}

/// What must be true for an action to be over.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpectedState {
    /// Stopped or gone.
    Stopped,
    /// Running.
    Running,
    /// So many run, and nothing is changing.
    Count(u32),
    /// Not there any more.
    Gone,
    /// These scheduled actions are there.
    ScheduledActions(Vec<ScheduledAction>),
    /// What goes by the clock at a scaling target, and its limits, are so again.
    RestoredSchedule {
        /// Its limits; `None`: it is no scaling target.
        limits: Option<(u32, u32)>,
        /// These scheduled actions are there.
        put: Vec<ScheduledAction>,
        /// And none of these names.
        gone: Vec<Arc<str>>,
    },
    /// This is set, and nothing is changing.
    Set(Setting),
    /// These tags are there, and those keys are not.
    Tags {
        /// Tags that must be there with this value.
        set: Tags,
        /// Keys that must not be there.
        remove: Vec<String>,
    },
}

impl ExpectedState {
    /// Whether `look` meets it.
    pub fn is_met_by(&self, look: &ObservedState) -> bool {
        match self {
            Self::Stopped => matches!(look.state.phase, Phase::Stopped | Phase::Gone),
            Self::Running => look.state.phase == Phase::Running,
            Self::Count(count) => look.count == Some(*count) && look.state.phase != Phase::Changing,
            Self::Gone => look.state.phase == Phase::Gone,
            Self::ScheduledActions(wanted) => look
                .scheduled_actions
                .as_ref()
                .is_some_and(|timed| wanted.iter().all(|one| timed.contains(one))),
            Self::RestoredSchedule { limits, put, gone } => {
                schedule_restore::is_met_by((*limits, put, gone), look)
            }
            Self::Set(wanted) => {
                look.setting.as_ref().is_some_and(|now| now.is(wanted))
                    && look.state.phase != Phase::Changing
            }
            Self::Tags { set, remove } => look.tags.as_ref().is_some_and(|tags| {
                set.iter().all(|(key, value)| tags.get(key) == Some(value))
                    && remove.iter().all(|key| !tags.contains_key(key))
            }),
        }
    }

    /// Whether a call planned on `planned` may be made now that a fresh describe shows `look`: same
    /// state to stop, same counts to scale, same old values of the touched tags and settings. The
    /// error names the difference.
    pub fn check_unchanged(
        &self,
        planned: &ObservedState,
        look: &ObservedState,
    ) -> Result<(), String> {
        let differs = |what: &str, before: String, now: String| {
            Err(format!("{what} was {before}, is now {now}"))
        };
        let by_state = match self {
            Self::Stopped
            | Self::Running
            | Self::Count(_)
            | Self::Gone
            | Self::ScheduledActions(_)
            | Self::RestoredSchedule { .. }
            | Self::Set(Setting::Model(_)) => true,
            Self::Tags { .. } | Self::Set(_) => look.state.phase == Phase::Gone,
        };
        if by_state && planned.state.name != look.state.name {
            return differs(
                "state",
                planned.state.name.to_string(),
                look.state.name.to_string(),
            );
        }
        match self {
            Self::Count(_) if (planned.count, planned.desired) != (look.count, look.desired) => {
                let text = |look: &ObservedState| {
                    format!(
                        "{}/{}",
                        look.count.map_or("?".into(), |n| n.to_string()),
                        look.desired.map_or("?".into(), |n| n.to_string())
                    )
                };
                differs("count (current/desired)", text(planned), text(look))
            }
            Self::Set(_) => match (&planned.setting, &look.setting) {
                (Some(before), Some(now)) if !before.is(now) => {
                    differs("it", before.to_string(), now.to_string())
                }
                _ => Ok(()),
            },
            Self::Tags { set, remove } => {
                let (Some(before), Some(now)) = (&planned.tags, &look.tags) else {
                    return Ok(());
                };
                for key in set.keys().chain(remove) {
                    if before.get(key) != now.get(key) {
                        let text = |value: Option<&String>| {
                            value.map_or("absent".to_owned(), Clone::clone)
                        };
                        return differs(
                            &format!("tag {key}"),
                            text(before.get(key)),
                            text(now.get(key)),
                        );
                    }
                }
                Ok(())
            }
            Self::RestoredSchedule { limits, put, gone } => {
                schedule_restore::check_unchanged((*limits, put, gone), planned, look)
            }
            Self::Stopped
            | Self::Running
            | Self::Count(_)
            | Self::Gone
            | Self::ScheduledActions(_) => Ok(()),
        }
    }
}
