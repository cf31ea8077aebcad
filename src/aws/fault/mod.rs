//! Converts an SDK error to a [`Fault`]: its kind, and AWS's own message without secrets.
//!
//! The kinds follow the error codes that AWS documents, and the answers of emulators that lack an
//! operation.

mod cause;
mod secrets;
#[cfg(test)]
mod tests;

pub use cause::of_transport as cause_of_transport;
pub use secrets::sanitize;

use super::{credentials::CredentialsFault, http::UnknownHost};
use crate::domain::{Fault, FaultCause, FaultKind, Timestamp};
use aws_smithy_runtime_api::{
    client::{
        interceptors::InterceptorError,
        orchestrator::HttpResponse,
        result::{ConnectorError, SdkError},
    },
    http::StatusCode,
};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use std::{error::Error, sync::Arc};

const THROTTLES: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];
const DENIALS: &[&str] = &[
    "AccessDeniedException",
    "AccessDenied",
    "UnauthorizedOperation",
    "UnauthorizedException",
    "Client.UnauthorizedOperation",
];
const BAD_CREDENTIALS: &[&str] = &[
    "ExpiredTokenException",
    "ExpiredToken",
    "RequestExpired",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "AuthFailure",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "RequestTimeTooSkewed",
    "MissingAuthenticationToken",
    "InvalidAccessKeyId",
];
/// Codes that come with a server error's status although the request was refused: nothing was
/// done.
const NO_CAPACITY: &[&str] = &[
    "InsufficientInstanceCapacity",
    "InsufficientCapacity",
    "InsufficientHostCapacity",
    "InsufficientReservedInstanceCapacity",
];
const NOT_OFFERED: &[&str] = &[
    "OptInRequired",
    "OptInRequiredException",
    "SubscriptionRequiredException",
    "UnknownOperationException",
    "UnknownOperation",
    "InvalidAction",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "NotImplemented",
    "DataUnavailableException",
];

/// The fault that describes `error` of `operation` (an [`Api`](super::Api), or a name such as
/// `sagemaker:ListApps`).
pub fn from_sdk<E>(operation: impl Into<Arc<str>>, error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let Some(fault) = find::<CredentialsFault>(error) {
        return fault.clone().into_fault(operation);
    }
    if let Some(missing) = find::<UnknownHost>(error) {
        return Fault::new(FaultKind::Unavailable, operation, missing.to_string())
            .with_cause(FaultCause::NotOffered);
    }
    let (kind, message) = match error {
        SdkError::TimeoutError(_) => (FaultKind::Timeout, "no answer in time".to_owned()),
        SdkError::DispatchFailure(failure) => {
            classify_dispatch_failure(failure.as_connector_error())
        }
        SdkError::ResponseError(answer) => {
            let (status, html) = (answer.raw().status(), is_html(answer.raw()));
            let kind = kind_of_status(status, html).unwrap_or(FaultKind::Broken);
            let what = if html {
                "a web page for an answer".to_owned()
            } else {
                format!("an answer that cannot be read: {}", error_chain(error))
            };
            (kind, format!("HTTP {} with {what}", status.as_u16()))
        }
        SdkError::ServiceError(answer) => {
            let meta = answer.err().meta();
            let raw = answer.raw();
            let (code, said) = (meta.code(), meta.message().unwrap_or_default());
            let cause =
                cause::of_answer(code.unwrap_or_default(), said, date(raw), Timestamp::now());
            let (kind, message) =
                classify_response(code, meta.message(), raw.status(), is_html(raw));
            return match cause {
                FaultCause::Other => Fault::new(kind, operation, sanitize(&message)),
                FaultCause::ClockSkew { minutes } => {
                    let message = format!("{}: {}", code.unwrap_or_default(), skew(minutes));
                    Fault::new(kind, operation, message).with_cause(cause)
                }
                cause => Fault::new(kind, operation, sanitize(&message)).with_cause(cause),
            };
        }
        SdkError::ConstructionFailure(_) => {
            classify_construction(&DisplayErrorContext(error).to_string())
        }
        _ => (FaultKind::Broken, DisplayErrorContext(error).to_string()),
    };
    let fault = Fault::new(kind, operation, sanitize(&message));
    match cause::of_transport(&message) {
        FaultCause::Other => fault,
        cause => fault.with_cause(cause),
    }
}

/// The kind of `error` if it is one of the way to a service, and not the service's own.
pub fn transport_kind(error: &(dyn Error + 'static)) -> Option<FaultKind> {
    let failure = find::<ConnectorError>(error)?;
    Some(if failure.is_timeout() {
        FaultKind::Timeout
    } else {
        FaultKind::Network
    })
}

/// The first cause of `error` that is a `T`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}

/// When a service answered, by its own clock.
pub(super) fn date(response: &HttpResponse) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(response.headers().get("date")?)
        .ok()
        .map(|date| date.timestamp())
}

fn skew(minutes: i64) -> String {
    let side = if minutes < 0 { "behind" } else { "ahead of" };
    format!(
        "this machine's clock is {} minutes {side} AWS",
        minutes.abs()
    )
}

