//! The profiles that the configuration names, and where: a name that nobody could mean protects
//! nothing, in silence.

use super::{Config, line_of};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A profile that something in the file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRef {
    /// Its name.
    pub profile: Arc<str>,
    /// What is about it, as it stands in the file: `[profile.ml-prod]`, `[[guard]]`.
    pub what: String,
    /// The file.
    pub path: PathBuf,
    /// From one.
    pub line: usize,
}

impl Config {
    /// Every profile that `[profile.NAME]` and the guards are about, in the order of the file.
    pub fn named(&self) -> &[ProfileRef] {
        &self.named
    }

    /// Notes where things stand in `text`, which is what `path` holds.
    pub(super) fn locate(&mut self, text: &str, path: &Path) {
        let file = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let named = |profile: &str, what: String, start: usize| ProfileRef {
            profile: profile.into(),
            what,
            path: path.to_owned(),
            line: line_of(text, start),
        };
        let mut found: Vec<ProfileRef> = self
            .profile
            .keys()
            .map(|name| {
                named(
                    name.get_ref(),
                    format!("[profile.{}]", name.get_ref()),
                    name.span().start,
                )
            })
            .collect();
        for rule in &mut self.guard {
            let start = rule.span().start;
            let rule = rule.get_mut();
            rule.stands_at(format!("{file}:{}", line_of(text, start)).into());
            found.extend(
                rule.profiles()
                    .map(|(name, start)| named(name, "[[guard]]".to_owned(), start)),
            );
        }
        found.sort_by_key(|named| named.line);
        self.named = found;
    }
}
