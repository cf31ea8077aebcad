//! The simulation's behaviour on the default scenario: states move, refusals are AWS's, the stories
//! happened.

#[cfg(test)]
mod jobs;

use super::*;
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        Scenario,
        billing::{BillingPeriod, settled_until},
        metrics::Stats,
        price_facts::{Component, Facts},
    },
};

const EAST: &str = "us-east-1";

fn simulation() -> (Simulation, Timestamp) {
    let scenario = Scenario::named("weekend-spike").unwrap();
    (Simulation::new(&scenario, scenario.now, 1.0), scenario.now)
}

fn named(simulation: &Simulation, name: &str, now: Timestamp) -> String {
    let has = |instance: &&&Instance| instance.tags.get("Name").is_some_and(|known| known == name);
    simulation
        .regions
        .iter()
        .flat_map(|region| simulation.instances(region, now))
        .collect::<Vec<_>>()
        .iter()
        .find(has)
        .unwrap()
        .id
        .clone()
}

fn code<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> &'static str {
    result.unwrap_err().code
}

fn pairs(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn an_instance_stops_slowly_starts_again_and_is_gone_an_hour_after_termination() {
    let (mut simulation, now) = simulation();
    let ids = vec![named(&simulation, "hpo-worker-1", now)];
    let state = |simulation: &Simulation, seconds: f64| {
        simulation
            .instance(EAST, &ids[0], after(now, seconds))
            .unwrap()
            .state(after(now, seconds))
            .unwrap()
    };
    let moved = simulation
        .move_instances(InstanceAction::Stop, EAST, &ids, now)
        .unwrap();
    assert_eq!(
        (moved[0].previous, moved[0].current),
        (InstanceState::Running, InstanceState::Stopping)
    );
    assert_eq!(
        (state(&simulation, 19.0), state(&simulation, 41.0)),
        (InstanceState::Stopping, InstanceState::Stopped)
    );
    let later = after(now, 60.0);
    assert_eq!(
        code(simulation.move_instances(InstanceAction::Start, EAST, &ids, after(now, 5.0))),
        "IncorrectInstanceState"
    );
    assert_eq!(
        simulation
            .move_instances(InstanceAction::Stop, EAST, &ids, later)
            .unwrap()[0]
            .current,
        InstanceState::Stopped
    );
    assert!(
        simulation
            .instance(EAST, &ids[0], later)
            .unwrap()
            .transition_reason(later)
            .starts_with("User initiated (2026-11-23 08:30:00")
    );
    simulation
        .move_instances(InstanceAction::Start, EAST, &ids, later)
        .unwrap();
    assert_eq!(
        (state(&simulation, 61.0), state(&simulation, 90.0)),
        (InstanceState::Pending, InstanceState::Running)
    );
    assert_eq!(
        simulation
            .instance(EAST, &ids[0], later)
            .unwrap()
            .launched(after(later, 30.0)),
        later
    );
    simulation
        .move_instances(InstanceAction::Terminate, EAST, &ids, after(now, 300.0))
        .unwrap();
    let listed = |seconds: f64| {
        simulation
            .instances(EAST, after(now, seconds))
            .iter()
            .any(|instance| instance.id == ids[0])
    };
    assert!(listed(3_000.0) && !listed(4_200.0));
}

#[test]
fn a_stopped_instance_tells_nothing_more() {
    let (mut simulation, now) = simulation();
    let id = named(&simulation, "hpo-worker-2", now);
    let dimensions = [("InstanceId".to_owned(), id.clone())];
    simulation
        .move_instances(InstanceAction::Stop, EAST, &[id], now)
        .unwrap();
    let metric = simulation
        .metric(EAST, "AWS/EC2", "CPUUtilization", &dimensions)
        .unwrap();
    let sample = |at: Timestamp| simulation.sample(metric, at, 600, after(now, 86_400.0));
    assert!(sample(after(now, -1_200.0)).is_some());
    assert_eq!(sample(after(now, 600.0)), None);
    assert_eq!(
        sample("2026-11-20T16:00:00Z".parse().unwrap()),
        None,
        "before it was launched"
    );
}

#[test]
fn ec2_refuses_as_ec2_does() {
    let (mut simulation, now) = simulation();
    let mut stop = |name: &str, region: &str| {
        let ids = vec![named(&simulation, name, now)];
        let check = simulation
            .check_instances(InstanceAction::Stop, region, &ids, now)
            .map_err(|refusal| refusal.code);
        let done = simulation
            .move_instances(InstanceAction::Stop, region, &ids, now)
            .map(|_| ())
            .map_err(|refusal| refusal.code);
        assert_eq!(check, done);
        done
    };
    assert_eq!(
        stop("render-spot-1", "us-west-2"),
        Err("UnsupportedOperation")
    );
    assert_eq!(stop("airflow", EAST), Err("OperationNotPermitted"));
    assert_eq!(
        stop("airflow", "us-west-2"),
        Err("InvalidInstanceID.NotFound")
    );
    assert_eq!(stop("finetune-1", EAST), Ok(()));
    let stop = |simulation: &mut Simulation, ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        code(simulation.move_instances(InstanceAction::Stop, EAST, &ids, now))
    };
    assert_eq!(
        stop(&mut simulation, &["i-nonsense"]),
        "InvalidInstanceID.Malformed"
    );
    let good = named(&simulation, "hpo-worker-3", now);
    assert_eq!(
        stop(&mut simulation, &[&good, "i-0123456789abcdef0"]),
        "InvalidInstanceID.NotFound"
    );
    assert_eq!(
        simulation.instance(EAST, &good, now).unwrap().state(now),
        Some(InstanceState::Running),
        "all or none"
    );
    let (protected, other) = (
        named(&simulation, "finetune-1", now),
        named(&simulation, "hpo-worker-4", now),
    );
    let refused = simulation.move_instances(
        InstanceAction::Terminate,
        EAST,
        &[protected.clone(), other.clone()],
        now,
    );
    assert_eq!(code(refused), "OperationNotPermitted");
    let zone = |id: &str| simulation.instance(EAST, id, now).unwrap().zone.clone();
    let spared = zone(&protected) == zone(&other);
    assert_eq!(
        simulation.instance(EAST, &other, now).unwrap().state(now) == Some(InstanceState::Running),
        spared
    );
}

