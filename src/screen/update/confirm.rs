//! Answers: Enter, Esc, yes, no and their like on the layer on top.
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
use crate::domain::{ConfirmError, Feedback, Input};

/// Takes the choice.
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

fn in_dialog(app: &mut App, dialog: Dialog) -> Vec<Command> {
    match dialog {
        Dialog::Confirm(mut confirm)
            if confirm
                .typed
                .as_ref()
                .is_some_and(|typed| !typed.field.is_empty()) =>
        {
            if confirm.fits() {
                return carry_out(app, confirm);
            }
            confirm
                .typed
                .iter_mut()
                .for_each(|typed| typed.wrong = true);
            app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
            Vec::new()
        }
        Dialog::Schedule(mut ask) => match ask.schedule() {
            Ok(schedule) => actions::propose(
                app,
                &ask.operation.request(Input::Hours(schedule)),
                &ask.targets,
            ),
            Err(error) => {
                ask.error = Some(error);
                app.layers.push(Layer::Dialog(Dialog::Schedule(ask)));
                Vec::new()
            }
        },
        Dialog::Later(ask) => scheduled::accept(app, ask),
        Dialog::Snooze(ask) => snooze::accept(app, ask),
        Dialog::ScheduledList(list) => scheduled::open(app, &list),
        Dialog::Confirm(confirm) if confirm.yes && confirm.typed.is_none() => {
            carry_out(app, confirm)
        }
        Dialog::Confirm(_) => toast(app, Notice::Dismissed),
        Dialog::Count(mut ask) => match ask.count() {
            Ok(count) => actions::propose(
                app,
                &ask.operation.request(Input::Count(count)),
                &ask.targets,
            ),
            Err(error) => {
                ask.error = Some(error);
                app.layers.push(Layer::Dialog(Dialog::Count(ask)));
                Vec::new()
            }
        },
        Dialog::Bounds(mut ask) => match ask.bounds() {
            Ok((min, max)) => actions::propose(
                app,
                &ask.operation.request(Input::Limits { min, max }),
                &ask.targets,
            ),
            Err(error) => {
                ask.error = Some(error);
                app.layers.push(Layer::Dialog(Dialog::Bounds(ask)));
                Vec::new()
            }
        },
        Dialog::Swap(mut ask) => match ask.model() {
            Ok(model) => actions::propose(
                app,
                &ask.operation.request(Input::Model(model)),
                &ask.targets,
            ),
            Err(error) => {
                ask.error = Some(error);
                app.layers.push(Layer::Dialog(Dialog::Swap(ask)));
                Vec::new()
            }
        },
        Dialog::Tags(mut editor) => {
            if let Some(ask) = editor.accept() {
                return actions::propose(app, &ask, &editor.targets);
            }
            app.layers.push(Layer::Dialog(Dialog::Tags(editor)));
            Vec::new()
        }
        Dialog::Pick(picker) => picked(app, &picker),
        Dialog::Operations(menu) => actions::chosen(app, &menu),
        Dialog::Quit(ask) if ask.yes => leave(app, ask.what),
        Dialog::Quit(_) => Vec::new(),
    }
}

fn leave(app: &mut App, what: QuitTarget) -> Vec<Command> {
    match what {
        QuitTarget::Program => vec![Command::Quit],
        QuitTarget::Plans => actions::cancel_running(app),
    }
}

fn picked(app: &mut App, picker: &Picker) -> Vec<Command> {
    let chosen = picker.chosen();
    match (picker.pick, chosen.first()) {
        (PickerPurpose::Sort, Some(field)) => rows::sort_by(app, field, None),
        (PickerPurpose::Theme, Some(name)) => display::use_theme(app, name),
        (PickerPurpose::Export, Some(format)) => copy_export::write(app, format),
        (PickerPurpose::Feedback(operation), Some(word)) => {
            Feedback::parse(word).map_or_else(Vec::new, |feedback| {
                actions::propose(
                    app,
                    &operation.request(Input::Feedback(feedback)),
                    &picker.targets,
                )
            })
        }
        (PickerPurpose::Regions, _) => display::show_regions(app, chosen),
        (PickerPurpose::Profiles, _) => display::show_profiles(app, chosen),
        (_, None) => Vec::new(),
    }
}

/// Sends a plan off that was answered with yes.
fn carry_out(app: &mut App, confirm: ConfirmDialog) -> Vec<Command> {
    if confirm.is_reading() && actions::refused(app).is_none() && confirm.left(app.now) > 0.0 {
        app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
        return toast(app, Notice::PreflightRunning);
    }
    if !confirm.fits() {
        let error = ConfirmError::NotTyped;
        return toast(app, Notice::NotConfirmed { error });
    }
    if let Some(why) = access::bars(app, &confirm.plan) {
        return toast(app, Notice::Refused { why });
    }
    if let Some(why) = actions::stricter_now(app, &confirm.plan) {
        return toast(app, Notice::Refused { why });
    }
    // A yes counts for what was on the screen, and for nothing else.
    let unseen = match confirm.seen {
        ShownParts::All => None,
        ShownParts::Question => Some(Notice::PreflightChanged),
        ShownParts::Nothing => Some(Notice::DialogNotDrawn),
    };
    if let Some(notice) = unseen {
        app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
        return toast(app, notice);
    }
    let due = confirm.later;
    match (confirm.confirm(app.now), due) {
        (Ok(confirmed), due) => {
            if let Some(table) = app.table_mut(app.focus) {
                table.clear_marks();
            }
            if let Some(due) = due {
                return scheduled::agree(app, confirmed, due);
            }
            let mut commands = scheduled::overtaken(app, &confirmed);
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

/// Answers yes, where the dialog takes it.
pub fn yes(app: &mut App) -> Vec<Command> {
    match app.layers.pop() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) if confirm.typed.is_none() => {
            carry_out(app, confirm)
        }
        Some(Layer::Dialog(Dialog::Quit(ask))) => leave(app, ask.what),
        other => {
            app.layers.extend(other);
            Vec::new()
        }
    }
}

/// Answers no, where the dialog takes it.
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

/// From No to Yes and back; in a list: down.
pub fn switch(app: &mut App) -> Vec<Command> {
    match app.layers.last_mut() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm.yes = !confirm.yes,
        Some(Layer::Dialog(Dialog::Quit(ask))) => ask.yes = !ask.yes,
        Some(Layer::Dialog(_)) => return super::motion::down(app),
        _ => {}
    }
    Vec::new()
}

/// Chooses or leaves out the line under the cursor.
pub fn toggle(app: &mut App) -> Vec<Command> {
    if let Some(Layer::Dialog(Dialog::Pick(picker))) = app.layers.last_mut() {
        picker.toggle();
    }
    Vec::new()
}
