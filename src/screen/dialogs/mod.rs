//! The dialogs: questions that lie over the page until they are answered.
//!
//! Each file is one dialog's state and what an answer does to it; what follows from an answer is in
//! `update`.

pub mod action_menu;
pub mod autoscaling_limits;
pub mod confirm;
pub mod count;
pub mod picker;
pub mod quit;
pub mod schedule_action;
pub mod scheduled_list;
pub mod scheduled_scaling;
pub mod snooze;
pub mod swap_model;
pub mod tag_editor;

use super::input::{keymap::Context, text_field::TextField};
pub use action_menu::{ActionMenu, ActionMenuLine};
pub use autoscaling_limits::AutoscalingLimitsInput;
pub use confirm::{ConfirmDialog, PreflightState, ShownParts};
pub use count::CountInput;
pub use picker::{Picker, PickerItem, PickerPurpose};
pub use quit::{QuitDialog, QuitTarget, UpcomingActions};
pub use schedule_action::ScheduleActionInput;
pub use scheduled_list::ScheduledList;
pub use scheduled_scaling::ScheduledScalingInput;
pub use snooze::SnoozeInput;
pub use swap_model::SwapModelInput;
pub use tag_editor::{TagEditor, TagLine};

/// A question.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Confirms a plan.
    Confirm(ConfirmDialog),
    /// A count.
    Count(CountInput),
    /// Hours and counts.
    Schedule(ScheduledScalingInput),
    /// Schedules an operation.
    Later(ScheduleActionInput),
    /// Lists scheduled operations and snoozes.
    ScheduledList(ScheduledList),
    /// Snoozes findings.
    Snooze(SnoozeInput),
    /// Autoscaling limits.
    Bounds(AutoscalingLimitsInput),
    /// A custom model.
    Swap(SwapModelInput),
    /// Tags.
    Tags(TagEditor),
    /// A list: sort field, regions, profiles, theme, file format.
    Pick(Picker),
    /// The operations of the rows.
    Operations(ActionMenu),
    /// Quits or cancels while operations are in progress or scheduled.
    Quit(QuitDialog),
}

impl Dialog {
    /// The keymap contexts with its keys.
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
    pub fn field(&mut self) -> Option<&mut TextField> {
        match self {
            Self::Count(ask) => Some(&mut ask.field),
            Self::Schedule(ask) => Some(&mut ask.field),
            Self::Later(ask) => Some(&mut ask.field),
            Self::Snooze(ask) => Some(&mut ask.field),
            Self::Bounds(ask) => Some(&mut ask.field),
            Self::Swap(ask) => Some(&mut ask.field),
            // A dialog that was not drawn yet takes no text.
            Self::Confirm(confirm) if confirm.seen != ShownParts::Nothing => {
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
