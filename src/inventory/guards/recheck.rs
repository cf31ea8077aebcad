//! Guards on a resource as read right before its call: its confirmation may no longer suffice.

use super::{GuardContext, GuardEffect, Guards, ruling::Ruling};
use crate::domain::{ConfirmLevel, ObservedState, Operation, Phase, Reason, Record, Tags, Target};
use crate::domain::{Measured, action::TagRoute};
use std::sync::Arc;

impl Guards {
    /// Whether any rule may apply to `operation`.
    pub fn concern(&self, operation: Operation) -> bool {
        let concerns =
            |operations: &[Operation]| operations.is_empty() || operations.contains(&operation);
        self.rules.iter().any(|rule| concerns(&rule.operations))
    }

    /// Why `target` of a plan confirmed at `level` must be skipped: the rules deny or require more
    /// for `fresh`, its row as just read (`None`: it is no longer listed).
    pub fn objection(
        &self,
        operation: Operation,
        target: &Target,
        fresh: Option<&Arc<Record>>,
        level: &ConfirmLevel,
        known: &GuardContext<'_>,
    ) -> Option<Reason> {
        let pane = known.world.pane_of(&target.key);
        let pane = pane.and_then(|id| known.world.pane(id));
        let ruling = match (fresh, pane) {
            (Some(fresh), Some(pane)) => {
                self.judge_with(operation, (fresh, pane), Some(&target.call), known)
            }
            _ => Ruling::unseen(self.concern(operation)),
        };
        if ruling.denied.is_some() {
            return ruling.denied;
        }
        let demand = match (ruling.effect, level) {
            (GuardEffect::TypeName, ConfirmLevel::Yes) => "its name typed",
            (GuardEffect::TypeAccount, ConfirmLevel::Yes | ConfirmLevel::Type(_)) => {
                "its account typed"
            }
            _ => return None,
        };
        let why = ruling
            .reasons
            .first()
            .map_or_else(String::new, ToString::to_string);
        Some(Reason::new(format!("it needs {demand} now: {why}")))
    }
}

/// `row` with the state `observed` right before a call; `tags` are those of `observed` or those
/// read with it.
pub fn refreshed(row: &Record, observed: &ObservedState, tags: Measured<Tags>) -> Record {
    let mut row = row.clone();
    // A resource that is only read for its tags has no observed state.
    if observed.state.phase != Phase::Still {
        row.head.state = observed.state.clone();
    }
    if let Some(compute) = &mut row.head.compute {
        compute.count = observed.count.unwrap_or(compute.count);
        compute.desired = observed.desired.unwrap_or(compute.desired);
    }
    row.head.tags = tags;
    row
}

/// The request that reads and changes the tags of `row`, if it has one.
pub fn tag_route(row: &Record) -> Option<&TagRoute> {
    let offer = row.head.capability(Operation::Tag);
    match offer {
        Measured::Known(crate::domain::Capability::Tags(route)) => Some(route),
        _ => None,
    }
}
