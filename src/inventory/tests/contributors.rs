//! Contributors of anomalies: matching, ranking and explained cost.

use super::{at, pane, place, record};
use crate::domain::{
    Align, Compute, FieldMeta, HourlyCost, Measured, PaneMeta, Record, ResourceKind, SourceScope,
    State, Timestamp, Usd, Value, Visibility, Width,
    evidence::{AnomalyCause, AnomalyEvidence},
    pane::FieldSource,
};
use crate::inventory::contributors::{Contributors, contributors};

pub(super) const EC2: &str = "Amazon Elastic Compute Cloud - Compute";

pub(super) fn stamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An anomaly of Saturday and Sunday over `impact` dollars, caused by `usage` of `service` in
/// us-east-1.
pub(super) fn anomaly(service: &str, usage: Option<&str>, impact: f64) -> AnomalyEvidence {
    AnomalyEvidence {
        since: Some(stamp("2026-11-21T00:00:00Z")),
        until: Some(stamp("2026-11-23T00:00:00Z")),
        impact: Usd(impact),
        causes: vec![AnomalyCause {
            service: Some(service.into()),
            region: Some("us-east-1".into()),
            account: Some("111122223333".into()),
            usage_type: usage.map(Into::into),
            ..AnomalyCause::default()
        }],
        feedback: None,
    }
}

/// A row of `kind` with a name, a type, a burn and a start; its own values are purchase option
/// and model.
pub(super) fn row(
    kind: &'static str,
    name: &str,
    unit: &str,
    usd: Option<f64>,
    since: Option<&str>,
    own: &str,
) -> Record {
    let mut row = record(&place("", "111122223333"), name, usd);
    row.head.key.kind = ResourceKind(kind);
    row.head.since = since.map(stamp);
    row.head.compute = Some(Compute {
        unit: unit.into(),
        count: 1,
        desired: 1,
    });
    row.own = vec![Value::text(own), Value::text(own), Value::text(own)];
    row
}

fn meta() -> PaneMeta {
    let own = |id: &'static str, place| FieldMeta {
        id,
        title: id,
        doc: id,
        width: Width::Fixed(8),
        align: Align::Left,
        show: Visibility::Always,
        from: FieldSource::Own(place),
    };
    PaneMeta {
        fields: vec![own("market", 0), own("model", 1), own("mode", 2)],
        ..pane(SourceScope::Region)
    }
}

pub(super) fn of(anomaly: &AnomalyEvidence, rows: &[Record]) -> Contributors {
    let meta = meta();
    contributors(anomaly, rows.iter().map(|row| (&meta, row)), at(0.0))
}

pub(super) fn names(found: &Contributors) -> Vec<&str> {
    found.ranked.iter().map(|one| one.name.as_ref()).collect()
}

#[test]
fn contributors_rank_by_explained_cost_and_unknown_start_last() {
    let box_of =
        |name: &str, usd, since| row("ec2-instance", name, "p4d.24xlarge", usd, since, "od");
    let rows = [
        box_of("unknown-start", Some(30.0), None),
        box_of("unpriced", None, Some("2026-11-21T10:00:00Z")),
        box_of("late", Some(20.0), Some("2026-11-22T14:00:00Z")),
        box_of("early", Some(20.0), Some("2026-11-21T00:00:00Z")),
        box_of("evening-before", Some(10.0), Some("2026-11-20T17:00:00Z")),
        box_of("long-before", Some(99.0), Some("2026-11-19T17:00:00Z")),
        box_of("after-all", Some(99.0), Some("2026-11-23T07:00:00Z")),
        box_of("stopped", Some(0.0), Some("2026-11-21T10:00:00Z")),
    ];
    let found = of(&anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 960.0), &rows);
    assert_eq!(
        names(&found),
        [
            "early",
            "evening-before",
            "late",
            "unpriced",
            "unknown-start"
        ]
    );
    assert_eq!(found.earlier, 1);
    assert_eq!(found.blind, None);
    let dollars: Vec<Option<f64>> = found
        .ranked
        .iter()
        .map(|one| one.explains.known().map(|usd| usd.0))
        .collect();
    assert_eq!(dollars, [Some(960.0), Some(480.0), Some(200.0), None, None]);
    let shares: Vec<Option<f64>> = found
        .ranked
        .iter()
        .map(|one| one.share.map(|share| (share * 1000.0).round() / 1000.0))
        .collect();
    assert_eq!(shares, [Some(1.0), Some(0.5), Some(0.208), None, None]);
    assert!(
        found.ranked[0]
            .why
            .starts_with("BoxUsage:p4d.24xlarge; started Sat 11-21 00:00 UTC: 48.0 h × "),
        "{}",
        found.ranked[0].why
    );
    assert!(
        found.ranked[4]
            .why
            .ends_with("AWS does not report its start"),
        "{}",
        found.ranked[4].why
    );
}

