//! What a plan saves once its facts are read: nothing of what is reserved, replaced, reverted or
//! refused.

use super::{Fixture, plan};
use crate::harness::Harness;
use crossterm::event::KeyCode;
use spendtop::domain::{ActionRequest, Saving, StillBilled, UsdPerHour};
use spendtop::domain::{Input, Operation};

/// The saving of a plan on `names` with its preflight checks, and the listed saving of each target.
async fn saving_of(
    fixture: &Fixture,
    names: &[&str],
    request: &ActionRequest,
) -> (Saving, Vec<f64>) {
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

#[tokio::test(flavor = "multi_thread")]
async fn cost_billed_anyway_is_not_saved() {
    let fixture = Fixture::new().await;
    let (paid, replaced, back, refused) = (
        StillBilled::Paid,
        StillBilled::Replaced,
        StillBilled::Reverted,
        StillBilled::Refused,
    );
    // The share of each target's cost that the plan saves.
    for (names, request, shares, why) in [
        (
            vec!["plain"],
            Operation::Stop.request(Input::None),
            vec![1.0],
            vec![],
        ),
        (
            vec!["held"],
            Operation::Stop.request(Input::None),
            vec![0.0],
            vec![paid],
        ),
        (
            vec!["in-group"],
            Operation::Terminate.request(Input::None),
            vec![0.0],
            vec![replaced],
        ),
        (
            vec!["spot-again"],
            Operation::Stop.request(Input::None),
            vec![1.0],
            vec![],
        ),
        (
            vec!["spot-again"],
            Operation::Terminate.request(Input::None),
            vec![0.0],
            vec![replaced],
        ),
        (
            vec!["spot-once"],
            Operation::Terminate.request(Input::None),
            vec![1.0],
            vec![],
        ),
        (
            vec!["guarded"],
            Operation::Stop.request(Input::None),
            vec![0.0],
            vec![refused],
        ),
        (
            vec!["sweep-*"],
            Operation::Stop.request(Input::None),
            vec![0.0],
            vec![replaced],
        ),
        (
            vec!["plain", "held", "in-group", "guarded"],
            Operation::Stop.request(Input::None),
            vec![1.0, 0.0, 0.0, 0.0],
            vec![paid, replaced, refused],
        ),
        (
            vec!["held-off"],
            Operation::Start.request(Input::None),
            vec![0.0],
            vec![paid],
        ),
        (
            vec!["scarce-off"],
            Operation::Start.request(Input::None),
            vec![1.0],
            vec![],
        ),
        (
            vec!["quiet-endpoint"],
            Operation::Scale.request(Input::Count(1)),
            vec![1.0],
            vec![],
        ),
        (
            vec!["steered-endpoint"],
            Operation::Scale.request(Input::Count(1)),
            vec![0.5],
            vec![back],
        ),
    ] {
        let (saving, listed) = saving_of(&fixture, &names, &request).await;
        let net: f64 = listed
            .iter()
            .zip(&shares)
            .map(|(saves, share)| saves * share)
            .sum();
        let all: f64 = listed.iter().sum();
        assert!(all.abs() > 0.0, "{names:?}");
        assert!(
            (saving.net.0 - net).abs() < 1e-9 && (saving.anyway.0 - (all - net)).abs() < 1e-9,
            "{names:?}: {saving:?} of {listed:?}"
        );
        assert_eq!(saving.why.into_iter().collect::<Vec<_>>(), why, "{names:?}");
        assert!(!saving.at_most, "{names:?}");
    }
    // A prepaid block has no hourly cost, and a Spot instance saves its Spot price.
    let (block, _) = saving_of(
        &fixture,
        &["block"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    assert_eq!(
        (block.net, block.anyway),
        (UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    let (spot, listed) = saving_of(
        &fixture,
        &["spot-once"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    let (od, _) = saving_of(
        &fixture,
        &["worker-1"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    assert!(
        spot.net.0 < od.net.0 && (spot.net.0 - listed[0]).abs() < 1e-9,
        "{spot:?} {od:?}"
    );
    fixture.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn confirm_dialog_shows_saved_and_billed_sums() {
    let mut harness = Harness::from_file(super::SCENARIO);
    harness.wait_for("in-group").await;
    harness.type_text("2/in-group");
    harness.press(KeyCode::Enter);
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
