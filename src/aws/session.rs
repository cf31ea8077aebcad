//! A session: one profile in one region, with a client for every service.
//!
//! Every request is bounded in time: connect 3 s, attempt 10 s, operation 30 s, instance metadata
//! 1 s.

use super::{
    ApiCostMeter, fault,
    http::{self, ProxyRoute},
    preflight::InstanceStoreSizes,
    tags::RecentlyTagged,
};
use crate::aws::Api;
use crate::domain::{Fault, FaultKind, Location};
use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig,
    default_provider::credentials::DefaultCredentialsChain,
    environment::region::EnvironmentVariableRegionProvider,
    identity::IdentityCache,
    imds,
    meta::region::{ProvideRegion, RegionProviderChain},
    profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider},
    provider_config::ProviderConfig,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use std::{fmt, sync::Arc, time::Duration};

/// The region if nothing names one.
const FALLBACK_REGION: &str = "us-east-1";
/// Longest one attempt of a request may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// Longest a request with all its retries may take.
const OPERATION: Duration = Duration::from_secs(30);
/// Longest wait for the instance's metadata service.
const METADATA: Duration = Duration::from_secs(1);
/// Longest wait for the account's id.
const IDENTITY: Duration = Duration::from_secs(12);
/// Longest wait for the account's alias, which is optional.
const ALIAS: Duration = Duration::from_secs(3);

/// Operations that opening a session calls and that need a permission.
pub const NEEDS: &[Api] = &[Api::IamListAccountAliases];

/// Fixed credentials, for the mock.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// Access key id.
    pub id: String,
    /// Secret access key.
    pub secret: String,
}

impl StaticCredentials {
    /// Credentials that only a mock accepts.
    pub fn demo() -> Self {
        Self {
            id: "spendtop-demo".into(),
            secret: "spendtop-demo".into(),
        }
    }
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// The sessions to open.
#[derive(Clone, Debug, Default)]
pub struct SessionSettings {
    /// Named profiles; `None`, or an empty list, is the environment's own credentials.
    pub profiles: Vec<Option<String>>,
    /// Region codes; empty: as environment or profile say.
    pub regions: Vec<String>,
    /// Overrides every endpoint, `AWS_ENDPOINT_URL[_SERVICE]` included.
    pub endpoint_url: Option<String>,
    /// Used instead of any credentials found.
    pub keys: Option<StaticCredentials>,
}

/// One profile in one region. Clones share clients and connections.
#[derive(Clone, Debug)]
pub struct Session {
    /// Profile, account and region.
    pub place: Location,
    /// Counts requests and their cost; shared by all sessions opened together.
    pub calls: ApiCostMeter,
    /// The ARN of the identity, as STS returns it; `None` if STS did not answer.
    pub who: Option<Arc<str>>,
    /// The alias of the account, if it has one that may be read.
    pub alias: Option<Arc<str>>,
    /// Why the account id is unknown; `place.account` is `-` then.
    pub unidentified: Option<Fault>,
    /// The endpoint of all requests, if it is not AWS.
    pub(crate) endpoint: Option<Arc<str>>,
    /// Resources whose tags this program changed after reading them.
    pub(crate) retagged: RecentlyTagged,
    /// Sizes of instance store volumes by type.
    pub(crate) disks: InstanceStoreSizes,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) sagemaker: aws_sdk_sagemaker::Client,
    pub(crate) bedrock: aws_sdk_bedrock::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) costs: aws_sdk_costexplorer::Client,
    pub(crate) scaling: aws_sdk_applicationautoscaling::Client,
    pub(crate) pricing: aws_sdk_pricing::Client,
    pub(crate) budgets: aws_sdk_budgets::Client,
}