/// A row of each kind, at a dollar an hour: kind, name, unit, detail.
const ROWS: [(&str, &str, &str, &str); 17] = [
    ("ec2-instance", "od", "p4d.24xlarge", "od"),
    ("ec2-instance", "spot", "p4d.24xlarge", "spot"),
    ("ec2-instance", "block", "p4d.24xlarge", "block"),
    ("ec2-instance", "g5", "g5.xlarge", "od"),
    ("training-job", "train", "ml.g5.xlarge", ""),
    ("endpoint-variant", "host", "ml.g5.xlarge", "real-time"),
    ("endpoint-variant", "serverless", "unknown", "serverless"),
    ("notebook-instance", "notebook", "ml.g5.xlarge", ""),
    ("studio-app", "studio", "ml.g5.xlarge", ""),
    ("processing-job", "processing", "ml.g5.xlarge", ""),
    ("transform-job", "transform", "ml.g5.xlarge", ""),
    ("hyperpod-node", "node", "ml.g5.xlarge", ""),
    ("inference-component", "component", "copies", "component"),
    ("model", "nova", "", "us.amazon.nova-pro-v1:0"),
    (
        "model",
        "haiku",
        "",
        "anthropic.claude-3-haiku-20240307-v1:0",
    ),
    (
        "provisioned-throughput",
        "units",
        "anthropic.claude-v2:1",
        "",
    ),
    ("cost-line", "line", "", ""),
];

fn rows() -> Vec<Record> {
    ROWS.iter()
        .map(|&(kind, name, unit, detail)| {
            let since = (kind != "model").then_some("2026-11-21T06:00:00Z");
            row(kind, name, unit, Some(1.0), since, detail)
        })
        .collect()
}

/// Checks the contributors, joined by a space, of an anomaly of `service` and a usage type.
fn check_contributors(service: &str, usage: Option<&str>, expected: &str) {
    let found = of(&anomaly(service, usage, 100.0), &rows());
    assert_eq!(names(&found).join(" "), expected, "{service} {usage:?}");
}

#[test]
fn instances_are_told_apart_by_purchase_option() {
    for (usage, expected) in [
        (Some("BoxUsage:p4d.24xlarge"), "od"),
        (Some("SpotUsage:p4d.24xlarge"), "spot"),
        (Some("CapacityBlock:p4d.24xlarge"), "block"),
        (Some("DataTransfer-Out-Bytes"), ""),
        (None, "block g5 od spot"),
    ] {
        check_contributors(EC2, usage, expected);
    }
}

#[test]
fn sagemaker_usage_types_name_the_kind() {
    for (usage, expected) in [
        (Some("USE1-Train:ml.g5.xlarge"), "train"),
        (Some("USE1-Host:ml.g5.xlarge"), "host"),
        (Some("USE1-ServerlessInf:Mem-4GB"), "serverless"),
        (Some("USE1-Notebk:ml.g5.xlarge"), "notebook"),
        (Some("USE1-Studio:JupyterLab-ml.g5.xlarge"), "studio"),
        (Some("USE1-Processing:ml.g5.xlarge"), "processing"),
        (Some("USE1-Tsform:ml.g5.xlarge"), "transform"),
        (Some("USE1-Cluster:ml.g5.xlarge"), "node"),
        (
            None,
            "host node notebook processing serverless studio train transform",
        ),
    ] {
        check_contributors("Amazon SageMaker", usage, expected);
    }
}

