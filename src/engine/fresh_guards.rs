//! Guards on a target as it was read right before its call: a production tag that was put on it
//! after the confirmation stops the call.

use super::ActionBackend;
use crate::{
    domain::{
        ConfirmLevel, Fault, FaultKind, Measured, ObservedState, Operation, Record, Tags, Target,
        Timestamp,
    },
    inventory::{
        Inventory, Store,
        guards::{
            GuardContext, Guards,
            recheck::{refreshed, tag_route},
        },
    },
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::sync::watch;

/// The guards, and the data that they judge by.
pub(super) struct FreshGuards {
    pub(super) guards: Guards,
    /// Aliases of accounts by id.
    pub(super) aliases: BTreeMap<Arc<str>, Arc<str>>,
    /// The newest rows.
    pub(super) store: watch::Receiver<Arc<Store>>,
}

impl FreshGuards {
    /// Fails if a guard requires more than the confirmation at `level`, with `target` as it was
    /// just `observed`.
    pub(super) async fn check<B: ActionBackend>(
        &self,
        backend: &B,
        (operation, level): (Operation, &ConfirmLevel),
        target: &Target,
        observed: &ObservedState,
        now: Timestamp,
    ) -> Result<(), Fault> {
        if !self.guards.concern(operation) {
            return Ok(());
        }
        let world = Inventory::of(self.store.borrow().clone());
        let fresh = match world.record(&target.key) {
            Some(row) => {
                let tags = tags(backend, target, row, observed).await;
                Some(Arc::new(refreshed(row, observed, tags)))
            }
            None => None,
        };
        let known = GuardContext {
            world: &world,
            aliases: &self.aliases,
            now,
        };
        match self
            .guards
            .objection(operation, target, fresh.as_ref(), level, &known)
        {
            Some(why) => Err(Fault::new(
                FaultKind::Refused,
                "spendtop:guard",
                format!("{why}; nothing was done"),
            )),
            None => Ok(()),
        }
    }
}

/// The tags of `target` now; those of its row, if its service denies the read or has none.
async fn tags<B: ActionBackend>(
    backend: &B,
    target: &Target,
    row: &Record,
    observed: &ObservedState,
) -> Measured<Tags> {
    if let Some(tags) = &observed.tags {
        return Measured::Known(tags.clone());
    }
    let Some(route) = tag_route(row) else {
        return row.head.tags.clone();
    };
    match backend.tags(target, route).await {
        Ok(tags) => Measured::Known(tags),
        Err(fault) if matches!(fault.kind, FaultKind::Denied | FaultKind::Unavailable) => {
            row.head.tags.clone()
        }
        Err(fault) => Measured::unread(&fault),
    }
}
