//! The typed facts that rules judge: whether a resource is in use, and whether its cost grows.

use super::{
    Measured, Timestamp, Usd, UsdPerHour,
    time::series::{Series, SeriesSummary},
};
use std::sync::Arc;

/// The facts, by the shape of the resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Nothing to judge.
    None,
    /// An anomaly of the bill.
    Anomaly(Box<AnomalyEvidence>),
    /// A machine with accelerators.
    Accelerators {
        /// Mean utilisation of its accelerators, fraction 0 to 1, over the days since it started.
        utilization: Measured<SeriesSummary>,
        /// CPU utilisation, fraction 0 to 1.
        cpu: Measured<SeriesSummary>,
        /// Seconds since it started.
        running: f64,
        /// The next smaller and next larger type of its family that can be bought here.
        neighbours: AdjacentTypes,
        /// Its earlier runs.
        past: Measured<PastRuns>,
    },
    /// Something a person works in.
    Workspace {
        /// The last sign of a person's work, and which sign it was (`CPU under 5 %`).
        last_activity: Measured<(Timestamp, Arc<str>)>,
        /// Whether AWS publishes any sign of work for it; `false` only once that was read.
        is_observable: bool,
        /// Whether that sign is a line of a log: a kernel at work may write none.
        is_logged: bool,
        /// Whether it stops when idle.
        auto_stop: Measured<bool>,
    },
    /// Replicas behind an endpoint.
    Replicas {
        /// Instances (or copies) that run and are billed.
        running: u32,
        /// The fewest that may run.
        minimum: u32,
        /// The busiest resource of one replica (GPU or CPU), fraction 0 to 1, and its name.
        utilization: Measured<(SeriesSummary, Arc<str>)>,
        /// Invocations per minute, all replicas together.
        invocations: Measured<SeriesSummary>,
        /// Invocations of each hour of the last days, UTC; an hour without one is zero.
        hourly: Measured<Arc<Series>>,
        /// Cost of serverless inference for the same requests, mean of the same days.
        serverless: Measured<UsdPerHour>,
        /// Application Auto Scaling already follows the hours: scheduled actions, or a scaling
        /// policy between two counts.
        scheduled: Measured<bool>,
    },
    /// Capacity that was paid for in advance or reserved.
    Capacity {
        /// How many.
        instances: u32,
        /// Of these, those that nothing uses.
        unused: u32,
    },
    /// Provisioned model units.
    Units {
        /// Model units bought.
        units: u32,
        /// On-demand cost of the tokens of an hour over the cost of the units in it, fraction; 1
        /// breaks even.
        utilization: Measured<SeriesSummary>,
        /// The same tokens on demand, dollars of each hour.
        on_demand: Measured<Arc<Series>>,
        /// When the commitment ends; `None` without commitment.
        committed_until: Option<Timestamp>,
        /// The least they cost, where their price is not known.
        floor: Option<UsdPerHour>,
    },
    /// A job.
    Job(Box<JobEvidence>),
    /// Tokens of a model, bought on demand.
    Tokens(Box<TokenUse>),
    /// A line of the bill: dollars of each closed UTC day, oldest first.
    Spend {
        /// Net amortized dollars by day.
        days: Measured<Arc<Series>>,
    },
    /// The daily cost of a usage type: the rules judge its service instead.
    Charges(Box<super::money::charge::UsageCharges>),
    /// A budget.
    Budget {
        /// The limit of this month.
        limit: Usd,
        /// The amount spent this month.
        spent: Usd,
        /// The day on which the amount spent passes the limit: most likely, and the earliest and
        /// latest within the interval; `None`: not this month.
        crossing: Measured<Option<BudgetCrossing>>,
        /// The forecast for the whole month, by AWS or by the own burn.
        month_end: Measured<super::money::costs::Forecast>,
    },
}

impl Evidence {
    /// Hours until it ends by itself at the latest; `None`: it runs until a person stops it.
    pub fn hours_left(&self) -> Option<f64> {
        let Self::Job(job) = self else { return None };
        job.ends_in.map(|seconds| seconds / 3600.0)
    }

    /// A machine with accelerators, with their utilisation as the only known fact.
    pub fn accelerators(
        utilization: Measured<SeriesSummary>,
        cpu: Measured<SeriesSummary>,
        running: f64,
    ) -> Self {
        let past = Measured::unknown("earlier runs are not read");
        Self::Accelerators {
            utilization,
            cpu,
            running,
            neighbours: AdjacentTypes::default(),
            past,
        }
    }

    /// Replicas, with their use as the only known facts.
    pub fn replicas(
        running: u32,
        minimum: u32,
        utilization: Measured<(SeriesSummary, Arc<str>)>,
        invocations: Measured<SeriesSummary>,
    ) -> Self {
        Self::Replicas {
            running,
            minimum,
            utilization,
            invocations,
            hourly: Measured::unknown("not measured by the hour"),
            serverless: Measured::unknown("not priced"),
            scheduled: Measured::unknown("not read"),
        }
    }

    /// Provisioned units, with their use as the only known facts.
    pub fn units(
        units: u32,
        utilization: Measured<SeriesSummary>,
        committed_until: Option<Timestamp>,
    ) -> Self {
        Self::Units {
            units,
            utilization,
            on_demand: Measured::unknown("not priced"),
            committed_until,
            floor: None,
        }
    }
}

