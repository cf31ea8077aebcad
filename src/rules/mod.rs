//! The rules that find waste, one file each. A rule reads a row's typed
//! [`Evidence`] and nothing else.
//!
//! A rule that lacks data returns [`Verdict::Unknown`] with the reason, never a guess. Resources
//! are judged while they run and are billed, jobs while they run, lines of the bill always.
//!
//! | rule | a finding when | waste | about ([`Finding::exposure`]), where it calls nothing waste |
//! | --- | --- | --- | --- |
//! | `idle-notebook` | no sign of a person's work for some hours | the whole burn | |
//! | `no-auto-stop` | a workspace in service for days that nothing stops and that publishes no sign of use | none | the burn |
//! | `idle-endpoint` | not one invocation over enough hours in service | the whole burn | |
//! | `oversized-endpoint` | fewer instances would keep the p99 of the busiest resource under a ceiling | surplus instances x unit price | |
//! | `gpu-idle` | mean accelerator utilisation under a threshold over enough hours | the whole burn | |
//! | `gpu-unused` | a job's accelerators at 2 % at most since it started | the whole burn | |
//! | `right-size` | mean accelerator utilisation under 30 % over a week, and the load (p95 / size) fits the next smaller type | quantity x (unit price - the smaller type's) | |
//! | `runaway-job` | 3 x the median of earlier runs and longer than any; or over a day, unexplained by earlier runs, through a weekend or not using what it pays for | the whole burn | |
//! | `retry-loop` | 3 failures in 24 h, most of one reason | dollars of a failure (spent / failures) x failures in 24 h / 24 h | |
//! | `duplicate-jobs` | an older running job of another owner has the same image and input data | the whole burn | |
//! | `throughput-underused` | the tokens of the median hour are worth less on demand than a share of what the units cost | (1 - mean worth over price) x burn | |
//! | `throughput-pays-off` | the p50 hour on demand costs as much as a unit for a week | none | mean of min(dollars, units x price / break-even) - units x price |
//! | `cache-opportunity` | little of the input is read from the cache of a model that has one | none | (80 % of the input - read) x (price - 10 % written x 125 % of it - 90 % x cached price) |
//! | `office-hours` | used in under 70 % of the hours of a week | instances that can go x unit price x hours outside / 168; or burn - serverless | |
//! | `capacity-unused` | instances of a reservation, capacity block or training plan that nothing uses | unused instances of a reservation x their price; of what was paid for in advance none | unused instances x the price of one when bought |
//! | `untagged` | a required tag is missing | none | the burn |
//! | `budget-breach` | a budget is passed, or will be within 14 days | none | (month end - limit) / 730 h |
//! | `daily-spike` | the last closed day over 150 % of the mean of those of the 28 before that cost something | none | (day - mean) / 24 h |
//! | `weekly-growth` | seven days over 150 % of the seven before | none | (week - week before) / 168 h |
//! | `longer-than-ever` | running longer than the longest of 3 or more earlier runs | none | the burn |
//!
//! The waste of a row is the largest waste of its findings. If one rule's finding includes
//! another's, only the first is kept (`SUPPRESSES` in this file). A remedy can save more than the
//! waste: [`Finding::saving`].
//!
//! Prepaid capacity is never waste, because a stop saves nothing: its idle part is the exposure of
//! its finding (`PREPAID_RULES` in this file).

pub mod budget_breach;
pub mod cache_opportunity;
pub mod capacity_unused;
mod context;
pub mod daily_spike;
mod dollars;
pub mod duplicate_jobs;
pub mod gpu_idle;
pub mod gpu_unused;
pub mod idle_endpoint;
pub mod idle_notebook;
pub mod longer_than_ever;
pub mod no_auto_stop;
pub mod office_hours;
pub mod oversized_endpoint;
pub mod retry_loop;
pub mod right_size;
pub mod runaway_job;
#[cfg(test)]
mod tests;
pub mod throughput_pays_off;
pub mod throughput_underused;
pub mod untagged;
pub mod weekly_growth;

use crate::domain::{
    CommonFields, Evidence, Operation, Phase, Reason, ResourceKey, Timestamp, Usd, UsdPerHour,
    Value,
};
use context::RuleContext;
use std::{cmp::Ordering, fmt, sync::Arc};

pub use oversized_endpoint::min_replicas;

macro_rules! rules {
    ($($file:ident $id:literal,)*) => {
        /// The id of every rule.
        pub const RULES: &[&str] = &[$($id,)*];

        /// The thresholds of every rule: one table a rule, as in the configuration file.
        #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Thresholds {
            $(
                #[doc = concat!("Thresholds of `", $id, "`.")]
                #[serde(rename = $id)]
                pub $file: $file::Thresholds,
            )*
        }

        fn each(case: &RuleContext, thresholds: &Thresholds) -> Vec<Verdict> {
            let mut verdicts = Vec::new();
            $(verdicts.extend($file::check(&case.of_rule($id), &thresholds.$file));)*
            verdicts
        }
    };
}