impl Session {
    fn new(place: Location, sdk: &SdkConfig, calls: &ApiCostMeter, known: ProfileIdentity) -> Self {
        let endpoint = sdk.endpoint_url().map(Arc::from);
        let sdk = sdk
            .to_builder()
            .region(Region::new(place.region.to_string()))
            .build();
        // `AWS_BEARER_TOKEN_BEDROCK` would switch this one service to another identity than all the
        // others.
        let bedrock = aws_sdk_bedrock::config::Builder::from(&sdk)
            .auth_scheme_preference([AuthSchemeId::from("sigv4")]);
        Self {
            place,
            who: known.who,
            alias: known.alias,
            unidentified: known.unidentified,
            endpoint,
            ec2: aws_sdk_ec2::Client::from_conf(
                aws_sdk_ec2::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            sagemaker: aws_sdk_sagemaker::Client::from_conf(
                aws_sdk_sagemaker::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            bedrock: aws_sdk_bedrock::Client::from_conf(bedrock.interceptor(calls.clone()).build()),
            cloudwatch: aws_sdk_cloudwatch::Client::from_conf(
                aws_sdk_cloudwatch::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            costs: aws_sdk_costexplorer::Client::from_conf(
                aws_sdk_costexplorer::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            scaling: aws_sdk_applicationautoscaling::Client::from_conf(
                aws_sdk_applicationautoscaling::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            pricing: aws_sdk_pricing::Client::from_conf(
                aws_sdk_pricing::config::Builder::from(&sdk)
                    .region(Some(Region::new(super::price_list::HOME)))
                    .interceptor(calls.clone())
                    .build(),
            ),
            budgets: aws_sdk_budgets::Client::from_conf(
                aws_sdk_budgets::config::Builder::from(&sdk)
                    .interceptor(calls.clone())
                    .build(),
            ),
            retagged: RecentlyTagged::default(),
            disks: InstanceStoreSizes::default(),
            calls: calls.clone(),
        }
    }
}

/// A session for every profile in every region. Fails if AWS accepts the credentials of no profile.
/// A profile whose account id is unknown for another reason (an emulator without STS) is opened all
/// the same, see [`Session::unidentified`].
pub async fn sessions(settings: &SessionSettings) -> Result<Vec<Session>, Fault> {
    let calls = ApiCostMeter::default();
    let profiles = if settings.profiles.is_empty() {
        vec![None]
    } else {
        settings.profiles.clone()
    };
    let opened = futures_util::future::join_all(
        profiles
            .iter()
            .map(|profile| open(settings, profile.as_deref(), &calls)),
    )
    .await;
    let hopeless = |sessions: &Vec<Session>| {
        sessions
            .iter()
            .find_map(|session| session.unidentified.clone().filter(is_credentials))
    };
    if let Some(faults) = opened.iter().map(hopeless).collect::<Option<Vec<Fault>>>() {
        return Err(faults.into_iter().next().unwrap_or_else(|| {
            Fault::new(
                FaultKind::NoCredentials,
                Api::StsGetCallerIdentity,
                "no credentials found",
            )
        }));
    }
    Ok(opened.into_iter().flatten().collect())
}

fn is_credentials(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        FaultKind::NoCredentials | FaultKind::BadCredentials
    )
}

/// All regions of one profile.
async fn open(
    settings: &SessionSettings,
    profile: Option<&str>,
    calls: &ApiCostMeter,
) -> Vec<Session> {
    let endpoint = settings
        .endpoint_url
        .clone()
        .or_else(|| variable("AWS_ENDPOINT_URL"));
    let client = http::client(ProxyRoute::to(endpoint.as_deref()));
    let metadata = metadata_client();
    let regions = match settings.regions.as_slice() {
        [] => vec![resolve_region(profile, endpoint.is_none().then_some(&metadata)).await],
        named => named.to_vec(),
    };
    let first = Region::new(
        regions
            .first()
            .cloned()
            .unwrap_or_else(|| FALLBACK_REGION.to_owned()),
    );
    let provider = ProviderConfig::without_region()
        .with_http_client(client.clone())
        .with_region(Some(first.clone()));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .region(first)
        .credentials_provider(credentials(settings, profile, &provider, metadata).await)
        .identity_cache(
            IdentityCache::lazy()
                .load_timeout(Duration::from_secs(20))
                .build(),
        )
        .retry_config(RetryConfig::standard())
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(http::CONNECT)
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(OPERATION)
                .build(),
        );
    if let Ok(name) = AppName::new("spendtop") {
        loader = loader.app_name(name);
    }
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if settings.keys.is_some() {
        // A mock: no setting for the real AWS may apply to it.
        #[expect(
            deprecated,
            reason = "the new name stands in a crate that nothing else here needs"
        )]
        let none = {
            use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};
            ProfileFiles::builder()
                .with_contents(ProfileFileKind::Config, "")
                .build()
        };
        loader = loader
            .use_fips(false)
            .use_dual_stack(false)
            .profile_files(none);
    }
    let sdk = loader.load().await;
    let (identity, alias) = tokio::join!(identity(&sdk, calls), alias(&sdk, calls));
    let (account, known) = match identity {
        Ok((account, who)) => (
            account,
            ProfileIdentity {
                who,
                alias,
                unidentified: None,
            },
        ),
        Err(fault) => (
            Arc::from("-"),
            ProfileIdentity {
                who: None,
                alias,
                unidentified: Some(explain_missing_credentials(fault, profile)),
            },
        ),
    };
    let name: Arc<str> = profile_name(settings, profile).into();
    regions
        .into_iter()
        .map(|region| {
            let place = Location {
                profile: name.clone(),
                account: account.clone(),
                region: region.into(),
            };
            Session::new(place, &sdk, calls, known.clone())
        })
        .collect()
}

