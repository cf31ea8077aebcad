//! Rules on jobs: runaway, failing in a loop, duplicate or without GPU use.

use super::*;
use crate::domain::{
    Usd,
    evidence::{AdjacentType, DuplicateJob, FailedAttempts, JobEvidence, PastRuns},
};

/// A training job that has run for `hours` with busy GPUs.
fn job(hours: f64) -> JobEvidence {
    JobEvidence {
        created: Some(ago(hours)),
        elapsed: hours * 3600.0,
        limit: Some(120.0 * 3600.0),
        ends_in: Some((120.0 - hours) * 3600.0),
        accelerators: 8.0,
        utilization: Measured::Known(seen(0.8, hours, hours)),
        cpu: Measured::Known(seen(0.3, hours, hours)),
        past: Measured::unknown("no earlier run"),
        failures: Measured::unknown("no earlier try"),
        twins: Measured::Known(Vec::new()),
        cpu_type: Some(AdjacentType {
            unit: "ml.r5.24xlarge".into(),
            rate: UsdPerHour(7.258),
            size: 0.0,
            cpu_size: 1.0,
        }),
    }
}

/// A row of `job` on one `ml.p4d.24xlarge` at $25.25.
fn row(job: JobEvidence) -> CommonFields {
    let since = job.created;
    let mut head = head("ml.p4d.24xlarge", 1, 25.25, Evidence::Job(Box::new(job)));
    head.since = since;
    head.name = "fraud-train-1".into();
    head
}

pub(super) fn running(hours: f64, change: impl FnOnce(&mut JobEvidence)) -> CommonFields {
    let mut job = job(hours);
    change(&mut job);
    row(job)
}

fn runs(runs: u32, median: f64, longest: f64) -> Measured<PastRuns> {
    Measured::Known(PastRuns {
        runs,
        longest: longest * 3600.0,
        median: median * 3600.0,
    })
}

#[test]
fn runaway_job_reports_a_job_running_through_the_weekend() {
    // Monday 08:30, launched on Friday at 17:00.
    let found = finding_of(
        &running(63.5, |job| {
            job.utilization = Measured::Known(seen(0.1, 63.5, 63.5));
        }),
        "runaway-job",
    );
    assert_eq!(
        found.message,
        "running 63 h, $1,603 so far, $2,222 by Tue 09:00 UTC, $3,030 at its limit of 120 h; \
         through the weekend, and no earlier run took as long; GPU 10 %"
    );
    assert_eq!(
        (found.waste, found.confidence, found.fix),
        (UsdPerHour(25.25), Confidence::High, Some(Operation::Stop))
    );
    // It reaches its limit before the next morning.
    let short = running(63.5, |job| job.limit = Some(80.0 * 3600.0));
    assert!(
        finding_of(&short, "runaway-job")
            .message
            .starts_with("running 63 h, $1,603 so far, $2,020 at its limit of 80 h; ")
    );
    assert_eq!(
        found.arithmetic,
        "1 x $25.25/h = $25.25/h, all of it; x 56 h until it ends = $1,426.62 at most"
    );
    let confidence =
        |used| finding_of(&running(63.5, |job| job.utilization = used), "runaway-job").confidence;
    assert_eq!(confidence(Measured::unknown("denied")), Confidence::Medium);
    assert_eq!(
        confidence(Measured::Known(seen(0.9, 63.5, 63.5))),
        Confidence::Low
    );
}

#[test]
fn runaway_job_reports_a_job_far_longer_than_before() {
    let found = finding_of(
        &running(10.0, |job| job.past = runs(5, 2.0, 4.0)),
        "runaway-job",
    );
    assert_eq!(
        found.message,
        "running 10 h, $252 so far, $871 by Tue 09:00 UTC, $3,030 at its limit of 120 h; 5.0 x \
         the median of its 5 earlier runs; GPU 80 %"
    );
    assert_eq!(found.confidence, Confidence::High);
    let both = running(10.0, |job| job.past = runs(5, 2.0, 4.0));
    assert_eq!(
        pass_note(&both, "longer-than-ever"),
        "included in runaway-job"
    );
}

