//! The cost of watching an account: the calls of this run, and what the metrics cost a day.

use super::Usd;

/// The cost of watching one account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WatchUse {
    /// Seconds since this run began to count.
    pub seconds: f64,
    /// The calls so far, by operation.
    pub calls: Vec<ApiUse>,
    /// How often metrics are asked.
    pub plan: WatchPlan,
}

/// The calls of one operation.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiUse {
    /// `cloudwatch:GetMetricData`.
    pub operation: &'static str,
    /// Requests sent, each retry counted.
    pub requests: u64,
    /// What AWS bills for them.
    pub cost: Usd,
}

/// How often metrics are asked, and what that costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WatchPlan {
    /// Metrics that are asked.
    pub metrics: usize,
    /// What they and Cost Explorer cost a day at most.
    pub per_day: Usd,
    /// The budget a day, Cost Explorer included; `None`: unlimited.
    pub budget: Option<Usd>,
    /// The age that the readings of the dearest resources reach, seconds.
    pub age: f64,
    /// Whether metrics are asked less often than they would be without a budget.
    pub is_limited: bool,
}

impl WatchUse {
    /// What AWS bills for the calls so far.
    pub fn cost(&self) -> Usd {
        self.calls.iter().map(|call| call.cost).sum()
    }

    /// Requests a minute, a mean of this run.
    pub fn requests_per_minute(&self) -> f64 {
        let requests: u64 = self.calls.iter().map(|call| call.requests).sum();
        requests as f64 * 60.0 / self.seconds.max(60.0)
    }
}
