//! A session: one profile in one region, with a client for every service.
//!
//! Every request is bounded in time: connect 3 s, attempt 10 s, operation 30 s, Cost Explorer 60 s,
//! instance metadata 1 s.

mod endpoints;
mod identity;
mod open;

pub use endpoints::ConfiguredEndpoints;
pub use open::{SessionSet, is_any_identified, sessions};

use super::{
    Api, ApiCostMeter,
    credentials::{CredentialStore, ProfileCredentials},
    endpoint, http,
    json::JsonClient,
    metrics::{MetricStore, WatchBudget},
    organization::OrganizationSettings,
    preflight::InstanceStoreSizes,
    price_list,
    tags::RecentlyChanged,
};
use crate::domain::{Fault, Location};
use aws_config::{Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sts::config::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use open::ProfileIdentity;
use std::{fmt, sync::Arc, time::Duration};

/// Longest one request to Cost Explorer may take. It has one attempt: AWS bills each that it
/// answers, in time or not.
const COST_QUERY: Duration = Duration::from_mins(1);

/// Operations that opening a session calls and that need a permission.
pub const NEEDS: &[Api] = &[Api::Ec2DescribeRegions, Api::IamListAccountAliases];

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
    /// Region codes, or `all`; empty: as environment or profile say.
    pub regions: Vec<String>,
    /// Overrides every endpoint, `AWS_ENDPOINT_URL[_SERVICE]` included.
    pub endpoint_url: Option<String>,
    /// Used instead of any credentials found.
    pub keys: Option<StaticCredentials>,
    /// The credentials of the profiles; clones of the settings share them.
    pub credentials: CredentialStore,
    /// The dollars a day that watching one profile may cost.
    pub watch: WatchBudget,
    /// The organization whose accounts are watched beside the profiles.
    pub organization: Option<OrganizationSettings>,
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
    /// The account whose watched bill holds that of this one: no bill of its own is read.
    pub billed_by: Option<Arc<str>>,
    /// The credentials of the profile.
    pub(crate) credentials: ProfileCredentials,
    /// The endpoint of Cost Explorer, if it is not AWS's.
    pub(crate) cost_endpoint: Option<Arc<str>>,
    /// The endpoint of the Price List, if it is not AWS's.
    pub price_endpoint: Option<Arc<str>>,
    /// Resources whose tags this program changed after reading them.
    pub(crate) recently_changed: RecentlyChanged,
    /// Sizes of instance store volumes by type.
    pub(crate) disks: InstanceStoreSizes,
    /// The readings of metrics, and the budget for them; shared by all regions of the profile.
    pub metrics: MetricStore,
    pub(crate) ec2: aws_sdk_ec2::Client,
    pub(crate) sagemaker: aws_sdk_sagemaker::Client,
    pub(crate) bedrock: aws_sdk_bedrock::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) costs: aws_sdk_costexplorer::Client,
    pub(crate) scaling: aws_sdk_applicationautoscaling::Client,
    pub(crate) pricing: aws_sdk_pricing::Client,
    pub(crate) budgets: aws_sdk_budgets::Client,
    /// Services without an SDK crate.
    pub(crate) json: JsonClient,
}

impl Session {
    /// The session with the readings of its profile.
    #[must_use]
    fn with_metrics(self, metrics: &MetricStore) -> Self {
        Self {
            metrics: metrics.clone(),
            ..self
        }
    }

    /// The session of a member account at `place`, with the ARN of its role and its name, the
    /// credentials of the role and the readings of its regions.
    pub(super) fn of_member(
        &self,
        place: Location,
        (who, name): (Arc<str>, Arc<str>),
        credentials: ProfileCredentials,
        metrics: &MetricStore,
    ) -> Self {
        let provider = SharedCredentialsProvider::new(credentials.clone());
        let sdk = self.json.sdk().to_builder().credentials_provider(provider);
        let known = ProfileIdentity {
            who: Some(who),
            alias: Some(name),
            unidentified: None,
        };
        Self {
            billed_by: Some(self.place.account.clone()),
            metrics: metrics.clone(),
            ..Self::new(place, &sdk.build(), &self.calls, known, credentials)
        }
    }

    fn new(
        place: Location,
        sdk: &SdkConfig,
        calls: &ApiCostMeter,
        known: ProfileIdentity,
        credentials: ProfileCredentials,
    ) -> Self {
        let calls = &calls.of_account(&place.account);
        let at = |service| endpoint::configured(sdk, service).map(Arc::from);
        let (cost_endpoint, price_endpoint) = (at(endpoint::COSTS), at(endpoint::PRICES));
        let sdk = sdk
            .to_builder()
            .region(Region::new(place.region.to_string()))
            .build();
        // A client of the SDK crate `$sdk` that counts its calls; `$set` are further settings.
        macro_rules! client {
            ($sdk:ident $(.$set:ident($value:expr))*) => {
                $sdk::Client::from_conf(
                    $sdk::config::Builder::from(&sdk)
                        .interceptor(calls.clone())
                        $(.$set($value))*
                        .build(),
                )
            };
        }
        Self {
            place,
            who: known.who,
            alias: known.alias,
            unidentified: known.unidentified,
            billed_by: None,
            credentials,
            cost_endpoint,
            price_endpoint,
            ec2: client!(aws_sdk_ec2),
            sagemaker: client!(aws_sdk_sagemaker),
            // `AWS_BEARER_TOKEN_BEDROCK` would switch this one service to another identity than
            // all the others.
            bedrock: client!(aws_sdk_bedrock.auth_scheme_preference([AuthSchemeId::from("sigv4")])),
            cloudwatch: client!(aws_sdk_cloudwatch),
            costs: client!(
                aws_sdk_costexplorer
                    .retry_config(RetryConfig::disabled())
                    .timeout_config(cost_timeouts())
            ),
            scaling: client!(aws_sdk_applicationautoscaling),
            pricing: client!(aws_sdk_pricing.region(Some(Region::new(price_list::HOME)))),
            budgets: client!(aws_sdk_budgets),
            json: JsonClient::new(&sdk, calls),
            recently_changed: RecentlyChanged::default(),
            disks: InstanceStoreSizes::default(),
            metrics: MetricStore::default(),
            calls: calls.clone(),
        }
    }
}

/// A request to Cost Explorer costs money: it is not repeated, and may take long.
fn cost_timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(http::CONNECT_TIMEOUT)
        .operation_attempt_timeout(COST_QUERY)
        .operation_timeout(COST_QUERY)
        .build()
}
