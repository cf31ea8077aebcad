//! One frame as text: what `top -b -n1` is.

use crate::app::cli_error::CliError;
use crate::{
    domain::text::width,
    screen::{App, view},
};
use ratatui::{Terminal, backend::TestBackend, buffer::Buffer};
use std::env;

/// Where the environment does not say how large a page is.
const PAGE: (u16, u16) = (120, 40);
/// A page beyond this is a mistake.
const LARGEST: u16 = 2_000;

/// Columns and rows by `COLUMNS` and `LINES`.
pub fn size() -> (u16, u16) {
    let number = |name: &str| {
        env::var(name)
            .ok()
            .and_then(|text| text.parse().ok())
            .filter(|number| (1..=LARGEST).contains(number))
    };
    (
        number("COLUMNS").unwrap_or(PAGE.0),
        number("LINES").unwrap_or(PAGE.1),
    )
}

/// What `app` looks like now, without colours, a line a row.
pub fn frame(app: &App, (columns, rows): (u16, u16)) -> Result<String, CliError> {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).map_err(CliError::failed)?;
    terminal
        .draw(|frame| {
            view(app, frame);
        })
        .map_err(CliError::failed)?;
    Ok(text(terminal.backend().buffer()))
}

/// The text of `buffer`, without spaces at the ends of lines.
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            // A wide character covers the cell after it.
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
    fn a_frame_is_its_text() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        buffer.set_string(0, 0, "訓練 ab", Style::new());
        assert_eq!(text(&buffer), "訓練 ab\n\n");
    }
}
