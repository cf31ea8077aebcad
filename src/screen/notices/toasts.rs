//! Toasts, and errors in the palette: one variant and its wording a line.

use super::{name_and_more, plural};
use crate::domain::{ActionStatus, ConfirmError, Fault, Operation, Reason, StatusKind};
use std::sync::Arc;

/// The tone of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// For information.
    Info,
    /// Something succeeded.
    Good,
    /// Something failed or was refused.
    Bad,
}

use Tone::{Bad, Good, Info};

/// Declares [`Notice`]: each line is a variant with its data, its tone and its wording.
macro_rules! notices {
    ($($name:ident $({ $($field:ident: $type:ty),* })?: $tone:expr => $text:expr;)*) => {
        /// A message to the user: typed, so that tests compare what happened and not its wording.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Notice {
            $(
                #[doc = concat!("`", stringify!($text), "`")]
                $name $({ $(#[doc = concat!("The ", stringify!($field), ".")] $field: $type,)* })?,
            )*
        }

        impl Notice {
            /// Its tone.
            #[expect(unused_variables, reason = "few tones depend on the data")]
            pub fn tone(&self) -> Tone {
                match self { $(Self::$name $({ $($field),* })? => $tone,)* }
            }

            /// Its wording. Names in it come from AWS and may hold control characters.
            pub fn text(&self) -> String {
                match self { $(Self::$name $({ $($field),* })? => $text.to_string(),)* }
            }

            /// The names of all variants.
            #[cfg(test)]
            pub const VARIANTS: &'static [&'static str] = &[$(stringify!($name),)*];

            /// The name of this variant.
            #[cfg(test)]
            pub fn variant(&self) -> &'static str {
                match self { $(Self::$name { .. } => stringify!($name),)* }
            }
        }
    };
}

