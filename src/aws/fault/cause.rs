//! The cause of a failure, from AWS's code and message or from the way the request failed.

use crate::domain::FaultCause;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// Codes for a request whose signature is too old, too new, or wrong.
const SIGNATURE: [&str; 5] = [
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "AuthFailure",
];
/// Codes for a session that is over.
const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];
/// Codes that a region gives for good keys if the account has not enabled it. Each service has one
/// of its own: STS, EC2, and the services that speak JSON.
const NOT_ENABLED: [&str; 3] = [
    "InvalidClientTokenId",
    "AuthFailure",
    "UnrecognizedClientException",
];
/// AWS takes signatures up to so many minutes off.
const TOLERANCE: i64 = 5;

/// The cause of an answer with `code` and `message`. `date` is when the service answered by its own
/// clock, `now` the same by this machine's.
pub(super) fn of_answer(
    code: &str,
    message: &str,
    date: Option<Timestamp>,
    now: Timestamp,
) -> FaultCause {
    if SIGNATURE.contains(&code)
        && let Some(minutes) = skew_in(message).or_else(|| date.map(|date| minutes(now, date)))
        && minutes.abs() >= TOLERANCE
    {
        return FaultCause::ClockSkew { minutes };
    }
    if EXPIRED.contains(&code) {
        return FaultCause::SessionExpired;
    }
    if NOT_ENABLED.contains(&code) {
        return FaultCause::UnknownKey;
    }
    FaultCause::Other
}

/// The cause of a request that never reached a service.
pub fn of_transport(text: &str) -> FaultCause {
    let lower = text.to_lowercase();
    if lower.contains("unknownissuer") || lower.contains("unknown issuer") {
        FaultCause::UntrustedCertificate
    } else {
        FaultCause::Other
    }
}

/// Minutes that this machine's clock is ahead of AWS's, from a message that gives both: the
/// request's time first, the service's last. `Signature expired: 20261129T231442Z is now earlier
/// than 20261129T235442Z (20261129T235942Z - 5 min.)`
fn skew_in(message: &str) -> Option<i64> {
    let times: Vec<Timestamp> = message
        .split(|c: char| c.is_whitespace() || "(),;".contains(c))
        .filter_map(timestamp)
        .collect();
    match times.as_slice() {
        [request, .., service] => Some(minutes(*request, *service)),
        _ => None,
    }
}

fn timestamp(word: &str) -> Option<Timestamp> {
    let word = word.trim_end_matches(['.', ':']);
    if !word.starts_with("20") {
        return None;
    }
    word.parse().ok().or_else(|| {
        let at = DateTime::strptime("%Y%m%dT%H%M%SZ", word).ok()?;
        TimeZone::UTC.to_timestamp(at).ok()
    })
}

fn minutes(here: Timestamp, there: Timestamp) -> i64 {
    (here.as_second() - there.as_second()) / 60
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages as AWS sends them: the CLI's and SDKs' public issue threads quote them.
    #[test]
    fn messages_map_to_causes() {
        let now: Timestamp = "2026-11-29T23:14:42Z".parse().unwrap();
        let of = |code: &str, message: &str| of_answer(code, message, Some(now), now);
        let behind = FaultCause::ClockSkew { minutes: -45 };
        for (code, message, cause) in [
            (
                "InvalidSignatureException",
                "Signature expired: 20261129T231442Z is now earlier than 20261129T235442Z \
                 (20261129T235942Z - 5 min.)",
                behind,
            ),
            (
                "SignatureDoesNotMatch",
                "Signature not yet current: 20261129T235942Z is still later than \
                 20261129T231942Z (20261129T231442Z + 5 min.)",
                FaultCause::ClockSkew { minutes: 45 },
            ),
            (
                "RequestExpired",
                "Request has expired. Timestamp date: 2026-11-29T23:14:42Z. Current date: \
                 2026-11-29T23:59:42Z",
                behind,
            ),
            (
                "RequestExpired",
                "Request has expired.",
                FaultCause::SessionExpired,
            ),
            (
                "ExpiredTokenException",
                "The security token included in the request is expired",
                FaultCause::SessionExpired,
            ),
            (
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match",
                FaultCause::Other,
            ),
            (
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
                FaultCause::UnknownKey,
            ),
        ] {
            assert_eq!(of(code, message), cause, "{code}: {message}");
        }
    }

    #[test]
    fn response_date_reveals_clock_skew() {
        let (now, there) = ("2026-11-29T23:14:42Z", "2026-11-29T23:59:50Z");
        let cause = of_answer(
            "RequestExpired",
            "Request has expired.",
            there.parse().ok(),
            now.parse().unwrap(),
        );
        assert_eq!(cause, FaultCause::ClockSkew { minutes: -45 });
    }
}
