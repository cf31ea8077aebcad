//! Tests of related jobs.

use super::*;
use crate::domain::Reason;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn known(name: &str, status: &str, from: &str, minutes: i64, cost: f64) -> JobRecord {
    let start = at(from);
    let mut job = Job::new(JobKind::Training, name, status);
    job.created = Some(start);
    job.started = Some(start);
    job.ended = (status != "InProgress").then(|| start + SignedDuration::from_mins(minutes));
    JobRecord::new(Arc::new(job), Measured::Known(Usd(cost)), None)
}

fn with(mut known: JobRecord, change: impl FnOnce(&mut Job)) -> JobRecord {
    change(Arc::get_mut(&mut known.job).unwrap());
    known
}

#[test]
fn job_family_is_the_name_without_numbers() {
    for (name, expected) in [
        ("hpo-worker-7", "hpo-worker"),
        ("hpo-worker8", "hpo-worker"),
        ("fraud-train-2026-11-20-17-00-00-123", "fraud-train"),
        ("fraud-train-20261120T170000", "fraud-train"),
        (
            "pytorch-training-8f14e45f-ceea-467f-a5a1-0d3c2b1a9e77",
            "pytorch-training",
        ),
        ("Nightly_ETL.v2", "nightly-etl-v"),
        ("2026-11-20", "2026-11-20"),
        ("deadbeef-train", "deadbeef-train"),
        ("llama-70b-sft-3", "llama-70b-sft"),
        ("xgb-tune-031-a1b2c3d4", "xgb-tune"),
    ] {
        assert_eq!(family(name), expected, "{name}");
    }
}

#[test]
fn only_completed_jobs_count_as_earlier_runs() {
    let now = at("2026-11-23T08:00:00Z");
    let all = [
        known("rec-5", "InProgress", "2026-11-23T00:00:00Z", 0, 80.0),
        known("rec-1", "Completed", "2026-11-19T00:00:00Z", 60, 10.0),
        known("rec-2", "Completed", "2026-11-20T00:00:00Z", 180, 30.0),
        known("rec-3", "Completed", "2026-11-21T00:00:00Z", 120, 20.0),
        known("rec-4", "Failed", "2026-11-22T00:00:00Z", 5, 1.0),
        known("other-1", "Completed", "2026-11-21T00:00:00Z", 900, 150.0),
    ];
    let found = related_jobs(&all[0], &all, now, 14);
    assert_eq!(
        found.past,
        Measured::Known(PastRuns {
            runs: 3,
            longest: 10_800.0,
            median: 7_200.0
        })
    );
    assert_eq!(found.run_cost, Measured::Known(Usd(20.0)));
    let alone = related_jobs(&all[5], &all, now, 14);
    assert_eq!(
        alone.past.why(),
        Some(&Reason::new("no completed run of the same work in 14 days"))
    );
}

#[test]
fn tuning_job_reports_failures_and_next_attempt() {
    let now = at("2026-11-23T08:30:00Z");
    let mut all = vec![with(
        known("tune", "InProgress", "2026-11-21T00:00:00Z", 0, 0.0),
        |job| job.kind = JobKind::Tuning,
    )];
    for hour in 0_i64..56 {
        let from = (at("2026-11-21T01:00:00Z") + SignedDuration::from_hours(hour)).to_string();
        let one = known(&format!("tune-{hour}"), "Failed", &from, 10, 2.5);
        all.push(with(one, |job| {
            job.tuning = Some("tune".into());
            job.failure = Some(format!("FileNotFoundError: part-{hour}").into());
        }));
    }
    let found = related_jobs(&all[0], &all, now, 14);
    let failures = found.failures.known().unwrap().clone();
    // The last began at 08:00 on Monday; those that ended since Sunday 08:30 are the tries of
    // 09:00 to 08:00.
    assert_eq!(
        (failures.day, failures.all, failures.same_reason),
        (24, 56, 56)
    );
    assert_eq!((failures.spent, failures.every), (Usd(140.0), Some(3600.0)));
    assert_eq!(&*failures.reason, "FileNotFoundError: part-55");
    assert_eq!(
        (failures.since, failures.next_due),
        (at("2026-11-21T01:10:00Z"), Some(at("2026-11-23T09:00:00Z")))
    );
    assert_eq!(found.tries, Measured::Known(Usd(140.0)));
    assert_eq!(
        related_jobs(&all[1], &all, now, 14).failures.why(),
        Some(&Reason::new("counted on its tuning job tune"))
    );
    let later = related_jobs(&all[0], &all, at("2026-11-23T18:00:00Z"), 14)
        .failures
        .known()
        .unwrap()
        .clone();
    assert_eq!(later.next_due, None, "the rhythm has ended");
}

