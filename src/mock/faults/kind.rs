//! The ways to fail, and their words in scenarios and requests.

use std::time::Duration;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultEffect {
    /// The caller may not do that.
    Deny,
    /// Asked too often.
    Throttle,
    /// The caller's session is over.
    ExpiredToken,
    /// The service's own answer for a resource that is not there.
    Gone,
    /// The service is broken, and has done nothing.
    Status500,
    /// The service is broken, and has done it.
    Status500After,
    /// A 200 whose body is no answer, and nothing is done.
    BrokenBody,
    /// A 200 whose body is no answer, and it is done.
    BrokenBodyAfter,
    /// No answer until the mock stops, and nothing is done.
    TimeoutBefore,
    /// No answer until the mock stops, and it is done.
    TimeoutAfter,
    /// The connection is closed for an answer, and nothing is done.
    Reset,
    /// The connection is closed for an answer, and it is done.
    ResetAfter,
    /// It is done at once; the answer comes so much later.
    Slow(Duration),
}

/// Each kind but `slow`, and its word.
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
];

/// The word of [`FaultEffect::Slow`], which needs a delay.
pub const SLOW: &str = "slow";

impl FaultEffect {
    /// Its word in scenarios and requests.
    pub fn word(self) -> &'static str {
        WORDS
            .iter()
            .find(|(_, fault)| *fault == self)
            .map_or(SLOW, |(word, _)| word)
    }

    /// Every word.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word).chain([SLOW])
    }

    /// The kind called `word`; `delay` belongs to `slow` and to nothing else.
    pub fn named(word: &str, delay: Option<Duration>) -> Option<Self> {
        match delay {
            Some(delay) => (word == SLOW).then_some(Self::Slow(delay)),
            None => WORDS
                .iter()
                .find(|(known, _)| *known == word)
                .map(|(_, fault)| *fault),
        }
    }

    /// Whether what was asked is done all the same.
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
    fn words_name_their_kinds() {
        for word in FaultEffect::words().filter(|word| *word != SLOW) {
            assert_eq!(FaultEffect::named(word, None).unwrap().word(), word);
            assert_eq!(FaultEffect::named(word, Some(Duration::ZERO)), None);
        }
        let second = Duration::from_secs(1);
        assert_eq!(
            FaultEffect::named(SLOW, Some(second)),
            Some(FaultEffect::Slow(second))
        );
        assert_eq!(FaultEffect::Slow(second).word(), SLOW);
        assert_eq!(FaultEffect::named(SLOW, None), None);
    }
}
