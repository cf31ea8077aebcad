//! What Cost Explorer and Budgets answered, as plain data: what is kept on disk, and what the lines
//! are made of.

use crate::domain::{Fault, FaultKind, Timestamp};
use serde::{Deserialize, Serialize};

/// An answer, or in words why there is none.
pub(super) type AnswerOrReason<T> = Result<T, String>;

/// Everything one look at an account's bill brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BillingData {
    /// When it was asked, in seconds since the epoch.
    pub at: i64,
    /// AI/ML lines by service and usage type, a day each.
    pub lines: AnswerOrReason<Vec<UsageLine>>,
    /// Dollars by value of a tag, a day each; by tag key.
    pub tags: Vec<(String, AnswerOrReason<Vec<GroupSlice>>)>,
    /// Dollars by linked account, a day each.
    pub accounts: AnswerOrReason<Vec<GroupSlice>>,
    /// Names of linked accounts.
    pub names: Vec<(String, String)>,
    /// Dollars by service, an hour each.
    pub hours: AnswerOrReason<Vec<GroupSlice>>,
    /// From today to the end of the month.
    pub forecast: AnswerOrReason<CostForecast>,
    /// Savings Plans and reservations.
    pub coverage: Vec<CoverageData>,
    /// Monthly cost budgets of AWS Budgets.
    pub budgets: AnswerOrReason<Vec<BudgetData>>,
    /// What went wrong and is worth a badge: class, operation, words.
    pub faults: Vec<(FaultKind, String, String)>,
}

/// One usage type on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UsageLine {
    /// Beginning of the day, in seconds since the epoch.
    pub day: i64,
    /// Cost Explorer's `SERVICE`.
    pub service: String,
    /// Cost Explorer's `USAGE_TYPE`.
    pub usage: String,
    /// Net amortized.
    pub usd: f64,
    /// `UsageQuantity`, in the usage type's own unit.
    pub quantity: f64,
}

/// One value of a group in one step of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct GroupSlice {
    /// Beginning of the step, in seconds since the epoch.
    pub at: i64,
    /// The group's value.
    pub key: String,
    /// Net amortized.
    pub usd: f64,
}

/// Cost Explorer's forecast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CostForecast {
    /// Mean.
    pub mean: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// Savings Plans or reservations on a service's lines, over the last seven days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct CoverageData {
    /// Savings Plans, else reservations.
    pub plans: bool,
    /// Cost Explorer's `SERVICE`; empty for all.
    pub service: String,
    /// Fraction of the usage that is covered.
    pub share: Option<f64>,
    /// Fraction of the commitment that is used.
    pub used: Option<f64>,
    /// Dollars an hour committed to and not used.
    pub unused: Option<f64>,
}

/// A budget of AWS Budgets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct BudgetData {
    /// Its name.
    pub name: String,
    /// What may be spent this month.
    pub limit: f64,
    /// What has been spent.
    pub spent: f64,
    /// What AWS foresees for the whole month.
    pub forecast: Option<f64>,
}

impl BillingData {
    /// When it was asked.
    pub fn at(&self) -> Timestamp {
        Timestamp::from_second(self.at).unwrap_or_default()
    }

    /// Worth keeping: the lines are there, and nothing failed that may be well in a minute.
    pub fn is_lasting(&self) -> bool {
        self.lines.is_ok()
            && self
                .faults
                .iter()
                .all(|(kind, ..)| matches!(kind, FaultKind::Denied | FaultKind::Unavailable))
    }

    /// The faults as badges show them.
    pub fn faults(&self) -> Vec<Fault> {
        self.faults
            .iter()
            .map(|(kind, operation, words)| Fault::new(*kind, operation.as_str(), words.as_str()))
            .collect()
    }
}
