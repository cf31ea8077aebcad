//! What can be done to endpoints, provisioned throughput, models and anomalies: every verb in every state, what AWS takes of it over HTTP,
//! and the whole way from an anomaly to its suspects and back to AWS.
//!
//! Must not know plans' dialogs or the journal: those are the engine's and the screen's.

#![cfg(test)]

use crate::{
    panes::{open, poll},
    rig::Rig,
};
use crossterm::event::KeyCode;
use spendtop::{
    aws::{Clock, Session, reads, writes},
    domain::{
        Ask, FaultKind, Feedback, Key, Kind, Offer, Plan, PlanId, Record, Setting, Tags, Target, Verb,
        verb::{Call, Look, TagRoute, Want},
    },
    mock::{Mock, Options, Scenario},
};
use std::{
    fmt::Write,
    time::{Duration, Instant},
};

const ESTATE: &str = r#"
description = "endpoints, units, models and an anomaly"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "acting", caller = "user/ana" }
regions = ["us-east-1"]

[[endpoint]]
name = "a-creating"
created = "-30s"
type = "ml.g5.xlarge"
requests = "steady 10"
[[endpoint]]
name = "b-scaled"
created = "-9d"
type = "ml.g5.xlarge"
instances = 3
requests = "steady 10"
autoscaling = { min = 3, max = 6, target = 5 }
[[endpoint]]
name = "c-fixed"
created = "-9d"
type = "ml.g5.xlarge"
instances = 2
requests = "steady 10"
[[endpoint]]
name = "d-serverless"
created = "-9d"
serverless = { memory-mb = 4096, max-concurrency = 20 }
requests = "steady 10"
[[endpoint]]
name = "e-two"
created = "-9d"
requests = "steady 10"
[[endpoint.variants]]
name = "blue"
type = "ml.g5.xlarge"
instances = 1
[[endpoint.variants]]
name = "green"
type = "ml.g5.xlarge"
instances = 2
[[endpoint]]
name = "f-host"
created = "-9d"
type = "ml.g5.12xlarge"
instances = 1
components = { min = 0, max = 2 }
requests = "steady 0"
[[component]]
name = "g-copies"
model = "copies-model"
endpoint = "f-host"
copies = 2
accelerators = 1
cpus = 2
memory-mb = 8192
requests = "steady 10"
capacity = 100
[[component]]
name = "h-bounded"
model = "bounded-model"
endpoint = "f-host"
copies = 1
accelerators = 1
cpus = 2
memory-mb = 8192
requests = "steady 10"
capacity = 100
autoscaling = { min = 1, max = 3, target = 80 }

[[throughput]]
name = "i-creating"
model = "cohere.embed-multilingual-v3"
commitment = "none"
bought = "-1m"
used = "steady 10"
tokens-per-minute = 1000
[[throughput]]
name = "j-hourly"
model = "cohere.embed-multilingual-v3"
commitment = "none"
bought = "-9d"
used = "steady 10"
tokens-per-minute = 1000
[[throughput]]
name = "k-committed"
model = "cohere.embed-multilingual-v3"
commitment = "one-month"
bought = "2026-11-14T08:30:00Z"
used = "steady 10"
tokens-per-minute = 1000
[[throughput]]
name = "l-custom"
model = "meta.llama3-1-70b-instruct-v1:0"
custom-model = "triage-v1"
commitment = "none"
bought = "-9d"
used = "steady 10"
tokens-per-minute = 1000
[[customization]]
name = "triage-v2"
model = "meta.llama3-1-70b-instruct-v1:0"
created = "-2d"
training-tokens = 1e6
[[customization]]
name = "tone"
model = "meta.llama3-1-8b-instruct-v1:0"
created = "-2d"
training-tokens = 1e6

[[model]]
id = "amazon.nova-pro-v1:0"
requests = "steady 60"
input-tokens = 2100
output-tokens = 380
[[model]]
id = "us.amazon.nova-pro-v1:0"
profile = "chat"
requests = "steady 60"
input-tokens = 2100
output-tokens = 380
tags = { team = "chat" }

[[instance]]
name = "forgotten"
type = "p4d.24xlarge"
launched = "2026-11-21T09:00:00Z"
gpu = "steady 3"
[[monitor]]
name = "services"
created = "-200d"
[[anomaly]]
service = "Amazon Elastic Compute Cloud - Compute"
usage-type = "BoxUsage:p4d.24xlarge"
begins = "2026-11-21T09:00:00Z"
"#;

