//! Dialogs other than the confirm dialog: titles, labels and hints.

use super::plural;
use crate::domain::{Operation, UsdPerHour, WeeklySchedule};

/// Effects of the keys in the last line of a dialog.
pub mod keys {
    /// Enter, where a plan is confirmed next.
    pub const SHOWS_PLAN: &str = "shows the plan";
    /// Closes the dialog.
    pub const CANCELS: &str = "cancels";
    /// Up and down in a field with a number.
    pub const CHANGES_BY_ONE: &str = "changes it by one";
    /// Up and down among custom models.
    pub const SELECTS_MODEL: &str = "select a known model";
    /// Enter in the tag editor.
    pub const ADDS_LINE: &str = "adds the line";
    /// Up and down in the tag editor.
    pub const SELECTS_TAG: &str = "select a tag";
    /// Edits the tag under the cursor.
    pub const EDITS: &str = "edits it";
    /// Removes the line under the cursor.
    pub const REMOVES: &str = "removes it";
    /// Enter in a list.
    pub const SELECTS: &str = "selects";
    /// Where several lines can be selected.
    pub const TOGGLES: &str = "toggles";
    /// Enter in the list of operations.
    pub const CONTINUES: &str = "continues (asks first)";
    /// Up and down when scheduling.
    pub const OPERATION: &str = "operation";
    /// Tab when scheduling.
    pub const EXECUTOR: &str = "executor";
    /// Enter in the snooze dialog.
    pub const SNOOZES: &str = "snoozes it";
    /// Enter on a missed operation.
    pub const CONFIRMS_NOW: &str = "confirms it now";
    /// Enter on a scheduled operation.
    pub const CHANGES: &str = "changes it";
    /// Enter on a snooze.
    pub const ENDS_SNOOZE: &str = "ends the snooze";
}

// Titles.

/// Asks for a count.
pub fn scale_title(names: &str) -> String {
    format!("Scale {names}")
}

/// Asks for hours and counts.
pub fn scheduled_scaling_title(names: &str) -> String {
    format!("Scheduled scaling of {names}")
}

/// Asks for the minimum and maximum of autoscaling.
pub fn autoscaling_limits_title(names: &str) -> String {
    format!("Autoscaling limits of {names}")
}

/// Asks for a custom model.
pub fn swap_model_title(names: &str) -> String {
    format!("Swap the model of {names}")
}

/// The tag editor.
pub fn tags_title(names: &str) -> String {
    format!("Tags of {names}")
}

/// Asks for an operation and its time.
pub fn schedule_title(names: &str) -> String {
    format!("Schedule an operation on {names}")
}

/// Asks for the duration of a snooze.
pub fn snooze_title(names: &str) -> String {
    format!("Snooze {names}")
}

/// The list of scheduled operations and snoozes.
pub fn scheduled_title(missed: bool) -> &'static str {
    if missed {
        "Scheduled: missed operations"
    } else {
        "Scheduled"
    }
}

/// The list of answers about an anomaly.
pub const FEEDBACK_TITLE: &str = "Is it an anomaly?";
/// The list of file formats.
pub const EXPORT_TITLE: &str = "Export this view as";
/// The list of regions.
pub const REGIONS_TITLE: &str = "Show regions";
/// The list of profiles.
pub const PROFILES_TITLE: &str = "Show profiles";

/// The list of fields.
pub fn sort_title(descending: bool) -> &'static str {
    if descending {
        "Sort by (highest first)"
    } else {
        "Sort by (lowest first)"
    }
}

// Counts, limits and hours.

