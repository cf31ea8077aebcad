//! Converts an SDK error to a [`Fault`]: its kind, and AWS's own message without secrets.
//!
//! The kinds follow the error codes that AWS documents, and the answers of emulators that lack an
//! operation.

use crate::domain::{Fault, FaultKind};
use aws_smithy_runtime_api::{
    client::{
        orchestrator::HttpResponse,
        result::{ConnectorError, SdkError},
    },
    http::StatusCode,
};
use aws_smithy_types::error::{display::DisplayErrorContext, metadata::ProvideErrorMetadata};
use std::{error::Error, sync::Arc};

/// Longest message, in characters.
const LONGEST: usize = 300;

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
            classify_response(meta.code(), meta.message(), raw.status(), is_html(raw))
        }
        SdkError::ConstructionFailure(_) => {
            classify_construction(&DisplayErrorContext(error).to_string())
        }
        _ => (FaultKind::Broken, DisplayErrorContext(error).to_string()),
    };
    Fault::new(kind, operation, sanitize(&message))
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

/// The messages of an error and its causes, joined.
pub(super) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !words.contains(&text) {
            words.push_str(": ");
            words.push_str(&text);
        }
        next = cause.source();
    }
    words
}

/// One line, no secrets, at most [`LONGEST`] characters.
fn sanitize(message: &str) -> String {
    let line = message
        .split_whitespace()
        .map(without_secret)
        .collect::<Vec<_>>()
        .join(" ");
    if line.chars().count() <= LONGEST {
        line
    } else {
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

/// A word without access key ids and without passwords in URLs.
fn without_secret(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(start) = word.find("://").map(|at| at + 3)
        && let Some(end) = word[start..].find('@').map(|at| at + start)
        && !word[start..end].contains('/')
    {
        word.replace_range(start..end, "…");
    }
    for prefix in ["AKIA", "ASIA"] {
        if let Some(at) = word.find(prefix) {
            let length = word[at..]
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .count();
            if length >= 16 {
                word.replace_range(at + 4..at + length, "…");
            }
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: Option<&str>, message: Option<&str>, status: u16, html: bool) -> FaultKind {
        classify_response(code, message, StatusCode::try_from(status).unwrap(), html).0
    }

    #[test]
    fn error_codes_map_to_fault_kinds() {
        for (code, message, status, html, kind) in [
            (
                Some("AccessDeniedException"),
                None,
                400,
                false,
                FaultKind::Denied,
            ),
            (
                Some("UnauthorizedOperation"),
                None,
                403,
                false,
                FaultKind::Denied,
            ),
            (
                Some("AuthFailure"),
                None,
                401,
                false,
                FaultKind::BadCredentials,
            ),
            (
                Some("ExpiredTokenException"),
                None,
                400,
                false,
                FaultKind::BadCredentials,
            ),
            (
                Some("LimitExceededException"),
                None,
                400,
                false,
                FaultKind::Throttled,
            ),
            (
                Some("RequestLimitExceeded"),
                None,
                503,
                false,
                FaultKind::Throttled,
            ),
            (
                Some("InvalidInstanceID.NotFound"),
                None,
                400,
                false,
                FaultKind::NotFound,
            ),
            (
                Some("ValidationException"),
                Some("Could not find endpoint \"x\"."),
                400,
                false,
                FaultKind::NotFound,
            ),
            (
                Some("ValidationException"),
                Some("1 validation error detected"),
                400,
                false,
                FaultKind::Refused,
            ),
            (
                Some("InternalFailure"),
                Some("API for service 'ce' not yet implemented or pro feature"),
                501,
                false,
                FaultKind::Unavailable,
            ),
            (
                Some("InternalFailure"),
                Some("oops"),
                500,
                false,
                FaultKind::Service,
            ),
            (
                Some("InternalServiceException"),
                Some("oops"),
                400,
                false,
                FaultKind::Service,
            ),
            (
                Some("UnknownOperationException"),
                None,
                404,
                false,
                FaultKind::Unavailable,
            ),
            (None, None, 404, true, FaultKind::Unavailable),
            (None, None, 500, true, FaultKind::Unavailable),
            (None, None, 503, true, FaultKind::Service),
            (
                None,
                Some("The get_anomalies action has not been implemented"),
                400,
                false,
                FaultKind::Unavailable,
            ),
            (None, None, 403, false, FaultKind::Denied),
            (
                Some("InsufficientInstanceCapacity"),
                None,
                500,
                false,
                FaultKind::Refused,
            ),
            (Some("SomethingNew"), None, 403, false, FaultKind::Denied),
            (Some("SomethingNew"), None, 400, false, FaultKind::Refused),
            (Some("SomethingNew"), None, 500, false, FaultKind::Service),
            (None, None, 200, false, FaultKind::Broken),
            (None, None, 400, false, FaultKind::Refused),
            (None, None, 408, false, FaultKind::Timeout),
        ] {
            assert_eq!(
                of(code, message, status, html),
                kind,
                "{code:?} {message:?} {status}"
            );
        }
    }

    #[test]
    fn fault_message_hides_secrets_and_has_a_limit() {
        let (_, text) = classify_response(
            Some("SignatureDoesNotMatch"),
            Some("The Canonical String should have been 'x-amz-security-token:SECRET'"),
            StatusCode::try_from(403).unwrap(),
            false,
        );
        assert!(!text.contains("SECRET"));
        assert_eq!(
            sanitize("key AKIAIOSFODNN7EXAMPLE is bad\n\n via http://me:pw@proxy:80/"),
            "key AKIA… is bad via http://…@proxy:80/"
        );
        assert_eq!(sanitize(&"x".repeat(9_000)).chars().count(), LONGEST);
    }

    #[test]
    fn credential_errors_differ_from_network_errors() {
        let kind = |text: &str| classify_credentials(text).map(|(kind, _)| kind);
        assert_eq!(
            kind("other: no providers in chain provided credentials"),
            Some(FaultKind::NoCredentials)
        );
        assert_eq!(
            kind("the SSO session has expired"),
            Some(FaultKind::BadCredentials)
        );
        assert_eq!(kind("dns error: failed to lookup address"), None);
    }
}
