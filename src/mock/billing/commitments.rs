//! Usage that reservations and Savings Plans cover, hour by hour, as AWS applies them: reservations
//! first, then plans in the order of the file, each to the usage with the lowest plan rate first,
//! until its commitment for the hour is used.

use super::{agreements::ServiceFamily, lines::Line};
use crate::{
    domain::Timestamp,
    mock::{
        load_shape::hash,
        simulation::{Simulation, after},
    },
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Cache of the coverage of past hours.
#[derive(Clone, Debug, Default)]
pub(in crate::mock) struct Hours(Arc<Mutex<HashMap<i64, Arc<Hour>>>>);

/// The coverage of one line in one hour.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::mock) struct Coverage {
    /// Instance-hours on reservations, and dollars of the reservations.
    pub(in crate::mock) reserved: (f64, f64),
    /// Instance-hours on Savings Plans, their dollars on demand, and dollars of the plans.
    pub(in crate::mock) planned: (f64, f64, f64),
}

impl Coverage {
    /// The sum with `other` times a weight.
    pub(in crate::mock) fn plus(self, other: Self, weight: f64) -> Self {
        let (a, b) = (self, other);
        Self {
            reserved: (
                a.reserved.0 + weight * b.reserved.0,
                a.reserved.1 + weight * b.reserved.1,
            ),
            planned: (
                a.planned.0 + weight * b.planned.0,
                a.planned.1 + weight * b.planned.1,
                a.planned.2 + weight * b.planned.2,
            ),
        }
    }
}

/// One hour.
#[derive(Debug, Default)]
pub(in crate::mock) struct Hour {
    /// By line.
    pub(in crate::mock) covered: HashMap<u64, Coverage>,
    /// By plan: commitment used.
    pub(in crate::mock) plans: Vec<f64>,
    /// By reservation: instance-hours used.
    pub(in crate::mock) reserved: Vec<f64>,
}

/// Seconds that `[from, to)` and `[begin, end)` share.
pub(in crate::mock) fn overlap(
    (from, to): (Timestamp, Timestamp),
    (begin, end): (Timestamp, Timestamp),
) -> f64 {
    to.min(end)
        .duration_since(from.max(begin))
        .as_secs_f64()
        .max(0.0)
}

/// The key of a line.
pub(super) fn key(line: &Line<'_>) -> u64 {
    hash(
        0,
        &format!(
            "{}\n{}\n{}",
            line.usage_type(),
            line.region(),
            line.resource().unwrap_or_default()
        ),
    )
}

/// Usage not covered yet.
struct RemainingHours<'a> {
    line: &'a Line<'a>,
    family: ServiceFamily,
    key: u64,
    hours: f64,
    rate: f64,
}

impl Simulation {
    /// The hour that begins so many hours after 1970. `lines` are all that can be covered.
    pub(super) fn hour(&self, lines: &[Line<'_>], hour: i64) -> Arc<Hour> {
        let known = self
            .agreements
            .hours
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hour)
            .cloned();
        known.unwrap_or_else(|| {
            let worked_out = Arc::new(self.apply_commitments(
                lines,
                Timestamp::from_second(hour * 3_600).unwrap_or_default(),
            ));
            let mut hours = self
                .agreements
                .hours
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            hours.insert(hour, worked_out.clone());
            worked_out
        })
    }

    /// The lines that reservations and plans can cover.
    pub(super) fn coverable(&self) -> Vec<Line<'_>> {
        let mut lines = self.lines(None);
        lines.retain(|line| line.coverable().is_some());
        lines
    }

    fn apply_commitments(&self, lines: &[Line<'_>], from: Timestamp) -> Hour {
        let span = (from, after(from, 3_600.0));
        let mut left: Vec<RemainingHours<'_>> = lines
            .iter()
            .filter_map(|line| {
                let (hours, usd) = line.cost(self, span.0, span.1);
                let family = line.coverable().filter(|_| hours > 0.0)?;
                Some(RemainingHours {
                    line,
                    family,
                    key: key(line),
                    hours,
                    rate: usd / hours,
                })
            })
            .collect();
        let mut hour = Hour::default();
        self.apply_reservations(span, &mut left, &mut hour);
        self.apply_plans(span, &mut left, &mut hour);
        hour
    }

    fn apply_reservations(
        &self,
        span: (Timestamp, Timestamp),
        left: &mut [RemainingHours<'_>],
        hour: &mut Hour,
    ) {
        for one in &self.agreements.reservations {
            let mut pool = f64::from(one.count) * overlap(span, (one.start, one.end)) / 3_600.0;
            let whole = pool;
            for usage in left.iter_mut() {
                let same = usage.family == ServiceFamily::Ec2
                    && usage.line.instance_type() == Some(one.instance_type.as_str())
                    && usage.line.region() == one.region;
                if !same || pool <= 0.0 {
                    continue;
                }
                let taken = usage.hours.min(pool);
                let cover = hour.covered.entry(usage.key).or_default();
                *cover = cover.plus(
                    Coverage {
                        reserved: (taken, taken * one.hourly),
                        ..Coverage::default()
                    },
                    1.0,
                );
                usage.hours -= taken;
                pool -= taken;
            }
            hour.reserved.push(whole - pool);
        }
    }

    fn apply_plans(
        &self,
        span: (Timestamp, Timestamp),
        left: &mut [RemainingHours<'_>],
        hour: &mut Hour,
    ) {
        for one in &self.agreements.plans {
            let mut budget = one.commitment * overlap(span, (one.start, one.end)) / 3_600.0;
            let mut used = 0.0;
            let mut order: Vec<&mut RemainingHours<'_>> = left
                .iter_mut()
                .filter(|usage| usage.family == one.family)
                .collect();
            order.sort_by(|a, b| a.rate.total_cmp(&b.rate));
            for usage in order {
                let price = usage.rate * (1.0 - one.share);
                let taken = usage.hours.min(budget / price);
                if taken <= 0.0 {
                    continue;
                }
                let planned = (taken, taken * usage.rate, taken * price);
                let cover = hour.covered.entry(usage.key).or_default();
                *cover = cover.plus(
                    Coverage {
                        planned,
                        ..Coverage::default()
                    },
                    1.0,
                );
                usage.hours -= taken;
                budget -= planned.2;
                used += planned.2;
            }
            hour.plans.push(used);
        }
    }
}