#[test]
fn runaway_job_ignores_usual_long_jobs() {
    for (hours, past) in [
        // As long as before, through the weekend.
        (63.5, runs(1, 70.0, 70.0)),
        (63.5, runs(4, 30.0, 40.0)),
        // Under three times the median, or not longer than the longest, or too short to matter.
        (5.0, runs(5, 2.0, 4.0)),
        (10.0, runs(5, 2.0, 12.0)),
        (1.5, runs(5, 0.1, 0.2)),
        (23.0, Measured::unknown("no earlier run")),
    ] {
        assert_eq!(
            pass_note(&running(hours, |job| job.past = past), "runaway-job"),
            "",
            "{hours}"
        );
    }
    // A busy job of a working week: Thursday, begun on Tuesday.
    let week: Timestamp = "2026-11-19T12:00:00Z".parse().unwrap();
    let mut busy = running(50.0, |_| ());
    busy.since = Some("2026-11-17T10:00:00Z".parse().unwrap());
    let verdict = |head: &CommonFields| {
        judge(head, &Thresholds::default(), week)
            .into_iter()
            .find(|v| {
                !matches!(
                    v,
                    Verdict::Unknown { rule, .. } | Verdict::Pass { rule, .. }
                        if *rule != "runaway-job"
                )
            })
    };
    assert_eq!(
        verdict(&busy),
        Some(Verdict::Pass {
            rule: "runaway-job",
            note: None
        })
    );
    let Evidence::Job(job) = &mut busy.evidence else {
        panic!()
    };
    job.utilization = Measured::unknown("denied");
    let why = "running 50 h: neither its earlier runs nor its use explain it";
    assert_eq!(
        verdict(&busy),
        Some(Verdict::Unknown {
            rule: "runaway-job",
            why: Reason::new(why)
        })
    );
    let Evidence::Job(job) = &mut busy.evidence else {
        panic!()
    };
    job.utilization = Measured::Known(seen(0.2, 50.0, 50.0));
    assert!(matches!(verdict(&busy), Some(Verdict::Finding(_))));
}

fn failing(day: u32, all: u32, same_reason: u32) -> Measured<FailedAttempts> {
    Measured::Known(FailedAttempts {
        day,
        all,
        same_reason,
        reason:
            "AlgorithmError: FileNotFoundError: /opt/ml/input/data/train/part-0.parquet\nTraceback"
                .into(),
        spent: Usd(37.69 * f64::from(all)),
        since: ago(f64::from(all)),
        next_due: Some(ago(-0.5)),
        every: Some(3600.0),
    })
}

#[test]
fn retry_loop_reports_repeated_failures() {
    let mut tuning = running(119.0, |job| job.failures = failing(24, 119, 119));
    // Its training jobs are billed, the tuning job is not.
    tuning.burn = HourlyCost::Nothing(Reason::new("its training jobs are billed"));
    let found = finding_of(&tuning, "retry-loop");
    assert_eq!(
        found.message,
        "24 failures in 24 h, $4,485 so far (119 since Wed 18 Nov): \
         AlgorithmError: FileNotFoundError: /opt/ml/input/data/train/part-0.parq…; next try due \
         09:00 UTC, in 30m"
    );
    assert_dollars(found.waste, 37.69);
    assert_eq!(
        found.arithmetic,
        "$37.69 a failure x 24 in 24 h / 24 h = $37.69/h; x 730 h = $27,513.70 a month"
    );
    assert_eq!(
        (found.confidence, found.fix),
        (Confidence::High, Some(Operation::Stop))
    );
    // No other rule judges a job that is billed in other rows.
    assert_eq!(judge(&tuning, &Thresholds::default(), now()).len(), 1);
    // A job that is billed wastes no more than it burns.
    let billed = running(1.0, |job| job.failures = failing(24, 24, 24));
    assert_dollars(finding_of(&billed, "retry-loop").waste, 25.25);
    assert_eq!(
        finding_of(
            &running(1.0, |job| job.failures = failing(3, 5, 3)),
            "retry-loop"
        )
        .confidence,
        Confidence::Medium
    );
}

