//! The region of a profile, and the settings of AWS's files in the form that the SDK reads.

use super::{
    http,
    profiles::{self, ProfileFiles},
};
use crate::domain::region;
use aws_config::{imds, meta::region::ProvideRegion, provider_config::ProviderConfig};
use std::{env, time::Duration};

/// The region if nothing names one.
pub(super) const FALLBACK: &str = "us-east-1";
/// Longest wait for the instance's metadata service.
const METADATA_TIMEOUT: Duration = Duration::from_secs(1);

/// The region of the environment, of the profile, of the instance, else [`FALLBACK`]. The error is
/// one sentence with the place of a region that is none.
pub(super) async fn resolve(
    files: &ProfileFiles,
    profile: &str,
    has_metadata: bool,
) -> Result<String, String> {
    if let Some(region) = of_environment(|name| env::var(name).ok())? {
        return Ok(region);
    }
    if let Some(region) = of_profile(files, profile)? {
        return Ok(region);
    }
    let found = if has_metadata {
        let provider = imds::region::ImdsRegionProvider::builder()
            .imds_client(metadata_client())
            .build();
        ProvideRegion::region(&provider).await
    } else {
        None
    };
    Ok(found.map_or_else(|| FALLBACK.to_owned(), |region| region.as_ref().to_owned()))
}

/// `AWS_REGION`, else `AWS_DEFAULT_REGION`; an empty one counts as not set.
fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<String>, String> {
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let value = variable(name).unwrap_or_default();
        let value = value.trim();
        if !value.is_empty() {
            region::check(value).map_err(|error| format!("{name}: {error}"))?;
            return Ok(Some(value.to_owned()));
        }
    }
    Ok(None)
}

/// The region of `profile`; an empty one counts as not set.
pub(super) fn of_profile(files: &ProfileFiles, profile: &str) -> Result<Option<String>, String> {
    let Some(setting) = files.setting(profile, "region") else {
        return Ok(None);
    };
    let value = &setting.setting.value;
    region::check(value).map_err(|error| format!("{}: region {error}", setting.place()))?;
    Ok(Some(value.clone()))
}

/// The region by the instance's metadata service: one request of one second, so that other
/// machines do not wait for it.
pub(super) fn metadata_client() -> imds::Client {
    imds::Client::builder()
        .configure(&ProviderConfig::without_region().with_http_client(http::client(None)))
        .max_attempts(1)
        .connect_timeout(METADATA_TIMEOUT)
        .read_timeout(METADATA_TIMEOUT)
        .operation_attempt_timeout(METADATA_TIMEOUT)
        .operation_timeout(METADATA_TIMEOUT)
        .build()
}

pub(super) use sdk::files as sdk_files;

mod sdk {
    #![expect(
        deprecated,
        reason = "the new name is in a crate that nothing else here needs"
    )]
    use aws_config::profile::profile_file::{ProfileFileKind, ProfileFiles};

    /// `text` as the only config file.
    pub(crate) fn files(text: &str) -> ProfileFiles {
        ProfileFiles::builder()
            .with_contents(ProfileFileKind::Config, text)
            .build()
    }
}

/// The profile whose settings apply: the named one, else that of the environment, else `default`.
pub(super) fn profile_name(profile: Option<&str>) -> String {
    profile
        .map(ToOwned::to_owned)
        .or_else(profiles::from_environment)
        .unwrap_or_else(|| "default".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_region_is_unset_and_wrong_region_an_error() {
        let of = |region: &str, default: &str| {
            of_environment(|name| {
                let value = if name == "AWS_REGION" {
                    region
                } else {
                    default
                };
                Some(value.to_owned())
            })
        };
        assert_eq!(of("", ""), Ok(None));
        assert_eq!(of("  ", "eu-west-1"), Ok(Some("eu-west-1".to_owned())));
        assert_eq!(of(" eu-west-2 ", ""), Ok(Some("eu-west-2".to_owned())));
        assert_eq!(
            of("eu-west-2a", "").unwrap_err(),
            "AWS_REGION: `eu-west-2a` is an availability zone: write eu-west-2"
        );
    }
}
