//! The confirm dialog in all forms, and the display of running and finished plans.

use super::*;
use crate::inventory::Event;
use crate::{
    domain::{ActionStatus, Controller, Fault, Preflight, StatusUpdate, Warning},
    inventory::guards::Guards,
    screen::{
        dialogs::{ConfirmDialog, Dialog, PreflightState},
        state::modal_stack::Layer,
    },
};
use std::collections::HashMap;

/// Opens `pane`, filters it and presses `keys`.
pub(super) fn on(app: &mut App, pane: &str, filter: &str, keys: &str) {
    type_in(app, &format!(":{pane}"));
    press(app, "enter /").unwrap();
    type_in(app, filter);
    press(app, "enter").unwrap();
    press(app, keys).unwrap();
}

fn page(size: (u16, u16), pane: &str, filter: &str, keys: &str) -> App {
    let mut app = fixture::app(size);
    on(&mut app, pane, filter, keys);
    app
}

fn asked(app: &mut App) -> &mut ConfirmDialog {
    match app.layers.last_mut() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm,
        other => panic!("no question: {other:?}"),
    }
}

fn disks() -> Warning {
    Warning::InstanceStore { gigabytes: 8_000 }
}

/// The confirm dialog of `app` with preflight warnings: disks on all targets, others on some.
fn surveyed(mut app: App) -> App {
    let confirm = asked(&mut app);
    let fault = Fault::new(
        FaultKind::Denied,
        "cloudwatch:GetMetricData",
        "not authorized to perform: cloudwatch:GetMetricData",
    );
    let mut facts = HashMap::new();
    for (place, target) in confirm.plan.targets.iter().enumerate() {
        let mut survey = Preflight {
            warnings: vec![
                disks(),
                Warning::Scarce {
                    unit: "p4d.24xlarge".into(),
                },
            ],
            unread: Vec::new(),
        };
        match place {
            1 | 2 => {
                let group = (
                    "aws:autoscaling:groupName".to_owned(),
                    format!("asg-{place}"),
                );
                let controller = Controller::find(&[group].into()).unwrap();
                survey.warnings.push(Warning::Controlled(controller));
            }
            3 => survey.warnings.push(Warning::StopProtected),
            4 => survey.unread.push(fault.clone()),
            5 => survey.warnings.push(Warning::SpotPersistent {
                request: "sir-0abc".into(),
                returns: true,
            }),
            _ => {}
        }
        facts.insert(target.key.clone(), survey.sorted());
    }
    confirm.preflight = PreflightState::Read(facts);
    app
}

pub(super) const QUESTIONS: &[Shot] = &[
    ("confirm_one", |size| page(size, "gpus", "llm", "S")),
    ("confirm_yes", |size| page(size, "gpus", "llm", "S tab")),
    ("confirm_facts", |size| {
        surveyed(page(size, "gpus", "llm", "S"))
    }),
    ("confirm_reading", |size| {
        let mut app = page(size, "gpus", "llm", "S");
        asked(&mut app).preflight = PreflightState::Reading;
        app
    }),
    ("confirm_late", |size| {
        let mut app = page(size, "gpus", "llm", "S");
        asked(&mut app).preflight = PreflightState::Late;
        app
    }),
    ("confirm_many", |size| page(size, "gpus", "", "* S")),
    ("confirm_many_facts", |size| {
        surveyed(page(size, "gpus", "", "* S"))
    }),
    ("confirm_many_facts_end", |size| {
        let mut app = surveyed(page(size, "gpus", "", "* S"));
        press(&mut app, "G").unwrap();
        app
    }),
    ("confirm_scale", |size| {
        page(size, "endpoints", "", "C enter")
    }),
    ("confirm_schedule", |size| {
        page(size, "endpoints", "", "H enter")
    }),
    ("confirm_tag", |size| {
        let mut app = page(size, "gpus", "hpo", "* T");
        type_in(&mut app, "cost-centre=42");
        press(&mut app, "enter enter").unwrap();
        app
    }),
    ("confirm_delete", |size| {
        let mut app = page(size, "throughput", "titan", "D");
        type_in(&mut app, "titan-p");
        app
    }),
];

