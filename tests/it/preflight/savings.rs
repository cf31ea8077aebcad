//! The saving of a plan once its facts are read: without targets that are reserved, replaced,
//! reverted or refused.

use super::{Fixture, plan};
use crate::harness::Harness;
use crossterm::event::KeyCode;
use spendtop::domain::{
    Saving,
    StillBilled::{self, Paid, Refused, Replaced, Reverted},
    UsdPerHour,
};

/// The saving of a plan on `names` with its preflight checks, and the listed saving of each target.
async fn saving_of(fixture: &Fixture, names: &[&str], request: &str) -> (Saving, Vec<f64>) {
    let rows = fixture.rows().await;
    let plan = plan(&rows, names, request);
    let preflights = fixture.preflight(&plan.targets).await;
    let listed = plan
        .targets
        .iter()
        .map(|target| target.saves.unwrap().0)
        .collect();
    let place = |key: &_| plan.targets.iter().position(|target| target.key == *key);
    (
        plan.saving(|key| place(key).map(|place| &preflights[place])),
        listed,
    )
}

/// The rows, a request, the share of each row's cost that the plan saves, and why it does not save
/// the rest.
type Case = (
    &'static [&'static str],
    &'static str,
    &'static [f64],
    &'static [StillBilled],
);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (&["plain"], "stop", &[1.0], &[]),
    (&["held"], "stop", &[0.0], &[Paid]),
    (&["in-group"], "terminate", &[0.0], &[Replaced]),
    (&["spot-again"], "stop", &[1.0], &[]),
    (&["spot-again"], "terminate", &[0.0], &[Replaced]),
    (&["spot-once"], "terminate", &[1.0], &[]),
    (&["guarded"], "stop", &[0.0], &[Refused]),
    (&["sweep-*"], "stop", &[0.0], &[Replaced]),
    (&["plain", "held", "in-group", "guarded"], "stop", &[1.0, 0.0, 0.0, 0.0],
        &[Paid, Replaced, Refused]),
    (&["held-off"], "start", &[0.0], &[Paid]),
    (&["scarce-off"], "start", &[1.0], &[]),
    (&["quiet-endpoint"], "scale 1", &[1.0], &[]),
    (&["steered-endpoint"], "scale 1", &[0.5], &[Reverted]),
];

#[tokio::test(flavor = "multi_thread")]
async fn cost_billed_anyway_is_not_saved() {
    let fixture = Fixture::new().await;
    for (names, request, shares, why) in CASES {
        let (saving, listed) = saving_of(&fixture, names, request).await;
        let net: f64 = listed
            .iter()
            .zip(*shares)
            .map(|(saves, share)| saves * share)
            .sum();
        let all: f64 = listed.iter().sum();
        assert!(all.abs() > 0.0, "{names:?}");
        assert!(
            (saving.net.0 - net).abs() < 1e-9 && (saving.anyway.0 - (all - net)).abs() < 1e-9,
            "{names:?}: {saving:?} of {listed:?}"
        );
        assert_eq!(
            saving.why.into_iter().collect::<Vec<_>>(),
            *why,
            "{names:?}"
        );
        assert!(!saving.at_most, "{names:?}");
    }
    assert_prices_of_block_and_spot(&fixture).await;
    fixture.mock.stop().await;
}

/// A prepaid block has no hourly cost, and a Spot instance saves its Spot price.
async fn assert_prices_of_block_and_spot(fixture: &Fixture) {
    let (block, _) = saving_of(fixture, &["block"], "terminate").await;
    assert_eq!(
        (block.net, block.anyway),
        (UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    let (spot, listed) = saving_of(fixture, &["spot-once"], "terminate").await;
    let (od, _) = saving_of(fixture, &["worker-1"], "terminate").await;
    assert!(
        spot.net.0 < od.net.0 && (spot.net.0 - listed[0]).abs() < 1e-9,
        "{spot:?} {od:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn confirm_dialog_shows_saved_and_billed_sums() {
    let mut harness = Harness::from_file(super::SCENARIO);
    harness.wait_for("in-group").await;
    harness.enter("2/in-group");
    harness.type_text("S");
    let shows_both_sums = |frame: &str| {
        frame.contains("saves nothing") && frame.contains("/h is still billed: replaced")
    };
    harness.wait("the saving", shows_both_sums).await;
    harness.press(KeyCode::Esc);
    harness
        .wait("no dialog", |frame| !frame.contains("re-checked"))
        .await;
    harness.quit().await;
}
