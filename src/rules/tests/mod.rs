//! The rules by tables: findings, passes and unknown verdicts. Invariants are in [`properties`].

mod bill;
mod gpu_unused;
mod jobs;
mod office_hours;
mod prepaid;
mod properties;
mod resources;
mod right_size;
mod thresholds;

use super::*;
use crate::domain::{
    Arn, AvailableAction, HourlyCost, Location, Measured, ResourceKind, Series, State,
    action::{ApiCall, Capability},
    resource::record::Compute,
    time::series::SeriesSummary,
};
use crate::domain::{Operation, ops};

fn now() -> Timestamp {
    "2026-11-23T08:30:00Z".parse().unwrap()
}

fn ago(hours: f64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs_f64(hours * 3600.0)
}

/// Flat at `level` for `hours` of `window`.
fn seen(level: f64, hours: f64, window: f64) -> SeriesSummary {
    SeriesSummary {
        mean: level,
        p50: level,
        p95: level,
        p99: level,
        max: level,
        hours,
        window,
    }
}

fn head(unit: &str, count: u32, usd: f64, evidence: Evidence) -> CommonFields {
    let place = Location {
        profile: "".into(),
        account: "111122223333".into(),
        region: "us-east-1".into(),
    };
    let stop = AvailableAction {
        operation: Operation::Stop,
        capability: Measured::Known(Capability::Ready(ApiCall::Stop(ops::stop::Call::Instance(
            "i-1".into(),
        )))),
    };
    CommonFields {
        key: ResourceKey::new(&place, ResourceKind("ec2-instance"), "i-1"),
        profile: "".into(),
        name: "row".into(),
        arn: None::<Arn>,
        parent: None,
        state: State::new(Phase::Running, "running"),
        since: Some(ago(1000.0)),
        compute: Some(Compute {
            unit: unit.into(),
            count,
            desired: count,
        }),
        burn: HourlyCost::Priced {
            unit: UsdPerHour(usd),
            quantity: f64::from(count),
            source: "list".into(),
            estimate: false,
        },
        price_estimate: None,
        history: crate::domain::CostHistory::default(),
        prepaid: None,
        service: None,
        discount: None,
        waste: Measured::Known(UsdPerHour::ZERO),
        waste_estimate: None,
        owner: None,
        tags: Measured::unknown("not read"),
        evidence,
        as_of: None,
        measured_at: None,
        actions: vec![stop],
        read_at: now(),
    }
}

fn gpu(utilization: Measured<SeriesSummary>, running: f64) -> CommonFields {
    let evidence = Evidence::accelerators(utilization, Measured::unknown("none"), running * 3600.0);
    head("p4d.24xlarge", 1, 21.957_642, evidence)
}

fn replicas(
    running: u32,
    utilization: Measured<SeriesSummary>,
    invocations: Measured<SeriesSummary>,
) -> CommonFields {
    let utilization = utilization.map(|seen| (seen, Arc::from("GPU")));
    head(
        "ml.g5.12xlarge",
        running,
        7.09,
        Evidence::replicas(running, 1, utilization, invocations),
    )
}

fn units(utilization: SeriesSummary, committed_until: Option<Timestamp>) -> CommonFields {
    head(
        "anthropic.claude-v2:1",
        2,
        63.0,
        Evidence::units(2, Measured::Known(utilization), committed_until),
    )
}

fn notebook(hours: f64) -> CommonFields {
    let last_activity = Measured::Known((ago(hours), Arc::from("CPU under 5 %")));
    head(
        "ml.p3.2xlarge",
        1,
        3.825,
        Evidence::Workspace {
            last_activity,
            is_observable: true,
            is_logged: false,
            auto_stop: Measured::Known(false),
        },
    )
}

/// The verdict of `rule` on `head` with default thresholds; `None` if the rule does not apply.
fn verdict_of(head: &CommonFields, rule: &str) -> Option<Verdict> {
    verdict_with(head, rule, &Thresholds::default())
}

fn verdict_with(head: &CommonFields, rule: &str, thresholds: &Thresholds) -> Option<Verdict> {
    judge(head, thresholds, now())
        .into_iter()
        .find(|verdict| match verdict {
            Verdict::Finding(finding) => finding.rule == rule,
            Verdict::Unknown { rule: by, .. } | Verdict::Pass { rule: by, .. } => *by == rule,
        })
}

