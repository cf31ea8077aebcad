//! Codes, messages and what is taken out of them.

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
