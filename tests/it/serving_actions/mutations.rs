//! Each change over HTTP: requests, effects and refusals.

use super::{carry_out_and_wait, observe, plan, plan_one, row, rows, start_fast_mock};
use spendtop::domain::{Input, ops};
use spendtop::{
    aws::actions,
    domain::{
        Capability, FaultKind, Feedback, Operation, Setting, Tags,
        action::{ApiCall, ExpectedState, TagRoute},
    },
};
use std::time::{Duration, Instant};

#[tokio::test]
async fn autoscaling_limits_are_set_and_obeyed() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let target = plan_one(
        row(&endpoints, "b-scaled"),
        &Operation::AutoscalingLimits.request(Input::Limits { min: 1, max: 2 }),
        &clock,
    );
    assert_eq!(
        target.call.requests(),
        [
            "application-autoscaling:RegisterScalableTarget ResourceId=endpoint/b-scaled/variant/AllTraffic \
          ScalableDimension=sagemaker:variant:DesiredInstanceCount MinCapacity=1 MaxCapacity=2"
        ]
    );
    assert_eq!(target.warnings.len(), 1, "3 run: {:?}", target.warnings);
    assert!(target.saves.is_some_and(|saves| saves.0 > 0.0));
    carry_out_and_wait(&session, &target).await;
    let replicas = ApiCall::Scale(ops::scale::Call::Variant {
        endpoint: "b-scaled".into(),
        variant: "AllTraffic".into(),
        count: 2,
    });
    let start = Instant::now();
    while observe(&session, &replicas).await.desired != Some(2) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "autoscaling does not obey"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let component = plan_one(
        row(&endpoints, "h-bounded"),
        &Operation::AutoscalingLimits.request(Input::Limits { min: 0, max: 2 }),
        &clock,
    );
    carry_out_and_wait(&session, &component).await;
    // A plan based on the old limits counts as drifted.
    let now = observe(&session, &component.call).await;
    assert_eq!(
        component
            .expected
            .check_unchanged(&component.observed, &now),
        Err("it was 1-3, is now 0-2".to_owned())
    );
    for (request, why) in [
        (
            Operation::AutoscalingLimits.request(Input::Limits { min: 3, max: 6 }),
            "its limits are already 3-6",
        ),
        (
            Operation::AutoscalingLimits.request(Input::Limits { min: 0, max: 6 }),
            "AWS requires at least 1 instances here",
        ),
        (
            Operation::AutoscalingLimits.request(Input::Limits { min: 6, max: 3 }),
            "6 is more than 3",
        ),
    ] {
        assert_eq!(
            plan(&[row(&endpoints, "b-scaled")], &request, &clock).skipped[0]
                .why
                .to_string(),
            why
        );
    }
    mock.stop().await;
}

#[tokio::test]
async fn endpoint_is_deleted_once_for_all_variants() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let both = [
        row(&endpoints, "e-two/blue"),
        row(&endpoints, "e-two/green"),
    ];
    let plan = plan(&both, &Operation::Delete.request(Input::None), &clock);
    assert_eq!(plan.name().as_ref(), "e-two");
    let skipped: Vec<String> = plan
        .skipped
        .iter()
        .map(|one| format!("{}: {}", one.name, one.why))
        .collect();
    assert_eq!(skipped, ["e-two/green: same endpoint as e-two/blue"]);
    let burn: f64 = both
        .iter()
        .filter_map(|row| row.head.burn.rate())
        .map(|rate| rate.0)
        .sum();
    let saving = plan.saving(|_| None);
    assert!(
        (saving.net.0 - burn).abs() < 1e-9 && burn > 3.0,
        "{saving:?} {burn}"
    );
    carry_out_and_wait(&session, &plan.targets[0]).await;
    assert_eq!(mock.count("sagemaker", "DeleteEndpoint"), 1);
    let hosting = actions::execute(
        &session,
        &ApiCall::Delete(ops::delete::Call::Endpoint("f-host".into())),
    )
    .await
    .unwrap_err();
    assert!(
        hosting.message.contains("inference components"),
        "{hosting}"
    );
    mock.stop().await;
}

#[tokio::test]
async fn component_scales_to_zero_copies() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let free = plan_one(
        row(&endpoints, "g-copies"),
        &Operation::Scale.request(Input::Count(0)),
        &clock,
    );
    let warnings: Vec<String> = free.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "at zero it serves no requests",
            "its endpoint may then go down to no instance, and cost nothing"
        ]
    );
    carry_out_and_wait(&session, &free).await;
    let bound = plan_one(
        row(&endpoints, "h-bounded"),
        &Operation::Scale.request(Input::Count(0)),
        &clock,
    );
    assert!(
        bound.warnings[1]
            .to_string()
            .starts_with("autoscaling keeps 1 at least"),
        "{:?}",
        bound.warnings
    );
    mock.stop().await;
}