notices! {
    // Rows, pages and views.
    NoRow: Info => "No row is selected.";
    RowsGone: Info => "The selected rows no longer exist.";
    NotListed { name: Arc<str> }: Info => format!("{name} is not listed. Wait for a refresh.");
    NotAnAnomaly: Info => "Only anomalies have contributors. Open the anomalies pane.";
    PageCount { count: usize }: Info =>
        format!("This console has {}.", plural(*count, "page", "pages"));
    OneGrouping: Info => "This pane has no other grouping.";
    UnknownGrouping { name: String, known: String }: Bad =>
        format!("No grouping `{name}` here. Choose one of: {known}.");
    NoChart: Info => "This pane has no chart.";
    OneGranularity: Info => "This chart has no other granularity.";
    NoFilter: Info => "No filter to repeat. Type one first.";
    NoMatch: Info => "No row matches the last filter.";
    FilterInvalid { error: String }: Bad => error;
    NothingToChoose: Info => "Nothing to choose from yet. Wait for a refresh.";
    ThemeChanged { name: String }: Info => format!("Theme: {name}");
    Refreshing: Info => "Refreshing now.";
    QuitHint { keys: String }: Info => format!("Press {keys} to quit.");

    // Commands of the palette.
    UnknownCommand { word: String, nearest: String }: Bad =>
        format!("No command `{word}`. Did you mean `{nearest}`?");
    UnknownField { name: String, nearest: String }: Bad =>
        format!("No field `{name}` here. Did you mean `{nearest}`?");
    UnknownTheme { name: String, known: String }: Bad =>
        format!("No theme `{name}`. Choose one of: {known}.");
    UnknownLocation { what: &'static str, name: String, known: String }: Bad =>
        format!("No {what} `{name}` here. Choose one of: {known}.");
    UnknownWord { word: String, known: &'static str }: Bad =>
        format!("`{word}` is unknown. Use {known}.");
    TakesNoArgument { word: String }: Bad => format!("`{word}` takes no argument.");
    InputInvalid { error: String }: Bad => error;

    // Copies and files.
    NothingToCopy { what: &'static str }: Info => format!("This row has no {what} to copy.");
    Copied { text: String }: Good => format!("Copied {text}.");
    CopiedMany { count: usize, what: &'static str }: Good => format!("Copied {count} {what}s.");
    CopyFailed { error: String }: Bad => format!("Could not copy: {error}");
    Saved { path: String }: Good => format!("Saved {path}.");
    SaveFailed { path: String, error: String }: Bad => format!("Could not save {path}: {error}");
    ReadFailed { path: String, error: String }: Bad => format!("Could not read {path}: {error}");
    SuspendFailed { error: String }: Bad => format!("Could not suspend: {error}");
    Failed { fault: Fault }: Bad => fault;
    RegionSkipped { message: Arc<str> }: Info => format!("{message}: it is skipped.");

    // Read-only.
    ReadOnly { why: Reason }: Bad => why;
    ReadOnlyOn { badge: String }: Info => format!("{badge}: operations are refused.");
    ReadOnlyOff: Info => "Operations are allowed. Each one asks first.";
    CannotAct: Bad => "This session started read-only and cannot change AWS.";
    ProfileCannotAct { profile: String }: Bad =>
        format!("The configuration sets profile {profile} read-only. Change it there.");

    // Plans and their confirmation.
    Unavailable { operation: Operation, name: Arc<str>, rows: usize, why: Reason }: Bad =>
        match rows {
        0 | 1 => format!("{operation} {name}: {why}"),
        _ => format!("{operation} is not available on any of {rows} rows. {name}: {why}"),
    };
    TargetsGone { operation: Operation }: Bad =>
        format!("{operation}: the selected rows no longer exist.");
    NothingAsked { operation: Operation }: Bad =>
        format!("{operation} needs no input on this row.");
    CannotSchedule { why: Reason }: Bad => format!("No operation can be scheduled here: {why}");
    Skipped { count: usize, why: Reason }: Bad =>
        format!("{} skipped: {why}", plural(*count, "row was", "rows were"));
    PlanDenied { operation: Operation, why: Reason }: Bad =>
        format!("{operation}: nothing was done: {why}");
    PreflightRunning: Info => "Preflight checks are still running. Confirm when they finish.";
    PreflightChanged: Info => "Preflight results have just arrived. Read them, then confirm again.";
    DialogNotDrawn: Info => "The dialog was still loading. Press again to confirm.";
    NotConfirmed { error: ConfirmError }: Bad => format!("{error} Nothing was done.");
    Refused { why: Reason }: Bad => format!("Nothing was done: {why}");
    Dismissed: Info => "Nothing was done.";

    // Operations in progress.
    Submitted { operation: Operation, name: Arc<str>, count: usize }: Info =>
        format!("{operation} {} submitted.", name_and_more(name, *count));
    Progress { operation: Operation, name: Arc<str>, status: ActionStatus }: status_tone(status) =>
        format!("{operation} {name}: {}", status.describe());
    BulkProgress { operation: Operation, counts: String }: Info => format!("{operation}: {counts}");
    BulkDone { operation: Operation, counts: String }: Good => format!("{operation}: {counts}");
    BulkFailed { operation: Operation, counts: String, key: String, error: String }: Bad => {
        let after = if error.is_empty() { String::new() } else { format!(" {error}") };
        format!("{operation}: {counts}. Press {key} for details.{after}")
    };
    BulkCancelled { operation: Operation, counts: String, key: String }: Info =>
        format!("{operation}: {counts}. Press {key} for details.");
    NothingRunning: Info => "No operation is in progress.";
    NoActivity: Info => "Nothing was done in this session. The journal lists earlier operations.";
    Interrupted {
        operation: Operation, name: Arc<str>, status: ActionStatus
    }: interrupted_tone(status) => format!(
        "A previous session was interrupted: {operation} {name} {}",
        interrupted_text(status)
    );
    InterruptedMany { count: usize, key: String }: Bad => format!(
        "A previous session was interrupted during {count} operations. Press {key} to review."
    );

    // Journal and undo.
    NoJournal: Info => "This session writes no journal: it cannot change anything.";
    NoEntry: Info => "Nothing to undo is selected.";
    NothingToUndo { why: Reason }: Bad => format!("Nothing to undo: {why}");
    NotUndoable { what: String, rows: usize, name: Arc<str>, why: Reason }: Bad => match rows {
        0 | 1 => format!("Cannot undo {what}: {why}"),
        _ => format!("Cannot undo {what} on any of {rows} rows. {name}: {why}"),
    };
    UndoLater { why: Reason }: Info => format!("Not yet: {why}.");
    UndoBlocked: Info => "Answer the open dialog first, then undo.";

    // Scheduled operations and snoozes.
    Scheduled { operation: Operation, name: Arc<str>, count: usize, at: String }: Good => format!(
        "{operation} {} scheduled for {at} (spendtop must be running).",
        name_and_more(name, *count)
    );
    NotScheduled { why: Reason }: Bad => format!("Nothing was scheduled: {why}");
    Unscheduled { operation: Operation, name: Arc<str> }: Info =>
        format!("{operation} {name} is no longer scheduled.");
    Missed { operation: Operation, name: Arc<str>, count: usize, at: String }: Bad => format!(
        "{operation} {} missed {at} (spendtop was not running). Confirm to run now.",
        name_and_more(name, *count)
    );
    ScheduleFailed { operation: Operation, name: Arc<str>, at: String, why: Reason }: Bad =>
        format!("{operation} {name} scheduled for {at} did not run: {why}");
    Snoozed { name: Arc<str>, count: usize, until: String }: Good =>
        format!("Snoozed {} until {until}.", name_and_more(name, *count));
    SnoozedAndPostponed {
        name: Arc<str>, count: usize, until: String, operation: Operation, due: String
    }: Good => format!(
        "Snoozed {} until {until}. {operation} moved to {due}.",
        name_and_more(name, *count)
    );
    Woken { name: Arc<str>, count: usize }: Info =>
        format!("{} no longer snoozed.", and_more_are(name, *count));
}

/// `web is`, or `web and 2 more are`.
fn and_more_are(name: &str, count: usize) -> String {
    format!(
        "{} {}",
        name_and_more(name, count),
        if count > 1 { "are" } else { "is" }
    )
}

fn status_tone(status: &ActionStatus) -> Tone {
    match status.kind() {
        StatusKind::Succeeded => Good,
        kind if kind.is_trouble() => Bad,
        _ => Info,
    }
}

fn interrupted_tone(status: &ActionStatus) -> Tone {
    match status.kind() {
        StatusKind::Accepted => Good,
        _ => status_tone(status),
    }
}

fn interrupted_text(status: &ActionStatus) -> String {
    match status.kind() {
        StatusKind::Succeeded => "is done.".to_owned(),
        StatusKind::Accepted => "is in progress.".to_owned(),
        StatusKind::Interrupted => "was not done.".to_owned(),
        StatusKind::Unknown => format!("may have happened: {}", status.reason()),
        _ => status.describe(),
    }
}
