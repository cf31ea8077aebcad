//! Colours as numbers: how bright, how far apart, and the nearest that a terminal can show.

use super::ColorSupport;
use ratatui::style::Color;

/// The nearest colour that a terminal of `depth` has.
pub(super) fn degrade(color: Color, depth: ColorSupport) -> Color {
    let Color::Rgb(r, g, b) = color else {
        return color;
    };
    let wanted = (r, g, b);
    match depth {
        ColorSupport::True => color,
        ColorSupport::Indexed => (16..=255)
            .min_by_key(|index| far(wanted, indexed(*index)))
            .map_or(Color::Reset, Color::Indexed),
        ColorSupport::Ansi => ANSI
            .iter()
            .min_by_key(|(_, shown)| far(wanted, *shown))
            .map_or(Color::Reset, |(named, _)| *named),
        ColorSupport::None => Color::Reset,
    }
}

/// The 16 colours as xterm shows them.
const ANSI: [(Color, (u8, u8, u8)); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 0, 0)),
    (Color::LightGreen, (0, 255, 0)),
    (Color::LightYellow, (255, 255, 0)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 0, 255)),
    (Color::LightCyan, (0, 255, 255)),
    (Color::White, (255, 255, 255)),
];

/// Colour `index` (16 and up) of xterm's 256: a 6x6x6 cube, then 24 greys.
fn indexed(index: u8) -> (u8, u8, u8) {
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return (grey, grey, grey);
    }
    let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    let cube = index - 16;
    (step(cube / 36), step(cube / 6 % 6), step(cube % 6))
}

/// Squared distance, weighted as the eye does ("redmean").
fn far(a: (u8, u8, u8), b: (u8, u8, u8)) -> i64 {
    let mean = i64::midpoint(i64::from(a.0), i64::from(b.0));
    let d = |x: u8, y: u8| (i64::from(x) - i64::from(y)).pow(2);
    (((512 + mean) * d(a.0, b.0)) >> 8) + 4 * d(a.1, b.1) + (((767 - mean) * d(a.2, b.2)) >> 8)
}

/// Relative luminance as WCAG 2 defines it, 0 to 1.
pub(super) fn luminance(color: Color) -> f64 {
    let Color::Rgb(r, g, b) = color else {
        return 0.0;
    };
    let part = |value: u8| {
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}
