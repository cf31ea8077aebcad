//! Every mutating call over HTTP, until AWS reports the expected state.

// Says to the lints that helpers are tests too.
#![cfg(test)]

use crate::{
    panes::{source, start_mock},
    requests::tags,
};
use spendtop::domain::ops;
use spendtop::{
    aws::{Clock, Session, actions},
    collectors::PollKind,
    domain::{
        Capability, FaultKind, ObservedState, Operation, Phase, WeeklySchedule,
        action::{ApiCall, AppOwner, ExpectedState, ScheduledAction, TagRoute},
    },
    mock::{FaultEffect as MockFault, Mock, Scenario},
};
use std::time::{Duration, Instant};

async fn start_weekend_mock(region: &str) -> (Mock, Session) {
    let (mock, sessions, _) =
        start_mock(Scenario::find("weekend-spike").unwrap(), 0.001, &[region]).await;
    (mock, sessions.into_iter().next().unwrap())
}

async fn observe(session: &Session, call: &ApiCall) -> ObservedState {
    actions::describe(session, call).await.unwrap()
}

/// Waits until the mock reports the expected state.
async fn wait_for_state(
    session: &Session,
    call: &ApiCall,
    expected: &ExpectedState,
) -> ObservedState {
    let start = Instant::now();
    loop {
        let now = observe(session, call).await;
        if expected.is_met_by(&now) {
            return now;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{now:?} is not {expected:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The capability of the row `name`.
async fn capability_of(
    session: &Session,
    mock: &Mock,
    pane: &str,
    name: &str,
    operation: Operation,
) -> Capability {
    let at = mock.clock();
    let clock = Clock::new(move || at.now());
    let mut source = source(std::slice::from_ref(session), &clock, pane);
    let report = source.poll(PollKind::Inventory).await;
    let row = report
        .rows
        .iter()
        .find(|row| row.head.name.as_ref() == name)
        .unwrap_or_else(|| panic!("no {name}"));
    row.head
        .capability(operation)
        .known()
        .copied()
        .cloned()
        .unwrap_or_else(|| panic!("{name} offers no {operation}"))
}

async fn stop_call(session: &Session, mock: &Mock, pane: &str, name: &str) -> ApiCall {
    let Capability::Ready(call) = capability_of(session, mock, pane, name, Operation::Stop).await
    else {
        panic!("{name} cannot be stopped")
    };
    call
}

#[tokio::test]
async fn stop_reaches_stopped() {
    let (mock, session) = start_weekend_mock("us-west-2").await;
    for (pane, name) in [("gpus", "neuron-train"), ("notebooks", "LLM-eval-scratch")] {
        let call = stop_call(&session, &mock, pane, name).await;
        assert_eq!(observe(&session, &call).await.state.phase, Phase::Running);
        actions::execute(&session, &call).await.unwrap();
        wait_for_state(&session, &call, &ExpectedState::Stopped).await;
    }
    mock.stop().await;
}

#[tokio::test]
async fn stop_of_an_app_deletes_it() {
    let (mock, session) = start_weekend_mock("us-west-2").await;
    let call = stop_call(&session, &mock, "notebooks", "distil-eval").await;
    let ApiCall::Stop(ops::stop::Call::App { owner, .. }) = &call else {
        panic!("{call:?}")
    };
    assert_eq!(*owner, AppOwner::Space("distil-eval".into()));
    assert_eq!(observe(&session, &call).await.state.phase, Phase::Running);
    actions::execute(&session, &call).await.unwrap();
    wait_for_state(&session, &call, &ExpectedState::Stopped).await;
    mock.stop().await;
}

#[tokio::test]
async fn scale_reaches_its_count() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    let call = ApiCall::Scale(ops::scale::Call::Variant {
        endpoint: "rec-endpoint".into(),
        variant: "AllTraffic".into(),
        count: 2,
    });
    let before = observe(&session, &call).await;
    assert_eq!((before.count, before.desired), (Some(8), Some(8)));
    actions::execute(&session, &call).await.unwrap();
    wait_for_state(&session, &call, &ExpectedState::Count(2)).await;
    let call = ApiCall::Scale(ops::scale::Call::Component {
        name: "guard-2b".into(),
        copies: 1,
    });
    assert_eq!(observe(&session, &call).await.count, Some(3));
    actions::execute(&session, &call).await.unwrap();
    wait_for_state(&session, &call, &ExpectedState::Count(1)).await;
    mock.stop().await;
}

#[tokio::test]
async fn uncommitted_throughput_is_deleted_and_committed_refused() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    let Capability::Ready(call) = capability_of(
        &session,
        &mock,
        "throughput",
        "embed-batch-pt",
        Operation::Delete,
    )
    .await
    else {
        panic!("no delete")
    };
    assert_eq!(observe(&session, &call).await.state.phase, Phase::Running);
    actions::execute(&session, &call).await.unwrap();
    wait_for_state(&session, &call, &ExpectedState::Gone).await;
    assert_eq!(mock.count("bedrock", "DeleteProvisionedModelThroughput"), 1);
    mock.stop().await;
    // AWS refuses to delete committed throughput.
    let (mock, session) = start_weekend_mock("us-west-2").await;
    let Capability::Tags(TagRoute::Bedrock(arn)) = capability_of(
        &session,
        &mock,
        "throughput",
        "chat-pilot-pt",
        Operation::Tag,
    )
    .await
    else {
        panic!("no ARN")
    };
    let fault = actions::execute(
        &session,
        &ApiCall::Delete(ops::delete::Call::Throughput(arn)),
    )
    .await
    .unwrap_err();
    assert!(fault.message.contains("commitment term"), "{fault}");
    mock.stop().await;
}

/// The call that schedules `rec-endpoint`, which has eight instances.
async fn schedule_call(session: &Session, mock: &Mock, schedule: WeeklySchedule) -> ApiCall {
    let operation = Operation::ScheduledScaling;
    let capability = capability_of(session, mock, "endpoints", "rec-endpoint", operation).await;
    let Capability::Hours {
        call: ApiCall::ScheduledScaling(call),
        minimum,
        suggested,
        ..
    } = capability
    else {
        panic!("{capability:?}")
    };
    assert_eq!((minimum, suggested.inside), (1, 8));
    let ops::scheduled_scaling::Call::Schedule {
        endpoint, variant, ..
    } = call
    else {
        panic!("{call:?}")
    };
    ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
        endpoint,
        variant,
        schedule,
        limits: (2, 8),
    })
}