/// Before the present value.
pub const NOW: &str = "now ";
/// Before a suggested count.
pub const SUGGESTED_COUNT: &str = "suggested by its metrics: ";
/// Between the present count and suggested hours.
pub const SUGGESTED_HOURS: &str = " at all hours  suggested ";
/// Before a saving.
pub const SAVES: &str = "saves ";
/// Before an additional cost.
pub const COSTS: &str = "costs ";
/// After a saving or cost that starts with the change.
pub const NOW_SUFFIX: &str = " now";
/// After a saving or cost of a week.
pub const WEEKLY_MEAN: &str = " on average over a week";
/// The new limits contain the present count.
pub const COUNT_UNCHANGED: &str = "the running count stays the same";
/// No saving can be calculated.
pub const PRICE_UNKNOWN: &str = "its price is unknown";
/// The targets count different units.
pub const INSTANCES_OR_COPIES: &str = "instances or copies";
/// Label of the field for hours and counts.
pub const HOURS_LABEL: &str = "days, hours UTC, inside, outside: ";
/// Label of the field for limits.
pub const LIMITS_LABEL: &str = "min-max: ";

/// Label of the field for a count.
pub fn count_label(unit: &str) -> String {
    format!("new number of {unit}: ")
}

/// The present counts of several targets.
pub fn count_range(min: u32, max: u32) -> String {
    if min == max {
        min.to_string()
    } else {
        format!("{min} to {max}")
    }
}

/// The smallest count that AWS accepts.
pub fn minimum_label(count: u32) -> String {
    format!("minimum {count}")
}

/// The desired count and the smallest one that AWS accepts.
pub fn desired_and_minimum(desired: u32, min: u32) -> String {
    format!("{desired} desired, minimum {min}")
}

/// The present limits of several targets.
pub fn different_limits(targets: usize) -> String {
    format!("different on {targets} targets")
}

/// An additional cost.
pub fn more(rate: UsdPerHour) -> String {
    format!("{rate:#} more")
}

/// Hours with their counts.
pub fn hours(schedule: &WeeklySchedule) -> String {
    let WeeklySchedule {
        inside, outside, ..
    } = schedule;
    format!(
        "{} UTC: {inside} inside, {outside} outside",
        schedule.when()
    )
}

// Models and tags.

/// Label of the field for a model.
pub const MODEL_LABEL: &str = "model: ";
/// Valid input of the field for a model.
pub const MODEL_HINT: &str = "ARN or id of a custom model of the same base model";
/// The list is empty.
pub const NO_OTHER_MODEL: &str = "No other custom model of this account is known to fit.";
/// Valid input of the tag editor.
pub const TAGS_HINT: &str =
    "key=value fills in, !key=value overwrites, -key removes; empty: the plan";
/// The list is empty.
pub const NO_TAGS: &str = "no tags yet";
/// Behind a tag that the targets should have.
pub const TAG_REQUIRED: &str = "required, missing";
/// Behind a tag that only the targets without it get.
pub fn tag_filled(targets: usize) -> String {
    format!("on the {targets} without it")
}

/// Before the values that other resources have.
pub fn tag_offers(values: &str) -> String {
    format!("others use {values}")
}

/// Behind a tag that the plan removes.
pub const TAG_REMOVED: &str = "removed";

/// Some tags could not be read.
pub fn tags_unknown(targets: usize) -> String {
    format!("the tags of {targets} of them are unknown")
}

/// A key that not all targets have with the same value.
pub fn mixed_tag(some: usize, targets: usize, values: usize) -> String {
    format!(
        "on {some} of {targets}, {}",
        plural(values, "value", "values")
    )
}

/// An operation that the row does not support.
pub fn unavailable(why: &str) -> String {
    format!("unavailable: {why}")
}

// Schedules and snoozes.

/// Labels when scheduling: operation, executor, time, hours.
pub const SCHEDULE_LABELS: [&str; 4] = ["action  ", "by      ", "at      ", "runs    "];
/// The executors of a scheduled operation.
pub const EXECUTORS: [&str; 3] = ["this console", "a policy tag", "an off-hours tag"];
/// Example of hours.
pub const HOURS_EXAMPLE: &str = "mon-fri 07-19";
/// When this console executes it.
pub const BY_CONSOLE: &str = "runs only if spendtop is running then and nothing relevant changed";
/// When a policy engine executes it once.
pub const BY_MARK: &str = "spendtop only writes the tag; a policy engine that reads it acts";
/// When a policy engine executes it every day.
pub const BY_OFF_HOURS: &str =
    "spendtop only writes the tag; an engine that reads it stops and starts the resource";
