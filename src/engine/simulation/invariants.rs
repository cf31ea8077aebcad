//! The invariants of the simulation: the journal agrees with the changes of the account.

use super::super::{ActionBackend, ConfirmedPlan, audit::simulated_disk::SimulatedDisk};
use super::{
    account::{Account, CallBehavior, Place, Row},
    lifetimes::{Case, confirmed, runtime},
};
use crate::domain::{Outcome, StatusKind, audit::AuditEntry};
use tokio_util::sync::CancellationToken;

/// Compares the journal with the changes of the account, row by row.
pub(super) fn check(account: &Account, plans: &[ConfirmedPlan], broken: &mut Vec<String>) {
    let entries = account.place.entries();
    let world = account.world.lock().unwrap();
    for (id, row) in &world.rows {
        let of_row: Vec<&AuditEntry> = entries.iter().filter(|entry| *entry.id == **id).collect();
        let is_planned = plans.iter().any(|plan| {
            let mut targets = plan.plan().targets.iter();
            targets.any(|target| *target.key.id == **id)
        });
        let violations = check_row(row, &of_row, is_planned);
        broken.extend(violations.into_iter().map(|what| format!("{id}: {what}")));
    }
}

/// The broken invariants of one row and its entries.
fn check_row(row: &Row, entries: &[&AuditEntry], is_planned: bool) -> Vec<String> {
    let mut broken = Vec::new();
    let intents = entries
        .iter()
        .filter(|entry| entry.event == StatusKind::Recorded)
        .count();
    let results = results(entries);
    if row.calls > 1 || row.effects > 1 {
        broken.push(format!("{} calls, {} effects", row.calls, row.effects));
    }
    if intents > 1 || results.len() > 1 {
        broken.push(format!("{intents} intents, {} results", results.len()));
    }
    if row.effects > 0 && intents == 0 {
        broken.push("changed without an intent".to_owned());
    }
    if !is_planned && (row.calls > 0 || intents > 0) {
        broken.push("changed without a plan".to_owned());
    }
    let outcome = results.first().and_then(|entry| entry.outcome);
    if !is_true(row, intents, outcome) {
        broken.push(format!(
            "{} effects, fate {:?}, journal says {outcome:?}",
            row.effects, row.fate
        ));
    }
    broken
}

/// The results of a row. An accepted call that did not reach its state in time has one result, and
/// a later entry that belongs to it.
fn results<'a>(entries: &[&'a AuditEntry]) -> Vec<&'a AuditEntry> {
    let mut results: Vec<&AuditEntry> = entries
        .iter()
        .copied()
        .filter(|entry| {
            let is_epilogue = entry.event == StatusKind::Succeeded && !entry.recovered;
            entry.event != StatusKind::Recorded && !is_epilogue
        })
        .collect();
    if let [accepted, later] = results.as_slice()
        && accepted.event == StatusKind::Accepted
        && matches!(later.event, StatusKind::TimedOut | StatusKind::Failed)
    {
        results.truncate(1);
    }
    results
}

/// Whether the outcome in the journal is that of the row.
fn is_true(row: &Row, intents: usize, outcome: Option<Outcome>) -> bool {
    let cannot_be_described = matches!(
        row.fate,
        CallBehavior::Dark(_) | CallBehavior::Unreachable | CallBehavior::Gone
    );
    match (intents, outcome) {
        (0, None | Some(Outcome::Skipped)) => true,
        // A row that cannot be described has no outcome until it can.
        (1, None) => cannot_be_described,
        (1, Some(Outcome::Succeeded)) => {
            row.effects == 1 || matches!(row.fate, CallBehavior::Gone | CallBehavior::Drifted)
        }
        (1, Some(Outcome::Unknown)) => cannot_be_described || row.effects == 0,
        (
            1,
            Some(
                Outcome::Skipped
                | Outcome::Refused
                | Outcome::Denied
                | Outcome::Throttled
                | Outcome::Expired,
            ),
        ) => row.effects == 0,
        _ => false,
    }
}

/// An account that changes without a journal entry breaks an invariant.
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
