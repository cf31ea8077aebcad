//! Cost anomalies, which the simulation derives from the bill and reports late, as AWS does.

use super::{Simulation, after};
use crate::{
    domain::Timestamp,
    mock::billing::{BillingPeriod, Charge, settled_until},
};
use std::collections::BTreeMap;

/// Days before an anomaly that give the expected cost.
const BASELINE_DAYS: f64 = 14.0;

/// Seconds of an anomaly that must have settled before AWS reports it.
const SEEN_AFTER: f64 = 6.0 * 3_600.0;

/// A cost anomaly monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// `MonitorType`: `DIMENSIONAL` by service.
    pub dimension: &'static str,
    /// When it was created.
    pub created: Timestamp,
}

/// A scenario's entry for an anomaly: a cost line and the anomaly's start. The figures come from
/// the bill.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AnomalySource {
    pub id: String,
    pub service: String,
    pub usage_type: Option<String>,
    pub region: String,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
    pub score: f64,
    pub feedback: Option<String>,
}

/// A root cause of an anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct RootCause {
    /// Service, as in Cost Explorer.
    pub service: String,
    /// Region code.
    pub region: String,
    /// Account id.
    pub account: String,
    /// Account name.
    pub account_name: String,
    /// Usage type.
    pub usage_type: String,
    /// Dollars it contributed.
    pub contribution: f64,
}

/// A cost anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Anomaly {
    /// Its id.
    pub id: String,
    /// The monitor that found it.
    pub monitor_arn: String,
    /// The value of the monitor's dimension: the service.
    pub dimension_value: String,
    /// First day, midnight UTC.
    pub start: Timestamp,
    /// Last day that has settled, midnight UTC.
    pub end: Timestamp,
    /// Highest score, 0 to 1.
    pub max_score: f64,
    /// Current score.
    pub current_score: f64,
    /// Dollars above the expected cost on the worst day.
    pub max_impact: f64,
    /// Dollars above the expected cost in all.
    pub total_impact: f64,
    /// Dollars spent on these days.
    pub actual: f64,
    /// Dollars expected on these days.
    pub expected: f64,
    /// Causes, the largest first.
    pub root_causes: Vec<RootCause>,
    /// `YES`, `NO`, `PLANNED_ACTIVITY`.
    pub feedback: Option<String>,
}

impl Anomaly {
    /// `TotalImpactPercentage`; `None` when nothing was expected.
    pub fn percentage(&self) -> Option<f64> {
        (self.expected > 0.005).then(|| self.total_impact / self.expected * 100.0)
    }
}

impl Simulation {
    /// The account's monitors.
    pub fn monitors(&self) -> &[Monitor] {
        &self.monitors
    }

    /// The anomalies known at `now`, the newest first.
    pub fn anomalies(&self, now: Timestamp) -> Vec<Anomaly> {
        let mut known: Vec<Anomaly> = self
            .anomalies
            .iter()
            .filter_map(|watch| self.anomaly(watch, now))
            .collect();
        known.sort_by(|a, b| {
            b.start
                .cmp(&a.start)
                .then_with(|| b.total_impact.total_cmp(&a.total_impact))
        });
        known
    }

    /// Sets the feedback on an anomaly; false if there is none of that id.
    pub fn give_feedback(&mut self, id: &str, feedback: &str) -> bool {
        let found = self.anomalies.iter_mut().find(|watch| watch.id == id);
        found
            .map(|watch| watch.feedback = Some(feedback.to_owned()))
            .is_some()
    }

    /// The anomaly of a cost line in the bill: expected is the mean of the two weeks before,
    /// actual is the settled cost.
    fn anomaly(&self, watch: &AnomalySource, now: Timestamp) -> Option<Anomaly> {
        let monitor = self.monitors.first()?;
        let start = BillingPeriod::Day.start_of(watch.start);
        let settled = settled_until(now);
        let end = watch
            .end
            .map_or(settled, |end| BillingPeriod::Day.next(end).min(settled));
        // AWS reports an anomaly only once some hours of it have settled.
        if end <= after(watch.start, SEEN_AFTER) {
            return None;
        }
        let mine = |charge: &Charge| {
            charge.region == watch.region
                && watch
                    .usage_type
                    .as_ref()
                    .is_none_or(|usage| *usage == charge.usage_type)
        };
        let charges = |from, to| {
            self.charges_of(Some(&watch.service), from, to, BillingPeriod::Day)
                .into_iter()
                .filter(mine)
                .collect::<Vec<_>>()
        };
        let before = charges(after(start, -BASELINE_DAYS * 86_400.0), start);
        let during = charges(start, end);
        let days = end.duration_since(start).as_secs_f64() / 86_400.0;
        let actual: f64 = during.iter().map(|charge| charge.usd).sum();
        let daily = before.iter().map(|charge| charge.usd).sum::<f64>() / BASELINE_DAYS;
        let mut by_day: BTreeMap<Timestamp, f64> = BTreeMap::new();
        for charge in &during {
            *by_day.entry(charge.at).or_default() += charge.usd;
        }
        Some(Anomaly {
            id: watch.id.clone(),
            monitor_arn: monitor.arn.clone(),
            dimension_value: watch.service.clone(),
            start,
            end: BillingPeriod::Day.start_of(after(end, -1.0)),
            max_score: watch.score,
            current_score: watch.score * 0.9,
            max_impact: by_day
                .values()
                .fold(0.0, |max: f64, usd| max.max(usd - daily)),
            total_impact: actual - daily * days,
            actual,
            expected: (daily * days).max(0.0),
            root_causes: self.root_causes(watch, &before, &during, days),
            feedback: watch.feedback.clone(),
        })
    }

    /// The five usage types that cost the most dollars above their mean of the days before.
    fn root_causes(
        &self,
        watch: &AnomalySource,
        before: &[Charge],
        during: &[Charge],
        days: f64,
    ) -> Vec<RootCause> {
        let mut causes: BTreeMap<&str, f64> = BTreeMap::new();
        for charge in during {
            *causes.entry(&charge.usage_type).or_default() += charge.usd;
        }
        for charge in before {
            *causes.entry(&charge.usage_type).or_default() -= charge.usd / BASELINE_DAYS * days;
        }
        let mut root_causes: Vec<RootCause> = causes
            .into_iter()
            .filter(|(_, contribution)| *contribution > 1.0)
            .map(|(usage_type, contribution)| RootCause {
                service: watch.service.clone(),
                region: watch.region.clone(),
                account: self.account.id.clone(),
                account_name: self.account.alias.clone(),
                usage_type: usage_type.to_owned(),
                contribution,
            })
            .collect();
        root_causes.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
        root_causes.truncate(5);
        root_causes
    }
}