/// The finding of `rule` on `head`; panics without one.
#[track_caller]
fn finding_of(head: &CommonFields, rule: &str) -> Finding {
    match verdict_of(head, rule) {
        Some(Verdict::Finding(finding)) => *finding,
        other => panic!("{rule} says {other:?}"),
    }
}

/// The note of a passing `rule`, or an empty text.
#[track_caller]
fn pass_note(head: &CommonFields, rule: &str) -> String {
    match verdict_of(head, rule) {
        Some(Verdict::Pass { note, .. }) => note.unwrap_or_default(),
        other => panic!("{rule} says {other:?}"),
    }
}

/// The reason of an unknown verdict of `rule`.
#[track_caller]
fn unknown_reason(head: &CommonFields, rule: &str) -> String {
    match verdict_of(head, rule) {
        Some(Verdict::Unknown { why, .. }) => why.to_string(),
        other => panic!("{rule} says {other:?}"),
    }
}

/// Asserts that dollars are equal to a hundredth of a cent.
#[track_caller]
fn assert_dollars(found: UsdPerHour, worked_out: f64) {
    assert!(
        (found.0 - worked_out).abs() < 1e-4,
        "{} is not {worked_out}",
        found.0
    );
}

/// Points of `step` seconds that end at the full hour before [`now`].
fn series(step: u32, points: Vec<f64>) -> Arc<Series> {
    let end: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let start = end
        - jiff::SignedDuration::from_secs(i64::from(step) * i64::try_from(points.len()).unwrap());
    Arc::new(Series {
        start,
        step,
        points: points.into_iter().map(Some).collect(),
    })
}

fn found(head: &CommonFields) -> Option<Finding> {
    judge(head, &Thresholds::default(), now())
        .into_iter()
        .find_map(|verdict| match verdict {
            Verdict::Finding(finding) => Some(*finding),
            _ => None,
        })
}

#[test]
fn finding_has_message_waste_and_arithmetic() {
    let busy = Measured::Known(seen(40.0, 72.0, 72.0));
    let friday: Timestamp = "2027-01-14T00:00:00Z".parse().unwrap();
    for (head, rule, sentence, waste, arithmetic) in [
        (
            gpu(Measured::Known(seen(0.03, 61.0, 72.0)), 61.0),
            "gpu-idle",
            "GPU 3 % for 61 h (61 h of data)",
            21.957_642,
            "1 x $21.96/h = $21.96/h, all of it; x 730 h = $16,029.08 a month",
        ),
        (
            notebook(62.5),
            "idle-notebook",
            "no sign of work for 62 h, since Fri 18:00 UTC (CPU under 5 %); no auto-stop",
            3.825,
            "1 x $3.83/h = $3.83/h, all of it; x 730 h = $2,792.25 a month",
        ),
        (
            replicas(8, Measured::Known(seen(0.17, 72.0, 72.0)), busy.clone()),
            "oversized-endpoint",
            "8 x g5.12xlarge where 2 would do: peak GPU 17 % over 72 h (72 h of data), 68 % with 2",
            6.0 * 7.09,
            "6 of 8 x $7.09/h = $42.54/h; x 730 h = $31,054.20 a month",
        ),
        (
            replicas(
                2,
                Measured::unknown("none"),
                Measured::Known(seen(0.0, 72.0, 72.0)),
            ),
            "idle-endpoint",
            "no invocation for 72 h (72 h of data), 2 in service",
            14.18,
            "2 x $7.09/h = $14.18/h, all of it; x 730 h = $10,351.40 a month",
        ),
        (
            units(seen(0.3, 168.0, 168.0), Some(friday)),
            "throughput-underused",
            "worth 30 % of its price at the median, 30 % at p95 over 168 h (168 h of data); \
             committed, renews itself: act before 2027-01-14",
            126.0 * 0.7,
            "2 x $63.00/h x 70 % unused = $88.20/h; x 730 h = $64,386.00 a month",
        ),
    ] {
        let finding = found(&head).unwrap();
        assert_eq!(
            (finding.rule, finding.message.as_str(), finding.confidence),
            (rule, sentence, Confidence::High)
        );
        assert!(
            (finding.waste.0 - waste).abs() < 1e-9,
            "{rule} {}",
            finding.waste.0
        );
        assert_eq!(finding.arithmetic, arithmetic);
        assert!(!finding.evidence.is_empty());
    }
}

