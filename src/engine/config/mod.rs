//! The configuration file: what may stand in it, and what is said when something else does.
//!
//! Every key is optional; the command line and AWS's own environment variables win over it. Must
//! not know the command line.

mod error;
mod guards;
mod money;
mod parser_messages;
mod profile_refs;
mod scheduling;

pub use error::{ConfigError, ConfigProblem};
pub use guards::{AccountRef, GuardConfig, ProfileConfig};
pub use money::{BudgetConfig, MonthlyUsd, Percent, TagKey};
pub use profile_refs::ProfileRef;
pub use scheduling::SchedulingTags;

use crate::{
    collectors,
    domain::{Service, time::timestamp::parse_span},
    pricing::Override,
    rules::Thresholds,
};
use error::{line_of, place};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, io, path::Path, time::Duration};

/// `config.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Named AWS profiles to watch; none: what the environment says.
    pub profiles: Vec<String>,
    /// Regions to watch in each profile; none: each profile's own.
    pub regions: Vec<RegionCode>,
    /// Another place than AWS to send every request to.
    pub endpoint_url: Option<EndpointUrl>,
    /// A shipped theme, one of `themes/`, or a path.
    pub theme: Option<String>,
    /// A shipped keymap, one of `keymaps/`, or a path.
    pub keymap: Option<String>,
    /// Build no executor.
    pub read_only: bool,
    /// Rules that stand before every plan, tried in this order.
    pub guard: Vec<toml::Spanned<GuardConfig>>,
    /// Whether the rules that are built in come after them; unsaid: they do.
    pub builtin_guards: Option<bool>,
    /// What holds for one profile.
    pub profile: BTreeMap<toml::Spanned<String>, ProfileConfig>,
    /// Accounts drawn unlike others, by id or alias.
    pub protected_accounts: Vec<AccountRef>,
    /// Whether the mouse is listened to.
    pub mouse: bool,
    /// How many colours to use.
    pub color: ColorMode,
    /// Tag keys read as the owner, first match wins; none: the built-in list.
    pub owner_keys: Vec<String>,
    /// From when on something counts as waste.
    pub thresholds: Thresholds,
    /// Rates that win over every card.
    pub price: Vec<Override>,
    /// Percent less than list, by service; wins over what Cost Explorer teaches.
    pub discounts: BTreeMap<Service, Percent>,
    /// Budgets beside those of AWS Budgets, for each account watched.
    pub budget: Vec<BudgetConfig>,
    /// Tag keys whose values share the dollars in the Spend pane; none named: `team`.
    pub showback: Option<Vec<TagKey>>,
    /// What is done later: time zone, tags of policy engines.
    pub later: SchedulingTags,
    /// How often a pane's sources are asked, where not at the pane's own cadence.
    pub refresh: BTreeMap<PaneName, RefreshConfig>,
    #[serde(skip)]
    named: Vec<ProfileRef>,
}

/// A region code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RegionCode(pub String);

impl TryFrom<String> for RegionCode {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
        match parts.split_last() {
            Some((number, words))
                if words.len() >= 2
                    && words.iter().all(|part| word(part))
                    && number.parse::<u8>().is_ok() =>
            {
                Ok(Self(text))
            }
            _ => Err(format!(
                "`{text}` is not a region code: expected one like `us-east-1`"
            )),
        }
    }
}

/// An `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EndpointUrl(pub String);

impl TryFrom<String> for EndpointUrl {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let host = text
            .strip_prefix("http://")
            .or_else(|| text.strip_prefix("https://"));
        match host {
            Some(host) if !host.is_empty() && !host.contains(char::is_whitespace) => Ok(Self(text)),
            _ => Err(format!(
                "`{text}` is not an address: expected one like `http://127.0.0.1:4566`"
            )),
        }
    }
}

/// How many colours the terminal is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMode {
    /// What the environment says the terminal has.
    #[default]
    Auto,
    /// 24 bits.
    Truecolor,
    /// The 256 colours of xterm.
    #[serde(rename = "256")]
    Indexed,
    /// The terminal's own sixteen.
    #[serde(rename = "16")]
    Sixteen,
    /// None; bold, underline and reverse only.
    None,
}

/// A pane's word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct PaneName(pub String);