/// The other types of a type's family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AdjacentTypes {
    /// Types that cost less and have no more accelerators, vCPUs and memory, the cheapest first.
    pub smaller: Vec<AdjacentType>,
    /// The next larger type, if there is one with a price.
    pub larger: Option<AdjacentType>,
}

/// A type and its price.
#[derive(Clone, Debug, PartialEq)]
pub struct AdjacentType {
    /// Instance type.
    pub unit: Arc<str>,
    /// List price of one for an hour.
    pub rate: UsdPerHour,
    /// Its accelerators over those of the judged type.
    pub size: f64,
    /// Its vCPUs over those of the judged type.
    pub cpu_size: f64,
}

/// Facts of an anomaly that AWS found in the bill.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnomalyEvidence {
    /// Midnight (UTC) of its first day; `None`: AWS does not report it.
    pub since: Option<Timestamp>,
    /// The end of its last day, which AWS moves while the anomaly lasts; `None`: it lasts.
    pub until: Option<Timestamp>,
    /// Dollars above the expected cost, in all.
    pub impact: Usd,
    /// The root causes that AWS names, the largest first; any part may be missing.
    pub causes: Vec<AnomalyCause>,
    /// The feedback on it: `YES`, `NO`, `PLANNED_ACTIVITY`.
    pub feedback: Option<Arc<str>>,
}

/// A root cause of an anomaly.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AnomalyCause {
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

/// Earlier runs that have ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PastRuns {
    /// The number of runs.
    pub runs: u32,
    /// The longest, in seconds.
    pub longest: f64,
    /// The median, in seconds.
    pub median: f64,
}

/// Facts of a job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobEvidence {
    /// When it was created, on the clock of its twins' `created`; `None`: not known.
    pub created: Option<Timestamp>,
    /// Billed seconds so far.
    pub elapsed: f64,
    /// Seconds after which AWS ends it.
    pub limit: Option<f64>,
    /// Seconds until AWS bills nothing of it any more: to its limit, or to the end of its warm
    /// pool; `None`: it has neither.
    pub ends_in: Option<f64>,
    /// Accelerators of one of its instances; zero without.
    pub accelerators: f64,
    /// Utilisation of its accelerators, fraction 0 to 1, since it started.
    pub utilization: Measured<SeriesSummary>,
    /// CPU utilisation, fraction 0 to 1, since it started.
    pub cpu: Measured<SeriesSummary>,
    /// Earlier runs of the same work: same image, or same name but for its numbers.
    pub past: Measured<PastRuns>,
    /// Earlier failed tries of it (a tuning job), or of work of the same name.
    pub failures: Measured<FailedAttempts>,
    /// Other running jobs with the same image and input data.
    pub twins: Measured<Vec<DuplicateJob>>,
    /// The cheapest type without accelerators that has at least its vCPUs; `None`: none is priced.
    pub cpu_type: Option<AdjacentType>,
}

/// Tries that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedAttempts {
    /// In the last 24 hours.
    pub day: u32,
    /// In all, as far back as AWS lists.
    pub all: u32,
    /// Of `all`, those that share the commonest reason.
    pub same_reason: u32,
    /// The commonest `FailureReason`.
    pub reason: Arc<str>,
    /// List cost of the failed tries.
    pub spent: Usd,
    /// The first failure.
    pub since: Timestamp,
    /// When the next try is due, by the median interval of the last ones.
    pub next_due: Option<Timestamp>,
    /// Seconds from one try to the next, median.
    pub every: Option<f64>,
}

impl FailedAttempts {
    /// List cost of the failures an hour, mean of the last 24: dollars of a failure x failures in
    /// this time. `None` where there was none, and where no other try is due.
    pub fn hourly_mean(&self) -> Option<UsdPerHour> {
        let each = self.spent.0 / f64::from(self.all.max(1));
        let mean = each * f64::from(self.day) / 24.0;
        (mean > 0.0 && self.next_due.is_some()).then_some(UsdPerHour(mean))
    }
}

/// A running job that does the same work.
#[derive(Clone, Debug, PartialEq)]
pub struct DuplicateJob {
    /// Its name.
    pub name: Arc<str>,
    /// Its owner by its tags.
    pub owner: Option<Arc<str>>,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// Facts of a model's tokens on demand: means per hour over the hours seen.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenUse {
    /// Dollars of each hour, oldest first.
    pub dollars: Measured<Arc<Series>>,
    /// Input tokens an hour that were not read from the cache.
    pub input: Measured<f64>,
    /// Input tokens an hour read from the cache.
    pub cache_read: Measured<f64>,
    /// Output tokens an hour.
    pub output: Measured<f64>,
    /// Requests an hour.
    pub requests: Measured<f64>,
    /// Dollars per 1,000: input, and input read from the cache (`None`: this model has no prompt
    /// cache).
    pub rates: Measured<(Usd, Option<Usd>)>,
    /// The price of one provisioned unit of the model, and its term.
    pub unit: Measured<(UsdPerHour, Arc<str>)>,
}

/// When the amount spent passes the limit of a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetCrossing {
    /// At the pace of the recent days.
    pub at: Timestamp,
    /// At the upper end of their interval.
    pub earliest: Timestamp,
    /// At the lower end of their interval; `None`: not before the month is over.
    pub latest: Option<Timestamp>,
}