#[test]
fn bedrock_usage_types_name_the_model() {
    for (usage, expected) in [
        (Some("USE1-NovaPro-input-tokens"), "nova"),
        (Some("USE1-Claude-provisioned-throughput-6-month"), "units"),
    ] {
        check_contributors("Amazon Bedrock", usage, expected);
    }
}

#[test]
fn another_service_has_no_contributor() {
    check_contributors("AmazonCloudWatch", Some("CW:Requests"), "");
}

#[test]
fn contributors_match_region_and_account() {
    let here = row(
        "ec2-instance",
        "here",
        "p4d.24xlarge",
        Some(1.0),
        Some("2026-11-21T06:00:00Z"),
        "od",
    );
    let (mut away, mut theirs, mut unsure) = (here.clone(), here.clone(), here.clone());
    away.head.key.region = "us-west-2".into();
    theirs.head.key.account = "444455556666".into();
    (unsure.head.key.account, unsure.head.name) = ("-".into(), "unsure".into());
    let found = of(
        &anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 100.0),
        &[away, theirs, unsure, here],
    );
    assert_eq!(names(&found), ["here", "unsure"]);
}

/// The contributors of an anomaly of one instance, at $10 an hour, after `change`.
fn of_changed(change: impl FnOnce(&mut AnomalyEvidence)) -> Contributors {
    let instance = row(
        "ec2-instance",
        "one",
        "p4d.24xlarge",
        Some(10.0),
        Some("2026-11-21T06:00:00Z"),
        "od",
    );
    let mut anomaly = anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 100.0);
    change(&mut anomaly);
    of(&anomaly, &[instance])
}

#[test]
fn an_anomaly_without_a_start_or_impact_explains_less() {
    let no_start = of_changed(|anomaly| anomaly.since = None);
    assert_eq!(
        no_start.ranked[0].explains,
        Measured::unknown("AWS does not report when the anomaly began")
    );
    let no_impact = of_changed(|anomaly| anomaly.impact = Usd(0.0));
    let first = &no_impact.ranked[0];
    assert_eq!(
        (first.explains.known(), first.share),
        (Some(&Usd(420.0)), None)
    );
    let lasting = of_changed(|anomaly| anomaly.until = None);
    assert_eq!(
        lasting.ranked[0].explains.known(),
        Some(&Usd(505.0)),
        "until now, Monday 08:30"
    );
}

#[test]
fn a_cause_that_is_no_resource_has_its_reason() {
    let nothing = of_changed(|anomaly| anomaly.causes.clear());
    let why = |found: &Contributors| found.blind.as_ref().map(ToString::to_string);
    assert_eq!(why(&nothing).as_deref(), Some("AWS names no root cause"));
    let transfer = of_changed(|changed| {
        *changed = anomaly(EC2, Some("DataTransfer-Out-Bytes"), 100.0);
    });
    assert_eq!(
        why(&transfer).as_deref(),
        Some("DataTransfer-Out-Bytes is neither instance hours nor tokens")
    );
}

#[test]
fn any_cause_adds_contributors() {
    let mut both = anomaly(EC2, Some("BoxUsage:p5.48xlarge"), 100.0);
    both.causes
        .extend(anomaly(EC2, Some("BoxUsage:p4d.24xlarge"), 0.0).causes);
    let mut rows = [
        row(
            "ec2-instance",
            "p4d",
            "p4d.24xlarge",
            Some(10.0),
            Some("2026-11-21T06:00:00Z"),
            "od",
        ),
        row(
            "ec2-instance",
            "p5",
            "p5.48xlarge",
            Some(50.0),
            Some("2026-11-21T06:00:00Z"),
            "od",
        ),
    ];
    assert_eq!(names(&of(&both, &rows)), ["p5", "p4d"]);
    rows[1].head.burn = HourlyCost::Nothing(crate::domain::Reason::new("stopped"));
    rows[1].head.state = State::new(crate::domain::Phase::Stopped, "stopped");
    assert_eq!(names(&of(&both, &rows)), ["p4d"]);
}
