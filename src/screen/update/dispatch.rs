//! Calls the function of an action.

use super::super::{App, Command, actions::Action, state::modal_stack::Layer};
use super::{
    actions, activity,
    commands::{self, Effect},
    confirm, contributors, copy_export, display, groupings, journal, motion, pages, panels, quit,
    rows, scheduled, snooze, toast, typing, undo,
};

/// Does `action`. Longer than other functions: one line per action.
pub fn run(app: &mut App, action: &Action) -> Vec<Command> {
    match action {
        Action::NextGrouping => groupings::next(app),
        Action::PreviousGrouping => groupings::previous(app),
        Action::Chart => groupings::chart(app),
        Action::ChartGranularity => groupings::chart_granularity(app),
        Action::Mark => rows::mark(app),
        Action::MarkAll => rows::mark_all(app),
        Action::ClearMarks => rows::clear_marks(app),
        Action::Operations => actions::menu(app),
        Action::ScheduleAction => scheduled::open(app),
        Action::Snooze => snooze::ask(app),
        Action::Undo => undo::undo(app),
        Action::Why => panels::why(app),
        Action::Contributors => contributors::open(app),
        Action::Open => pages::open(app),
        Action::Details => panels::details(app),
        Action::Zoom => pages::zoom(app),
        Action::Filter => rows::filter(app),
        Action::NextMatch => rows::next_match(app),
        Action::PreviousMatch => rows::previous_match(app),
        Action::Sort => rows::sort(app),
        Action::Invert => rows::invert(app),
        Action::WasteOnly => rows::waste_only(app),
        Action::Pause => rows::pause(app),
        Action::Regions => display::regions(app),
        Action::Profiles => display::profiles(app),
        Action::CopyId => copy_export::copy_id(app),
        Action::CopyArn => copy_export::copy_arn(app),
        Action::Export => copy_export::export(app),
        Action::Palette => commands::open(app),
        Action::Help => panels::help(app),
        Action::Up => motion::up(app),
        Action::Down => motion::down(app),
        Action::HalfUp => motion::half_up(app),
        Action::HalfDown => motion::half_down(app),
        Action::PageUp => motion::page_up(app),
        Action::PageDown => motion::page_down(app),
        Action::Top => motion::top(app),
        Action::Bottom => motion::bottom(app),
        Action::NextTab => pages::next_tab(app),
        Action::PreviousTab => pages::previous_tab(app),
        Action::Back => pages::back(app),
        Action::Quit => quit::quit(app),
        Action::Interrupt => quit::interrupt(app),
        Action::Refresh => display::refresh(app),
        Action::Forecast => panels::forecast(app),
        Action::Watch => panels::watch(app),
        Action::Unpriced => panels::unpriced(app),
        Action::Errors => panels::errors(app),
        Action::Journal => journal::sheet(app),
        Action::OpenEntry => journal::open(app),
        Action::FilterEntries => journal::filter(app),
        Action::UndoEntry => journal::undo(app),
        Action::Activity => activity::sheet(app),
        Action::NextTheme => display::next_theme(app),
        Action::Redraw => display::redraw(app),
        Action::Accept => accept(app),
        Action::Cancel => confirm::cancel(app),
        Action::Yes => confirm::yes(app),
        Action::No => confirm::no(app),
        Action::Switch => confirm::switch(app),
        Action::Toggle => confirm::toggle(app),
        Action::Remove => scheduled::remove(app),
        Action::Complete => typing::complete(app),
        Action::CompleteBack => typing::complete_back(app),
        Action::RemoveLine => typing::remove_line(app),
        Action::CharLeft => typing::char_left(app),
        Action::CharRight => typing::char_right(app),
        Action::WordLeft => typing::word_left(app),
        Action::WordRight => typing::word_right(app),
        Action::LineStart => typing::line_start(app),
        Action::LineEnd => typing::line_end(app),
        Action::DeleteBack => typing::delete_back(app),
        Action::DeleteHere => typing::delete_here(app),
        Action::DeleteWord => typing::delete_word(app),
        Action::DeleteLine => typing::delete_line(app),
        Action::DeleteRest => typing::delete_rest(app),
        Action::Operation(operation) => actions::operation(app, *operation),
        Action::Tab(number) => pages::tab(app, *number),
        Action::Command(text) => line(app, text),
    }
}

/// Runs a line of the palette; a toast reports an error in it.
pub fn line(app: &mut App, text: &str) -> Vec<Command> {
    match commands::run(app, text) {
        Ok(effect) => apply(app, effect),
        Err(notice) => toast(app, notice),
    }
}

fn apply(app: &mut App, effect: Effect) -> Vec<Command> {
    match effect {
        Effect::Commands(commands) => commands,
        Effect::Action(action) => run(app, &action),
    }
}

/// Accepts the top layer. Handles the palette here, because its lines are actions.
fn accept(app: &mut App) -> Vec<Command> {
    let Some(Layer::Palette(palette)) = app.layers.last() else {
        return confirm::accept(app);
    };
    let line = commands::chosen(app, palette);
    let opened = app.layers.pop();
    if line.is_empty() {
        return Vec::new();
    }
    match commands::run(app, &line) {
        Ok(effect) => apply(app, effect),
        Err(error) => {
            if let Some(Layer::Palette(mut palette)) = opened {
                palette.error = Some(error);
                app.layers.push(Layer::Palette(palette));
            }
            Vec::new()
        }
    }
}
