//! Who a profile is, and which of its regions its account has.
//!
//! STS answers in every region that the account has enabled. A region that it has not enabled
//! answers as if the keys were unknown, so they are bad only if a region that every account has
//! answers the same.

use crate::aws::{Api, ApiCostMeter, fault};
use crate::domain::{
    Fault, FaultCause, FaultKind,
    region::{self, OptIn},
};
use aws_config::{Region, SdkConfig};
use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use std::{sync::Arc, time::Duration};

/// Longest wait for the account's id.
const IDENTITY_TIMEOUT: Duration = Duration::from_secs(12);
/// Wait for the answer of a region before the request to the next one.
const HEAD_START: Duration = Duration::from_millis(400);
/// Longest wait for the answer that a region is not enabled: without an answer, it counts as
/// enabled.
const ENABLED_TIMEOUT: Duration = Duration::from_secs(3);
/// Longest wait for the account's alias, which is optional.
const ALIAS_TIMEOUT: Duration = Duration::from_secs(3);
/// Most watched regions that receive a request for the identity.
const MAX_REGIONS: usize = 3;

/// The account and the ARN behind a profile.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub account: Arc<str>,
    pub who: Option<Arc<str>>,
    /// The region that answered.
    pub region: String,
}

/// The identity, from the first of the watched `regions` that answers, or from the region that
/// every account of the partition has. A region that is silent delays it by [`HEAD_START`] only.
pub(super) async fn identify(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    regions: &[String],
    is_aws: bool,
) -> Result<Identity, Fault> {
    let first = regions.first().map_or("us-east-1", String::as_str);
    let home = region::default_of_partition(first);
    let mut asked: Vec<&str> = Vec::new();
    let watched = regions.iter().map(String::as_str).take(MAX_REGIONS);
    // An emulator has no home of its own.
    for region in watched.chain(is_aws.then_some(home)) {
        if !asked.contains(&region) {
            asked.push(region);
        }
    }
    let answers = asked.iter().zip(0..).map(|(region, place)| async move {
        tokio::time::sleep(HEAD_START * place).await;
        (*region, ask(sdk, calls, region, IDENTITY_TIMEOUT).await)
    });
    let mut answers: FuturesUnordered<_> = answers.collect();
    let mut faults: Vec<(&str, Fault)> = Vec::new();
    while let Some((region, answer)) = answers.next().await {
        let fault = match answer {
            Ok(identity) => return Ok(identity),
            Err(fault) => fault,
        };
        // Only the default region tells unknown keys from a region that is not enabled.
        let is_unknown_key = fault.cause == FaultCause::UnknownKey;
        let is_final = !is_local(&fault) && (!is_unknown_key || region == home);
        if is_final {
            return Err(fault);
        }
        faults.push((region, fault));
    }
    // The failure of the region that is watched first.
    let place = |region: &str| asked.iter().position(|asked| *asked == region);
    let first = faults.into_iter().min_by_key(|(region, _)| place(region));
    Err(first.map_or_else(
        || {
            Fault::new(
                FaultKind::Broken,
                Api::StsGetCallerIdentity,
                "no region to ask",
            )
        },
        |(_, fault)| fault,
    ))
}

/// Whether another region may answer all the same.
fn is_local(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::Unavailable | FaultKind::Service | FaultKind::Timeout => true,
        FaultKind::Network => fault.cause != FaultCause::UntrustedCertificate,
        _ => false,
    }
}

/// The regions of `regions` that the account of `identity` has, and a fault for each other one.
/// Sends requests only to regions that an account has to enable, and to unknown ones.
pub(super) async fn enabled(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    regions: Vec<String>,
    identity: &Identity,
) -> (Vec<String>, Vec<Fault>) {
    let checks = regions.into_iter().map(|region| async move {
        let fault = if region == identity.region || !is_optional(&region) {
            None
        } else {
            ask(sdk, calls, &region, ENABLED_TIMEOUT).await.err()
        };
        match fault.and_then(|fault| disabled(&region, &fault)) {
            Some(fault) => Err(fault),
            None => Ok(region),
        }
    });
    let (mut enabled, mut faults) = (Vec::new(), Vec::new());
    for check in join_all(checks).await {
        match check {
            Ok(region) => enabled.push(region),
            Err(fault) => faults.push(fault),
        }
    }
    (enabled, faults)
}

