//! Opens the sessions of a run: credentials, regions, identities.

use super::{
    Session, SessionSettings,
    identity::{self, Identity},
};
use crate::aws::{
    Api, ApiCostMeter,
    credentials::{CredentialsFault, LoadMode, ProfileCredentials},
    http,
    metrics::MetricStore,
    profiles::ProfileFiles,
    region,
};
use crate::domain::{Fault, FaultCause, FaultKind, Location, UNKNOWN_ACCOUNT, region::ALL_REGIONS};
use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, identity::IdentityCache, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use futures_util::future::join_all;
use std::{collections::BTreeSet, env, sync::Arc, time::Duration};

/// Longest one attempt of a request may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest a request with all its retries may take.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);

/// The sessions of a run.
#[derive(Clone, Debug, Default)]
pub struct SessionSet {
    /// A session for every profile in every region that its account has.
    pub sessions: Vec<Session>,
    /// Regions that were left out, and why, with the profile of each.
    pub notes: Vec<(Arc<str>, Fault)>,
}

/// The identity behind a profile, as far as AWS named it.
#[derive(Clone)]
pub(super) struct ProfileIdentity {
    pub who: Option<Arc<str>>,
    pub alias: Option<Arc<str>>,
    pub unidentified: Option<Fault>,
}

impl ProfileIdentity {
    /// The identity of a profile that AWS did not name, because of `fault`.
    fn unknown(fault: Fault) -> Self {
        Self {
            who: None,
            alias: None,
            unidentified: Some(fault),
        }
    }
}

/// A session for every profile in every region. Fails if AWS accepts the credentials of no profile.
/// A profile whose account id is unknown for another reason (an emulator without STS) is opened all
/// the same, see [`Session::unidentified`].
pub async fn sessions(settings: &SessionSettings) -> Result<SessionSet, Fault> {
    let calls = ApiCostMeter::default();
    let profiles = settings.profiles_or_default();
    let opened = join_all(
        profiles
            .iter()
            .map(|profile| open(settings, profile.as_deref(), &calls)),
    )
    .await;
    let (mut set, mut failures) = (SessionSet::default(), Vec::new());
    for profile in opened {
        match profile {
            Ok(profile) => {
                set.sessions.extend(profile.sessions);
                set.notes.extend(profile.notes);
            }
            Err(fault) => failures.push(fault),
        }
    }
    let is_hopeless = set
        .sessions
        .iter()
        .all(|session| session.unidentified.as_ref().is_some_and(is_final));
    if is_hopeless {
        let unidentified = set.sessions.into_iter().find_map(|one| one.unidentified);
        return Err(failures
            .into_iter()
            .next()
            .or(unidentified)
            .unwrap_or_else(|| {
                Fault::new(
                    FaultKind::NoCredentials,
                    Api::StsGetCallerIdentity,
                    "no credentials found",
                )
            }));
    }
    // The other profiles open all the same.
    for fault in failures {
        set.notes.push(("".into(), fault));
    }
    Ok(set)
}

/// Whether STS names the account of one of the profiles with these labels now.
pub async fn is_any_identified(settings: &SessionSettings, labels: &BTreeSet<Arc<str>>) -> bool {
    let profiles = settings.profiles_or_default().into_iter();
    let profiles = profiles.filter(|profile| {
        let label = settings.label(profile.as_deref());
        labels.contains(label.as_str())
    });
    let settings = SessionSettings {
        profiles: profiles.collect(),
        ..settings.clone()
    };
    let opened = Box::pin(sessions(&settings)).await;
    opened.is_ok_and(|set| {
        let mut identities = set.sessions.iter().map(|session| &session.unidentified);
        identities.any(Option::is_none)
    })
}

/// Whether no read can succeed with this fault: waiting does not fix it.
fn is_final(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::NoCredentials | FaultKind::BadCredentials
    ) || fault.cause == FaultCause::UntrustedCertificate
}

fn configuration(fault: CredentialsFault) -> Fault {
    fault.into_fault(Api::StsGetCallerIdentity)
}

fn unusable(message: String) -> Fault {
    Fault::new(FaultKind::NoCredentials, Api::StsGetCallerIdentity, message)
        .with_cause(FaultCause::Configuration)
}

/// All regions of one profile. The error is one of the configuration.
async fn open(
    settings: &SessionSettings,
    profile: Option<&str>,
    calls: &ApiCostMeter,
) -> Result<SessionSet, Fault> {
    let endpoint = settings.endpoint();
    let files = settings.profile_files();
    let is_all = settings.regions.iter().any(|region| region == ALL_REGIONS);
    let mut regions = settings.regions.clone();
    if regions.is_empty() || is_all {
        let name = region::profile_name(profile);
        let region = region::resolve(&files, &name, endpoint.is_none()).await;
        regions = vec![region.map_err(unusable)?];
    }
    let credentials = settings.credentials.of(profile, settings);
    let sdk = config(settings, &files, profile, &regions, credentials.clone()).await?;
    // A request would give up earlier than a helper answers.
    let identity = match credentials.resolve(LoadMode::Detached).await {
        Err(fault) => Err(configuration(fault)),
        Ok(()) => identity::identify(&sdk, calls, &regions, endpoint.is_none()).await,
    };
    let label: Arc<str> = settings.label(profile).into();
    let opened = opened(&sdk, calls, identity, regions, (is_all, endpoint.is_none())).await?;
    let (known, regions, faults, account) = opened;
    if regions.is_empty() {
        let none = || unusable("no region to watch".to_owned());
        return Err(faults.into_iter().next().unwrap_or_else(none));
    }
    let metrics = MetricStore::limited(settings.watch);
    let place = |region: String| Location {
        profile: label.clone(),
        account: account.clone(),
        region: region.into(),
    };
    let session = |region: String| {
        Session::new(
            place(region),
            &sdk,
            calls,
            known.clone(),
            credentials.clone(),
        )
        .with_metrics(&metrics)
    };
    let notes = faults.into_iter().map(|fault| (label.clone(), fault));
    Ok(SessionSet {
        sessions: regions.into_iter().map(session).collect(),
        notes: notes.collect(),
    })
}

