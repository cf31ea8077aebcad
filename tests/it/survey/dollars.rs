//! What a plan saves once its facts are read: nothing of what is reserved, replaced, set back or
//! refused.

use super::{Estate, plan};
use crate::rig::Rig;
use crossterm::event::KeyCode;
use spendtop::domain::{ActionRequest, Saving, StillBilled, UsdPerHour};
use spendtop::domain::{Input, Operation};

/// What `names` save together, each with its facts.
async fn saved(estate: &Estate, names: &[&str], ask: &ActionRequest) -> (Saving, Vec<f64>) {
    let rows = estate.rows().await;
    let plan = plan(&rows, names, ask);
    let surveys = estate.preflight(&plan.targets).await;
    let listed = plan
        .targets
        .iter()
        .map(|target| target.saves.unwrap().0)
        .collect();
    let place = |key: &_| plan.targets.iter().position(|target| target.key == *key);
    (
        plan.saving(|key| place(key).map(|place| &surveys[place])),
        listed,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn cost_billed_anyway_is_not_saved() {
    let estate = Estate::new().await;
    let (paid, replaced, back, refused) = (
        StillBilled::Paid,
        StillBilled::Replaced,
        StillBilled::SetBack,
        StillBilled::Refused,
    );
    // The share of each that makes a difference.
    for (names, ask, shares, why) in [
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
        let (saving, listed) = saved(&estate, &names, &ask).await;
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
    // What is prepaid is no dollar an hour, and a Spot instance saves its Spot price.
    let (block, _) = saved(
        &estate,
        &["block"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    assert_eq!(
        (block.net, block.anyway),
        (UsdPerHour::ZERO, UsdPerHour::ZERO)
    );
    let (spot, listed) = saved(
        &estate,
        &["spot-once"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    let (od, _) = saved(
        &estate,
        &["worker-1"],
        &Operation::Terminate.request(Input::None),
    )
    .await;
    assert!(
        spot.net.0 < od.net.0 && (spot.net.0 - listed[0]).abs() < 1e-9,
        "{spot:?} {od:?}"
    );
    estate.mock.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn confirm_dialog_shows_saved_and_billed_sums() {
    let mut rig = Rig::of_file(super::ESTATE);
    rig.wait_for("in-group").await;
    rig.type_text("2/in-group");
    rig.press(KeyCode::Enter);
    rig.type_text("S");
    let told = |frame: &str| {
        frame.contains("saves nothing") && frame.contains("/h is billed anyway: replaced")
    };
    rig.wait("that nothing is saved", told).await;
    rig.press(KeyCode::Esc);
    rig.wait("no question", |frame| !frame.contains("looked at again"))
        .await;
    rig.quit().await;
}
