//! Models by the names the bill uses: `NovaPro`, `Claude4.6Sonnet`, `Claude Sonnet 4.5 (Amazon
//! Bedrock Edition)`.
//!
//! A usage type spells a model in words of its own, so names are compared without order of their
//! letters: the same letters, and the same digits in the same order, are the same model. Where
//! several models share a name, all are candidates. A model of the `mantle` endpoint that shares
//! its name with a model elsewhere is stored with ` mantle` after the name.

use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Vec<String>>);

impl Names {
    /// Adds `name` and the words of `id` as names of the model.
    pub(super) fn learn(&mut self, name: &str, id: &str) {
        self.add(name, id);
        self.add(&words(id), id);
    }

    /// Adds the name of a model of the `mantle` endpoint; called after all others were added.
    pub(super) fn learn_mantle(&mut self, name: &str, id: &str) {
        if self.ids(name).is_empty() {
            self.learn(name, id);
        } else {
            self.add(&on_mantle(name), id);
        }
    }

    fn add(&mut self, name: &str, id: &str) {
        let ids = self.0.entry(key(name)).or_default();
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }

    /// The ids of the models with this name at the `mantle` endpoint; elsewhere, where there is
    /// none.
    pub(super) fn mantle_ids(&self, name: &str) -> &[String] {
        let there = self.ids(&on_mantle(name));
        if there.is_empty() {
            self.ids(name)
        } else {
            there
        }
    }

    /// The ids of the models with this name.
    pub(super) fn ids(&self, name: &str) -> &[String] {
        self.0
            .get(&key(name))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

/// A model's name at the `mantle` endpoint.
fn on_mantle(name: &str) -> String {
    format!("{name} mantle")
}

/// An id without provider, date and revision: `claude-sonnet-4-5`.
fn words(id: &str) -> String {
    let last = id.split_once('.').map_or(id, |(_, last)| last);
    let base = last.split(':').next().unwrap_or_default();
    let is_date = |part: &str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_version = |part: &str| part.len() == 2 && part.starts_with('v');
    let kept: Vec<&str> = base
        .split('-')
        .filter(|part| !is_date(part) && !is_version(part))
        .collect();
    kept.join("-")
}

/// Letters in alphabetical order, then digits as they come; `2.0` is `2`.
pub(in crate::pricing) fn key(name: &str) -> String {
    let lower = name.to_ascii_lowercase().replace(".0", "");
    let mut letters: Vec<char> = lower.chars().filter(char::is_ascii_alphabetic).collect();
    letters.sort_unstable();
    letters
        .into_iter()
        .chain(lower.chars().filter(char::is_ascii_digit))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bill_names_resolve_to_model_ids() {
        let mut names = Names::default();
        names.learn("Claude Sonnet 4.6", "anthropic.claude-sonnet-4-6");
        names.learn("Nova 2.0 Lite", "amazon.nova-2-lite-v1:0");
        names.learn("Nova Pro", "amazon.nova-pro-v1:0");
        names.learn("Claude 2.1", "anthropic.claude-v2:1");
        for (name, id) in [
            ("Claude4.6Sonnet", "anthropic.claude-sonnet-4-6"),
            ("ClaudeSonnet4.6", "anthropic.claude-sonnet-4-6"),
            ("Nova2Lite", "amazon.nova-2-lite-v1:0"),
            ("NovaPro", "amazon.nova-pro-v1:0"),
            ("Claude", "anthropic.claude-v2:1"),
        ] {
            assert_eq!(names.ids(name), [id], "{name}");
        }
        assert!(names.ids("NovaLite").is_empty());
    }
}