#[tokio::test]
async fn swap_model_replaces_a_model_of_the_same_base() {
    let (mock, session, clock) = start_fast_mock().await;
    let units = rows(&session, &clock, "throughput").await;
    let custom = row(&units, "l-custom");
    let Some(Capability::Model { known, arn, .. }) = custom
        .head
        .capability(Operation::SwapModel)
        .known()
        .copied()
    else {
        panic!("no swap")
    };
    assert_eq!(known.len(), 1, "{known:?}");
    let target = plan_one(
        custom,
        &Operation::SwapModel.request(Input::Model(known[0].clone())),
        &clock,
    );
    assert_eq!(
        target.call.requests(),
        [format!(
            "bedrock:UpdateProvisionedModelThroughput ProvisionedModelId={arn} DesiredModelId={}",
            known[0]
        )]
    );
    carry_out_and_wait(&session, &target).await;
    assert_eq!(mock.count("bedrock", "UpdateProvisionedModelThroughput"), 1);
    let swap = |model: &str| {
        ApiCall::SwapModel(ops::swap_model::Call {
            arn: arn.clone(),
            model: model.into(),
        })
    };
    let not_found = actions::execute(&session, &swap("abcdefgh1234"))
        .await
        .unwrap_err();
    assert_eq!(not_found.kind, FaultKind::NotFound, "{not_found}");
    let other = actions::execute(&session, &swap("tone-model"))
        .await
        .unwrap_err();
    assert!(
        other.kind == FaultKind::Refused && other.message.contains("base model"),
        "{other}"
    );
    let Some(Capability::Ready(ApiCall::Delete(ops::delete::Call::Throughput(plain)))) =
        row(&units, "j-hourly")
            .head
            .capability(Operation::Delete)
            .known()
            .copied()
    else {
        panic!("no delete")
    };
    let foundation = ApiCall::SwapModel(ops::swap_model::Call {
        arn: plain.clone(),
        model: known[0].clone(),
    });
    assert!(
        actions::execute(&session, &foundation)
            .await
            .unwrap_err()
            .message
            .contains("custom model")
    );
    mock.stop().await;
}

#[tokio::test]
async fn anomaly_feedback_is_stored() {
    let (mock, session, clock) = start_fast_mock().await;
    let anomalies = rows(&session, &clock, "anomalies").await;
    assert_eq!(anomalies.len(), 1);
    for feedback in [Feedback::Planned, Feedback::Yes] {
        let anomalies = rows(&session, &clock, "anomalies").await;
        let target = plan_one(
            &anomalies[0],
            &Operation::Feedback.request(Input::Feedback(feedback)),
            &clock,
        );
        assert_eq!(
            target.expected,
            ExpectedState::Set(Setting::Feedback(Some(feedback)))
        );
        carry_out_and_wait(&session, &target).await;
        assert_eq!(
            mock.simulation().anomalies(clock.now())[0]
                .feedback
                .as_deref(),
            Some(feedback.id())
        );
    }
    let again = rows(&session, &clock, "anomalies").await;
    assert_eq!(
        plan(
            &[&again[0]],
            &Operation::Feedback.request(Input::Feedback(Feedback::Yes)),
            &clock
        )
        .skipped[0]
            .why
            .to_string(),
        "YES was already sent"
    );
    let not_found = ApiCall::Feedback(ops::feedback::Call {
        anomaly: "nobody".into(),
        day: "2026-11-21".into(),
        feedback: Feedback::No,
    });
    assert!(actions::execute(&session, &not_found).await.is_err());
    mock.stop().await;
}

#[tokio::test]
async fn each_service_tags_its_own_resources() {
    let (mock, session, clock) = start_fast_mock().await;
    let set: Tags = [("owner".to_owned(), "ana".to_owned())].into();
    let request = Operation::Tag.request(Input::Tags {
        set,
        remove: Vec::new(),
    });
    for (pane, name) in [
        ("endpoints", "c-fixed"),
        ("endpoints", "g-copies"),
        ("throughput", "l-custom"),
        ("models", "chat"),
    ] {
        let found = rows(&session, &clock, pane).await;
        let row = found
            .iter()
            .find(|row| row.head.name.contains(name))
            .unwrap_or_else(|| panic!("no {name}"));
        carry_out_and_wait(&session, &plan_one(row, &request, &clock)).await;
    }
    let fault = ApiCall::Tag(ops::tag::Call {
        route: TagRoute::Bedrock(
            "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/aaaaaaaaaaaa".into(),
        ),
        set: [("a".to_owned(), "b".to_owned())].into(),
        remove: Vec::new(),
    });
    assert_eq!(
        actions::execute(&session, &fault).await.unwrap_err().kind,
        FaultKind::NotFound
    );
    mock.stop().await;
}
