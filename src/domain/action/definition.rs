//! The definition of an operation: its facts for the rest of the program, and the trait that its
//! API calls implement. Each file of `ops` is one operation.

use super::{
    capability::CallTemplate,
    expected::ExpectedState,
    input::{Input, Prompt},
    prior_state::PriorState,
    scope::{BlastRadius, Parent},
};
use crate::domain::{Reason, Tags, UsdPerHour};
use std::{sync::Arc, time::Duration};

/// The facts about an operation that other modules read.
#[derive(Debug)]
pub struct Definition {
    /// The word in keymaps (`operation:stop`), guards, journal, palette and JSON.
    pub id: &'static str,
    /// Its effect, for help.
    pub doc: &'static str,
    /// The kind of input that a person enters before there is a plan.
    pub prompt: Prompt,
    /// It changes running compute: preflight checks are read, and production asks for the name.
    pub affects_runtime: bool,
    /// It may change the cost of the resource.
    pub affects_cost: bool,
    /// No operation brings the resource back: the name is always typed.
    pub is_irreversible: bool,
    /// It is done to a cost anomaly, not to a resource.
    pub is_about_anomaly: bool,
    /// Id of the operation that undoes it, where that is another one.
    pub opposite: Option<&'static str>,
    /// The longest wait for the expected state; `None`: as configured.
    pub timeout: Option<Duration>,
    /// The findings that are a reason for it.
    pub justification: Justification,
    /// Words for the screen.
    pub texts: Texts,
}

/// Words for the screen.
#[derive(Debug)]
pub struct Texts {
    /// Start of the confirm dialog's title, before the name: `Stop`.
    pub title: &'static str,
    /// The change in progress after AWS accepted the call, in at most eight letters: `stopping`.
    pub progress: &'static str,
    /// The expected state as a clause: `it has stopped`.
    pub settled: &'static str,
    /// The effect of the enter key once the name is typed: `enter stops`.
    pub enter: &'static str,
}

/// Which findings are a reason for an operation; the journal keeps the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Justification {
    /// Findings with waste.
    Waste,
    /// Findings that recommend this very operation.
    Recommendation,
    /// None.
    Never,
}

/// The effect of an undo, as announced before the call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// There is nothing to undo.
    Unneeded,
    /// There is no undo.
    Impossible,
    /// It restores this: `the count of before`.
    Restores(&'static str),
}

/// The request that undoes a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InverseRequest {
    /// The same operation with this input.
    Same(Input),
    /// The opposite operation.
    Opposite,
}

/// The facts of a row that operations read to resolve a request.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The desired count of instances or copies; zero where the row has no count.
    pub desired: u32,
    /// List dollars per hour; `None` when unpriced.
    pub rate: Option<UsdPerHour>,
    /// List dollars per hour of one instance, where it can be scaled by count.
    pub per_unit: Option<UsdPerHour>,
    /// Its tags, where they were read.
    pub tags: Option<&'a Tags>,
    /// Its parent resource.
    pub parent: Option<&'a Parent>,
}

/// A request resolved for a row, with a call of type `C`.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution<C> {
    /// The call.
    pub call: C,
    /// The state that must be observed afterwards.
    pub expected: ExpectedState,
    /// List dollars per hour saved (negative: added); `None` when unpriced.
    pub saves: Option<UsdPerHour>,
    /// Warnings for the confirm dialog.
    pub warnings: Vec<Reason>,
}

impl<C> Resolution<C> {
    /// The same with another type of call.
    pub(super) fn map<D>(self, wrap: impl FnOnce(C) -> D) -> Resolution<D> {
        Resolution {
            call: wrap(self.call),
            expected: self.expected,
            saves: self.saves,
            warnings: self.warnings,
        }
    }
}

/// The API calls of one operation as data.
pub(super) trait Call: Clone + PartialEq {
    /// The facts about the operation.
    const DEFINITION: Definition;

    /// Resolves `input` for a row to the exact call and its expected state; the error says why not.
    /// `capability` is that of the row, or the reason why it has none.
    fn resolve(
        subject: Subject<'_>,
        capability: Result<CallTemplate<Self>, Reason>,
        input: &Input,
    ) -> Result<Resolution<Self>, Reason>;

    /// The request that undoes `call` (`None`: the journal does not have it in full) where the
    /// resource was in the state `before` it, or the reason why no request does.
    fn inverse(call: Option<&Self>, before: &PriorState) -> Result<InverseRequest, Reason>;

    /// How an undo is announced before the call is made.
    fn undo(&self) -> Undo;

    /// The requests in their order, as the confirm dialog and the journal print them:
    /// `ec2:StopInstances InstanceIds=[i-0ab]`.
    fn requests(&self) -> Vec<String>;

    /// A representative call of `capability`: its blast radius does not depend on the input. `None`
    /// for kinds of input whose call changes no other row.
    fn example(capability: CallTemplate<Self>) -> Option<Self> {
        match capability {
            CallTemplate::Ready(call)
            | CallTemplate::Billed { call, .. }
            | CallTemplate::Count { call, .. }
            | CallTemplate::Hours { call, .. } => Some(call),
            _ => None,
        }
    }

    /// A capability of the resource `id`, for the tests that try every operation. Its call is the
    /// resource's own: two targets with one call are one target.
    #[cfg(test)]
    fn sample(id: std::sync::Arc<str>) -> CallTemplate<Self>;

    /// The resources it changes beyond the row that it was requested for; `None` where there are
    /// none.
    fn blast_radius(&self) -> Option<BlastRadius> {
        None
    }

    /// Name of the changed resource, where several rows share it: its rows settle together.
    fn target_name(&self) -> Option<&Arc<str>> {
        None
    }

    /// The property that two rows with the same call share: `same endpoint`.
    fn shared_noun(&self) -> &'static str {
        "same change"
    }

    /// Whether several rows represent the changed resource, any of which will do.
    fn is_shared(&self) -> bool {
        false
    }

    /// Id of the EC2 instance that it changes.
    fn instance(&self) -> Option<&Arc<str>> {
        None
    }

    /// Whether `other` is the same change: of two such calls only one is made.
    fn is_same_change(&self, other: &Self) -> bool {
        self == other
    }
}

/// The reason where the journal does not have the state before the call.
pub(super) const PRIOR_STATE_MISSING: &str = "the journal does not say what it was before";

/// The complete call of a capability that takes no input.
pub(super) fn complete_call<C: Call>(
    capability: Result<CallTemplate<C>, Reason>,
    input: &Input,
) -> Result<C, Reason> {
    match (capability?, input) {
        (CallTemplate::Ready(call) | CallTemplate::Billed { call, .. }, Input::None) => Ok(call),
        _ => Err(mismatch::<C>()),
    }
}

/// The reason where an input is of another kind than the capability.
pub(super) fn mismatch<C: Call>() -> Reason {
    Reason::new(format!("{} does not fit its offer", C::DEFINITION.id))
}

/// The operation has no inverse, for the reason `why`.
pub(super) fn no_inverse(why: &'static str) -> Result<InverseRequest, Reason> {
    Err(Reason::new(why))
}
