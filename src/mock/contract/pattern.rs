//! AWS's patterns, which are Java's, as expressions of the `regex` crate.
//!
//! AWS matches the whole text. Look-ahead at the start and look-behind at the end become
//! expressions of their own; a pattern with one elsewhere is not checked.

use regex::{Regex, RegexBuilder};
use std::{fmt::Write as _, iter::Peekable, str::Chars, sync::OnceLock};

/// A pattern, compiled at its first use.
#[derive(Debug)]
pub(super) struct Pattern {
    /// The pattern, in AWS's spelling.
    pub source: &'static str,
    compiled: OnceLock<Option<Matcher>>,
}

#[derive(Debug)]
struct Matcher {
    whole: Regex,
    /// Expressions that must match (true) or must not.
    guards: Vec<(bool, Regex)>,
}

/// Patterns that every text of the service matches.
const ANY: [&str; 3] = [r"[\s\S]*", r"[\S\s]*", r"[\w\W]*"];
/// Bytes that one compiled expression may take.
const SIZE_LIMIT: usize = 1 << 26;

impl Pattern {
    pub(super) fn new(source: &'static str) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }

    /// Whether `text` matches as a whole; true if the pattern cannot be checked.
    pub(super) fn matches(&self, text: &str) -> bool {
        if ANY.contains(&self.source) {
            return true;
        }
        let compiled = self.compiled.get_or_init(|| Matcher::new(self.source));
        compiled.as_ref().is_none_or(|matcher| {
            let holds = |(wanted, guard): &(bool, Regex)| guard.is_match(text) == *wanted;
            matcher.whole.is_match(text) && matcher.guards.iter().all(holds)
        })
    }

    /// Whether the pattern can be expressed without look-around inside of it.
    #[cfg(test)]
    pub(super) fn is_checked(&self) -> bool {
        ANY.contains(&self.source) || Matcher::new(self.source).is_some()
    }
}

impl Matcher {
    fn new(source: &str) -> Option<Self> {
        let mut rest = source;
        let mut guards = Vec::new();
        while let Some((wanted, inside, behind)) = look_ahead(rest) {
            guards.push((wanted, compile(&format!(r"\A(?:{})", translate(inside)?))?));
            rest = behind;
        }
        let mut end = rest.strip_suffix('$').unwrap_or(rest);
        if let Some((before, inside)) = look_behind(end) {
            guards.push((false, compile(&format!(r"(?:{})\z", translate(inside)?))?));
            end = before;
            rest = end;
        }
        if ["(?!", "(?=", "(?<!", "(?<="]
            .iter()
            .any(|look| rest.contains(look))
        {
            return None;
        }
        let whole = compile(&format!(r"\A(?:{})\z", translate(rest)?))?;
        Some(Self { whole, guards })
    }
}

fn compile(expression: &str) -> Option<Regex> {
    RegexBuilder::new(expression)
        .size_limit(SIZE_LIMIT)
        .build()
        .ok()
}

/// `(?!inside)behind` or `(?=inside)behind`, after a `^`.
fn look_ahead(text: &str) -> Option<(bool, &str, &str)> {
    let text = text.strip_prefix('^').unwrap_or(text);
    let wanted = text.starts_with("(?=");
    if !wanted && !text.starts_with("(?!") {
        return None;
    }
    let end = closing(text)?;
    Some((wanted, text.get(3..end)?, text.get(end + 1..)?))
}

/// `before(?<!inside)`.
fn look_behind(text: &str) -> Option<(&str, &str)> {
    let (before, inside) = text.rsplit_once("(?<!")?;
    let inside = inside.strip_suffix(')')?;
    (!inside.contains(['(', ')'])).then_some((before, inside))
}

/// The place of the parenthesis that closes the one at the start.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut class, mut escaped) = (0_usize, false, false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => class = false,
            _ if class => {}
            '[' => class = true,
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
    }
    None
}

/// Java's escapes in those of `regex`; `None` for an escape that is not known here.
fn translate(java: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = java.chars().peekable();
    // Inside of brackets, and whether the last item there was a set of its own.
    let (mut class, mut after_set) = (false, false);
    while let Some(letter) = letters.next() {
        let mut set = false;
        match letter {
            '\\' => set = escape(&mut letters, &mut out)?,
            // Java reads `[\p{Z}-_]` as three items.
            '-' if class && after_set => out.push_str(r"\-"),
            '[' if class => out.push_str(r"\["),
            _ => {
                if letter == '[' {
                    class = true;
                } else if letter == ']' {
                    class = false;
                }
                out.push(letter);
            }
        }
        after_set = set;
    }
    Some(out)
}

/// Writes the escape that follows a backslash. True if it matches a set of letters.
fn escape(letters: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<bool> {
    let letter = letters.next()?;
    let set = match letter {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[A-Za-z0-9_]",
        'W' => "[^A-Za-z0-9_]",
        's' => r"[ \t\n\x0B\f\r]",
        'S' => r"[^ \t\n\x0B\f\r]",
        'b' => {
            out.push_str(r"(?-u:\b)");
            return Some(false);
        }
        'u' => {
            let _ = write!(out, r"\x{{{:X}}}", code_point(letters)?);
            return Some(false);
        }
        'p' => return Some(property(letters, out)),
        _ => {
            out.extend(['\\', letter]);
            return Some(false);
        }
    };
    out.push_str(set);
    Some(true)
}

/// Four hex digits after `\u`; two surrogates make one letter.
fn code_point(letters: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let high = hex(letters)?;
    if !(0xd800..0xdc00).contains(&high) {
        return Some(high);
    }
    let is_pair = letters.next() == Some('\\') && letters.next() == Some('u');
    let low = hex(letters).filter(|_| is_pair)?;
    Some(0x1_0000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?)
}

fn hex(letters: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let digits: String = letters.by_ref().take(4).collect();
    u32::from_str_radix(&digits, 16).ok()
}

/// `{L}` after `\p`.
fn property(letters: &mut Peekable<Chars<'_>>, out: &mut String) -> bool {
    let name: String = letters
        .by_ref()
        .skip(1)
        .take_while(|letter| *letter != '}')
        .collect();
    match name.as_str() {
        "Print" => out.push_str(r"[\x20-\x7E]"),
        "Alnum" => out.push_str("[A-Za-z0-9]"),
        _ => {
            let _ = write!(out, r"\p{{{name}}}");
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, good, bad) in [
            (r"\d{12}", "111122223333", "1111222233334"),
            (
                r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
                "churn-hpo",
                "churn_hpo",
            ),
            (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "Kosten Stelle:ä", "a#b"),
            (
                r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*",
                "a \u{1f600}",
                "\u{1}",
            ),
            (r"(?!\s*$).+", "a", "  "),
            (r"([a-z])(?<!-)", "a", "-"),
            (r"[^:].*", "AWS/EC2", ":x"),
            (r"\p{Print}+", "a b", "ä"),
            (r"^(?! )[\p{L}\p{N}\p{Z}-_]*(?<! )$", "a b", "a b "),
        ] {
            let pattern = Pattern::new(pattern);
            assert!(pattern.is_checked(), "{}", pattern.source);
            assert!(pattern.matches(good), "{} `{good}`", pattern.source);
            assert!(!pattern.matches(bad), "{} `{bad}`", pattern.source);
        }
    }

    #[test]
    fn what_cannot_be_expressed_is_not_checked() {
        let inside = Pattern::new("/(?!x)[a-z]+");
        assert!(!inside.is_checked());
        assert!(inside.matches("anything"));
    }
}
