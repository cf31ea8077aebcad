//! The endpoint of a service: AWS's own, or one that command line, environment or profile set.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

/// The id of the Price List in the SDK.
pub(super) const PRICES: &str = "Pricing";
/// The id of Cost Explorer in the SDK.
pub(super) const COSTS: &str = "Cost Explorer";

/// The endpoint of `service` (its id in the SDK) that command line, environment or profile set;
/// `None`: AWS's own.
pub(super) fn configured(sdk: &SdkConfig, service: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok();
    let own = key.and_then(|key| sdk.service_config()?.load_config(key));
    own.or_else(|| sdk.endpoint_url().map(ToOwned::to_owned))
        .filter(|url| !url.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_config::BehaviorVersion;

    #[test]
    fn endpoint_of_all_services_is_that_of_each() {
        let sdk = || SdkConfig::builder().behavior_version(BehaviorVersion::latest());
        assert_eq!(configured(&sdk().build(), PRICES), None);
        let sdk = sdk().endpoint_url("http://192.0.2.2").build();
        for service in [PRICES, COSTS] {
            assert_eq!(
                configured(&sdk, service).as_deref(),
                Some("http://192.0.2.2")
            );
        }
    }
}
