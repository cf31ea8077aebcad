//! The dialogs: questions over the page until the user answers them.
//!
//! Each file has the state of one dialog and how input changes it; `update` acts on the answer.

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
use crate::domain::{ActionRequest, Input, Record, ResourceKey};
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
use std::sync::Arc;
pub use swap_model::SwapModelInput;
pub use tag_editor::{TagEditor, TagLine, TagOffers};

/// A question.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Confirms a plan.
    Confirm(ConfirmDialog),
    /// A count.
    Count(CountInput),
    /// Hours and counts.
    ScheduledScaling(ScheduledScalingInput),
    /// Schedules an operation.
    ScheduleAction(ScheduleActionInput),
    /// Lists scheduled operations and snoozes.
    ScheduledList(ScheduledList),
    /// Snoozes findings.
    Snooze(SnoozeInput),
    /// Autoscaling limits.
    AutoscalingLimits(AutoscalingLimitsInput),
    /// A custom model.
    SwapModel(SwapModelInput),
    /// Tags.
    Tags(TagEditor),
    /// A list: sort field, regions, profiles, theme, file format, feedback.
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
            | Self::ScheduledScaling(_)
            | Self::AutoscalingLimits(_)
            | Self::SwapModel(_)
            | Self::Tags(_)
            | Self::ScheduleAction(_)
            | Self::Snooze(_) => &[Context::Input],
            Self::Confirm(confirm) if confirm.typed.is_some() => &[Context::Input],
            _ => &[Context::Dialog],
        }
    }

    /// The request of the typed input, or the error in it, with the targets. `None` for dialogs
    /// without one input.
    pub fn request(&self) -> Option<(Result<ActionRequest, String>, &[ResourceKey])> {
        Some(match self {
            Self::Count(input) => {
                let typed = input.count().map(Input::Count);
                (
                    typed.map(|typed| input.operation.request(typed)),
                    &input.targets,
                )
            }
            Self::ScheduledScaling(input) => {
                let typed = input.schedule().map(Input::Hours);
                (
                    typed.map(|typed| input.operation.request(typed)),
                    &input.targets,
                )
            }
            Self::AutoscalingLimits(input) => {
                let typed = input.limits().map(|(min, max)| Input::Limits { min, max });
                (
                    typed.map(|typed| input.operation.request(typed)),
                    &input.targets,
                )
            }
            Self::SwapModel(input) => {
                let typed = input.model().map(Input::Model);
                (
                    typed.map(|typed| input.operation.request(typed)),
                    &input.targets,
                )
            }
            _ => return None,
        })
    }

    /// Shows `error` below the input.
    pub fn set_error(&mut self, error: String) {
        match self {
            Self::Count(input) => input.error = Some(error),
            Self::ScheduledScaling(input) => input.error = Some(error),
            Self::AutoscalingLimits(input) => input.error = Some(error),
            Self::SwapModel(input) => input.error = Some(error),
            _ => {}
        }
    }

    /// Replaces the targets of an input.
    pub fn set_targets(&mut self, targets: Vec<ResourceKey>) {
        match self {
            Self::Count(input) => input.targets = targets,
            Self::ScheduledScaling(input) => input.targets = targets,
            Self::AutoscalingLimits(input) => input.targets = targets,
            Self::SwapModel(input) => input.targets = targets,
            Self::Tags(editor) => editor.targets = targets,
            Self::Pick(picker) => picker.targets = targets,
            _ => {}
        }
    }

    /// Its text field.
    pub fn field(&mut self) -> Option<&mut TextField> {
        match self {
            Self::Count(input) => Some(&mut input.field),
            Self::ScheduledScaling(input) => Some(&mut input.field),
            Self::ScheduleAction(input) => Some(&mut input.field),
            Self::Snooze(input) => Some(&mut input.field),
            Self::AutoscalingLimits(input) => Some(&mut input.field),
            Self::SwapModel(input) => Some(&mut input.field),
            // Text that arrives before the first frame is ignored.
            Self::Confirm(confirm) if confirm.drawn != ShownParts::Nothing => {
                confirm.typed.as_mut().map(|typed| &mut typed.field)
            }
            Self::Tags(editor) => Some(&mut editor.field),
            _ => None,
        }
    }
}

fn keys_of(records: &[Arc<Record>]) -> Vec<ResourceKey> {
    records
        .iter()
        .map(|record| record.head.key.clone())
        .collect()
}

fn names_of(records: &[Arc<Record>]) -> Vec<Arc<str>> {
    records
        .iter()
        .map(|record| record.head.name.clone())
        .collect()
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
