//! A number of replicas over time, desired and running, changed by a client, by an autoscaler or by
//! a schedule.

use super::{Autoscaling, Timeline, after};
use crate::{domain::Timestamp, mock::load_shape::Load};

/// Seconds that the autoscaler leaves a count that a client set.
const HANDS_OFF: f64 = 600.0;

/// Replicas.
#[derive(Clone, Debug)]
pub struct Fleet {
    desired: Timeline<u32>,
    current: Timeline<u32>,
    /// When a client set the count.
    hands: Vec<Timestamp>,
    /// Its scalable target, if it is registered as one.
    pub autoscaling: Option<Autoscaling>,
    /// Seconds from a request until a replica runs.
    lag: f64,
    /// The lowest count it can have.
    floor: u32,
}

impl Fleet {
    /// `count` replicas from `created` on, never fewer than `floor`.
    pub fn new(
        created: Timestamp,
        count: u32,
        floor: u32,
        autoscaling: Option<Autoscaling>,
        lag: f64,
    ) -> Self {
        let (desired, current) = (Timeline::new(created, count), Timeline::new(created, count));
        let mut fleet = Self {
            desired,
            current,
            hands: Vec::new(),
            autoscaling,
            lag,
            floor,
        };
        fleet.plan(created);
        fleet
    }

    /// The first count.
    pub fn initial(&self) -> u32 {
        self.desired.value(self.desired.start())
    }

    /// Its target-tracking policy, if there is one.
    fn policy(&self) -> Option<&Autoscaling> {
        self.autoscaling
            .as_ref()
            .filter(|scaler| scaler.target.is_some())
    }

    /// Desired replicas at `t`, set by a client or by the autoscaler following `demand`.
    pub fn desired(&self, t: Timestamp, demand: &Load) -> u32 {
        match self.policy() {
            Some(scaler) if !self.is_manually_set(t) => {
                scaler.desired_capacity(t, demand).max(self.floor)
            }
            _ => self.desired.value(t),
        }
    }

    /// Replicas running at `t`.
    pub fn current(&self, t: Timestamp, demand: &Load) -> u32 {
        if self.policy().is_none() || self.is_manually_set(t) {
            self.current.value(t)
        } else {
            self.desired(after(t, -self.lag), demand)
        }
    }

    /// Whether the count is changing at `t`.
    pub fn is_changing(&self, t: Timestamp, demand: &Load) -> bool {
        self.desired(t, demand) != self.current(t, demand)
    }

    fn is_manually_set(&self, t: Timestamp) -> bool {
        self.hands
            .iter()
            .any(|hand| *hand <= t && t < after(*hand, HANDS_OFF))
    }

    /// Sets the count at `now`; the replicas run `seconds` later, one after the other.
    pub fn scale(&mut self, count: u32, now: Timestamp, seconds: f64, demand: &Load) {
        let running = self.current(now, demand);
        self.current.change(now, running);
        self.desired.change(now, count);
        self.hands.push(now);
        let steps = running.abs_diff(count);
        for step in 1..=steps {
            let value = if count > running {
                running + step
            } else {
                running - step
            };
            let share = 0.3 + 0.7 * f64::from(step) / f64::from(steps);
            self.current.change(after(now, seconds * share), value);
        }
        self.follow(now, count);
    }

    /// Applies the limits and schedule of its target from `now` on.
    pub fn plan(&mut self, now: Timestamp) {
        let Some(scaler) = self
            .autoscaling
            .as_ref()
            .filter(|scaler| scaler.target.is_none())
        else {
            return;
        };
        let (requested, running) = (self.desired.value(now), self.current.value(now));
        let count = scaler.within(now, requested).max(self.floor);
        self.desired.change(now, count);
        self.current.change(now, running);
        if count != running {
            self.current.change(after(now, self.lag), count);
        }
        self.follow(now, count);
    }

    /// Without a policy the count changes only where later limits exclude it.
    fn follow(&mut self, now: Timestamp, mut count: u32) {
        let Some(scaler) = self
            .autoscaling
            .as_ref()
            .filter(|scaler| scaler.target.is_none())
        else {
            return;
        };
        for at in scaler.changes_after(now) {
            let next = scaler.within(at, count).max(self.floor);
            if next != count {
                self.desired.change(at, next);
                self.current.change(after(at, self.lag), next);
                count = next;
            }
        }
    }

    /// Removes the scalable target; the count at `now` remains.
    pub fn deregister(&mut self, now: Timestamp, demand: &Load) {
        let count = self.current(now, demand);
        self.desired.change(now, count);
        self.current.change(now, count);
        self.autoscaling = None;
    }

