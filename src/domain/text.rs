//! Text from AWS, made safe to print: no control or direction characters, cut and padded by display
//! width.

use std::{borrow::Cow, fmt::Write};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The most combining marks on one character; no language has more than a few.
const MAX_MARKS: usize = 8;

/// Characters that would change the terminal or the order of their neighbours, that are invisible,
/// or whose width terminals disagree on: a wrong width shifts the rest of the line.
fn acts(c: char) -> bool {
    c.is_control() || is_invisible(c) || is_prepended(c) || is_noncharacter(c)
}

/// Format characters, fillers and others with the property Default_Ignorable_Code_Point (Unicode
/// Character Database, DerivedCoreProperties.txt), and separators of lines.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d165}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Marks that precede the number they belong to (Prepended_Concatenation_Mark): some terminals give
/// them a column, some none.
fn is_prepended(c: char) -> bool {
    matches!(
        c,
        '\u{600}'..='\u{605}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{110bd}'
            | '\u{110cd}'
    )
}

/// Code points that are no characters and never will be.
fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// `text` with every character that would change the terminal, is invisible or has no certain width
/// shown as `·`, and so the marks beyond a few on one character. (`\u{200d}` is among them, so a
/// joined emoji is shown as its parts: their width is then the same in every terminal.)
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| (b' '..=b'~').contains(&byte);
    if text.bytes().all(is_plain) || replaced(text).eq(text.chars()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(replaced(text).collect())
    }
}

fn replaced(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .scan(0, |marks, c| {
            *marks = if acts(c) || c.width() != Some(0) {
                0
            } else {
                *marks + 1
            };
            Some(match *marks {
                _ if acts(c) => Some('·'),
                0..=MAX_MARKS => Some(c),
                marks => (marks == MAX_MARKS + 1).then_some('·'),
            })
        })
        .flatten()
}

/// `json` with the characters that [`printable`] removes as `\u` escapes, outside of which they do
/// not occur. Line ends between values stay.
pub fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if acts(c) && c != '\n' {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// `text` as a cell of CSV: printable, and text that a spreadsheet would run as a formula behind a
/// `'`, which makes it text. Numbers stay bare.
pub fn spreadsheet_cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guard = if is_formula && text.parse::<f64>().is_err() {
        "'"
    } else {
        ""
    };
    format!("{guard}{}", printable(text))
}

/// `text` as a cell of a Markdown table: printable, and nothing in it is a link, an image, HTML or
/// a column.
pub fn markdown_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text).chars() {
        if matches!(c, '\\' | '|' | '[' | ']' | '<' | '>' | '`' | '*') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `text` as a person can type it: in one line, without characters that would change a terminal.
/// Line ends and tabs within become spaces.
pub fn line(text: &str) -> String {
    let spaced = text.trim_matches(['\r', '\n']).chars().map(|c| {
        if matches!(c, '\n' | '\r' | '\t') {
            ' '
        } else {
            c
        }
    });
    spaced.filter(|c| !acts(*c)).collect()
}

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` in at most `columns` columns, with `…` where it was cut.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let wide = width(cluster);
        if used + wide > columns.saturating_sub(1) {
            break;
        }
        used += wide;
        out.push_str(cluster);
    }
    if columns > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

/// `text` cut and padded with spaces to exactly `columns` columns, to the left or (`right`) to the
/// right edge.
pub fn fit(text: &str, columns: usize, right: bool) -> String {
    let text = cut(text, columns);
    let room = " ".repeat(columns.saturating_sub(width(&text)));
    if right {
        room + &text
    } else {
        text.into_owned() + &room
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn printable_text_has_no_control_characters() {
        assert_eq!(printable("a\u{1b}[31mb\r\n\u{202e}c\u{7}"), "a·[31mb···c·");
        assert_eq!(printable("訓練-שלום"), "訓練-שלום");
    }

    #[test]
    fn characters_without_a_certain_width_are_marked() {
        for c in [
            '\u{fdd0}',
            '\u{ffff}',
            '\u{10ffff}',
            '\u{605}',
            '\u{70f}',
            '\u{8e2}',
            '\u{115f}',
            '\u{1160}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{ad}',
            '\u{34f}',
            '\u{fe0f}',
            '\u{1d165}',
            '\u{e0100}',
        ] {
            assert_eq!(printable(&format!("a{c}b")), "a·b", "{c:?}");
        }
        // Vowels of Tamil and Bengali, marks of Vietnamese and Hebrew.
        for word in ["காப்பு", "কোড", "Việt", "שָׁלוֹם", "한글"] {
            assert_eq!(printable(word), word);
        }
    }

    #[test]
    fn marks_on_one_character_are_few() {
        let stacked = format!("e{}x", "\u{301}".repeat(4_000));
        let shown = printable(&stacked);
        assert_eq!(shown.chars().count(), 1 + MAX_MARKS + 2);
        assert_eq!(
            (shown.chars().nth(1 + MAX_MARKS), width(&shown)),
            (Some('·'), 3)
        );
    }

    #[test]
    fn exported_cells_are_inert() {
        for (text, cell) in [
            (
                "=HYPERLINK(\"http://evil\")",
                "'=HYPERLINK(\"http://evil\")",
            ),
            ("+1+1", "'+1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-3.5", "-3.5"),
            ("a\u{1b}[2J", "a·[2J"),
        ] {
            assert_eq!(spreadsheet_cell(text), cell);
        }
        assert_eq!(
            markdown_cell("![i](http://evil/x.png)|<script>\n"),
            "!\\[i\\](http://evil/x.png)\\|\\<script\\>·"
        );
        let json = escape_json("{\"name\":\"a\u{9b}\u{202e}\u{7f}\"}\n");
        assert_eq!(json, "{\"name\":\"a\\u009b\\u202e\\u007f\"}\n");
    }

    #[test]
    fn cut_counts_display_columns() {
        assert_eq!(cut("訓練ジョブ", 5), "訓練…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("abcd", 0), "");
        assert_eq!(fit("訓練", 5, false), "訓練 ");
        assert_eq!(fit("7", 3, true), "  7");
    }

    proptest! {
        #[test]
        fn fitted_text_has_exactly_the_given_width(
            text in any::<String>(),
            columns in 0usize..60,
            right: bool,
        ) {
            let shown = printable(&text);
            prop_assert!(!shown.chars().any(char::is_control));
            prop_assert_eq!(width(&fit(&shown, columns, right)), columns);
        }
    }
}
