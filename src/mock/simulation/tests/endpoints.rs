//! Endpoints and provisioned throughput on the default scenario.

use super::{EAST, code, simulation};
use crate::{
    domain::Timestamp,
    mock::{Scenario, metrics::Stats, simulation::*},
};

pub(super) fn gpu(simulation: &Simulation, from: Timestamp, now: Timestamp) -> Stats {
    let dimensions = [
        ("EndpointName".to_owned(), "rec-endpoint".to_owned()),
        ("VariantName".to_owned(), "AllTraffic".to_owned()),
    ];
    let metric = simulation
        .metric(
            EAST,
            "/aws/sagemaker/Endpoints",
            "GPUUtilization",
            &dimensions,
        )
        .unwrap();
    simulation.sample(metric, from, 600, now).unwrap()
}

fn update(count: u32) -> Vec<DesiredCapacity> {
    vec![DesiredCapacity {
        variant: "AllTraffic".to_owned(),
        weight: None,
        count: Some(count),
    }]
}

#[test]
fn endpoint_scales_in_and_utilization_rises() {
    let (mut simulation, now) = simulation();
    let untouched = simulation.clone();
    simulation
        .update_weights_and_capacities(EAST, "rec-endpoint", &update(2), now)
        .unwrap();
    assert_eq!(
        code(simulation.update_weights_and_capacities(
            EAST,
            "rec-endpoint",
            &update(3),
            after(now, 5.0)
        )),
        "ValidationException"
    );
    let look = |seconds: f64| {
        let endpoint = simulation.endpoint(EAST, "rec-endpoint", now).unwrap();
        let at = after(now, seconds);
        (
            endpoint.state(at),
            endpoint.current(&endpoint.variants[0], at),
            endpoint.desired(&endpoint.variants[0], at),
        )
    };
    assert_eq!(look(1.0), (EndpointState::Updating, 8, 2));
    assert!((3..8).contains(&look(30.0).1));
    assert_eq!(look(46.0), (EndpointState::InService, 2, 2));
    let (from, then) = (after(now, 3_600.0), after(now, 7_200.0));
    let (before, scaled) = (gpu(&untouched, from, then), gpu(&simulation, from, then));
    assert!(
        (scaled.average() / before.average() - 4.0).abs() < 0.2,
        "{before:?} {scaled:?}"
    );
}

#[test]
fn a_wrong_capacity_is_refused() {
    let (mut simulation, now) = simulation();
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "rec-endpoint", &update(0), now)),
        "ValidationException"
    );
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "rec-endpoint", &update(40), now)),
        "ResourceLimitExceeded"
    );
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "nobody", &update(1), now)),
        "ValidationException"
    );
}

#[test]
fn a_component_changes_its_copies_and_its_host_cannot_be_deleted() {
    let (mut simulation, now) = simulation();
    simulation
        .update_component_copies(EAST, "guard-2b", 4, now)
        .unwrap();
    assert_eq!(
        code(simulation.update_component_copies(EAST, "guard-2b", 5, now)),
        "ValidationException"
    );
    let component = simulation.component(EAST, "guard-2b", now).unwrap();
    assert_eq!(
        (
            component.current(now),
            component.current(after(now, 31.0)),
            component.state(after(now, 31.0))
        ),
        (3, 4, EndpointState::InService)
    );
    assert_eq!(
        code(simulation.delete_endpoint(EAST, "llm-host", now)),
        "ValidationException"
    );
}

#[test]
fn endpoint_without_requests_publishes_no_invocations() {
    let text = r#"
description = "x"
now = "2026-11-23T08:30:00Z"
account = { id = "111122223333", alias = "a" }
regions = ["us-east-1"]
[[endpoint]]
name = "dead"
type = "ml.m5.large"
instances = 1
created = "-40d"
requests = "steady 50, from fri 17:00 steady 0"
"#;
    let scenario = Scenario::parse(text, "x.toml").unwrap();
    let (simulation, now) = (Simulation::new(&scenario, scenario.now, 1.0), scenario.now);
    let dimensions = [
        ("EndpointName".to_owned(), "dead".to_owned()),
        ("VariantName".to_owned(), "AllTraffic".to_owned()),
    ];
    let sample = |namespace, name, from: &str| {
        simulation.sample(
            simulation
                .metric(EAST, namespace, name, &dimensions)
                .unwrap(),
            from.parse().unwrap(),
            300,
            now,
        )
    };
    assert_eq!(
        sample("AWS/SageMaker", "Invocations", "2026-11-22T12:00:00Z"),
        None
    );
    assert_eq!(
        sample("AWS/SageMaker", "Invocations", "2026-11-20T12:00:00Z").map(|stats| stats.sum),
        Some(250.0)
    );
    assert!(
        sample(
            "/aws/sagemaker/Endpoints",
            "CPUUtilization",
            "2026-11-22T12:00:00Z"
        )
        .is_some()
    );
}

#[test]
fn committed_throughput_cannot_be_deleted() {
    let (mut simulation, now) = simulation();
    assert_eq!(
        code(simulation.delete_throughput("us-west-2", "chat-pilot-pt", now)),
        "ConflictException"
    );
    simulation
        .delete_throughput(EAST, "embed-batch-pt", now)
        .unwrap();
    assert_eq!(
        simulation
            .throughput(EAST, "embed-batch-pt", now)
            .unwrap_err()
            .status,
        404
    );
    simulation
        .update_throughput("us-west-2", "chat-pilot-pt", Some("renamed"), None, now)
        .unwrap();
    assert_eq!(
        simulation
            .throughput("us-west-2", "renamed", now)
            .unwrap()
            .modified,
        now
    );
    assert_eq!(
        code(simulation.update_throughput(
            "us-west-2",
            "renamed",
            None,
            Some("amazon.nova-pro-v1:0"),
            now
        )),
        "ValidationException"
    );
}
