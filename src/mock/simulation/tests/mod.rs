//! The simulation's behaviour on the default scenario: states move, refusals are AWS's, the stories
//! happened.

mod endpoints;
#[cfg(test)]
mod jobs;
mod scenarios;

use super::*;
use crate::{
    domain::{Tags, Timestamp},
    mock::Scenario,
};

const EAST: &str = "us-east-1";

fn simulation() -> (Simulation, Timestamp) {
    let scenario = Scenario::find("weekend-spike").unwrap();
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
fn an_instance_stops_in_half_a_minute_and_only_then_may_start() {
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
}

#[test]
fn a_stopped_instance_starts_and_is_listed_for_an_hour_after_termination() {
    let (mut simulation, now) = simulation();
    let ids = vec![named(&simulation, "hpo-worker-1", now)];
    simulation
        .move_instances(InstanceAction::Stop, EAST, &ids, now)
        .unwrap();
    let later = after(now, 60.0);
    simulation
        .move_instances(InstanceAction::Start, EAST, &ids, later)
        .unwrap();
    let state = |seconds: f64| {
        let at = after(now, seconds);
        simulation
            .instance(EAST, &ids[0], at)
            .unwrap()
            .state(at)
            .unwrap()
    };
    assert_eq!(
        (state(61.0), state(90.0)),
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
fn a_stopped_instance_publishes_no_metrics() {
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
fn ec2_has_its_own_error_messages() {
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
fn notebooks_and_apps_stop_with_a_delay() {
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
        "the health check counts as the work of a person"
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

#[test]
fn tags_are_set_and_removed_and_reserved_names_are_refused() {
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
}

#[test]
fn each_service_refuses_too_many_tags_and_unknown_resources() {
    let (mut simulation, now) = simulation();
    let ids = vec![named(&simulation, "hpo-worker-1", now)];
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
