//! Text patterns with wildcards: the filter's, and those of EC2's filters.

/// A compiled pattern. It matches a whole text with [`Glob::matches`], and any part of one with
/// [`Glob::is_in`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    text: String,
    tokens: Vec<Token>,
    ignores_case: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// Any number of characters, none included.
    Many,
    /// Exactly one character.
    One,
    /// This character.
    Literal(char),
}

impl Glob {
    /// A pattern of the filter language: `*` matches any characters, case is ignored, and every
    /// other character matches itself.
    pub fn ignoring_case(pattern: &str) -> Self {
        let lower = pattern.to_lowercase();
        let tokens = lower.chars().map(|c| match c {
            '*' => Token::Many,
            c => Token::Literal(c),
        });
        Self {
            text: pattern.to_owned(),
            tokens: tokens.collect(),
            ignores_case: true,
        }
    }

    /// A pattern as EC2's filters take it: `*` matches any characters, `?` one, `\` makes the next
    /// character literal, and case counts.
    pub fn with_escapes(pattern: &str) -> Self {
        let mut chars = pattern.chars();
        let mut tokens = Vec::new();
        while let Some(c) = chars.next() {
            tokens.push(match c {
                '*' => Token::Many,
                '?' => Token::One,
                '\\' => Token::Literal(chars.next().unwrap_or('\\')),
                c => Token::Literal(c),
            });
        }
        Self {
            text: pattern.to_owned(),
            tokens,
            ignores_case: false,
        }
    }

    /// The pattern as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the pattern matches all of `text`.
    pub fn matches(&self, text: &str) -> bool {
        if self.ignores_case {
            matches(&self.tokens, &text.to_lowercase(), false)
        } else {
            matches(&self.tokens, text, false)
        }
    }

    /// Whether the pattern matches some part of `text`.
    pub fn is_in(&self, text: &str) -> bool {
        if !self.ignores_case {
            return matches(&self.tokens, text, true);
        }
        // The filter matches a word with every cell of every row: without a copy where possible.
        if self.text.is_ascii() && text.is_ascii() && !self.text.contains('*') {
            return contains_ascii(text.as_bytes(), self.text.as_bytes());
        }
        matches(&self.tokens, &text.to_lowercase(), true)
    }
}

/// Whether `tokens` match all of `text`, or with `anywhere` some part of it.
fn matches(tokens: &[Token], text: &str, anywhere: bool) -> bool {
    let (mut tokens_left, mut text_left) = (tokens, text.chars());
    // Where to continue when the text stops matching: after the last `*`, one character further.
    let mut retry = anywhere.then_some((tokens, text.chars()));
    loop {
        match tokens_left.split_first() {
            None if anywhere || text_left.as_str().is_empty() => return true,
            Some((Token::Many, rest)) => {
                retry = Some((rest, text_left.clone()));
                tokens_left = rest;
                continue;
            }
            Some((token, rest)) => {
                let mut next = text_left.clone();
                let fits = next
                    .next()
                    .is_some_and(|c| *token == Token::One || *token == Token::Literal(c));
                if fits {
                    (tokens_left, text_left) = (rest, next);
                    continue;
                }
            }
            None => {}
        }
        let Some((after, from)) = retry.as_mut() else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        (tokens_left, text_left) = (*after, from.clone());
    }
}

/// Whether `text` contains `word`, both ASCII, in any case.
fn contains_ascii(text: &[u8], word: &[u8]) -> bool {
    word.is_empty()
        || text
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn filter_patterns_ignore_case_and_support_only_star() {
        for (pattern, text, whole, part) in [
            ("us-*", "us-east-1", true, true),
            ("us-*", "eu-us-1", false, true),
            ("*-1", "us-east-1", true, true),
            ("*", "", true, true),
            ("", "", true, true),
            ("", "x", false, true),
            ("a*a", "a", false, false),
            ("a*a", "aa", true, true),
            ("a*b*c", "a-b-b-c", true, true),
            ("G5", "ml.g5.xlarge", false, true),
            ("ml.G5.*", "ml.g5.xlarge", true, true),
            ("ÄRGER", "großer ärger", false, true),
            ("i*s", "ISTANBULS", true, true),
            ("a?", "ab", false, false),
            ("a\\*", "a\\b", true, true),
        ] {
            let glob = Glob::ignoring_case(pattern);
            assert_eq!(
                (glob.matches(text), glob.is_in(text)),
                (whole, part),
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn ec2_patterns_support_question_mark_and_escapes() {
        for (pattern, text, fits) in [
            ("p*", "p4d.24xlarge", true),
            ("p*", "P4", false),
            ("*.24xlarge", "p4d.24xlarge", true),
            ("p?d.*", "p4d.24xlarge", true),
            ("p?d.*", "p44d.24xlarge", false),
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("?", "", false),
        ] {
            assert_eq!(
                Glob::with_escapes(pattern).matches(text),
                fits,
                "{pattern} {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn escaped_text_matches_itself(text in any::<String>()) {
            let escaped: String = text
                .chars()
                .flat_map(|c| match c {
                    '*' | '?' | '\\' => vec!['\\', c],
                    c => vec![c],
                })
                .collect();
            prop_assert!(Glob::with_escapes(&escaped).matches(&text));
            prop_assert!(Glob::with_escapes("*").matches(&text));
        }
    }
}
