//! The AWS profiles that the configuration names, with their lines, so that a misspelt name can be
//! reported instead of silently protecting nothing.

use super::{Config, line_of};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// A profile that the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileRef {
    /// Name of the profile.
    pub profile: Arc<str>,
    /// The table that names it: `[profile.ml-prod]`, `[[guard]]`, `[organization]`.
    pub table: String,
    /// The file.
    pub path: PathBuf,
    /// Line number, from one.
    pub line: usize,
}

impl Config {
    /// Every profile that `[profile.NAME]`, the guards and `[organization]` name, in the order of
    /// the file.
    pub fn profile_refs(&self) -> &[ProfileRef] {
        &self.profile_refs
    }

    /// Records the lines of guards and profile names; `text` is the content of `path`.
    pub(super) fn locate_profiles(&mut self, text: &str, path: &Path) {
        let file = path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let reference = |profile: &str, table: String, start: usize| ProfileRef {
            profile: profile.into(),
            table,
            path: path.to_owned(),
            line: line_of(text, start),
        };
        let mut found: Vec<ProfileRef> = self
            .profile
            .keys()
            .map(|name| {
                reference(
                    name.get_ref(),
                    format!("[profile.{}]", name.get_ref()),
                    name.span().start,
                )
            })
            .collect();
        for rule in &mut self.guard {
            let start = rule.span().start;
            let rule = rule.get_mut();
            rule.set_location(format!("{file}:{}", line_of(text, start)).into());
            found.extend(
                rule.profiles()
                    .map(|(name, start)| reference(name, "[[guard]]".to_owned(), start)),
            );
        }
        if let Some(organization) = &self.organization {
            found.push(reference(
                organization.management_profile(),
                "[organization]".to_owned(),
                organization.profile_start(),
            ));
        }
        found.sort_by_key(|reference| reference.line);
        self.profile_refs = found;
    }
}