#[tokio::test]
async fn scheduled_scaling_writes_two_actions() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    let schedule = WeeklySchedule::parse("mon-fri 14-02 6 2").unwrap();
    let call = schedule_call(&session, &mock, schedule).await;
    let expected = ExpectedState::ScheduledActions(ScheduledAction::of(&schedule, 8).into());
    assert!(
        !expected.is_met_by(&observe(&session, &call).await),
        "nothing is scheduled yet"
    );
    actions::execute(&session, &call).await.unwrap();
    let after = wait_for_state(&session, &call, &expected).await;
    let actions: Vec<_> = after
        .scheduled_actions
        .unwrap()
        .into_iter()
        .map(|one| (one.cron.to_string(), one.min, one.max))
        .collect();
    for (cron, min, max) in [
        ("cron(0 14 ? * MON,TUE,WED,THU,FRI *)", 6, 8),
        ("cron(0 2 ? * TUE,WED,THU,FRI,SAT *)", 2, 2),
    ] {
        let action = (cron.to_owned(), Some(min), Some(max));
        assert!(actions.contains(&action), "{actions:?}");
    }
    mock.stop().await;
}

#[tokio::test]
async fn second_schedule_replaces_the_first() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    let schedule = WeeklySchedule::parse("mon-fri 14-02 6 2").unwrap();
    let call = schedule_call(&session, &mock, schedule).await;
    actions::execute(&session, &call).await.unwrap();
    actions::execute(&session, &call).await.unwrap();
    let actions = observe(&session, &call).await.scheduled_actions;
    assert_eq!(actions.unwrap().len(), 2);
    mock.stop().await;
}

#[tokio::test]
async fn tags_are_set_and_removed_in_every_service() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    for (pane, name) in [
        ("gpus", "rag-bench"),
        ("endpoints", "rec-endpoint"),
        ("throughput", "embed-batch-pt"),
    ] {
        let Capability::Tags(route) =
            capability_of(&session, &mock, pane, name, Operation::Tag).await
        else {
            panic!("{name} takes no tags")
        };
        let (set, remove) = (tags(&[("cost-centre", "42")]), vec!["team".to_owned()]);
        let call = ApiCall::Tag(ops::tag::Call {
            route: route.clone(),
            set: set.clone(),
            remove: remove.clone(),
        });
        assert!(
            observe(&session, &call)
                .await
                .tags
                .unwrap()
                .contains_key("team")
        );
        actions::execute(&session, &call).await.unwrap();
        wait_for_state(&session, &call, &ExpectedState::Tags { set, remove }).await;
        assert!(matches!(
            (pane, route),
            ("gpus", TagRoute::Ec2(_))
                | ("endpoints", TagRoute::SageMaker(_))
                | ("throughput", TagRoute::Bedrock(_))
        ));
    }
    mock.stop().await;
}

