//! Panels over the page: contributors, forecast, unpriced rows, journal, activity, errors, palette.

pub mod watch;

use super::plural;
use crate::domain::{Usd, UsdPerHour};

/// A value that is missing, with the reason.
pub fn unknown(why: &str) -> String {
    format!("n/a: {why}")
}

/// Contributors to an anomaly.
pub mod contributors {
    use super::Usd;

    /// Behind the name of the anomaly.
    pub const TITLE: &str = "contributors";
    /// Columns.
    pub const HEADINGS: [&str; 7] = [" ", "name", "state", "explains", "share", "$/h", "started"];
    /// The list is empty.
    pub const NONE: &str =
        "No resource matches this anomaly; its cause ended before this console started.";
    /// State of a contributor that is not listed.
    pub const GONE: &str = "gone";
    /// Behind the key for feedback, where feedback was sent.
    pub const CHANGES: &str = " changes it";
    /// Before the key for feedback, after an operation.
    pub const DONE: &str = "done: ";
    /// Behind the key for feedback.
    pub const SENDS_FEEDBACK: &str = " sends feedback to AWS";
    /// Behind the keys of the list.
    pub const KEYS: [&str; 5] = [
        " marks  ",
        " all  ",
        " stops  ",
        " all operations  ",
        " sends feedback",
    ];

    /// The list cannot be made.
    pub fn impossible(why: &str) -> String {
        format!("No contributors: {why}.")
    }

    /// The days of an anomaly that continues.
    pub fn since(day: &str) -> String {
        format!("since {day}")
    }

    /// The days of an anomaly that ended.
    pub fn from_to(start: &str, end: &str) -> String {
        format!("{start} to {end}")
    }

    /// The impact of the anomaly.
    pub fn impact(amount: Usd) -> String {
        format!("{amount} above the expected cost")
    }

    /// The dollars that the listed contributors explain, and their share of the impact.
    pub fn explained(amount: Usd, share: Option<f64>) -> String {
        let share = share.map_or_else(String::new, |share| format!(", {:.0} %", share * 100.0));
        format!("contributors explain {amount}{share}")
    }

    /// The dollars that no contributor explains.
    pub fn rest(amount: Usd, share: f64) -> String {
        format!(
            "the rest, {amount} ({:.0} %): ended before this console started, or no pane lists it",
            share * 100.0
        )
    }

    /// Contributors that cost more than the impact.
    pub fn more_than_impact(amount: Usd) -> String {
        format!("{amount} more than AWS counts; its figure may be a day late")
    }

    /// Resources that match but cannot be the cause.
    pub fn earlier(count: usize) -> String {
        let matches = if count == 1 { "matches" } else { "match" };
        format!("{count} more {matches} but ran before at the same pace")
    }

    /// The feedback that AWS has.
    pub fn sent(feedback: &str) -> String {
        format!("Feedback sent: {feedback}  ")
    }

    /// Operations without a result.
    pub fn in_progress(count: usize) -> String {
        format!("{count} in progress  ")
    }

    /// The reason in the journal of an operation on a contributor.
    pub fn reason(anomaly: &str, why: &str) -> String {
        format!("contributor to anomaly {anomaly}: {why}")
    }
}

/// The forecast.
pub mod forecast {
    use super::{Usd, UsdPerHour, plural};
    use crate::{
        domain::{Currency, money::costs::Forecast},
        inventory::{MonthToDate, WindowCost},
    };

