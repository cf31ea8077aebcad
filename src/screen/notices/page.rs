//! The page: header, tabs, footer, titles of tiles, the chart, and why a table is empty.

use super::plural;
use crate::domain::{Operation, Usd, UsdPerHour};

// Header, tabs and footer.

/// The burn, before it is known.
pub const BURN_LOADING: &str = "BURN …";
/// Cost rate and waste where no source has an answer.
pub const BURN_UNKNOWN: &str = "BURN n/a";
/// See [`BURN_UNKNOWN`].
pub const WASTE_UNKNOWN: &str = "WASTE n/a";
/// Waste, before it is known.
pub const WASTE_LOADING: &str = "WASTE …";
/// Before a sum of which parts are not read yet.
pub const AT_LEAST: &str = "≥";
/// Before the burn.
pub const BURN: &str = "BURN ";
/// Before the part of it that is waste.
pub const WASTE: &str = "WASTE ";
/// Before the cost of the month so far.
pub const MONTH: &str = "MTD ";
/// The cost of the month is unknown.
pub const MONTH_UNKNOWN: &str = "MTD n/a";
/// Before the cost since Friday evening.
pub const SINCE_FRIDAY: &str = "since Fri ";
/// The budget is spent.
pub const OVER_BUDGET: &str = "over budget";
/// The data is current.
pub const LIVE: &str = "live ";
/// A part of the data is old.
pub const STALE: &str = "stale ";
/// No data yet.
pub const READING: &str = "reading …";
/// The screen is too small to draw anything.
pub const TOO_SMALL: &str = "too small";
/// Shown until the user types a filter.
pub const FILTER_EXAMPLE: &str =
    "gpu state:running burn>5 age>2h tag:team=search !spot region:us-*";

/// The burn at list prices.
pub fn list(amount: Usd) -> String {
    format!("list {amount}")
}

/// What watching costs a day, and its budget; `is_limited`: metrics are older for the budget.
pub fn watch(per_day: Usd, budget: Option<Usd>, age: &str, is_limited: bool) -> String {
    let budget = budget.map_or_else(String::new, |budget| format!("/{budget}"));
    let limited = if is_limited { " (watch budget)" } else { "" };
    format!("use {age}{limited} · watch {per_day}{budget}")
}

/// The rate of prepaid capacity, and its unused part.
pub fn prepaid(rate: UsdPerHour, unused: UsdPerHour) -> String {
    if unused.0 > 0.0 {
        format!("prepaid {rate}, {unused} unused")
    } else {
        format!("prepaid {rate}")
    }
}

/// A sum, marked if it is a lower bound.
pub fn at_least(amount: Usd, is_least: bool) -> String {
    format!("{amount}{}", if is_least { "+" } else { "" })
}

/// The billed part of the month.
pub fn billed(amount: &str, through: &str) -> String {
    format!("{amount} this month, billed to {through}")
}

/// Rows without a price.
pub fn unpriced(count: usize, narrow: bool) -> String {
    format!(" +{count}{}", if narrow { "?" } else { " unpriced" })
}

/// Waste of a row without a price: `~$98.32/h` by the nearest known price.
pub fn estimated_waste(rate: UsdPerHour) -> String {
    if rate.0 > 0.0 {
        format!("~{rate}")
    } else {
        "?".to_owned()
    }
}

/// Rows that no rule could judge.
pub fn unjudged(count: usize, narrow: bool) -> String {
    format!(" +{count}{}", if narrow { "?" } else { " unjudged" })
}

/// The time of metrics that could not be read again.
pub fn as_of(clock: &str) -> String {
    format!("as of {clock}")
}

/// Waste of snoozed findings.
pub fn snoozed(amount: &str) -> String {
    format!(" +{amount} snoozed")
}

/// The forecast of the month.
pub fn forecast(amount: &str) -> String {
    format!("fc {amount}")
}

/// A budget that covers more than the services shown.
pub fn budget(spent: &str, limit: &str) -> String {
    format!("budget {spent}/{limit}")
}

/// The rows do not change.
pub fn paused(length: &str) -> String {
    format!("paused {length}")
}

/// Sources without an answer.
pub fn failing(count: usize) -> String {
    format!("{count} failing")
}

/// The end of the data of Cost Explorer.
pub fn cost_explorer_to(at: &str) -> String {
    format!("CE to {at}")
}

/// The smallest screen.
pub fn needs_size(columns: u16, rows: u16) -> String {
    format!("needs {columns}x{rows}")
}

