//! The mouse: a click selects, the wheel scrolls. A key exists for each of its effects, and it
//! never answers a question.

use super::super::{
    App, Command, Page, Tile,
    dialogs::Dialog,
    state::{MouseTarget, modal_stack::Layer},
};
use super::{groupings, motion, pages, rows};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

/// Lines that one turn of the wheel scrolls.
const WHEEL: isize = 3;

/// The mouse did something.
pub fn event(app: &mut App, event: MouseEvent) -> Vec<Command> {
    let hit = app.measurements.target(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => click(app, hit),
        MouseEventKind::ScrollDown => wheel(app, hit, WHEEL),
        MouseEventKind::ScrollUp => wheel(app, hit, -WHEEL),
        _ => Vec::new(),
    }
}

fn click(app: &mut App, hit: Option<MouseTarget>) -> Vec<Command> {
    app.sequence.keys.clear();
    match (hit, app.layers.last_mut()) {
        (Some(MouseTarget::Line(line)), Some(Layer::Contributors(sheet))) => sheet.go(line),
        (Some(MouseTarget::Line(line)), Some(Layer::Palette(palette))) => palette.choose(line),
        (Some(MouseTarget::Line(line)), Some(Layer::Dialog(Dialog::Pick(picker)))) => {
            picker.cursor = line.min(picker.items.len().saturating_sub(1));
            picker.toggle();
        }
        (Some(MouseTarget::Line(line)), Some(Layer::Dialog(Dialog::Operations(menu)))) => {
            menu.cursor = line.min(menu.lines.len().saturating_sub(1));
        }
        // An open dialog takes no clicks outside.
        (_, Some(Layer::Dialog(_))) => {}
        (Some(MouseTarget::Grouping(place)), None) => return groupings::show(app, place),
        (Some(MouseTarget::Tab(page)), _) => pages::show(app, page),
        (Some(MouseTarget::Tile(tile)), None) => focus(app, tile),
        (Some(MouseTarget::Row(tile, row)), None) => {
            focus(app, tile);
            if let Some(table) = app.table_mut(tile) {
                table.go(row);
            }
        }
        (Some(MouseTarget::Column(tile, field)), None) => {
            focus(app, tile);
            return rows::sort_by(app, field, None);
        }
        _ => {}
    }
    Vec::new()
}

fn focus(app: &mut App, tile: Tile) {
    if app.page == Page::Overview || app.page == Page::Full(tile) {
        app.focus = tile;
    }
}

fn wheel(app: &mut App, hit: Option<MouseTarget>, lines: isize) -> Vec<Command> {
    if let (Some(MouseTarget::Tile(tile) | MouseTarget::Row(tile, _)), true) =
        (hit, app.layers.is_empty())
    {
        focus(app, tile);
    }
    motion::wheel(app, lines)
}
