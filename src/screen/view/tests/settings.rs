//! Dialogs that need other rows than the fixture's: other capabilities, guards, long names, many
//! locations.

use super::{actions::on, *};
use crate::{
    domain::{
        AnomalyFeedback, AvailableAction, Capability, Evidence, Measured, Operation, Record,
        ScalableResource, Usd, UsdPerHour,
        evidence::{AnomalyCause, AnomalyEvidence},
        ops,
    },
    screen::{dialogs::Dialog, state::modal_stack::Layer},
};

pub(super) fn capability(record: &mut Record, operation: Operation, capability: Capability) {
    record
        .head
        .actions
        .retain(|offered| offered.operation != operation);
    record.head.actions.insert(
        0,
        AvailableAction {
            operation,
            capability: Measured::Known(capability),
        },
    );
}

/// The fixture's rows with further capabilities, and an EC2 anomaly.
fn offering(feedback: Option<AnomalyFeedback>) -> Vec<Record> {
    let mut rows = fixture::estate();
    for row in &mut rows {
        match &*row.head.key.id.clone() {
            "i-0hpo01" => offer_terminate(row),
            "i-0old" => {
                let start = Capability::Billed {
                    rate: Some(UsdPerHour(21.957_642)),
                    call: ops::start::Call::Instance("i-0old".into()).into(),
                };
                capability(row, Operation::Start, start);
            }
            "rec-endpoint/AllTraffic" => {
                let limits = Capability::Limits {
                    target: ScalableResource::Variant {
                        endpoint: "rec-endpoint".into(),
                        variant: "AllTraffic".into(),
                    },
                    now: (4, 8),
                    minimum: 1,
                    per_unit: Some(UsdPerHour(7.09)),
                };
                capability(row, Operation::AutoscalingLimits, limits);
            }
            "titan-pt" => offer_models(row),
            "an-2" => offer_feedback(row, feedback),
            _ => {}
        }
    }
    rows
}

fn offer_terminate(row: &mut Record) {
    let call = ops::terminate::Call::Instance(row.head.key.id.clone());
    capability(row, Operation::Terminate, Capability::Ready(call.into()));
}

fn offer_models(row: &mut Record) {
    let bedrock = "arn:aws:bedrock:us-east-1:111122223333";
    let model =
        |id: &str| format!("{bedrock}:custom-model/amazon.titan-text-express-v1/{id}").into();
    let models = Capability::Model {
        arn: format!("{bedrock}:provisioned-model/titan-pt").into(),
        now: model("claims-2026-09"),
        known: vec![model("claims-2026-11"), model("claims-2026-10")],
    };
    capability(row, Operation::SwapModel, models);
}

/// Makes the row an EC2 anomaly that was given `feedback`.
fn offer_feedback(row: &mut Record, feedback: Option<AnomalyFeedback>) {
    let cause = AnomalyCause {
        service: Some("Amazon Elastic Compute Cloud - Compute".into()),
        ..AnomalyCause::default()
    };
    row.head.evidence = Evidence::Anomaly(Box::new(AnomalyEvidence {
        since: "2026-11-21T00:00:00Z".parse().ok(),
        until: None,
        impact: Usd(11_310.0),
        causes: vec![cause],
        feedback: feedback.map(|feedback| feedback.id().into()),
    }));
    let offered = Capability::Feedback {
        anomaly: "an-2".into(),
        day: "2026-11-21".into(),
        given: feedback,
    };
    capability(row, Operation::Feedback, offered);
}

pub(super) fn over(rows: &[Record], size: (u16, u16)) -> App {
    let mut app = App::new(fixture::setup(fixture::inventory(rows), size));
    app.aliases = fixture::app(size).aliases;
    app
}

/// The screen over `rows` on `pane` with `filter`, after `keys`.
pub(super) fn pressed(
    rows: &[Record],
    size: (u16, u16),
    pane: &str,
    filter: &str,
    keys: &str,
) -> App {
    let mut app = over(rows, size);
    on(&mut app, pane, filter, keys);
    app
}

pub(super) fn asked(size: (u16, u16), pane: &str, filter: &str, keys: &str) -> App {
    pressed(&offering(None), size, pane, filter, keys)
}

