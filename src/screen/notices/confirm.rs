//! The confirm dialog.

use super::plural;
use crate::domain::{Fault, Operation, UsdPerHour};

/// Preflight checks are running.
pub const PREFLIGHT_RUNNING: &str = "… Running preflight checks (confirm is disabled)";
/// No answer in time.
pub const PREFLIGHT_TIMEOUT: &str = "? Preflight checks timed out: risks are unknown.";
/// Heading of all warnings.
pub const WARNINGS: &str = "Preflight warnings";
/// Heading of the targets without a call.
pub const SKIPPED: &str = "Skipped";
/// The typed text matches before the checks are done.
pub const STILL_RUNNING: &str = "preflight checks are still running";
/// Enter, where a time is confirmed.
pub const ENTER_SCHEDULES: &str = "enter schedules it";
/// The typed text does not match.
pub const WRONG_TEXT: &str = "typed text does not match: nothing was done";
/// The plan is too old.
pub const EXPIRED: &str = "expired: press esc and start again";
/// The text to type does not fit on a line.
pub const TYPE_ALL: &str = "type all of this:";
/// The reason to type the name, if no guard has one.
pub const NOT_UNDOABLE: &str = "this cannot be undone";
/// Before the time of a scheduled plan.
pub const AT: &str = "scheduled for ";
/// When a scheduled plan runs.
pub const ONLY_IF: &str =
    "runs only if spendtop is open then and resource and guards have not changed";
/// Before the plan that this one undoes.
pub const UNDOES: &str = "undoes ";
/// Before the reason of a plan.
pub const REASON: &str = "reason: ";
/// A target without an owner tag.
pub const NO_OWNER: &str = "no owner";
/// A target without a price.
pub const UNPRICED: &str = "unpriced";
/// The operation does not affect the bill.
pub const NO_COST: &str = "costs and saves nothing";
/// The operation alone does not affect the bill.
pub const NO_COST_ITSELF: &str = "costs and saves nothing by itself";
/// No target has a price.
pub const SAVING_UNKNOWN: &str = "saving unknown: unpriced";
/// All of it is still billed.
pub const SAVES_NOTHING: &str = "saves nothing";
/// All of it was billed before.
pub const COSTS_NO_MORE: &str = "costs nothing more";
/// Before a saving.
pub const SAVES: &str = "saves ";
/// Before a saving that may be smaller.
pub const SAVES_AT_MOST: &str = "saves at most ";
/// Before a cost.
pub const COSTS: &str = "costs ";
/// Before the effect of an undo.
pub const UNDO: &str = "undo: ";
/// Nothing changes.
pub const NOTHING_TO_UNDO: &str = "nothing to undo";
/// No undo exists.
pub const CANNOT_UNDO: &str = "cannot be undone";
/// An undo exists for some targets.
pub const REST_CANNOT_UNDO: &str = "; the rest cannot be undone";

/// The question.
pub fn title(verb: &str, what: &str, scheduled: bool) -> String {
    let suffix = if scheduled { " (scheduled)" } else { "" };
    format!("{verb} {what}{suffix}")
}

/// The question of an undo.
pub fn undo_title(operation: Operation, what: &str) -> String {
    format!("Undo {operation} of {what}")
}

/// Several targets in the question.
pub fn resources(count: usize) -> String {
    format!("{count} resources")
}

/// The time left to confirm, and what the executor does afterwards.
pub fn seconds_left(seconds: f64) -> String {
    format!("confirm within {seconds:.0} s · each target is re-checked first")
}

/// Label of the field for the confirmation.
pub fn type_label(text: &str) -> String {
    format!("type {text} > ")
}

/// How to leave the dialog.
pub fn esc_cancels(note: &str) -> String {
    format!("esc cancels · {note}")
}

/// Why a name or an account must be typed.
pub fn type_reason(account: bool, why: &str) -> String {
    let what = if account { "account" } else { "name" };
    format!("type the {what} to confirm: {why}")
}

/// Warnings that do not fit.
pub fn more_warnings(count: usize) -> String {
    format!(
        "… and {count} more {}, below the targets",
        if count == 1 { "warning" } else { "warnings" }
    )
}

/// A warning about some of the targets.
pub fn some_targets(count: usize, total: usize, sentence: &str) -> String {
    format!("{count} of {total}: {sentence}")
}

/// A failed preflight check.
pub fn unread(fault: &Fault) -> String {
    format!("could not be read: {fault}")
}

/// Targets without a call, and why.
pub fn skipped(count: usize, total: usize) -> String {
    format!("{count} of {total} skipped: ")
}

/// Targets without a price among others.
pub fn unpriced(count: usize) -> String {
    format!("+{count} unpriced")
}

/// The dollars of a month.
pub fn month(amount: &str) -> String {
    format!("≈ {amount} a month")
}

/// An amount that accrues until the resource ends by itself.
pub fn until_end(amount: &str, hours: f64) -> String {
    format!("at most {amount} until it ends in {hours:.0} h")
}

/// An additional cost.
pub fn more(rate: UsdPerHour) -> String {
    format!("{rate:#} more")
}

/// A part of the cost that the operation does not end.
pub fn still_billed(rate: UsdPerHour, why: &str) -> String {
    format!("{rate:#} is still billed: {why}")
}

/// An undo exists for some targets.
pub fn undo_some(what: &str, count: usize, total: usize) -> String {
    format!("{what}, {count} of {total}")
}

/// A count that is changing while it is set.
pub fn changing_count(running: u32, desired: u32, target: u32) -> String {
    format!("{running} running, {desired} desired → {target}")
}

/// Accounts, regions or profiles of a plan.
pub fn locations(what: &str, count: usize) -> String {
    if count > 1 {
        format!("{} ", plural(count, what, &format!("{what}s")))
    } else {
        format!("{what} ")
    }
}