/// The GPUs pane with `filter` and the built-in guard.
fn guarded(size: (u16, u16), filter: &str) -> App {
    let mut app = page(size, "gpus", filter, "");
    app.guards = Guards::new(Vec::new(), true, &fixture::panes());
    app
}

pub(super) const DEMANDS: &[Shot] = &[
    ("demand_name", |size| {
        let mut app = guarded(size, "hpo-worker-1");
        press(&mut app, "S").unwrap();
        app
    }),
    ("demand_wrong", |size| {
        let mut app = guarded(size, "");
        press(&mut app, "* S").unwrap();
        type_in(&mut app, "stop 12 resources");
        press(&mut app, "enter").unwrap();
        app
    }),
    ("demand_met", |size| {
        let mut app = surveyed({
            let mut app = guarded(size, "");
            press(&mut app, "* S").unwrap();
            app
        });
        type_in(&mut app, "stop 13 resources");
        app
    }),
];

#[test]
fn confirm_dialog_keeps_decisive_text_at_every_size() {
    // Fifty targets, warnings of every severity and a typed confirmation: the decisive text is
    // visible at every size and scroll position.
    let mut rows = fixture::many(50);
    for row in &mut rows {
        row.head.tags =
            crate::domain::Measured::Known([("env".to_owned(), "prod".to_owned())].into());
    }
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut app = App::new(fixture::setup(fixture::inventory(&rows), size));
        app.guards = Guards::new(Vec::new(), true, &fixture::panes());
        press(&mut app, "2 2 * S").unwrap();
        let mut app = surveyed(app);
        let targets = asked(&mut app).plan.targets.len();
        assert!(targets > 20, "{targets}");
        for keys in ["", "pgdn", "pgdn", "down down"] {
            press(&mut app, keys).unwrap();
            let shown = text(&drawn(&app));
            for wanted in [
                "111122223333".to_owned(),
                "saves at most $".to_owned(),
                "is still billed: replaced, refused".to_owned(),
                format!("type stop {targets} resources >"),
                "undo: start again".to_owned(),
                "stop protection is on".to_owned(),
                "re-checked".to_owned(),
            ] {
                let grouped = shown.replace("1111-2222-3333", "111122223333");
                assert!(
                    grouped.contains(&wanted),
                    "{size:?} after {keys}: {wanted}\n{shown}"
                );
            }
        }
    }
}

/// Sends the status `step(place)` for each target of the running plan.
fn acted(app: &mut App, step: impl Fn(usize) -> ActionStatus) {
    let ran = app.activity.newest().next().unwrap().clone();
    for (place, target) in ran.targets.iter().enumerate() {
        let (key, name) = (target.key.clone(), target.name.clone());
        let outcome = StatusUpdate {
            plan: ran.id.clone(),
            key,
            name,
            operation: ran.operation,
            at: app.now,
            status: step(place),
        };
        update(app, Message::Engine(Event::Acted(outcome)));
    }
}

/// A bulk plan with targets in different statuses.
fn halfway(size: (u16, u16), pane: &str) -> App {
    let mut app = if pane.is_empty() {
        after(size, "S y")
    } else {
        page(size, pane, "", "* S y")
    };
    acted(&mut app, |_| ActionStatus::Recorded);
    acted(&mut app, |place| match place {
        0 | 1 => ActionStatus::Succeeded,
        2 | 3 => ActionStatus::Accepted,
        4 => ActionStatus::Calling,
        5 => ActionStatus::Refused(Fault::new(
            FaultKind::Denied,
            "ec2:StopInstances",
            "You are not authorized to perform this operation.",
        )),
        _ => ActionStatus::Recorded,
    });
    app
}

