//! The invariants of journal and executor, on a simulated account that fails in every way, with
//! sessions that are killed at any moment.

mod account;
mod invariants;
mod lifetimes;

use super::audit::simulated_disk::SimulatedDisk;
use crate::domain::FaultKind;
use account::{CallBehavior, Place};
use lifetimes::{Case, live};
use proptest::prelude::*;

fn fate() -> impl Strategy<Value = CallBehavior> {
    let kinds = prop::sample::select(vec![
        FaultKind::Denied,
        FaultKind::BadCredentials,
        FaultKind::Refused,
        FaultKind::Throttled,
        FaultKind::NotFound,
        FaultKind::Unavailable,
        FaultKind::Timeout,
        FaultKind::Service,
        FaultKind::Network,
        FaultKind::Broken,
    ]);
    let ambiguous = vec![
        FaultKind::Timeout,
        FaultKind::Service,
        FaultKind::Network,
        FaultKind::Broken,
        FaultKind::Unavailable,
    ];
    let ambiguous = prop::sample::select(ambiguous);
    prop_oneof![
        4 => Just(CallBehavior::Done),
        3 => kinds.prop_map(CallBehavior::Fault),
        3 => ambiguous.prop_map(CallBehavior::After),
        1 => any::<bool>().prop_map(CallBehavior::Dark),
        1 => Just(CallBehavior::Drifted),
        1 => Just(CallBehavior::Gone),
        1 => Just(CallBehavior::Unreachable),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let plans = prop::collection::vec(prop::collection::vec((fate(), any::<u8>()), 1..4), 1..3);
    let some = |most: usize| prop::option::weighted(0.4, 0..most);
    (
        plans,
        some(24),
        prop::option::weighted(0.2, 0_usize..16),
        prop::option::weighted(0.1, 0_usize..16),
        prop::option::weighted(0.1, 0_usize..9_000),
    )
        .prop_map(|(plans, kill, cancel, leave, power)| Case {
            plans,
            kill,
            cancel,
            leave,
            power,
        })
}

/// Runs all of `cases` at once, since most of them wait most of the time. Returns the first broken
/// invariant.
fn live_all(cases: &[(Case, usize)], files: bool) -> Option<String> {
    std::thread::scope(|scope| {
        let lives: Vec<_> = cases
            .iter()
            .map(|(case, seed)| {
                scope.spawn(move || {
                    let folder = files.then(|| tempfile::tempdir().unwrap());
                    let place = folder.as_ref().map_or_else(
                        || Place::Simulated(SimulatedDisk::new()),
                        |folder| Place::Real(folder.path().join("journal.jsonl")),
                    );
                    let case = Case {
                        power: case.power.filter(|_| !files),
                        ..case.clone()
                    };
                    let broken = live(&case, *seed, place);
                    (!broken.is_empty()).then(|| format!("{broken:#?} in {case:?}, seed {seed}"))
                })
            })
            .collect();
        lives.into_iter().find_map(|life| life.join().unwrap())
    })
}

/// Power loss between a line and its newline: the line counts.
#[test]
fn entry_without_its_newline_counts() {
    use FaultKind::{Broken, Service};
    let cut = |plans: &[&[(CallBehavior, u8)]], leave, power| Case {
        plans: plans.iter().map(|plan| plan.to_vec()).collect(),
        kill: None,
        cancel: None,
        leave,
        power: Some(power),
    };
    let first = cut(
        &[
            &[
                (CallBehavior::Done, 211),
                (CallBehavior::Done, 253),
                (CallBehavior::After(Service), 165),
            ],
            &[(CallBehavior::After(Broken), 12)],
        ],
        None,
        3_031,
    );
    assert_eq!(live_all(&[(first, 2)], false), None);
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    }
}

proptest! {
    // 100 times 100 lives.
    #![proptest_config(config(100))]
    #[test]
    fn invariants_hold_under_faults_and_crashes(
        cases in prop::collection::vec((case(), 0_usize..3), 100),
    ) {
        prop_assert_eq!(live_all(&cases, false), None);
    }
}

proptest! {
    #![proptest_config(config(15))]
    #[test]
    fn invariants_hold_on_real_files(cases in prop::collection::vec((case(), 0_usize..3), 20)) {
        prop_assert_eq!(live_all(&cases, true), None);
    }
}