    /// Replica-seconds in `[from, to)`.
    pub fn seconds(&self, from: Timestamp, to: Timestamp, demand: &Load) -> f64 {
        let Some(scaler) = self.policy() else {
            return self.current.seconds(from, to, f64::from);
        };
        let mut total = 0.0;
        let mut t = from;
        while t < to {
            // Until the next moment at which the count can change.
            let requested = after(t, -self.lag);
            let grid = Timestamp::from_second((requested.as_second().div_euclid(300) + 1) * 300)
                .unwrap_or(to);
            let hands = self
                .hands
                .iter()
                .flat_map(|hand| [*hand, after(*hand, HANDS_OFF)])
                .filter(|at| *at > t)
                .min();
            let end = [
                Some(after(grid, self.lag)),
                scaler.next_change(requested).map(|at| after(at, self.lag)),
                hands,
                self.current.next(t),
            ]
            .into_iter()
            .flatten()
            .fold(to, Timestamp::min);
            total += f64::from(self.current(t, demand)) * end.duration_since(t).as_secs_f64();
            t = end;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{load_shape::LoadSpec, simulation::ScheduledAction};

    fn now() -> Timestamp {
        "2026-11-23T08:30:00Z".parse().unwrap()
    }

    #[test]
    fn fleet_scales_one_instance_at_a_time() {
        let load = LoadSpec::level(10.0).resolve(1, now(), 0.0);
        let mut fleet = Fleet::new(after(now(), -1e6), 8, 1, None, 60.0);
        fleet.scale(2, now(), 45.0, &load);
        assert_eq!(
            (fleet.desired(now(), &load), fleet.current(now(), &load)),
            (2, 8)
        );
        let middle = fleet.current(after(now(), 30.0), &load);
        assert!((3..8).contains(&middle), "{middle}");
        assert_eq!(fleet.current(after(now(), 45.0), &load), 2);
        assert_eq!(fleet.seconds(after(now(), -10.0), now(), &load), 80.0);
    }

    #[test]
    fn an_autoscaler_follows_demand_and_overrides_a_count_set_by_a_client() {
        let load = LoadSpec::level(950.0).resolve(1, now(), 0.0);
        let scaler = Autoscaling::new(now(), 1, 6, Some(300.0));
        let mut fleet = Fleet::new(after(now(), -1e6), 1, 1, Some(scaler), 60.0);
        assert_eq!(fleet.current(now(), &load), 4);
        fleet.scale(2, now(), 45.0, &load);
        assert_eq!(
            (
                fleet.current(after(now(), 100.0), &load),
                fleet.desired(after(now(), 100.0), &load)
            ),
            (2, 2)
        );
        assert_eq!(fleet.desired(after(now(), 601.0), &load), 4);
        assert_eq!(fleet.current(after(now(), 700.0), &load), 4);
    }

    fn action(name: &str, schedule: &str, min: u32, max: u32) -> ScheduledAction {
        ScheduledAction {
            name: name.to_owned(),
            schedule: schedule.to_owned(),
            timezone: None,
            start: None,
            end: None,
            min: Some(min),
            max: Some(max),
            created: now(),
        }
    }

    #[test]
    fn scheduled_scaling_moves_a_fleet_without_policy() {
        let load = LoadSpec::level(10.0).resolve(1, now(), 0.0);
        let mut scaler = Autoscaling::new(now(), 4, 4, None);
        scaler.put(
            action("down", "cron(0 18 ? * MON-FRI *)", 1, 1),
            now(),
            now(),
        );
        scaler.put(action("up", "cron(0 8 ? * MON-FRI *)", 4, 4), now(), now());
        let mut fleet = Fleet::new(after(now(), -1e6), 4, 1, Some(scaler), 60.0);
        fleet.plan(now());
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let count = |fleet: &Fleet, text: &str| {
            (
                fleet.desired(at(text), &load),
                fleet.current(at(text), &load),
            )
        };
        assert_eq!(count(&fleet, "2026-11-23T17:59:59Z"), (4, 4));
        assert_eq!(count(&fleet, "2026-11-23T18:00:30Z"), (1, 4));
        assert_eq!(
            (
                count(&fleet, "2026-11-23T18:01:00Z"),
                count(&fleet, "2026-11-24T08:01:00Z")
            ),
            ((1, 1), (4, 4))
        );
        // Tuesday: one from 18:01 the day before to 08:01, and from 18:01; four between.
        assert_eq!(
            fleet.seconds(
                at("2026-11-24T00:00:00Z"),
                at("2026-11-25T00:00:00Z"),
                &load
            ),
            (14.0 + 4.0 * 10.0) * 3_600.0
        );
        // A client's count holds until the next change, or permanently without the action.
        fleet.scale(2, at("2026-11-24T12:00:00Z"), 45.0, &load);
        assert_eq!(
            (
                count(&fleet, "2026-11-24T13:00:00Z"),
                count(&fleet, "2026-11-24T19:00:00Z")
            ),
            ((2, 2), (1, 1))
        );
        fleet
            .autoscaling
            .as_mut()
            .unwrap()
            .delete("down", at("2026-11-25T12:00:00Z"));
        fleet.plan(at("2026-11-25T12:00:00Z"));
        assert_eq!(
            (
                count(&fleet, "2026-11-25T19:00:00Z"),
                count(&fleet, "2026-11-24T19:00:00Z")
            ),
            ((4, 4), (1, 1))
        );
    }

    #[test]
    fn scheduled_limits_bound_the_policy() {
        let load = LoadSpec::level(950.0).resolve(1, now(), 0.0);
        let mut scaler = Autoscaling::new(now(), 1, 6, Some(300.0));
        scaler.put(
            action("night", "at(2026-11-23T18:00:00)", 1, 2),
            now(),
            now(),
        );
        let fleet = Fleet::new(after(now(), -1e6), 1, 1, Some(scaler), 60.0);
        let (evening, night) = (
            "2026-11-23T17:00:00Z".parse().unwrap(),
            "2026-11-23T19:00:00Z".parse().unwrap(),
        );
        assert_eq!(
            (fleet.current(evening, &load), fleet.current(night, &load)),
            (4, 2)
        );
        assert_eq!(
            fleet.seconds(evening, night, &load),
            (4.0 * 3_660.0) + 2.0 * 3_540.0
        );
    }
}
