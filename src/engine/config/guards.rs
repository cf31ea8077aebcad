//! Configuration of actions: guards, read-only profiles, protected accounts.

use super::Config;
use crate::{
    collectors,
    domain::{Operation, PaneMeta},
    inventory::{
        guards::{Guard, GuardEffect, Guards},
        query::Condition,
    },
};
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{Arc, LazyLock},
};
use toml::Spanned;

/// Filters of guards may name the fields of every pane.
static PANES: LazyLock<Arc<[PaneMeta]>> = LazyLock::new(collectors::metas);

/// The end of every message about an unknown or missing effect.
const EFFECTS: &str = "expected one of deny, confirm, type-name, type-account, max-bulk";

/// `[[guard]]`. [`Config::check_guards`] checks the combination of its keys.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardConfig {
    /// Filter of the rows it applies to. Empty: every row.
    #[serde(default, rename = "match")]
    filter: MatchFilter,
    /// Actions it applies to. Empty: every action.
    #[serde(default)]
    operations: Vec<OperationWord>,
    /// Accounts it applies to, by id or alias. Empty: every account.
    #[serde(default)]
    accounts: Vec<AccountRef>,
    /// AWS profiles it applies to. Empty: every profile.
    #[serde(default)]
    profiles: Vec<Spanned<ProfileName>>,
    /// What it does; required.
    effect: Option<Spanned<EffectName>>,
    /// Limit of `max-bulk`, 1 or more.
    max_targets: Option<Spanned<MaxTargets>>,
    /// Text that the confirm dialog shows.
    reason: Option<String>,
    /// File and line of the table: `config.toml:41`.
    #[serde(skip)]
    location: Arc<str>,
}

/// The byte range of a problem, and its message.
type Problem = (Range<usize>, String);

impl GuardConfig {
    /// The effect with its limit; `table` is the byte range of the whole guard.
    fn effect(&self, table: Range<usize>) -> Result<GuardEffect, Problem> {
        let Some(effect) = &self.effect else {
            return Err((table, format!("this guard has no `effect`: {EFFECTS}")));
        };
        match (effect.get_ref(), &self.max_targets) {
            (EffectName::MaxBulk, Some(max)) if max.get_ref().0 == 0 => Err((
                max.span(),
                "`max_targets` is 0: write `effect = \"deny\"` instead".to_owned(),
            )),
            (EffectName::MaxBulk, Some(max)) => Ok(GuardEffect::MaxBulk(max.get_ref().0)),
            (EffectName::MaxBulk, None) => Err((
                effect.span(),
                "`max-bulk` needs `max_targets`: how many targets at once, like `max_targets = 10`"
                    .to_owned(),
            )),
            (_, Some(max)) => Err((
                max.span(),
                "`max_targets` is for `effect = \"max-bulk\"` only".to_owned(),
            )),
            (EffectName::Deny, None) => Ok(GuardEffect::Deny),
            (EffectName::Confirm, None) => Ok(GuardEffect::Confirm),
            (EffectName::TypeName, None) => Ok(GuardEffect::TypeName),
            (EffectName::TypeAccount, None) => Ok(GuardEffect::TypeAccount),
        }
    }

    /// Sets the file and line that messages name.
    pub(super) fn set_location(&mut self, location: Arc<str>) {
        self.location = location;
    }

    /// The profiles of the guard, each with its byte offset in the file.
    pub(super) fn profiles(&self) -> impl Iterator<Item = (&str, usize)> {
        self.profiles
            .iter()
            .map(|name| (&*name.get_ref().0, name.span().start))
    }

    /// Builds the rule that plans are checked against; `number` counts from one.
    fn build(&self, number: usize) -> Guard {
        let reason = self
            .reason
            .as_ref()
            .map(|reason| reason.trim())
            .filter(|reason| !reason.is_empty());
        Guard {
            name: if self.location.is_empty() {
                format!("guard {number}")
            } else {
                format!("guard {number}, {}", self.location)
            }
            .into(),
            filter: self.filter.0.clone(),
            operations: self.operations.iter().map(|word| word.0).collect(),
            accounts: self
                .accounts
                .iter()
                .map(|account| account.0.clone())
                .collect(),
            profiles: self
                .profiles
                .iter()
                .map(|name| name.get_ref().0.clone())
                .collect(),
            // `check_guards` has rejected invalid effects; should one get here, it denies.
            effect: self.effect(0..0).unwrap_or(GuardEffect::Deny),
            reason: reason.map(Into::into),
        }
    }
}

