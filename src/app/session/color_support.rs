//! How many colours the terminal shows, by what the environment says.
//!
//! Pure: the environment is an argument.

use crate::{engine::config::ColorMode, screen::theme::ColorSupport};

/// The depth: `--no-color` and `NO_COLOR` beat the configuration, which beats what the terminal
/// says of itself.
pub fn depth(
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

/// Whether the locale has no Unicode: the first of `LC_ALL`, `LC_CTYPE`, `LANG` that is set names
/// another character set. Without any of them nothing is known, and Unicode is tried.
pub fn ascii(variable: impl Fn(&str) -> Option<String>) -> bool {
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
    fn the_locale_tells_whether_there_is_unicode() {
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
            assert_eq!(ascii(look), expected, "{variables:?}");
        }
    }

    #[test]
    fn the_environment_tells_the_depth() {
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
                depth(false, ColorMode::Auto, look),
                expected,
                "{variables:?}"
            );
            assert_eq!(depth(true, ColorMode::Truecolor, look), ColorSupport::None);
        }
        assert_eq!(
            depth(false, ColorMode::Sixteen, |_| None),
            ColorSupport::Ansi
        );
    }
}