    /// The title.
    pub const TITLE: &str = "Forecast";
    /// The scope of the sums.
    pub const SCOPE: &str = "AI/ML services, credits, refunds and tax excluded";
    /// Above the budgets with their forecast.
    pub const BUDGETS: &str = "Budgets";
    /// Above the comparison of the own estimate with the bill, service by service.
    pub const RECONCILED: &str = "Estimate and bill, the last closed day";
    /// Above the discount of each service.
    pub const DISCOUNTS: &str = "Discounts";
    /// Above the share of usage that commitments cover.
    pub const COVERAGE: &str = "Savings Plans and reservations";
    /// Before the cost since the first of the month.
    pub const MONTH_TO_DATE: &str = "month to date";
    /// Before the forecast of the whole month.
    pub const MONTH_END: &str = "month end";
    /// All prices are list prices.
    pub const NO_DISCOUNT: &str = " at list; no discount is known";
    /// No budget.
    pub const NO_BUDGET: &str = "none: neither AWS Budgets nor the configuration has one";
    /// The budget is spent.
    pub const EXCEEDED: &str = "exceeded";
    /// The budget lasts for the month.
    pub const NOT_EXCEEDED: &str = "not exceeded this month";
    /// The latest day of a range.
    pub const NOT_THIS_MONTH: &str = "not this month";
    /// No day can be compared.
    pub const NO_CLOSED_DAY: &str = "no closed day with both an estimate and a bill yet";
    /// The bill of a day is zero.
    pub const NOTHING_BILLED: &str = "nothing billed";
    /// Exclusions from the comparison.
    pub const EXCLUDED: &str = "Excluded: rows no longer listed, and lines without a list rate.";
    /// No discount.
    pub const NO_DISCOUNTS: &str = "none known: all prices are list prices";
    /// A service without a discount.
    pub const AT_LIST: &str = "billed at list";

    /// The cost of the month: the billed part with its end, and the estimated part.
    pub fn month(month: &MonthToDate, through: Option<&str>) -> String {
        let money = |usd: Usd| match month.currency {
            Currency::USD => format!("{usd:#}"),
            currency => currency.format(usd.0),
        };
        let through = through.map_or_else(String::new, |at| format!(" to {at}"));
        let estimated = Usd(month.amount.0 - month.billed.0);
        let since = if estimated.0.abs() < 0.005 {
            String::new()
        } else {
            format!(", {} estimated since", money(estimated))
        };
        let missing = match month.missing {
            0 => String::new(),
            count => format!("; {count} without a figure"),
        };
        format!(
            "{}   {} billed{through}{since}; {}{missing}",
            money(month.amount),
            money(month.billed),
            plural(month.accounts, "account", "accounts"),
        )
    }

    /// Behind the effective dollars per hour: the burn, and the discount.
    pub fn effective(list: UsdPerHour, off: f64) -> String {
        format!(" effective, {list:#} at list, {:.1} % less", off * 100.0)
    }

    /// The rate of prepaid capacity in dollars per hour, and its unused part.
    pub fn prepaid(rate: UsdPerHour, unused: UsdPerHour) -> String {
        let unused = match unused {
            UsdPerHour::ZERO => "none of it unused".to_owned(),
            unused => format!("{unused:#} of it unused"),
        };
        format!("{rate:#} paid in advance, in no burn; {unused}")
    }

    /// Before the cost since Friday evening.
    pub const SINCE_FRIDAY: &str = "since Fri 18 UTC";
    /// Before the cost since midnight.
    pub const TODAY: &str = "today UTC";

    /// The cost in a window: the billed part, its end, and the estimated part.
    pub fn spent(cost: &WindowCost, through: Option<&str>) -> String {
        let estimated = cost.usage - cost.billed;
        let parts = match through {
            Some(at) => format!(
                "{:#} billed to {at}, {estimated:#} estimated since",
                cost.billed
            ),
            None => "estimated".to_owned(),
        };
        let prepaid = if cost.prepaid > Usd::ZERO {
            format!(", {:#} of prepaid capacity", cost.prepaid)
        } else {
            String::new()
        };
        let total = cost.total();
        match &cost.gap {
            Some(why) => format!("at least {total:#}: {parts}{prepaid}; {why}"),
            None => format!("{total:#}: {parts}{prepaid}"),
        }
    }

    /// The forecast of the month with its range and source.
    pub fn range(end: &Forecast) -> String {
        format!(
            "{:#}   {} to {} in {:.0} % of cases; {}",
            end.mean,
            end.low,
            end.high,
            end.level * 100.0,
            end.source
        )
    }

    /// The forecast of a budget.
    pub fn month_end(amount: Usd) -> String {
        format!(", forecast {amount}")
    }

    /// When a budget is spent.
    pub fn exceeded_on(day: &str, earliest: &str, latest: &str, days: f64) -> String {
        format!("exceeded {day} ({earliest} to {latest}), in {days:.0} days")
    }

    /// The estimate and the bill of a day.
    pub fn compared(estimate: Usd, billed: Usd) -> String {
        format!("estimate {estimate:#}, billed {billed:#}, ")
    }

