//! The dialogs: count, scheduled scaling and quit; the others in their files.

mod autoscaling_limits;
pub mod confirm;
mod lists;
pub mod parts;
pub mod scheduled;
mod swap_model;
mod tags;

use super::{
    overlay::Overlay,
    styled_line::{StyledLine, lines},
};
use crate::screen::notices::dialogs as wording;
use crate::{
    domain::action::schedule::GRACE,
    screen::{
        App,
        actions::Action,
        dialogs::{
            CountInput, Dialog, QuitDialog, QuitTarget, ScheduledScalingInput, UpcomingActions,
        },
        input::keymap::Context,
        theme::Role,
    },
};
use parts::{answers, field, keys, number_keys, saving, title};

/// The dialog.
pub fn dialog(app: &App, dialog: &Dialog, width: u16) -> Overlay {
    match dialog {
        Dialog::Count(input) => count(app, input, width.min(64)),
        Dialog::ScheduledScaling(input) => scheduled_scaling(app, input, width.min(76)),
        Dialog::ScheduleAction(input) => scheduled::schedule_action(app, input, width),
        Dialog::Snooze(input) => scheduled::snooze(app, input, width.min(64)),
        Dialog::ScheduledList(list) => scheduled::scheduled_list(app, list, width),
        Dialog::AutoscalingLimits(input) => autoscaling_limits::dialog(app, input, width.min(64)),
        Dialog::SwapModel(input) => swap_model::dialog(app, input, width),
        Dialog::Tags(editor) => tags::tags(app, editor, width),
        Dialog::Pick(picker) => lists::pick(app, picker, width),
        Dialog::Operations(menu) => lists::operations(app, menu, width),
        Dialog::Quit(question) => quit(question, width.min(56)),
        Dialog::Confirm(confirm) => confirm::confirm(app, confirm, width),
    }
}

fn count(app: &App, ask: &CountInput, width: u16) -> Overlay {
    let title = title(wording::scale_title, &ask.names, ask.targets.len(), width);
    let mut out = Overlay::new(title, width);
    let (low, high) = ask.now;
    let now = wording::count_range(low, high);
    out.head.push(
        StyledLine::of(wording::NOW, Role::Dim)
            .add(format!("{now} {}", ask.unit), Role::Emphasis)
            .add(
                format!("  {}", wording::minimum_label(ask.minimum)),
                Role::Dim,
            ),
    );
    if let Some(suggested) = ask.suggested {
        out.head.push(
            StyledLine::of(wording::SUGGESTED_COUNT, Role::Dim)
                .add(suggested.to_string(), Role::Success),
        );
    }
    out.head.push(StyledLine::new());
    let (line, column) = field(&wording::count_label(ask.unit), &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match (&ask.error, ask.saves()) {
        (Some(error), _) => StyledLine::of(error.clone(), Role::Error),
        (None, Some(rate)) if rate.0 != 0.0 => saving(rate),
        _ => StyledLine::new(),
    });
    out.foot = number_keys(app);
    out
}

fn scheduled_scaling(app: &App, ask: &ScheduledScalingInput, width: u16) -> Overlay {
    let title = title(
        wording::scheduled_scaling_title,
        &ask.names,
        ask.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    let suggested = wording::hours(&ask.suggested);
    out.head.push(
        StyledLine::of(wording::NOW, Role::Dim)
            .add(ask.now.to_string(), Role::Emphasis)
            .add(wording::SUGGESTED_HOURS, Role::Dim)
            .add(suggested, Role::Success),
    );
    out.head.push(StyledLine::new());
    let (line, column) = field(wording::HOURS_LABEL, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    let wrong = ask.error.clone().or_else(|| ask.schedule().err());
    out.head.push(match (wrong, ask.saves()) {
        (Some(error), _) => StyledLine::of(error, Role::Error),
        (None, Some(rate)) => saving(rate).add(wording::WEEKLY_MEAN, Role::Dim),
        (None, None) => StyledLine::of(wording::PRICE_UNKNOWN, Role::Dim),
    });
    for action in ask.scheduled_actions().into_iter().flatten() {
        out.head.push(
            StyledLine::of(format!("{} UTC", action.cron), Role::Text)
                .tab(48)
                .add(action.format_limits(), Role::Emphasis),
        );
    }
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

fn quit(ask: &QuitDialog, width: u16) -> Overlay {
    let (title, note) = match ask.target {
        QuitTarget::Program if ask.open.is_empty() => (wording::QUIT_SCHEDULED_TITLE, ""),
        QuitTarget::Program => (wording::QUIT_RUNNING_TITLE, wording::QUIT_RUNNING),
        QuitTarget::Plans => (wording::CANCEL_TITLE, wording::CANCEL),
    };
    let mut out = Overlay::new(StyledLine::of(title, Role::Warning), width);
    out.role = Role::Warning;
    out.lines = ask
        .open
        .iter()
        .map(|line| StyledLine::of(format!(" {line}"), Role::Changing))
        .collect();
    if !note.is_empty() {
        out.foot.extend(lines(note, Role::Dim, 1, width));
    }
    if let Some(upcoming) = &ask.upcoming {
        out.foot.extend(scheduled_actions(upcoming, width));
    }
    out.foot.extend([StyledLine::new(), answers(ask.yes)]);
    out
}

/// The scheduled operations, and what happens to them after the end of this session.
fn scheduled_actions(upcoming: &UpcomingActions, width: u16) -> Vec<StyledLine> {
    let next = wording::scheduled_summary(upcoming.count, &upcoming.next);
    let note =
        wording::scheduled_after_quit(upcoming.count, upcoming.saved, (GRACE / 60.0).round());
    let mut out = lines(&next, Role::Changing, 1, width);
    out.extend(lines(&note, Role::Dim, 1, width));
    out
}
