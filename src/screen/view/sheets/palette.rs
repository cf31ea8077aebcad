//! The command palette: the typed text and its candidates.

use crate::screen::notices::sheets::palette as wording;
use crate::screen::view::{footer::after, overlay::Overlay, styled_line::StyledLine};
use crate::{
    domain::text,
    screen::{
        state::palette::{Candidate, Palette},
        theme::Role,
    },
};

/// Most lines shown at once, so that the page stays visible.
const MAX_LINES: usize = 14;

/// The palette.
pub fn palette(palette: &Palette, width: u16) -> Overlay {
    let mut out = Overlay::new(StyledLine::of(wording::TITLE, Role::Focus), width);
    let room = usize::from(width).saturating_sub(3);
    let skip = palette.field.scroll_columns(room);
    out.head = vec![
        StyledLine::of(": ", Role::Key).add(after(palette.field.text(), skip), Role::Emphasis),
    ];
    out.typing = Some((0, (2 + palette.field.column().saturating_sub(skip)) as u16));
    if let Some(error) = &palette.error {
        out.head.push(StyledLine::of(error.text(), Role::Error));
    }
    let start = (palette.cursor + 1).saturating_sub(MAX_LINES);
    let seen = &palette.shown[start.min(palette.shown.len())..];
    let column = seen
        .iter()
        .take(MAX_LINES)
        .map(|candidate| text::width(&candidate.text))
        .max()
        .unwrap_or(0)
        .max(16)
        .min(usize::from(width) / 2);
    out.lines = palette
        .shown
        .iter()
        .map(|candidate| line(candidate, column, usize::from(width)))
        .collect();
    out.lines = out.lines.into_iter().skip(start).take(MAX_LINES).collect();
    if out.lines.is_empty() {
        out.lines.push(StyledLine::of(wording::NO_MATCH, Role::Dim));
    } else {
        out.selected = Some(palette.cursor - start);
        out.list = Some(0);
    }
    if palette.shown.len() > MAX_LINES {
        out.foot.push(StyledLine::of(
            format!("{} of {}", palette.cursor + 1, palette.shown.len()),
            Role::Dim,
        ));
    }
    out
}

fn line(candidate: &Candidate, column: usize, width: usize) -> StyledLine {
    let mut words = StyledLine::of(" ", Role::Text);
    for (place, c) in text::cut(&candidate.text, column).chars().enumerate() {
        words = words.add(
            c.to_string(),
            if candidate.hits.contains(&place) {
                Role::Marked
            } else {
                Role::Text
            },
        );
    }
    let keys = text::width(&candidate.keys);
    let room = width.saturating_sub(column + 4 + keys);
    let words = words
        .tab(column + 3)
        .add(text::cut(&candidate.doc, room), Role::Dim);
    if keys > 0 && words.width() + keys < width {
        words
            .tab(width - keys)
            .add(candidate.keys.clone(), Role::Key)
    } else {
        words
    }
}