    /// A discount.
    pub fn less(share: f64) -> String {
        format!("{:.1} % less", share * 100.0)
    }
}

/// Rows without a price.
pub mod unpriced {
    /// The title.
    pub const TITLE: &str = "Unpriced";
    /// The list is empty.
    pub const NONE: &str = "Every billed row has a price.";
    /// Why the sums exclude these rows.
    pub const EXCLUDED: &str = "Billed at an unknown price: excluded from BURN and all sums.";
}

/// The journal.
pub mod journal {
    use super::{UsdPerHour, plural};

    /// The title.
    pub const TITLE: &str = "Journal";
    /// The file is being read.
    pub const READING: &str = "reading …";
    /// Columns.
    pub const HEADINGS: [&str; 6] = ["when", "who", "operation", "name", "status", "reason"];
    /// The file has no entry.
    pub const EMPTY: &str = "The journal is empty.";
    /// The filter matches nothing.
    pub const NO_MATCH: &str = "No entry matches.";
    /// Title of an entry without a name.
    pub const ENTRY: &str = "Entry";
    /// An entry that recovery wrote.
    pub const RECOVERED: &str = ", found by recovery";
    /// An action without a result.
    pub const NO_RESULT: &str = "no result";

    /// The chain is intact.
    pub fn verified(entries: u64, interrupted: usize) -> String {
        let interrupted = match interrupted {
            0 => String::new(),
            count => format!("; {count} interrupted by a crash"),
        };
        format!("integrity verified: {entries} entries{interrupted}")
    }

    /// The chain is broken.
    pub fn altered(count: usize) -> String {
        format!(
            "THE JOURNAL WAS ALTERED: {}",
            plural(count, "integrity violation", "integrity violations")
        )
    }

    /// Violations that are not listed.
    pub fn more_violations(count: usize) -> String {
        format!("and {count} more: run `spendtop journal --verify`")
    }

    /// The saving or the additional cost of the operation.
    pub fn saving(rate: f64) -> String {
        if rate >= 0.0 {
            format!("{:#}", UsdPerHour(rate))
        } else {
            format!("costs {:#} more", UsdPerHour(-rate))
        }
    }

    /// The count before the operation.
    pub fn count(running: u32, desired: u32) -> String {
        if running == desired {
            format!("{running} running")
        } else {
            format!("{running} running, {desired} desired")
        }
    }

    /// A tag that did not exist before the operation.
    pub fn no_tag(key: &str) -> String {
        format!("no tag {key}")
    }

    /// The place of an entry in the chain.
    pub fn chain(seq: u64, hash: &str, previous: Option<&str>) -> String {
        let after = previous.map_or_else(String::new, |hash| format!(" after {hash}"));
        format!("entry {seq}: {hash}{after}")
    }

    /// An entry that does not fit into the chain.
    pub fn integrity_error(error: &str) -> String {
        format!("integrity error: {error}")
    }
}

/// The activity of this session.
pub mod activity {
    use super::plural;

    /// The title.
    pub const TITLE: &str = "Activity";
    /// The list is empty.
    pub const NONE: &str = "No action in this session.";
    /// A plan of a previous session.
    pub const RECOVERED: &str = "a previous session ended before the result; checked now";

    /// The number of plans.
    pub fn plans(count: usize) -> String {
        plural(count, "plan", "plans")
    }

    /// Several targets.
    pub fn resources(count: usize) -> String {
        format!("{count} resources")
    }
}

/// Errors.
pub mod errors {
    /// The title.
    pub const TITLE: &str = "Errors";
    /// The list is empty.
    pub const NONE: &str = "No errors.";

    /// The remedy for a denied operation.
    pub fn allow(operation: &str) -> String {
        format!("allow this identity {operation}")
    }
}

/// The command palette and help.
pub mod palette {
    /// The title.
    pub const TITLE: &str = "Command";
    /// Nothing matches.
    pub const NO_MATCH: &str = "no command matches; esc closes";
    /// Title of the help.
    pub const KEYS: &str = "Keys";

    /// The keymap of the help.
    pub fn keymap(name: &str) -> String {
        format!("keymap {name}")
    }
}