/// A filter over the rows of every pane.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct MatchFilter(Condition);

impl TryFrom<String> for MatchFilter {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Condition::parse(&text, &PANES).map(Self).map_err(|error| {
            let at = text
                .get(..error.span.start)
                .map_or(0, |before| before.chars().count())
                + 1;
            format!(
                "`{text}` is not a filter: at character {at}: {}",
                error.message
            )
        })
    }
}

/// The id of a operation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct OperationWord(Operation);

impl TryFrom<String> for OperationWord {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let words = || {
            Operation::ALL
                .iter()
                .map(|operation| operation.id())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let operation = Operation::ALL
            .iter()
            .find(|operation| operation.id() == text);
        operation.map(|operation| Self(*operation)).ok_or_else(|| {
            format!(
                "there is no operation `{text}`: expected one of {}",
                words()
            )
        })
    }
}

/// An account id (also written in groups of four) or alias.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct AccountRef(pub Arc<str>);

impl TryFrom<String> for AccountRef {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_number = !digits.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '-');
        let is_alias = || {
            let word = (3..=63).contains(&text.len())
                && text
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            word && !text.starts_with('-') && !text.ends_with('-') && !text.contains("--")
        };
        match is_number {
            true if digits.len() == 12 => Ok(Self(digits.into())),
            false if is_alias() => Ok(Self(text.into())),
            _ => Err(format!(
                "`{text}` is not an account: expected twelve digits, or an alias in lower case"
            )),
        }
    }
}

/// The name of an AWS profile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ProfileName(pub(super) Arc<str>);

impl TryFrom<String> for ProfileName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() {
            Err("the profile name is empty".to_owned())
        } else {
            Ok(Self(text.into()))
        }
    }
}

/// The limit of a `max-bulk` guard. Zero parses, so that it gets a message of its own.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Value")]
struct MaxTargets(usize);

impl TryFrom<toml::Value> for MaxTargets {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let count = value
            .as_integer()
            .and_then(|count| usize::try_from(count).ok());
        count.map(Self).ok_or_else(|| {
            format!(
                "`{value}` is not a number of targets: `max_targets` is a whole number, \
                 1 or more, like `max_targets = 10`"
            )
        })
    }
}

/// The id of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
enum EffectName {
    Deny,
    Confirm,
    TypeName,
    TypeAccount,
    MaxBulk,
}

impl TryFrom<String> for EffectName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "deny" => Ok(Self::Deny),
            "confirm" => Ok(Self::Confirm),
            "type-name" => Ok(Self::TypeName),
            "type-account" => Ok(Self::TypeAccount),
            "max-bulk" => Ok(Self::MaxBulk),
            _ => Err(format!("there is no effect `{text}`: {EFFECTS}")),
        }
    }
}

/// `[profile.NAME]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileConfig {
    /// Disables every action on the resources of this profile, also with `--write`.
    pub read_only: bool,
}

impl Config {
    /// Checks that the keys of each guard fit together.
    pub(super) fn check_guards(&self) -> Result<(), Problem> {
        self.guard
            .iter()
            .try_for_each(|rule| rule.get_ref().effect(rule.span()).map(drop))
    }

    /// The configured guards in their order, followed by the built-in ones if they are enabled.
    pub fn guards(&self) -> Guards {
        let numbered = self
            .guard
            .iter()
            .zip(1..)
            .map(|(rule, number)| rule.get_ref().build(number));
        Guards::new(
            numbered.collect(),
            self.builtin_guards.unwrap_or(true),
            &PANES,
        )
    }

    /// The profiles with `read_only = true`. The empty name stands for the default profile.
    pub fn read_only_profiles(&self) -> BTreeSet<Arc<str>> {
        let names = self
            .profile
            .iter()
            .filter(|(_, rules)| rules.read_only)
            .map(|(name, _)| name.get_ref().as_str());
        // AWS uses the profile `default` when none is named.
        names
            .flat_map(|name| [Some(name), (name == "default").then_some("")])
            .flatten()
            .map(Into::into)
            .collect()
    }

    /// The accounts that the screen highlights, by id or alias.
    pub fn protected_accounts(&self) -> BTreeSet<Arc<str>> {
        self.protected_accounts
            .iter()
            .map(|account| account.0.clone())
            .collect()
    }
}