#[tokio::test]
async fn missing_resource_is_gone_and_denied_call_is_a_fault() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    for call in [
        ApiCall::Stop(ops::stop::Call::Instance("i-0123456789abcdef0".into())),
        ApiCall::Stop(ops::stop::Call::Notebook("nobody".into())),
    ] {
        assert_eq!(observe(&session, &call).await.state.phase, Phase::Gone);
        assert!(actions::execute(&session, &call).await.is_err());
    }
    mock.fail("sagemaker", "StopNotebookInstance", MockFault::Deny, 1);
    let call = ApiCall::Stop(ops::stop::Call::Notebook("churn-model-dev".into()));
    let fault = actions::execute(&session, &call).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.operation.as_ref()),
        (FaultKind::Denied, "sagemaker:StopNotebookInstance")
    );
    mock.stop().await;
}

#[tokio::test]
async fn failed_call_is_sent_once_and_throttled_one_is_retried() {
    let (mock, session) = start_weekend_mock("us-east-1").await;
    let call = ApiCall::Stop(ops::stop::Call::Notebook("churn-model-dev".into()));
    mock.fail("sagemaker", "StopNotebookInstance", MockFault::Status500, 1);
    assert_eq!(
        actions::execute(&session, &call).await.unwrap_err().kind,
        FaultKind::Service
    );
    assert_eq!(mock.count("sagemaker", "StopNotebookInstance"), 1);
    mock.fail("sagemaker", "StopNotebookInstance", MockFault::Throttle, 1);
    actions::execute(&session, &call).await.unwrap();
    assert_eq!(mock.count("sagemaker", "StopNotebookInstance"), 3);
    mock.stop().await;
}

const JOBS: &str = r#"
description = "jobs to stop"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "jobs", caller = "user/ana" }
regions = ["us-east-1"]
training = [
    { name = "train", type = "ml.g5.xlarge", created = "-1h" },
    { name = "kept", type = "ml.g5.xlarge", created = "-2h", duration = "1h", keep-alive = 120 },
]
processing = [{ name = "features", type = "ml.g5.xlarge", created = "-1h" }]
transform = [{ name = "scores", type = "ml.m5.xlarge", created = "-1h" }]
tuning = [{ name = "hpo", type = "ml.g5.xlarge", created = "-1h" }]

[[customization]]
name = "tone"
model = "meta.llama3-1-8b-instruct-v1:0"
created = "-1h"
training-tokens = 1e6

[[batch-inference]]
name = "reviews"
model = "amazon.nova-pro-v1:0"
created = "-1h"
records = 1000
input-tokens = 900
output-tokens = 100
"#;

#[tokio::test]
async fn jobs_of_every_type_are_stopped() {
    let (mock, sessions, _) = start_mock(
        Scenario::parse(JOBS, "jobs.toml").unwrap(),
        0.001,
        &["us-east-1"],
    )
    .await;
    let session = &sessions[0];
    for (name, service, operation) in [
        ("train", "sagemaker", "StopTrainingJob"),
        ("features", "sagemaker", "StopProcessingJob"),
        ("scores", "sagemaker", "StopTransformJob"),
        ("hpo", "sagemaker", "StopHyperParameterTuningJob"),
        ("tone", "bedrock", "StopModelCustomizationJob"),
        ("reviews", "bedrock", "StopModelInvocationJob"),
    ] {
        let call = stop_call(session, &mock, "jobs", name).await;
        assert!(
            matches!(call, ApiCall::Stop(ops::stop::Call::Job { .. })),
            "{call:?}"
        );
        assert_eq!(
            observe(session, &call).await.state.phase,
            Phase::Running,
            "{name}"
        );
        actions::execute(session, &call).await.unwrap();
        wait_for_state(session, &call, &ExpectedState::Stopped).await;
        assert_eq!(mock.count(service, operation), 1, "{name}");
    }
    let call = stop_call(session, &mock, "jobs", "kept").await;
    assert!(
        matches!(call, ApiCall::Stop(ops::stop::Call::WarmPool(_))),
        "{call:?}"
    );
    actions::execute(session, &call).await.unwrap();
    wait_for_state(session, &call, &ExpectedState::Stopped).await;
    assert_eq!(mock.count("sagemaker", "UpdateTrainingJob"), 1);
    mock.stop().await;
}