#[test]
fn notebooks_and_apps_stop_slowly() {
    let (mut simulation, now) = simulation();
    simulation
        .stop_notebook(EAST, "churn-model-dev", now)
        .unwrap();
    assert_eq!(
        code(simulation.stop_notebook(EAST, "churn-model-dev", now)),
        "ValidationException"
    );
    let state = |seconds: f64| {
        simulation
            .notebook(EAST, "churn-model-dev", now)
            .unwrap()
            .state(after(now, seconds))
    };
    assert_eq!(
        (state(1.0), state(31.0)),
        (NotebookState::Stopping, NotebookState::Stopped)
    );
    assert_eq!(
        simulation
            .notebook(EAST, "nobody", now)
            .unwrap_err()
            .message,
        "RecordNotFound"
    );

    let domain = simulation.domains("us-west-2")[0].id.clone();
    let space = Holder::Space("distil-eval".to_owned());
    let app = simulation
        .app("us-west-2", &domain, &space, "JupyterLab", "default", now)
        .unwrap();
    assert!(
        app.last_user_activity(now).unwrap() < "2026-11-20T18:10:00Z".parse::<Timestamp>().unwrap()
    );
    let worked = "2026-11-20T18:00:00Z".parse::<Timestamp>().unwrap();
    assert!(
        app.last_user_activity(worked) < app.last_health_check(worked),
        "a person is told apart from the check"
    );
    simulation
        .delete_app("us-west-2", &domain, &space, "JupyterLab", "default", now)
        .unwrap();
    assert_eq!(
        code(simulation.delete_app("us-west-2", &domain, &space, "JupyterLab", "default", now)),
        "ResourceInUse"
    );
    let later = after(now, 16.0);
    assert_eq!(
        simulation
            .app("us-west-2", &domain, &space, "JupyterLab", "default", later)
            .unwrap()
            .state(later),
        AppState::Deleted
    );
    assert_eq!(
        code(simulation.delete_app("us-west-2", &domain, &space, "JupyterLab", "default", later)),
        "ResourceNotFound"
    );
}

