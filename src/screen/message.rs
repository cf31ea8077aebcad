//! Messages to the screen, and the commands that it returns.

use super::{
    Prefs,
    notices::Notice,
    state::{
        journal::JournalContents,
        table::{ArrangedTable, Arrangement},
    },
};
use crate::domain::{
    ConfirmedPlan, Inverse, PaneId, Plan, PlanId, Reason, ResourceKey, ScheduledPlan, Timestamp,
    action::schedule::{ScheduleChange, Schedules},
};
use crate::inventory::Event;
use crossterm::event::{KeyEvent, MouseEvent};
use std::time::Duration;

/// An input of [`update`](super::update::update).
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// A mouse event.
    Mouse(MouseEvent),
    /// Text was pasted (bracketed paste).
    Paste(String),
    /// The terminal has this many columns and rows.
    Resize(u16, u16),
    /// A second has passed.
    Tick {
        /// The present time.
        now: Timestamp,
        /// The time since the start of the run, by a monotonic clock.
        uptime: Duration,
    },
    /// The engine reports an event.
    Engine(Event),
    /// The result of a command (`Saved gpus.csv.`).
    Notice(Notice),
    /// The scheduled operations and snoozes in the file.
    Schedules(Schedules),
    /// The due plans that this console, and no other, removed from the file.
    Claimed {
        /// The plans of [`Command::Claim`].
        requested: Vec<ScheduledPlan>,
        /// Those that were still in the file.
        claimed: Vec<ScheduledPlan>,
    },
    /// The inverse of an action, or why there is none.
    Inverse(Result<Inverse, Reason>),
    /// The newest lines of the journal, newest last.
    Journal(Box<JournalContents>),
    /// The rows of a large table.
    Arranged(Box<ArrangedTable>),
}

/// A request to the event loop.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Read the sources of this pane, or of all, now.
    Poll(Option<PaneId>),
    /// Run the preflight checks of this plan; answered with [`Event::Preflight`].
    Preflight(Box<Plan>),
    /// Execute a confirmed plan.
    Run(ConfirmedPlan),
    /// Cancel the targets of this plan that have not started.
    Cancel(PlanId),
    /// Put text on the clipboard (OSC 52).
    Copy(String),
    /// Write `content` to a new file called `name` in the working directory; answer with
    /// [`Message::Notice`].
    Export {
        /// File name without a folder.
        name: String,
        /// The whole file.
        content: String,
    },
    /// Read the newest lines of the journal; answer with [`Message::Journal`].
    Journal,
    /// Change the schedule file; answered with [`Message::Schedules`], or [`Message::Notice`] if it
    /// cannot be written.
    ChangeSchedules(Vec<ScheduleChange>),
    /// Remove due plans from the file before they run; answered with [`Message::Claimed`].
    Claim(Vec<ScheduledPlan>),
    /// Find the inverse of the last action on this row, or of the last plan of this user; answered
    /// with [`Message::Inverse`].
    Undo(Option<ResourceKey>),
    /// Find the inverse of this plan; answered with [`Message::Inverse`].
    UndoPlan(PlanId),
    /// Save the preferences.
    Save(Prefs),
    /// Build the rows of a large table outside the loop; answered with [`Message::Arranged`].
    Arrange(Box<Arrangement>),
    /// Free the rows that a large table had before: that takes as long as making them.
    Discard(Box<ArrangedTable>),
    /// Redraw the whole terminal.
    Redraw,
    /// Quit.
    Quit,
}
