//! The one way bytes reach AWS: rustls over ring, the environment's proxy, bounded connects.

use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use std::{sync::OnceLock, time::Duration};

/// Longest wait for a connection.
pub const CONNECT: Duration = Duration::from_secs(3);

/// Which way a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyRoute {
    /// Through `HTTP_PROXY` / `HTTPS_PROXY` / `ALL_PROXY`, but for what `NO_PROXY` names.
    Environment,
    /// Straight: a loopback endpoint, or the instance's own metadata.
    Direct,
}

impl ProxyRoute {
    /// The way to `endpoint`: nothing on this machine is ever asked through a proxy.
    pub fn to(endpoint: Option<&str>) -> Self {
        if endpoint.is_some_and(is_loopback) {
            Self::Direct
        } else {
            Self::Environment
        }
    }
}

/// Whether `url` points at this machine.
pub fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// A client for all services; its connections are shared.
pub fn client(route: ProxyRoute) -> SharedHttpClient {
    let connector: OnceLock<SharedHttpConnector> = OnceLock::new();
    http_client_fn(move |_, components| {
        connector
            .get_or_init(|| {
                let settings = HttpConnectorSettings::builder()
                    .connect_timeout(CONNECT)
                    .build();
                let mut builder = Connector::builder()
                    .connector_settings(settings)
                    .proxy_config(match route {
                        ProxyRoute::Environment => ProxyConfig::from_env(),
                        ProxyRoute::Direct => ProxyConfig::disabled(),
                    });
                builder.set_sleep_impl(components.sleep_impl());
                SharedHttpConnector::new(
                    builder
                        .tls_provider(Provider::Rustls(CryptoMode::Ring))
                        .build(),
                )
            })
            .clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_endpoints_bypass_the_proxy() {
        for (url, direct) in [
            ("http://127.0.0.1:4599", true),
            ("http://localhost:4566/", true),
            ("http://[::1]:5000", true),
            ("http://s3.localhost:5000", true),
            ("https://ec2.us-east-1.amazonaws.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://user:pass@127.0.0.1:1", true),
        ] {
            assert_eq!(is_loopback(url), direct, "{url}");
        }
        assert_eq!(ProxyRoute::to(None), ProxyRoute::Environment);
    }
}
