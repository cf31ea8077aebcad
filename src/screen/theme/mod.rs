//! Colours by meaning: about twenty roles over a palette, read from TOML, brought down to what the
//! terminal can show.
//!
//! The only file that maps a [`Phase`] to a role.

mod color_math;
#[cfg(test)]
mod tests;

use crate::domain::Phase;
use color_math::{degrade, luminance};
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};
use toml::Spanned;

/// The themes that come with the program: name and text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../../themes/high-contrast.toml"),
    ),
    (
        "colour-blind",
        include_str!("../../../themes/colour-blind.toml"),
    ),
    ("mono", include_str!("../../../themes/mono.toml")),
    ("nord", include_str!("../../../themes/nord.toml")),
    ("gruvbox", include_str!("../../../themes/gruvbox.toml")),
];

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorSupport {
    /// 16 million.
    #[default]
    True,
    /// The 256 of xterm.
    Indexed,
    /// The 16 of ANSI.
    Ansi,
    /// None: bold, reverse and underline carry the meaning.
    None,
}

macro_rules! roles {
    ($($name:ident $field:ident $plain:expr, $doc:literal;)*) => {
        /// What a piece of the screen means.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $(#[doc = $doc] $name,)* }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its word in a theme file.
            pub fn word(self) -> &'static str { match self { $(Self::$name => stringify!($field),)* } }
            /// What it means, for help and error messages.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
            /// What stands for it where there is no colour at all.
            fn plain(self) -> Modifier { match self { $(Self::$name => $plain,)* } }
        }

        #[derive(Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct Roles { $($field: Option<Spanned<String>>,)* }

        impl Roles {
            fn get(&self, role: Role) -> Option<&Spanned<String>> { match role { $(Role::$name => self.$field.as_ref(),)* } }
        }
    };
}

const PLAIN: Modifier = Modifier::empty();
const BOLD: Modifier = Modifier::BOLD;

roles! {
    Background background PLAIN, "the ground everything stands on";
    Surface surface PLAIN, "the ground of a dialog";
    Text text PLAIN, "what is read";
    Dim dim PLAIN, "what is there for completeness: units, n/a, stale rows";
    Strong strong BOLD, "what is read first: titles, totals";
    Line line PLAIN, "rules and frames";
    Focus focus BOLD, "frame and title of what the keys act on";
    Cursor cursor Modifier::REVERSED, "the row or button the next key acts on";
    Mark mark BOLD, "rows chosen for an action, and matches of a search";
    Key key BOLD, "a key to press";
    Brand brand BOLD, "the program's own name";
    Good good PLAIN, "at work, settled, healthy";
    Changing changing Modifier::UNDERLINED, "on its way to another state";
    Off off PLAIN, "stopped: costs nothing";
    Warn warn Modifier::UNDERLINED, "look here before you go on";
    Bad bad BOLD.union(Modifier::UNDERLINED), "failed, refused, denied";
    Protected protected BOLD.union(Modifier::REVERSED), "an account to be careful with, and what is read-only";
    Warm warm PLAIN, "money that runs: a noticeable rate";
    Hot hot BOLD, "money that burns: a high rate, or waste";
    Graph graph PLAIN, "sparklines and bars";
}

impl Role {
    /// The role of a state. The one place where this is said.
    pub fn of(phase: Phase) -> Self {
        match phase {
            Phase::Running => Self::Good,
            Phase::Changing => Self::Changing,
            Phase::Stopped | Phase::Gone => Self::Off,
            Phase::Failed => Self::Bad,
            Phase::Still => Self::Text,
        }
    }

    /// The role of a rate of `per_hour` dollars.
    pub fn heat(per_hour: f64) -> Self {
        match per_hour {
            rate if rate >= 20.0 => Self::Hot,
            rate if rate >= 2.0 => Self::Warm,
            rate if rate > 0.0 => Self::Text,
            _ => Self::Dim,
        }
    }
}

/// A style for each role, at one colour depth.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeStyles([Style; Role::ALL.len()]);

impl ThemeStyles {
    /// The style of `role`; only what differs from the ground, so that it may be laid over any
    /// ground.
    pub fn of(&self, role: Role) -> Style {
        self.0[role as usize]
    }

    /// Text in `role` on the ground of the screen.
    pub fn ground(&self) -> Style {
        self.of(Role::Background).patch(self.of(Role::Text))
    }

    /// Text on the ground of a dialog.
    pub fn surface(&self) -> Style {
        self.of(Role::Surface).patch(self.of(Role::Text))
    }
}

/// A theme, ready at every depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its name: the file's, without `.toml`.
    pub name: String,
    palette: BTreeMap<String, Color>,
    roles: Vec<String>,
    skins: [ThemeStyles; 4],
}

/// What is wrong in a theme file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ThemeError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, with the nearest right word if there is one.
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    palette: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    roles: Roles,
}

