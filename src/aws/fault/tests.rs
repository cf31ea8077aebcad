//! Codes and messages, and the faults and details that the code derives from them.

use super::*;
use FaultKind::{
    BadCredentials, Broken, Denied, NotFound, Refused, Service, Throttled, Timeout, Unavailable,
};

fn of(code: Option<&str>, message: Option<&str>, status: u16, html: bool) -> FaultKind {
    classify_response(code, message, StatusCode::try_from(status).unwrap(), html).0
}

/// Code and message of a response, empty where it has none; its status; whether it is HTML.
#[rustfmt::skip]
const RESPONSES: &[(&str, &str, u16, bool, FaultKind)] = &[
    ("AccessDeniedException", "", 400, false, Denied),
    ("UnauthorizedOperation", "", 403, false, Denied),
    ("AuthFailure", "", 401, false, BadCredentials),
    ("ExpiredTokenException", "", 400, false, BadCredentials),
    ("LimitExceededException", "", 400, false, Throttled),
    ("RequestLimitExceeded", "", 503, false, Throttled),
    ("InvalidInstanceID.NotFound", "", 400, false, NotFound),
    ("ValidationException", "Could not find endpoint \"x\".", 400, false, NotFound),
    ("ValidationException", "1 validation error detected", 400, false, Refused),
    ("InternalFailure", "API for service 'ce' not yet implemented or pro feature", 501, false,
        Unavailable),
    ("InternalFailure", "oops", 500, false, Service),
    ("InternalServiceException", "oops", 400, false, Service),
    ("UnknownOperationException", "", 404, false, Unavailable),
    ("", "", 404, true, Unavailable),
    ("", "", 500, true, Unavailable),
    ("", "", 503, true, Service),
    ("", "The get_anomalies action has not been implemented", 400, false, Unavailable),
    ("", "", 403, false, Denied),
    ("InsufficientInstanceCapacity", "", 500, false, Refused),
    ("SomethingNew", "", 403, false, Denied),
    ("SomethingNew", "", 400, false, Refused),
    ("SomethingNew", "", 500, false, Service),
    ("", "", 200, false, Broken),
    ("", "", 400, false, Refused),
    ("", "", 408, false, Timeout),
];

#[test]
fn error_codes_map_to_fault_kinds() {
    for (code, message, status, html, kind) in RESPONSES {
        let text = |text: &'static str| (!text.is_empty()).then_some(text);
        assert_eq!(
            of(text(code), text(message), *status, *html),
            *kind,
            "{code} {message} {status}"
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
    assert_eq!(
        sanitize(&"x".repeat(9_000)).chars().count(),
        secrets::MAX_MESSAGE_CHARS
    );
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
