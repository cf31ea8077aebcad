//! Parsing of keymaps and its errors.

use super::*;
use crate::screen::actions::Action;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;

fn parse(text: &str) -> Result<Keymap, String> {
    Keymap::parse(text, "mine.toml", Some(&Keymap::default())).map_err(|error| error.to_string())
}

fn keys_of(keymap: &Keymap, context: Context, word: &str) -> Vec<String> {
    keymap
        .keys(context, &Action::parse(word).unwrap())
        .iter()
        .map(|keys| spell(keys))
        .collect()
}

#[test]
fn every_shipped_keymap_parses() {
    for (name, text) in SHIPPED {
        let keymap = Keymap::parse(text, &format!("keymaps/{name}.toml"), None)
            .unwrap_or_else(|error| panic!("{error}"));
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
            assert!(
                !keymap.keys(*context, action).is_empty(),
                "{action} in [{}]",
                context.word()
            );
        }
    }
}

#[test]
fn no_key_hides_another_in_a_shipped_keymap() {
    for (name, _) in SHIPPED {
        let keymap = Keymap::shipped(name).unwrap();
        for bind in keymap.binds() {
            let contexts: &[Context] = match bind.context {
                Context::Global | Context::Table => &[Context::Table, Context::Global],
                Context::Journal => &[Context::Journal, Context::Global],
                Context::Dialog => &[Context::Dialog],
                Context::Input => &[Context::Input],
            };
            let found = keymap.find(contexts, &bind.keys);
            assert_eq!(
                found,
                ChordMatch::Action(bind.action.clone()),
                "{name}: {} in [{}]",
                spell(&bind.keys),
                bind.context.word()
            );
        }
    }
}

#[test]
fn keymap_overrides_its_parent() {
    let mine = r#"
[table]
"X" = "operation:stop"
"S" = []
"g g" = []
[global]
"g" = "top"
"b" = ":sort burn"
"#;
    let mine = parse(mine).unwrap();
    assert_eq!(keys_of(&mine, Context::Table, "operation:stop"), ["X"]);
    assert_eq!(
        keys_of(&mine, Context::Global, "top"),
        ["home", "g"],
        "g takes the place of g g"
    );
    assert_eq!(keys_of(&mine, Context::Global, ":sort burn"), ["b"]);
    assert_eq!(
        keys_of(&mine, Context::Table, "operation:scale"),
        ["C"],
        "the rest stays"
    );
    assert_eq!(
        keys_of(
            &parse("inherits = \"k9s\"").unwrap(),
            Context::Global,
            "top"
        ),
        ["home", "g"]
    );
    assert!(parse("inherits = \"mine\"").is_err());
}

/// A keymap, and its error.
#[rustfmt::skip]
const INVALID: &[(&str, &str)] = &[
    ("[table]\n\"j\" = \"dwon\"",
     "mine.toml:2: there is no action `dwon` in [table]; the nearest is `down`"),
    ("[global]\n\"j\" = \"dwon\"",
     "mine.toml:2: there is no action `dwon` in [global]; the nearest is `down`"),
    ("[tabel]\n\"j\" = \"down\"",
     "mine.toml:1: there is no `tabel` in a keymap: did you mean `table`?"),
    ("\n[table]\n\"entr\" = \"open\"",
     "mine.toml:3: `entr` is not a key: did you mean `enter`?"),
    ("[table]\n\"x\" = \"accept\"",
     "mine.toml:2: `accept` cannot be bound in [table], only in [dialog] and [input]"),
    ("[table]\n\"x\" = 3",
     "mine.toml:2: write the action as \"text\", or [] to unbind the key"),
    ("[table]\n\"x\" = [\"open\"]",
     "mine.toml:2: write the action as \"text\", or [] to unbind the key"),
    ("table = 3",
     "mine.toml:1: write [table] and below it \"key\" = \"action\""),
    ("inherits = \"vi\"",
     "mine.toml:1: there is no keymap `vi` to inherit from: did you mean `vim`?"),
    ("inherits = 1",
     "mine.toml:1: `inherits` takes the name of a shipped keymap: default, vim, emacs, k9s"),
    ("[table]\n\"ctrl-i\" = \"open\"",
     "mine.toml:2: `ctrl-i` is the same as `tab` in a terminal: bind that"),
    ("[table]\n\"ctrl-D\" = \"open\"",
     "mine.toml:2: `ctrl-D`: with ctrl a terminal does not tell capitals apart: write `ctrl-d`"),
    ("[table]\n\"ctrl-z\" = \"open\"",
     "mine.toml:2: `ctrl-z` suspends the console wherever it is pressed: it cannot be bound"),
    ("[table]\n\"shift-s\" = \"open\"",
     "mine.toml:2: `shift-s`: write `S`, the character that is typed"),
    ("[table]\n\" \" = \"mark\"",
     "mine.toml:2: write `space` for the space bar"),
    ("[input]\n\"x\" = \"accept\"",
     "mine.toml:2: `x` is text while typing: only keys with ctrl or alt, or named keys, can be \
      bound in [input]"),
    ("[table]\n\"g\" = \"open\"\n\"g x\" = \"why\"",
     "mine.toml:3: `g` and `g x` in [table] begin the same: the shorter one would always win"),
    ("[table]\n\"a  b\" = \"open\"\n\"a b\" = \"why\"",
     "mine.toml:3: `a b` is bound twice in [table]: to `open` and `why`"),
    ("[table]\n\"a b c d e\" = \"open\"",
     "mine.toml:2: `a b c d e`: at most 4 keys one after the other"),
    ("[input]\n\"enter\" = []",
     "mine.toml:1: [input] has no key for `accept`: there would be no way on"),
];

