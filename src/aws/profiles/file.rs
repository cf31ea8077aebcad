//! One of AWS's two profile files, read as boto3 reads it: `=` or `:`, any case of key, nested
//! values, blanks around everything. A line that cannot be read is an error of its own section.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// How a file names its profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileFileKind {
    /// `[profile NAME]`, `[default]`
    Config,
    /// `[NAME]`
    Credentials,
}

/// A value and the line it is on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileSetting {
    /// The text without blanks around it.
    pub value: String,
    /// The line of the key.
    pub line: usize,
    /// Indented lines below: `s3 =` and its own keys.
    pub nested: Vec<String>,
}

/// A section: its line, its settings, and the lines in it that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileSection {
    /// The line of its first heading.
    pub line: usize,
    /// Settings by key in lower case.
    pub settings: BTreeMap<String, ProfileSetting>,
    /// Lines that are no `key = value`.
    pub unreadable: Vec<usize>,
}

/// The kind of a section.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SectionName {
    /// A profile.
    Profile(String),
    /// `[sso-session NAME]`, `[services NAME]`: its heading.
    Other(String),
}

/// A profile file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFile {
    /// The path of the file.
    pub path: PathBuf,
    /// Its sections.
    pub sections: BTreeMap<SectionName, ProfileSection>,
}

impl ProfileFile {
    /// Reads `path`; `None` if it does not exist.
    pub fn read(path: &Path, kind: ProfileFileKind) -> io::Result<Option<Self>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Some(Self {
                path: path.to_owned(),
                sections: parse(&String::from_utf8_lossy(&bytes), kind),
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The section of a profile.
    pub fn profile(&self, name: &str) -> Option<&ProfileSection> {
        self.sections.get(&SectionName::Profile(name.to_owned()))
    }
}

fn parse(text: &str, kind: ProfileFileKind) -> BTreeMap<SectionName, ProfileSection> {
    let mut sections: BTreeMap<SectionName, ProfileSection> = BTreeMap::new();
    let mut current: Option<SectionName> = None;
    let mut last_key: Option<String> = None;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in text
        .lines()
        .enumerate()
        .map(|(place, line)| (place + 1, line))
    {
        let words = line.trim();
        if words.is_empty() || words.starts_with(['#', ';']) {
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        if words.starts_with('[') && !(is_indented && last_key.is_some()) {
            last_key = None;
            current = heading(words, kind);
            if let Some(name) = &current {
                let section = sections.entry(name.clone()).or_default();
                if section.line == 0 {
                    section.line = number;
                }
            }
            continue;
        }
        let Some(section) = current.as_ref().and_then(|name| sections.get_mut(name)) else {
            continue;
        };
        if is_indented
            && let Some(setting) = last_key
                .as_ref()
                .and_then(|key| section.settings.get_mut(key))
            && setting.value.is_empty()
        {
            setting.nested.push(words.to_owned());
            continue;
        }
        let Some((key, value)) = words.split_once(['=', ':']) else {
            section.unreadable.push(number);
            continue;
        };
        let key = key.trim().to_lowercase();
        last_key = Some(key.clone());
        let setting = ProfileSetting {
            value: without_comment(value.trim()).to_owned(),
            line: number,
            nested: Vec::new(),
        };
        section.settings.insert(key, setting);
    }
    sections
}

/// The name in `[profile NAME]`; `None` for a heading that names nothing.
fn heading(words: &str, kind: ProfileFileKind) -> Option<SectionName> {
    let (inside, _) = words.strip_prefix('[')?.split_once(']')?;
    let inside = inside.trim();
    let unquoted = |name: &str| name.trim().trim_matches(['"', '\'']).to_owned();
    let name = match (kind, inside.split_once(char::is_whitespace)) {
        (ProfileFileKind::Config, Some(("profile", name))) => SectionName::Profile(unquoted(name)),
        (ProfileFileKind::Config, None) if inside == "default" => {
            SectionName::Profile(inside.to_owned())
        }
        (ProfileFileKind::Config, _) => SectionName::Other(inside.to_owned()),
        (ProfileFileKind::Credentials, _) => SectionName::Profile(unquoted(inside)),
    };
    let is_named = match &name {
        SectionName::Profile(name) | SectionName::Other(name) => !name.is_empty(),
    };
    is_named.then_some(name)
}

/// A comment begins with ` #` or ` ;`.
fn without_comment(value: &str) -> &str {
    let end = [" #", " ;", "\t#", "\t;"]
        .iter()
        .filter_map(|mark| value.find(mark))
        .min();
    end.map_or(value, |end| value[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'a>(
        sections: &'a BTreeMap<SectionName, ProfileSection>,
        profile: &str,
        key: &str,
    ) -> &'a str {
        &sections[&SectionName::Profile(profile.to_owned())].settings[key].value
    }

    /// Shapes that Python's `configparser`, and so boto3, reads.
    #[test]
    fn configparser_shapes_are_read() {
        let text = "\u{feff}[default]\r\nregion=us-east-1\r\n\
                    [profile  spaced ]\nRegion : eu-west-1   # home\n\
                    s3 =\n  max_concurrent_requests = 20\n  addressing_style = path\n\
                    output = json\n[profile \"two words\"]\nAWS_ACCESS_KEY_ID = AKIDEXAMPLE\n\
                    credential_process = /bin/x --a=b:c\n[sso-session corp]\n\
                    sso_region = us-west-2\n";
        let sections = parse(text, ProfileFileKind::Config);
        assert_eq!(value(&sections, "default", "region"), "us-east-1");
        assert_eq!(value(&sections, "spaced", "region"), "eu-west-1");
        assert_eq!(value(&sections, "spaced", "output"), "json");
        assert_eq!(
            value(&sections, "two words", "aws_access_key_id"),
            "AKIDEXAMPLE"
        );
        assert_eq!(
            value(&sections, "two words", "credential_process"),
            "/bin/x --a=b:c"
        );
        let s3 = &sections[&SectionName::Profile("spaced".into())].settings["s3"];
        assert_eq!((s3.line, s3.nested.len()), (5, 2));
        assert!(sections.contains_key(&SectionName::Other("sso-session corp".into())));
    }

    #[test]
    fn broken_line_concerns_its_section_only() {
        let text = "[profile broken]\nregion us-east-1\n[profile mine]\nregion = us-east-1\n";
        let sections = parse(text, ProfileFileKind::Config);
        assert_eq!(
            sections[&SectionName::Profile("broken".into())].unreadable,
            [2]
        );
        assert_eq!(value(&sections, "mine", "region"), "us-east-1");
    }

    #[test]
    fn profile_names_follow_the_syntax_of_each_file() {
        let config = "# [profile old]\n[default]\nregion = us-east-1\n[profile ml-prod]\n\
                      [ profile  spaced ]\n[profile \"two words\"]\n[bare]\nx = [profile no]\n\
                      [profile cut";
        let profiles = |text: &str, kind| -> Vec<String> {
            parse(text, kind)
                .into_keys()
                .filter_map(|name| match name {
                    SectionName::Profile(name) => Some(name),
                    SectionName::Other(_) => None,
                })
                .collect()
        };
        assert_eq!(
            profiles(config, ProfileFileKind::Config),
            ["default", "ml-prod", "spaced", "two words"]
        );
        let credentials = "[ml-dev]\naws_access_key_id = [x]\n[default] # mine\n[]";
        assert_eq!(
            profiles(credentials, ProfileFileKind::Credentials),
            ["default", "ml-dev"]
        );
    }
}
