//! The mock AWS driven by the SDK over HTTP: every service, pagination, errors and changes.

// Says to the lints that helpers are tests too.
#![cfg(test)]

/// Stops a resource of SageMaker, waits until its `$status` is `Stopped` and asserts that it cannot
/// be stopped again. `$check` holds for every answer in between.
macro_rules! assert_stops {
    ($stop:expr, $describe:expr, $status:ident, $check:expr) => {
        $stop.send().await.unwrap();
        crate::mock_wire::until("stopped", async || {
            let described = $describe.send().await.unwrap();
            $check(&described);
            let status = described.$status().unwrap().as_str();
            assert!(["Stopping", "Stopped"].contains(&status), "{status}");
            (status == "Stopped").then_some(())
        })
        .await;
        let again = $stop.send().await.unwrap_err();
        assert_eq!(
            again.as_service_error().unwrap().meta().code(),
            Some("ValidationException")
        );
    };
}

mod bill;
mod changes;
mod control;
mod costs;
mod foreign_clients;
mod jobs;
mod lists;
mod metrics;
mod organization;
mod raw;
mod reference;
mod refusals;
mod schedules;
mod web_pages;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_smithy_http_client::{Builder, tls::Provider, tls::rustls_provider::CryptoMode};
use spendtop::mock::{Mock, Options, Scenario};
use std::time::Duration;

/// Enough for a debug build on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The default scenario; changes take a hundredth of their duration.
fn mock() -> Mock {
    Mock::start(Options {
        pace: 0.01,
        ..Options::new(Scenario::find("weekend-spike").unwrap())
    })
    .unwrap()
}

/// A client configuration for `region`, without retries.
pub(crate) async fn config(mock: &Mock, region: &'static str) -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .endpoint_url(mock.url())
        .region(Region::new(region))
        .credentials_provider(aws_sdk_sts::config::Credentials::new(
            "mock", "mock", None, None, "test",
        ))
        .retry_config(RetryConfig::disabled())
        .load()
        .await
}

/// Calls `poll` until it returns a value.
async fn until<T>(what: &str, mut poll: impl AsyncFnMut() -> Option<T>) -> T {
    let found = tokio::time::timeout(TIMEOUT, async {
        loop {
            if let Some(found) = poll().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    });
    found.await.unwrap_or_else(|_| panic!("never {what}"))
}
