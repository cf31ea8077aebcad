//! Every sentence of the console is in `src/screen/notices/`, so that a reader finds all of them
//! together.

use super::{assert_none, sources};

/// Files of the screen that hold texts themselves: a table of actions, commands or roles with their
/// help, and the errors of theme and keymap files.
const TABLES: &[&str] = &[
    "src/screen/actions.rs",
    "src/screen/export.rs",
    "src/screen/help.rs",
    "src/screen/input/keymap/",
    "src/screen/theme/",
    "src/screen/update/commands/mod.rs",
    "src/screen/update/commands/offered.rs",
    "src/screen/update/commands/operations.rs",
    "src/screen/update/typing.rs",
];

/// The string literals of `text` with their lines; comments, and modules for tests at the end of a
/// file, are ignored.
fn literals(text: &str) -> Vec<(usize, String)> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    let mut found = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(at) = rest.find(['"', '\'', '/', '\n']) {
        let (token, after) = (&rest[at..=at], &rest[at + 1..]);
        rest = after;
        match token {
            "\n" => line += 1,
            "/" if after.starts_with('/') => {
                rest = &after[after.find('\n').unwrap_or(after.len())..];
            }
            // A character; a lifetime has no closing quote.
            "'" => {
                let length = if after.starts_with('\\') { 2 } else { 1 };
                let end: usize = after.chars().take(length).map(char::len_utf8).sum();
                if after[end..].starts_with('\'') {
                    rest = &after[end + 1..];
                }
            }
            "\"" => {
                let mut end = 0;
                while !after[end..].starts_with('"') {
                    let escaped = after[end..].starts_with('\\');
                    end += after[end..].chars().next().map_or(1, char::len_utf8);
                    end += usize::from(escaped);
                }
                found.push((line, after[..end].to_owned()));
                line += after[..end].matches('\n').count();
                rest = &after[end + 1..];
            }
            _ => {}
        }
    }
    found
}

/// Whether `literal` holds two words in a row, its arguments aside.
fn is_sentence(literal: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for c in literal.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                plain.push('0');
            }
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let is_word = |word: &str| {
        let word = word.trim_end_matches([',', ';', ':', '.', '?']);
        word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic())
    };
    let words: Vec<bool> = plain.split_whitespace().map(is_word).collect();
    words.windows(2).any(|pair| pair[0] && pair[1])
}

#[test]
fn sentences_of_the_screen_stand_in_notices() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src/screen") {
        let name = path.display().to_string();
        let is_other = name.contains("/tests") || name.contains("/fixture/");
        if is_other || name.contains("/notices/") || TABLES.iter().any(|table| name.contains(table))
        {
            continue;
        }
        let lines: Vec<&str> = text.lines().collect();
        for (line, literal) in literals(&text) {
            // The reason of a lint.
            let is_reason = lines
                .get(line - 1)
                .is_some_and(|line| line.contains("reason = "));
            if is_sentence(&literal) && !is_reason {
                wrong.push(format!("{name}:{line}: \"{literal}\""));
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn a_sentence_is_found_in_every_form() {
    let text = "let a = '\"'; // \"in a comment\"\nlet b: &'static str = \"two words\";\n\
                f(\"{x} one {y}\", \"a \\\" quoted word here\");\n\
                #[cfg(test)]\nmod tests {\n\"a b\"";
    let all: Vec<_> = literals(text);
    assert_eq!(all.len(), 3, "{all:?}");
    assert_eq!(all[0], (2, "two words".to_owned()));
    assert!(is_sentence("two words") && is_sentence("{} rows left, press"));
    assert!(!is_sentence("{x} one {y}") && !is_sentence("done") && !is_sentence("a 1 b"));
}
