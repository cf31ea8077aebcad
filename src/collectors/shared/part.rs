//! Answers to paid questions that hold for a while, failures included.

use crate::domain::{Fault, FaultKind, Timestamp};
use serde::{Deserialize, Serialize};

const HOUR: i64 = 3_600;
/// How long an answer holds: Cost Explorer's figures change three times a day at most.
pub(crate) const CADENCE: i64 = 6 * HOUR;
/// How long a denial holds: it costs nothing, and a permission may be granted meanwhile.
const DENIED: i64 = HOUR;
/// How long a failure holds that AWS does not bill: the request did not reach it, or was throttled.
const UNBILLED: i64 = 300;

/// The answer to one question, or why there is none; asked again when it no longer holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Part<T> {
    /// When the request was sent, in seconds since the epoch; 0 for never.
    pub asked: i64,
    /// When it is due again, in seconds since the epoch.
    pub until: i64,
    /// The answer.
    pub answer: Result<T, PartFault>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PartFault {
    pub kind: FaultKind,
    pub operation: String,
    pub message: String,
    /// The user cannot fix it: no badge.
    pub is_quiet: bool,
}

impl PartFault {
    /// As a badge shows it; `None` if it gets none.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let fault = Fault::new(self.kind, self.operation.as_str(), self.message.as_str());
        (!self.is_quiet).then_some(fault)
    }

    /// The text of the fault in the cells of the pane.
    pub(crate) fn reason(&self) -> String {
        if self.is_quiet || self.operation.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.operation, self.kind.word())
        }
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self::without("not asked")
    }
}

impl<T> Part<T> {
    /// A part without a request, because of `why`.
    pub(crate) fn without(why: &str) -> Self {
        let fault = PartFault {
            kind: FaultKind::Unavailable,
            operation: String::new(),
            message: why.to_owned(),
            is_quiet: true,
        };
        Self {
            asked: 0,
            until: 0,
            answer: Err(fault),
        }
    }

    /// The `answer` of `now`; a failure of a kind that is `quiet` gets no badge.
    pub(crate) fn of(
        answer: Result<T, Fault>,
        now: Timestamp,
        quiet: fn(FaultKind) -> bool,
    ) -> Self {
        let held = match answer.as_ref().map_err(|fault| fault.kind) {
            Err(FaultKind::Denied) => DENIED,
            Err(kind) if !is_billed(kind) => UNBILLED,
            _ => CADENCE,
        };
        let asked = now.as_second();
        Self {
            asked,
            until: asked + held,
            answer: answer.map_err(|fault| PartFault {
                kind: fault.kind,
                operation: fault.operation.to_string(),
                message: fault.message.to_string(),
                is_quiet: quiet(fault.kind),
            }),
        }
    }

    /// Whether it may be asked at `now`. An answer of the future is none.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        !(self.asked..self.until).contains(&now.as_second())
    }

    /// The answer; `None` if there is none.
    pub(crate) fn known(&self) -> Option<&T> {
        self.answer.as_ref().ok()
    }

    /// Why there is no answer.
    pub(crate) fn reason(&self) -> Option<String> {
        self.answer.as_ref().err().map(PartFault::reason)
    }

    /// The failure, if it gets a badge.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.answer.as_ref().err()?.fault()
    }

    /// The one of the two with the later request.
    pub(crate) fn newer(self, other: Self) -> Self {
        if other.asked > self.asked {
            other
        } else {
            self
        }
    }

    /// Forgets a denial: another identity may be allowed to ask.
    pub(crate) fn forget_denial(&mut self) {
        if self
            .answer
            .as_ref()
            .is_err_and(|fault| fault.kind == FaultKind::Denied)
        {
            self.until = 0;
        }
    }
}

/// Whether AWS may bill a request that fails in this way. AWS does not bill requests that it
/// refuses with a 4xx, says the Cost Explorer team (aws-sdk-java#2065); it may bill one cut off.
fn is_billed(kind: FaultKind) -> bool {
    !matches!(
        kind,
        FaultKind::Throttled
            | FaultKind::Network
            | FaultKind::NoCredentials
            | FaultKind::BadCredentials
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_waits_as_long_as_it_may_have_cost() {
        let now: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        for (kind, seconds) in [
            (FaultKind::Timeout, CADENCE),
            (FaultKind::Service, CADENCE),
            (FaultKind::Refused, CADENCE),
            (FaultKind::Unavailable, CADENCE),
            (FaultKind::Denied, 3_600),
            (FaultKind::Throttled, 300),
            (FaultKind::Network, 300),
            (FaultKind::BadCredentials, 300),
        ] {
            let answer = Err(Fault::new(kind, "ce:GetCostAndUsage", "no"));
            let part = Part::<()>::of(answer, now, |_| false);
            let at = |seconds: i64| Timestamp::from_second(now.as_second() + seconds).unwrap();
            assert!(
                !part.is_due(at(seconds - 1)) && part.is_due(at(seconds)),
                "{kind:?}"
            );
            assert!(part.is_due(at(-60)), "the clock was set back");
        }
        assert!(Part::<()>::default().is_due(now));
    }
}
