//! Themes: styles for about twenty roles, read from TOML and reduced to the colours that the
//! terminal supports.

mod color_math;
mod parse;
mod role;
#[cfg(test)]
mod tests;

use color_math::{degrade, luminance};
use ratatui::style::{Color, Modifier, Style};
pub use role::Role;
use std::{collections::BTreeMap, fmt};

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

/// A style for each role, at one colour depth.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeStyles([Style; Role::ALL.len()]);

impl ThemeStyles {
    /// The style of `role`. It has no background unless the role sets one, so that it works on any
    /// background.
    pub fn of(&self, role: Role) -> Style {
        self.0[role as usize]
    }

    /// Text on the background of the screen.
    pub fn background(&self) -> Style {
        self.of(Role::Background).patch(self.of(Role::Text))
    }

    /// Text on the background of a dialog.
    pub fn dialog_background(&self) -> Style {
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
    styles_by_support: [ThemeStyles; 4],
}

/// An error in a theme file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ThemeError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The error, with the nearest valid word if there is one.
    pub message: String,
}

impl Theme {
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
    pub fn styles(&self, depth: ColorSupport) -> &ThemeStyles {
        &self.styles_by_support[depth as usize]
    }
}

impl Default for Theme {
    /// The terminal's own colours: the fallback if no theme can be read.
    fn default() -> Self {
        let styles = [Style::new(); Role::ALL.len()];
        Self {
            name: "plain".to_owned(),
            palette: BTreeMap::new(),
            roles: vec![String::new(); Role::ALL.len()],
            styles_by_support: [0; 4].map(|_| reduce(&styles, ColorSupport::None)),
        }
    }
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// `: did you mean ..?`, or all valid words if none is near.
pub(super) fn hint(wrong: &str, right: &[&str]) -> String {
    match right
        .iter()
        .map(|word| (strsim::levenshtein(wrong, word), *word))
        .min()
    {
        Some((far, word)) if far <= 1 + wrong.len() / 3 => format!(": did you mean `{word}`?"),
        Some(_) => format!(": one of {}", right.join(", ")),
        None => String::new(),
    }
}

fn reduce(styles: &[Style; Role::ALL.len()], depth: ColorSupport) -> ThemeStyles {
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
        // With few colours, text and background may become equal: the text is then white or black.
        let under = style.bg.or(ground.map(|color| degrade(color, depth)));
        if style.fg.is_some() && style.fg == under && style.fg != Some(Color::Reset) {
            let dark = styles[*role as usize]
                .bg
                .or(ground)
                .is_some_and(|color| luminance(color) < 0.18);
            style.fg = Some(if dark { Color::White } else { Color::Black });
        }
    }
    // A cursor with the background of the screen would be invisible.
    let cursor = &mut out[Role::Cursor as usize];
    if cursor.bg.is_some() && cursor.bg == ground.map(|color| degrade(color, depth)) {
        *cursor = Style::new().add_modifier(Modifier::REVERSED);
    }
    ThemeStyles(out)
}