/// Targets without a result.
pub fn in_progress(open: usize, total: usize) -> String {
    if open == total {
        format!("{open} in progress ")
    } else {
        format!("{open} of {total} in progress ")
    }
}

/// Scheduled operations.
pub fn scheduled(count: usize) -> String {
    format!("{count} scheduled ")
}

/// Unread errors.
pub fn errors(count: usize) -> String {
    format!(" {} ", plural(count, "error", "errors"))
}

/// Rows that a filter matches.
pub fn matches(count: usize, total: usize) -> String {
    format!("{count} of {total}")
}

/// Lines below the visible ones.
pub fn more_below(count: usize) -> String {
    format!("{count} more below")
}

// Tiles and rows.

/// Title of the ranking.
pub const WASTE_TITLE: &str = "Waste by cost";
/// The same on one line.
pub const WASTE_SHORT: &str = "Waste";
/// Only rows with waste are shown.
pub const WASTE_ONLY: &str = "waste only";
/// A row without an owner tag.
pub const NO_OWNER: &str = "no owner";
/// A row of the ranking whose finding is gone.
pub const SETTLED: &str = "settled";
/// A target of a running plan that has not started.
pub const WAITING: &str = "· waiting";
/// The key that opens the details.
pub const DETAILS: &str = "details";

/// The age of rows whose source fails.
pub fn rows_old(age: &str) -> String {
    format!("rows {age} old")
}

/// The age of a row.
pub fn old(age: &str) -> String {
    format!("{age} old")
}

/// Marked rows.
pub fn marked(count: usize, hidden: usize) -> String {
    if hidden > 0 {
        format!("{count} marked ({hidden} hidden)")
    } else {
        format!("{count} marked")
    }
}

/// The waste of a tile.
pub fn waste(amount: &str) -> String {
    format!("{amount} waste")
}

/// The next scheduled operation of a row.
pub fn next_scheduled(operation: Operation, at: &str) -> String {
    format!("{operation} {at}")
}

/// The findings of a row are snoozed.
pub fn snoozed_for(length: &str) -> String {
    format!("snoozed {length}")
}

/// The number of rows with the finding that is shown.
pub fn first_of(count: usize) -> String {
    format!("1 of {count} rows with this finding")
}

/// Progress of a plan on several rows.
pub fn all_over(done: usize, total: usize, failed: usize) -> String {
    match failed {
        0 => format!("✓ {done} of {total} done"),
        _ => format!("! {done} of {total} done, {failed} failed or skipped"),
    }
}

/// Progress of a plan on several rows, of which some are changing.
pub fn changing(progress: &str, done: usize, total: usize, failed: usize) -> String {
    match failed {
        0 => format!("→ {progress}: {done} of {total} done"),
        _ => format!("→ {progress}: {done} of {total} done, {failed} failed or skipped"),
    }
}

/// A rate as dollars of a month.
pub fn a_month(amount: &str) -> String {
    format!("≈ {amount} a month")
}

/// An amount that accrues until the resource ends by itself.
pub fn until_end(amount: &str, hours: f64) -> String {
    format!("at most {amount} until it ends in {hours:.0} h")
}

// The chart.

/// The series has no point.
pub const NO_COST: &str = "no cost is known for this period";
/// One bar a day.
pub const BY_DAY: &str = "by day";
/// One bar an hour.
pub const BY_HOUR: &str = "by hour";
/// Legend of the foot.
pub const WEEKEND: &str = " weekend";

/// The title where no row is selected.
pub fn sum_of(rows: usize) -> String {
    format!("Sum of {}", plural(rows, "row", "rows"))
}

/// The mean of all bars.
pub fn mean(amount: Usd) -> String {
    format!("mean {amount}")
}

/// The smallest cost that is a spike.
pub fn spike_over(amount: Usd) -> String {
    format!("spike over {amount}")
}

/// The key that switches between a row and the sum.
pub fn chart_key(key: &str, row: bool) -> String {
    format!("{key} {}", if row { "sum" } else { "row" })
}

// Badges and progress.

/// Profiles that are read-only.
pub fn read_only_profiles(count: usize) -> String {
    format!("read-only: {count} profiles")
}

/// Results of a plan.
pub fn results(done: usize, total: usize) -> String {
    match total {
        1 if done == 1 => "done".to_owned(),
        _ if done == total => format!("all {total} done"),
        _ => format!("{done} of {total} done"),
    }
}

/// An undo in the palette and in a dialog.
pub fn undo_what(operation: Operation, what: &str, by: &str, when: &str) -> String {
    format!("{operation} of {what} by {by}, {when}")
}
