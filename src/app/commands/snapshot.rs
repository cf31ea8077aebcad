//! Prints one frame as text, like `top -b -n1`.

use crate::app::cli_error::CliError;
use crate::{
    domain::text::width,
    screen::{App, view},
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use std::env;

/// Columns and rows without `COLUMNS` and `LINES`.
const DEFAULT_SIZE: (u16, u16) = (120, 40);
/// Larger values of `COLUMNS` and `LINES` are ignored.
const MAX_SIZE: u16 = 2_000;

/// Columns and rows, from `COLUMNS` and `LINES`.
pub fn size() -> (u16, u16) {
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|number| (1..=MAX_SIZE).contains(number))
    };
    (
        number("COLUMNS").unwrap_or(DEFAULT_SIZE.0),
        number("LINES").unwrap_or(DEFAULT_SIZE.1),
    )
}

/// Draws `app` as text without colours, one line per row.
pub fn frame(app: &App, (columns, rows): (u16, u16)) -> Result<String, CliError> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).map_err(CliError::failed)?;
    terminal
        .draw(|frame| {
            view(app, frame);
        })
        .map_err(CliError::failed)?;
    Ok(text(terminal.backend().buffer()))
}

/// The text of `buffer` without trailing spaces.
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            // A wide character occupies the next cell too.
            x += (width(symbol).max(1)) as u16;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{layout::Rect, style::Style};

    #[test]
    fn plain_text_keeps_wide_characters_and_trims_spaces() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        buffer.set_string(0, 0, "訓練 ab", Style::new());
        assert_eq!(text(&buffer), "訓練 ab\n\n");
    }
}