/// Kind and message of an answer with an error status.
fn classify_response(
    code: Option<&str>,
    message: Option<&str>,
    status: StatusCode,
    html: bool,
) -> (FaultKind, String) {
    let said = message.unwrap_or_default();
    let kind = code
        .and_then(|code| kind_of_code(code, said))
        .or_else(|| not_implemented(said).then_some(FaultKind::Unavailable))
        .or_else(|| {
            (code.is_none() || status.is_server_error())
                .then(|| kind_of_status(status, html))
                .flatten()
        })
        .unwrap_or_else(|| kind_of_other_status(status));
    let text = match (code, said) {
        (None, "") if status.is_success() => format!(
            "HTTP {} with an answer that cannot be read",
            status.as_u16()
        ),
        (None, "") if html => format!("HTTP {} with a web page for an answer", status.as_u16()),
        (None, "") => format!("HTTP {}", status.as_u16()),
        (None, said) => format!("HTTP {}: {said}", status.as_u16()),
        (Some(code), "") => format!("{code} (HTTP {})", status.as_u16()),
        // These messages quote the signed request with its session token.
        (
            Some(
                code @ ("SignatureDoesNotMatch"
                | "InvalidSignatureException"
                | "IncompleteSignature"),
            ),
            _,
        ) => {
            format!(
                "{code}: the request signature does not match: check the secret key and the clock"
            )
        }
        (Some(code), said) => format!("{code}: {said}"),
    };
    (kind, text)
}

/// The kind of an answer without a known code. A success status with an unreadable body is
/// [`FaultKind::Broken`]: the request may have been carried out.
fn kind_of_other_status(status: StatusCode) -> FaultKind {
    match status.as_u16() {
        403 => FaultKind::Denied,
        408 => FaultKind::Timeout,
        200..=299 => FaultKind::Broken,
        _ => FaultKind::Refused,
    }
}

fn kind_of_code(code: &str, message: &str) -> Option<FaultKind> {
    let lower = message.to_lowercase();
    let missing = [
        "could not find",
        "recordnotfound",
        "does not exist",
        "not found",
    ]
    .iter()
    .any(|words| lower.contains(words));
    Some(match code {
        code if THROTTLES.contains(&code) => FaultKind::Throttled,
        code if DENIALS.contains(&code) => FaultKind::Denied,
        code if BAD_CREDENTIALS.contains(&code) => FaultKind::BadCredentials,
        code if NO_CAPACITY.contains(&code) => FaultKind::Refused,
        code if NOT_OFFERED.contains(&code) => FaultKind::Unavailable,
        code if code.ends_with(".NotFound")
            || code.starts_with("ResourceNotFound")
            || code == "NotFound" =>
        {
            FaultKind::NotFound
        }
        "ValidationException" | "ValidationError" if missing => FaultKind::NotFound,
        "RequestTimeout" | "RequestTimeoutException" => FaultKind::Timeout,
        _ if not_implemented(message) => FaultKind::Unavailable,
        _ if code.starts_with("Internal") || code.starts_with("ServiceUnavailable") => {
            FaultKind::Service
        }
        _ => return None,
    })
}

/// The kind of an HTTP status without an error code. AWS never answers 404 or 500 with a web page;
/// an emulator that lacks the operation does. Load balancers answer 502 to 504 with pages.
fn kind_of_status(status: StatusCode, html: bool) -> Option<FaultKind> {
    match status.as_u16() {
        404 | 405 | 415 | 501 => Some(FaultKind::Unavailable),
        500 if html => Some(FaultKind::Unavailable),
        401 => Some(FaultKind::BadCredentials),
        403 => Some(FaultKind::Denied),
        429 => Some(FaultKind::Throttled),
        500.. => Some(FaultKind::Service),
        _ => None,
    }
}

/// Whether a message is an emulator's for an operation that it lacks.
pub(super) fn not_implemented(message: &str) -> bool {
    let lower = message.to_lowercase();
    [
        "not yet been implemented",
        "not yet implemented",
        "not been implemented",
        "not implemented",
        "pro feature",
        "not supported yet",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

pub(super) fn is_html(response: &HttpResponse) -> bool {
    response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.contains("html"))
}

fn classify_dispatch_failure(error: Option<&ConnectorError>) -> (FaultKind, String) {
    let Some(error) = error else {
        return (FaultKind::Network, "could not be reached".to_owned());
    };
    let message = error_chain(error);
    if error.is_timeout() {
        (FaultKind::Timeout, "no connection in time".to_owned())
    } else if error.is_io() {
        (FaultKind::Network, message)
    } else {
        classify_credentials(&message).unwrap_or((FaultKind::Network, message))
    }
}

fn classify_construction(text: &str) -> (FaultKind, String) {
    classify_credentials(text).unwrap_or_else(|| (FaultKind::Refused, text.to_owned()))
}

/// Recognises missing or bad credentials, which only the message of the error shows.
fn classify_credentials(text: &str) -> Option<(FaultKind, String)> {
    let lower = text.to_lowercase();
    let absent = [
        "no providers in chain provided credentials",
        "did not contain credentials",
        "not loaded",
        "no profile",
        "credential provider was not enabled",
        // The last provider of the chain: a machine without a role.
        "imds session token",
    ];
    let bad = [
        "expired",
        "sso",
        "token",
        "assume role",
        "an error occurred while loading credentials",
        "credential",
    ];
    if absent.iter().any(|words| lower.contains(words)) || lower.contains("could not find profile")
    {
        Some((FaultKind::NoCredentials, text.to_owned()))
    } else if bad.iter().any(|words| lower.contains(words)) {
        Some((FaultKind::BadCredentials, text.to_owned()))
    } else {
        None
    }
}

/// The messages of an error and its causes, joined, without those of interceptors, which add
/// nothing.
pub fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !words.contains(&text) && !cause.is::<InterceptorError>() {
            words.push_str(": ");
            words.push_str(&text);
        }
        next = cause.source();
    }
    words
}
