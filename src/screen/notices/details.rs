//! The panels about one row: its details, why it is waste, and a group of findings.

use super::plural;
use crate::domain::{Discount, Measured, Prepaid, Usd, UsdPerHour};

/// Behind the name in the panel about findings.
pub const WHY: &str = "why";
/// Behind the name of a row that is not listed any more.
pub const GONE: &str = "gone";
/// Headings.
pub const FIELDS: &str = "Fields";
/// Heading.
pub const TAGS: &str = "Tags";
/// Heading.
pub const ACTIONS: &str = "Actions";
/// Heading.
pub const SOURCE: &str = "Source";
/// Heading.
pub const CALCULATION: &str = "Calculation";
/// Heading.
pub const EVIDENCE: &str = "Evidence";
/// Heading.
pub const MISSING_TAGS: &str = "Missing tags";
/// Heading.
pub const ROWS: &str = "Rows";
/// The row has no tags.
pub const NO_TAGS: &str = "none";
/// Credentials that belong to no profile.
pub const ENVIRONMENT: &str = "the environment's credentials";
/// A series without a point.
pub const NO_DATA: &str = "n/a: no data";
/// Windows of the cost since a moment: launch, Friday, today, month.
pub const WINDOWS: [&str; 4] = ["since launch", "since Fri 18:00 UTC", "today", "this month"];
/// No rule evaluates the row.
pub const NO_RULE: &str =
    "No rule applies: it is not running, is not billed, or has no metric to evaluate.";
/// A rule found nothing.
pub const PASSED: &str = "no finding";
/// Label of a finding with waste.
pub const WASTE: &str = " waste";
/// Waste of a row without a price, by an estimate.
pub fn price_unknown(estimate: &str) -> String {
    format!("{estimate}   price unknown, in no sum")
}

/// Label of a finding without waste.
pub const NO_WASTE: &str = " no waste";
/// Before the exposure of a finding without waste.
pub const EXPOSURE: &str = "exposure ";
/// The burn of a group without waste.
pub const NOT_WASTE: &str = "cost of these rows; none of it counts as waste";
/// Behind the key that opens a group.
pub const OPENS_ROWS: &str = " opens the rows   ";
/// Behind the key that marks all rows.
pub const MARKS_ALL: &str = " then marks all of them";

/// A value that is missing, with the reason.
pub fn unknown(why: &str) -> String {
    format!("n/a: {why}")
}

/// A rule that could not evaluate the row.
pub fn not_evaluated(why: &str) -> String {
    format!("unknown: {why}")
}

/// An operation that the row does not support.
pub fn unavailable(why: &str) -> String {
    format!("unavailable: {why}")
}

/// A row that is not billed.
pub fn free(why: &str) -> String {
    format!("nothing: {why}")
}

/// A row without a price.
pub fn unpriced(why: &str) -> String {
    format!("unpriced: {why}")
}

/// The calculation of the hourly rate of prepaid capacity.
pub fn prepaid(prepaid: &Prepaid) -> String {
    let own = prepaid.instances.saturating_sub(prepaid.elsewhere);
    let elsewhere = match prepaid.elsewhere {
        0 => String::new(),
        count => format!("; {count} of {} in rows of their own", prepaid.instances),
    };
    match (prepaid.rate(), &prepaid.unit) {
        (Measured::Known(rate), Measured::Known(unit)) => format!(
            "{own} × {unit:#} = {rate:#}, in no burn; {}{elsewhere}",
            prepaid.source
        ),
        (Measured::Unknown(why), _) => unknown(&why.to_string()),
        (_, Measured::Unknown(why)) => unknown(&why.to_string()),
    }
}

/// How the list price of a row is calculated.
pub fn list_price(
    quantity: f64,
    unit: UsdPerHour,
    list: UsdPerHour,
    estimated: bool,
    source: &str,
) -> String {
    let estimated = if estimated { "estimated: " } else { "" };
    format!("{quantity} × {unit:#} = {list:#}, list; {estimated}{source}")
}

/// How the effective price of a row is calculated.
pub fn effective_price(list: UsdPerHour, discount: &Discount, rate: UsdPerHour) -> String {
    format!(
        "{list:#} × (1 - {:.1} %) = {rate:#}; {}, {}",
        discount.share * 100.0,
        discount.service,
        discount.source
    )
}

/// How the effective waste of a row is calculated.
pub fn effective_waste(waste: UsdPerHour, discount: &Discount, paid: UsdPerHour) -> String {
    format!(
        "{waste:#} × (1 - {:.1} %) = {paid:#}, {:#} a month; {}, {}",
        discount.share * 100.0,
        paid.monthly(),
        discount.service,
        discount.source
    )
}

/// The age of a row, and the profile that read it.
pub fn read_ago(age: &str, profile: &str) -> String {
    format!("{age} ago, with {profile}")
}

/// When the metrics of a finding were read, if they could not be read again since.
pub fn as_of(clock: &str, age: &str) -> String {
    format!("as of {clock}, {age} ago: the metrics could not be read again since")
}

/// A series.
pub fn series(last: &str, mean: &str, max: &str, window: &str) -> String {
    format!("last {last}, mean {mean}, max {max} over {window}")
}

/// Rows of a rule; `total`: the rows that it evaluated.
pub fn rows(count: usize, total: Option<usize>) -> String {
    match total {
        Some(total) => format!("{count} of {total} rows"),
        None => plural(count, "row", "rows"),
    }
}

/// Rows of the rule about tags, and how many have all required tags.
pub fn tagged(count: &str, share: f64, untagged: UsdPerHour, burn: UsdPerHour) -> String {
    format!(
        "{count}, {:.0} % of resources have all required tags; {untagged} of {burn} is untagged",
        share * 100.0
    )
}

/// One missing tag.
pub fn tag_missing(count: usize, total: usize, share: f64) -> String {
    format!(
        "on {count} of {}; {:.0} % have it",
        plural(total, "row", "rows"),
        share * 100.0
    )
}

/// An operation that is scheduled for the row.
pub fn scheduled(operation: crate::domain::Operation, due: &str, confirmed: &str) -> String {
    format!("{operation} {due}; confirmed {confirmed}")
}

/// The end of a snooze.
pub fn snoozed(until: &str) -> String {
    format!("its findings are snoozed until {until}")
}

/// Label of a tag that a policy engine acts on.
pub const BY_TAG: &str = "by tag";

/// A tag that a policy engine acts on.
pub fn by_tag(text: &str, key: &str) -> String {
    format!("{text} ({key})")
}

/// Costs of a row since several moments.
pub fn accrued(window: &str, amount: Usd) -> String {
    format!("{window} {amount:#}")
}