fn gpu(simulation: &Simulation, from: Timestamp, now: Timestamp) -> Stats {
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

#[test]
fn an_endpoint_scales_in_and_its_instances_get_busier() {
    let (mut simulation, now) = simulation();
    let wish = |count| {
        vec![DesiredCapacity {
            variant: "AllTraffic".to_owned(),
            weight: None,
            count: Some(count),
        }]
    };
    let untouched = simulation.clone();
    simulation
        .update_weights_and_capacities(EAST, "rec-endpoint", &wish(2), now)
        .unwrap();
    assert_eq!(
        code(simulation.update_weights_and_capacities(
            EAST,
            "rec-endpoint",
            &wish(3),
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
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "rec-endpoint", &wish(0), then)),
        "ValidationException"
    );
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "rec-endpoint", &wish(40), then)),
        "ResourceLimitExceeded"
    );
    assert_eq!(
        code(simulation.update_weights_and_capacities(EAST, "nobody", &wish(1), then)),
        "ValidationException"
    );

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
fn an_idle_endpoint_publishes_no_invocations() {
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
        code(simulation.delete_throughput(EAST, "chat-pilot-pt", now)),
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
        .update_throughput(EAST, "chat-pilot-pt", Some("renamed"), None, now)
        .unwrap();
    assert_eq!(
        simulation
            .throughput(EAST, "renamed", now)
            .unwrap()
            .modified,
        now
    );
    assert_eq!(
        code(simulation.update_throughput(
            EAST,
            "renamed",
            None,
            Some("amazon.nova-pro-v1:0"),
            now
        )),
        "ValidationException"
    );
}

#[test]
fn tags_have_limits_and_reserved_names() {
    let (mut simulation, now) = simulation();
    let ids = vec![named(&simulation, "hpo-worker-1", now)];
    simulation
        .set_tags(
            Tagging::Ec2,
            EAST,
            &ids,
            &pairs(&[("owner", "ana"), ("team", "x")]),
            now,
        )
        .unwrap();
    assert_eq!(
        simulation
            .tags(Tagging::Ec2, EAST, &ids[0], now)
            .unwrap()
            .get("team")
            .unwrap(),
        "x"
    );
    simulation
        .remove_tags(
            Tagging::Ec2,
            EAST,
            &ids,
            &[
                ("team".to_owned(), Some("y".to_owned())),
                ("owner".to_owned(), None),
            ],
            now,
        )
        .unwrap();
    let tags = simulation.tags(Tagging::Ec2, EAST, &ids[0], now).unwrap();
    assert_eq!(
        (
            tags.get("team").map(String::as_str),
            tags.contains_key("owner")
        ),
        (Some("x"), false)
    );
    assert_eq!(
        code(simulation.set_tags(Tagging::Ec2, EAST, &ids, &pairs(&[("aws:x", "1")]), now)),
        "InvalidParameterValue"
    );
    let many: Tags = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
    assert_eq!(
        code(simulation.set_tags(Tagging::Ec2, EAST, &ids, &many, now)),
        "TagLimitExceeded"
    );
    let arn = vec![simulation.throughputs(EAST, now)[0].arn.clone()];
    assert_eq!(
        code(simulation.set_tags(Tagging::Bedrock, EAST, &arn, &many, now)),
        "TooManyTagsException"
    );
    let arn = vec![
        simulation
            .endpoint(EAST, "rec-endpoint", now)
            .unwrap()
            .arn
            .clone(),
    ];
    simulation
        .set_tags(Tagging::SageMaker, EAST, &arn, &pairs(&[("a", "b")]), now)
        .unwrap();
    assert_eq!(
        code(simulation.tags(
            Tagging::SageMaker,
            EAST,
            "arn:aws:sagemaker:us-east-1:111122223333:endpoint/none",
            now
        )),
        "ValidationException"
    );
}

