//! The names of the profiles that AWS's own files define. Nothing else in these files is looked at.

use std::{
    collections::BTreeSet,
    env, fs, io,
    path::{Path, PathBuf},
};

/// The two files and the variables that say where they are instead.
const FILES: [(&str, &str, ProfileFileKind); 2] = [
    ("AWS_CONFIG_FILE", "config", ProfileFileKind::Config),
    (
        "AWS_SHARED_CREDENTIALS_FILE",
        "credentials",
        ProfileFileKind::Credentials,
    ),
];

/// How a file names its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ProfileFileKind {
    /// `[profile NAME]`, `[default]`
    Config,
    /// `[NAME]`
    Credentials,
}

/// Every profile of this user's AWS files; `None` if one of them is there and cannot be read.
pub fn names() -> Option<BTreeSet<String>> {
    let home = ["HOME", "USERPROFILE"]
        .iter()
        .find_map(env::var_os)
        .map(PathBuf::from);
    let mut names = BTreeSet::new();
    for (variable, usual, sort) in FILES {
        let Some(path) = place(env::var(variable).ok().as_deref(), usual, home.as_deref()) else {
            continue;
        };
        match fs::read(&path) {
            Ok(bytes) => names.extend(named_in(&String::from_utf8_lossy(&bytes), sort)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "its profiles are not known");
                return None;
            }
        }
    }
    Some(names)
}

fn place(told: Option<&str>, usual: &str, home: Option<&Path>) -> Option<PathBuf> {
    match told.filter(|told| !told.is_empty()) {
        Some(told) => Some(match (told.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(told),
        }),
        None => Some(home?.join(".aws").join(usual)),
    }
}

fn named_in(text: &str, sort: ProfileFileKind) -> impl Iterator<Item = String> {
    text.lines().filter_map(move |line| {
        let (section, _) = line.trim().strip_prefix('[')?.split_once(']')?;
        let section = section.trim();
        let name = match (sort, section.split_once(char::is_whitespace)) {
            (ProfileFileKind::Config, Some(("profile", name))) => name.trim(),
            (ProfileFileKind::Config, None) if section == "default" => section,
            (ProfileFileKind::Config, _) => return None,
            (ProfileFileKind::Credentials, _) => section,
        };
        let name = name.trim_matches(['"', '\'']);
        (!name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_names_follow_the_syntax_of_each_file() {
        let config = "# [profile old]\n[default]\nregion = us-east-1\n[profile ml-prod]\n  [ profile  spaced ]\n[profile \"two words\"]\n\
                      [sso-session corp]\n[services local]\n[bare]\nx = [profile no]\n[profile cut";
        let found: Vec<String> = named_in(config, ProfileFileKind::Config).collect();
        assert_eq!(found, ["default", "ml-prod", "spaced", "two words"]);
        let found: Vec<String> = named_in(
            "[ml-dev]\naws_access_key_id = [x]\n[default] # mine\n[]",
            ProfileFileKind::Credentials,
        )
        .collect();
        assert_eq!(found, ["ml-dev", "default"]);
    }

    #[test]
    fn variable_sets_the_path_of_a_profile_file() {
        let home = Some(Path::new("/home/ana"));
        for (told, expected) in [
            (None, Some("/home/ana/.aws/config")),
            (Some(""), Some("/home/ana/.aws/config")),
            (Some("/etc/aws"), Some("/etc/aws")),
            (Some("~/aws"), Some("/home/ana/aws")),
        ] {
            assert_eq!(
                place(told, "config", home).as_deref(),
                expected.map(Path::new),
                "{told:?}"
            );
        }
        assert_eq!(place(None, "config", None), None);
    }
}