/// The profile's name; empty for credentials from the environment.
fn profile_name(settings: &SessionSettings, profile: Option<&str>) -> String {
    match profile {
        Some(profile) => profile.to_owned(),
        None if settings.keys.is_some() || variable("AWS_ACCESS_KEY_ID").is_some() => String::new(),
        None => variable("AWS_PROFILE").unwrap_or_default(),
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Where credentials come from. A profile named on purpose beats keys in the environment: else two
/// profiles would show one account.
async fn credentials(
    settings: &SessionSettings,
    profile: Option<&str>,
    provider: &ProviderConfig,
    metadata: imds::Client,
) -> SharedCredentialsProvider {
    match (&settings.keys, profile) {
        (Some(keys), _) => SharedCredentialsProvider::new(Credentials::new(
            &keys.id,
            &keys.secret,
            None,
            None,
            "fixed",
        )),
        (None, Some(profile)) => SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .profile_name(profile)
                .configure(provider)
                .build(),
        ),
        (None, None) => SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder()
                .configure(provider.clone())
                .imds_client(metadata)
                .build()
                .await,
        ),
    }
}

/// The instance's metadata service: asked once, directly, and for one second, so that no other
/// machine waits for it.
fn metadata_client() -> imds::Client {
    imds::Client::builder()
        .configure(
            &ProviderConfig::without_region().with_http_client(http::client(ProxyRoute::Direct)),
        )
        .max_attempts(1)
        .connect_timeout(METADATA)
        .read_timeout(METADATA)
        .operation_attempt_timeout(METADATA)
        .operation_timeout(METADATA)
        .build()
}

/// `AWS_REGION`, the profile's region, the instance's own, else [`FALLBACK_REGION`].
async fn resolve_region(profile: Option<&str>, metadata: Option<&imds::Client>) -> String {
    let mut from_file = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        from_file = from_file.profile_name(profile);
    }
    let mut chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(from_file.build());
    if let Some(metadata) = metadata {
        chain = chain.or_else(
            imds::region::ImdsRegionProvider::builder()
                .imds_client(metadata.clone())
                .build(),
        );
    }
    ProvideRegion::region(&chain).await.map_or_else(
        || FALLBACK_REGION.to_owned(),
        |region| region.as_ref().to_owned(),
    )
}

/// Explains missing credentials in place of the SDK's message, which names the last provider only.
fn explain_missing_credentials(fault: Fault, profile: Option<&str>) -> Fault {
    if fault.kind != FaultKind::NoCredentials {
        return fault;
    }
    let message = match profile {
        Some(profile) => format!("profile `{profile}` does not exist or holds no credentials"),
        None => {
            "no credentials in the environment, the default profile, or from the machine's role"
                .to_owned()
        }
    };
    Fault {
        message: message.into(),
        ..fault
    }
}

/// The identity behind a profile.
#[derive(Clone)]
struct ProfileIdentity {
    who: Option<Arc<str>>,
    alias: Option<Arc<str>>,
    unidentified: Option<Fault>,
}

/// The alias of the account. A failure is logged only: the account is shown by its id then.
async fn alias(sdk: &SdkConfig, calls: &ApiCostMeter) -> Option<Arc<str>> {
    const OPERATION: Api = Api::IamListAccountAliases;
    let client = aws_sdk_iam::Client::from_conf(
        aws_sdk_iam::config::Builder::from(sdk)
            .interceptor(calls.clone())
            .build(),
    );
    let fault = match tokio::time::timeout(ALIAS, client.list_account_aliases().send()).await {
        Err(_) => Fault::new(FaultKind::Timeout, OPERATION, "no answer in time"),
        Ok(Err(error)) => fault::from_sdk(OPERATION, &error),
        Ok(Ok(answer)) => {
            return answer
                .account_aliases()
                .first()
                .filter(|alias| !alias.is_empty())
                .map(|alias| alias.as_str().into());
        }
    };
    tracing::info!(%fault, "the account is called by its number");
    None
}

/// The account id and the ARN of the identity.
async fn identity(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
) -> Result<(Arc<str>, Option<Arc<str>>), Fault> {
    const OPERATION: Api = Api::StsGetCallerIdentity;
    let client = aws_sdk_sts::Client::from_conf(
        aws_sdk_sts::config::Builder::from(sdk)
            .interceptor(calls.clone())
            .build(),
    );
    match tokio::time::timeout(IDENTITY, client.get_caller_identity().send()).await {
        Err(_) => Err(Fault::new(
            FaultKind::Timeout,
            OPERATION,
            "no answer in time",
        )),
        Ok(Err(error)) => Err(fault::from_sdk(OPERATION, &error)),
        Ok(Ok(identity)) => match identity.account() {
            Some(account) if !account.is_empty() => {
                Ok((account.into(), identity.arn().map(Into::into)))
            }
            _ => Err(Fault::new(
                FaultKind::Broken,
                OPERATION,
                "the answer names no account",
            )),
        },
    }
}
