//! Text patterns: any case, `*` for anything.

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Glob {
    /// As it was written.
    text: String,
    /// In lower case, cut at every `*`.
    parts: Vec<String>,
}

impl Glob {
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            parts: text.split('*').map(str::to_lowercase).collect(),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is all of `text`.
    pub fn is(&self, text: &str) -> bool {
        self.fits(text, false)
    }

    /// Whether some part of `text` is it.
    pub fn is_in(&self, text: &str) -> bool {
        match self.parts.as_slice() {
            [one] if one.is_ascii() && text.is_ascii() => contains(text.as_bytes(), one.as_bytes()),
            _ => self.fits(text, true),
        }
    }

    fn fits(&self, text: &str, anywhere: bool) -> bool {
        let text = text.to_lowercase();
        match self.parts.as_slice() {
            [] => true,
            [one] => {
                if anywhere {
                    text.contains(one.as_str())
                } else {
                    text == *one
                }
            }
            [first, middle @ .., last] => {
                if anywhere {
                    return in_order(&text, &self.parts).is_some();
                }
                let Some(rest) = text.strip_prefix(first.as_str()) else {
                    return false;
                };
                in_order(rest, middle).is_some_and(|rest| rest.ends_with(last.as_str()))
            }
        }
    }
}

/// What is left of `text` after the first place of each part, one after the other.
fn in_order<'a>(text: &'a str, parts: &[String]) -> Option<&'a str> {
    parts.iter().try_fold(text, |rest, part| {
        rest.find(part.as_str())
            .and_then(|at| rest.get(at + part.len()..))
    })
}

/// Whether `text` contains `word` (lower case), both ASCII, in any case.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else {
        return true;
    };
    let mut starts = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| byte.eq_ignore_ascii_case(first));
    starts.any(|(at, _)| {
        text.get(at + 1..at + word.len())
            .is_some_and(|tail| tail.eq_ignore_ascii_case(rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything() {
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
        ] {
            let glob = Glob::new(pattern);
            assert_eq!(
                (glob.is(text), glob.is_in(text)),
                (whole, part),
                "{pattern} on {text}"
            );
        }
    }
}
