//! Messages to the screen, and the commands that it returns.

use super::{Prefs, notices::Notice, state::journal::JournalContents};
use crate::domain::{
    ConfirmedPlan, Inverse, PaneId, Plan, PlanId, Reason, ResourceKey, ScheduledPlan, Timestamp,
    action::schedule::{ScheduleChange, Schedules},
};
use crate::inventory::Event;
use crossterm::event::{KeyEvent, MouseEvent};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Message {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted (bracketed paste).
    Paste(String),
    /// The terminal is so many columns by so many rows.
    Resize(u16, u16),
    /// A second has passed; it is now this late.
    Tick(Timestamp),
    /// The engine reports an event.
    Engine(Event),
    /// A command was carried out or failed, with this to show (`Saved gpus.csv.`).
    Notice(Notice),
    /// The scheduled operations and snoozes in the file.
    Schedules(Schedules),
    /// Of these, those were taken out of the file, by this console and no other.
    Claimed {
        /// The answer to [`Command::Take`].
        requested: Vec<ScheduledPlan>,
        /// What was there.
        claimed: Vec<ScheduledPlan>,
    },
    /// What takes a deed back, or why nothing can.
    Inverse(Result<Inverse, Reason>),
    /// The newest lines of the journal, newest last.
    Journal(Box<JournalContents>),
}

/// Something is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Read the sources of this pane, or of all, now.
    Poll(Option<PaneId>),
    /// Read what may go wrong with this plan; answer with [`Event::Preflight`].
    Preflight(Box<Plan>),
    /// Carry out a plan that was answered with yes.
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
    /// Change what is kept of agreements and snoozes; answer with [`Message::Kept`], or [`Message::Notice`]
    /// if it cannot be written.
    ChangeSchedules(Vec<ScheduleChange>),
    /// Take these out of the file before they are done; answer with [`Message::Taken`].
    Claim(Vec<ScheduledPlan>),
    /// Look in the journal for what takes back the last deed on this row, or the last plan of this
    /// user; answer with [`Message::Inverse`].
    Undo(Option<ResourceKey>),
    /// Look for what takes back this plan; answer with [`Message::Inverse`].
    UndoPlan(PlanId),
    /// Keep these for the next run.
    Save(Prefs),
    /// Forget what the terminal is thought to show, and draw all of it.
    Redraw,
    /// Leave.
    Quit,
}
