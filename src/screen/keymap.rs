//! Which key does what: chords, contexts, and keymaps read from TOML, one as a patch over another.
//!
//! Must not know what an action does.

use super::{
    actions::Action,
    theme::{distance, hint},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::{fmt, str::FromStr};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The keymaps that come with the program: name and text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("default", include_str!("../../keymaps/default.toml")),
    ("vim", include_str!("../../keymaps/vim.toml")),
    ("emacs", include_str!("../../keymaps/emacs.toml")),
    ("k9s", include_str!("../../keymaps/k9s.toml")),
];

/// Longest sequence of keys.
const LONGEST: usize = 4;

macro_rules! contexts {
    ($($name:ident $word:literal $doc:literal;)*) => {
        /// Where a key is pressed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Context { $(#[doc = $doc] $name,)* }
        impl Context {
            /// Every context, in the order of help.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its table in a keymap file.
            pub fn word(self) -> &'static str { match self { $(Self::$name => $word,)* } }
            /// Where that is.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

contexts! {
    Table "table" "on rows: a tile, a pane, a resource's sheet";
    Global "global" "everywhere but in dialogs and text fields";
    Dialog "dialog" "in a question or a list to choose from";
    Input "input" "while typing";
}

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
        let mut mods = event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match event.code {
            KeyCode::BackTab => {
                mods |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            KeyCode::Char(c) => {
                let shifted = mods.contains(KeyModifiers::SHIFT) && c.is_ascii_lowercase() && !mods.contains(KeyModifiers::CONTROL);
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
        for (modifier, word) in [(KeyModifiers::CONTROL, "ctrl-"), (KeyModifiers::ALT, "alt-"), (KeyModifiers::SHIFT, "shift-")] {
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
    let function = || name.strip_prefix('f')?.parse::<u8>().ok().filter(|n| (1..=24).contains(n)).map(KeyCode::F);
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code).or_else(function)
}

impl FromStr for Chord {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut mods = KeyModifiers::NONE;
        let mut rest = text;
        for (prefix, modifier) in [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)] {
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
                return Err(format!("`{text}`: write `{}`, the character that is typed", c.to_uppercase()));
            }
            if mods.contains(KeyModifiers::CONTROL) {
                if c.is_uppercase() {
                    return Err(format!("`{text}`: with ctrl a terminal does not tell capitals apart: write `ctrl-{}`", c.to_lowercase()));
                }
                if let Some((_, name)) = SAME.iter().find(|(same, _)| *same == c) {
                    return Err(format!("`{text}` is the same as `{name}` in a terminal: bind that"));
                }
            }
        }
        Ok(Self { code, mods })
    }
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Where.
    pub context: Context,
    /// The keys, pressed one after the other.
    pub keys: Vec<Chord>,
    /// What they do.
    pub action: Action,
}

impl Bind {
    /// The keys as text: `ctrl-d`, `g g`.
    pub fn text(&self) -> String {
        spell(&self.keys)
    }
}

/// Keys as a keymap file has them.
pub fn spell(keys: &[Chord]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// What keys pressed so far come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This.
    Action(Action),
    /// More keys may follow; if none does, this.
    Wait(Option<Action>),
    /// Nothing.
    Nothing,
}

/// Which key does what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// Its name: the file's, without `.toml`.
    pub name: String,
    binds: Vec<Bind>,
}

/// One thing wrong in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, with the nearest right word if there is one.
    pub message: String,
}

/// All that is wrong in a keymap file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError {
    /// The file.
    pub file: String,
    /// In the order of lines.
    pub problems: Vec<Problem>,
}

