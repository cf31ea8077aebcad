//! Loads the credentials of a profile from where its files say they come from.

use super::{CredentialsFault, MemberRole, process, role};
use crate::aws::{
    StaticCredentials,
    fault::{self, error_chain},
    http,
    profiles::{
        self, ProfileFiles,
        chain::{CredentialChain, CredentialSource},
    },
    region,
};
use crate::domain::{FaultCause, FaultKind};
use aws_config::{
    Region, ecs::EcsCredentialsProvider,
    environment::credentials::EnvironmentVariableCredentialsProvider,
    imds::credentials::ImdsCredentialsProvider, meta::credentials::CredentialsProviderChain,
    profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use aws_sdk_sts::config::Credentials;
use std::{env, sync::Arc, time::Duration};

/// Longest that STS, SSO or the machine's metadata may take.
pub(super) const LOAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether a load may use the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadMode {
    /// A helper may prompt, and the program prompts for an MFA code.
    Interactive,
    /// No prompt is possible.
    Detached,
}

/// The settings of a load.
#[derive(Clone, Debug)]
pub struct LoadSettings {
    /// The named profile; `None`: as the environment says.
    pub profile: Option<String>,
    /// Fixed credentials.
    pub keys: Option<StaticCredentials>,
    /// The endpoint of all requests, if it is not AWS.
    pub endpoint_url: Option<String>,
    /// The role in a member account of an organization: everything else is not read then.
    pub member: Option<Arc<MemberRole>>,
}

/// The source of the credentials, by the settings, the environment and AWS's files.
pub(super) enum Source {
    Environment,
    Profile(String, CredentialChain),
    /// The role of the machine or the container; with the profile that has no credentials.
    Machine(Option<String>),
}

pub(super) fn find(
    settings: &LoadSettings,
    files: &ProfileFiles,
) -> Result<Source, CredentialsFault> {
    let is_set = |name: &str| env::var(name).is_ok_and(|value| !value.trim().is_empty());
    if settings.profile.is_none() && is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY")
    {
        return Ok(Source::Environment);
    }
    let named = settings.profile.clone().or_else(profiles::from_environment);
    let name = named.clone().unwrap_or_else(|| "default".to_owned());
    if let Some(line) = files.broken_line(&name) {
        return Err(CredentialsFault::unusable(format!(
            "{line}: profile {name} has a line without `=`: write it as key = value"
        )));
    }
    if !files.has(&name) {
        return match named {
            Some(name) => Err(CredentialsFault::unusable(unknown_profile(&name, files))),
            None => Ok(Source::Machine(None)),
        };
    }
    let chain = CredentialChain::of(files, &name).map_err(CredentialsFault::unusable)?;
    Ok(match chain {
        Some(chain) => Source::Profile(name, chain),
        None => Source::Machine(named),
    })
}

fn unknown_profile(name: &str, files: &ProfileFiles) -> String {
    let known: Vec<String> = files.names().into_iter().collect();
    let known = if known.is_empty() {
        String::new()
    } else {
        format!(" (there are {})", known.join(", "))
    };
    format!(
        "profile `{name}` does not exist in {}{known}",
        profiles::path_names()
    )
}

/// The profile whose helper may take long or ask, or whose role wants an MFA code.
pub(super) fn asks(settings: &LoadSettings) -> Option<String> {
    if settings.keys.is_some() || settings.member.is_some() {
        return None;
    }
    match find(settings, &ProfileFiles::read()) {
        Ok(Source::Profile(name, chain)) => {
            (chain.helper().is_some() || chain.mfa_role().is_some()).then_some(name)
        }
        _ => None,
    }
}

/// Loads the credentials of `settings`.
pub(super) async fn load(
    settings: &LoadSettings,
    mode: LoadMode,
) -> Result<Credentials, CredentialsFault> {
    if let Some(member) = &settings.member {
        return role::assume_member(settings, member, mode).await;
    }
    if let Some(keys) = &settings.keys {
        return Ok(Credentials::new(
            &keys.id,
            &keys.secret,
            None,
            None,
            "fixed",
        ));
    }
    let files = ProfileFiles::read();
    match find(settings, &files)? {
        Source::Environment => {
            let provider = EnvironmentVariableCredentialsProvider::new();
            provide(&provider, "the environment").await
        }
        Source::Machine(profile) => load_machine(profile).await,
        Source::Profile(name, chain) => load_chain(settings, &files, &name, chain, mode).await,
    }
}

async fn provide(
    provider: &impl ProvideCredentials,
    of: &str,
) -> Result<Credentials, CredentialsFault> {
    match tokio::time::timeout(LOAD_TIMEOUT, provider.provide_credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        Ok(Err(error)) => Err(sdk_fault(of, &error)),
        Err(_) => Err(CredentialsFault::new(
            FaultKind::Timeout,
            FaultCause::Other,
            format!("{of}: no credentials within {} s", LOAD_TIMEOUT.as_secs()),
        )),
    }
}

fn sdk_fault(of: &str, error: &CredentialsError) -> CredentialsFault {
    let text = fault::sanitize(&error_chain(error));
    // The machine is the last source: one without a role has no such token.
    let is_missing = text.to_lowercase().contains("imds session token");
    if is_missing || matches!(error, CredentialsError::CredentialsNotLoaded(_)) {
        return CredentialsFault::missing(format!("{of}: no credentials ({text})"));
    }
    // The load may have failed to reach the service of the credentials, such as SSO.
    let kind = match error {
        CredentialsError::ProviderTimedOut(_) => FaultKind::Timeout,
        _ => fault::transport_kind(error).unwrap_or(FaultKind::BadCredentials),
    };
    CredentialsFault::new(
        kind,
        fault::cause_of_transport(&text),
        format!("{of}: {text}"),
    )
}

/// The credentials of the container or the machine.
async fn load_machine(profile: Option<String>) -> Result<Credentials, CredentialsFault> {
    let http = http::client(None);
    let provider = ProviderConfig::without_region()
        .with_http_client(http)
        .with_region(Some(Region::new(region::FALLBACK)));
    let chain = CredentialsProviderChain::first_try(
        "WebIdentityToken",
        WebIdentityTokenCredentialsProvider::builder()
            .configure(&provider)
            .build(),
    )
    .or_else(
        "EcsContainer",
        EcsCredentialsProvider::builder()
            .configure(&provider)
            .build(),
    )
    .or_else(
        "Ec2InstanceMetadata",
        ImdsCredentialsProvider::builder()
            .configure(&provider)
            .imds_client(region::metadata_client())
            .build(),
    );
    let of = match &profile {
        Some(profile) => format!("profile {profile}"),
        None => "no profile".to_owned(),
    };
    let loaded = provide(&chain, &of).await;
    loaded.map_err(|fault| match profile {
        Some(profile) if fault.kind == FaultKind::NoCredentials => CredentialsFault::missing(
            format!("profile `{profile}` holds no credentials, and the machine has no role"),
        ),
        None if fault.kind == FaultKind::NoCredentials => CredentialsFault::missing(
            "no credentials in the environment, the default profile, or from the machine's role",
        ),
        _ => fault,
    })
}

async fn load_chain(
    settings: &LoadSettings,
    files: &ProfileFiles,
    name: &str,
    chain: CredentialChain,
    mode: LoadMode,
) -> Result<Credentials, CredentialsFault> {
    let http = http::client(http::ca_bundle(files, name).map_err(CredentialsFault::unusable)?);
    let region = region::of_profile(files, name)
        .ok()
        .flatten()
        .unwrap_or_else(|| region::FALLBACK.to_owned());
    let mut credentials = match chain.source {
        CredentialSource::Keys { id, secret, token } => {
            Credentials::new(id, secret, token, None, "profile")
        }
        CredentialSource::Process { profile, command } => {
            process::run(&profile, &command, mode).await?
        }
        CredentialSource::Sdk { profile } => {
            let is_assumed_here = chain.roles.iter().any(|role| role.profile == profile);
            let skipped: &[&str] = if is_assumed_here { &["role_arn"] } else { &[] };
            let provider = ProviderConfig::without_region()
                .with_http_client(http.clone())
                .with_region(Some(Region::new(region.clone())));
            let provider = ProfileFileCredentialsProvider::builder()
                .configure(&provider)
                .profile_files(region::sdk_files(&files.text_of(&profile, skipped)))
                .profile_name("default")
                .build();
            provide(&provider, &format!("profile {profile}")).await?
        }
    };
    for role in &chain.roles {
        credentials =
            role::assume(settings, role, credentials, http.clone(), &region, mode).await?;
    }
    Ok(credentials)
}
