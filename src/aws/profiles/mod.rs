//! The profiles of AWS's own files: the paths of the files, the settings of a profile, and the
//! sections that it needs.

pub mod chain;
pub mod file;

use file::{ProfileFile, ProfileFileKind, ProfileSection, ProfileSetting, SectionName};
use std::{
    collections::BTreeSet,
    env, fmt,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The two files and the variables that name another place for them.
const FILES: [(&str, &str, ProfileFileKind); 2] = [
    ("AWS_CONFIG_FILE", "config", ProfileFileKind::Config),
    (
        "AWS_SHARED_CREDENTIALS_FILE",
        "credentials",
        ProfileFileKind::Credentials,
    ),
];

/// The profile files of the user: config, then credentials.
#[derive(Clone, Debug, Default)]
pub struct ProfileFiles {
    files: Vec<ProfileFile>,
    /// Files that exist and cannot be read, and why.
    pub unreadable: Vec<String>,
}

/// A setting with the file it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingSource<'a> {
    /// The file.
    pub path: &'a Path,
    /// The setting.
    pub setting: &'a ProfileSetting,
}

impl SettingSource<'_> {
    /// `/home/ana/.aws/config:7`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.path.display(), self.setting.line)
    }
}

impl ProfileFiles {
    /// Reads both files anew.
    pub fn read() -> Self {
        let mut files = Self::default();
        for (path, kind) in paths() {
            match ProfileFile::read(&path, kind) {
                Ok(file) => files.files.extend(file),
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "cannot read the profiles");
                    files
                        .unreadable
                        .push(format!("{}: {error}", path.display()));
                }
            }
        }
        files
    }

    /// The names of all profiles.
    pub fn names(&self) -> BTreeSet<String> {
        let names = self.files.iter().flat_map(|file| file.sections.keys());
        names
            .filter_map(|name| match name {
                SectionName::Profile(name) => Some(name.clone()),
                SectionName::Other(_) => None,
            })
            .collect()
    }

    /// The sections of `profile`: the one in the credentials file counts before the one in config.
    fn sections(&self, profile: &str) -> impl Iterator<Item = (&Path, &ProfileSection)> {
        self.files
            .iter()
            .rev()
            .filter_map(move |file| Some((file.path.as_path(), file.profile(profile)?)))
    }

    /// Whether a file has a section of `profile`.
    pub fn has(&self, profile: &str) -> bool {
        self.sections(profile).next().is_some()
    }

    /// The setting `key` of `profile`, if it is not empty.
    pub fn setting(&self, profile: &str, key: &str) -> Option<SettingSource<'_>> {
        self.sections(profile).find_map(|(path, section)| {
            let setting = section.settings.get(key)?;
            (!setting.value.is_empty()).then_some(SettingSource { path, setting })
        })
    }

    /// The value of `key` of `profile`, if it is not empty.
    pub fn value(&self, profile: &str, key: &str) -> Option<String> {
        Some(self.setting(profile, key)?.setting.value.clone())
    }

    /// A line of `profile`'s own sections that is no `key = value`, as `PATH:LINE`.
    pub fn broken_line(&self, profile: &str) -> Option<String> {
        self.sections(profile).find_map(|(path, section)| {
            let line = section.unreadable.first()?;
            Some(format!("{}:{line}", path.display()))
        })
    }

    /// The text of a config file with the settings of `profile`, but for the keys `skipped`, and
    /// all sections that are no profile, for the SDK: it reads no other profile, so none of another
    /// name can stop it.
    pub fn text_of(&self, profile: &str, skipped: &[&str]) -> String {
        let mut text = String::from("[default]\n");
        let mut known = BTreeSet::new();
        for (_, section) in self.sections(profile) {
            for (key, setting) in &section.settings {
                if !skipped.contains(&key.as_str()) && known.insert(key.clone()) {
                    push_setting(&mut text, key, setting);
                }
            }
        }
        for file in &self.files {
            for (name, section) in &file.sections {
                if let SectionName::Other(heading) = name {
                    push_line(&mut text, format_args!("[{heading}]"));
                    for (key, setting) in &section.settings {
                        push_setting(&mut text, key, setting);
                    }
                }
            }
        }
        text
    }
}

fn push_line(text: &mut String, line: fmt::Arguments<'_>) {
    text.push_str(&line.to_string());
    text.push('\n');
}

fn push_setting(text: &mut String, key: &str, setting: &ProfileSetting) {
    if setting.value.is_empty() && setting.nested.is_empty() {
        return;
    }
    push_line(text, format_args!("{key} = {}", setting.value));
    for line in &setting.nested {
        push_line(text, format_args!("  {line}"));
    }
}

/// When each file was last changed; `None`: it does not exist. Two that differ mean that the files
/// have to be read again.
pub fn modified() -> Vec<Option<SystemTime>> {
    let modified = |path: PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    paths().map(|(path, _)| modified(path)).collect()
}

/// The paths of the files as text, for messages.
pub fn path_names() -> String {
    let names: Vec<String> = paths()
        .map(|(path, _)| path.display().to_string())
        .collect();
    names.join(" and ")
}

/// The profile that the environment names: `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, as boto3 and
/// the AWS CLI read them.
pub fn from_environment() -> Option<String> {
    first_set(|name| env::var(name).ok())
}

fn first_set(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
        .iter()
        .filter_map(|name| variable(name))
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
}

fn paths() -> impl Iterator<Item = (PathBuf, ProfileFileKind)> {
    let home = home();
    FILES
        .into_iter()
        .filter_map(move |(variable, usual, kind)| {
            let path = path(env::var(variable).ok().as_deref(), usual, home.as_deref())?;
            Some((path, kind))
        })
}

/// The home folder of the user.
pub fn home() -> Option<PathBuf> {
    ["HOME", "USERPROFILE"]
        .iter()
        .find_map(env::var_os)
        .map(PathBuf::from)
}

/// `text` as a path; `~/` is `home`.
pub fn expand(text: &str, home: Option<&Path>) -> PathBuf {
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

fn path(variable: Option<&str>, usual: &str, home: Option<&Path>) -> Option<PathBuf> {
    match variable.filter(|text| !text.is_empty()) {
        Some(text) => Some(expand(text, home)),
        None => Some(home?.join(".aws").join(usual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_sets_the_path_of_a_profile_file() {
        let home = Some(Path::new("/home/ana"));
        for (variable, expected) in [
            (None, Some("/home/ana/.aws/config")),
            (Some(""), Some("/home/ana/.aws/config")),
            (Some("/etc/aws"), Some("/etc/aws")),
            (Some("~/aws"), Some("/home/ana/aws")),
        ] {
            assert_eq!(
                path(variable, "config", home).as_deref(),
                expected.map(Path::new),
                "{variable:?}"
            );
        }
        assert_eq!(path(None, "config", None), None);
    }

    #[test]
    fn default_profile_variable_applies_without_aws_profile() {
        let of = |set: &[(&str, &str)]| {
            first_set(|name| {
                let found = set.iter().find(|(variable, _)| *variable == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(
            of(&[("AWS_DEFAULT_PROFILE", "base")]).as_deref(),
            Some("base")
        );
        assert_eq!(
            of(&[("AWS_PROFILE", "own"), ("AWS_DEFAULT_PROFILE", "base")]).as_deref(),
            Some("own")
        );
        assert_eq!(
            of(&[("AWS_PROFILE", ""), ("AWS_DEFAULT_PROFILE", " base ")]).as_deref(),
            Some("base")
        );
        assert_eq!(of(&[]), None);
    }
}