impl Theme {
    /// Reads the theme `name` from `text`; `file` is named in errors, `known` are the themes it may
    /// inherit from.
    pub fn parse(name: &str, text: &str, file: &str, known: &[Self]) -> Result<Self, ThemeError> {
        let at = |offset: usize, message: String| ThemeError {
            file: file.to_owned(),
            line: 1 + text
                .bytes()
                .take(offset)
                .filter(|byte| *byte == b'\n')
                .count(),
            message,
        };
        let sheet: Sheet = toml::from_str(text).map_err(|error| {
            at(
                error.span().map_or(0, |span| span.start),
                explain(error.message()),
            )
        })?;
        let base = match &sheet.inherits {
            Some(parent) => Some(
                known
                    .iter()
                    .find(|theme| theme.name == *parent.get_ref())
                    .ok_or_else(|| {
                        let names: Vec<&str> =
                            known.iter().map(|theme| theme.name.as_str()).collect();
                        at(
                            parent.span().start,
                            format!(
                                "there is no theme `{}` to inherit from{}",
                                parent.get_ref(),
                                hint(parent.get_ref(), &names)
                            ),
                        )
                    })?,
            ),
            None => None,
        };
        let mut palette = base.map(|theme| theme.palette.clone()).unwrap_or_default();
        for (word, value) in &sheet.palette {
            let color = color(value.get_ref()).ok_or_else(|| {
                at(
                    value.span().start,
                    format!(
                        "`{}` is not a colour: write \"#rrggbb\" or \"default\"",
                        value.get_ref()
                    ),
                )
            })?;
            palette.insert(word.clone(), color);
        }
        let mut roles = Vec::with_capacity(Role::ALL.len());
        let mut styles = [Style::new(); Role::ALL.len()];
        for role in Role::ALL {
            let (words, offset) = match (sheet.roles.get(*role), base) {
                (Some(own), _) => (own.get_ref().clone(), own.span().start),
                (None, Some(base)) => (base.roles[*role as usize].clone(), 0),
                (None, None) => {
                    return Err(at(
                        0,
                        format!(
                            "the role `{}` ({}) is missing, and nothing is inherited",
                            role.word(),
                            role.doc()
                        ),
                    ));
                }
            };
            styles[*role as usize] = style(&words, &palette)
                .map_err(|message| at(offset, format!("{}: {message}", role.word())))?;
            roles.push(words);
        }
        let skins = [
            ColorSupport::True,
            ColorSupport::Indexed,
            ColorSupport::Ansi,
            ColorSupport::None,
        ]
        .map(|depth| skin(&styles, depth));
        Ok(Self {
            name: name.to_owned(),
            palette,
            roles,
            skins,
        })
    }

    /// The shipped themes, in order.
    pub fn shipped() -> Vec<Self> {
        SHIPPED.iter().fold(Vec::new(), |mut themes, (name, text)| {
            themes.extend(Self::parse(
                name,
                text,
                &format!("themes/{name}.toml"),
                &themes,
            ));
            themes
        })
    }

    /// Its styles on a terminal of `depth`.
    pub fn skin(&self, depth: ColorSupport) -> &ThemeStyles {
        &self.skins[depth as usize]
    }
}

impl Default for Theme {
    /// The terminal's own colours: what is left when no theme can be read.
    fn default() -> Self {
        let styles = [Style::new(); Role::ALL.len()];
        Self {
            name: "plain".to_owned(),
            palette: BTreeMap::new(),
            roles: vec![String::new(); Role::ALL.len()],
            skins: [0; 4].map(|_| skin(&styles, ColorSupport::None)),
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// serde's message, with the list of all right words cut down to the nearest.
fn explain(message: &str) -> String {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match words.as_slice() {
        [wrong, right @ ..] if message.starts_with("unknown field") => {
            format!("unknown word `{wrong}`{}", hint(wrong, right))
        }
        _ => message.lines().collect::<Vec<_>>().join(" "),
    }
}

/// `: did you mean ..?`, or all the right words when none is near.
pub(super) fn hint(wrong: &str, right: &[&str]) -> String {
    match right
        .iter()
        .map(|word| (distance(wrong, word), *word))
        .min()
    {
        Some((far, word)) if far <= 1 + wrong.len() / 3 => format!(": did you mean `{word}`?"),
        Some(_) => format!(": one of {}", right.join(", ")),
        None => String::new(),
    }
}

/// Letters to change, add or drop to make `b` of `a`.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
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

fn skin(styles: &[Style; Role::ALL.len()], depth: ColorSupport) -> ThemeStyles {
    let mut out = *styles;
    let ground = styles[Role::Background as usize].bg;
    for role in Role::ALL {
        let style = &mut out[*role as usize];
        if depth == ColorSupport::None {
            *style = Style::new().add_modifier(role.plain());
            continue;
        }
        style.fg = style.fg.map(|color| degrade(color, depth));
        style.bg = style.bg.map(|color| degrade(color, depth));
        // Few colours may make a text and its ground the same: then the text takes the far end.
        let under = style.bg.or(ground.map(|color| degrade(color, depth)));
        if style.fg.is_some() && style.fg == under && style.fg != Some(Color::Reset) {
            let dark = styles[*role as usize]
                .bg
                .or(ground)
                .is_some_and(|color| luminance(color) < 0.18);
            style.fg = Some(if dark { Color::White } else { Color::Black });
        }
    }
    // A cursor whose ground is that of the screen would not be seen.
    let cursor = &mut out[Role::Cursor as usize];
    if cursor.bg.is_some() && cursor.bg == ground.map(|color| degrade(color, depth)) {
        *cursor = Style::new().add_modifier(Modifier::REVERSED);
    }
    ThemeStyles(out)
}
