//! Removes secrets from messages.

/// Fault messages are cut to this many characters.
pub(super) const MAX_MESSAGE_CHARS: usize = 400;

/// One line, no secrets, at most [`MAX_MESSAGE_CHARS`] characters.
pub fn sanitize(message: &str) -> String {
    let line = message
        .split_whitespace()
        .map(without_secret)
        .collect::<Vec<_>>()
        .join(" ");
    if line.chars().count() <= MAX_MESSAGE_CHARS {
        line
    } else {
        line.chars()
            .take(MAX_MESSAGE_CHARS - 1)
            .chain(['…'])
            .collect()
    }
}

/// A word without access key ids and without passwords in URLs.
fn without_secret(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(start) = word.find("://").map(|at| at + 3)
        && let Some(end) = word[start..].find('@').map(|at| at + start)
        && !word[start..end].contains('/')
    {
        word.replace_range(start..end, "…");
    }
    for prefix in ["AKIA", "ASIA"] {
        if let Some(at) = word.find(prefix) {
            let length = word[at..]
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .count();
            if length >= 16 {
                word.replace_range(at + 4..at + length, "…");
            }
        }
    }
    word
}
