//! What is known of whether a resource does anything, and of whether money grows: the typed facts
//! that findings are judged on.
//!
//! Must not know thresholds or verdicts: those are `pricing`'s.

use super::{
    Reading, Stamp, Usd, UsdPerHour,
    series::{Observed, Series},
};
use std::sync::Arc;

/// The facts, by the shape of the resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Nothing to judge.
    None,
    /// An anomaly of the bill.
    Anomaly(Box<Anomaly>),
    /// A machine with accelerators.
    Accelerators {
        /// Mean utilisation of its accelerators, fraction 0 to 1, over the days since it started.
        utilization: Reading<Observed>,
        /// CPU utilisation, fraction 0 to 1.
        cpu: Reading<Observed>,
        /// Seconds since it started.
        running: f64,
        /// The next smaller and next larger type of its family that can be bought here.
        neighbours: Neighbours,
        /// Its earlier runs.
        past: Reading<Past>,
    },
    /// Something a person works in.
    Workspace {
        /// The last sign of a person's work, and which sign it was (`CPU under 5 %`).
        last_activity: Reading<(Stamp, Arc<str>)>,
        /// Whether it stops by itself when idle.
        auto_stop: Reading<bool>,
    },
    /// Replicas behind an endpoint.
    Replicas {
        /// Instances (or copies) that run and are billed.
        running: u32,
        /// The fewest that may run.
        minimum: u32,
        /// The busiest resource of one replica (GPU or CPU), fraction 0 to 1, and which it was.
        utilization: Reading<(Observed, Arc<str>)>,
        /// Invocations per minute, all replicas together.
        invocations: Reading<Observed>,
        /// Invocations of each hour of the last days, UTC; an hour without one is zero.
        hourly: Reading<Arc<Series>>,
        /// What serverless inference would cost for the same requests, mean of the same days.
        serverless: Reading<UsdPerHour>,
        /// Application Auto Scaling already follows the hours: scheduled actions, or a scaling
        /// policy between two counts.
        scheduled: Reading<bool>,
    },
    /// Provisioned model units.
    Units {
        /// Model units bought.
        units: u32,
        /// What the tokens of an hour would have cost on demand over what the units cost in it,
        /// fraction; 1 breaks even.
        utilization: Reading<Observed>,
        /// The same tokens on demand, dollars of each hour.
        on_demand: Reading<Arc<Series>>,
        /// When the commitment ends; `None` without commitment.
        committed_until: Option<Stamp>,
    },
    /// A job that ends by itself, or should.
    Job(Box<Job>),
    /// Tokens of a model, bought on demand.
    Tokens(Box<Tokens>),
    /// A line of the bill: dollars of each closed UTC day, oldest first.
    Spend {
        /// Net amortized dollars by day.
        days: Reading<Arc<Series>>,
    },
    /// A budget.
    Budget {
        /// What may be spent this month.
        limit: Usd,
        /// What has been spent this month.
        spent: Usd,
        /// The day it is crossed: most likely, and the earliest and latest within the interval;
        /// `None`: not this month.
        crossing: Reading<Option<Crossing>>,
        /// What AWS, or the own burn, foresees for the whole month.
        month_end: Reading<super::costs::Forecast>,
    },
}

impl Evidence {
    /// A machine with accelerators of which only its use is known.
    pub fn accelerators(
        utilization: Reading<Observed>,
        cpu: Reading<Observed>,
        running: f64,
    ) -> Self {
        let past = Reading::unknown("earlier runs are not read");
        Self::Accelerators {
            utilization,
            cpu,
            running,
            neighbours: Neighbours::default(),
            past,
        }
    }

    /// Replicas of which only their use is known.
    pub fn replicas(
        running: u32,
        minimum: u32,
        utilization: Reading<(Observed, Arc<str>)>,
        invocations: Reading<Observed>,
    ) -> Self {
        Self::Replicas {
            running,
            minimum,
            utilization,
            invocations,
            hourly: Reading::unknown("not measured by the hour"),
            serverless: Reading::unknown("not priced"),
            scheduled: Reading::unknown("not read"),
        }
    }

    /// Provisioned units of which only their use is known.
    pub fn units(
        units: u32,
        utilization: Reading<Observed>,
        committed_until: Option<Stamp>,
    ) -> Self {
        Self::Units {
            units,
            utilization,
            on_demand: Reading::unknown("not priced"),
            committed_until,
        }
    }
}

