//! Enter, Esc, yes and no on the top layer.
//!
//! The only place where a plan becomes [`Command::Run`].

use super::super::{
    App, Command,
    dialogs::{ConfirmDialog, Dialog, Picker, PickerPurpose, QuitTarget, ShownParts},
    notices::Notice,
    state::{
        access,
        modal_stack::{FilterLine, Layer},
    },
};
use super::{actions, activity, copy_export, display, rows, scheduled, snooze, toast};
use crate::domain::{AnomalyFeedback, ConfirmError, Input};

/// Accepts the top layer.
pub fn accept(app: &mut App) -> Vec<Command> {
    match app.layers.pop() {
        Some(Layer::Filter(line)) => filter(app, line),
        Some(Layer::Journal(mut sheet)) => {
            sheet.typing = false;
            app.layers.push(Layer::Journal(sheet));
            Vec::new()
        }
        Some(Layer::Dialog(dialog)) => in_dialog(app, dialog),
        Some(layer) => {
            app.layers.push(layer);
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn filter(app: &mut App, line: FilterLine) -> Vec<Command> {
    if let Some(table) = app.table_mut(app.focus) {
        if table.filter.error.is_some() {
            app.layers.push(Layer::Filter(line));
        } else if !table.filter.query.is_empty() {
            table.filter.last = Some(table.filter.query.clone());
        }
    }
    Vec::new()
}

fn in_dialog(app: &mut App, mut dialog: Dialog) -> Vec<Command> {
    if let Some((request, targets)) = dialog.request() {
        return match request {
            Ok(request) => {
                let targets = targets.to_vec();
                actions::propose(app, &request, &targets)
            }
            Err(error) => {
                dialog.set_error(error);
                app.layers.push(Layer::Dialog(dialog));
                Vec::new()
            }
        };
    }
    match dialog {
        Dialog::Confirm(confirm) => accept_plan(app, confirm),
        Dialog::ScheduleAction(input) => scheduled::accept(app, input),
        Dialog::Snooze(input) => snooze::accept(app, input),
        Dialog::ScheduledList(list) => scheduled::open_entry(app, &list),
        Dialog::Tags(mut editor) => {
            if let Some(request) = editor.accept() {
                return actions::propose(app, &request, &editor.targets);
            }
            app.layers.push(Layer::Dialog(Dialog::Tags(editor)));
            Vec::new()
        }
        Dialog::Pick(picker) => apply_pick(app, &picker),
        Dialog::Operations(menu) => actions::run_chosen(app, &menu),
        Dialog::Quit(question) if question.yes => leave(app, question.target),
        _ => Vec::new(),
    }
}

/// Enter in the confirm dialog: the typed text, or the selected answer.
fn accept_plan(app: &mut App, mut confirm: ConfirmDialog) -> Vec<Command> {
    match &mut confirm.typed {
        Some(typed) if !typed.field.is_empty() => {
            if confirm.is_met() {
                return carry_out(app, confirm);
            }
            confirm
                .typed
                .iter_mut()
                .for_each(|typed| typed.wrong = true);
            app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
            Vec::new()
        }
        None if confirm.yes => carry_out(app, confirm),
        _ => toast(app, Notice::Dismissed),
    }
}

fn leave(app: &mut App, target: QuitTarget) -> Vec<Command> {
    match target {
        QuitTarget::Program => vec![Command::Quit],
        QuitTarget::Plans => actions::cancel_running(app),
    }
}

fn apply_pick(app: &mut App, picker: &Picker) -> Vec<Command> {
    let chosen = picker.chosen();
    match (picker.pick, chosen.first()) {
        (PickerPurpose::Sort, Some(field)) => rows::sort_by(app, field, None),
        (PickerPurpose::Theme, Some(name)) => display::use_theme(app, name),
        (PickerPurpose::Export, Some(format)) => copy_export::write(app, format),
        (PickerPurpose::Feedback(operation), Some(word)) => AnomalyFeedback::parse(word)
            .map_or_else(Vec::new, |feedback| {
                actions::propose(
                    app,
                    &operation.request(Input::Feedback(feedback)),
                    &picker.targets,
                )
            }),
        (PickerPurpose::Regions, _) => display::show_regions(app, chosen),
        (PickerPurpose::Profiles, _) => display::show_profiles(app, chosen),
        (_, None) => Vec::new(),
    }
}

/// Runs or schedules a confirmed plan, unless it expired, was not drawn or is refused by now.
fn carry_out(app: &mut App, confirm: ConfirmDialog) -> Vec<Command> {
    if confirm.is_reading()
        && actions::refusal(app).is_none()
        && confirm.seconds_left(app.now, app.uptime) > 0.0
    {
        app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
        return toast(app, Notice::PreflightRunning);
    }
    if !confirm.is_met() {
        let error = ConfirmError::NotTyped;
        return toast(app, Notice::NotConfirmed { error });
    }
    if let Some(why) = access::plan_refusal(app, &confirm.plan) {
        return toast(app, Notice::Refused { why });
    }
    if let Some(why) = actions::stricter_now(app, &confirm.plan) {
        return toast(app, Notice::Refused { why });
    }
    // A yes confirms only what the screen showed.
    let notice = match confirm.drawn {
        ShownParts::All => None,
        ShownParts::Question => Some(Notice::PreflightChanged),
        ShownParts::Nothing => Some(Notice::DialogNotDrawn),
    };
    if let Some(notice) = notice {
        app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
        return toast(app, notice);
    }
    let due = confirm.due;
    match (confirm.confirm(app.now, app.uptime), due) {
        (Ok(confirmed), due) => {
            if let Some(table) = app.table_mut(app.focus) {
                table.clear_marks();
            }
            if let Some(due) = due {
                return scheduled::schedule(app, confirmed, due);
            }
            let mut commands = scheduled::remove_missed(app, &confirmed);
            activity::begin(app, &confirmed);
            commands.push(Command::Run(confirmed));
            commands
        }
        (Err(error), _) => toast(app, Notice::NotConfirmed { error }),
    }
}

/// Closes the top layer without an effect: a previewed filter or theme is restored.
pub fn cancel(app: &mut App) -> Vec<Command> {
    match app.layers.pop() {
        Some(Layer::Journal(mut sheet)) if sheet.typing || !sheet.filter.is_empty() => {
            sheet.typing = false;
            sheet.filter.set("");
            sheet.apply_filter();
            app.layers.push(Layer::Journal(sheet));
        }
        Some(Layer::Filter(line)) => {
            if let Some(table) = app.table_mut(app.focus) {
                table.set_filter(&line.before);
            }
        }
        Some(Layer::Dialog(Dialog::Pick(picker))) if picker.pick == PickerPurpose::Theme => {
            if let Some(before) = picker.items.iter().position(|item| item.on) {
                app.theme = before;
            }
        }
        Some(Layer::Dialog(Dialog::Confirm(_))) => {
            return toast(app, Notice::Dismissed);
        }
        _ => {}
    }
    Vec::new()
}

/// Closes every layer as [`cancel`] does.
pub fn close_all(app: &mut App) -> Vec<Command> {
    while !app.layers.is_empty() {
        cancel(app);
    }
    app.sequence.keys.clear();
    Vec::new()
}

/// Answers yes; dialogs that require typed text ignore it.
pub fn yes(app: &mut App) -> Vec<Command> {
    match app.layers.pop() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) if confirm.typed.is_none() => {
            carry_out(app, confirm)
        }
        Some(Layer::Dialog(Dialog::Quit(ask))) => leave(app, ask.target),
        other => {
            app.layers.extend(other);
            Vec::new()
        }
    }
}

/// Answers no.
pub fn no(app: &mut App) -> Vec<Command> {
    if matches!(
        app.layers.last(),
        Some(Layer::Dialog(Dialog::Confirm(_) | Dialog::Quit(_)))
    ) {
        cancel(app)
    } else {
        Vec::new()
    }
}

/// Switches between No and Yes; in a list moves down.
pub fn switch(app: &mut App) -> Vec<Command> {
    match app.layers.last_mut() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm.yes = !confirm.yes,
        Some(Layer::Dialog(Dialog::Quit(ask))) => ask.yes = !ask.yes,
        Some(Layer::Dialog(_)) => return super::motion::down(app),
        _ => {}
    }
    Vec::new()
}

/// Toggles the line under the cursor.
pub fn toggle(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Dialog(Dialog::Pick(picker))) = app.layers.last_mut() {
        picker.toggle();
    }
    Vec::new()
}