#[test]
fn used_resources_have_no_finding() {
    let busy = Measured::Known(seen(40.0, 72.0, 72.0));
    for head in [
        gpu(Measured::Known(seen(0.8, 61.0, 72.0)), 61.0),
        gpu(Measured::Known(seen(0.05, 61.0, 72.0)), 61.0),
        notebook(1.9),
        notebook(-3.0),
        replicas(2, Measured::Known(seen(0.6, 72.0, 72.0)), busy.clone()),
        replicas(1, Measured::Known(seen(0.01, 72.0, 72.0)), busy.clone()),
        replicas(1, Measured::unknown("none"), busy),
        units(seen(1.01, 168.0, 168.0), None),
    ] {
        let verdicts = judge(&head, &Thresholds::default(), now());
        let settled = |verdict: &Verdict| match verdict {
            Verdict::Pass { .. } => true,
            Verdict::Unknown { rule, .. } => !is_required(rule),
            Verdict::Finding(_) => false,
        };
        assert!(
            !verdicts.is_empty() && verdicts.iter().all(settled),
            "{verdicts:?}"
        );
    }
}

#[test]
fn missing_data_is_an_unknown_verdict() {
    let busy = Measured::Known(seen(40.0, 72.0, 72.0));
    let mut young = replicas(
        2,
        Measured::unknown("none"),
        Measured::Known(seen(0.0, 72.0, 72.0)),
    );
    young.since = Some(ago(2.0));
    let mut silent = notebook(61.0);
    silent.evidence = Evidence::Workspace {
        last_activity: Measured::unknown("no metrics of this kind of app"),
        is_observable: false,
        is_logged: false,
        auto_stop: Measured::Known(true),
    };
    for (head, why) in [
        (
            gpu(Measured::unknown("no CloudWatch agent"), 61.0),
            "no CloudWatch agent",
        ),
        (
            gpu(Measured::Known(seen(0.0, 2.0, 72.0)), 2.0),
            "only 2 h of data, gpu-idle needs 6 h",
        ),
        (silent, "no metrics of this kind of app"),
        (young, "only 2 h of data, idle-endpoint needs 24 h"),
        (
            replicas(8, Measured::unknown("denied"), busy.clone()),
            "denied",
        ),
        (
            replicas(8, Measured::Known(seen(0.1, 3.5, 24.0)), busy),
            "only 3.5 h of data, oversized-endpoint needs 24 h",
        ),
        (
            units(seen(0.1, 20.0, 168.0), None),
            "only 20 h of data, throughput-underused needs 24 h",
        ),
    ] {
        let verdicts = judge(&head, &Thresholds::default(), now());
        assert_eq!(found(&head), None);
        let whys: Vec<_> = verdicts
            .iter()
            .filter_map(|v| {
                if let Verdict::Unknown { why, .. } = v {
                    Some(why.to_string())
                } else {
                    None
                }
            })
            .collect();
        assert!(
            whys.iter().any(|known| known.contains(why)),
            "{whys:?} lack {why}"
        );
    }
}

#[test]
fn contrary_evidence_lowers_confidence() {
    let mut working = gpu(Measured::Known(seen(0.01, 61.0, 72.0)), 61.0);
    let Evidence::Accelerators { cpu, .. } = &mut working.evidence else {
        panic!()
    };
    *cpu = Measured::Known(seen(0.9, 61.0, 72.0));
    assert_eq!(found(&working).unwrap().confidence, Confidence::Low);
    let bursts = SeriesSummary {
        mean: 0.03,
        p50: 0.0,
        p95: 0.6,
        p99: 0.9,
        max: 1.0,
        hours: 61.0,
        window: 72.0,
    };
    assert_eq!(
        found(&gpu(Measured::Known(bursts), 61.0))
            .unwrap()
            .confidence,
        Confidence::Medium
    );
    let peaks = SeriesSummary {
        mean: 0.3,
        p50: 0.2,
        p95: 1.1,
        p99: 1.2,
        max: 1.2,
        hours: 168.0,
        window: 168.0,
    };
    assert_eq!(
        found(&units(peaks, None)).unwrap().confidence,
        Confidence::Low
    );
}

#[test]
fn fix_is_an_available_operation() {
    let mut head = notebook(61.0);
    assert_eq!(found(&head).unwrap().fix, Some(Operation::Stop));
    head.actions.clear();
    assert_eq!(found(&head).unwrap().fix, None);
}
