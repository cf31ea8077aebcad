//! The cost of watching.

use crate::domain::{Usd, WatchPlan, WatchUse, time::timestamp};

/// The title.
pub const TITLE: &str = "Watch";
/// The scope of the sums.
pub const SCOPE: &str = "the calls of this run; AWS bills metrics and pages of Cost Explorer";
/// Nothing was called.
pub const NONE: &str = "No source was read yet.";
/// Columns.
pub const HEADINGS: [&str; 3] = ["operation", "requests", "cost"];

/// How often metrics are asked, and why not more often.
pub fn plan(plan: &WatchPlan) -> String {
    let age = timestamp::short(plan.age);
    let cost = format!(
        "{} metrics and Cost Explorer, at most {} a day",
        plan.metrics, plan.per_day
    );
    match plan.budget {
        None => format!("{cost} without a budget; metrics asked every {age}"),
        Some(budget) if plan.is_limited => format!(
            "{cost} of {budget}: metrics of 90 % of the burn asked every {age}; `[watch] budget` \
             sets it"
        ),
        Some(budget) => format!("{cost} of {budget}: metrics asked every {age}"),
    }
}

/// The calls of this run.
pub fn so_far(watch: &WatchUse) -> String {
    format!(
        "{} in {}, {:.0} requests a minute",
        cost(watch.cost()),
        timestamp::short(watch.seconds),
        watch.requests_per_minute()
    )
}

/// The price of calls; most have none.
pub fn cost(cost: Usd) -> String {
    if cost.0 > 0.0 {
        format!("${:.4}", cost.0)
    } else {
        "free".to_owned()
    }
}
