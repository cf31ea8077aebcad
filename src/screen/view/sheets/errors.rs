//! The errors list: failures, and notes on the numbers.

use crate::screen::view::{
    overlay::Overlay,
    source_faults,
    styled_line::{StyledLine, lines},
    times,
};
use crate::screen::{
    App,
    notices::{fault_remedies::remedy, notes, sheets::errors as wording},
    theme::Role,
};

/// The failures, newest first; then the notes.
pub fn errors(app: &App, scroll: usize, width: u16) -> Overlay {
    let mut out = Overlay::new(
        StyledLine::of(wording::TITLE, Role::Focus)
            .add(format!("  {}", app.errors.len()), Role::Dim),
        width,
    );
    out.scroll = scroll;
    for error in app.errors.iter().rev() {
        let place = error.source.as_ref().map_or_else(String::new, |source| {
            let profile = if source_faults::has_one_profile(app) {
                String::new()
            } else {
                format!("{} ", source.place.profile)
            };
            format!("{} {profile}{}  ", source.pane, source.place.region)
        });
        let times = if error.times > 1 {
            format!("  ×{}", error.times)
        } else {
            String::new()
        };
        let head = StyledLine::of(times::clock(app, error.at), Role::Dim)
            .add(format!("  {place}"), Role::Text);
        out.lines.push(
            head.add(
                format!("{} {}", error.fault.kind.word(), error.fault.operation),
                Role::Error,
            )
            .add(times, Role::Dim),
        );
        out.lines
            .extend(lines(&error.fault.shown(), Role::Dim, 2, width));
        let profile = error
            .source
            .as_ref()
            .map_or("", |from| &*from.place.profile);
        if let Some(remedy) = remedy(&error.fault, profile, &[]) {
            out.lines.extend(lines(&remedy, Role::Text, 2, width));
        }
    }
    if out.lines.is_empty() {
        out.lines.push(StyledLine::of(wording::NONE, Role::Success));
    }
    for note in app.inventory.notes() {
        out.lines.push(StyledLine::of("note", Role::Changing));
        out.lines
            .extend(lines(&notes::note(&note), Role::Text, 2, width));
    }
    out
}
