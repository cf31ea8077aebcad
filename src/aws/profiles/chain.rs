//! How a profile gets its credentials: a source, and the roles assumed with it, in order.
//!
//! The order within a profile is botocore's: role, web identity, SSO, login session, credential
//! process, keys.

use super::ProfileFiles;
use std::{collections::BTreeSet, fmt, time::Duration};

/// A role that a profile assumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumedRole {
    /// The profile that names it.
    pub profile: String,
    /// Its ARN.
    pub arn: String,
    /// `role_session_name`.
    pub session_name: Option<String>,
    /// `external_id`.
    pub external_id: Option<String>,
    /// `mfa_serial`.
    pub mfa_serial: Option<String>,
    /// `duration_seconds`.
    pub duration: Option<Duration>,
}

/// Where the first credentials of a chain come from.
#[derive(Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// Keys in a file.
    Keys {
        /// Access key id.
        id: String,
        /// Secret access key.
        secret: String,
        /// Session token.
        token: Option<String>,
    },
    /// A program that prints them.
    Process {
        /// The profile that names it.
        profile: String,
        /// The command line.
        command: String,
    },
    /// SSO, web identity, a login session, or `credential_source`: the SDK reads this profile.
    Sdk {
        /// The profile.
        profile: String,
    },
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys { .. } => "Keys(..)",
            Self::Process { .. } => "Process(..)",
            Self::Sdk { .. } => "Sdk(..)",
        })
    }
}

/// The source of a profile's credentials, and the roles assumed with it, the first one first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialChain {
    /// The first credentials.
    pub source: CredentialSource,
    /// Roles.
    pub roles: Vec<AssumedRole>,
}

/// Keys that show that the SDK reads the profile's credentials.
const SDK_KEYS: [&str; 4] = [
    "sso_session",
    "sso_start_url",
    "login_session",
    "web_identity_token_file",
];

impl CredentialChain {
    /// The chain of `profile`; `Ok(None)` if the profile exists and has no credentials. The error
    /// is one sentence with file, line and cure.
    pub fn of(files: &ProfileFiles, profile: &str) -> Result<Option<Self>, String> {
        let mut roles = Vec::new();
        let mut seen = BTreeSet::new();
        let mut current = profile.to_owned();
        loop {
            if !seen.insert(current.clone()) {
                return Err(format!(
                    "profile {current}: source_profile leads back to itself"
                ));
            }
            let value = |key: &str| files.value(&current, key);
            let is_role = value("role_arn").is_some() && value("web_identity_token_file").is_none();
            if !is_role {
                let source = source(files, &current)?;
                return Ok(source.map(|source| Self::new(source, roles)));
            }
            roles.push(role(files, &current)?);
            if value("credential_source").is_some() {
                let source = CredentialSource::Sdk { profile: current };
                return Ok(Some(Self::new(source, roles)));
            }
            let Some(next) = next(files, &current)? else {
                // A profile may assume its role with its own keys.
                let source = keys(files, &current)?
                    .ok_or_else(|| missing(files, &current, "role_arn", "source_profile = NAME"))?;
                return Ok(Some(Self::new(source, roles)));
            };
            current = next;
        }
    }

    fn new(source: CredentialSource, mut roles: Vec<AssumedRole>) -> Self {
        roles.reverse();
        Self { source, roles }
    }

    /// The program that prints the first credentials: the profile that names it.
    pub fn helper(&self) -> Option<&str> {
        match &self.source {
            CredentialSource::Process { profile, .. } => Some(profile),
            _ => None,
        }
    }

    /// The first role that asks for an MFA code.
    pub fn mfa_role(&self) -> Option<&AssumedRole> {
        self.roles.iter().find(|role| role.mfa_serial.is_some())
    }
}

/// The profile that `current` assumes its role with; `None`: with its own keys.
fn next(files: &ProfileFiles, current: &str) -> Result<Option<String>, String> {
    let Some(setting) = files.setting(current, "source_profile") else {
        return Err(missing(files, current, "role_arn", "source_profile = NAME"));
    };
    let next = &setting.setting.value;
    if next == current {
        return Ok(None);
    }
    if !files.has(next) {
        return Err(format!(
            "{}: source_profile {next} is no profile: define it, or name one of {}",
            setting.place(),
            files.names().into_iter().collect::<Vec<_>>().join(", ")
        ));
    }
    Ok(Some(next.clone()))
}

fn role(files: &ProfileFiles, profile: &str) -> Result<AssumedRole, String> {
    let value = |key: &str| files.value(profile, key);
    let duration = match files.setting(profile, "duration_seconds") {
        None => None,
        Some(setting) => Some(Duration::from_secs(setting.setting.value.parse().map_err(
            |_| {
                format!(
                    "{}: duration_seconds is no number of seconds: write one from 900 to 43200",
                    setting.place()
                )
            },
        )?)),
    };
    Ok(AssumedRole {
        profile: profile.to_owned(),
        arn: value("role_arn").unwrap_or_default(),
        session_name: value("role_session_name"),
        external_id: value("external_id"),
        mfa_serial: value("mfa_serial"),
        duration,
    })
}

fn source(files: &ProfileFiles, profile: &str) -> Result<Option<CredentialSource>, String> {
    let value = |key: &str| files.value(profile, key);
    if SDK_KEYS.iter().any(|key| value(key).is_some()) {
        return Ok(Some(CredentialSource::Sdk {
            profile: profile.to_owned(),
        }));
    }
    if let Some(command) = value("credential_process")
        && value("aws_access_key_id").is_none()
    {
        return Ok(Some(CredentialSource::Process {
            profile: profile.to_owned(),
            command,
        }));
    }
    keys(files, profile)
}

fn keys(files: &ProfileFiles, profile: &str) -> Result<Option<CredentialSource>, String> {
    let value = |key: &str| files.value(profile, key);
    match (value("aws_access_key_id"), value("aws_secret_access_key")) {
        (Some(id), Some(secret)) => Ok(Some(CredentialSource::Keys {
            id,
            secret,
            token: value("aws_session_token").or_else(|| value("aws_security_token")),
        })),
        (Some(_), None) => Err(missing(
            files,
            profile,
            "aws_access_key_id",
            "aws_secret_access_key",
        )),
        (None, Some(_)) => Err(missing(
            files,
            profile,
            "aws_secret_access_key",
            "aws_access_key_id",
        )),
        (None, None) => Ok(None),
    }
}

/// `config:7: profile x has role_arn and no source_profile: add it`.
fn missing(files: &ProfileFiles, profile: &str, has: &str, lacks: &str) -> String {
    let place = files
        .setting(profile, has)
        .map_or_else(String::new, |setting| format!("{}: ", setting.place()));
    format!("{place}profile {profile} has {has} without {lacks}: add it there")
}
