//! Jobs: how they begin, end, repeat, are kept warm, are stopped, and what all of it costs.

use crate::mock::simulation::*;
use crate::{
    domain::Timestamp,
    mock::{Scenario, billing::BillingPeriod, metrics::Stats},
};

const EAST: &str = "us-east-1";
/// List prices of the cards, by hand: 1.15 x 21.957642, and 1.25 x 5.672.
const P4D: f64 = 25.251_288_3;
const G5_12X: f64 = 7.09;

fn simulation(body: &str) -> (Simulation, Timestamp) {
    let head = "description = \"x\"\nnow = \"2026-11-23T08:30:00Z\"\naccount = { id = \"111122223333\", alias = \"a\" }\nregions = [\"us-east-1\"]\n";
    let scenario = Scenario::parse(&format!("{head}{body}"), "x.toml").unwrap();
    (Simulation::new(&scenario, scenario.now, 1.0), scenario.now)
}

/// Hours and dollars of the lines with `part` in their usage type, up to `to`.
fn billed(simulation: &Simulation, part: &str, to: Timestamp) -> (f64, f64) {
    let charges = simulation.charges_of(
        Some("Amazon SageMaker"),
        after(to, -60.0 * 86_400.0),
        to,
        BillingPeriod::Day,
    );
    let of = charges
        .iter()
        .filter(|charge| charge.usage_type.contains(part));
    of.fold((0.0, 0.0), |(hours, usd), charge| {
        (hours + charge.quantity, usd + charge.usd)
    })
}

fn near(got: (f64, f64), hours: f64, usd: f64) {
    assert!(
        (got.0 - hours).abs() < 1e-6 && (got.1 - usd).abs() < 0.005,
        "{got:?}, expected {hours} h, {usd} USD"
    );
}

#[test]
fn a_tuning_job_fails_every_hour_until_it_is_stopped() {
    let (mut simulation, now) = simulation(
        r#"
[[tuning]]
name = "churn-hpo"
type = "ml.p4d.24xlarge"
created = "-5d"
trial-interval = "1h"
trials = 200
fails-after = "6m"
failure = "AlgorithmError: FileNotFoundError: train.csv"
tags = { team = "growth" }
"#,
    );
    let tuning = simulation.tuning(EAST, "churn-hpo", now).unwrap().clone();
    // 121 have begun, the last of them this minute; it has not failed yet.
    assert_eq!(
        simulation.trial_counts(&tuning, now),
        Trials {
            completed: 0,
            in_progress: 1,
            failed: 120,
            stopped: 0
        }
    );
    let one = simulation.trials(&tuning, now)[7].clone();
    assert_eq!(
        (one.ran(now), one.billable(now), one.ended(now)),
        (360, Some(360), Some(after(one.created, 600.0)))
    );
    assert_eq!(
        (one.failure_reason.as_str(), one.tags.len()),
        ("AlgorithmError: FileNotFoundError: train.csv", 1)
    );
    near(
        billed(&simulation, "USE1-Train:ml.p4d.24xlarge", now),
        120.0 * 0.1,
        120.0 * 0.1 * P4D,
    );

    simulation
        .stop_tuning(EAST, "churn-hpo", after(now, 300.0))
        .unwrap();
    assert!(
        simulation
            .stop_tuning(EAST, "churn-hpo", after(now, 301.0))
            .is_err()
    );
    let later = after(now, 86_400.0);
    let tuning = simulation.tuning(EAST, "churn-hpo", later).unwrap().clone();
    assert_eq!(tuning.state(later), JobState::Stopped);
    assert_eq!(
        simulation.trial_counts(&tuning, later),
        Trials {
            completed: 0,
            in_progress: 0,
            failed: 120,
            stopped: 1
        }
    );
    // The last one ran from 240 s to 300 s after now, and had two minutes to stop.
    near(
        billed(&simulation, "Train:", later),
        12.0 + 180.0 / 3_600.0,
        (12.0 + 180.0 / 3_600.0) * P4D,
    );
}

