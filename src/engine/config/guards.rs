//! What the configuration says of acting: guards, read-only profiles, protected accounts.

use super::Config;
use crate::{
    collectors,
    domain::{Operation, PaneMeta},
    inventory::{
        guards::{Effect, Guard, Guards},
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

/// Filters are read over the fields of all panes.
static PANES: LazyLock<Arc<[PaneMeta]>> = LazyLock::new(collectors::metas);

/// What a guard's `then` may say.
const EFFECTS: &str = "expected one of deny, confirm, type-name, type-account, max-bulk";

/// `[[guard]]`. What its parts say together is checked by [`Config::check_guards`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardConfig {
    #[serde(default)]
    when: MatchFilter,
    #[serde(default)]
    operations: Vec<OperationWord>,
    #[serde(default)]
    accounts: Vec<AccountRef>,
    #[serde(default)]
    profiles: Vec<Spanned<ProfileName>>,
    then: Option<Spanned<EffectName>>,
    most: Option<Spanned<MaxTargets>>,
    reason: Option<String>,
    /// Where it stands: `config.toml:41`.
    #[serde(skip)]
    place: Arc<str>,
}

/// What is wrong, and where in the text.
type Wrong = (Range<usize>, String);

impl GuardConfig {
    /// What it does; `whole` is where it stands.
    fn effect(&self, whole: Range<usize>) -> Result<Effect, Wrong> {
        let Some(then) = &self.then else {
            return Err((whole, format!("this guard has no `then`: {EFFECTS}")));
        };
        match (then.get_ref(), &self.most) {
            (EffectName::MaxBulk, Some(most)) if most.get_ref().0 == 0 => Err((
                most.span(),
                "`most` is 0: write `then = \"deny\"` instead".to_owned(),
            )),
            (EffectName::MaxBulk, Some(most)) => Ok(Effect::MaxBulk(most.get_ref().0)),
            (EffectName::MaxBulk, None) => Err((
                then.span(),
                "`max-bulk` needs `most`: how many at once, like `most = 10`".to_owned(),
            )),
            (_, Some(most)) => Err((
                most.span(),
                "`most` is for `then = \"max-bulk\"` only".to_owned(),
            )),
            (EffectName::Deny, None) => Ok(Effect::Deny),
            (EffectName::Confirm, None) => Ok(Effect::Confirm),
            (EffectName::TypeName, None) => Ok(Effect::TypeName),
            (EffectName::TypeAccount, None) => Ok(Effect::TypeAccount),
        }
    }

    /// Says where it stands.
    pub(super) fn stands_at(&mut self, place: Arc<str>) {
        self.place = place;
    }

    /// The profiles it is about, and the byte that each stands at.
    pub(super) fn profiles(&self) -> impl Iterator<Item = (&str, usize)> {
        self.profiles
            .iter()
            .map(|name| (&*name.get_ref().0, name.span().start))
    }

    /// As it is applied, under its number and its place.
    fn guard(&self, number: usize) -> Guard {
        let reason = self
            .reason
            .as_ref()
            .map(|reason| reason.trim())
            .filter(|reason| !reason.is_empty());
        Guard {
            name: if self.place.is_empty() {
                format!("guard {number}")
            } else {
                format!("guard {number}, {}", self.place)
            }
            .into(),
            when: self.when.0.clone(),
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
            // Checked when it was read; what was not is no way through.
            then: self.effect(0..0).unwrap_or(Effect::Deny),
            reason: reason.map(Into::into),
        }
    }
}

/// A filter over the rows of all panes.
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
                "`{text}` is no filter: at character {at}: {}",
                error.message
            )
        })
    }
}

/// An operation by its word.
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

/// An account by its id (also in groups of four) or its alias.
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
                "`{text}` is no account: expected twelve digits, or an alias in lower case"
            )),
        }
    }
}

/// The name of a profile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct ProfileName(Arc<str>);

impl TryFrom<String> for ProfileName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() {
            Err("a profile's name is empty".to_owned())
        } else {
            Ok(Self(text.into()))
        }
    }
}

/// How many at once. A count below one is told apart from what is no count at all.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Value")]
struct MaxTargets(usize);

impl TryFrom<toml::Value> for MaxTargets {
    type Error = String;
    fn try_from(value: toml::Value) -> Result<Self, String> {
        let count = value
            .as_integer()
            .and_then(|count| usize::try_from(count).ok());
        count.map(Self).ok_or_else(|| format!("`{value}` is no count of targets: `most` is a whole number, 1 or more, like `most = 10`"))
    }
}

/// The word of an effect.
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
    /// Build nothing that could change what this profile reaches.
    pub read_only: bool,
}

impl Config {
    /// What is wrong with a guard as a whole, if anything is.
    pub(super) fn check_guards(&self) -> Result<(), Wrong> {
        self.guard
            .iter()
            .try_for_each(|rule| rule.get_ref().effect(rule.span()).map(drop))
    }

    /// The guards in their order, and those built in.
    pub fn guards(&self) -> Guards {
        let numbered = self
            .guard
            .iter()
            .zip(1..)
            .map(|(rule, number)| rule.get_ref().guard(number));
        Guards::new(
            numbered.collect(),
            self.builtin_guards.unwrap_or(true),
            &PANES,
        )
    }

    /// The profiles that nothing is changed through.
    pub fn locked(&self) -> BTreeSet<Arc<str>> {
        let names = self
            .profile
            .iter()
            .filter(|(_, rules)| rules.read_only)
            .map(|(name, _)| name.get_ref().as_str());
        // Without a name AWS takes the profile called `default`.
        names
            .flat_map(|name| [Some(name), (name == "default").then_some("")])
            .flatten()
            .map(Into::into)
            .collect()
    }

    /// The accounts that are drawn unlike others.
    pub fn protected(&self) -> BTreeSet<Arc<str>> {
        self.protected_accounts
            .iter()
            .map(|account| account.0.clone())
            .collect()
    }
}