#[test]
fn retry_loop_reports_failures_while_no_job_runs() {
    let failed = |change: fn(&mut FailedAttempts)| {
        let mut head = running(0.1, |job| {
            let Measured::Known(mut failures) = failing(6, 6, 6) else {
                panic!()
            };
            change(&mut failures);
            job.failures = Measured::Known(failures);
        });
        head.state = State::new(Phase::Failed, "Failed");
        head.burn = HourlyCost::Nothing(Reason::new("Failed: no longer billed"));
        head.actions.clear();
        head
    };
    let found = finding_of(&failed(|_| ()), "retry-loop");
    assert_dollars(found.waste, 6.0 * 37.69 / 24.0);
    assert_eq!((found.fix, found.confidence), (None, Confidence::High));
    assert!(
        found
            .recommendation
            .starts_with("stop the schedule or pipeline that restarts it: "),
        "{}",
        found.recommendation
    );
    assert_eq!(
        judge(&failed(|_| ()), &Thresholds::default(), now()).len(),
        1,
        "no other rule speaks of what is over"
    );
    assert_eq!(
        pass_note(&failed(|failures| failures.next_due = None), "retry-loop"),
        "no further attempt is due"
    );
}

#[test]
fn retry_loop_ignores_few_or_different_failures() {
    for (day, all, same_reason) in [(2, 40, 40), (0, 0, 0), (9, 40, 19)] {
        assert_eq!(
            pass_note(
                &running(1.0, |job| job.failures = failing(day, all, same_reason)),
                "retry-loop"
            ),
            ""
        );
    }
    assert_eq!(
        unknown_reason(&running(1.0, |_| ()), "retry-loop"),
        "no earlier try"
    );
}

fn duplicate(name: &str, owner: Option<&str>, hours: f64) -> DuplicateJob {
    DuplicateJob {
        name: name.into(),
        owner: owner.map(Into::into),
        created: Some(ago(hours)),
    }
}

/// A job of `owner`, with its duplicates. It started some time after it was created, as they did.
fn duplicated(owner: Option<&str>, hours: f64, twins: Vec<DuplicateJob>) -> CommonFields {
    let mut head = running(hours, |job| job.twins = Measured::Known(twins));
    head.owner = owner.map(Into::into);
    head.since = Some(ago(hours - 0.2));
    head
}

#[test]
fn duplicate_jobs_keeps_the_oldest() {
    let (a, b, c) = (
        duplicate("fraud-a", Some("payments"), 9.0),
        duplicate("fraud-b", Some("cards"), 8.9),
        duplicate("fraud-c", Some("loans"), 7.0),
    );
    let found = finding_of(
        &duplicated(Some("loans"), 7.0, vec![b.clone(), a.clone()]),
        "duplicate-jobs",
    );
    assert_eq!(
        found.message,
        "same work as fraud-a of payments, which began first: 3 jobs with the same image and \
         input data"
    );
    assert_eq!(
        (found.waste, found.confidence, found.fix),
        (UsdPerHour(25.25), Confidence::High, Some(Operation::Stop))
    );
    assert!(matches!(
        verdict_of(
            &duplicated(Some("cards"), 8.9, vec![a.clone(), c.clone()]),
            "duplicate-jobs"
        ),
        Some(Verdict::Finding(_))
    ));
    assert_eq!(
        pass_note(
            &duplicated(Some("payments"), 9.0, vec![b, c]),
            "duplicate-jobs"
        ),
        "the oldest of 3 jobs that do the same work"
    );
}

#[test]
fn a_sweep_of_one_owner_and_a_fleet_without_owner_are_no_duplicates() {
    let a = duplicate("fraud-a", Some("payments"), 9.0);
    assert_eq!(
        pass_note(
            &duplicated(Some("payments"), 1.0, vec![a]),
            "duplicate-jobs"
        ),
        ""
    );
    assert_eq!(
        pass_note(
            &duplicated(None, 1.0, vec![duplicate("fraud-train-7", None, 3.0)]),
            "duplicate-jobs"
        ),
        ""
    );
    let other = duplicated(None, 1.0, vec![duplicate("ada-experiment", None, 3.0)]);
    assert_eq!(
        finding_of(&other, "duplicate-jobs").confidence,
        Confidence::Medium
    );
    assert_eq!(
        unknown_reason(
            &running(1.0, |job| job.twins = Measured::unknown("inputs not read")),
            "duplicate-jobs"
        ),
        "inputs not read"
    );
}