impl fmt::Display for KeymapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            let end = if at + 1 < self.problems.len() { "\n" } else { "" };
            write!(f, "{}:{}: {}{end}", self.file, problem.line, problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for KeymapError {}

impl Keymap {
    /// The shipped keymap called `name`.
    pub fn shipped(name: &str) -> Option<Self> {
        let (name, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
        Self::parse(text, &format!("keymaps/{name}.toml"), None).ok()
    }

    /// Reads a keymap: a patch over the one it `inherits`, else over `base`. `file` is named in errors, and names the keymap.
    pub fn parse(text: &str, file: &str, base: Option<&Self>) -> Result<Self, KeymapError> {
        let mut reader = Reader { text, problems: Vec::new() };
        let found = reader.read(base);
        reader.problems.sort_by_key(|problem| problem.line);
        match found {
            Some(binds) if reader.problems.is_empty() => {
                let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
                Ok(Self { name: name.strip_suffix(".toml").unwrap_or(name).to_owned(), binds })
            }
            _ => Err(KeymapError { file: file.to_owned(), problems: reader.problems }),
        }
    }

    /// What `keys` come to in `contexts`, nearest first.
    pub fn find(&self, contexts: &[Context], keys: &[Chord]) -> Found {
        let mut waits = false;
        for context in contexts {
            for bind in self.binds.iter().filter(|bind| bind.context == *context && bind.keys.starts_with(keys)) {
                if bind.keys.len() > keys.len() {
                    waits = true;
                } else if waits {
                    return Found::Wait(Some(bind.action.clone()));
                } else {
                    return Found::Action(bind.action.clone());
                }
            }
        }
        if waits { Found::Wait(None) } else { Found::Nothing }
    }

    /// All bindings, in the order of the files they come from.
    pub fn binds(&self) -> &[Bind] {
        &self.binds
    }

    /// The keys of `action` in `context`.
    pub fn keys(&self, context: Context, action: &Action) -> Vec<&[Chord]> {
        self.binds.iter().filter(|bind| bind.context == context && bind.action == *action).map(|bind| bind.keys.as_slice()).collect()
    }
}

impl Default for Keymap {
    /// The shipped `default`; without a single key if that could not be read (a test holds that it can).
    fn default() -> Self {
        Self::shipped("default").unwrap_or(Self { name: "default".to_owned(), binds: Vec::new() })
    }
}

/// Something that must stay within reach, or nobody gets out.
const NEEDED: &[(Context, &[Action])] = &[
    (Context::Global, &[Action::Quit, Action::Interrupt, Action::Palette]),
    (Context::Dialog, &[Action::Cancel, Action::No, Action::Interrupt]),
    (Context::Input, &[Action::Cancel, Action::Interrupt]),
    (Context::Input, &[Action::Accept]),
];

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn problem(&mut self, offset: usize, message: impl Into<String>) {
        let line = 1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        self.problems.push(Problem { line, message: message.into() });
    }

    fn read(&mut self, base: Option<&Keymap>) -> Option<Vec<Bind>> {
        let root = match DeTable::parse(self.text) {
            Ok(root) => root.into_inner(),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                self.problem(offset, error.message().replace('\n', ", "));
                return None;
            }
        };
        let inherited = match root.get("inherits") {
            Some(parent) => self.inherit(parent),
            None => base.map(|base| base.binds.clone()),
        };
        let mut binds = inherited.unwrap_or_default();
        let mut own: Vec<(usize, Bind)> = Vec::new();
        let mut unbound = Vec::new();
        for (word, value) in root.iter().filter(|(word, _)| word.get_ref() != "inherits") {
            let Some(context) = Context::ALL.iter().find(|context| context.word() == word.get_ref().as_ref()) else {
                let words: Vec<&str> = Context::ALL.iter().map(|context| context.word()).chain(["inherits"]).collect();
                self.problem(word.span().start, format!("there is no `{}` in a keymap{}", word.get_ref(), hint(word.get_ref(), &words)));
                continue;
            };
            match value.get_ref() {
                DeValue::Table(table) => self.table(*context, table, &mut own, &mut unbound),
                _ => self.problem(word.span().start, format!("write [{}] and below it \"key\" = \"action\"", word.get_ref())),
            }
        }
        own.sort_by_key(|(offset, _)| *offset);
        self.conflicts(&own);
        binds.retain(|bind| {
            !unbound.contains(&(bind.context, bind.keys.clone()))
                && !own.iter().any(|(_, mine)| {
                    mine.context == bind.context && (mine.keys.starts_with(&bind.keys) || bind.keys.starts_with(&mine.keys))
                })
        });
        binds.extend(own.into_iter().map(|(_, bind)| bind));
        for (context, actions) in NEEDED {
            if self.problems.is_empty() && !binds.iter().any(|bind| bind.context == *context && actions.contains(&bind.action)) {
                let words: Vec<_> = actions.iter().map(|action| format!("`{action}`")).collect();
                self.problem(0, format!("[{}] has no key for {}: there would be no way on", context.word(), words.join(" or ")));
            }
        }
        Some(binds)
    }

    fn inherit(&mut self, parent: &Spanned<DeValue<'_>>) -> Option<Vec<Bind>> {
        let names: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
        let Some(name) = parent.get_ref().as_str() else {
            self.problem(parent.span().start, format!("`inherits` takes the name of a shipped keymap: {}", names.join(", ")));
            return None;
        };
        // A shipped keymap inherits only from one before it, so this ends.
        let own = SHIPPED.iter().position(|(_, text)| *text == self.text).unwrap_or(SHIPPED.len());
        let found = names.iter().take(own).find(|known| **known == name).and_then(|name| Keymap::shipped(name));
        if found.is_none() {
            self.problem(parent.span().start, format!("there is no keymap `{name}` to inherit from{}", hint(name, &names)));
        }
        found.map(|keymap| keymap.binds)
    }

    fn table(&mut self, context: Context, table: &DeTable<'_>, own: &mut Vec<(usize, Bind)>, unbound: &mut Vec<(Context, Vec<Chord>)>) {
        for (word, value) in table {
            let offset = word.span().start;
            let keys = match keys(word.get_ref()) {
                Ok(keys) => keys,
                Err(message) => {
                    self.problem(offset, message);
                    continue;
                }
            };
            if context == Context::Input && keys.first().is_some_and(|chord| chord.typed().is_some()) {
                self.problem(
                    offset,
                    format!(
                        "`{}` is text while typing: only keys with ctrl or alt, or named keys, can be bound in [input]",
                        word.get_ref()
                    ),
                );
                continue;
            }
            match value.get_ref() {
                DeValue::Array(list) if list.is_empty() => unbound.push((context, keys)),
                DeValue::String(name) => {
                    let action = self.action(context, name, value.span().start);
                    own.extend(action.map(|action| (offset, Bind { context, keys, action })));
                }
                _ => self.problem(value.span().start, "write the action as \"text\", or [] to unbind the key"),
            }
        }
    }

    fn action(&mut self, context: Context, name: &str, offset: usize) -> Option<Action> {
        let words = Action::words(context);
        match Action::parse(name) {
            Some(action) if action.fits(context) => return Some(action),
            Some(action) => {
                let places: Vec<_> = action.contexts().iter().map(|context| format!("[{}]", context.word())).collect();
                self.problem(offset, format!("`{name}` cannot be bound in [{}], only in {}", context.word(), places.join(" and ")));
            }
            None => {
                let nearest = words.iter().min_by_key(|word| distance(name, word)).map_or("", String::as_str);
                self.problem(offset, format!("there is no action `{name}` in [{}]; the nearest is `{nearest}`", context.word()));
            }
        }
        None
    }

    fn conflicts(&mut self, own: &[(usize, Bind)]) {
        for (at, (offset, bind)) in own.iter().enumerate() {
            for (_, earlier) in own[..at].iter().filter(|(_, earlier)| earlier.context == bind.context) {
                if earlier.keys == bind.keys {
                    self.problem(
                        *offset,
                        format!(
                            "`{}` is bound twice in [{}]: to `{}` and `{}`",
                            bind.text(),
                            bind.context.word(),
                            earlier.action,
                            bind.action
                        ),
                    );
                } else if earlier.keys.starts_with(&bind.keys) || bind.keys.starts_with(&earlier.keys) {
                    self.problem(
                        *offset,
                        format!(
                            "`{}` and `{}` in [{}] begin alike: the shorter one would always win",
                            earlier.text(),
                            bind.text(),
                            bind.context.word()
                        ),
                    );
                }
            }
        }
    }
}