pub(super) const OPERATIONS: &[Shot] = &[
    ("confirm_start", |size| {
        asked(size, "gpus", "old-trainer", "A")
    }),
    ("confirm_terminate", |size| {
        asked(size, "gpus", "hpo-worker-1", "X")
    }),
    ("bounds", |size| asked(size, "endpoints", "rec", "M")),
    ("bounds_wrong", |size| {
        let mut app = asked(size, "endpoints", "rec", "M ctrl-u");
        type_in(&mut app, "6-2");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("confirm_bounds", |size| {
        let mut app = asked(size, "endpoints", "rec", "M ctrl-u");
        type_in(&mut app, "1-2");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("swap", |size| asked(size, "throughput", "titan", "V")),
    ("swap_known", |size| {
        asked(size, "throughput", "titan", "V down")
    }),
    ("swap_wrong", |size| {
        let mut app = asked(size, "throughput", "titan", "V");
        type_in(&mut app, "arn:aws:s3:::bucket");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("confirm_swap", |size| {
        asked(size, "throughput", "titan", "V down enter")
    }),
    ("feedback", |size| asked(size, "anomalies", "EC2", "F")),
    ("confirm_feedback", |size| {
        asked(size, "anomalies", "EC2", "F down enter")
    }),
    ("scale_wrong", |size| {
        let mut app = asked(size, "endpoints", "rec", "C ctrl-u");
        type_in(&mut app, "0");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("tags_wrong", |size| {
        let mut app = asked(size, "gpus", "dev-box", "T");
        type_in(&mut app, "aws:createdBy=me");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("profiles", |size| asked(size, "gpus", "", "P")),
    ("theme", |size| {
        let mut app = asked(size, "gpus", "", ":");
        type_in(&mut app, "theme");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("scheduled_list_empty", |size| {
        let mut app = asked(size, "gpus", "", "");
        crate::screen::update::dispatch::line(&mut app, "scheduled");
        app
    }),
];

fn suspects(size: (u16, u16), feedback: Option<AnomalyFeedback>, keys: &str) -> App {
    pressed(
        &offering(feedback),
        size,
        "anomalies",
        "EC2",
        &format!("s {keys}"),
    )
}

pub(super) const SUSPECTS: &[Shot] = &[
    ("contributors", |size| suspects(size, None, "")),
    ("contributors_marked", |size| {
        suspects(size, None, "space space j j space G")
    }),
    ("contributors_confirm", |size| {
        suspects(size, None, "space space S")
    }),
    ("contributors_acted", |size| {
        suspects(size, None, "space space S y")
    }),
    ("contributors_sent", |size| {
        suspects(size, Some(AnomalyFeedback::Yes), "")
    }),
    ("contributors_blind", |size| {
        let mut rows = offering(None);
        for row in &mut rows {
            if let Evidence::Anomaly(anomaly) = &mut row.head.evidence {
                anomaly.causes.clear();
            }
        }
        pressed(&rows, size, "anomalies", "EC2", "s")
    }),
    ("contributors_none", |size| {
        let rows: Vec<_> = offering(None)
            .into_iter()
            .filter(|row| row.head.key.kind.0 != "ec2-instance")
            .collect();
        pressed(&rows, size, "anomalies", "EC2", "s")
    }),
];

#[test]
fn error_disappears_when_the_input_is_corrected() {
    for (keys, wrong, right) in [
        ("endpoints rec M", "6-2", "2-6"),
        (
            "throughput titan V",
            "arn:aws:s3:::bucket",
            "claims-2026-11",
        ),
    ] {
        let [pane, filter, key] = keys.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{keys}")
        };
        let mut app = asked((80, 24), pane, filter, &format!("{key} down ctrl-u"));
        type_in(&mut app, wrong);
        press(&mut app, "enter").unwrap();
        let error = |app: &App| match app.layers.last() {
            Some(Layer::Dialog(Dialog::AutoscalingLimits(ask))) => ask.error.clone(),
            Some(Layer::Dialog(Dialog::SwapModel(ask))) => ask
                .error
                .clone()
                .or(ask.cursor.map(|cursor| format!("selected: {cursor}"))),
            other => panic!("no question: {other:?}"),
        };
        assert!(
            error(&app).is_some_and(|error| !error.starts_with("selected")),
            "{keys}"
        );
        press(&mut app, "ctrl-u").unwrap();
        type_in(&mut app, right);
        assert_eq!(
            error(&app),
            None,
            "{keys}: the error is still shown, or a model is selected that is not in the field"
        );
    }
}