#[test]
fn a_tuning_job_without_a_rhythm_goes_on_when_a_trial_ends() {
    let (simulation, now) = simulation(
        "[[tuning]]\nname = \"t\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-1d\"\ntrials = 6\nparallel = 2\nduration = \"56m\"\nstrategy = \"Random\"\n",
    );
    let tuning = simulation.tuning(EAST, "t", now).unwrap();
    assert_eq!(
        (tuning.state(now), tuning.ended(now)),
        (
            JobState::Completed,
            Some(after(tuning.created, 3.0 * 3_600.0))
        )
    );
    assert_eq!(
        simulation.trial_counts(tuning, after(tuning.created, 3_700.0)),
        Trials {
            completed: 2,
            in_progress: 2,
            failed: 0,
            stopped: 0
        }
    );
    near(
        billed(&simulation, "Train:", now),
        6.0 * 56.0 / 60.0,
        6.0 * 56.0 / 60.0 * G5_12X,
    );
}

#[test]
fn instances_kept_warm_are_billed_until_let_go() {
    let text = r#"
[[training]]
name = "llm-tune"
type = "ml.g5.12xlarge"
instances = 2
created = "-3h"
duration = "2h"
keep-alive = 120
"#;
    let (mut simulation, now) = simulation(text);
    let job = simulation
        .job(JobKind::Training, EAST, "llm-tune", now)
        .unwrap();
    let end = after(job.created, 240.0 + 7_200.0);
    assert_eq!(
        (job.state(now), job.warm_status(now), job.kept()),
        (
            JobState::Completed,
            Some("Available"),
            Some((end, after(end, 7_200.0)))
        )
    );
    assert_eq!(
        (
            job.warm_pool_seconds(now),
            job.warm_status(after(end, -1.0)),
            job.warm_status(after(end, 7_200.0))
        ),
        (3_360, Some("InUse"), Some("Terminated"))
    );
    near(
        billed(&simulation, "Train:", now),
        2.0 * (2.0 + 3_360.0 / 3_600.0),
        2.0 * (2.0 + 3_360.0 / 3_600.0) * G5_12X,
    );
    simulation.keep_alive(EAST, "llm-tune", 0, now).unwrap();
    assert!(simulation.keep_alive(EAST, "llm-tune", 0, now).is_err());
    near(
        billed(&simulation, "Train:", after(now, 86_400.0)),
        2.0 * (2.0 + 3_360.0 / 3_600.0),
        2.0 * (2.0 + 3_360.0 / 3_600.0) * G5_12X,
    );
}

#[test]
fn a_run_takes_over_what_the_one_before_kept_warm() {
    let (simulation, now) = simulation(
        "[[training]]\nname = \"step-{n}\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-3h\"\nrepeat-every = \"1h\"\nrepeat-until = \"-1h\"\nduration = \"30m\"\nkeep-alive = 60\n",
    );
    let named = |name: &str| simulation.job(JobKind::Training, EAST, name, now).unwrap();
    assert_eq!(
        (
            named("step-1").warm_status(now),
            named("step-1").warm_pool_seconds(now)
        ),
        (Some("Reused"), 1_560)
    );
    assert_eq!(named("step-1").warm.reused.as_ref().unwrap().1, "step-2");
    assert_eq!(named("step-3").warm_status(now), Some("Available"));
    assert!(
        simulation
            .job(JobKind::Training, EAST, "step-4", now)
            .is_err()
    );
    // Three times half an hour, twice 26 minutes kept until the next, once 26 minutes so far.
    near(
        billed(&simulation, "Train:", now),
        3.0 * 56.0 / 60.0,
        3.0 * 56.0 / 60.0 * G5_12X,
    );
}