async fn estate() -> (Mock, Session, Clock) {
    let scenario = Scenario::parse(ESTATE, "acting.toml").unwrap();
    let mock = Mock::start(Options { pace: 0.01, ..Options::new(scenario) }).unwrap();
    let session = open(&mock.url(), &["us-east-1"]).await.remove(0);
    let at = mock.clock();
    (mock, session, Clock::new(move || at.now()))
}

async fn rows(session: &Session, clock: &Clock, pane: &'static str) -> Vec<Record> {
    let mut found = Vec::new();
    for (_, measured) in poll(std::slice::from_ref(session), clock, Some(pane)).await {
        found.extend(measured.rows);
    }
    found.sort_by(|a, b| a.head.name.cmp(&b.head.name));
    found
}

fn row<'a>(rows: &'a [Record], name: &str) -> &'a Record {
    rows.iter().find(|row| row.head.name.as_ref() == name).unwrap_or_else(|| panic!("no {name}"))
}

fn plan(rows: &[&Record], ask: &Ask, clock: &Clock) -> Plan {
    Plan::new(PlanId::new(clock.now(), 1), ask, rows, clock.now())
}

fn one(row: &Record, ask: &Ask, clock: &Clock) -> Target {
    let plan = plan(&[row], ask, clock);
    plan.targets.into_iter().next().unwrap_or_else(|| panic!("{}: {:?}", row.head.name, plan.skipped))
}

async fn look(session: &Session, call: &Call) -> Look {
    reads::look(session, call, &Key::new(&session.place, Kind("any"), "any")).await.unwrap()
}

