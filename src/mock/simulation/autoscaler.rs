//! A registered scalable target: its limits over time, the policy that follows demand, and
//! scheduled actions.

use super::{ServiceError, Timeline, after, schedule::CronSchedule};
use crate::{domain::Timestamp, mock::load_shape::Load};
use jiff::tz::TimeZone;

/// How far ahead scheduled actions are planned, seconds.
const AHEAD: f64 = 90.0 * 86_400.0;

/// A scheduled action.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledAction {
    /// `ScheduledActionName`
    pub name: String,
    /// `cron(0 8 ? * MON-FRI *)`
    pub schedule: String,
    /// An IANA name; UTC without.
    pub timezone: Option<String>,
    /// Active from then on.
    pub start: Option<Timestamp>,
    /// Not after.
    pub end: Option<Timestamp>,
    /// `MinCapacity`
    pub min: Option<u32>,
    /// `MaxCapacity`
    pub max: Option<u32>,
    /// `CreationTime`
    pub created: Timestamp,
}

impl ScheduledAction {
    /// Its schedule and time zone, or the refusal of an invalid one.
    pub fn read(&self) -> Result<(CronSchedule, TimeZone), ServiceError> {
        let schedule = CronSchedule::read(&self.schedule);
        let schedule = schedule.ok_or_else(|| {
            ServiceError::invalid(format!(
                "Schedule expression is not valid: {}",
                self.schedule
            ))
        })?;
        let zone = self
            .timezone
            .as_deref()
            .map_or(Ok(TimeZone::UTC), TimeZone::get);
        let zone = zone.map_err(|_| {
            ServiceError::invalid(format!(
                "Timezone is not valid: {}",
                self.timezone.as_deref().unwrap_or_default()
            ))
        })?;
        Ok((schedule, zone))
    }
}

/// New limits at a moment; of a scheduled action, or of a registration.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    at: Timestamp,
    min: Option<u32>,
    max: Option<u32>,
    action: Option<String>,
}

/// A registered scalable target.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoscaling {
    /// Invocations per minute and replica that its target-tracking policy aims at; `None`: it has
    /// no policy.
    pub target: Option<f64>,
    /// When it was registered.
    pub created: Timestamp,
    /// Its scheduled actions.
    pub actions: Vec<ScheduledAction>,
    changes: Vec<Change>,
    limits: Timeline<(u32, u32)>,
}

impl Autoscaling {
    /// Registered at `created` with these limits.
    pub fn new(created: Timestamp, min: u32, max: u32, target: Option<f64>) -> Self {
        let first = Change {
            at: created,
            min: Some(min),
            max: Some(max),
            action: None,
        };
        Self {
            target,
            created,
            actions: Vec::new(),
            changes: vec![first],
            limits: Timeline::new(created, (min, max)),
        }
    }

    /// Fewest and most replicas at `t`.
    pub fn limits(&self, t: Timestamp) -> (u32, u32) {
        self.limits.value(t)
    }

    /// `count`, clamped to the limits at `t`.
    pub fn within(&self, t: Timestamp, count: u32) -> u32 {
        let (min, max) = self.limits(t);
        count.clamp(min, max.max(min))
    }

    /// When the limits change after `t`.
    pub fn changes_after(&self, t: Timestamp) -> Vec<Timestamp> {
        self.limits
            .steps()
            .iter()
            .map(|(at, _)| *at)
            .filter(|at| *at > t)
            .collect()
    }

    /// When the limits change next after `t`.
    pub fn next_change(&self, t: Timestamp) -> Option<Timestamp> {
        self.limits.next(t)
    }

    /// `RegisterScalableTarget`: other limits from `now` on.
    pub fn register(&mut self, min: u32, max: u32, now: Timestamp) {
        self.changes.push(Change {
            at: now,
            min: Some(min),
            max: Some(max),
            action: None,
        });
        self.rebuild();
    }

    /// `PutScheduledAction`: replaces the action of that name from `now` on. An action that cannot
    /// be read does nothing. It takes effect until three months after `until`.
    pub fn put(&mut self, action: ScheduledAction, now: Timestamp, until: Timestamp) {
        self.delete(&action.name, now);
        if let Ok((schedule, zone)) = action.read() {
            let from = action
                .start
                .map_or(now, |start| now.max(after(start, -1.0)));
            let planned = after(until, AHEAD);
            let to = action.end.map_or(planned, |end| planned.min(end));
            for at in schedule.moments(&zone, action.start.unwrap_or(action.created), from, to) {
                self.changes.push(Change {
                    at,
                    min: action.min,
                    max: action.max,
                    action: Some(action.name.clone()),
                });
            }
        }
        self.actions.push(action);
        self.rebuild();
    }

    /// `DeleteScheduledAction`: its effects up to `now` remain; `false` if no action has that name.
    pub fn delete(&mut self, name: &str, now: Timestamp) -> bool {
        let known = self.actions.len();
        self.actions.retain(|action| action.name != name);
        self.changes
            .retain(|change| change.at <= now || change.action.as_deref() != Some(name));
        self.rebuild();
        self.actions.len() < known
    }

    fn rebuild(&mut self) {
        self.changes.sort_by_key(|change| change.at);
        let (mut min, mut max) = self.limits.value(self.created);
        let mut limits = Timeline::new(self.created, (min, max));
        for change in &self.changes {
            (min, max) = (change.min.unwrap_or(min), change.max.unwrap_or(max));
            max = max.max(min);
            limits.change(change.at, (min, max));
        }
        self.limits = limits;
    }

    /// The highest demand of the last quarter of an hour, in steps of five minutes, within the
    /// limits.
    pub fn desired_capacity(&self, t: Timestamp, demand: &Load) -> u32 {
        let grid = Timestamp::from_second(t.as_second().div_euclid(300) * 300).unwrap_or(t);
        let peak = (0..3)
            .map(|step| demand.smooth(after(grid, -300.0 * f64::from(step))))
            .fold(0.0, f64::max);
        let aim = self.target.unwrap_or(f64::MAX).max(f64::MIN_POSITIVE);
        self.within(t, (peak / aim).ceil() as u32)
    }
}
