//! How many colours the terminal shows, by what the environment says.
//!
//! Pure: the environment is an argument.

use crate::{engine::config::Color, screen::theme::Depth};

/// The depth: `--no-color` and `NO_COLOR` beat the configuration, which beats what the terminal
/// says of itself.
pub fn depth(
    no_color: bool,
    configured: Color,
    variable: impl Fn(&str) -> Option<String>,
) -> Depth {
    if no_color || variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Depth::None;
    }
    match configured {
        Color::Auto => detect(variable),
        Color::Truecolor => Depth::True,
        Color::Indexed => Depth::Indexed,
        Color::Sixteen => Depth::Ansi,
        Color::None => Depth::None,
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

fn detect(variable: impl Fn(&str) -> Option<String>) -> Depth {
    let colorterm = variable("COLORTERM")
        .unwrap_or_default()
        .to_ascii_lowercase();
    if colorterm.contains("truecolor") || colorterm.contains("24bit") {
        return Depth::True;
    }
    match variable("TERM").unwrap_or_default().as_str() {
        "" | "dumb" => Depth::None,
        term if term.ends_with("-direct")
            || term.contains("kitty")
            || term.contains("ghostty")
            || term.contains("alacritty") =>
        {
            Depth::True
        }
        term if term.contains("256color") => Depth::Indexed,
        term if term.contains("mono") || term.starts_with("vt") => Depth::None,
        _ => Depth::Ansi,
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
                Depth::True,
            ),
            (&[("TERM", "screen-256color")], Depth::Indexed),
            (&[("TERM", "xterm")], Depth::Ansi),
            (&[("TERM", "linux")], Depth::Ansi),
            (&[("TERM", "xterm-kitty")], Depth::True),
            (&[("TERM", "vt100")], Depth::None),
            (&[("TERM", "dumb")], Depth::None),
            (&[], Depth::None),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "1")],
                Depth::None,
            ),
            (
                &[("TERM", "xterm-256color"), ("NO_COLOR", "")],
                Depth::Indexed,
            ),
        ] {
            let look = |name: &str| {
                variables
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(depth(false, Color::Auto, look), expected, "{variables:?}");
            assert_eq!(depth(true, Color::Truecolor, look), Depth::None);
        }
        assert_eq!(depth(false, Color::Sixteen, |_| None), Depth::Ansi);
    }
}
