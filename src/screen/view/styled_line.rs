//! A line of text in several roles. Not ratatui's `Line`: its spans hold styles, but sheets know
//! roles only; the theme gives them styles when a frame is drawn.

use super::text_writer::{TextWriter, wrap};
use crate::{domain::text, screen::theme::Role};

/// One line, as pieces of text with their roles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StyledLine(Vec<(String, Role)>);

impl StyledLine {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// A line of one piece.
    pub fn of(text: impl Into<String>, role: Role) -> Self {
        Self::new().add(text, role)
    }

    /// Appends a piece.
    #[must_use]
    pub fn add(mut self, text: impl Into<String>, role: Role) -> Self {
        self.0.push((text.into(), role));
        self
    }

    /// Appends spaces up to column `column`, at least one.
    #[must_use]
    pub fn tab(self, column: usize) -> Self {
        let room = column.saturating_sub(self.width()).max(1);
        self.add(" ".repeat(room), Role::Text)
    }

    /// Appends `other`.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Its width in columns.
    pub fn width(&self) -> usize {
        self.0
            .iter()
            .map(|(piece, _)| text::width(&text::printable(piece)))
            .sum()
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.0.iter().map(|(piece, _)| piece.as_str()).collect()
    }

    /// Whether it has no pieces.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes it.
    pub fn write_to(&self, writer: &mut TextWriter<'_>) {
        for (piece, role) in &self.0 {
            writer.write(piece, *role);
        }
    }
}

/// Wraps `text` in `role` to lines of at most `columns` columns, indented by `indent`.
pub fn lines(text: &str, role: Role, indent: usize, columns: u16) -> Vec<StyledLine> {
    let room = columns.saturating_sub(indent as u16).max(8);
    wrap(text, room)
        .into_iter()
        .map(|line| StyledLine::of(" ".repeat(indent), Role::Text).add(line, role))
        .collect()
}

/// A dim `label`, then `text` at column `at`, wrapped under its first line.
pub fn labelled(label: &str, text: &str, role: Role, at: usize, columns: u16) -> Vec<StyledLine> {
    beside(
        StyledLine::of(format!(" {label}"), Role::Dim),
        text,
        role,
        at,
        columns,
    )
}

/// `head`, then `text` at column `at`, wrapped under its first line. A longer head has its own
/// line.
pub fn beside(
    head: StyledLine,
    text: &str,
    role: Role,
    at: usize,
    columns: u16,
) -> Vec<StyledLine> {
    let mut out = lines(text, role, at, columns);
    if head.width() >= at {
        out.insert(0, head);
    } else if let Some(first) = out.first_mut() {
        let body = first.0.pop().map(|(piece, _)| piece).unwrap_or_default();
        *first = head.tab(at).add(body, role);
    }
    out
}
