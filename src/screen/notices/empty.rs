//! Why a table is empty, and what to do.

use super::plural;

/// A key that removes the filter.
pub const SHOWS_ALL: &str = " shows all rows";
/// A key that edits the filter.
pub const CHANGES_FILTER: &str = " changes the filter";
/// A key that chooses regions.
pub const REGIONS: &str = " regions";
/// A key that chooses profiles.
pub const PROFILES: &str = " profiles";
/// A key that refreshes.
pub const RETRIES: &str = " retries";
/// A key that lists errors.
pub const ALL_ERRORS: &str = " all errors";
/// Some panes have not answered yet.
pub const NOTHING_SO_FAR: &str = "Nothing found so far; still reading …";
/// All panes have answered.
pub const NO_WASTE: &str = "No waste found.";

/// The first answer is pending.
pub fn reading(regions: &str) -> String {
    format!("Reading {regions} …")
}

/// No row matches the filter.
pub fn no_match(total: usize, filter: &str) -> String {
    format!("None of {total} matches /{filter}")
}

/// No row has waste.
pub fn none_wasted(total: usize) -> String {
    format!("None of {total} has waste")
}

/// All rows are in hidden regions or profiles.
pub fn none_visible(total: usize) -> String {
    format!(
        "{} hidden: {} region or profile is not shown",
        plural(total, "row", "rows"),
        if total == 1 { "its" } else { "their" }
    )
}

/// The counts of rows: all, billed, and evaluated by a rule.
pub fn evaluated(rows: usize, billed: usize, evaluated: usize) -> String {
    format!("{rows} resources, {billed} billed, {evaluated} evaluated by their metrics.")
}

/// The count of rows that no rule could evaluate.
pub fn not_evaluated(count: usize) -> String {
    format!("{count} could not be evaluated: see their details.")
}

/// The pane has no rows.
pub fn no_resources(regions: &str) -> String {
    format!("No resources in {regions}.")
}

/// The contents of the pane.
pub fn pane_lists(doc: &str) -> String {
    format!("This pane lists: {doc}.")
}

/// Remedies for faults.
pub mod remedies {
    /// No credentials.
    pub const SET_CREDENTIALS: &str =
        "Set AWS_PROFILE or run `aws configure`; `spendtop demo` needs none.";
    /// No connection, or no answer in time.
    pub const RETRIES: &str = "spendtop retries automatically. Other regions are not affected.";
    /// The endpoint does not have the operation.
    pub const UNSUPPORTED: &str =
        "This endpoint does not support the operation. Other panes are not affected.";

    /// AWS denied operations of a pane.
    pub fn allow(permissions: &str) -> String {
        format!("Allow this identity: {permissions}")
    }
}