fn ended(size: (u16, u16)) -> App {
    let mut app = page(size, "gpus", "", "* S y");
    let denied =
        "UnauthorizedOperation: You are not authorized to perform this operation on the resource";
    acted(&mut app, |place| match place {
        0..=2 => ActionStatus::Refused(Fault::new(FaultKind::Denied, "ec2:StopInstances", denied)),
        3 => ActionStatus::Refused(Fault::new(
            FaultKind::Throttled,
            "ec2:StopInstances",
            "RequestLimitExceeded: Request limit exceeded.",
        )),
        4 => ActionStatus::Drifted("state was running, is now shutting-down".into()),
        5 => ActionStatus::Unknown(Fault::new(
            FaultKind::Timeout,
            "ec2:StopInstances",
            "no answer within 30 s",
        )),
        6 => ActionStatus::Cancelled,
        7 => ActionStatus::TimedOut("not stopped within 30m".into()),
        _ => ActionStatus::Succeeded,
    });
    app
}

/// The state column shows the action status once; the age of the row follows its name.
#[test]
fn row_shows_action_status_and_its_age() {
    let mut app = page((140, 40), "gpus", "llm", "S y");
    acted(&mut app, |_| ActionStatus::Accepted);
    update(&mut app, fixture::tick(780));
    let frame = text(&drawn(&app));
    let row = frame
        .lines()
        .find(|line| line.contains("→ stopping"))
        .unwrap();
    assert_eq!(row.matches("→ stopping").count(), 1, "{row}");
    assert!(row.contains("13m old"), "{row}");
}

pub(super) const PLANS: &[Shot] = &[
    ("acting", |size| page(size, "gpus", "llm", "S y")),
    ("acting_many", |size| halfway(size, "gpus")),
    ("acting_overview", |size| halfway(size, "")),
    ("quit", |size| page(size, "gpus", "llm", "S y q q")),
    ("quit_with_scheduled", |size| {
        let mut app = page(size, "gpus", "llm", "L");
        type_in(&mut app, "19:00");
        press(&mut app, "enter y q q").unwrap();
        app.schedules.is_saved = true;
        press(&mut app, "esc q").unwrap();
        app
    }),
    ("quit_with_scheduled_lost", |size| {
        let mut app = page(size, "gpus", "hpo", "S y");
        for when in ["fri 18:30", "19:00"] {
            press(&mut app, "j L").unwrap();
            type_in(&mut app, when);
            press(&mut app, "enter y").unwrap();
        }
        press(&mut app, "q q").unwrap();
        app
    }),
    ("cancel", |size| page(size, "gpus", "", "* S y ctrl-c")),
    ("bulk_end", ended),
    ("activity", |size| {
        let mut app = ended(size);
        press(&mut app, "r").unwrap();
        app
    }),
    ("recovered", |size| {
        let mut app = fixture::app(size);
        let key = fixture::estate()[0].head.key.clone();
        let timeout = Fault::new(
            FaultKind::Timeout,
            "ec2:DescribeInstances",
            "no answer within 30 s",
        );
        for (id, step) in [
            ("hpo-worker-1", ActionStatus::Succeeded),
            ("hpo-worker-2", ActionStatus::Interrupted),
            ("llm-pretrain", ActionStatus::Unknown(timeout)),
        ] {
            let plan = crate::domain::PlanId("20261122T030000Z-1".into());
            let key = crate::domain::ResourceKey {
                id: id.into(),
                ..key.clone()
            };
            let (operation, at) = (crate::domain::Operation::Stop, fixture::now());
            update(
                &mut app,
                Message::Engine(Event::Recovered(StatusUpdate {
                    plan,
                    key,
                    name: id.into(),
                    operation,
                    at,
                    status: step,
                })),
            );
        }
        press(&mut app, "r").unwrap();
        app
    }),
];
