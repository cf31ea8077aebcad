//! The wording of every toast, in one table, and its limit of 12 words.

use super::*;
use crate::domain::{ActionStatus, ConfirmError, Fault, FaultKind, Operation, Reason};
use Notice as N;
use std::collections::BTreeSet;

/// Most words of a toast; words with a digit stand for names and numbers and do not count.
const MAX_WORDS: usize = 12;

/// Samples of every variant. Names and data hold a digit, so that they are not counted as words.
// A row a line where it fits: rustfmt would spread the table over twice as many lines.
#[rustfmt::skip]
fn wordings() -> Vec<(Notice, &'static str)> {
    let operation = Operation::Stop;
    let name = || "web-1".into();
    let s = str::to_owned;
    let why = || Reason::new("why1");
    let fault = || Fault::new(FaultKind::Denied, "ec2:StopInstances", "denied1");
    let counts = || s("9 of 13 done1");
    let key = || s("r1");
    let progress = |status| N::Progress { operation, name: name(), status };
    let interrupted = |status| N::Interrupted { operation, name: name(), status };
    vec![
        (N::NoRow, "No row is selected."),
        (N::RowsGone, "The selected rows no longer exist."),
        (N::NotListed { name: name() }, "web-1 is not listed. Wait for a refresh."),
        (N::NotAnAnomaly, "Only anomalies have contributors. Open the anomalies pane."),
        (N::PageCount { count: 1 }, "This console has 1 page."),
        (N::PageCount { count: 9 }, "This console has 9 pages."),
        (N::OneGrouping, "This pane has no other grouping."),
        (
            N::UnknownGrouping { name: s("g1"), known: s("g2") },
            "No grouping `g1` here. Choose one of: g2.",
        ),
        (N::NoChart, "This pane has no chart."),
        (N::OneGranularity, "This chart has no other granularity."),
        (N::NoFilter, "No filter to repeat. Type one first."),
        (N::NoMatch, "No row matches the last filter."),
        (N::FilterInvalid { error: s("error1") }, "error1"),
        (N::NothingToChoose, "Nothing to choose from yet. Wait for a refresh."),
        (N::ThemeChanged { name: s("nord1") }, "Theme: nord1"),
        (N::Refreshing, "Refreshing now."),
        (N::QuitHint { keys: s("q1") }, "Press q1 to quit."),
        (
            N::UnknownCommand { word: s("x1"), nearest: s("y1") },
            "No command `x1`. Did you mean `y1`?",
        ),
        (
            N::UnknownField { name: s("x1"), nearest: s("y1") },
            "No field `x1` here. Did you mean `y1`?",
        ),
        (
            N::UnknownTheme { name: s("x1"), known: s("y1") },
            "No theme `x1`. Choose one of: y1.",
        ),
        (
            N::UnknownLocation { what: "region", name: s("x1"), known: s("y1") },
            "No region `x1` here. Choose one of: y1.",
        ),
        (
            N::UnknownWord { word: s("x1"), known: "csv, json or markdown" },
            "`x1` is unknown. Use csv, json or markdown.",
        ),
        (N::TakesNoArgument { word: s("x1") }, "`x1` takes no argument."),
        (N::InputInvalid { error: s("error1") }, "error1"),
        (N::NothingToCopy { what: "ARN" }, "This row has no ARN to copy."),
        (N::Copied { text: s("i-1") }, "Copied i-1."),
        (N::CopiedMany { count: 3, what: "ARN" }, "Copied 3 ARNs."),
        (N::CopyFailed { error: s("error1") }, "Could not copy: error1"),
        (N::Saved { path: s("a1.csv") }, "Saved a1.csv."),
        (
            N::SaveFailed { path: s("a1.csv"), error: s("error1") },
            "Could not save a1.csv: error1",
        ),
        (
            N::ReadFailed { path: s("a1.csv"), error: s("error1") },
            "Could not read a1.csv: error1",
        ),
        (N::SuspendFailed { error: s("error1") }, "Could not suspend: error1"),
        (
            N::RegionSkipped { message: "me-central-1 is not enabled".into() },
            "me-central-1 is not enabled: it is skipped.",
        ),
        (N::Failed { fault: fault() }, "ec2:StopInstances: denied: denied1"),
        (N::ReadOnly { why: why() }, "why1"),
        (N::ReadOnlyOn { badge: s("READ-ONLY") }, "READ-ONLY: operations are refused."),
        (N::ReadOnlyOff, "Operations are allowed. Each one asks first."),
        (N::CannotAct, "This session started read-only and cannot change AWS."),
        (
            N::ProfileCannotAct { profile: s("p1") },
            "The configuration sets profile p1 read-only. Change it there.",
        ),
        (N::Unavailable { operation, name: name(), rows: 1, why: why() }, "stop web-1: why1"),
        (
            N::Unavailable { operation, name: name(), rows: 2, why: why() },
            "stop is not available on any of 2 rows. web-1: why1",
        ),
        (N::TargetsGone { operation }, "stop: the selected rows no longer exist."),
        (N::NothingAsked { operation }, "stop needs no input on this row."),
        (N::CannotSchedule { why: why() }, "No operation can be scheduled here: why1"),
        (N::Skipped { count: 1, why: why() }, "1 row was skipped: why1"),
        (N::Skipped { count: 2, why: why() }, "2 rows were skipped: why1"),
        (N::PlanDenied { operation, why: why() }, "stop: nothing was done: why1"),
        (N::PreflightRunning, "Preflight checks are still running. Confirm when they finish."),
        (
            N::PreflightChanged,
            "Preflight results have just arrived. Read them, then confirm again.",
        ),
        (N::DialogNotDrawn, "The dialog was still loading. Press again to confirm."),
        (
            N::NotConfirmed { error: ConfirmError::NotTyped },
            "The typed text does not match. Nothing was done.",
        ),
        (
            N::NotConfirmed { error: ConfirmError::Expired },
            "The plan expired after 120 seconds. Nothing was done.",
        ),
        (N::Refused { why: why() }, "Nothing was done: why1"),
        (N::Dismissed, "Nothing was done."),
        (N::Submitted { operation, name: name(), count: 1 }, "stop web-1 submitted."),
        (N::Submitted { operation, name: name(), count: 8 }, "stop web-1 and 7 more submitted."),
        (progress(ActionStatus::Recorded), "stop web-1: recorded, checking the resource"),
        (progress(ActionStatus::Calling), "stop web-1: calling AWS"),
        (progress(ActionStatus::Accepted), "stop web-1: accepted, in progress"),
        (progress(ActionStatus::Succeeded), "stop web-1: done"),
        (
            progress(ActionStatus::Drifted("what1".into())),
            "stop web-1: skipped, the resource has changed: what1",
        ),
        (progress(ActionStatus::Cancelled), "stop web-1: cancelled before the call"),
        (progress(ActionStatus::Refused(fault())), "stop web-1: denied: denied1"),
        (
            progress(ActionStatus::Unknown(fault())),
            "stop web-1: no answer, it may have happened: denied1",
        ),
        (progress(ActionStatus::Partial(fault())), "stop web-1: partly done: denied1"),
        (
            progress(ActionStatus::TimedOut("what1".into())),
            "stop web-1: accepted, but not finished in time: what1",
        ),
        (
            progress(ActionStatus::Failed("what1".into())),
            "stop web-1: accepted, but it failed: what1",
        ),
        (N::BulkProgress { operation, counts: counts() }, "stop: 9 of 13 done1"),
        (N::BulkDone { operation, counts: counts() }, "stop: 9 of 13 done1"),
        (
            N::BulkFailed { operation, counts: counts(), key: key(), error: s("") },
            "stop: 9 of 13 done1. Press r1 for details.",
        ),
        (
            N::BulkFailed { operation, counts: counts(), key: key(), error: s("error1") },
            "stop: 9 of 13 done1. Press r1 for details. error1",
        ),
        (
            N::BulkCancelled { operation, counts: counts(), key: key() },
            "stop: 9 of 13 done1. Press r1 for details.",
        ),
        (N::NothingRunning, "No operation is in progress."),
        (
            N::NoActivity,
            "Nothing was done in this session. The journal lists earlier operations.",
        ),
        (
            interrupted(ActionStatus::Succeeded),
            "A previous session was interrupted: stop web-1 is done.",
        ),
        (
            interrupted(ActionStatus::Accepted),
            "A previous session was interrupted: stop web-1 is in progress.",
        ),
        (
            interrupted(ActionStatus::Interrupted),
            "A previous session was interrupted: stop web-1 was not done.",
        ),
        (
            interrupted(ActionStatus::Unknown(fault())),
            "A previous session was interrupted: stop web-1 may have happened: denied1",
        ),
        (
            interrupted(ActionStatus::Refused(fault())),
            "A previous session was interrupted: stop web-1 denied: denied1",
        ),
        (
            N::InterruptedMany { count: 2, key: key() },
            "A previous session was interrupted during 2 operations. Press r1 to review.",
        ),
        (N::NoJournal, "This session writes no journal: it cannot change anything."),
        (N::NoEntry, "Nothing to undo is selected."),
        (N::NothingToUndo { why: why() }, "Nothing to undo: why1"),
        (
            N::NotUndoable { what: s("what1"), rows: 1, name: name(), why: why() },
            "Cannot undo what1: why1",
        ),
        (
            N::NotUndoable { what: s("what1"), rows: 2, name: name(), why: why() },
            "Cannot undo what1 on any of 2 rows. web-1: why1",
        ),
        (
            N::UndoLater { why: reasons::in_progress(operation, "web-1") },
            "Not yet: stop web-1 is in progress.",
        ),
        (
            N::UndoLater { why: reasons::refreshing(operation, "web-1") },
            "Not yet: stop of web-1 finished; waiting for its row to refresh.",
        ),
        (N::UndoBlocked, "Answer the open dialog first, then undo."),
        (
            N::Scheduled { operation, name: name(), count: 2, at: s("19:00") },
            "stop web-1 and 1 more scheduled for 19:00 (spendtop must be running).",
        ),
        (N::NotScheduled { why: why() }, "Nothing was scheduled: why1"),
        (N::Unscheduled { operation, name: name() }, "stop web-1 is no longer scheduled."),
        (
            N::Missed { operation, name: name(), count: 1, at: s("19:00") },
            "stop web-1 missed 19:00 (spendtop was not running). Confirm to run now.",
        ),
        (
            N::ScheduleFailed { operation, name: name(), at: s("19:00"), why: why() },
            "stop web-1 scheduled for 19:00 did not run: why1",
        ),
        (
            N::Snoozed { name: name(), count: 2, until: s("19:00") },
            "Snoozed web-1 and 1 more until 19:00.",
        ),
        (
            N::SnoozedAndPostponed {
                name: name(),
                count: 1,
                until: s("19:00"),
                operation,
                due: s("20:00"),
            },
            "Snoozed web-1 until 19:00. stop moved to 20:00.",
        ),
        (N::Woken { name: name(), count: 1 }, "web-1 is no longer snoozed."),
        (N::Woken { name: name(), count: 3 }, "web-1 and 2 more are no longer snoozed."),
    ]
}

#[test]
fn every_toast_has_its_wording() {
    for (notice, text) in wordings() {
        assert_eq!(notice.text(), text, "{notice:?}");
    }
}

#[test]
fn table_holds_every_notice() {
    let sampled: BTreeSet<_> = wordings()
        .iter()
        .map(|(notice, _)| notice.variant())
        .collect();
    let all: BTreeSet<_> = Notice::VARIANTS.iter().copied().collect();
    assert_eq!(sampled, all);
}

#[test]
fn toast_has_at_most_twelve_words() {
    for (notice, text) in wordings() {
        let words = text
            .split_whitespace()
            .filter(|word| !word.contains(|c: char| c.is_ascii_digit()))
            .count();
        assert!(words <= MAX_WORDS, "{words} words: {text} ({notice:?})");
    }
}

#[test]
fn plural_follows_the_count() {
    assert_eq!(plural(0, "policy", "policies"), "0 policies");
    assert_eq!(plural(1, "policy", "policies"), "1 policy");
    assert_eq!(plural(2, "policy", "policies"), "2 policies");
}