fn is_optional(code: &str) -> bool {
    region::find(code).is_none_or(|region| region.opt_in == OptIn::Required)
}

/// The fault of `region` that follows from `fault` of STS: not enabled, or no region of AWS.
fn disabled(region: &str, fault: &Fault) -> Option<Fault> {
    let message = match fault.cause {
        FaultCause::UnknownKey => format!("{region} is not switched on for this account"),
        FaultCause::NotOffered => format!("{region} is not a region of AWS, or has no STS"),
        _ => return None,
    };
    let fault = Fault::new(FaultKind::Unavailable, Api::StsGetCallerIdentity, message);
    Some(fault.with_cause(FaultCause::RegionDisabled))
}

/// The regions that the account has enabled.
pub(super) async fn all_regions(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    identity: &Identity,
) -> Result<Vec<String>, Fault> {
    const OPERATION: Api = Api::Ec2DescribeRegions;
    let client = aws_sdk_ec2::Client::from_conf(
        aws_sdk_ec2::config::Builder::from(sdk)
            .region(Region::new(identity.region.clone()))
            .interceptor(calls.clone())
            .build(),
    );
    let answer = client.describe_regions().send().await;
    let answer = answer.map_err(|error| fault::from_sdk(OPERATION, &error))?;
    let mut regions: Vec<String> = answer
        .regions()
        .iter()
        .filter(|region| region.opt_in_status() != Some("not-opted-in"))
        .filter_map(|region| region.region_name().map(ToOwned::to_owned))
        .collect();
    regions.sort();
    if regions.is_empty() {
        return Err(Fault::new(
            FaultKind::Broken,
            OPERATION,
            "the answer names no region",
        ));
    }
    Ok(regions)
}

/// The account id and the ARN of the identity, asked in `region` for at most `wait`.
async fn ask(
    sdk: &SdkConfig,
    calls: &ApiCostMeter,
    region: &str,
    wait: Duration,
) -> Result<Identity, Fault> {
    const OPERATION: Api = Api::StsGetCallerIdentity;
    let client = aws_sdk_sts::Client::from_conf(
        aws_sdk_sts::config::Builder::from(sdk)
            .region(Region::new(region.to_owned()))
            .interceptor(calls.clone())
            .build(),
    );
    let fault = |kind, message| Fault::new(kind, OPERATION, message);
    match tokio::time::timeout(wait, client.get_caller_identity().send()).await {
        Err(_) => Err(fault(FaultKind::Timeout, "no answer in time")),
        Ok(Err(error)) => Err(fault::from_sdk(OPERATION, &error)),
        Ok(Ok(answer)) => match answer.account() {
            Some(account) if !account.is_empty() => Ok(Identity {
                account: account.into(),
                who: answer.arn().map(Into::into),
                region: region.to_owned(),
            }),
            _ => Err(fault(FaultKind::Broken, "the answer names no account")),
        },
    }
}

/// The alias of the account. A failure is logged only: the account is shown by its id then.
pub(super) async fn alias(sdk: &SdkConfig, calls: &ApiCostMeter) -> Option<Arc<str>> {
    const OPERATION: Api = Api::IamListAccountAliases;
    let client = aws_sdk_iam::Client::from_conf(
        aws_sdk_iam::config::Builder::from(sdk)
            .interceptor(calls.clone())
            .build(),
    );
    let fault =
        match tokio::time::timeout(ALIAS_TIMEOUT, client.list_account_aliases().send()).await {
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