// One line a rule: its module and its id.
rules! {
    idle_notebook "idle-notebook",
    no_auto_stop "no-auto-stop",
    idle_endpoint "idle-endpoint",
    oversized_endpoint "oversized-endpoint",
    gpu_idle "gpu-idle",
    gpu_unused "gpu-unused",
    right_size "right-size",
    runaway_job "runaway-job",
    retry_loop "retry-loop",
    duplicate_jobs "duplicate-jobs",
    throughput_underused "throughput-underused",
    throughput_pays_off "throughput-pays-off",
    cache_opportunity "cache-opportunity",
    office_hours "office-hours",
    capacity_unused "capacity-unused",
    untagged "untagged",
    budget_breach "budget-breach",
    daily_spike "daily-spike",
    weekly_growth "weekly-growth",
    longer_than_ever "longer-than-ever",
}

/// How likely it is that a finding is waste.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Some evidence contradicts it.
    Low,
    /// There is little data, or evidence that may explain it.
    Medium,
    /// There is enough data, and none of it contradicts the finding.
    High,
}

impl Confidence {
    /// The level as users see it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One rule's finding on one resource: the dollars, the reasons and the remedy.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// The resource.
    pub key: ResourceKey,
    /// The resource's name.
    pub name: Arc<str>,
    /// The observation: one sentence without a capital or a period, with its numbers, the window
    /// and the amount of data. `GPU 3 % for 61 h (60 h of data)`. Screens prefix it with the
    /// resource's name or the rule's id.
    pub message: String,
    /// List dollars per hour wasted; never more than the burn.
    pub waste: UsdPerHour,
    /// Where the price is not known, `None` elsewhere: list dollars per hour wasted at the nearest
    /// known price; zero where no price is near. Orders findings, in no sum.
    pub waste_estimate: Option<UsdPerHour>,
    /// Dollars per hour that the finding is about: the waste, or the cost that has no owner, or the
    /// growth.
    pub exposure: UsdPerHour,
    /// Dollars per hour that the remedy would save; can exceed the waste.
    pub saving: UsdPerHour,
    /// The remedy and its saving: `stop it: $21.96/h, $16,029.08 a month at list`.
    pub recommendation: String,
    /// How likely the finding is waste.
    pub confidence: Confidence,
    /// The operation that carries out the remedy; `None` if the row cannot do it now.
    pub fix: Option<Operation>,
    /// The values that the rule judged, by name.
    pub evidence: Vec<(&'static str, Value)>,
    /// The arithmetic of the waste.
    pub arithmetic: String,
    /// Hours until the resource ends by itself; `None`: it does not, or something starts it again.
    pub hours_left: Option<f64>,
    /// When its metrics were read, if they could not be read again since.
    pub as_of: Option<Timestamp>,
}

impl Finding {
    /// Whether the finding is waste, at a known price or not.
    pub fn is_waste(&self) -> bool {
        self.waste.0 > 0.0 || self.waste_estimate.is_some()
    }

    /// Compares by rank, most expensive first: by waste, or its estimate, then exposure, then name.
    pub fn by_rank(&self, other: &Self) -> Ordering {
        let dearer = |a: UsdPerHour, b: UsdPerHour| b.0.total_cmp(&a.0);
        let waste = |one: &Self| one.waste_estimate.unwrap_or(one.waste);
        dearer(waste(self), waste(other))
            .then_with(|| other.is_waste().cmp(&self.is_waste()))
            .then_with(|| dearer(self.exposure, other.exposure))
            .then_with(|| {
                (&self.name, &self.key, self.rule).cmp(&(&other.name, &other.key, other.rule))
            })
    }

    /// The required tags that the resource lacks, if the finding is about them.
    pub fn missing_tags(&self) -> impl Iterator<Item = &str> {
        let lacks = self.evidence.iter().find_map(|(name, value)| match value {
            Value::Text(keys) if *name == untagged::MISSING => Some(keys),
            _ => None,
        });
        lacks
            .into_iter()
            .flat_map(|keys| keys.split(", "))
            .filter(|key| !key.is_empty())
    }

    /// The waste of a month of 730 hours, or until the resource ends by itself.
    pub fn monthly(&self) -> Usd {
        self.within_month(self.waste)
    }

