//! Rephrases messages of the TOML parser: the problem, then the remedy.

/// The parser's names of types, and plain ones.
const TYPE_NAMES: [(&str, &str); 5] = [
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a map", "a table"),
    ("map", "a table"),
    ("a boolean", "true or false, without quotes"),
];

/// Rephrases `message`, which is about the byte `start` of `text`.
pub(super) fn rephrase(message: &str, text: &str, start: usize) -> String {
    let message = message.lines().collect::<Vec<_>>().join(": ");
    let line = line(text, start);
    let header = line
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .filter(|name| !name.starts_with('['));
    let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return if message == "duplicate key" {
            "duplicate key: it was set above".to_owned()
        } else if message.starts_with("unknown field") && line.starts_with("[profile.") {
            format!("{message}: a name with a dot in it is written in quotes: `[profile.\"a.b\"]`")
        } else {
            message
        };
    };
    let hint = match (
        header,
        expected,
        line.split_once('=').map(|(key, _)| key.trim()),
    ) {
        (Some(name), "a sequence", _) => format!(": there may be several, so write `[[{name}]]`"),
        (_, "a sequence", Some("guard")) => ": write `[[guard]]`, and its keys below".to_owned(),
        (_, "a sequence", _) => ", in `[` and `]`".to_owned(),
        (_, "a string", _) if found.starts_with("integer") => ": write it in quotes".to_owned(),
        (_, expected, _) if expected == "a map" || expected.starts_with("struct ") => {
            ": write its name in `[` and `]`, and its keys below".to_owned()
        }
        _ => String::new(),
    };
    let plain = |word: &str| {
        let known = TYPE_NAMES
            .iter()
            .find(|(name, _)| *name == word)
            .map(|(_, plain)| (*plain).to_owned());
        known.unwrap_or_else(|| {
            if word.starts_with("struct ") {
                "a table".to_owned()
            } else {
                word.to_owned()
            }
        })
    };
    format!(
        "invalid type: {}, expected {}{hint}",
        plain(found),
        plain(expected)
    )
}

/// The trimmed line of `text` with the byte `start`.
fn line(text: &str, start: usize) -> &str {
    let begin = text
        .get(..start)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |newline| newline + 1);
    let end = text
        .get(start..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |length| start + length);
    text.get(begin..end).unwrap_or_default().trim()
}
