//! Jobs: their begin, end, repetition, warm pools and stops, and the cost of all this.

mod metrics;
mod model_jobs;

use crate::mock::simulation::*;
use crate::{
    domain::Timestamp,
    mock::{Scenario, billing::BillingPeriod},
};

const EAST: &str = "us-east-1";
/// List prices of the cards, by hand: 1.15 x 21.957642, and 1.25 x 5.672.
const P4D: f64 = 25.251_288_3;
const G5_12X: f64 = 7.09;

fn simulation(body: &str) -> (Simulation, Timestamp) {
    let head = "description = \"x\"\nnow = \"2026-11-23T08:30:00Z\"\n\
                account = { id = \"111122223333\", alias = \"a\" }\nregions = [\"us-east-1\"]\n";
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

const FAILING_TUNING: &str = r#"
[[tuning]]
name = "churn-hpo"
type = "ml.p4d.24xlarge"
created = "-5d"
trial-interval = "1h"
trials = 200
fails-after = "6m"
failure = "AlgorithmError: FileNotFoundError: train.csv"
tags = { team = "growth" }
"#;

#[test]
fn tuning_job_fails_every_hour_until_stopped() {
    let (mut simulation, now) = simulation(FAILING_TUNING);
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
        (one.runtime_seconds(now), one.billable(now), one.ended(now)),
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
fn a_tuning_job_without_an_interval_starts_a_trial_when_one_ends() {
    let (simulation, now) = simulation(
        "[[tuning]]\nname = \"t\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-1d\"\ntrials = 6\n\
         parallel = 2\nduration = \"56m\"\nstrategy = \"Random\"\n",
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
fn a_warm_pool_is_billed_until_it_is_released() {
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
        (job.state(now), job.warm_status(now), job.warm_pool_period()),
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
fn a_run_reuses_the_warm_pool_of_the_previous_one() {
    let (simulation, now) = simulation(
        "[[training]]\nname = \"step-{n}\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-3h\"\n\
         repeat-every = \"1h\"\nrepeat-until = \"-1h\"\nduration = \"30m\"\nkeep-alive = 60\n",
    );
    let named = |name: &str| simulation.job(JobKind::Training, EAST, name, now).unwrap();
    assert_eq!(
        (
            named("step-1").warm_status(now),
            named("step-1").warm_pool_seconds(now)
        ),
        (Some("Reused"), 1_560)
    );
    assert_eq!(named("step-1").warm.reused_by.as_ref().unwrap().1, "step-2");
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

const LIMIT_AND_SPOT: &str = r#"
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
"#;

#[test]
fn job_ends_at_its_limit_and_spot_bills_a_share() {
    let (mut simulation, now) = simulation(LIMIT_AND_SPOT);
    let long = simulation
        .job(JobKind::Training, EAST, "long", now)
        .unwrap();
    assert_eq!(
        (
            long.state(now),
            long.runtime_seconds(now),
            long.exceeded_limit()
        ),
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
    assert_eq!(
        (spot.runtime_seconds(now), spot.billable(now)),
        (3_601, Some(1_080))
    );
    near(
        billed(&simulation, "Train:ml.g5.12xlarge", now),
        0.3,
        0.3 * G5_12X,
    );
    // Still running: billed for the share of the time so far; 1.408 an hour.
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
fn earlier_runs_have_the_durations_of_the_file() {
    let (simulation, now) = simulation(
        "[[training]]\nname = \"nightly-{n}\"\ntype = \"ml.g5.12xlarge\"\ncreated = \"-12h\"\n\
         earlier-runs = [\"2h\", \"1h 30m\", \"2h 30m\"]\n[[training]]\nname = \"weekly\"\n\
         type = \"ml.m5.large\"\ncreated = \"-1h\"\nrepeat-every = \"7d\"\n\
         earlier-runs = [\"1h\"]\nduration = \"10m\"\n",
    );
    let jobs = simulation.jobs(JobKind::Training, EAST, now);
    let nightly: Vec<_> = jobs
        .iter()
        .filter(|job| job.name.starts_with("nightly"))
        .map(|job| (job.name.as_str(), job.state(now), job.runtime_seconds(now)))
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
