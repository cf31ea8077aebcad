//! The kinds of fault and their names in scenarios and requests.

use std::time::Duration;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultEffect {
    /// Access denied.
    Deny,
    /// Throttled.
    Throttle,
    /// The caller's session token has expired.
    ExpiredToken,
    /// The service's answer for a resource that does not exist.
    Gone,
    /// HTTP 500; the call does not execute.
    Status500,
    /// HTTP 500; the call executes.
    Status500After,
    /// HTTP 200 with a body that cannot be parsed; the call does not execute.
    BrokenBody,
    /// HTTP 200 with a body that cannot be parsed; the call executes.
    BrokenBodyAfter,
    /// No answer until the mock stops; the call does not execute.
    TimeoutBefore,
    /// No answer until the mock stops; the call executes.
    TimeoutAfter,
    /// The connection is closed; the call does not execute.
    Reset,
    /// The connection is closed; the call executes.
    ResetAfter,
    /// HTTP 200 with a login page, as a captive portal answers; the call does not execute.
    LoginPage,
    /// HTTP 502 with an error page, as a proxy answers; the call does not execute.
    ProxyError,
    /// HTTP 200 without a body; the call does not execute.
    EmptyBody,
    /// The connection is closed in the middle of the body; the call does not execute.
    CutBody,
    /// A body that never ends; the call does not execute.
    EndlessBody,
    /// A body of a byte a second that never ends; the call does not execute.
    DrippingBody,
    /// The call executes at once; the answer is delayed.
    Slow(Duration),
}

/// The name of each kind but `slow`.
const WORDS: &[(&str, FaultEffect)] = &[
    ("deny", FaultEffect::Deny),
    ("throttle", FaultEffect::Throttle),
    ("expired-token", FaultEffect::ExpiredToken),
    ("gone", FaultEffect::Gone),
    ("status-500", FaultEffect::Status500),
    ("status-500-after", FaultEffect::Status500After),
    ("broken-body", FaultEffect::BrokenBody),
    ("broken-body-after", FaultEffect::BrokenBodyAfter),
    ("timeout-before", FaultEffect::TimeoutBefore),
    ("timeout-after", FaultEffect::TimeoutAfter),
    ("reset", FaultEffect::Reset),
    ("reset-after", FaultEffect::ResetAfter),
    ("login-page", FaultEffect::LoginPage),
    ("proxy-error", FaultEffect::ProxyError),
    ("empty-body", FaultEffect::EmptyBody),
    ("cut-body", FaultEffect::CutBody),
    ("endless-body", FaultEffect::EndlessBody),
    ("dripping-body", FaultEffect::DrippingBody),
];

/// The name of [`FaultEffect::Slow`], which needs a delay.
pub const SLOW: &str = "slow";

impl FaultEffect {
    /// Its name in scenarios and requests.
    pub fn name(self) -> &'static str {
        WORDS
            .iter()
            .find(|(_, fault)| *fault == self)
            .map_or(SLOW, |(word, _)| word)
    }

    /// Every name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word).chain([SLOW])
    }

    /// The kind with `name`; `delay` belongs to `slow` and to nothing else.
    pub fn parse(name: &str, delay: Option<Duration>) -> Option<Self> {
        match delay {
            Some(delay) => (name == SLOW).then_some(Self::Slow(delay)),
            None => WORDS
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, fault)| *fault),
        }
    }

    /// Whether the call executes although the caller sees a failure.
    pub fn still_executes(self) -> bool {
        matches!(
            self,
            Self::Status500After
                | Self::BrokenBodyAfter
                | Self::TimeoutAfter
                | Self::ResetAfter
                | Self::Slow(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_parses_to_its_kind() {
        for word in FaultEffect::names().filter(|word| *word != SLOW) {
            assert_eq!(FaultEffect::parse(word, None).unwrap().name(), word);
            assert_eq!(FaultEffect::parse(word, Some(Duration::ZERO)), None);
        }
        let second = Duration::from_secs(1);
        assert_eq!(
            FaultEffect::parse(SLOW, Some(second)),
            Some(FaultEffect::Slow(second))
        );
        assert_eq!(FaultEffect::Slow(second).name(), SLOW);
        assert_eq!(FaultEffect::parse(SLOW, None), None);
    }
}