/// The types next to a type in its family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Neighbours {
    /// The next smaller, if there is one with a price.
    pub smaller: Option<Neighbour>,
    /// The next larger, if there is one with a price.
    pub larger: Option<Neighbour>,
}

/// A type and what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Instance type.
    pub unit: Arc<str>,
    /// List price of one for an hour.
    pub rate: UsdPerHour,
    /// How many accelerators it has, over how many the judged type has.
    pub size: f64,
}

/// Facts of an anomaly that AWS found in the bill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Anomaly {
    /// Midnight (UTC) of its first day; `None`: AWS does not say.
    pub since: Option<Stamp>,
    /// The end of its last day, which moves on while it lasts; `None`: it lasts.
    pub until: Option<Stamp>,
    /// Dollars over what was expected, in all.
    pub impact: Usd,
    /// What AWS blames, the largest first; any part may be missing.
    pub causes: Vec<Cause>,
    /// What someone answered: `YES`, `NO`, `PLANNED_ACTIVITY`.
    pub feedback: Option<Arc<str>>,
}

/// A root cause of an anomaly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cause {
    /// As in Cost Explorer: `Amazon SageMaker`.
    pub service: Option<Arc<str>>,
    /// Region code.
    pub region: Option<Arc<str>>,
    /// Twelve digits.
    pub account: Option<Arc<str>>,
    /// The account's name.
    pub account_name: Option<Arc<str>>,
    /// `BoxUsage:p4d.24xlarge`
    pub usage_type: Option<Arc<str>>,
}

/// Runs that are over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Past {
    /// How many.
    pub runs: u32,
    /// The longest, in seconds.
    pub longest: f64,
    /// The median, in seconds.
    pub median: f64,
}

/// Facts of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// When it was created, on the clock of its twins' `created`; `None`: not known.
    pub created: Option<Stamp>,
    /// Billed seconds so far.
    pub elapsed: f64,
    /// Seconds after which AWS ends it.
    pub limit: Option<f64>,
    /// Accelerators of one of its instances; zero without.
    pub accelerators: f64,
    /// Utilisation of its accelerators, fraction 0 to 1, since it started.
    pub utilization: Reading<Observed>,
    /// CPU utilisation, fraction 0 to 1, since it started.
    pub cpu: Reading<Observed>,
    /// Earlier runs of the same work: same image, or same name but for its numbers.
    pub past: Reading<Past>,
    /// Failed tries that it (a tuning job), or work of the same name, has behind it.
    pub failures: Reading<Failures>,
    /// Other running jobs with the same image and input data.
    pub twins: Reading<Vec<Twin>>,
}

/// Tries that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// In the last 24 hours.
    pub day: u32,
    /// In all, as far back as AWS lists.
    pub all: u32,
    /// Of `all`, those that share the commonest reason.
    pub alike: u32,
    /// The commonest `FailureReason`.
    pub reason: Arc<str>,
    /// What the failed tries have cost, at list.
    pub spent: Usd,
    /// The first failure.
    pub since: Stamp,
    /// When the next try is due, by the rhythm of the last ones.
    pub next_due: Option<Stamp>,
    /// Seconds from one try to the next, median.
    pub every: Option<f64>,
}

/// A job that does the same work.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// Its name.
    pub name: Arc<str>,
    /// Its owner by its tags.
    pub owner: Option<Arc<str>>,
    /// When it was created.
    pub created: Option<Stamp>,
}

/// Facts of a model's tokens on demand: means per hour over the hours seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    /// Dollars of each hour, oldest first.
    pub dollars: Reading<Arc<Series>>,
    /// Input tokens an hour that were not read from the cache.
    pub input: Reading<f64>,
    /// Input tokens an hour read from the cache.
    pub cache_read: Reading<f64>,
    /// Output tokens an hour.
    pub output: Reading<f64>,
    /// Requests an hour.
    pub requests: Reading<f64>,
    /// Dollars per 1,000: input, and input read from the cache (`None`: this model has no prompt
    /// cache).
    pub rates: Reading<(Usd, Option<Usd>)>,
    /// What one provisioned unit of the model costs, and for which term.
    pub unit: Reading<(UsdPerHour, Arc<str>)>,
}

/// When a budget is crossed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// At the pace of the recent days.
    pub at: Stamp,
    /// At the upper end of their interval.
    pub earliest: Stamp,
    /// At the lower end of their interval; `None`: not before the month is over.
    pub latest: Option<Stamp>,
}
