//! The promises: what the journal says against what was done to the account.
//!
//! Must not know how it came about.

use super::{
    super::{Confirmed, Hands, journal::memory::Memory},
    lives::{Case, confirmed, runtime},
    world::{Account, Fate, Place},
};
use crate::domain::deed::{Class, Line, Word};
use tokio_util::sync::CancellationToken;

/// What the journal says against what was done.
pub(super) fn judge(account: &Account, plans: &[Confirmed], wrong: &mut Vec<String>) {
    let lines = account.place.lines();
    let world = account.world.lock().unwrap();
    for (id, row) in &world.rows {
        let of_row: Vec<&Line> = lines.iter().filter(|line| *line.id == **id).collect();
        let intents = of_row
            .iter()
            .filter(|line| line.step == Word::Intent)
            .count();
        let results: Vec<&&Line> = of_row
            .iter()
            .filter(|line| !matches!(line.step, Word::Intent | Word::Settled))
            .collect();
        // Accepted, and not as wanted in time, is one result and its epilogue.
        let results: Vec<&&Line> = match results.as_slice() {
            [accepted, later]
                if accepted.step == Word::Accepted && later.step == Word::Unsettled =>
            {
                vec![accepted]
            }
            _ => results,
        };
        if row.calls > 1 || row.effects > 1 {
            wrong.push(format!(
                "{id}: {} calls, {} effects",
                row.calls, row.effects
            ));
        }
        if intents > 1 || results.len() > 1 {
            wrong.push(format!(
                "{id}: {intents} intents, {} results",
                results.len()
            ));
        }
        if row.effects > 0 && intents == 0 {
            wrong.push(format!("{id}: changed without an intent"));
        }
        if !plans.iter().any(|plan| {
            plan.plan()
                .targets
                .iter()
                .any(|target| *target.key.id == **id)
        }) && (row.calls > 0 || intents > 0)
        {
            wrong.push(format!("{id}: touched, and nobody asked for it"));
        }
        let dark = matches!(row.fate, Fate::Dark(_) | Fate::Unreachable | Fate::Gone);
        match (intents, results.first().and_then(|line| line.result)) {
            (0, None | Some(Class::NotDone)) => {}
            // What cannot be described stays open until it can.
            (1, None) if dark => {}
            (1, Some(Class::Done))
                if row.effects == 1 || matches!(row.fate, Fate::Gone | Fate::Drifted) => {}
            (1, Some(Class::Unknown)) if dark || row.effects == 0 => {}
            (
                1,
                Some(
                    Class::NotDone
                    | Class::Refused
                    | Class::Denied
                    | Class::Throttled
                    | Class::Expired,
                ),
            ) if row.effects == 0 => {}
            (_, class) => wrong.push(format!(
                "{id}: {} effects, fate {:?}, journal says {class:?}",
                row.effects, row.fate
            )),
        }
    }
}

/// The promises can be broken: an account that is changed without a line is seen.
#[test]
fn a_broken_promise_is_seen() {
    let case = Case {
        plans: vec![vec![(Fate::Done, 0)]],
        kill: None,
        cancel: None,
        leave: None,
        power: None,
    };
    let (plans, rows) = confirmed(&case, 0);
    let account = Account::new(rows, Place::Memory(Memory::default()));
    runtime().block_on(async {
        account
            .carry_out(&plans[0].plan().targets[0], &CancellationToken::new())
            .await
            .unwrap()
    });
    let mut wrong = std::mem::take(&mut account.world.lock().unwrap().wrong);
    judge(&account, &plans, &mut wrong);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
