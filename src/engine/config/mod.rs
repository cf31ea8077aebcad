//! The configuration file `config.toml`: its keys, their checks and the error messages.
//!
//! Every key is optional. The command line and AWS's environment variables override it.
//! `docs/configuration.md` is generated from the doc comments of these structs.

mod error;
mod guards;
mod money;
mod organization;
mod parser_messages;
mod profile_refs;
mod scheduling;
pub mod schema;
mod template;
mod watch;

pub use error::{ConfigError, ConfigProblem};
pub use guards::{AccountRef, GuardConfig, ProfileConfig};
pub use money::{BudgetConfig, MonthlyUsd, Percent, TagKey};
pub use organization::{OrganizationConfig, RoleName};
pub use profile_refs::ProfileRef;
pub use scheduling::SchedulingConfig;
pub use template::template;
pub use watch::{WatchConfig, WatchDollars};

use crate::{
    collectors,
    domain::{Service, region, time::timestamp::parse_span},
    pricing::Override,
    rules::Thresholds,
};
use error::{line_of, locate};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, io, path::Path, time::Duration};

/// The content of `config.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// AWS profiles to watch. Empty: the profile of the environment.
    pub profiles: Vec<String>,
    /// Regions to watch in each profile; `all` stands for those the account has enabled. Empty:
    /// the region of the profile.
    pub regions: Vec<RegionCode>,
    /// AWS organization whose accounts are watched through one profile, in the regions in which the
    /// bill has AI/ML dollars of them.
    pub organization: Option<OrganizationConfig>,
    /// Address that receives every request instead of AWS, for example a mock.
    pub endpoint_url: Option<EndpointUrl>,
    /// A shipped theme, the name of a file in `themes/`, or a path.
    pub theme: Option<String>,
    /// A shipped keymap, the name of a file in `keymaps/`, or a path.
    pub keymap: Option<String>,
    /// Disables every action. `--write` overrides it.
    pub read_only: bool,
    /// Guards that are checked for every action, in this order.
    pub guard: Vec<toml::Spanned<GuardConfig>>,
    /// Whether the built-in guards follow the configured ones. They ask for the typed name of
    /// resources tagged as production. Default: `true`.
    pub builtin_guards: Option<bool>,
    /// Settings of one AWS profile.
    pub profile: BTreeMap<toml::Spanned<String>, ProfileConfig>,
    /// Accounts that the screen highlights, by id or alias.
    pub protected_accounts: Vec<AccountRef>,
    /// Enables the mouse. Most terminals then select text only while shift is held.
    pub mouse: bool,
    /// Number of colours.
    pub color: ColorMode,
    /// Tag keys that name the owner of a resource; the first one present wins. Empty: the built-in
    /// list.
    pub owner_tags: Vec<String>,
    /// Thresholds of the rules that find waste.
    pub thresholds: Thresholds,
    /// Prices of your own. They override every rate card.
    pub price: Vec<Override>,
    /// Discount off the list price in percent, by service. Overrides the discount derived from
    /// Cost Explorer.
    pub discounts: BTreeMap<Service, Percent>,
    /// Budgets of each watched account, in addition to those of AWS Budgets.
    pub budget: Vec<BudgetConfig>,
    /// Cost allocation tag keys that the Spend pane groups the bill by. Default: `["team"]`.
    pub showback: Option<Vec<TagKey>>,
    /// Scheduled actions: time zone, and the tags that policy engines read.
    pub scheduling: SchedulingConfig,
    /// What watching may cost.
    pub watch: WatchConfig,
    /// Refresh intervals of a pane, where they differ from its defaults.
    pub refresh: BTreeMap<PaneName, RefreshConfig>,
    #[serde(skip)]
    profile_refs: Vec<ProfileRef>,
}

/// An AWS region code, like `us-east-1`, or `all`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RegionCode(pub String);

