//! Detects the number of colours and the character set of the terminal from the environment.
//!
//! Neither `supports-color` nor `anstyle-query` replaces this: both read the process environment
//! directly (tests could not pass one), and neither has the configuration's override, the
//! `*-direct` terminals or the vt and mono terminals without colour.

use crate::{engine::config::ColorMode, screen::theme::ColorSupport};

/// The colour support to use: `--no-color` and `NO_COLOR` override the configuration, which
/// overrides detection.
pub fn color_support(
    no_color: bool,
    configured: ColorMode,
    variable: impl Fn(&str) -> Option<String>,
) -> ColorSupport {
    if no_color || variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return ColorSupport::None;
    }
    match configured {
        ColorMode::Auto => detect(variable),
        ColorMode::Truecolor => ColorSupport::True,
        ColorMode::Indexed => ColorSupport::Indexed,
        ColorMode::Sixteen => ColorSupport::Ansi,
        ColorMode::None => ColorSupport::None,
    }
}

/// Whether the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set names a character set other
/// than UTF-8. False if none is set.
pub fn is_ascii_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale == "c"
            || locale == "posix"
            || (locale.contains('.') && !locale.contains("utf-8") && !locale.contains("utf8"))
    })
}

fn detect(variable: impl Fn(&str) -> Option<String>) -> ColorSupport {
    let colorterm = variable("COLORTERM")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if colorterm.contains("truecolor") || colorterm.contains("24bit") {
        return ColorSupport::True;
    }
    match variable("TERM").unwrap_or_default().as_str() {
        "" | "dumb" => ColorSupport::None,
        term if term.ends_with("-direct")
            || term.contains("kitty")
            || term.contains("ghostty")
            || term.contains("alacritty") =>
        {
            ColorSupport::True
        }
        term if term.contains("256color") => ColorSupport::Indexed,
        term if term.contains("mono") || term.starts_with("vt") => ColorSupport::None,
        _ => ColorSupport::Ansi,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locale_without_utf8_is_ascii() {
        for (variables, expected) in [
            (&[("LANG", "en_US.UTF-8")][..], false),
            (&[("LANG", "de_DE.utf8"), ("LC_ALL", "C")], true),
            (&[("LC_ALL", ""), ("LANG", "C.UTF-8")], false),
            (&[("LANG", "ja_JP.eucJP")], true),
            (&[], false),
        ] {
            let look = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(is_ascii_locale(look), expected, "{variables:?}");
        }
    }

    #[test]
    fn color_support_follows_the_environment() {
        for (variables, expected) in [
            (
                &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")][..],
                ColorSupport::True,
            ),
            (&[("TERM", "screen-256color")], ColorSupport::Indexed),
            (&[("TERM", "xterm")], ColorSupport::Ansi),
            (&[("TERM", "linux")], ColorSupport::Ansi),
            (&[("TERM", "xterm-kitty")], ColorSupport::True),
            (&[("TERM", "vt100")], ColorSupport::None),
            (&[("TERM", "dumb")], ColorSupport::None),
            (&[], ColorSupport::None),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
                ColorSupport::None,
            ),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "")],
                ColorSupport::Indexed,
            ),
        ] {
            let look = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(
                color_support(false, ColorMode::Auto, look),
                expected,
                "{variables:?}"
            );
            assert_eq!(
                color_support(true, ColorMode::Truecolor, look),
                ColorSupport::None
            );
        }
        assert_eq!(
            color_support(false, ColorMode::Sixteen, |_| None),
            ColorSupport::Ansi
        );
    }
}