impl TryFrom<String> for PaneName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let known: Vec<&str> = collectors::metas().iter().map(|pane| pane.id).collect();
        if known.contains(&text.as_str()) {
            Ok(Self(text))
        } else {
            Err(format!(
                "there is no pane `{text}`: expected one of {}",
                known.join(", ")
            ))
        }
    }
}

/// How often a pane's sources are asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshConfig {
    /// Between two looks at the inventory.
    pub inventory: Option<Interval>,
    /// Between two readings of its metrics.
    pub metrics: Option<Interval>,
}

/// A length of time between two questions; at least [`Interval::SHORTEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Interval(pub Duration);

impl Interval {
    /// AWS throttles, and metrics cost money.
    pub const SHORTEST: f64 = 5.0;
}

impl TryFrom<String> for Interval {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let seconds = parse_span(&text).ok_or_else(|| {
            format!("`{text}` is not a length of time: expected one like `30s`, `5m` or `6h`")
        })?;
        if seconds < Self::SHORTEST {
            return Err(format!(
                "`{text}` is too often: the shortest interval is `{}s`",
                Self::SHORTEST
            ));
        }
        Duration::try_from_secs_f64(seconds)
            .map(Self)
            .map_err(|_| format!("`{text}` is too long"))
    }
}

impl Config {
    /// The file at `named`, which must be there; else the one at `usual`, if it is there; else all
    /// defaults.
    pub fn load(named: Option<&Path>, usual: &Path) -> Result<Self, ConfigError> {
        let path = named.unwrap_or(usual);
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(ConfigError::Unreadable {
                path: path.to_owned(),
                error,
            }),
        }
    }

    /// `text`, which stands in `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let wrong = |start, message| ConfigError::Wrong {
            path: path.to_owned(),
            at: place(text, start, message),
        };
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            wrong(start, parser_messages::words(error.message(), text, start))
        })?;
        config
            .check_guards()
            .map_err(|(span, message)| wrong(span.start, message))?;
        config.locate(text, path);
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn cases(folder: &str) -> Vec<(PathBuf, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/configs")
            .join(folder);
        let mut files: Vec<PathBuf> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty());
        files
            .into_iter()
            .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
            .collect()
    }

    #[test]
    fn every_valid_file_is_taken() {
        for (path, text) in cases("valid") {
            if let Err(error) = Config::parse(&text, &path) {
                panic!("{error}");
            }
        }
    }

    /// The first line of an invalid file says what must be said of it: `# <line>: <words>`.
    #[test]
    fn every_invalid_file_is_refused_with_line_and_remedy() {
        let mut wrong = Vec::new();
        for (path, text) in cases("invalid") {
            let expected = text
                .lines()
                .next()
                .and_then(|line| line.strip_prefix("# "))
                .expect("a first line with the expected error");
            let error = Config::parse(&text, &path)
                .expect_err(&path.display().to_string())
                .to_string();
            if !error.starts_with(&format!("{}:{expected}", path.display())) {
                wrong.push(format!("expected {expected}\nfound {error}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_missing_file_matters_only_when_named() {
        let nowhere = Path::new("/nowhere/config.toml");
        assert!(Config::load(None, nowhere).is_ok());
        assert!(matches!(
            Config::load(Some(nowhere), nowhere),
            Err(ConfigError::Unreadable { .. })
        ));
    }

    #[test]
    fn the_full_file_means_what_it_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/valid/full.toml");
        let config = Config::load(Some(&path), Path::new("")).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(config.profiles, ["ml-prod", "ml-dev"]);
        assert_eq!(
            config.regions,
            [
                RegionCode("us-east-1".into()),
                RegionCode("us-gov-west-1".into())
            ]
        );
        assert_eq!(config.color, ColorMode::Indexed);
        assert!(config.read_only && config.mouse);
        let guards = config.guards();
        let at = text.lines().position(|line| line == "[[guard]]").unwrap() + 1;
        assert_eq!(
            *guards.rules()[0].name,
            *format!("guard 1, full.toml:{at}"),
            "a rule says where it stands"
        );
        assert_eq!(
            config.refresh[&PaneName("gpus".into())].inventory,
            Some(Interval(Duration::from_secs(15)))
        );
    }
}
