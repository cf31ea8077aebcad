//! Symbols, and their ASCII replacements.

/// A set of symbols.
#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Levels of a sparkline, lowest first.
    pub levels: &'static [&'static str],
    /// A missing reading of a sparkline.
    pub gap: &'static str,
    /// Left edge of the row under the cursor.
    pub cursor: &'static str,
    /// A marked row.
    pub mark: &'static str,
    /// A row with a scheduled action; one with snoozed findings.
    pub later: (&'static str, &'static str),
    /// Sorted downwards, upwards.
    pub sort: (&'static str, &'static str),
    /// More above, more below.
    pub more: (&'static str, &'static str),
    /// Lines across a chart: the mean, and the spike threshold.
    pub across: (&'static str, &'static str),
    /// The foot of a chart: workdays, weekends.
    pub foot: (&'static str, &'static str),
    /// Thumb and track of a scroll bar.
    pub scroll: (&'static str, &'static str),
    /// Full and empty part of a bar.
    pub bar: (&'static str, &'static str),
    /// Between facts on one line.
    pub dot: &'static str,
    /// An active thing: alive, open.
    pub bullet: &'static str,
    /// Done, failed, under way.
    pub done: &'static str,
    /// Failed.
    pub failed: &'static str,
    /// Under way.
    pub moving: &'static str,
    /// Warning.
    pub warn: &'static str,
    /// From one thing to the next.
    pub arrow: &'static str,
    /// Times.
    pub times: &'static str,
    /// Cut text.
    pub more_text: &'static str,
}

/// For terminals with Unicode.
pub(super) const UNICODE: Glyphs = Glyphs {
    levels: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    gap: "·",
    cursor: "▌",
    mark: "●",
    later: ("◷", "z"),
    sort: ("▼", "▲"),
    more: ("↑", "↓"),
    across: ("╌", "┈"),
    foot: ("─", "═"),
    scroll: ("█", "│"),
    bar: ("█", "░"),
    dot: "·",
    bullet: "●",
    done: "✓",
    failed: "✗",
    moving: "…",
    warn: "!",
    arrow: "→",
    times: "×",
    more_text: "…",
};

/// For a serial console or `LANG=C`.
pub(super) const ASCII: Glyphs = Glyphs {
    levels: &["_", ".", ",", ":", "-", "=", "+", "#"],
    gap: " ",
    cursor: ">",
    mark: "*",
    later: ("@", "z"),
    sort: ("v", "^"),
    more: ("^", "v"),
    across: ("-", "~"),
    foot: ("-", "="),
    scroll: ("#", "|"),
    bar: ("#", "."),
    dot: "-",
    bullet: "o",
    done: "+",
    failed: "x",
    moving: "~",
    warn: "!",
    arrow: ">",
    times: "x",
    more_text: "~",
};

/// Symbols within sentences, and their replacements.
const PLAIN: &[(&str, &str)] = &[
    ("·", "-"),
    ("…", "~"),
    ("×", "x"),
    ("≈", "~"),
    ("≥", ">"),
    ("●", "*"),
    ("▸", ">"),
    ("→", ">"),
    ("←", "<"),
    ("↑", "^"),
    ("↓", "v"),
    ("✓", "+"),
    ("✗", "x"),
    ("⏎", "<"),
    ("▼", "v"),
    ("▲", "^"),
];

impl Glyphs {
    /// The ASCII or the Unicode set.
    pub fn of(ascii: bool) -> &'static Self {
        if ascii { &ASCII } else { &UNICODE }
    }

    /// `sign` itself, or the replacement of one of the program's own symbols in the ASCII set.
    /// Names stay unchanged.
    pub fn plain<'a>(&self, sign: &'a str) -> &'a str {
        if self.dot != ASCII.dot {
            return sign;
        }
        PLAIN
            .iter()
            .find(|(known, _)| *known == sign)
            .map_or(sign, |(_, plain)| plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn every_glyph_is_one_column_wide() {
        for glyphs in [&UNICODE, &ASCII] {
            let singles = [
                glyphs.gap,
                glyphs.cursor,
                glyphs.mark,
                glyphs.dot,
                glyphs.bullet,
                glyphs.done,
                glyphs.failed,
                glyphs.moving,
                glyphs.warn,
            ];
            let pairs = [
                glyphs.sort,
                glyphs.more,
                glyphs.scroll,
                glyphs.bar,
                glyphs.across,
                glyphs.foot,
            ];
            let more = [glyphs.arrow, glyphs.times, glyphs.more_text];
            let all = singles
                .into_iter()
                .chain(more)
                .chain(pairs.into_iter().flat_map(|(a, b)| [a, b]));
            for sign in all.chain(glyphs.levels.iter().copied()) {
                assert_eq!(sign.width(), 1, "{sign}");
                assert!(!std::ptr::eq(glyphs, &ASCII) || sign.is_ascii(), "{sign}");
            }
        }
    }
}