impl TryFrom<String> for RegionCode {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text == region::ALL_REGIONS {
            return Ok(Self(text));
        }
        region::check(&text).map(|()| Self(text))
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

/// Number of colours that the console uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMode {
    /// Detected from the environment variables `NO_COLOR`, `COLORTERM` and `TERM`.
    #[default]
    Auto,
    /// 24 bits.
    Truecolor,
    /// The 256 colours of xterm.
    #[serde(rename = "256")]
    Indexed,
    /// The 16 colours of the terminal.
    #[serde(rename = "16")]
    Sixteen,
    /// No colours; bold, underline and reverse only.
    None,
}

/// The id of a pane.
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

/// Refresh intervals of a pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshConfig {
    /// Time between two reads of the inventory.
    pub inventory: Option<Interval>,
    /// Time between two reads of the metrics.
    pub metrics: Option<Interval>,
}

/// A refresh interval; at least [`Interval::MIN_SECONDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Interval(pub Duration);

impl Interval {
    /// AWS throttles frequent requests, and CloudWatch bills each metric.
    pub const MIN_SECONDS: f64 = 5.0;
}

impl TryFrom<String> for Interval {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let seconds = parse_span(&text).ok_or_else(|| {
            format!("`{text}` is not a duration: expected one like `30s`, `5m` or `6h`")
        })?;
        if seconds < Self::MIN_SECONDS {
            return Err(format!(
                "`{text}` is too often: the shortest interval is `{}s`",
                Self::MIN_SECONDS
            ));
        }
        Duration::try_from_secs_f64(seconds)
            .map(Self)
            .map_err(|_| format!("`{text}` is too long"))
    }
}

impl Config {
    /// Reads the file at `explicit`, which must exist, or the one at `default`, which need not.
    pub fn load(explicit: Option<&Path>, default: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = explicit.or(default) else {
            return Ok(Self::default());
        };
        // A pipe that nobody named would block.
        let is_pipe = explicit.is_none() && path.exists() && !path.is_file();
        let text = if is_pipe {
            Err(io::Error::other("it is not a regular file"))
        } else {
            fs::read_to_string(path)
        };
        match text {
            Ok(text) => Self::parse(&text, path),
            Err(error) if explicit.is_none() && error.kind() == io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(ConfigError::Unreadable {
                path: path.to_owned(),
                error,
            }),
        }
    }

    /// Parses and checks `text`; messages name `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let invalid = |start, message| ConfigError::Invalid {
            path: path.to_owned(),
            problem: locate(text, start, message),
        };
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            invalid(
                start,
                parser_messages::rephrase(error.message(), text, start),
            )
        })?;
        config
            .check_guards()
            .map_err(|(span, message)| invalid(span.start, message))?;
        config.locate_profiles(text, path);
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
    fn valid_files_parse() {
        for (path, text) in cases("valid") {
            if let Err(error) = Config::parse(&text, &path) {
                panic!("{error}");
            }
        }
    }

    /// The first line of an invalid file holds the expected message: `# <line>: <message>`.
    #[test]
    fn invalid_files_are_rejected_with_line_and_remedy() {
        let mut mismatches = Vec::new();
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
                mismatches.push(format!("expected {expected}\nfound {error}"));
            }
        }
        assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
    }

    #[test]
    fn missing_file_is_an_error_only_when_named() {
        let nowhere = Path::new("/nowhere/config.toml");
        assert!(Config::load(None, Some(nowhere)).is_ok());
        assert!(matches!(
            Config::load(Some(nowhere), None),
            Err(ConfigError::Unreadable { .. })
        ));
    }

    #[test]
    fn full_file_sets_its_keys() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configs/valid/full.toml");
        let config = Config::load(Some(&path), None).unwrap();
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
            "the name of a guard has its file and line"
        );
        assert_eq!(
            config.refresh[&PaneName("gpus".into())].inventory,
            Some(Interval(Duration::from_secs(15)))
        );
    }
}
