//! GPU metrics of jobs, and scheduled endpoints on the bill.

use super::{EAST, G5_12X, billed, near, simulation};
use crate::{
    domain::Timestamp,
    mock::{billing::BillingPeriod, metrics::Stats, simulation::*},
};

fn sample(
    simulation: &Simulation,
    namespace: &str,
    name: &str,
    host: &str,
    now: Timestamp,
) -> Option<Stats> {
    let metric = simulation.metric(
        EAST,
        namespace,
        name,
        &[("Host".to_owned(), host.to_owned())],
    )?;
    simulation.sample(metric, after(now, -600.0), 300, now)
}

const FEATURES_AND_SCORES: &str = r#"
[[processing]]
name = "features"
type = "ml.g5.12xlarge"
instances = 2
created = "-6h"
gpu = "steady 0"
cpu = "steady 80"
image = "1.dkr.ecr.us-east-1.amazonaws.com/etl:3"
input = ["s3://lake/clicks/"]
[[transform]]
name = "scores"
type = "ml.m5.xlarge"
created = "-4h"
model = "ranker-7"
duration = "30h"
cpu = "steady 50"
"#;

#[test]
fn an_unused_gpu_reports_zero() {
    let (simulation, now) = simulation(FEATURES_AND_SCORES);
    let namespace = "/aws/sagemaker/ProcessingJobs";
    let average = |name: &str| {
        sample(&simulation, namespace, name, "features/algo-2", now)
            .unwrap()
            .average()
    };
    assert_eq!(
        (average("GPUUtilization"), average("GPUMemoryUtilization")),
        (0.0, 0.0)
    );
    assert!((average("CPUUtilization") / (80.0 * 48.0) - 1.0).abs() < 0.03);
    let scores = simulation
        .job(JobKind::Transform, EAST, "scores", now)
        .unwrap();
    let host = format!("scores/{}", scores.hosts[0]);
    assert!(host.starts_with("scores/i-0"));
    assert_eq!(
        sample(
            &simulation,
            "/aws/sagemaker/TransformJobs",
            "CPUUtilization",
            &host,
            now
        )
        .unwrap()
        .average(),
        200.0
    );
    assert!(
        sample(
            &simulation,
            "/aws/sagemaker/TransformJobs",
            "GPUUtilization",
            &host,
            now
        )
        .is_none()
    );
}

#[test]
fn a_processing_and_a_transform_job_are_billed_until_they_are_stopped() {
    let (mut simulation, now) = simulation(FEATURES_AND_SCORES);
    // 6 h less two minutes, twice; 4 h less two and a half at 1.2 x 0.192.
    near(
        billed(&simulation, "USE1-Processing:ml.g5.12xlarge", now),
        2.0 * 358.0 / 60.0,
        2.0 * 358.0 / 60.0 * G5_12X,
    );
    near(
        billed(&simulation, "USE1-Tsform:ml.m5.xlarge", now),
        237.5 / 60.0,
        237.5 / 60.0 * 0.2304,
    );
    for (kind, name) in [
        (JobKind::Processing, "features"),
        (JobKind::Transform, "scores"),
    ] {
        simulation.stop_job(kind, EAST, name, now).unwrap();
        assert_eq!(
            simulation.stop_job(kind, EAST, name, now).unwrap_err().code,
            "ValidationException"
        );
        assert_eq!(
            simulation
                .job(kind, EAST, name, after(now, 61.0))
                .unwrap()
                .state(after(now, 61.0)),
            JobState::Stopped
        );
        assert_eq!(
            simulation.job(kind, EAST, "nobody", now).unwrap_err().code,
            "ResourceNotFound"
        );
    }
}

const SCHEDULED_ENDPOINT: &str = r#"
[[endpoint]]
name = "risk"
type = "ml.g5.12xlarge"
instances = 4
created = "-30d"
requests = "office-hours 0-200"
schedule = [
    { at = "cron(0 18 ? * MON-FRI *)", max = 1, min = 1 },
    { at = "cron(0 8 ? * MON-FRI *)", min = 4, max = 4 },
]
"#;

const RISK: &str = "endpoint/risk/variant/AllTraffic";

/// Hours and dollars of SageMaker on the day that starts at `day`.
fn day(simulation: &Simulation, day: &str) -> (f64, f64) {
    let from: Timestamp = day.parse().unwrap();
    let charges = simulation.charges_of(
        Some("Amazon SageMaker"),
        from,
        after(from, 86_400.0),
        BillingPeriod::Day,
    );
    charges.iter().fold((0.0, 0.0), |(hours, usd), charge| {
        (hours + charge.quantity, usd + charge.usd)
    })
}

fn noon() -> PutAction {
    PutAction {
        name: "noon".to_owned(),
        schedule: Some("cron(0 12 ? * * *)".to_owned()),
        timezone: None,
        start: None,
        end: None,
        limits: Some((Some(2), Some(2))),
    }
}

#[test]
fn scheduled_scaling_changes_the_bill() {
    let (mut simulation, now) = simulation(SCHEDULED_ENDPOINT);
    near(
        day(&simulation, "2026-11-21T00:00:00Z"),
        24.0,
        24.0 * G5_12X,
    );
    near(
        day(&simulation, "2026-11-19T00:00:00Z"),
        54.0,
        54.0 * G5_12X,
    );
    // Another one is put on top, at noon of that day, and deleted the day after.
    simulation
        .put_scheduled_action(EAST, RISK, noon(), now)
        .unwrap();
    assert_eq!(simulation.scalable_targets(EAST, now)[0].actions.len(), 3);
    // One until 08:01, four until 12:01, two until 18:01, then one: 8 + 16 + 12 + 6 hours.
    near(
        day(&simulation, "2026-11-24T00:00:00Z"),
        42.0,
        42.0 * G5_12X,
    );
    simulation
        .delete_scheduled_action(EAST, RISK, "noon", after(now, 86_400.0))
        .unwrap();
    assert_eq!(
        simulation
            .delete_scheduled_action(EAST, RISK, "noon", after(now, 86_400.0))
            .unwrap_err()
            .code,
        "ObjectNotFoundException"
    );
    near(
        day(&simulation, "2026-11-25T00:00:00Z"),
        54.0,
        54.0 * G5_12X,
    );
}

#[test]
fn a_wrong_scheduled_action_is_refused() {
    let (mut simulation, now) = simulation(SCHEDULED_ENDPOINT);
    for (name, schedule, limits) in [
        ("a", Some("cron(0)"), Some((Some(1), None))),
        ("a", None, Some((Some(1), None))),
        ("a", Some("rate(1 day)"), None),
    ] {
        let wrong = PutAction {
            name: name.to_owned(),
            schedule: schedule.map(str::to_owned),
            limits,
            ..noon()
        };
        assert_eq!(
            simulation
                .put_scheduled_action(EAST, RISK, wrong, now)
                .unwrap_err()
                .code,
            "ValidationException"
        );
    }
    assert_eq!(
        simulation
            .put_scheduled_action(EAST, "endpoint/none/variant/x", noon(), now)
            .unwrap_err()
            .code,
        "ObjectNotFoundException"
    );
}
