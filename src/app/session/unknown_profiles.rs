//! Profiles that the configuration is about although nobody could mean them: a typing error there
//! leaves writable what was to be protected, so it is told.
//!
//! It is right to configure profiles that are not watched now. What could be meant is what is
//! watched, what AWS's own files define (there is no other place for a profile), and `default`.

use crate::{
    aws,
    domain::{Fault, FaultKind, text::printable},
    engine::config::{Config, ProfileRef},
    inventory::query::nearest,
};
use std::{collections::BTreeSet, env, fmt};

/// A name that could not be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile {
    named: ProfileRef,
    /// What it may have been meant to be.
    nearest: Option<String>,
}

/// Those of `config` that this user, who watches `watched`, could not mean. None if AWS's files
/// cannot be read: then nobody knows.
pub fn of_user(config: &Config, watched: &[Option<String>]) -> Vec<UnknownProfile> {
    let named = config.named();
    if named.is_empty() {
        return Vec::new();
    }
    let Some(mut known) = aws::profiles::names() else {
        return Vec::new();
    };
    known.extend(watched.iter().flatten().cloned());
    known.extend(env::var("AWS_PROFILE"));
    unmeant(named, &known)
}

/// Those of `named` that are none of `known`, which are all that could be meant.
pub fn unmeant(named: &[ProfileRef], known: &BTreeSet<String>) -> Vec<UnknownProfile> {
    let is_known = |name: &str| name == "default" || known.contains(name);
    let words = || known.iter().map(String::as_str).chain(["default"]);
    named
        .iter()
        .filter(|named| !is_known(&named.profile))
        .map(|named| UnknownProfile {
            named: named.clone(),
            nearest: nearest(&named.profile, words()).map(str::to_owned),
        })
        .collect()
}

impl UnknownProfile {
    fn words(&self) -> String {
        let name = printable(&self.named.profile);
        let so = if self.named.what.starts_with("[[") {
            "this guard never holds for it"
        } else {
            "it protects nothing"
        };
        match &self.nearest {
            Some(nearest) => format!(
                "no AWS profile is called {name}: {so}; {} is",
                printable(nearest)
            ),
            None => format!("no AWS profile is called {name}: {so}"),
        }
    }

    /// For the list of errors.
    pub fn fault(&self) -> Fault {
        let file = self
            .named
            .path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Fault::new(
            FaultKind::NotFound,
            format!(
                "{file}:{}: {}",
                self.named.line,
                printable(&self.named.what)
            ),
            self.words(),
        )
    }
}

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}: {}",
            self.named.path.display(),
            self.named.line,
            printable(&self.named.what),
            self.words()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_name_that_nobody_could_mean_is_told_with_line_and_nearest() {
        let text = "read_only = false\n[profile.ml-prdo]\nread_only = true\n[profile.default]\nread_only = true\n\n[[guard]]\n\
                    then = \"deny\"\nprofiles = [\"ml-dev\",\n  \"nobody\"]\n";
        let config = Config::parse(text, Path::new("/etc/own/config.toml")).unwrap();
        let known = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<BTreeSet<String>>()
        };
        let told = |names: &[&str]| {
            unmeant(config.named(), &known(names))
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let typo = "/etc/own/config.toml:2: [profile.ml-prdo]: no AWS profile is called ml-prdo: it protects nothing";
        let nobody = "/etc/own/config.toml:10: [[guard]]: no AWS profile is called nobody: this guard never holds for it";
        assert_eq!(
            told(&["ml-prod", "ml-dev"]),
            [format!("{typo}; ml-prod is"), nobody.to_owned()]
        );
        assert_eq!(
            told(&["ml-dev", "nobody"]),
            [format!("{typo}; ml-dev is")].map(|near| near.replace("; ml-dev is", ""))
        );
        assert_eq!(told(&["ml-prdo", "ml-dev", "nobody"]), Vec::<String>::new());
        let fault = unmeant(config.named(), &known(&["ml-prod"]))[0]
            .fault()
            .to_string();
        assert_eq!(
            fault,
            "config.toml:2: [profile.ml-prdo]: not found: no AWS profile is called ml-prdo: it protects nothing; ml-prod is"
        );
    }
}
