//! Keymaps: chords, contexts and bindings, read from TOML as patches over one another.

mod chord;
mod parse;
#[cfg(test)]
mod tests;

use crate::screen::actions::Action;
pub use chord::Chord;
pub use parse::{KeymapError, Problem};

/// The keymaps that come with the program: name and text.
pub const SHIPPED: &[(&str, &str)] = &[
    ("default", include_str!("../../../../keymaps/default.toml")),
    ("vim", include_str!("../../../../keymaps/vim.toml")),
    ("emacs", include_str!("../../../../keymaps/emacs.toml")),
    ("k9s", include_str!("../../../../keymaps/k9s.toml")),
];

macro_rules! contexts {
    ($($name:ident $word:literal $doc:literal;)*) => {
        /// The context of a key.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Context { $(#[doc = $doc] $name,)* }
        impl Context {
            /// Every context, in the order of help.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// Its table in a keymap file.
            pub fn word(self) -> &'static str { match self { $(Self::$name => $word,)* } }
            /// Its description.
            pub fn doc(self) -> &'static str { match self { $(Self::$name => $doc,)* } }
        }
    };
}

contexts! {
    Table "table" "on rows: tiles, panes and sheets of resources";
    Global "global" "everywhere except in dialogs and text fields";
    Journal "journal" "in the journal";
    Dialog "dialog" "in dialogs and lists";
    Input "input" "in text fields";
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The context.
    pub context: Context,
    /// The keys, pressed one after the other.
    pub keys: Vec<Chord>,
    /// The action.
    pub action: Action,
}

impl Binding {
    /// The keys as text: `ctrl-d`, `g g`.
    pub fn text(&self) -> String {
        spell(&self.keys)
    }
}

/// Keys as a keymap file has them.
pub fn spell(keys: &[Chord]) -> String {
    keys.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The match of the keys pressed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChordMatch {
    /// An action.
    Action(Action),
    /// More keys may follow; without one, this action.
    Wait(Option<Action>),
    /// No binding.
    Nothing,
}

/// A keymap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    /// Its name: the file's, without `.toml`.
    pub name: String,
    binds: Vec<Binding>,
}

impl Keymap {
    /// The shipped keymap called `name`.
    pub fn shipped(name: &str) -> Option<Self> {
        let (name, text) = SHIPPED.iter().find(|(known, _)| *known == name)?;
        Self::parse(text, &format!("keymaps/{name}.toml"), None).ok()
    }

    /// Reads a keymap: a patch over the one it `inherits`, else over `base`. Errors name `file`,
    /// and the keymap has the name of `file`.
    pub fn parse(text: &str, file: &str, base: Option<&Self>) -> Result<Self, KeymapError> {
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let binds = parse::binds(text, base).map_err(|problems| KeymapError {
            file: file.to_owned(),
            problems,
        })?;
        Ok(Self {
            name: name.strip_suffix(".toml").unwrap_or(name).to_owned(),
            binds,
        })
    }

    /// The match of `keys` in `contexts`, nearest first.
    pub fn find(&self, contexts: &[Context], keys: &[Chord]) -> ChordMatch {
        let mut waits = false;
        for context in contexts {
            for bind in self
                .binds
                .iter()
                .filter(|bind| bind.context == *context && bind.keys.starts_with(keys))
            {
                if bind.keys.len() > keys.len() {
                    waits = true;
                } else if waits {
                    return ChordMatch::Wait(Some(bind.action.clone()));
                } else {
                    return ChordMatch::Action(bind.action.clone());
                }
            }
        }
        if waits {
            ChordMatch::Wait(None)
        } else {
            ChordMatch::Nothing
        }
    }

    /// All bindings, in the order of the files they come from.
    pub fn binds(&self) -> &[Binding] {
        &self.binds
    }

    /// The keys of `action` in `context`.
    pub fn keys(&self, context: Context, action: &Action) -> Vec<&[Chord]> {
        self.binds
            .iter()
            .filter(|bind| bind.context == context && bind.action == *action)
            .map(|bind| bind.keys.as_slice())
            .collect()
    }
}

impl Default for Keymap {
    /// The shipped `default`, or a keymap without bindings if it does not parse (a test checks that
    /// it does).
    fn default() -> Self {
        Self::shipped("default").unwrap_or(Self {
            name: "default".to_owned(),
            binds: Vec::new(),
        })
    }
}
