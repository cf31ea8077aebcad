//! The one way bytes reach AWS: rustls over ring, the environment's proxy, bounded connects, the
//! system's roots and those of the company.

mod reach;
mod trust;

pub use reach::UnknownHost;
pub use trust::{CaBundle, ca_bundle};

use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector, http_client_fn,
    },
    orchestrator::HttpRequest,
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;
use reach::Reach;
use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The longest answer that the client reads, in bytes: AWS's own answers are far shorter, but the
/// server behind an endpoint URL or a proxy may send without end.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// Fails the reading of a body beyond [`MAX_BODY_BYTES`].
fn limit_body(body: SdkBody) -> SdkBody {
    SdkBody::from_body_1_x(Limited::new(body, MAX_BODY_BYTES))
}

/// The host of `url`, without port and brackets.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// Whether `host` is this machine, or a service that only this machine or container reaches: the
/// metadata and credential services at link-local addresses. No proxy can reach them, so requests
/// bypass it, as in boto3.
fn is_direct(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    match host.parse() {
        Ok(IpAddr::V4(four)) => four.is_loopback() || four.is_link_local(),
        // AWS's own addresses of both services are `fd00:ec2::23` and `fd00:ec2::254`.
        Ok(IpAddr::V6(six)) => six.is_loopback() || six.segments().starts_with(&[0xfd00, 0xec2]),
        Err(_) => false,
    }
}

/// A client for all services of one profile; its connections are shared. `ca` is trusted beside
/// the system's roots.
pub fn client(ca: Option<CaBundle>) -> SharedHttpClient {
    let connector: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |_, components| {
        connector
            .get_or_init(|| {
                SharedHttpConnector::new(RoutingConnector {
                    proxied: connector_of(ProxyConfig::from_env(), ca.as_ref(), components),
                    direct: connector_of(ProxyConfig::disabled(), ca.as_ref(), components),
                    reach: Arc::default(),
                })
            })
            .clone()
    })
}

fn connector_of(
    proxy: ProxyConfig,
    ca: Option<&CaBundle>,
    components: &RuntimeComponents,
) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .build();
    let mut builder = Connector::builder()
        .connector_settings(settings)
        .proxy_config(proxy);
    builder.set_sleep_impl(components.sleep_impl());
    let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
    let builder = match ca.and_then(|ca| tls_context(TrustStore::default(), ca)) {
        Some(context) => builder.tls_context(context),
        None => builder,
    };
    SharedHttpConnector::new(builder.build())
}

fn tls_context(roots: TrustStore, ca: &CaBundle) -> Option<TlsContext> {
    let roots = ca
        .certificates()
        .fold(roots, TrustStore::with_pem_certificate);
    match TlsContext::builder().with_trust_store(roots).build() {
        Ok(context) => Some(context),
        Err(error) => {
            tracing::warn!(%error, "cannot use the certificates");
            None
        }
    }
}

/// Sends each request through the proxy or past it, and remembers which hosts answer.
#[derive(Debug)]
struct RoutingConnector {
    proxied: SharedHttpConnector,
    direct: SharedHttpConnector,
    reach: Arc<Reach>,
}

impl HttpConnector for RoutingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = host(request.uri()).to_owned();
        if let Some(error) = self.reach.refusal(&host) {
            return HttpConnectorFuture::ready(Err(ConnectorError::other(error.into(), None)));
        }
        let connector = if is_direct(&host) {
            &self.direct
        } else {
            &self.proxied
        };
        let (answer, reach) = (connector.call(request), self.reach.clone());
        HttpConnectorFuture::new(async move {
            match answer.await {
                Ok(response) => {
                    reach.answered(&host);
                    Ok(response.map(limit_body))
                }
                Err(error) => Err(reach.explain(&host, error)),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn body_beyond_the_limit_is_an_error() {
        let body = SdkBody::from(vec![0; MAX_BODY_BYTES + 1]);
        let read = limit_body(body).collect().await.map(|_| ());
        assert!(read.unwrap_err().to_string().contains("limit"));
    }

    #[test]
    fn loopback_and_link_local_endpoints_bypass_the_proxy() {
        for (url, direct) in [
            ("http://127.0.0.1:4599", true),
            ("http://localhost:4566/", true),
            ("http://[::1]:5000", true),
            ("http://s3.localhost:5000", true),
            ("http://169.254.170.2/v2/credentials", true),
            ("http://169.254.170.23/v1/credentials", true),
            ("http://169.254.169.254/latest", true),
            ("http://[fd00:ec2::23]/v1/credentials", true),
            ("https://ec2.us-east-1.amazonaws.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://user:pass@127.0.0.1:1", true),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_direct(host(url)), direct, "{url}");
        }
    }
}