#[test]
fn errors_name_line_and_nearest_word() {
    for (text, error) in INVALID {
        assert_eq!(parse(text).unwrap_err(), *error);
    }
    let starts = |text, start| parse(text).unwrap_err().starts_with(start);
    assert!(starts("[table\n", "mine.toml:1: "));
    let twice = "[table]\n\"x\" = \"open\"\n\"x\" = \"why\"";
    assert!(starts(twice, "mine.toml:3: "));
}

#[test]
fn all_errors_are_reported_at_once() {
    let both = parse("[table]\n\"x\" = \"opne\"\n\"entr\" = \"open\"").unwrap_err();
    assert_eq!(both.lines().count(), 2, "{both}");
}

#[test]
fn key_has_one_spelling_for_every_terminal() {
    for (code, mods, text) in [
        (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
        (KeyCode::Char('G'), KeyModifiers::NONE, "G"),
        (KeyCode::Char('g'), KeyModifiers::SHIFT, "G"),
        (KeyCode::Char('?'), KeyModifiers::SHIFT, "?"),
        (KeyCode::Char('D'), KeyModifiers::CONTROL, "ctrl-d"),
        (
            KeyCode::Char('d'),
            KeyModifiers::CONTROL.union(KeyModifiers::SHIFT),
            "ctrl-d",
        ),
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

/// Lines of a keymap, and of anything else.
const KEYMAP: &str = "(\\[(table|global|input|dialog|x)\\]\
                      |\"[a-z \\-]{0,8}\" = (\"[a-z:\\-]{0,10}\"|\\[\\]|1)\
                      |.{0,12}|\n){0,12}";

proptest! {
    #[test]
    fn chord_reads_back(c in any::<char>(), n in 1u8..=24, bits in 0u8..8) {
        let mods = KeyModifiers::from_bits_truncate(bits);
        for code in [KeyCode::Char(c), KeyCode::F(n), KeyCode::Home] {
            let chord = Chord::of(&KeyEvent::new(code, mods));
            if let Ok(read) = chord.to_string().parse::<Chord>() {
                prop_assert_eq!(read, chord);
            }
        }
    }

    #[test]
    fn no_text_panics_the_parser(text in KEYMAP) {
        let _ = parse(&text);
    }
}

#[test]
fn schedule_snooze_and_undo_have_a_key_in_every_keymap() {
    for (name, _) in SHIPPED {
        let keymap = Keymap::shipped(name).unwrap();
        for (key, action) in [("L", "schedule-action"), ("Z", "snooze"), ("u", "undo")] {
            assert_eq!(keys_of(&keymap, Context::Table, action), [key], "{name}");
        }
        assert_eq!(
            keys_of(&keymap, Context::Dialog, "remove"),
            ["x", "delete"],
            "{name}"
        );
        assert_eq!(
            keys_of(&keymap, Context::Input, "remove-line"),
            ["ctrl-x"],
            "{name}"
        );
    }
}
