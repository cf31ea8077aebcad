//! Asks AWS whether an identity may send a request: sends it once, for one page at most.
//!
//! AWS checks the permission before it looks for the resource. A request about a resource that does
//! not exist is therefore denied, or refused because there is no such resource: both tell.
//!
//! Only requests that read, and that AWS does not bill by the request.

mod bedrock;
mod ec2;
mod others;
mod sagemaker;
#[cfg(test)]
mod tests;

pub use ec2::{RegionAnswer, ask_regions, find_instance};

use super::{Api, Session, fault};
use crate::domain::{Fault, FaultCause, FaultKind, UNKNOWN_ACCOUNT, region};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::BoxFuture;
use std::{error::Error, future::Future, time::Duration};

/// Longest wait for an answer.
pub const TIMEOUT: Duration = Duration::from_secs(5);
/// The name of a resource that does not exist.
const NOBODY: &str = "spendtop-doctor";

type Request = BoxFuture<'static, Result<(), Fault>>;

/// What an identity may do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// AWS carries it out.
    Allowed,
    /// The identity lacks the IAM action.
    Denied(Fault),
    /// The region does not have the operation.
    NotOffered(Fault),
    /// No answer that tells: no connection, no credentials, an error of the service.
    Unknown(Fault),
}

impl Permission {
    /// What `answer` tells.
    pub fn of(answer: Result<(), Fault>) -> Self {
        let Err(fault) = answer else {
            return Self::Allowed;
        };
        match fault.kind {
            // The resource does not exist: the request was allowed.
            FaultKind::NotFound | FaultKind::Refused => Self::Allowed,
            FaultKind::Denied => Self::Denied(fault),
            FaultKind::Unavailable
                if matches!(fault.cause, FaultCause::Other | FaultCause::NotOffered) =>
            {
                Self::NotOffered(fault)
            }
            _ => Self::Unknown(fault),
        }
    }

    /// Whether the way to the service is broken, so that its other requests would fail too.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Unknown(fault) if matches!(fault.kind, FaultKind::Network | FaultKind::Timeout)
        )
    }
}

/// Sends the request of `api`. `None`: it changes something, is billed, or has no probe.
pub async fn probe(session: &Session, api: Api) -> Option<Permission> {
    let request = request(session, api)?;
    Some(Permission::of(within(api, request).await))
}

/// The answer to a request of `api`, or the fault that it is late.
async fn within<T>(api: Api, answer: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let late = |_| {
        let message = format!("no answer within {} s", TIMEOUT.as_secs());
        Err(Fault::new(FaultKind::Timeout, api, message))
    };
    tokio::time::timeout(TIMEOUT, answer)
        .await
        .unwrap_or_else(late)
}

fn request(session: &Session, api: Api) -> Option<Request> {
    ec2::request(session, api)
        .or_else(|| sagemaker::list(session, api))
        .or_else(|| sagemaker::describe(session, api))
        .or_else(|| bedrock::request(session, api))
        .or_else(|| others::request(session, api))
}

/// Whether [`probe`] sends a request for `api`.
pub fn has_probe(session: &Session, api: Api) -> bool {
    request(session, api).is_some()
}

/// A request of `api`, sent when it is awaited.
fn sent<T, E>(
    api: Api,
    request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send + 'static,
) -> Request
where
    E: ProvideErrorMetadata + Error + 'static,
{
    Box::pin(async move {
        let answer = request.await;
        answer
            .map(drop)
            .map_err(|error| fault::from_sdk(api, &error))
    })
}

/// The ARN of a resource of `service` that does not exist. Without a known account it is of an
/// account that AWS gives nobody.
fn arn(session: &Session, service: &str, resource: &str) -> String {
    let place = &session.place;
    let account = match &*place.account {
        UNKNOWN_ACCOUNT => "000000000000",
        account => account,
    };
    let partition = region::partition(&place.region);
    format!(
        "arn:{partition}:{service}:{}:{account}:{resource}",
        place.region
    )
}