#[test]
fn only_the_newest_job_reports_failures() {
    let now = at("2026-11-23T08:30:00Z");
    let all = [
        known("etl-1", "Failed", "2026-11-23T05:00:00Z", 5, 1.0),
        known("etl-2", "InProgress", "2026-11-23T06:00:00Z", 0, 1.0),
        known("etl-3", "InProgress", "2026-11-23T07:00:00Z", 0, 1.0),
    ];
    assert_eq!(
        related_jobs(&all[1], &all, now, 14).failures.why(),
        Some(&Reason::new("counted on etl-3, a newer or running attempt"))
    );
    assert_eq!(
        related_jobs(&all[0], &all, now, 14).failures.why(),
        Some(&Reason::new("counted on etl-3, a newer or running attempt"))
    );
    assert_eq!(
        related_jobs(&all[2], &all, now, 14)
            .failures
            .known()
            .map(|failures| (failures.day, failures.spent)),
        Some((1, Usd(1.0)))
    );
}

#[test]
fn last_failed_job_reports_a_loop_while_none_runs() {
    let now = at("2026-11-23T08:30:00Z");
    let all = ["05", "06", "07", "08"].map(|hour| {
        known(
            &format!("etl-{hour}"),
            "Failed",
            &format!("2026-11-23T{hour}:00:00Z"),
            6,
            1.5,
        )
    });
    let told = related_jobs(&all[3], &all, now, 14)
        .failures
        .known()
        .unwrap()
        .clone();
    assert_eq!(
        (told.day, told.spent, told.next_due),
        (4, Usd(6.0), Some(at("2026-11-23T09:00:00Z")))
    );
    assert_eq!(
        related_jobs(&all[1], &all, now, 14).failures.why(),
        Some(&Reason::new(
            "counted on etl-08, a newer or running attempt"
        ))
    );
}

#[test]
fn duplicates_share_image_and_input_data() {
    let now = at("2026-11-23T08:30:00Z");
    let make = |name: &str, image: &str, input: &str, status: &str| {
        with(
            known(name, status, "2026-11-23T05:00:00Z", 60, 1.0),
            |job| {
                job.image = Some(image.into());
                job.inputs = if input.is_empty() {
                    Vec::new()
                } else {
                    vec![input.into()]
                };
            },
        )
    };
    let all = [
        make("fraud-a", "fraud:1", "s3://data/fraud/", "InProgress"),
        make("risk-fraud", "fraud:1", "s3://data/fraud/", "InProgress"),
        make("fraud-c", "fraud:1", "s3://data/other/", "InProgress"),
        make("fraud-d", "fraud:2", "s3://data/fraud/", "InProgress"),
        make("fraud-e", "fraud:1", "s3://data/fraud/", "Completed"),
        make("fraud-f", "fraud:1", "", "InProgress"),
    ];
    let names = |this: usize| {
        related_jobs(&all[this], &all, now, 14).twins.map(|twins| {
            twins
                .iter()
                .map(|twin| twin.name.to_string())
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(names(0), Measured::Known(vec!["risk-fraud".to_owned()]));
    assert_eq!(names(2), Measured::Known(Vec::new()));
    assert_eq!(
        names(5),
        Measured::unknown("it names no input data to compare")
    );
}
