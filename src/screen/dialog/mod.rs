//! The dialogs: questions that lie over the page until they are answered.
//!
//! Each file is one dialog's state and what an answer does to it; what follows from an answer is in
//! `update`. Must not know how a dialog is drawn.

pub mod bounds;
pub mod confirm;
pub mod count;
pub mod later;
pub mod laters;
pub mod pick;
pub mod quit;
pub mod schedule;
pub mod snooze;
pub mod swap;
pub mod tags;
pub mod verbs;

use super::{input::Field, keymap::Context};
pub use bounds::BoundsInput;
pub use confirm::{Confirm, Facts, Seen};
pub use count::CountInput;
pub use later::LaterInput;
pub use laters::LatersList;
pub use pick::{Item, Pick, Picker};
pub use quit::{Ahead, Leave, QuitAsk};
pub use schedule::ScheduleInput;
pub use snooze::SnoozeInput;
pub use swap::SwapInput;
pub use tags::{TagEditor, TagLine};
pub use verbs::{VerbLine, VerbsMenu};

/// A question.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Carry this plan out?
    Confirm(Confirm),
    /// How many?
    Count(CountInput),
    /// In which hours?
    Schedule(ScheduleInput),
    /// What is to be done later, when, by whom?
    Later(LaterInput),
    /// All that is ahead: agreed, or resting.
    Laters(LatersList),
    /// For how long does it rest?
    Snooze(SnoozeInput),
    /// Between which counts?
    Bounds(BoundsInput),
    /// With which model?
    Swap(SwapInput),
    /// Which tags?
    Tags(TagEditor),
    /// Which of these (sort field, regions, profiles, theme, file format)?
    Pick(Picker),
    /// Which verb?
    Verbs(VerbsMenu),
    /// Leave although something is under way or ahead?
    Quit(QuitAsk),
}

impl Dialog {
    /// The keymap's part that has the keys.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Self::Count(_)
            | Self::Schedule(_)
            | Self::Bounds(_)
            | Self::Swap(_)
            | Self::Tags(_)
            | Self::Later(_)
            | Self::Snooze(_) => &[Context::Input],
            Self::Confirm(confirm) if confirm.typed.is_some() => &[Context::Input],
            _ => &[Context::Dialog],
        }
    }

    /// Its text field.
    pub fn field(&mut self) -> Option<&mut Field> {
        match self {
            Self::Count(ask) => Some(&mut ask.field),
            Self::Schedule(ask) => Some(&mut ask.field),
            Self::Later(ask) => Some(&mut ask.field),
            Self::Snooze(ask) => Some(&mut ask.field),
            Self::Bounds(ask) => Some(&mut ask.field),
            Self::Swap(ask) => Some(&mut ask.field),
            // Nothing is typed into a question that nobody has seen.
            Self::Confirm(confirm) if confirm.seen != Seen::Nothing => {
                confirm.typed.as_mut().map(|typed| &mut typed.field)
            }
            Self::Tags(editor) => Some(&mut editor.field),
            _ => None,
        }
    }
}

/// `cursor` moved by `steps` among `len`, around the ends.
pub(super) fn around(cursor: usize, steps: isize, len: usize) -> usize {
    let len = isize::try_from(len).unwrap_or(isize::MAX);
    let cursor = isize::try_from(cursor).unwrap_or(0);
    if len == 0 {
        0
    } else {
        usize::try_from((cursor + steps).rem_euclid(len)).unwrap_or(0)
    }
}