/// The identity of a profile, its regions, a fault for each region that it does not have, and its
/// account. An identity that AWS did not name is unknown, unless it must tell the regions.
async fn opened(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    identity: Result<Identity, Fault>,
    regions: Vec<String>,
    (is_all, is_aws): (bool, bool),
) -> Result<(ProfileIdentity, Vec<String>, Vec<Fault>, Arc<str>), Fault> {
    match identity {
        Ok(identity) => {
            let (regions, alias) = tokio::join!(
                regions_of(sdk, calls, regions, is_all, &identity, is_aws),
                identity::alias(sdk, calls)
            );
            let (regions, faults) = regions?;
            let known = ProfileIdentity {
                who: identity.who,
                alias,
                unidentified: None,
            };
            Ok((known, regions, faults, identity.account))
        }
        Err(fault) if is_all => Err(fault),
        Err(fault) => {
            let known = ProfileIdentity::unknown(fault);
            Ok((known, regions, Vec::new(), UNKNOWN_ACCOUNT.into()))
        }
    }
}

/// The regions to watch, and a fault for each that the account does not have.
async fn regions_of(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    regions: Vec<String>,
    is_all: bool,
    identity: &Identity,
    is_aws: bool,
) -> Result<(Vec<String>, Vec<Fault>), Fault> {
    if is_all {
        let regions = identity::all_regions(sdk, calls, identity).await;
        return regions
            .map(|regions| (regions, Vec::new()))
            .map_err(|fault| {
                let message = format!("regions = all: {}: name the regions instead", fault.message);
                Fault {
                    message: message.into(),
                    ..fault
                }
            });
    }
    if !is_aws {
        return Ok((regions, Vec::new()));
    }
    Ok(identity::enabled(sdk, calls, regions, identity).await)
}

/// The SDK's configuration of a profile: its own settings, and none of another profile.
pub(super) async fn config(
    settings: &SessionSettings,
    files: &ProfileFiles,
    profile: Option<&str>,
    regions: &[String],
    credentials: ProfileCredentials,
) -> Result<SdkConfig, Fault> {
    let name = region::profile_name(profile);
    let ca = http::ca_bundle(files, &name).map_err(unusable)?;
    let region = regions
        .first()
        .cloned()
        .unwrap_or_else(|| region::FALLBACK.to_owned());
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http::client(ca))
        .region(Region::new(region))
        .credentials_provider(credentials)
        // The provider keeps them itself and knows when they are to be read again.
        .identity_cache(IdentityCache::no_cache())
        .profile_files(region::sdk_files(&files.text_of(&name, &[])))
        .profile_name("default")
        .retry_config(RetryConfig::standard())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(http::CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
        );
    if let Ok(name) = AppName::new("spendtop") {
        loader = loader.app_name(name);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if settings.keys.is_some() {
        // A mock: no setting for the real AWS may apply to it.
        loader = loader.use_fips(false).use_dual_stack(false);
    }
    Ok(loader.load().await)
}

impl SessionSettings {
    /// The profiles; the environment's own credentials if none is named.
    pub(super) fn profiles_or_default(&self) -> Vec<Option<String>> {
        if self.profiles.is_empty() {
            vec![None]
        } else {
            self.profiles.clone()
        }
    }

    /// The credentials of each profile that a helper prints or that need an MFA code: they may take
    /// long, and may ask for something.
    pub fn interactive_credentials(&self) -> Vec<ProfileCredentials> {
        let profiles = self.profiles_or_default();
        let credentials = profiles
            .iter()
            .map(|profile| self.credentials.of(profile.as_deref(), self));
        credentials.filter(|one| one.asks().is_some()).collect()
    }

    /// The endpoint of all requests, if it is not AWS.
    fn endpoint(&self) -> Option<String> {
        self.endpoint_url
            .clone()
            .or_else(|| variable("AWS_ENDPOINT_URL"))
    }

    /// AWS's files; none for the mock.
    pub(super) fn profile_files(&self) -> ProfileFiles {
        if self.keys.is_some() {
            ProfileFiles::default()
        } else {
            ProfileFiles::read()
        }
    }

    /// The profile's name; empty for credentials from the environment.
    pub fn label(&self, profile: Option<&str>) -> String {
        match profile {
            Some(profile) => profile.to_owned(),
            None if self.keys.is_some() || variable("AWS_ACCESS_KEY_ID").is_some() => String::new(),
            None => crate::aws::profiles::from_environment().unwrap_or_default(),
        }
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
