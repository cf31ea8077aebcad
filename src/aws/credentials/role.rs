//! Credentials of a role: those of another source assume it.

use super::{CredentialsFault, LoadMode, LoadSettings, ProfileCredentials, load::LOAD_TIMEOUT};
use crate::aws::{fault, http, profiles::chain::AssumedRole, region};
use crate::domain::{FaultCause, FaultKind};
use aws_config::{BehaviorVersion, Region, identity::IdentityCache, timeout::TimeoutConfig};
use aws_sdk_sts::config::Credentials;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use std::{
    io::{self, Write},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Longest answer to one request for credentials.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// A role that another profile's credentials assume, which no file names.
#[derive(Clone, Debug)]
pub struct MemberRole {
    /// The credentials that assume it.
    pub source: ProfileCredentials,
    /// The role.
    pub role: AssumedRole,
    /// The region of the request to STS.
    pub region: Arc<str>,
    /// The connections of the source's requests.
    pub http: SharedHttpClient,
}

/// Assumes the role of a member account with the credentials of its source.
pub(super) async fn assume_member(
    settings: &LoadSettings,
    member: &MemberRole,
    mode: LoadMode,
) -> Result<Credentials, CredentialsFault> {
    let source = member.source.current().await?;
    let http = member.http.clone();
    assume(settings, &member.role, source, http, &member.region, mode).await
}

/// Assumes `role` with `credentials`.
pub(super) async fn assume(
    settings: &LoadSettings,
    role: &AssumedRole,
    credentials: Credentials,
    http: SharedHttpClient,
    region: &str,
    mode: LoadMode,
) -> Result<Credentials, CredentialsFault> {
    let code = match &role.mfa_serial {
        Some(serial) => Some(ask_code(role, serial, mode).await?),
        None => None,
    };
    let client = sts(settings, credentials, http, region).await;
    let answer = client
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(session_name(role))
        .set_external_id(role.external_id.clone())
        .set_duration_seconds(role.duration.map(|time| time.as_secs() as i32))
        .set_serial_number(role.mfa_serial.clone())
        .set_token_code(code)
        .send()
        .await;
    let of = format!("profile {}: sts:AssumeRole {}", role.profile, role.arn);
    let answer = answer.map_err(|error| {
        let fault = fault::from_sdk("sts:AssumeRole", &error);
        // If AWS refuses the role, the profile has no usable credentials; without an answer it
        // may have them.
        let kind = match fault.kind {
            FaultKind::Network | FaultKind::Timeout => fault.kind,
            _ => FaultKind::BadCredentials,
        };
        CredentialsFault::new(kind, fault.cause, format!("{of}: {}", fault.message))
    })?;
    let given = answer
        .credentials()
        .ok_or_else(|| CredentialsFault::failed(format!("{of}: the answer has no credentials")))?;
    Ok(Credentials::new(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token().to_owned()),
        SystemTime::try_from(*given.expiration()).ok(),
        "AssumeRole",
    ))
}

/// A client of STS for `credentials`.
async fn sts(
    settings: &LoadSettings,
    credentials: Credentials,
    http: SharedHttpClient,
    region: &str,
) -> aws_sdk_sts::Client {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::no_cache())
        .profile_files(region::sdk_files(""))
        .profile_name("default")
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(http::CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(LOAD_TIMEOUT)
                .build(),
        );
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    aws_sdk_sts::Client::new(&loader.load().await)
}

fn session_name(role: &AssumedRole) -> String {
    role.session_name.clone().unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        format!("spendtop-{}", now.map_or(0, |now| now.as_secs()))
    })
}

/// Asks for the code of an MFA device.
async fn ask_code(
    role: &AssumedRole,
    serial: &str,
    mode: LoadMode,
) -> Result<String, CredentialsFault> {
    let needed = || {
        let profile = &role.profile;
        CredentialsFault::new(
            FaultKind::BadCredentials,
            FaultCause::MfaRequired,
            format!(
                "profile {profile} needs an MFA code ({serial}), which is asked for only at the \
                 start in a terminal: start spendtop there again, or export temporary credentials \
                 first with `aws configure export-credentials --profile {profile} --format env`"
            ),
        )
    };
    if mode == LoadMode::Detached {
        return Err(needed());
    }
    // A closed stderr is not an error.
    drop(write!(
        io::stderr(),
        "MFA code for {serial} (profile {}; q leaves): ",
        role.profile
    ));
    drop(io::stderr().flush());
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    })
    .await;
    match line {
        Ok(Ok(line)) if line.trim() == "q" => Err(CredentialsFault::new(
            FaultKind::BadCredentials,
            FaultCause::Declined,
            "no MFA code was entered",
        )),
        Ok(Ok(line)) if !line.trim().is_empty() => Ok(line.trim().to_owned()),
        _ => Err(needed()),
    }
}
