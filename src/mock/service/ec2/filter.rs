//! EC2's filters: names with values, `*` and `?` as wildcards, case-sensitive; all filters must match, any value of each.
//!
//! Must not know what is filtered: it is given as the values a thing has under a filter's name.

use crate::{
    domain::Tags,
    mock::wire::{Failure, Input, failure},
};

/// Values all filters of a request may have together.
const MOST_VALUES: usize = 200;

/// The filters of one request.
#[derive(Debug)]
pub struct Filters<'a>(Vec<(&'a str, Vec<&'a str>)>);

impl<'a> Filters<'a> {
    /// Reads them; `known` are the names accepted beside `tag:<key>`, `tag-key` and `tag-value`.
    pub fn read(input: &Input<'a>, known: &[&str]) -> Result<Self, Failure> {
        let mut filters = Vec::new();
        for filter in input.children("Filter")? {
            let name = filter.need_text("Name")?;
            let tag = name.starts_with("tag:") || name == "tag-key" || name == "tag-value";
            if !tag && !known.contains(&name) {
                return failure::refuse("InvalidParameterValue", format!("The filter '{name}' is invalid"));
            }
            filters.push((name, filter.need_texts("Value")?));
        }
        if filters.iter().map(|(_, values)| values.len()).sum::<usize>() > MOST_VALUES {
            return failure::refuse(
                "FilterLimitExceeded",
                format!("The maximum number of filter values specified on a single call is {MOST_VALUES}."),
            );
        }
        Ok(Self(filters))
    }

    /// Whether a thing passes. `values` gives what it has under a name; tags are looked up in `tags`.
    pub fn pass(&self, tags: &Tags, values: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|(name, wanted)| {
            let has: Vec<String> = match *name {
                "tag-key" => tags.keys().cloned().collect(),
                "tag-value" => tags.values().cloned().collect(),
                name => match name.strip_prefix("tag:") {
                    Some(key) => tags.get(key).cloned().into_iter().collect(),
                    None => values(name),
                },
            };
            has.iter().any(|value| wanted.iter().any(|pattern| wild(pattern, value)))
        })
    }
}

/// Whether `text` matches `pattern`: `*` any characters, `?` one, `\` takes the next literally.
pub fn wild(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry = None;
    loop {
        let (literal, step) = match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('?') => (None, 1),
            Some('\\') if p + 1 < pattern.len() => (pattern.get(p + 1), 2),
            other => (other, 1),
        };
        let fits = t < text.len() && p < pattern.len() && literal.is_none_or(|c| text.get(t) == Some(c));
        if fits {
            p += step;
            t += 1;
        } else if t == text.len() && p >= pattern.len() {
            return true;
        } else if let Some((after, from)) = retry.filter(|(_, from)| *from < text.len()) {
            retry = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards() {
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
            assert_eq!(wild(pattern, text), fits, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_matches_itself_escaped(text in any::<String>()) {
            let escaped: String = text.chars().flat_map(|c| if matches!(c, '*' | '?' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
            prop_assert!(wild(&escaped, &text));
            prop_assert!(wild("*", &text));
        }
    }
}
