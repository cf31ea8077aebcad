//! Where the credentials of a profile come from, in words for a person. Nothing is loaded.

use super::load::{LoadSettings, Source, find};
use crate::aws::profiles::{ProfileFiles, chain::CredentialSource};

/// The source that a load waits for: `credential_process of profile prod`.
pub(super) fn describe(settings: &LoadSettings) -> String {
    if let Some(member) = &settings.member {
        return format!("the role {}", member.role.arn);
    }
    let chain = match find(settings, &ProfileFiles::read()) {
        Ok(Source::Profile(name, chain)) => Some((name, chain)),
        _ => None,
    };
    match (chain, &settings.profile) {
        (Some((_, chain)), _) if chain.helper().is_some() => format!(
            "credential_process of profile {}",
            chain.helper().unwrap_or_default()
        ),
        (Some((name, _)), _) => format!("the credentials of profile {name}"),
        (None, Some(profile)) => format!("the credentials of profile {profile}"),
        (None, None) => "the machine's credentials".to_owned(),
    }
}

/// Where the credentials come from, for a person; the files decide, nothing is loaded.
pub(super) fn origin(settings: &LoadSettings) -> String {
    if settings.keys.is_some() {
        return "fixed keys".to_owned();
    }
    if let Some(member) = &settings.member {
        return format!("role {}", member.role.arn);
    }
    let (name, chain) = match find(settings, &ProfileFiles::read()) {
        Ok(Source::Environment) => return "keys of the environment".to_owned(),
        Ok(Source::Machine(_)) => return "role of the machine or container".to_owned(),
        Ok(Source::Profile(name, chain)) => (name, chain),
        Err(_) => return "not usable".to_owned(),
    };
    let first = match &chain.source {
        CredentialSource::Keys { .. } => format!("keys of profile {name}"),
        CredentialSource::Process { profile, .. } => {
            format!("credential_process of profile {profile}")
        }
        CredentialSource::Sdk { profile } => format!("SSO or web identity of profile {profile}"),
    };
    let roles = chain
        .roles
        .iter()
        .map(|role| format!(", role {}", role.arn));
    std::iter::once(first).chain(roles).collect()
}
