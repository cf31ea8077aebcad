//! Tags of a resource, and the owner they name.

use std::collections::BTreeMap;

/// A resource's tags, by key.
pub type Tags = BTreeMap<String, String>;

/// Tag keys read as the owner, first match wins, any case. Configuration may name others.
pub const OWNER_KEYS: &[&str] = &[
    "owner",
    "team",
    "created-by",
    "createdby",
    "user",
    "contact",
    "project",
];

/// The owner by `keys` (any case, first key that is present and not blank wins).
pub fn owner<'a>(tags: &'a Tags, keys: &[impl AsRef<str>]) -> Option<&'a str> {
    keys.iter().find_map(|key| {
        tags.iter()
            .find(|(name, value)| {
                name.eq_ignore_ascii_case(key.as_ref()) && !value.trim().is_empty()
            })
            .map(|(_, value)| value.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_owner_key_wins_in_any_case() {
        let tags: Tags = [("Team", "search"), ("Owner", " ")]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into();
        assert_eq!(owner(&tags, OWNER_KEYS), Some("search"));
        assert_eq!(owner(&Tags::new(), OWNER_KEYS), None);
    }
}
