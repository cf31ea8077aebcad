//! Reads a theme file.

use super::{ColorSupport, Role, Theme, ThemeError, hint, reduce, role::Roles};
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    palette: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    roles: Roles,
}

/// Makes errors that name the line of an offset into the file.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn error(&self, offset: usize, message: String) -> ThemeError {
        ThemeError {
            file: self.file.to_owned(),
            line: 1 + self
                .text
                .bytes()
                .take(offset)
                .filter(|byte| *byte == b'\n')
                .count(),
            message,
        }
    }
}

impl Theme {
    /// Reads the theme `name` from `text`. Errors name `file`; the theme may inherit from `known`.
    pub fn parse(name: &str, text: &str, file: &str, known: &[Self]) -> Result<Self, ThemeError> {
        let source = Source { file, text };
        let sheet: Sheet = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            source.error(offset, explain(error.message()))
        })?;
        let base = base(&sheet, known, &source)?;
        let palette = palette(&sheet, base, &source)?;
        let mut roles = Vec::with_capacity(Role::ALL.len());
        let mut styles = [Style::new(); Role::ALL.len()];
        for role in Role::ALL {
            let (words, offset) = match (sheet.roles.get(*role), base) {
                (Some(own), _) => (own.get_ref().clone(), own.span().start),
                (None, Some(base)) => (base.roles[*role as usize].clone(), 0),
                (None, None) => {
                    let (word, doc) = (role.word(), role.doc());
                    return Err(source.error(
                        0,
                        format!("the role `{word}` ({doc}) is missing, and nothing is inherited"),
                    ));
                }
            };
            styles[*role as usize] = style(&words, &palette)
                .map_err(|message| source.error(offset, format!("{}: {message}", role.word())))?;
            roles.push(words);
        }
        let styles_by_support = [
            ColorSupport::True,
            ColorSupport::Indexed,
            ColorSupport::Ansi,
            ColorSupport::None,
        ]
        .map(|depth| reduce(&styles, depth));
        Ok(Self {
            name: name.to_owned(),
            palette,
            roles,
            styles_by_support,
        })
    }
}

/// The theme that `sheet` inherits from.
fn base<'a>(
    sheet: &Sheet,
    known: &'a [Theme],
    source: &Source<'_>,
) -> Result<Option<&'a Theme>, ThemeError> {
    let Some(parent) = &sheet.inherits else {
        return Ok(None);
    };
    let name = parent.get_ref();
    let found = known.iter().find(|theme| theme.name == *name);
    found.map(Some).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|theme| theme.name.as_str()).collect();
        source.error(
            parent.span().start,
            format!(
                "there is no theme `{name}` to inherit from{}",
                hint(name, &names)
            ),
        )
    })
}

/// The colours of `base`, with those of `sheet` on top.
fn palette(
    sheet: &Sheet,
    base: Option<&Theme>,
    source: &Source<'_>,
) -> Result<BTreeMap<String, Color>, ThemeError> {
    let mut palette = base.map(|theme| theme.palette.clone()).unwrap_or_default();
    for (word, value) in &sheet.palette {
        let text = value.get_ref();
        let color = color(text).ok_or_else(|| {
            source.error(
                value.span().start,
                format!("`{text}` is not a colour: write \"#rrggbb\" or \"default\""),
            )
        })?;
        palette.insert(word.clone(), color);
    }
    Ok(palette)
}

/// serde's message, with the list of all valid words reduced to the nearest one.
fn explain(message: &str) -> String {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match words.as_slice() {
        [wrong, right @ ..] if message.starts_with("unknown field") => {
            format!("unknown word `{wrong}`{}", hint(wrong, right))
        }
        _ => message.lines().collect::<Vec<_>>().join(" "),
    }
}

fn color(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    let digits = text
        .strip_prefix('#')
        .filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |place: usize| u8::from_str_radix(digits.get(place..place + 2)?, 16).ok();
    Some(Color::Rgb(part(0)?, part(2)?, part(4)?))
}

/// `bold red on night`: attributes, a colour, and after `on` the ground.
fn style(words: &str, palette: &BTreeMap<String, Color>) -> Result<Style, String> {
    let mut style = Style::new();
    let mut ground = false;
    for word in words.split_whitespace() {
        style = match word {
            "bold" => style.add_modifier(Modifier::BOLD),
            "italic" => style.add_modifier(Modifier::ITALIC),
            "underline" => style.add_modifier(Modifier::UNDERLINED),
            "reverse" => style.add_modifier(Modifier::REVERSED),
            "on" => {
                ground = true;
                continue;
            }
            _ => {
                let paint = palette
                    .get(word)
                    .copied()
                    .or_else(|| color(word))
                    .ok_or_else(|| {
                        let names: Vec<&str> = palette
                            .keys()
                            .map(String::as_str)
                            .chain(["bold", "italic", "underline", "reverse", "on"])
                            .collect();
                        format!(
                            "`{word}` is neither \"#rrggbb\" nor a colour of [palette]{}",
                            hint(word, &names)
                        )
                    })?;
                if ground {
                    style.bg(paint)
                } else {
                    style.fg(paint)
                }
            }
        };
    }
    Ok(style)
}
