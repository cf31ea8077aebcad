//! One key with its modifiers: from the terminal's event, from and to text.

use crate::screen::theme::hint;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::{fmt, str::FromStr};

/// One key with its modifiers, in one spelling only: no shift on characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// Control, alt, and shift for keys that are no characters.
    pub mods: KeyModifiers,
}

const NAMES: &[(&str, KeyCode)] = &[
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("space", KeyCode::Char(' ')),
    ("tab", KeyCode::Tab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pgup", KeyCode::PageUp),
    ("pgdn", KeyCode::PageDown),
];

/// Control characters that a terminal sends for another key.
const SAME: &[(char, &str)] = &[('i', "tab"), ('m', "enter"), ('[', "esc")];

impl Chord {
    /// The chord of a key event.
    pub fn of(event: &KeyEvent) -> Self {
        let mut mods =
            event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            KeyCode::BackTab => {
                mods |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(c) => {
                let shifted = mods.contains(KeyModifiers::SHIFT)
                    && c.is_ascii_lowercase()
                    && !mods.contains(KeyModifiers::CONTROL);
                mods.remove(KeyModifiers::SHIFT);
                KeyCode::Char(match c {
                    c if shifted => c.to_ascii_uppercase(),
                    c if mods.contains(KeyModifiers::CONTROL) => c.to_ascii_lowercase(),
                    c => c,
                })
            }
            code => code,
        };
        Self { code, mods }
    }

    /// The character that typing it gives, if it is one.
    pub fn typed(&self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) if self.mods.is_empty() => Some(c),
            _ => None,
        }
    }

    /// As [`fmt::Display`], with signs for enter and arrows: for the footer.
    pub fn short(&self) -> String {
        match (self.code, self.mods.is_empty()) {
            (KeyCode::Enter, true) => "⏎".to_owned(),
            (KeyCode::Up, true) => "↑".to_owned(),
            (KeyCode::Down, true) => "↓".to_owned(),
            (KeyCode::Left, true) => "←".to_owned(),
            (KeyCode::Right, true) => "→".to_owned(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, word) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.mods.contains(modifier) {
                f.write_str(word)?;
            }
        }
        match (NAMES.iter().find(|(_, code)| *code == self.code), self.code) {
            (Some((name, _)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, KeyCode::F(n)) => write!(f, "f{n}"),
            (None, code) => write!(f, "{code}"),
        }
    }
}

/// The key called `name`: `enter`, `f5`.
fn named(name: &str) -> Option<KeyCode> {
    let function = || {
        name.strip_prefix('f')?
            .parse::<u8>()
            .ok()
            .filter(|n| (1..=24).contains(n))
            .map(KeyCode::F)
    };
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, code)| *code)
        .or_else(function)
}

impl FromStr for Chord {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut mods = KeyModifiers::NONE;
        let mut rest = text;
        for (prefix, modifier) in [
            ("ctrl-", KeyModifiers::CONTROL),
            ("alt-", KeyModifiers::ALT),
            ("shift-", KeyModifiers::SHIFT),
        ] {
            if let Some(after) = rest.strip_prefix(prefix).filter(|after| !after.is_empty()) {
                mods |= modifier;
                rest = after;
            }
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) => KeyCode::Char(c),
            _ => named(rest).ok_or_else(|| {
                let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
                format!("`{text}` is not a key{}", hint(rest, &names))
            })?,
        };
        if let KeyCode::Char(c) = code {
            if mods.contains(KeyModifiers::SHIFT) {
                return Err(format!(
                    "`{text}`: write `{}`, the character that is typed",
                    c.to_uppercase()
                ));
            }
            if mods.contains(KeyModifiers::CONTROL) {
                if c.is_uppercase() {
                    return Err(format!(
                        "`{text}`: with ctrl a terminal does not tell capitals apart: \
                         write `ctrl-{}`",
                        c.to_lowercase()
                    ));
                }
                if c == 'z' {
                    return Err(format!(
                        "`{text}` suspends the console wherever it is pressed: it cannot be bound"
                    ));
                }
                if let Some((_, name)) = SAME.iter().find(|(same, _)| *same == c) {
                    return Err(format!(
                        "`{text}` is the same as `{name}` in a terminal: bind that"
                    ));
                }
            }
        }
        Ok(Self { code, mods })
    }
}