/// Reads `ctrl-d` or `g g`.
fn keys(text: &str) -> Result<Vec<Chord>, String> {
    if text == " " {
        return Err("write `space` for the space bar".to_owned());
    }
    let keys = text.split_whitespace().map(str::parse).collect::<Result<Vec<Chord>, String>>()?;
    match keys.len() {
        0 => Err("a key is missing".to_owned()),
        1..=LONGEST => Ok(keys),
        _ => Err(format!("`{text}`: at most {LONGEST} keys one after the other")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyEvent;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Keymap, String> {
        Keymap::parse(text, "mine.toml", Some(&Keymap::default())).map_err(|error| error.to_string())
    }

    fn keys_of(keymap: &Keymap, context: Context, word: &str) -> Vec<String> {
        keymap.keys(context, &Action::parse(word).unwrap()).iter().map(|keys| spell(keys)).collect()
    }

    #[test]
    fn every_shipped_keymap_reads() {
        for (name, text) in SHIPPED {
            let keymap = Keymap::parse(text, &format!("keymaps/{name}.toml"), None).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(keymap.name, *name);
            assert!(keymap.binds().len() > 90, "{name}");
        }
        assert_eq!(Keymap::default(), Keymap::shipped("default").unwrap());
    }

    #[test]
    fn every_action_has_a_default_key_or_is_known_to_have_none() {
        let keymap = Keymap::default();
        for action in Action::PLAIN {
            for context in action.contexts() {
                assert!(!keymap.keys(*context, action).is_empty(), "{action} in [{}]", context.word());
            }
        }
    }

    #[test]
    fn a_keymap_is_a_patch() {
        let mine =
            parse("[table]\n\"X\" = \"verb:stop\"\n\"S\" = []\n\"g g\" = []\n[global]\n\"g\" = \"top\"\n\"b\" = \":sort burn\"").unwrap();
        assert_eq!(keys_of(&mine, Context::Table, "verb:stop"), ["X"]);
        assert_eq!(keys_of(&mine, Context::Global, "top"), ["home", "g"], "g takes the place of g g");
        assert_eq!(keys_of(&mine, Context::Global, ":sort burn"), ["b"]);
        assert_eq!(keys_of(&mine, Context::Table, "verb:scale"), ["C"], "the rest stays");
        assert_eq!(keys_of(&parse("inherits = \"k9s\"").unwrap(), Context::Global, "top"), ["home", "g"]);
        assert!(parse("inherits = \"mine\"").is_err());
    }

    #[test]
    fn errors_name_line_and_the_nearest_right_word() {
        for (text, error) in [
            ("[table]\n\"j\" = \"dwon\"", "mine.toml:2: there is no action `dwon` in [table]; the nearest is `down`"),
            ("[global]\n\"j\" = \"dwon\"", "mine.toml:2: there is no action `dwon` in [global]; the nearest is `down`"),
            ("[tabel]\n\"j\" = \"down\"", "mine.toml:1: there is no `tabel` in a keymap: did you mean `table`?"),
            ("\n[table]\n\"entr\" = \"open\"", "mine.toml:3: `entr` is not a key: did you mean `enter`?"),
            ("[table]\n\"x\" = \"accept\"", "mine.toml:2: `accept` cannot be bound in [table], only in [dialog] and [input]"),
            ("[table]\n\"x\" = 3", "mine.toml:2: write the action as \"text\", or [] to unbind the key"),
            ("[table]\n\"x\" = [\"open\"]", "mine.toml:2: write the action as \"text\", or [] to unbind the key"),
            ("table = 3", "mine.toml:1: write [table] and below it \"key\" = \"action\""),
            ("inherits = \"vi\"", "mine.toml:1: there is no keymap `vi` to inherit from: did you mean `vim`?"),
            ("inherits = 1", "mine.toml:1: `inherits` takes the name of a shipped keymap: default, vim, emacs, k9s"),
            ("[table]\n\"ctrl-i\" = \"open\"", "mine.toml:2: `ctrl-i` is the same as `tab` in a terminal: bind that"),
            ("[table]\n\"ctrl-D\" = \"open\"", "mine.toml:2: `ctrl-D`: with ctrl a terminal does not tell capitals apart: write `ctrl-d`"),
            ("[table]\n\"shift-s\" = \"open\"", "mine.toml:2: `shift-s`: write `S`, the character that is typed"),
            ("[table]\n\" \" = \"mark\"", "mine.toml:2: write `space` for the space bar"),
            (
                "[input]\n\"x\" = \"accept\"",
                "mine.toml:2: `x` is text while typing: only keys with ctrl or alt, or named keys, can be bound in [input]",
            ),
            (
                "[table]\n\"g\" = \"open\"\n\"g x\" = \"why\"",
                "mine.toml:3: `g` and `g x` in [table] begin alike: the shorter one would always win",
            ),
            ("[table]\n\"a  b\" = \"open\"\n\"a b\" = \"why\"", "mine.toml:3: `a b` is bound twice in [table]: to `open` and `why`"),
            ("[table]\n\"a b c d e\" = \"open\"", "mine.toml:2: `a b c d e`: at most 4 keys one after the other"),
            ("[input]\n\"enter\" = []", "mine.toml:1: [input] has no key for `accept`: there would be no way on"),
        ] {
            assert_eq!(parse(text).unwrap_err(), error);
        }
        let both = parse("[table]\n\"x\" = \"opne\"\n\"entr\" = \"open\"").unwrap_err();
        assert_eq!(both.lines().count(), 2, "all that is wrong is told at once: {both}");
        assert!(parse("[table\n").unwrap_err().starts_with("mine.toml:1: "));
        assert!(parse("[table]\n\"x\" = \"open\"\n\"x\" = \"why\"").unwrap_err().starts_with("mine.toml:3: "));
    }

    #[test]
    fn a_key_has_one_spelling_however_the_terminal_sends_it() {
        for (code, mods, text) in [
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('G'), KeyModifiers::NONE, "G"),
            (KeyCode::Char('g'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('?'), KeyModifiers::SHIFT, "?"),
            (KeyCode::Char('D'), KeyModifiers::CONTROL, "ctrl-d"),
            (KeyCode::Char('d'), KeyModifiers::CONTROL.union(KeyModifiers::SHIFT), "ctrl-d"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "shift-tab"),
            (KeyCode::BackTab, KeyModifiers::NONE, "shift-tab"),
            (KeyCode::Tab, KeyModifiers::SHIFT, "shift-tab"),
            (KeyCode::Char(' '), KeyModifiers::NONE, "space"),
            (KeyCode::Char('-'), KeyModifiers::CONTROL, "ctrl--"),
            (KeyCode::F(5), KeyModifiers::ALT, "alt-f5"),
        ] {
            let chord = Chord::of(&KeyEvent::new(code, mods));
            assert_eq!(chord.to_string(), text);
            assert_eq!(text.parse(), Ok(chord));
        }
    }

    proptest! {
        #[test]
        fn a_spelled_chord_reads_back(c in any::<char>(), n in 1u8..=24, bits in 0u8..8) {
            let mods = KeyModifiers::from_bits_truncate(bits);
            for code in [KeyCode::Char(c), KeyCode::F(n), KeyCode::Home] {
                let chord = Chord::of(&KeyEvent::new(code, mods));
                if let Ok(read) = chord.to_string().parse::<Chord>() {
                    prop_assert_eq!(read, chord);
                }
            }
        }

        #[test]
        fn no_text_breaks_the_reader(text in "(\\[(table|global|input|dialog|x)\\]|\"[a-z \\-]{0,8}\" = (\"[a-z:\\-]{0,10}\"|\\[\\]|1)|.{0,12}|\n){0,12}") {
            let _ = parse(&text);
        }
    }
}
