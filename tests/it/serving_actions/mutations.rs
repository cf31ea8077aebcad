//! Each change over HTTP: requests, effects and refusals.

use super::{carry_out_and_wait, observe, plan, plan_one, row, rows, start_fast_mock};
use crate::requests::{request, tags};
use spendtop::{
    aws::actions,
    domain::{
        AnomalyFeedback, Capability, FaultKind, Input, Operation, Record, Setting,
        action::{ApiCall, ExpectedState, TagRoute},
        ops,
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

#[tokio::test]
async fn autoscaling_limits_are_set_and_obeyed() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let limits = request("autoscaling-limits 1-2");
    let target = plan_one(row(&endpoints, "b-scaled"), &limits, &clock);
    assert_eq!(
        target.call.requests(),
        ["application-autoscaling:RegisterScalableTarget \
             ResourceId=endpoint/b-scaled/variant/AllTraffic \
             ScalableDimension=sagemaker:variant:DesiredInstanceCount MinCapacity=1 MaxCapacity=2"]
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
    mock.stop().await;
}

#[tokio::test]
async fn plan_of_earlier_autoscaling_limits_has_drifted() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let limits = request("autoscaling-limits 0-2");
    let component = plan_one(row(&endpoints, "h-bounded"), &limits, &clock);
    carry_out_and_wait(&session, &component).await;
    let now = observe(&session, &component.call).await;
    assert_eq!(
        component
            .expected
            .check_unchanged(&component.observed, &now),
        Err("it was 1-3, is now 0-2".to_owned())
    );
    mock.stop().await;
}

#[tokio::test]
async fn impossible_autoscaling_limits_are_skipped_with_a_reason() {
    let (mock, session, clock) = start_fast_mock().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    for (limits, why) in [
        ("3-6", "its limits are already 3-6"),
        ("0-6", "AWS requires at least 1 instances here"),
        ("6-3", "6 is more than 3"),
    ] {
        let limits = request(&format!("autoscaling-limits {limits}"));
        let plan = plan(&[row(&endpoints, "b-scaled")], &limits, &clock);
        assert_eq!(plan.skipped[0].why.to_string(), why);
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
    let plan = plan(&both, &request("delete"), &clock);
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
    let free = plan_one(row(&endpoints, "g-copies"), &request("scale 0"), &clock);
    let warnings: Vec<String> = free.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "at zero it serves no requests",
            "its endpoint may then go down to no instance, and cost nothing"
        ]
    );
    carry_out_and_wait(&session, &free).await;
    let bound = plan_one(row(&endpoints, "h-bounded"), &request("scale 0"), &clock);
    assert!(
        bound.warnings[1]
            .to_string()
            .starts_with("autoscaling keeps 1 at least"),
        "{:?}",
        bound.warnings
    );
    mock.stop().await;
}

/// The ARN of the units `l-custom`, and the custom model that can replace theirs.
fn swappable(units: &[Record]) -> (Arc<str>, Arc<str>) {
    let custom = row(units, "l-custom").head.capability(Operation::SwapModel);
    let Some(Capability::Model { known, arn, .. }) = custom.known().copied() else {
        panic!("no swap")
    };
    assert_eq!(known.len(), 1, "{known:?}");
    (arn.clone(), known[0].clone())
}

#[tokio::test]
async fn swap_model_replaces_a_model_of_the_same_base() {
    let (mock, session, clock) = start_fast_mock().await;
    let units = rows(&session, &clock, "throughput").await;
    let (arn, model) = swappable(&units);
    let swap = request(&format!("swap-model {model}"));
    let target = plan_one(row(&units, "l-custom"), &swap, &clock);
    assert_eq!(
        target.call.requests(),
        [format!(
            "bedrock:UpdateProvisionedModelThroughput \
             ProvisionedModelId={arn} DesiredModelId={model}",
        )]
    );
    carry_out_and_wait(&session, &target).await;
    assert_eq!(mock.count("bedrock", "UpdateProvisionedModelThroughput"), 1);
    mock.stop().await;
}

#[tokio::test]
async fn swap_to_another_kind_of_model_is_refused() {
    let (mock, session, clock) = start_fast_mock().await;
    let units = rows(&session, &clock, "throughput").await;
    let (custom, model) = swappable(&units);
    let delete = row(&units, "j-hourly").head.capability(Operation::Delete);
    let Some(Capability::Ready(ApiCall::Delete(ops::delete::Call::Throughput(foundation)))) =
        delete.known().copied()
    else {
        panic!("no delete")
    };
    for (arn, model, kind, words) in [
        (&custom, "abcdefgh1234", FaultKind::NotFound, ""),
        (&custom, "tone-model", FaultKind::Refused, "base model"),
        (foundation, &*model, FaultKind::Refused, "custom model"),
    ] {
        let swap = ApiCall::SwapModel(ops::swap_model::Call {
            arn: arn.clone(),
            model: model.into(),
        });
        let fault = actions::execute(&session, &swap).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault}");
        assert!(fault.message.contains(words), "{fault}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn anomaly_feedback_is_stored() {
    let (mock, session, clock) = start_fast_mock().await;
    let anomalies = rows(&session, &clock, "anomalies").await;
    assert_eq!(anomalies.len(), 1);
    for feedback in [AnomalyFeedback::Planned, AnomalyFeedback::Yes] {
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
    let skipped = plan(&[&again[0]], &request("feedback YES"), &clock).skipped;
    assert_eq!(skipped[0].why.to_string(), "YES was already sent");
    let not_found = ApiCall::Feedback(ops::feedback::Call {
        anomaly: "nobody".into(),
        day: "2026-11-21".into(),
        feedback: AnomalyFeedback::No,
    });
    assert!(actions::execute(&session, &not_found).await.is_err());
    mock.stop().await;
}

#[tokio::test]
async fn each_service_tags_its_own_resources() {
    let (mock, session, clock) = start_fast_mock().await;
    let request = request("tag owner=ana");
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
        set: tags(&[("a", "b")]),
        remove: Vec::new(),
    });
    assert_eq!(
        actions::execute(&session, &fault).await.unwrap_err().kind,
        FaultKind::NotFound
    );
    mock.stop().await;
}
