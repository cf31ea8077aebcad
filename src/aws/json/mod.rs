//! Operations of awsJson 1.1 services whose SDK crate is not built: CloudWatch Logs, Organizations
//! and the Resource Groups Tagging API. A crate for each would take minutes to compile, for one
//! operation.
//!
//! Signing, retries, timeouts, the count of requests and their restriction to declared needs are
//! those of all other requests: they are the SDK's own runtime.
//!
//! ```text
//!   mod.rs    the client and its pages
//!   wire.rs   requests and answers
//! ```
//!
//! Another operation needs a line in `api.rs`, and another service a line in `SERVICES`.

mod wire;

use super::{Api, ApiCostMeter, endpoint, fault, paging::PageLimit};
use crate::domain::{Fault, FaultKind, region};
use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::{
    auth::{SigV4OperationSigningConfig, sigv4},
    request_info::RequestInfoInterceptor,
    retries::classifiers::AwsErrorCodeClassifier,
};
use aws_smithy_runtime::client::{
    identity::IdentityCache,
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::{
    auth::{AuthSchemeOptionResolverParams, static_resolver::StaticAuthSchemeOptionResolver},
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::StaticRuntimePlugin,
};
use aws_smithy_types::{config_bag::Layer, error::metadata::ErrorMetadata};
use aws_types::{SigningName, region::SigningRegion};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A service that this client calls without its SDK crate.
#[derive(Debug)]
struct JsonService {
    /// The SDK's name, as in `api.rs`.
    name: &'static str,
    /// The prefix of `X-Amz-Target`.
    target: &'static str,
    /// The first label of its host, and its name in signatures.
    host: &'static str,
    /// The paging token of its requests and answers.
    token: &'static str,
    /// Whether all regions of a partition share the endpoint of one.
    is_global: bool,
}

impl JsonService {
    /// The region that answers for `region` and that requests are signed for. Organizations answers
    /// China in Ningxia, as botocore's `endpoints.json` has it.
    fn region<'a>(&self, region: &'a str) -> &'a str {
        match (self.is_global, region::default_of_partition(region)) {
            (false, _) => region,
            (true, "cn-north-1") => "cn-northwest-1",
            (true, home) => home,
        }
    }
}

// From the service models of botocore 1.44.8: `targetPrefix`, `endpointPrefix`, `signingName`,
// and the paginators.
const SERVICES: &[JsonService] = &[
    JsonService {
        name: "CloudWatch Logs",
        target: "Logs_20140328",
        host: "logs",
        token: "nextToken",
        is_global: false,
    },
    JsonService {
        name: "Organizations",
        target: "AWSOrganizationsV20161128",
        host: "organizations",
        token: "NextToken",
        is_global: true,
    },
    JsonService {
        name: "Resource Groups Tagging API",
        target: "ResourceGroupsTaggingAPI_20170126",
        host: "tagging",
        token: "PaginationToken",
        is_global: false,
    },
];

type JsonOperation = Operation<Value, Value, ErrorMetadata>;

/// Sends the operations of [`SERVICES`] for one profile in one region. Clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct JsonClient {
    sdk: SdkConfig,
    calls: ApiCostMeter,
}

impl JsonClient {
    /// A client that signs for the region of `sdk`.
    pub(crate) fn new(sdk: &SdkConfig, calls: &ApiCostMeter) -> Self {
        Self {
            sdk: sdk.clone(),
            calls: calls.clone(),
        }
    }

