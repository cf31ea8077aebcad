//! Outages end to end: earlier findings stay and show their age, and rows that the rules could not
//! judge never look like no waste.

#![cfg(test)]

use super::{cli::MockServer, harness::Harness, panes};
use spendtop::{
    collectors::{self, PollKind},
    domain::SourceScope,
    mock::{FaultEffect, FaultRule, SCENARIOS, Scenario},
    pricing::Prices,
};

/// The waste in the header of a frame, if it is a figure.
fn waste(frame: &str) -> Option<&str> {
    let (_, rest) = frame.lines().next()?.split_once("WASTE ")?;
    rest.split_whitespace()
        .next()
        .filter(|word| word.starts_with('$'))
}

/// Whether the ranking is read, and its evidence is current.
fn is_judged(frame: &str) -> bool {
    frame.contains("nlp-serve") && waste(frame).is_some_and(|waste| waste != "$0/h")
}

fn is_old(frame: &str) -> bool {
    frame
        .lines()
        .next()
        .is_some_and(|head| head.contains(" old"))
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_outlast_failing_metrics_and_say_as_of_when() {
    let mut harness = Harness::new("half-idle-gpu");
    let before = harness.wait("a judged row", is_judged).await;
    for fault in [
        FaultEffect::Throttle,
        FaultEffect::Deny,
        FaultEffect::Status500,
        FaultEffect::BrokenBody,
    ] {
        harness
            .mock
            .add_fault(FaultRule::new(fault).of("cloudwatch", "*"));
        harness.refresh();
        let during = harness.wait("old waste", is_old).await;
        assert_eq!(waste(&during), waste(&before), "{fault:?}: {during}");
        let ranked = |line: &&str| line.contains("nlp-serve") && line.contains("as of ");
        assert!(during.lines().any(|line| ranked(&line)), "{during}");
        harness.mock.clear_faults();
        harness.refresh();
        let after = harness.wait("current waste", |frame| !is_old(frame)).await;
        assert_eq!(waste(&after), waste(&before), "{fault:?}: {after}");
    }
    // The reason is in the details.
    harness
        .mock
        .add_fault(FaultRule::new(FaultEffect::Throttle).of("cloudwatch", "*"));
    harness.refresh();
    harness.wait("old waste", is_old).await;
    harness.type_text("e");
    harness.wait_for("could not be read again since").await;
    harness.type_text("q");
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waste_without_any_metric_is_unknown_and_not_zero() {
    let denied = FaultRule::new(FaultEffect::Deny).of("cloudwatch", "*");
    let mut harness = Harness::with_faults("half-idle-gpu", vec![denied]);
    harness.wait_for("WASTE n/a +3 unjudged").await;
    harness.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_of_every_source_for_one_reason_is_one_sentence() {
    let mut harness = Harness::new("half-idle-gpu");
    harness.wait("a judged row", is_judged).await;
    harness
        .mock
        .add_fault(FaultRule::new(FaultEffect::ExpiredToken));
    harness.refresh();
    let frame = harness.wait_for("credentials expired: aws sso login").await;
    assert!(is_judged(&frame), "{frame}");
    harness.quit().await;
}

#[test]
fn listed_findings_say_how_many_rows_could_not_be_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outage.toml");
    let scenario = std::fs::read_to_string("mocks/half-idle-gpu.toml").unwrap();
    let fault = "\n[[fault]]\nkind = \"deny\"\nservice = \"cloudwatch\"\n";
    std::fs::write(&path, scenario + fault).unwrap();
    let server = MockServer::new(path.to_str().unwrap());
    let table = server.ask(&["ls", "findings"]);
    assert_eq!(table.code, 3, "{}", table.err);
    assert!(
        table.out.contains("(3 more could not be judged)"),
        "{}",
        table.out
    );
    let json = server.ask(&["ls", "findings", "-o", "json"]);
    assert_eq!(json.code, 3, "{}", json.err);
    assert!(
        json.err.contains("3 rows could not be judged"),
        "{}",
        json.err
    );
    let once = server.ask(&["--once"]);
    assert_eq!(once.code, 3, "{}", once.err);
    assert!(once.out.contains("WASTE n/a"), "{}", once.out);
}

/// Rows that earlier polls read are no answer of AWS.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_every_source_of_resources_fails() {
    for name in ["weekend-spike", "hidden-costs"] {
        let text = SCENARIOS.iter().find(|(id, _)| *id == name).unwrap().1;
        let scenario = Scenario::parse(text, name).unwrap();
        let region = scenario.regions[0].clone();
        let (mock, sessions, clock) = panes::start_mock(scenario, 1.0, &[&region]).await;
        let metas = collectors::metas();
        let of_resources = |pane: &str| {
            let mut metas = metas.iter();
            metas.any(|meta| meta.id == pane && meta.scope == SourceScope::Region)
        };
        let mut sources = collectors::sources(&sessions, Prices::embedded(), &clock, &[]);
        sources.retain(|source| of_resources(source.id().pane));
        assert_eq!(sources.len(), 6);
        let mut listed = Vec::new();
        for source in &mut sources {
            let report = source.poll(PollKind::Inventory).await;
            assert!(!report.freshness.is_failing, "{name} {}", source.id().pane);
            listed.push(report.freshness.listed);
        }
        mock.stop().await;
        for (source, listed) in sources.iter_mut().zip(listed) {
            let report = source.poll(PollKind::Inventory).await;
            let told = (report.freshness.is_failing, report.freshness.listed);
            assert_eq!(told, (true, listed), "{name} {}", source.id().pane);
        }
    }
}
