//! Waste, found: one file a rule, judged on a row's typed [`Evidence`](crate::domain::Evidence) and
//! nothing else.
//!
//! A rule that lacks data answers [`Verdict::Unknown`] with the reason and never a verdict.
//! Resources are judged while they run and are billed, jobs while they run, the bill always.
//!
//! | rule | a finding when | waste | about ([`Finding::exposure`]), where it calls nothing waste |
//! | --- | --- | --- | --- |
//! | `idle-notebook` | no sign of a person's work for some hours | the whole burn | |
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
//! | `untagged` | a required tag is missing | none | the burn |
//! | `budget-breach` | a budget is passed, or will be within 14 days | none | (month end - limit) / 730 h |
//! | `daily-spike` | the last closed day over 150 % of the mean of those of the 28 before that cost something | none | (day - mean) / 24 h |
//! | `weekly-growth` | seven days over 150 % of the seven before | none | (week - week before) / 168 h |
//! | `longer-than-ever` | running longer than the longest of 3 or more earlier runs | none | the burn |
//!
//! Whatever rules a row breaks, its waste is the largest of theirs. Where one rule includes
//! another, only the first speaks (`SILENCES` in this file). A remedy may save more than is called
//! waste: [`Finding::saving`].

mod context;
#[cfg(test)]
mod tests;

use crate::domain::{
    CommonFields, Evidence, Operation, Phase, Reason, ResourceKey, Timestamp, Usd, UsdPerHour,
    Value,
};
use context::RuleContext;
use std::{cmp::Ordering, fmt, sync::Arc};

pub use oversized_endpoint::needed;

macro_rules! rules {
    ($($file:ident $id:literal,)*) => {
        $(pub mod $file;)*

        /// The id of every rule.
        pub const RULES: &[&str] = &[$($id,)*];

        /// When each rule speaks: one table a rule, as in the configuration file.
        #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct Thresholds {
            $(#[doc = concat!("Of `", $id, "`.")] #[serde(rename = $id)] pub $file: $file::Thresholds,)*
        }

        fn each(case: &RuleContext, thresholds: &Thresholds) -> Vec<Verdict> {
            let mut verdicts = Vec::new();
            $(verdicts.extend($file::check(case, &thresholds.$file));)*
            verdicts
        }
    };
}

// One line a rule: its file and its id.
rules! {
    idle_notebook "idle-notebook",
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
    untagged "untagged",
    budget_breach "budget-breach",
    daily_spike "daily-spike",
    weekly_growth "weekly-growth",
    longer_than_ever "longer-than-ever",
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Some sign speaks against it.
    Low,
    /// Little data, or a sign that may explain it.
    Medium,
    /// Enough data, and all of it says so.
    High,
}

impl Confidence {
    /// The word.
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

/// Money spent with nothing to show for it, with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// On which resource.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// One sentence with its numbers, window and amount of data.
    pub sentence: String,
    /// List dollars per hour wasted; never more than the burn.
    pub waste: UsdPerHour,
    /// Dollars per hour that the finding is about: the waste, or what cannot be attributed, or what
    /// grew.
    pub exposure: UsdPerHour,
    /// Dollars per hour that the remedy would save: the waste, or what the advice is worth.
    pub saving: UsdPerHour,
    /// The remedy in words, with what it would save: `stop it: $21.96/h, $16,029.08 a month at
    /// list`.
    pub saves: String,
    /// How sure.
    pub confidence: Confidence,
    /// The operation that fixes it, where the row offers it.
    pub fix: Option<Operation>,
    /// What it was judged on, by name.
    pub evidence: Vec<(&'static str, Value)>,
    /// How the waste was worked out.
    pub arithmetic: String,
}

impl Finding {
    /// The dearest first: by waste, then by exposure; names decide between equals.
    pub fn by_rank(&self, other: &Self) -> Ordering {
        let dearer = |a: UsdPerHour, b: UsdPerHour| b.0.total_cmp(&a.0);
        dearer(self.waste, other.waste)
            .then_with(|| dearer(self.exposure, other.exposure))
            .then_with(|| {
                (&self.name, &self.key, self.rule).cmp(&(&other.name, &other.key, other.rule))
            })
    }

    /// The waste of a month of 730 hours.
    pub fn monthly(&self) -> Usd {
        self.waste.monthly()
    }
}

/// What a rule says of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Wasted. Boxed, because most rows have none.
    Finding(Box<Finding>),
    /// It cannot say, because.
    Unknown {
        /// Id of the rule.
        rule: &'static str,
        /// The reason.
        why: Reason,
    },
    /// Nothing wrong.
    Fine {
        /// Id of the rule.
        rule: &'static str,
        /// What it saw, where that is worth a word: `GPU 35 % over 168 h, 30-70 %: tune`.
        note: Option<String>,
    },
}

/// Where the first speaks, the second has nothing to add.
const SILENCES: &[(&str, &str)] = &[
    ("gpu-idle", "right-size"),
    ("idle-endpoint", "oversized-endpoint"),
    ("idle-endpoint", "office-hours"),
    ("runaway-job", "longer-than-ever"),
];

/// The waste of a row is not known while one of these cannot say; the others only add to what they
/// find.
const DECIDING: &[&str] = &[
    "gpu-idle",
    "gpu-unused",
    "idle-notebook",
    "idle-endpoint",
    "oversized-endpoint",
    "throughput-underused",
];

/// Whether the waste of a row stays unknown while `rule` cannot say.
pub fn decides(rule: &str) -> bool {
    DECIDING.contains(&rule)
}

/// What every rule that applies to a row says of it, as of `now`.
///
/// Resources are judged while they run and are billed; jobs while they run, because the tries of
/// one are billed elsewhere, and by `retry-loop` alone once they failed; lines of the bill, budgets
/// and tokens always. Empty for the rest.
pub fn judge(head: &CommonFields, thresholds: &Thresholds, now: Timestamp) -> Vec<Verdict> {
    let running = head.state.phase == Phase::Running;
    let judged = match &head.evidence {
        Evidence::None | Evidence::Anomaly(_) => false,
        Evidence::Spend { .. } | Evidence::Budget { .. } | Evidence::Tokens(_) => true,
        Evidence::Job(_) => running,
        Evidence::Accelerators { .. }
        | Evidence::Workspace { .. }
        | Evidence::Replicas { .. }
        | Evidence::Units { .. } => running && head.burn.rate() != Some(UsdPerHour::ZERO),
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
    let mut verdicts = each(&RuleContext { head, now }, thresholds);
    for (speaks, silent) in SILENCES {
        if verdicts
            .iter()
            .any(|verdict| matches!(verdict, Verdict::Finding(finding) if finding.rule == *speaks))
            && let Some(verdict) = verdicts.iter_mut().find(
                |verdict| matches!(verdict, Verdict::Finding(finding) if finding.rule == *silent),
            )
        {
            *verdict = Verdict::Fine {
                rule: silent,
                note: Some(format!("{speaks} says it")),
            };
        }
    }
    verdicts
}