    /// The SDK's configuration behind it.
    pub(crate) fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The answer of an operation that has no pages.
    ///
    /// # Errors
    ///
    /// `api` is of a service that has an SDK crate, the request fails, or its answer is not a `T`.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        api: Api,
        input: Map<String, Value>,
    ) -> Result<T, Fault> {
        parse(api, self.answer(api, input).await?)
    }

    /// Hands every page of a list to `read` in turn: a failure leaves earlier pages in effect.
    ///
    /// # Errors
    ///
    /// `api` is of a service that has an SDK crate, a request fails, a page is not a `T`, or the
    /// list has no end within the limits of [`paging`](super::paging).
    pub(crate) async fn read_pages<T: DeserializeOwned>(
        &self,
        api: Api,
        mut input: Map<String, Value>,
        mut read: impl FnMut(T),
    ) -> Result<(), Fault> {
        let member = service(api)?.token;
        let mut limit = PageLimit::new(api);
        loop {
            let mut answer = self.answer(api, input.clone()).await?;
            let token = answer.get_mut(member).map(Value::take);
            read(parse(api, answer)?);
            match token {
                Some(Value::String(token)) if !token.is_empty() => {
                    limit.next(&token)?;
                    input.insert(member.to_owned(), Value::String(token));
                }
                _ => return Ok(()),
            }
        }
    }

    /// Reads one page and drops it: whether AWS answers.
    pub(crate) async fn read_page(&self, api: Api, input: Map<String, Value>) -> Result<(), Fault> {
        self.answer(api, input).await.map(drop)
    }

    async fn answer(&self, api: Api, input: Map<String, Value>) -> Result<Value, Fault> {
        let operation = self.operation(api)?;
        let sent = Box::pin(operation.invoke(Value::Object(input))).await;
        sent.map_err(|error| fault::from_sdk(api, &error))
    }

    fn operation(&self, api: Api) -> Result<JsonOperation, Fault> {
        let service = service(api)?;
        let (name, operation) = api.sdk_names();
        let (Some(http), Some(timeout), Some(retry), Some(region)) = (
            self.sdk.http_client(),
            self.sdk.timeout_config(),
            self.sdk.retry_config(),
            self.sdk.region(),
        ) else {
            return Err(unusable(api, "the SDK is not configured"));
        };
        let region = service.region(region.as_ref());
        let target = format!("{}.{operation}", service.target);
        let mut builder = Operation::builder()
            .service_name(name)
            .operation_name(operation)
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .endpoint_url(&self.endpoint(service, region))
            .timeout_config(timeout.clone())
            .standard_retry(retry)
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .interceptor(RequestInfoInterceptor::new())
            .interceptor(self.calls.clone())
            .with_connection_poisoning()
            .runtime_plugin(self.signing(service, region));
        if let Some(sleep) = self.sdk.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        if let Some(time) = self.sdk.time_source() {
            builder = builder.time_source(time);
        }
        Ok(builder
            .serializer(move |input: Value| wire::request(&target, &input))
            .deserializer(wire::answer)
            .build())
    }

    /// The endpoint: as environment or profile say, or AWS's own.
    fn endpoint(&self, service: &JsonService, region: &str) -> String {
        endpoint::configured(&self.sdk, service.name).unwrap_or_else(|| {
            wire::endpoint(
                service.host,
                region,
                self.sdk.use_fips().unwrap_or_default(),
                self.sdk.use_dual_stack().unwrap_or_default(),
            )
        })
    }

    /// The plugin that signs the request with the credentials of the profile.
    fn signing(&self, service: &JsonService, region: &str) -> StaticRuntimePlugin {
        let mut config = Layer::new("signing");
        config.store_put(AuthSchemeOptionResolverParams::new(()));
        config.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_config::Region::new(
                region.to_owned(),
            ))),
            name: Some(SigningName::from(service.host)),
            ..SigV4OperationSigningConfig::default()
        });
        let resolver = StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID]);
        let mut components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(sigv4::SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(resolver))
            // The provider of the profile keeps the credentials itself.
            .with_identity_cache(Some(IdentityCache::no_cache()));
        if let Some(credentials) = self.sdk.credentials_provider() {
            components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
        }
        StaticRuntimePlugin::new()
            .with_config(config.freeze())
            .with_runtime_components(components)
    }
}

fn service(api: Api) -> Result<&'static JsonService, Fault> {
    let (name, _) = api.sdk_names();
    let found = SERVICES.iter().find(|service| service.name == name);
    found.ok_or_else(|| unusable(api, "this service has a client of its own"))
}

fn parse<T: DeserializeOwned>(api: Api, answer: Value) -> Result<T, Fault> {
    serde_json::from_value(answer)
        .map_err(|error| Fault::new(FaultKind::Broken, api, format!("its answer: {error}")))
}

fn unusable(api: Api, message: &'static str) -> Fault {
    Fault::new(FaultKind::Refused, api, message)
}