#[test]
fn the_stories_happened() {
    let (simulation, now) = simulation();
    let rows: usize = simulation
        .regions
        .iter()
        .map(|region| {
            simulation.instances(region, now).len()
                + simulation.notebooks(region, now).len()
                + simulation.apps(region, now).len()
                + simulation.endpoints(region, now).len()
                + simulation.components(region, now).len()
                + simulation.throughputs(region, now).len()
        })
        .sum();
    assert!((50..75).contains(&rows), "{rows}");
    // S1: eight p4d since Friday 17:00, in the bill and in an anomaly.
    let anomalies = simulation.anomalies(now);
    assert_eq!(anomalies.len(), 2);
    let fleet = anomalies
        .iter()
        .find(|one| one.dimension_value.contains("Elastic Compute"))
        .unwrap();
    let hours = settled_until(now)
        .duration_since("2026-11-20T17:00:00Z".parse().unwrap())
        .as_secs_f64()
        / 3_600.0;
    let expected = 8.0 * hours * Facts::get().on_demand("p4d.24xlarge", EAST).unwrap();
    assert!(
        (fleet.total_impact / expected - 1.0).abs() < 0.01,
        "{} {expected}",
        fleet.total_impact
    );
    assert_eq!(
        (fleet.root_causes[0].usage_type.as_str(), fleet.percentage()),
        ("BoxUsage:p4d.24xlarge", None)
    );
    // S4: input tokens tripled on Saturday.
    let tokens = anomalies
        .iter()
        .find(|one| one.dimension_value == "Amazon Bedrock")
        .unwrap();
    assert!(tokens.percentage().unwrap() > 100.0, "{tokens:?}");
    // S7: eight instances whose week peaks under a fifth.
    let week = after(now, -7.0 * 86_400.0);
    let peak = (0..1_008)
        .map(|n| gpu(&simulation, after(week, 600.0 * f64::from(n)), now))
        .fold(0.0, |max: f64, stats| max.max(stats.max))
        / 400.0;
    assert!((0.16..0.20).contains(&peak), "{peak}");
    assert!(
        Facts::get()
            .sagemaker("ml.g5.12xlarge", Component::Hosting, EAST)
            .is_some()
    );
    // S8: committed until January, used to under a third.
    let pilot = simulation.throughput(EAST, "chat-pilot-pt", now).unwrap();
    assert_eq!(
        pilot.commitment_ends.unwrap().to_string(),
        "2027-01-14T09:12:00Z"
    );
    let used = (0..168)
        .map(|n| pilot.used.at(after(now, -3_600.0 * f64::from(n))))
        .sum::<f64>()
        / 168.0;
    assert!((26.0..32.0).contains(&used), "{used}");
}

#[test]
fn a_moved_world_is_the_same_world() {
    let scenario = Scenario::named("weekend-spike").unwrap();
    let here = Simulation::new(&scenario, scenario.now, 1.0);
    let shift = 41.0 * 86_400.0 + 3_723.0;
    let there = Simulation::new(&scenario, after(scenario.now, shift), 1.0);
    for (a, b) in here.instances.iter().zip(&there.instances) {
        let t = after(scenario.now, -86_400.0);
        assert_eq!((&a.id, a.state(t)), (&b.id, b.state(after(t, shift))));
        assert_eq!(a.cpu.at(t), b.cpu.at(after(t, shift)));
    }
    let _ = here.charges(
        after(scenario.now, -86_400.0),
        scenario.now,
        BillingPeriod::Day,
        scenario.now,
    );
}

#[test]
fn a_quiet_world_has_no_anomaly_and_an_empty_one_nothing() {
    let quiet = Scenario::named("quiet").unwrap();
    assert!(
        Simulation::new(&quiet, quiet.now, 1.0)
            .anomalies(quiet.now)
            .is_empty()
    );
    let empty = Scenario::named("empty").unwrap();
    let simulation = Simulation::new(&empty, empty.now, 1.0);
    assert!(simulation.metrics(EAST, empty.now).is_empty() && simulation.monitors().is_empty());
    assert!(
        simulation
            .charges(
                after(empty.now, -1e6),
                empty.now,
                BillingPeriod::Month,
                empty.now
            )
            .is_empty()
    );
}
