//! Reasons of the console itself for refusing or postponing an action. They follow a colon in a
//! toast, a dialog or the errors list, so they start in lower case and end without a full stop.

use crate::domain::{Operation, Reason};

/// The session has no write access.
pub fn cannot_act() -> Reason {
    Reason::new("read-only: this session cannot change AWS")
}

/// Read-only was switched on, for everything or for one profile.
pub fn read_only(profile: Option<&str>) -> Reason {
    let profile = profile.map_or_else(String::new, |name| format!(" {name}"));
    Reason::new(format!(
        "read-only: `:read-only off{profile}` allows changes"
    ))
}

/// The configuration sets the profile read-only.
pub fn profile_cannot_act(profile: &str) -> Reason {
    Reason::new(format!(
        "profile {profile} is read-only in the configuration"
    ))
}

/// An operation cannot be undone while it is in progress. `what`: a name or `3 rows`.
pub fn in_progress(operation: Operation, what: &str) -> Reason {
    Reason::new(format!("{operation} {what} is in progress"))
}

/// The row was read before the operation finished.
pub fn refreshing(operation: Operation, name: &str) -> Reason {
    Reason::new(format!(
        "{operation} of {name} finished; waiting for its row to refresh"
    ))
}

/// The resource is not in the inventory.
pub fn not_listed() -> Reason {
    Reason::new("it is not listed: not read yet, or it no longer exists")
}

/// The resource belongs to an account, region or profile this session does not read.
pub fn elsewhere(account: &str, region: &str, profile: &str) -> Reason {
    Reason::new(format!(
        "it is in {account} {region}; this session does not read profile {profile} there"
    ))
}

/// The resource disappeared.
pub fn gone() -> Reason {
    Reason::new("it no longer exists")
}

/// The plan has no target left, and no target has a reason.
pub fn nothing_to_do() -> Reason {
    Reason::new("there is nothing to do")
}

/// The operation needs input that cannot be scheduled.
pub fn not_schedulable(operation: Operation) -> Reason {
    Reason::new(format!("{operation} cannot be scheduled"))
}

/// spendtop was not running at the scheduled time.
pub fn missed(at: &str) -> Reason {
    Reason::new(format!("spendtop was not running at {at}"))
}

/// The errors list: a scheduled operation did not run.
pub fn not_run(why: &Reason) -> Reason {
    Reason::new(format!("did not run: {why}"))
}

/// The rules became stricter while the dialog was open.
pub fn stricter_now() -> Reason {
    Reason::new("a stronger confirmation is required now")
}

/// A file cannot be read.
pub fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Reason {
    Reason::new(format!("{} cannot be read: {error}", path.display()))
}

/// A guard requires the name or the account to be typed.
pub fn type_to_confirm(account: bool, why: &Reason) -> Reason {
    let what = if account { "account" } else { "name" };
    Reason::new(format!("type the {what}: {why}"))
}

/// A group of the ranking is not billed itself; its rows are.
pub fn rows_are_billed() -> Reason {
    Reason::new("its rows are billed")
}
