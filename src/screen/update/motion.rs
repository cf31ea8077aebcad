//! Moves up and down: the cursor in a table or a list, the scroll offset of a sheet.

use super::super::{
    App, Command,
    dialogs::{Dialog, PickerPurpose},
    state::modal_stack::Layer,
};

/// Beyond the last line. Drawing measures the text and limits the offset.
const UNMEASURED: usize = usize::MAX;

#[derive(Clone, Copy)]
enum Movement {
    By(isize),
    Half(isize),
    Page(isize),
    Top,
    Bottom,
}

impl Movement {
    /// The place reached from `at` when `height` lines are seen and `last` is the last place.
    fn from(self, at: usize, height: usize, last: usize) -> usize {
        let lines = |share: usize| isize::try_from(share.max(1)).unwrap_or(isize::MAX);
        let to = match self {
            Self::By(steps) => at.saturating_add_signed(steps),
            Self::Half(sign) => at.saturating_add_signed(sign * lines(height / 2)),
            Self::Page(sign) => at.saturating_add_signed(sign * lines(height.saturating_sub(1))),
            Self::Top => 0,
            Self::Bottom => last,
        };
        to.min(last)
    }

    /// The steps in a list that is visible in full.
    fn steps(self) -> isize {
        match self {
            Self::By(steps) | Self::Half(steps) | Self::Page(steps) => steps,
            Self::Top | Self::Bottom => 0,
        }
    }
}

/// Moves up by one.
pub fn up(app: &mut App) -> Vec<Command> {
    go(app, Movement::By(-1))
}
/// Moves down by one.
pub fn down(app: &mut App) -> Vec<Command> {
    go(app, Movement::By(1))
}
/// Moves up by half a page.
pub fn half_up(app: &mut App) -> Vec<Command> {
    go(app, Movement::Half(-1))
}
/// Moves down by half a page.
pub fn half_down(app: &mut App) -> Vec<Command> {
    go(app, Movement::Half(1))
}
/// Moves up by a page.
pub fn page_up(app: &mut App) -> Vec<Command> {
    go(app, Movement::Page(-1))
}
/// Moves down by a page.
pub fn page_down(app: &mut App) -> Vec<Command> {
    go(app, Movement::Page(1))
}
/// Moves to the first.
pub fn top(app: &mut App) -> Vec<Command> {
    go(app, Movement::Top)
}
/// Moves to the last.
pub fn bottom(app: &mut App) -> Vec<Command> {
    go(app, Movement::Bottom)
}
/// Scrolls by the lines of the wheel.
pub fn wheel(app: &mut App, lines: isize) -> Vec<Command> {
    go(app, Movement::By(lines))
}

fn go(app: &mut App, go: Movement) -> Vec<Command> {
    let page = app
        .measurements
        .layer_height
        .unwrap_or_else(|| usize::from(app.size.1).saturating_sub(4))
        .max(1);
    match app.layers.last_mut() {
        None | Some(Layer::Filter(_)) => table(app, go),
        Some(Layer::Contributors(sheet)) => {
            let to = go.from(sheet.cursor, page, sheet.list.len().saturating_sub(1));
            sheet.go(to);
        }
        Some(Layer::Palette(palette)) => palette.step(go.steps()),
        Some(Layer::Dialog(Dialog::ScheduledList(list))) => {
            list.step(go.steps(), &app.schedules.entries);
        }
        Some(Layer::Dialog(dialog)) => {
            in_dialog(dialog, go, page);
            if let Dialog::Pick(picker) = dialog
                && picker.pick == PickerPurpose::Theme
            {
                app.theme = picker.cursor.min(app.themes.len().saturating_sub(1));
            }
        }
        Some(Layer::Journal(sheet)) => {
            sheet.cursor = go.from(sheet.cursor, page, sheet.shown.len().saturating_sub(1));
        }
        Some(layer) => {
            if let Some(scroll) = layer.scroll() {
                *scroll = go.from(*scroll, page, UNMEASURED);
            }
        }
    }
    Vec::new()
}

fn table(app: &mut App, go: Movement) {
    let height = app.measurements.visible_rows(app.focus);
    if let Some(table) = app.table_mut(app.focus) {
        let to = go.from(table.cursor, height, table.rows.len().saturating_sub(1));
        table.go(to);
    }
}

fn in_dialog(dialog: &mut Dialog, go: Movement, page: usize) {
    match dialog {
        Dialog::Confirm(confirm) => confirm.scroll = go.from(confirm.scroll, page, UNMEASURED),
        Dialog::Pick(picker) => picker.cursor = place(picker.cursor, go, page, picker.items.len()),
        Dialog::Operations(menu) => menu.cursor = place(menu.cursor, go, page, menu.lines.len()),
        Dialog::Tags(editor) => editor.step(go.steps()),
        Dialog::AutoscalingLimits(ask) => ask.step(if go.steps() < 0 { 1 } else { -1 }),
        Dialog::SwapModel(ask) => ask.step(go.steps()),
        Dialog::Count(ask) => ask.step(if go.steps() < 0 { 1 } else { -1 }),
        Dialog::ScheduleAction(ask) => ask.step(go.steps()),
        Dialog::Quit(_)
        | Dialog::ScheduledScaling(_)
        | Dialog::Snooze(_)
        | Dialog::ScheduledList(_) => {}
    }
}

/// The new position in a list: single steps wrap around the ends, longer ones stop there.
fn place(at: usize, go: Movement, page: usize, len: usize) -> usize {
    match go {
        Movement::By(steps @ (-1 | 1)) => super::super::dialogs::around(at, steps, len),
        go => go.from(at, page, len.saturating_sub(1)),
    }
}