/// Label of the field for a duration.
pub const DURATION_LABEL: &str = "duration: ";
/// Before the end of a snooze.
pub const UNTIL: &str = "until ";
/// A snooze of a row without known waste.
pub const NO_KNOWN_WASTE: &str = "no waste is known";
/// A snooze of a row with a scheduled operation.
pub const SCHEDULE_MOVES: &str = "scheduled operations move by the same time";
/// The list is empty.
pub const NOTHING_SCHEDULED: &str = "nothing is scheduled or snoozed";
/// State of an entry.
pub const DUE: &str = "due";
/// State of an entry.
pub const SNOOZED: &str = "snoozed";

/// An operation that is already scheduled for the row.
pub fn already_scheduled(operation: Operation, at: &str) -> String {
    format!("scheduled: {operation} at {at}")
}

/// Cost up to the scheduled time.
pub fn until_then(rate: UsdPerHour) -> String {
    format!("{rate:#} until then")
}

/// The waste that a snooze hides.
pub fn hidden_waste(waste: UsdPerHour) -> String {
    format!("{waste:#} is hidden from the ranking until then; costs continue")
}

/// Waste during a snooze.
pub fn wasted_by_then(amount: crate::domain::Usd) -> String {
    format!("{amount} by then")
}

/// An operation whose time passed while spendtop was not running.
pub fn missed(at: &str) -> String {
    format!("missed {at}")
}

/// Time left.
pub fn in_time(length: &str) -> String {
    format!("in {length}")
}

/// The end of a snooze.
pub fn until(at: &str) -> String {
    format!("until {at}")
}

// Quit and cancel.

/// Quits although operations are scheduled.
pub const QUIT_SCHEDULED_TITLE: &str = "Quit with scheduled operations?";
/// Quits although operations are in progress.
pub const QUIT_RUNNING_TITLE: &str = "Quit while operations are in progress?";
/// The effect of quitting on these operations.
pub const QUIT_RUNNING: &str = "Accepted operations continue in AWS without spendtop. Operations \
    not yet sent are skipped.";
/// Cancels operations.
pub const CANCEL_TITLE: &str = "Cancel operations that have not started?";
/// The effect of cancelling.
pub const CANCEL: &str = "Operations already sent to AWS continue. The rest are skipped and \
    recorded in the journal. Press the same key again to quit.";

/// A plan with targets that were not sent to AWS.
pub fn not_started(operation: Operation, count: usize, total: usize) -> String {
    format!("{operation}: {count} of {total} not started")
}

/// A plan with targets without a result.
pub fn in_progress(operation: Operation, count: usize, total: usize) -> String {
    format!("{operation}: {count} of {total} in progress")
}

/// A scheduled operation that is due.
pub fn starting_now(operation: Operation, name: &str) -> String {
    format!("{operation} {name}: starting now")
}

/// The next scheduled operation.
pub fn next_scheduled(operation: Operation, name: &str, at: &str) -> String {
    format!("{operation} {name} at {at}")
}

/// The scheduled operations at the end of a session.
pub fn scheduled_summary(count: usize, next: &str) -> String {
    match count {
        1 => format!("Scheduled: {next}."),
        count => format!("{count} operations are scheduled; the next: {next}."),
    }
}

/// When scheduled operations run after the end of the session. `saved`: a file holds them.
pub fn scheduled_after_quit(count: usize, saved: bool, grace_minutes: f64) -> String {
    let (it, is, runs) = if count == 1 {
        ("It", "is", "runs")
    } else {
        ("They", "are", "run")
    };
    if saved {
        format!(
            "{it} {runs} only if spendtop is running then. Schedules are saved: the next start \
             runs operations that are at most {grace_minutes:.0} minutes late and asks about \
             older ones."
        )
    } else {
        format!(
            "Schedules are not saved in this session: {} {is} lost when you quit.",
            it.to_lowercase()
        )
    }
}
