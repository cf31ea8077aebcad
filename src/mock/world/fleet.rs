//! A number of replicas over time: asked for, running, and moved by a person or by an autoscaler.
//!
//! Must not know whether they are instances or copies.

use super::{Track, after};
use crate::{domain::Stamp, mock::load::Load};

/// How long a count set by hand stands before the autoscaler moves it again, seconds.
const HANDS_OFF: f64 = 600.0;

/// A registered scalable target with a target-tracking policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoscaling {
    /// Fewest replicas.
    pub min: u32,
    /// Most replicas.
    pub max: u32,
    /// Invocations per minute and replica that it aims at.
    pub target: f64,
    /// When it was registered.
    pub created: Stamp,
}

/// Replicas.
#[derive(Clone, Debug)]
pub struct Fleet {
    desired: Track<u32>,
    current: Track<u32>,
    /// When a person set the count.
    hands: Vec<Stamp>,
    /// Its autoscaler, if it has one.
    pub autoscaling: Option<Autoscaling>,
    /// Seconds from asking to running.
    lag: f64,
}

impl Fleet {
    /// `count` replicas from `created` on.
    pub fn new(created: Stamp, count: u32, autoscaling: Option<Autoscaling>, lag: f64) -> Self {
        Self { desired: Track::new(created, count), current: Track::new(created, count), hands: Vec::new(), autoscaling, lag }
    }

    /// The count it began with.
    pub fn initial(&self) -> u32 {
        self.desired.value(self.desired.begins())
    }

    /// Replicas asked for at `t`, by hand or by the autoscaler following `demand`.
    pub fn desired(&self, t: Stamp, demand: &Load) -> u32 {
        match &self.autoscaling {
            Some(scaler) if !self.in_hand(t) => scaler.wants(t, demand),
            _ => self.desired.value(t),
        }
    }

    /// Replicas running at `t`.
    pub fn current(&self, t: Stamp, demand: &Load) -> u32 {
        if self.autoscaling.is_none() || self.in_hand(t) { self.current.value(t) } else { self.desired(after(t, -self.lag), demand) }
    }

    /// A change is under way at `t`.
    pub fn moving(&self, t: Stamp, demand: &Load) -> bool {
        self.desired(t, demand) != self.current(t, demand)
    }

    fn in_hand(&self, t: Stamp) -> bool {
        self.hands.iter().any(|hand| *hand <= t && t < after(*hand, HANDS_OFF))
    }

    /// A person asks for `count` at `now`; it runs `seconds` later, one replica after the other.
    pub fn scale(&mut self, count: u32, now: Stamp, seconds: f64, demand: &Load) {
        let running = self.current(now, demand);
        self.current.change(now, running);
        self.desired.change(now, count);
        self.hands.push(now);
        let steps = running.abs_diff(count);
        for step in 1..=steps {
            let value = if count > running { running + step } else { running - step };
            let share = 0.3 + 0.7 * f64::from(step) / f64::from(steps);
            self.current.change(after(now, seconds * share), value);
        }
    }

    /// Replica-seconds in `[from, to)`.
    pub fn seconds(&self, from: Stamp, to: Stamp, demand: &Load) -> f64 {
        if self.autoscaling.is_none() {
            return self.current.seconds(from, to, f64::from);
        }
        let mut total = 0.0;
        let mut t = from;
        while t < to {
            let end = after(t, 300.0).min(to);
            total += f64::from(self.current(t, demand)) * end.duration_since(t).as_secs_f64();
            t = end;
        }
        total
    }
}

impl Autoscaling {
    /// The most that the last quarter of an hour called for, in steps of five minutes, within the bounds.
    fn wants(&self, t: Stamp, demand: &Load) -> u32 {
        let grid = Stamp::from_second(t.as_second().div_euclid(300) * 300).unwrap_or(t);
        let peak = (0..3).map(|step| demand.smooth(after(grid, -300.0 * f64::from(step)))).fold(0.0, f64::max);
        ((peak / self.target.max(f64::MIN_POSITIVE)).ceil() as u32).clamp(self.min, self.max.max(self.min))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::load::LoadSpec;

    fn now() -> Stamp {
        "2026-11-23T08:30:00Z".parse().unwrap()
    }

    #[test]
    fn a_fleet_moves_one_by_one_and_arrives() {
        let load = LoadSpec::level(10.0).resolve(1, now(), 0.0);
        let mut fleet = Fleet::new(after(now(), -1e6), 8, None, 60.0);
        fleet.scale(2, now(), 45.0, &load);
        assert_eq!((fleet.desired(now(), &load), fleet.current(now(), &load)), (2, 8));
        let middle = fleet.current(after(now(), 30.0), &load);
        assert!((3..8).contains(&middle), "{middle}");
        assert_eq!(fleet.current(after(now(), 45.0), &load), 2);
        assert_eq!(fleet.seconds(after(now(), -10.0), now(), &load), 80.0);
    }

    #[test]
    fn an_autoscaler_follows_demand_and_takes_back_what_a_person_set() {
        let load = LoadSpec::level(950.0).resolve(1, now(), 0.0);
        let scaler = Autoscaling { min: 1, max: 6, target: 300.0, created: now() };
        let mut fleet = Fleet::new(after(now(), -1e6), 1, Some(scaler), 60.0);
        assert_eq!(fleet.current(now(), &load), 4);
        fleet.scale(2, now(), 45.0, &load);
        assert_eq!((fleet.current(after(now(), 100.0), &load), fleet.desired(after(now(), 100.0), &load)), (2, 2));
        assert_eq!(fleet.desired(after(now(), 601.0), &load), 4);
        assert_eq!(fleet.current(after(now(), 700.0), &load), 4);
    }
}