#[test]
fn a_job_ends_at_its_limit_and_spot_bills_a_share() {
    let (mut simulation, now) = simulation(
        r#"
[[training]]
name = "long"
type = "ml.p4d.24xlarge"
created = "-4d"
max-hours = 48
[[training]]
name = "spot"
type = "ml.g5.12xlarge"
created = "-6h"
duration = "1h 1s"
spot = true
[[training]]
name = "spot-still"
type = "ml.g5.xlarge"
created = "-6h"
spot = true
spot-billed-share = 0.4
"#,
    );
    let long = simulation
        .job(JobKind::Training, EAST, "long", now)
        .unwrap();
    assert_eq!(
        (long.state(now), long.ran(now), long.exceeded_limit()),
        (JobState::Stopped, 48 * 3_600, true)
    );
    assert_eq!(
        long.transitions(now).last().unwrap().0,
        "MaxRuntimeExceeded"
    );
    near(billed(&simulation, "Train:ml.p4d", now), 48.0, 48.0 * P4D);
    let spot = simulation
        .job(JobKind::Training, EAST, "spot", now)
        .unwrap();
    assert_eq!((spot.ran(now), spot.billable(now)), (3_601, Some(1_080)));
    near(
        billed(&simulation, "Train:ml.g5.12xlarge", now),
        0.3,
        0.3 * G5_12X,
    );
    // Still running: so far the share of what ran; 1.408 an hour.
    let hours = (6.0 * 3_600.0 - 240.0) / 3_600.0 * 0.4;
    near(
        billed(&simulation, "Train:ml.g5.xlarge", now),
        hours,
        hours * 1.408,
    );
    simulation
        .stop_job(JobKind::Training, EAST, "spot-still", now)
        .unwrap();
    let later = after(now, 600.0);
    let stopped = simulation
        .job(JobKind::Training, EAST, "spot-still", later)
        .unwrap();
    let seconds = stopped.billable(later).unwrap() as f64;
    assert_eq!(stopped.ended(later), Some(after(now, 120.0)));
    near(
        billed(&simulation, "Train:ml.g5.xlarge", later),
        seconds / 3_600.0,
        seconds / 3_600.0 * 1.408,
    );
}

#[test]
fn earlier_runs_are_written_as_their_lengths() {
    let (simulation, now) = simulation(
        "[[training]]\nname = \"nightly-{n}\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-12h\"\nearlier-runs = [\"2h\", \"1h 30m\", \"2h 30m\"]\n[[training]]\nname = \"weekly\"\ntype = \"ml.m5.large\"\ncreated = \"-1h\"\nrepeat-every = \"7d\"\nearlier-runs = [\"1h\"]\nduration = \"10m\"\n",
    );
    let jobs = simulation.jobs(JobKind::Training, EAST, now);
    let nightly: Vec<_> = jobs
        .iter()
        .filter(|job| job.name.starts_with("nightly"))
        .map(|job| (job.name.as_str(), job.state(now), job.ran(now)))
        .collect();
    let done = JobState::Completed;
    assert_eq!(
        nightly,
        [
            ("nightly-1", done, 7_200),
            ("nightly-2", done, 5_400),
            ("nightly-3", done, 9_000),
            ("nightly-4", JobState::InProgress, 42_960)
        ]
    );
    assert_eq!(
        jobs.iter()
            .find(|job| job.name == "nightly-3")
            .unwrap()
            .created,
        after(now, -36.0 * 3_600.0)
    );
    let weekly: Vec<_> = jobs
        .iter()
        .filter(|job| job.name.starts_with("weekly"))
        .map(|job| job.name.as_str())
        .collect();
    assert_eq!(
        weekly,
        ["weekly-2026-11-16-07-30-00", "weekly-2026-11-23-07-30-00"]
    );
    near(
        billed(&simulation, "Train:ml.g5", now),
        6.0 + 42_960.0 / 3_600.0,
        (6.0 + 42_960.0 / 3_600.0) * G5_12X,
    );
}

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

