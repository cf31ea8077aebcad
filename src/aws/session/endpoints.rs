//! Where a service's requests go: to AWS, or to an address that the user set.
//!
//! Answers of another endpoint are not answers of AWS, so the caches of bills and prices have a
//! folder for each endpoint.

use super::{SessionSettings, open};
use crate::aws::endpoint::{self, COSTS, PRICES};
use futures_util::future::join_all;
use std::collections::BTreeSet;

/// The endpoints of the profiles of a run. `None` is AWS's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredEndpoints {
    prices: BTreeSet<Option<String>>,
    costs: BTreeSet<Option<String>>,
}

impl ConfiguredEndpoints {
    /// The endpoints of `settings`. Sends no request.
    pub async fn of(settings: &SessionSettings) -> Self {
        let files = settings.profile_files();
        let profiles = settings.profiles_or_default();
        let configs = join_all(profiles.iter().map(async |profile| {
            let profile = profile.as_deref();
            let credentials = settings.credentials.of(profile, settings);
            open::config(settings, &files, profile, &[], credentials).await
        }))
        .await;
        let of = |service| {
            let endpoints = configs.iter().flatten();
            endpoints
                .map(|sdk| endpoint::configured(sdk, service))
                .collect()
        };
        Self {
            prices: of(PRICES),
            costs: of(COSTS),
        }
    }

    /// The endpoint of the Price List that all profiles have. It is AWS's where they differ: no
    /// other list may price an account of AWS.
    pub fn prices(&self) -> Option<&str> {
        match self.prices.len() {
            1 => self.prices.first()?.as_deref(),
            _ => None,
        }
    }

    /// Whether a profile's Cost Explorer is on this machine: it costs nothing and may change
    /// between two runs.
    pub fn is_cost_local(&self) -> bool {
        self.costs.iter().flatten().any(|url| is_local(url))
    }
}

fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.starts_with("[::1]") {
        return true;
    }
    let name = host.split(':').next().unwrap_or_default();
    let address = name.parse::<std::net::Ipv4Addr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_endpoints_are_of_this_machine() {
        for (url, local) in [
            ("http://127.0.0.1:4599", true),
            ("http://localhost:4599", true),
            ("http://[::1]:4599", true),
            ("http://LOCALHOST/path", true),
            ("http://user:key@127.0.0.2", true),
            ("http://localhost.example.com:4599", false),
            ("http://127.0.0.1.example.com", false),
            ("http://127.0.0.1@example.com", false),
            ("https://api.pricing.us-east-1.amazonaws.com", false),
            ("http://192.0.2.2:4599", false),
        ] {
            assert_eq!(is_local(url), local, "{url}");
        }
    }

    #[test]
    fn bill_of_a_profile_at_this_machine_is_not_kept() {
        let of = |endpoints: &[Option<&str>]| ConfiguredEndpoints {
            costs: endpoints.iter().map(|url| url.map(str::to_owned)).collect(),
            ..ConfiguredEndpoints::default()
        };
        assert!(!of(&[None, Some("https://ce.example.com")]).is_cost_local());
        assert!(of(&[None, Some("http://127.0.0.1:4599")]).is_cost_local());
    }

    #[test]
    fn profiles_that_differ_have_the_prices_of_aws() {
        let of = |endpoints: &[Option<&str>]| ConfiguredEndpoints {
            prices: endpoints.iter().map(|url| url.map(str::to_owned)).collect(),
            ..ConfiguredEndpoints::default()
        };
        assert_eq!(of(&[]).prices(), None);
        assert_eq!(of(&[None]).prices(), None);
        assert_eq!(of(&[Some("http://a")]).prices(), Some("http://a"));
        assert_eq!(of(&[Some("http://a"), None]).prices(), None);
        assert_eq!(of(&[Some("http://a"), Some("http://b")]).prices(), None);
    }
}
