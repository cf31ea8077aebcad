//! What reaches the screen, and what it asks for in return.
//!
//! Must not know who sends the one or carries out the other.

use super::{Prefs, journal::Journal};
use crate::domain::{
    Confirmed, Fault, Inverse, Key, Later, Outcome, PaneId, Plan, PlanId, Report, Stamp, Survey,
    Why,
    later::{Change, Shelf},
};
use crossterm::event::{KeyEvent, MouseEvent};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something.
    Mouse(MouseEvent),
    /// Text was pasted (bracketed paste).
    Paste(String),
    /// The terminal is so many columns by so many rows.
    Resize(u16, u16),
    /// A second has passed; it is now this late.
    Tick(Stamp),
    /// A source was read.
    Report(Report),
    /// An action went a step further.
    Acted(Outcome),
    /// An action that an earlier run left without a result was looked at: settled or accepted is
    /// done, cancelled is not done, unknown cannot be told.
    Recovered(Outcome),
    /// What may go wrong with a plan was read.
    Surveyed {
        /// The plan.
        plan: PlanId,
        /// Of each target.
        facts: Vec<(Key, Survey)>,
    },
    /// Something failed that belongs to no report.
    Note(Fault),
    /// A command was carried out, with this to tell (`saved gpus.csv`).
    Done(String),
    /// A command could not be carried out, for this reason.
    Failed(String),
    /// What is agreed for later and what rests, as the file has it now.
    Kept(Shelf),
    /// Of these, those were taken out of the file, by this console and no other.
    Taken {
        /// What [`Cmd::Take`] asked for.
        wanted: Vec<Later>,
        /// What was there.
        taken: Vec<Later>,
    },
    /// What takes a deed back, or why nothing can.
    Inverse(Result<Inverse, Why>),
    /// The newest lines of the journal, newest last.
    Journal(Box<Journal>),
}

/// Something is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Cmd {
    /// Read the sources of this pane, or of all, now.
    Poll(Option<PaneId>),
    /// Read what may go wrong with this plan; answer with [`Msg::Surveyed`].
    Survey(Box<Plan>),
    /// Carry out a plan that was answered with yes.
    Run(Confirmed),
    /// Leave out the targets of this plan whose turn has not come.
    Cancel(PlanId),
    /// Put text on the clipboard (OSC 52).
    Copy(String),
    /// Write `content` to a new file called `name` in the working directory; answer with
    /// [`Msg::Done`] or [`Msg::Failed`].
    Export {
        /// File name without a folder.
        name: String,
        /// The whole file.
        content: String,
    },
    /// Read the newest lines of the journal; answer with [`Msg::Journal`].
    Journal,
    /// Change what is kept of agreements and snoozes; answer with [`Msg::Kept`], or [`Msg::Note`]
    /// if it cannot be written.
    Keep(Vec<Change>),
    /// Take these out of the file before they are done; answer with [`Msg::Taken`].
    Take(Vec<Later>),
    /// Look in the journal for what takes back the last deed on this row, or the last plan of this
    /// user; answer with [`Msg::Inverse`].
    Undo(Option<Key>),
    /// Look for what takes back this plan; answer with [`Msg::Inverse`].
    UndoPlan(PlanId),
    /// Keep these for the next run.
    Save(Prefs),
    /// Forget what the terminal is thought to show, and draw all of it.
    Redraw,
    /// Leave.
    Quit,
}
