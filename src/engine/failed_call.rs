//! The outcome of a failed call, and the requests that were carried out before the failure.

use crate::domain::{ActionStatus, ApiCall, ExpectedState, Fault, FaultKind};

/// The status of a call whose first requests were carried out.
pub(super) fn mark_partial(status: ActionStatus) -> ActionStatus {
    match status {
        ActionStatus::Refused(fault) | ActionStatus::Unknown(fault) => ActionStatus::Partial(fault),
        status => status,
    }
}

/// How many requests of `call` were carried out before the one that `fault` names.
pub(super) fn completed_requests(call: &ApiCall, fault: &Fault) -> usize {
    let failed = |request: &String| request.split(' ').next() == Some(&*fault.operation);
    call.requests().iter().position(failed).unwrap_or(0)
}

/// Whether a failed call may have changed the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ambiguity {
    /// The call may have been carried out: no answer, or one that proves nothing.
    Unresolved,
    /// The call was likely not carried out: something between here and AWS rejected it. An
    /// unchanged resource settles it.
    Likely,
}

/// The ambiguity of a failed call; `None` where AWS itself refused it.
pub(super) fn ambiguity(kind: FaultKind) -> Option<Ambiguity> {
    match kind {
        FaultKind::Timeout
        | FaultKind::Network
        | FaultKind::Service
        | FaultKind::Broken
        | FaultKind::Incomplete => Some(Ambiguity::Unresolved),
        FaultKind::Unavailable => Some(Ambiguity::Likely),
        FaultKind::NoCredentials
        | FaultKind::BadCredentials
        | FaultKind::Denied
        | FaultKind::Throttled
        | FaultKind::NotFound
        | FaultKind::Refused => None,
    }
}

/// Whether a missing resource is what `expected` asks for.
pub(super) fn accepts_missing(expected: &ExpectedState) -> bool {
    matches!(expected, ExpectedState::Stopped | ExpectedState::Gone)
}