/// Looks, calls once, and looks until it is as wanted.
async fn done(session: &Session, target: &Target) {
    let before = look(session, &target.call).await;
    assert_eq!(target.want.still(&target.seen, &before), Ok(()), "{}", target.name);
    assert!(!target.want.holds(&before), "{} is so already: {before:?}", target.name);
    writes::carry_out(session, &target.call).await.unwrap();
    let begun = Instant::now();
    loop {
        let now = look(session, &target.call).await;
        if target.want.holds(&now) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{now:?} is not {:?}", target.want);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn each_verb_is_offered_in_its_states_or_says_why_not() {
    let (mock, session, clock) = estate().await;
    let mut told = String::new();
    for (pane, verbs) in [
        ("endpoints", &[Verb::Scale, Verb::Bounds, Verb::Delete, Verb::Tag][..]),
        ("throughput", &[Verb::SwapModel, Verb::Delete, Verb::Scale, Verb::Stop, Verb::Tag]),
        ("models", &[Verb::Tag]),
        ("anomalies", &[Verb::Feedback, Verb::Stop, Verb::Tag]),
    ] {
        for row in rows(&session, &clock, pane).await {
            for verb in verbs {
                let offer = row.head.offer(*verb);
                let word = offer.why().map_or_else(|| "yes".to_owned(), ToString::to_string);
                writeln!(told, "{} {} {verb}: {word}", row.head.name, row.head.state.name).unwrap();
            }
        }
    }
    let expected = "";
    assert_eq!(told, expected, "\n{told}");
    mock.stop().await;
}

#[tokio::test]
async fn bounds_are_set_and_obeyed() {
    let (mock, session, clock) = estate().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let target = one(row(&endpoints, "b-scaled"), &Ask::Bounds { least: 1, most: 2 }, &clock);
    assert_eq!(
        target.call.requests(),
        ["application-autoscaling:RegisterScalableTarget ResourceId=endpoint/b-scaled/variant/AllTraffic \
          ScalableDimension=sagemaker:variant:DesiredInstanceCount MinCapacity=1 MaxCapacity=2"]
    );
    assert_eq!(target.warnings.len(), 1, "3 run: {:?}", target.warnings);
    assert!(target.saves.is_some_and(|saves| saves.0 > 0.0));
    done(&session, &target).await;
    let replicas = Call::ScaleVariant { endpoint: "b-scaled".into(), variant: "AllTraffic".into(), count: 2 };
    let begun = Instant::now();
    while look(&session, &replicas).await.desired != Some(2) {
        assert!(begun.elapsed() < Duration::from_secs(20), "autoscaling does not obey");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let component = one(row(&endpoints, "h-bounded"), &Ask::Bounds { least: 0, most: 2 }, &clock);
    done(&session, &component).await;
    // A plan made of what held before is not carried out any more.
    let now = look(&session, &component.call).await;
    assert_eq!(component.want.still(&component.seen, &now), Err("it was 1-3, is now 0-2".to_owned()));
    for (ask, why) in [
        (Ask::Bounds { least: 3, most: 6 }, "its bounds are already 3-6"),
        (Ask::Bounds { least: 0, most: 6 }, "AWS takes at least 1 instances here"),
        (Ask::Bounds { least: 6, most: 3 }, "6 is more than 3"),
    ] {
        assert_eq!(plan(&[row(&endpoints, "b-scaled")], &ask, &clock).skipped[0].why.to_string(), why);
    }
    mock.stop().await;
}

#[tokio::test]
async fn an_endpoint_goes_once_with_all_of_its_variants() {
    let (mock, session, clock) = estate().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let both = [row(&endpoints, "e-two/blue"), row(&endpoints, "e-two/green")];
    let plan = plan(&both, &Ask::Delete, &clock);
    assert_eq!(plan.name().as_ref(), "e-two");
    let skipped: Vec<String> = plan.skipped.iter().map(|one| format!("{}: {}", one.name, one.why)).collect();
    assert_eq!(skipped, ["e-two/green: same endpoint as e-two/blue"]);
    let burn: f64 = both.iter().filter_map(|row| row.head.burn.rate()).map(|rate| rate.0).sum();
    assert!((plan.saves().0.0 - burn).abs() < 1e-9 && burn > 3.0, "{:?} {burn}", plan.saves());
    done(&session, &plan.targets[0]).await;
    assert_eq!(mock.count("sagemaker", "DeleteEndpoint"), 1);
    let hosting = writes::carry_out(&session, &Call::DeleteEndpoint("f-host".into())).await.unwrap_err();
    assert!(hosting.message.contains("inference components"), "{hosting}");
    mock.stop().await;
}

#[tokio::test]
async fn copies_go_to_zero() {
    let (mock, session, clock) = estate().await;
    let endpoints = rows(&session, &clock, "endpoints").await;
    let free = one(row(&endpoints, "g-copies"), &Ask::Scale(0), &clock);
    let warnings: Vec<String> = free.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings, ["at zero it answers no request", "its endpoint may then go down to no instance, and cost nothing"]);
    done(&session, &free).await;
    let bound = one(row(&endpoints, "h-bounded"), &Ask::Scale(0), &clock);
    assert!(bound.warnings[1].to_string().starts_with("autoscaling keeps 1 at least"), "{:?}", bound.warnings);
    mock.stop().await;
}

#[tokio::test]
async fn a_custom_model_takes_the_place_of_another_of_its_base() {
    let (mock, session, clock) = estate().await;
    let units = rows(&session, &clock, "throughput").await;
    let custom = row(&units, "l-custom");
    let Some(Offer::SwapModel { known, arn, .. }) = custom.head.offer(Verb::SwapModel).known().copied() else { panic!("no swap") };
    assert_eq!(known.len(), 1, "{known:?}");
    let target = one(custom, &Ask::SwapModel(known[0].clone()), &clock);
    assert_eq!(
        target.call.requests(),
        [format!("bedrock:UpdateProvisionedModelThroughput ProvisionedModelId={arn} DesiredModelId={}", known[0])]
    );
    done(&session, &target).await;
    assert_eq!(mock.count("bedrock", "UpdateProvisionedModelThroughput"), 1);
    let swap = |model: &str| Call::SwapModel { arn: arn.clone(), model: model.into() };
    let nobody = writes::carry_out(&session, &swap("abcdefgh1234")).await.unwrap_err();
    assert_eq!(nobody.kind, FaultKind::NotFound, "{nobody}");
    let other = writes::carry_out(&session, &swap("tone-model")).await.unwrap_err();
    assert!(other.kind == FaultKind::Refused && other.message.contains("base model"), "{other}");
    let Some(Offer::Delete(Call::DeleteThroughput(plain))) = row(&units, "j-hourly").head.offer(Verb::Delete).known().copied() else {
        panic!("no delete")
    };
    let foundation = Call::SwapModel { arn: plain.clone(), model: known[0].clone() };
    assert!(writes::carry_out(&session, &foundation).await.unwrap_err().message.contains("custom model"));
    mock.stop().await;
}

#[tokio::test]
async fn feedback_is_kept_and_told() {
    let (mock, session, clock) = estate().await;
    let anomalies = rows(&session, &clock, "anomalies").await;
    assert_eq!(anomalies.len(), 1);
    for feedback in [Feedback::Planned, Feedback::Yes] {
        let anomalies = rows(&session, &clock, "anomalies").await;
        let target = one(&anomalies[0], &Ask::Feedback(feedback), &clock);
        assert_eq!(target.want, Want::Set(Setting::Feedback(Some(feedback))));
        done(&session, &target).await;
        assert_eq!(mock.world().anomalies(clock.now())[0].feedback.as_deref(), Some(feedback.id()));
    }
    let again = rows(&session, &clock, "anomalies").await;
    assert_eq!(plan(&[&again[0]], &Ask::Feedback(Feedback::Yes), &clock).skipped[0].why.to_string(), "YES was answered already");
    let nobody = Call::GiveFeedback { anomaly: "nobody".into(), day: "2026-11-21".into(), feedback: Feedback::No };
    assert!(writes::carry_out(&session, &nobody).await.is_err());
    mock.stop().await;
}

#[tokio::test]
async fn whatever_has_an_arn_is_tagged_by_its_own_service() {
    let (mock, session, clock) = estate().await;
    let set: Tags = [("owner".to_owned(), "ana".to_owned())].into();
    let ask = Ask::Tag { set, remove: Vec::new() };
    for (pane, name) in [("endpoints", "c-fixed"), ("endpoints", "g-copies"), ("throughput", "l-custom"), ("models", "chat")] {
        let found = rows(&session, &clock, pane).await;
        let row = found.iter().find(|row| row.head.name.contains(name)).unwrap_or_else(|| panic!("no {name}"));
        done(&session, &one(row, &ask, &clock)).await;
    }
    let fault = Call::Tag {
        route: TagRoute::Bedrock("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/nobody".into()),
        set: [("a".to_owned(), "b".to_owned())].into(),
        remove: Vec::new(),
    };
    assert_eq!(writes::carry_out(&session, &fault).await.unwrap_err().kind, FaultKind::NotFound);
    mock.stop().await;
}

/// Whether one line of `frame` has all of `words`.
fn line(frame: &str, words: &[&str]) -> bool {
    frame.lines().any(|line| words.iter().all(|word| line.contains(word)))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anomaly_leads_to_its_suspects_their_stop_and_an_answer_to_aws() {
    let mut rig = Rig::new("weekend-spike");
    rig.wait_for("hpo-worker-8").await;
    rig.type_text(":anomalies");
    rig.press(KeyCode::Enter);
    rig.wait("the anomaly of p4d", |frame| line(frame, &["BoxUsage:p4d.24xl", "open"])).await;
    rig.type_text("/p4d");
    rig.press(KeyCode::Enter);
    rig.type_text("s");
    let frame = rig.wait("the suspects", |frame| frame.contains("suspects") && frame.contains("over what was expected")).await;
    for n in 1..=8 {
        assert!(line(&frame, &[&format!("hpo-worker-{n}"), "running"]), "{frame}");
    }
    rig.type_text("*");
    rig.type_text("S");
    rig.wait_for("Stop 8 resources?").await;
    rig.yes().await;
    rig.wait_in_journal("eight stops", |lines| lines.iter().filter(|line| line.ends_with(" settled")).count() == 8).await;
    rig.wait("the offer of feedback", |frame| line(frame, &["done: F tells AWS"])).await;
    assert_eq!(rig.mock.count("ec2", "StopInstances"), 8);
    rig.wait("all stopped", |frame| frame.lines().filter(|line| line.contains("hpo-worker-") && line.contains("stopped")).count() == 8)
        .await;
    rig.type_text("F");
    rig.wait_for("Is it an anomaly?").await;
    rig.press(KeyCode::Enter);
    rig.wait_for("ProvideAnomalyFeedback").await;
    rig.yes().await;
    rig.wait_for("AWS was told: YES").await;
    assert_eq!(rig.mock.count("ce", "ProvideAnomalyFeedback"), 1);
    let now = rig.mock.clock().now();
    let told = rig.mock.world().anomalies(now).iter().filter(|one| one.feedback.as_deref() == Some("YES")).count();
    assert_eq!(told, 1);
    rig.press(KeyCode::Esc);
    rig.wait("the anomaly again", |frame| !frame.contains("over what was expected")).await;
    rig.quit().await;
}