#[test]
fn a_gpu_that_is_never_used_says_so() {
    let (mut simulation, now) = simulation(
        r#"
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
"#,
    );
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

#[test]
fn a_schedule_is_in_the_bill_from_its_first_time() {
    let (mut simulation, now) = simulation(
        r#"
[[endpoint]]
name = "risk"
type = "ml.g5.12xlarge"
instances = 4
created = "-30d"
requests = "office-hours 0-200"
schedule = [{ at = "cron(0 18 ? * MON-FRI *)", max = 1, min = 1 }, { at = "cron(0 8 ? * MON-FRI *)", min = 4, max = 4 }]
"#,
    );
    let day = |simulation: &Simulation, day: &str| {
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
    };
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
    let target = "endpoint/risk/variant/AllTraffic";
    let put = PutAction {
        name: "noon".to_owned(),
        schedule: Some("cron(0 12 ? * * *)".to_owned()),
        timezone: None,
        start: None,
        end: None,
        bounds: Some((Some(2), Some(2))),
    };
    simulation
        .put_scheduled_action(EAST, target, put.clone(), now)
        .unwrap();
    assert_eq!(simulation.scalable_targets(EAST, now)[0].actions.len(), 3);
    // One until 08:01, four until 12:01, two until 18:01, then one: 8 + 16 + 12 + 6 hours.
    near(
        day(&simulation, "2026-11-24T00:00:00Z"),
        42.0,
        42.0 * G5_12X,
    );
    simulation
        .delete_scheduled_action(EAST, target, "noon", after(now, 86_400.0))
        .unwrap();
    assert_eq!(
        simulation
            .delete_scheduled_action(EAST, target, "noon", after(now, 86_400.0))
            .unwrap_err()
            .code,
        "ObjectNotFoundException"
    );
    near(
        day(&simulation, "2026-11-25T00:00:00Z"),
        54.0,
        54.0 * G5_12X,
    );
    for (name, schedule, bounds) in [
        ("a", Some("cron(0)"), Some((Some(1), None))),
        ("a", None, Some((Some(1), None))),
        ("a", Some("rate(1 day)"), None),
    ] {
        let wrong = PutAction {
            name: name.to_owned(),
            schedule: schedule.map(str::to_owned),
            bounds,
            ..put.clone()
        };
        assert_eq!(
            simulation
                .put_scheduled_action(EAST, target, wrong, now)
                .unwrap_err()
                .code,
            "ValidationException"
        );
    }
    assert_eq!(
        simulation
            .put_scheduled_action(EAST, "endpoint/none/variant/x", put, now)
            .unwrap_err()
            .code,
        "ObjectNotFoundException"
    );
}

#[test]
fn clusters_are_billed_by_node_and_publish_nothing() {
    let (mut simulation, now) = simulation(
        r#"
[[cluster]]
name = "research"
created = "-2d"
tags = { team = "llm" }
[[cluster.groups]]
name = "workers"
type = "ml.p4d.24xlarge"
count = 3
target = 4
[[cluster.groups]]
name = "head"
type = "ml.m5.large"
count = 1
"#,
    );
    let one = simulation.clusters(EAST, now)[0].clone();
    assert_eq!(
        (
            one.state(now),
            one.state(one.created),
            one.nodes(now).count()
        ),
        ("InService", "Creating", 4)
    );
    let hours = 48.0 - 300.0 / 3_600.0;
    // HyperPod has a multiplier of its own for p4d: 1.18; m5 has the family's: 1.2.
    near(
        billed(&simulation, "USE1-Cluster:ml.p4d.24xlarge", now),
        3.0 * hours,
        3.0 * hours * 21.957_642 * 1.18,
    );
    near(
        billed(&simulation, "USE1-Cluster:ml.m5.large", now),
        hours,
        hours * 0.096 * 1.2,
    );
    assert!(simulation.metrics(EAST, now).is_empty());
    let arn = vec![one.arn.clone()];
    simulation
        .set_tags(
            Tagging::SageMaker,
            EAST,
            &arn,
            &[("owner".to_owned(), "ana".to_owned())].into(),
            now,
        )
        .unwrap();
    assert_eq!(
        simulation.cluster(EAST, &one.arn, now).unwrap().tags.len(),
        2
    );
    assert_eq!(
        simulation.cluster(EAST, "none", now).unwrap_err().code,
        "ResourceNotFound"
    );
}

/// Quantity and dollars of all lines with `part` in their usage type, of any service.
fn tokens(simulation: &Simulation, part: &str, to: Timestamp) -> (f64, f64) {
    let charges = simulation.charges_of(None, after(to, -30.0 * 86_400.0), to, BillingPeriod::Day);
    let of = charges
        .iter()
        .filter(|charge| charge.usage_type.contains(part));
    of.fold((0.0, 0.0), |(thousands, usd), charge| {
        (thousands + charge.quantity, usd + charge.usd)
    })
}

#[test]
fn bedrocks_jobs_pay_for_what_they_have_worked_through() {
    let (mut simulation, now) = simulation(
        r#"
[[customization]]
name = "tone"
model = "meta.llama3-1-8b-instruct-v1:0"
created = "-3h"
duration = "10h"
training-tokens = 40e6
[[customization]]
name = "unpriced"
model = "amazon.nova-pro-v1:0"
created = "-1d"
training-tokens = 1e6
[[batch-inference]]
name = "reviews"
model = "us.amazon.nova-pro-v1:0"
created = "-2h"
duration = "4h"
records = 60000
input-tokens = 900
output-tokens = 120
[[batch-inference]]
name = "vain"
model = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
created = "-1d"
duration = "4h"
fails-after = "1h"
failure = "Access denied to s3://x"
records = 1000
input-tokens = 1000
output-tokens = 100
[[batch-inference]]
name = "late"
model = "amazon.nova-pro-v1:0"
created = "-3d"
duration = "48h"
records = 480
input-tokens = 0
output-tokens = 0
"#,
    );
    // 2 h 50 min of ten hours, 40 M tokens at 1.49 a million.
    let share = 170.0 / 600.0;
    near(
        tokens(
            &simulation,
            "USE1-Llama3.18bInstruct-customization-training",
            now,
        ),
        40_000.0 * share,
        40.0 * share * 1.49,
    );
    // 115 min of four hours.
    let share = 115.0 / 240.0;
    near(
        tokens(&simulation, "USE1-NovaPro-input-tokens-batch", now),
        54_000.0 * share,
        54_000.0 * share * 0.0004,
    );
    near(
        tokens(&simulation, "USE1-NovaPro-output-tokens-batch", now),
        7_200.0 * share,
        7_200.0 * share * 0.0016,
    );
    near(
        tokens(&simulation, "USE1-MP:USE1_InputTokenCount_Batch-Units", now),
        250.0,
        250.0 * 0.000_55,
    );
    let state = |simulation: &Simulation, name: &str, at: Timestamp| {
        let job = simulation
            .model_jobs
            .iter()
            .find(|job| job.name == name)
            .unwrap();
        (job.state(at), job.processed_records(at))
    };
    assert_eq!(
        state(&simulation, "reviews", now),
        (ModelJobState::InProgress, 28_750)
    );
    assert_eq!(
        state(&simulation, "vain", now),
        (ModelJobState::Failed, 250)
    );
    // 23 h 55 min of 48 h.
    assert_eq!(
        state(&simulation, "late", now),
        (ModelJobState::Expired, 239)
    );
    assert_eq!(
        state(&simulation, "unpriced", now).0,
        ModelJobState::Completed
    );

    let arn = simulation.model_jobs(EAST, false, now)[0].arn.clone();
    simulation.stop_model_job(EAST, false, &arn, now).unwrap();
    assert_eq!(
        simulation
            .stop_model_job(EAST, false, &arn, now)
            .unwrap_err()
            .code,
        "ConflictException"
    );
    let later = after(now, 7_200.0);
    assert_eq!(
        state(&simulation, "reviews", later),
        (ModelJobState::Stopped, 28_750)
    );
    near(
        tokens(&simulation, "USE1-NovaPro-input-tokens-batch", later),
        54_000.0 * share,
        54_000.0 * share * 0.0004,
    );
    simulation.stop_model_job(EAST, true, "tone", now).unwrap();
    assert_eq!(
        simulation
            .stop_model_job(EAST, true, "none", now)
            .unwrap_err()
            .status,
        404
    );
}
