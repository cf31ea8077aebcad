//! Profiles that the configuration names but no AWS file defines. A misspelt `[profile.NAME]` would
//! leave the intended profile writable, so each one is reported at start.
//!
//! The configuration may name profiles that are not watched in this run. Known are the watched
//! profiles, those of AWS's files, that of the environment, and `default`.

use crate::{
    aws::profiles::{self, ProfileFiles},
    domain::{Fault, FaultKind, text::printable},
    engine::config::{Config, ProfileRef},
    inventory::query::nearest,
};
use std::{collections::BTreeSet, fmt};

/// A reference to a profile that no AWS file defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct UnknownProfile {
    reference: ProfileRef,
    /// The known profile with the most similar name, if one is similar.
    nearest: Option<String>,
}

/// Finds the unknown profiles of `config`. Empty if AWS's files cannot be read.
pub(in crate::app) fn find(config: &Config, watched: &[Option<String>]) -> Vec<UnknownProfile> {
    let references = config.profile_refs();
    if references.is_empty() {
        return Vec::new();
    }
    let files = ProfileFiles::read();
    if !files.unreadable.is_empty() {
        return Vec::new();
    }
    let mut known = files.names();
    known.extend(watched.iter().flatten().cloned());
    known.extend(profiles::from_environment());
    find_among(references, &known)
}

/// The `references` to profiles that are not in `known`.
fn find_among(references: &[ProfileRef], known: &BTreeSet<String>) -> Vec<UnknownProfile> {
    let is_known = |name: &str| name == "default" || known.contains(name);
    let names = || known.iter().map(String::as_str).chain(["default"]);
    references
        .iter()
        .filter(|reference| !is_known(&reference.profile))
        .map(|reference| UnknownProfile {
            reference: reference.clone(),
            nearest: nearest(&reference.profile, names()).map(str::to_owned),
        })
        .collect()
}

impl UnknownProfile {
    fn message(&self) -> String {
        let name = printable(&self.reference.profile);
        let effect = if self.reference.table.starts_with("[[") {
            "this guard never matches it"
        } else {
            "it protects nothing"
        };
        match &self.nearest {
            Some(nearest) => format!(
                "no AWS profile is called {name}: {effect}; did you mean {}?",
                printable(nearest)
            ),
            None => format!("no AWS profile is called {name}: {effect}"),
        }
    }

    /// The entry in the list of errors.
    pub(super) fn fault(&self) -> Fault {
        let file = self
            .reference
            .path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Fault::new(
            FaultKind::NotFound,
            format!(
                "{file}:{}: {}",
                self.reference.line,
                printable(&self.reference.table)
            ),
            self.message(),
        )
    }
}

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.reference.path.display(),
            self.reference.line,
            printable(&self.reference.table),
            self.message()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn unknown_profile_is_reported_with_line_and_nearest_name() {
        let text = "read_only = false\n[profile.ml-prdo]\nread_only = true\n[profile.default]\n\
                    read_only = true\n\n[[guard]]\n\
                    effect = \"deny\"\nprofiles = [\"ml-dev\",\n  \"nobody\"]\n";
        let config = Config::parse(text, Path::new("/etc/own/config.toml")).unwrap();
        let known = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<String>>()
        };
        let messages = |names: &[&str]| {
            find_among(config.profile_refs(), &known(names))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let typo = "/etc/own/config.toml:2: [profile.ml-prdo]: no AWS profile is called ml-prdo: \
                    it protects nothing";
        let nobody = "/etc/own/config.toml:10: [[guard]]: no AWS profile is called nobody: \
                      this guard never matches it";
        assert_eq!(
            messages(&["ml-prod", "ml-dev"]),
            [format!("{typo}; did you mean ml-prod?"), nobody.to_owned()]
        );
        assert_eq!(messages(&["ml-dev", "nobody"]), [typo]);
        assert_eq!(
            messages(&["ml-prdo", "ml-dev", "nobody"]),
            Vec::<String>::new()
        );
        let fault = find_among(config.profile_refs(), &known(&["ml-prod"]))[0]
            .fault()
            .to_string();
        assert_eq!(
            fault,
            "config.toml:2: [profile.ml-prdo]: not found: no AWS profile is called ml-prdo: it \
             protects nothing; did you mean ml-prod?"
        );
    }
}
