//! Makes the content of a layer.

use super::{
    dialogs::{self, confirm},
    overlay::Overlay,
    sheets::{activity, contributors, details, errors, forecast, help, journal, palette, watch},
};
use crate::screen::{
    App, actions::Action, dialogs::Dialog, input::keymap::Chord, state::modal_stack::Layer,
};
use ratatui::layout::Rect;

/// The width within a frame that wants `wanted` columns, on this screen.
fn room(screen: Rect, wanted: u16) -> u16 {
    wanted
        .min(
            screen
                .width
                .saturating_sub(if screen.width > 84 { 8 } else { 4 }),
        )
        .max(24)
}

/// The content of `layer`; `None` for the filter line, which the footer draws.
pub(super) fn content(app: &App, layer: &Layer, screen: Rect) -> Option<Overlay> {
    let mut overlay = match layer {
        Layer::Details(sheet) => details::details(app, sheet, room(screen, 116)),
        Layer::Why(sheet) => details::why(app, sheet, room(screen, 96)),
        Layer::Help(sheet) => help::help(app, sheet, room(screen, 116)),
        Layer::Errors(scroll) => errors::errors(app, *scroll, room(screen, 116)),
        Layer::Forecast(scroll) => forecast::forecast(app, *scroll, room(screen, 116)),
        Layer::Watch(scroll) => watch::watch(app, *scroll, room(screen, 100)),
        Layer::Unpriced(scroll) => forecast::unpriced(app, *scroll, room(screen, 100)),
        Layer::Journal(sheet) => journal::journal(app, sheet, room(screen, 160)),
        Layer::JournalEntry(sheet) => journal::entry(app, sheet, room(screen, 116)),
        Layer::Activity(scroll) => activity::activity(app, *scroll, room(screen, 140)),
        Layer::Contributors(sheet) => contributors::contributors(app, sheet, room(screen, 150)),
        Layer::Palette(palette) => palette::palette(palette, room(screen, 90)),
        Layer::Dialog(dialog) => match dialog {
            Dialog::Confirm(ask) => confirm::confirm(app, ask, room(screen, 104)),
            other @ Dialog::ScheduledList(_) => dialogs::dialog(app, other, room(screen, 100)),
            other => dialogs::dialog(app, other, room(screen, 76)),
        },
        Layer::Filter(_) => return None,
    };
    // A list scrolls with its cursor.
    if overlay.selected.is_none() {
        overlay.page_key = turns(app, layer);
    }
    Some(overlay)
}

/// The shortest key that scrolls `layer` by a page; empty if there is none.
fn turns(app: &App, layer: &Layer) -> String {
    let keys = layer
        .contexts()
        .iter()
        .flat_map(|context| app.keymap.keys(*context, &Action::PageDown));
    let spell = |keys: &[Chord]| {
        keys.iter()
            .map(if app.ascii {
                ToString::to_string
            } else {
                Chord::short
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    keys.map(spell).min_by_key(String::len).unwrap_or_default()
}
