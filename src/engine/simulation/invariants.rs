//! The invariants: what the journal says against what was done to the account.

use super::super::{ActionBackend, ConfirmedPlan, audit::power::SimulatedDisk};
use super::{
    account::{Account, CallBehavior, Place},
    lifetimes::{Case, confirmed, runtime},
};
use crate::domain::{Outcome, StatusKind, audit::AuditEntry};
use tokio_util::sync::CancellationToken;

/// What the journal says against what was done.
pub(super) fn check(account: &Account, plans: &[ConfirmedPlan], broken: &mut Vec<String>) {
    let entries = account.place.entries();
    let world = account.world.lock().unwrap();
    for (id, row) in &world.rows {
        let of_row: Vec<&AuditEntry> = entries.iter().filter(|line| *line.id == **id).collect();
        let intents = of_row
            .iter()
            .filter(|line| line.event == StatusKind::Recorded)
            .count();
        let results: Vec<&&AuditEntry> = of_row
            .iter()
            .filter(|line| {
                let is_epilogue = line.event == StatusKind::Succeeded && !line.recovered;
                line.event != StatusKind::Recorded && !is_epilogue
            })
            .collect();
        // Accepted, and not as wanted in time, is one result and its epilogue.
        let results: Vec<&&AuditEntry> = match results.as_slice() {
            [accepted, later]
                if accepted.event == StatusKind::Accepted
                    && matches!(later.event, StatusKind::TimedOut | StatusKind::Failed) =>
            {
                vec![accepted]
            }
            _ => results,
        };
        if row.calls > 1 || row.effects > 1 {
            broken.push(format!(
                "{id}: {} calls, {} effects",
                row.calls, row.effects
            ));
        }
        if intents > 1 || results.len() > 1 {
            broken.push(format!(
                "{id}: {intents} intents, {} results",
                results.len()
            ));
        }
        if row.effects > 0 && intents == 0 {
            broken.push(format!("{id}: changed without an intent"));
        }
        if !plans.iter().any(|plan| {
            plan.plan()
                .targets
                .iter()
                .any(|target| *target.key.id == **id)
        }) && (row.calls > 0 || intents > 0)
        {
            broken.push(format!("{id}: touched, and nobody asked for it"));
        }
        let dark = matches!(
            row.fate,
            CallBehavior::Dark(_) | CallBehavior::Unreachable | CallBehavior::Gone
        );
        match (intents, results.first().and_then(|line| line.outcome)) {
            (0, None | Some(Outcome::Skipped)) => {}
            // What cannot be described stays open until it can.
            (1, None) if dark => {}
            (1, Some(Outcome::Succeeded))
                if row.effects == 1
                    || matches!(row.fate, CallBehavior::Gone | CallBehavior::Drifted) => {}
            (1, Some(Outcome::Unknown)) if dark || row.effects == 0 => {}
            (
                1,
                Some(
                    Outcome::Skipped
                    | Outcome::Refused
                    | Outcome::Denied
                    | Outcome::Throttled
                    | Outcome::Expired,
                ),
            ) if row.effects == 0 => {}
            (_, class) => broken.push(format!(
                "{id}: {} effects, fate {:?}, journal says {class:?}",
                row.effects, row.fate
            )),
        }
    }
}

/// The promises can be broken: an account that is changed without a line is seen.
#[test]
fn unrecorded_change_breaks_an_invariant() {
    let case = Case {
        plans: vec![vec![(CallBehavior::Done, 0)]],
        kill: None,
        cancel: None,
        leave: None,
        power: None,
    };
    let (plans, rows) = confirmed(&case, 0);
    let account = Account::new(rows, Place::Simulated(SimulatedDisk::new()));
    runtime().block_on(async {
        account
            .execute(&plans[0].plan().targets[0], &CancellationToken::new())
            .await
            .unwrap();
    });
    let mut broken = std::mem::take(&mut account.world.lock().unwrap().broken);
    check(&account, &plans, &mut broken);
    assert_eq!(broken.len(), 2, "{broken:?}");
}
