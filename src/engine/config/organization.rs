//! Configuration of an organization: which of its accounts are watched, and through which role.

use super::guards::ProfileName;
use crate::aws::organization::OrganizationSettings;
use serde::Deserialize;
use std::str::FromStr;
use toml::Spanned;

/// `[organization]`: watches the accounts of an AWS organization through one profile, each in the
/// regions in which its bill of the last three days has AI/ML dollars.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganizationConfig {
    /// Profile of the management account, or of a delegated administrator: it lists the accounts,
    /// reads the bill and assumes the role. Required.
    management_profile: Spanned<ProfileName>,
    /// Name of the role to assume in every account, with its path. Required.
    role: RoleName,
    /// External id that the role's trust policy asks for.
    external_id: Option<ExternalId>,
    /// Accounts to watch, by id or name (`research *`). Empty: all active ones.
    #[serde(default)]
    include: Vec<AccountPattern>,
    /// Accounts to leave out, by id or name (`sandbox *`).
    #[serde(default)]
    exclude: Vec<AccountPattern>,
}

/// The name of a role, as IAM allows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct RoleName(String);

/// An external id, as STS allows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct ExternalId(String);

/// An account by id or name, with `*`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct AccountPattern(String);

/// Whether `text` has letters, digits and `signs` only.
fn is_made_of(text: &str, signs: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

impl TryFrom<String> for RoleName {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if is_made_of(&text, "_+=,.@-/") && !text.starts_with('/') && !text.ends_with('/') {
            Ok(Self(text))
        } else {
            Err(format!(
                "`{text}` is not the name of a role: expected one like `finops-reader`, without \
                 `arn:` and account"
            ))
        }
    }
}

impl RoleName {
    /// The name, with its path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for ExternalId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if (2..=1_224).contains(&text.len()) && is_made_of(&text, "_+=,.@:/-") {
            Ok(Self(text))
        } else {
            Err("the external id has 2 to 1224 letters, digits and _+=,.@:/-".to_owned())
        }
    }
}

impl TryFrom<String> for AccountPattern {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("an account is an id or a name, with `*` for any characters".to_owned());
        }
        // An id may be written in groups of four.
        let digits = text.replace('-', "");
        let is_id = digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit());
        Ok(Self(if is_id { digits } else { text }))
    }
}

impl OrganizationConfig {
    /// The profile that lists the accounts.
    pub fn management_profile(&self) -> &str {
        &self.management_profile.get_ref().0
    }

    /// Where its name stands in the file.
    pub(super) fn profile_start(&self) -> usize {
        self.management_profile.span().start
    }

    /// The settings of the sessions.
    pub fn settings(&self) -> OrganizationSettings {
        let words = |patterns: &[AccountPattern]| {
            patterns.iter().map(|pattern| pattern.0.clone()).collect()
        };
        OrganizationSettings {
            management_profile: Some(self.management_profile().to_owned()),
            role: self.role.0.clone(),
            external_id: self.external_id.as_ref().map(|id| id.0.clone()),
            include: words(&self.include),
            exclude: words(&self.exclude),
        }
    }
}
