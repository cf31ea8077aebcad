//! A person's request on a row, resolved to the exact call, the expected state and the dollars.

use super::{
    definition::{Resolution, Subject},
    input::{Input, Prompt},
    ops::{ApiCall, Operation},
};
use crate::domain::{Capability, CommonFields, Measured, Reason};

/// An operation with its input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRequest {
    /// The operation.
    pub operation: Operation,
    /// The input.
    pub input: Input,
}

/// A request resolved for a row.
pub type ResolvedAction = Resolution<ApiCall>;

impl ActionRequest {
    /// Resolves the request for a row; the error says why that is not possible.
    pub(super) fn resolve(&self, head: &CommonFields) -> Result<ResolvedAction, Reason> {
        let capability = match head.capability(self.operation) {
            Measured::Known(capability) => Ok(capability),
            Measured::Unknown(why) => Err(why),
        };
        let per_unit = match head.capability(Operation::Scale).known() {
            Some(Capability::Count { per_unit, .. }) => *per_unit,
            _ => None,
        };
        let subject = Subject {
            desired: head.compute.as_ref().map_or(0, |compute| compute.desired),
            rate: head.burn.rate(),
            per_unit,
            tags: head.tags.known(),
            parent: head.parent.as_ref(),
        };
        self.operation.resolve(subject, capability, &self.input)
    }
}

impl Operation {
    /// The request for it with `input`.
    pub fn request(self, input: Input) -> ActionRequest {
        ActionRequest {
            operation: self,
            input,
        }
    }

    /// The request for it where nothing has to be entered; `None` where something has.
    pub fn complete_request(self) -> Option<ActionRequest> {
        (self.definition().prompt == Prompt::None).then(|| self.request(Input::None))
    }
}