    /// The amount of the next month at `rate`, or until the resource ends by itself.
    pub fn within_month(&self, rate: UsdPerHour) -> Usd {
        rate.within_month(self.hours_left)
    }
}

/// The result of one rule on one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The rule has a finding. Boxed, because most rows have none.
    Finding(Box<Finding>),
    /// The rule cannot judge the row.
    Unknown {
        /// Id of the rule.
        rule: &'static str,
        /// The reason.
        why: Reason,
    },
    /// The rule found nothing.
    Pass {
        /// Id of the rule.
        rule: &'static str,
        /// The values that the rule saw, if a reader can use them: `GPU 35 % over 168 h, 30-70 %:
        /// tune`.
        note: Option<String>,
    },
}

impl Verdict {
    /// Id of its rule.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Finding(finding) => finding.rule,
            Self::Unknown { rule, .. } | Self::Pass { rule, .. } => rule,
        }
    }
}

/// Pairs of rules: a finding of the first includes that of the second, which is dropped.
const SUPPRESSES: &[(&str, &str)] = &[
    ("gpu-idle", "right-size"),
    ("idle-endpoint", "oversized-endpoint"),
    ("idle-endpoint", "office-hours"),
    ("runaway-job", "longer-than-ever"),
];

/// Rules without which the waste of a row is unknown: if one of them lacks data, so does the row.
/// The other rules only add findings.
const REQUIRED_RULES: &[&str] = &[
    "gpu-idle",
    "gpu-unused",
    "idle-notebook",
    "idle-endpoint",
    "oversized-endpoint",
    "throughput-underused",
    "capacity-unused",
];

/// Rules on idleness: those that judge prepaid capacity.
const PREPAID_RULES: &[&str] = &[
    "gpu-idle",
    "gpu-unused",
    "idle-notebook",
    "idle-endpoint",
    "oversized-endpoint",
    "capacity-unused",
];

/// Rules on work that is started again when it ends: its time limit does not bound its cost.
const RECURRING_RULES: &[&str] = &["retry-loop"];

/// Rules that judge no metrics: their findings are as current as the row.
const UNMEASURED_RULES: &[&str] = &[
    "retry-loop",
    "duplicate-jobs",
    "untagged",
    "budget-breach",
    "daily-spike",
    "weekly-growth",
    "longer-than-ever",
    "capacity-unused",
];

/// Whether the waste of a row is unknown while `rule` lacks data.
pub fn is_required(rule: &str) -> bool {
    REQUIRED_RULES.contains(&rule)
}

/// The verdict of every rule that applies to a row, as of `now`; as of the read of its metrics if
/// they could not be read since.
///
/// Resources are judged while they run and are billed. Jobs are judged while they run, billed or
/// not, because the attempts of a job may be billed in other rows; a failed job is judged by
/// `retry-loop` only. Lines of the bill, budgets and tokens are always judged. Empty for every
/// other row.
pub fn judge(head: &CommonFields, thresholds: &Thresholds, now: Timestamp) -> Vec<Verdict> {
    let running = head.state.phase == Phase::Running;
    let judged = match &head.evidence {
        Evidence::None | Evidence::Anomaly(_) | Evidence::Charges(_) => false,
        Evidence::Spend { .. } | Evidence::Budget { .. } | Evidence::Tokens(_) => true,
        Evidence::Job(_) => running,
        Evidence::Accelerators { .. }
        | Evidence::Workspace { .. }
        | Evidence::Replicas { .. }
        | Evidence::Units { .. }
        | Evidence::Capacity { .. } => {
            running && (head.prepaid.is_some() || head.burn.rate() != Some(UsdPerHour::ZERO))
        }
    };
    if let Evidence::Job(job) = &head.evidence
        && head.state.phase == Phase::Failed
        && job.failures.known().is_some()
    {
        return retry_loop::check(&RuleContext { head, now }, &thresholds.retry_loop)
            .into_iter()
            .collect();
    }
    if !judged {
        return Vec::new();
    }
    let case = RuleContext { head, now };
    let mut verdicts = each(&case, thresholds);
    if case.prepaid().is_some() {
        verdicts.retain(|verdict| PREPAID_RULES.contains(&verdict.rule()));
    }
    for (kept, suppressed) in SUPPRESSES {
        let is_finding = |verdict: &Verdict, rule: &str| match verdict {
            Verdict::Finding(finding) => finding.rule == rule,
            _ => false,
        };
        if verdicts.iter().any(|verdict| is_finding(verdict, kept))
            && let Some(verdict) = verdicts
                .iter_mut()
                .find(|verdict| is_finding(verdict, suppressed))
        {
            *verdict = Verdict::Pass {
                rule: suppressed,
                note: Some(format!("included in {kept}")),
            };
        }
    }
    verdicts
}
