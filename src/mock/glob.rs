//! Wildcards, as EC2's filters and the mock's faults take them.

/// Whether `text` matches `pattern`: `*` any characters, `?` one, `\` takes the next literally.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
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
        let fits =
            t < text.len() && p < pattern.len() && literal.is_none_or(|c| text.get(t) == Some(c));
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
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_matches_itself_escaped(text in any::<String>()) {
            let escaped: String = text.chars().flat_map(|c| if matches!(c, '*' | '?' | '\\') { vec!['\\', c] } else { vec![c] }).collect();
            prop_assert!(matches(&escaped, &text));
            prop_assert!(matches("*", &text));
        }
    }
}
