//! The last question before an account is changed, in all its forms; what is seen of a plan under way, and of its end.

use super::*;
use crate::{
    domain::{
        Fault, Outcome, Step, Survey, Warning,
        deed::{Class, Line, Word},
    },
    screen::{
        dialog::{Confirm, Dialog, Facts},
        journal::Journal,
        layer::Layer,
    },
    world::guard::Guards,
};
use std::collections::HashMap;

fn on(size: (u16, u16), pane: &str, filter: &str, keys: &str) -> App {
    let mut app = open(size, pane);
    press(&mut app, "/").unwrap();
    type_in(&mut app, filter);
    press(&mut app, "enter").unwrap();
    press(&mut app, keys).unwrap();
    app
}

fn asked(app: &mut App) -> &mut Confirm {
    match app.layers.last_mut() {
        Some(Layer::Dialog(Dialog::Confirm(confirm))) => confirm,
        other => panic!("no question: {other:?}"),
    }
}

fn disks() -> Warning {
    Warning::InstanceStore { gigabytes: 8_000 }
}

/// The question of `app`, with facts for every target: disks on all, and what one by one may have.
fn surveyed(mut app: App) -> App {
    let confirm = asked(&mut app);
    let fault = Fault::new(FaultKind::Denied, "cloudwatch:GetMetricData", "not authorized to perform: cloudwatch:GetMetricData");
    let mut facts = HashMap::new();
    for (place, target) in confirm.plan.targets.iter().enumerate() {
        let mut survey = Survey { warnings: vec![disks(), Warning::Scarce { unit: "p4d.24xlarge".into() }], unread: Vec::new() };
        match place {
            1 | 2 => survey.warnings.push(Warning::AutoScalingGroup { group: format!("asg-{place}").into() }),
            3 => survey.warnings.push(Warning::StopProtected),
            4 => survey.unread.push(fault.clone()),
            5 => survey.warnings.push(Warning::SpotPersistent { request: "sir-0abc".into(), returns: true }),
            _ => {}
        }
        facts.insert(target.key.clone(), survey.sorted());
    }
    confirm.facts = Facts::Read(facts);
    app
}

#[test]
fn questions() {
    snap("confirm_one", |size| on(size, "gpus", "llm", "S"));
    snap("confirm_yes", |size| on(size, "gpus", "llm", "S tab"));
    snap("confirm_facts", |size| surveyed(on(size, "gpus", "llm", "S")));
    snap("confirm_reading", |size| {
        let mut app = on(size, "gpus", "llm", "S");
        asked(&mut app).facts = Facts::Reading;
        app
    });
    snap("confirm_late", |size| {
        let mut app = on(size, "gpus", "llm", "S");
        asked(&mut app).facts = Facts::Late;
        app
    });
    snap("confirm_many", |size| on(size, "gpus", "", "* S"));
    snap("confirm_many_facts", |size| surveyed(on(size, "gpus", "", "* S")));
    snap("confirm_many_facts_end", |size| {
        let mut app = surveyed(on(size, "gpus", "", "* S"));
        press(&mut app, "G").unwrap();
        app
    });
    snap("confirm_scale", |size| on(size, "endpoints", "", "C enter"));
    snap("confirm_schedule", |size| on(size, "endpoints", "", "H enter"));
    snap("confirm_tag", |size| {
        let mut app = on(size, "gpus", "hpo", "* T");
        type_in(&mut app, "cost-centre=42");
        press(&mut app, "enter enter").unwrap();
        app
    });
    snap("confirm_delete", |size| {
        let mut app = on(size, "throughput", "titan", "D");
        type_in(&mut app, "titan-p");
        app
    });
}

#[test]
fn demands() {
    let guarded = |size, filter: &str| {
        let mut app = on(size, "gpus", filter, "");
        app.guards = Guards::new(Vec::new(), true, &fixture::panes());
        app
    };
    snap("demand_name", |size| {
        let mut app = guarded(size, "hpo-worker-1");
        press(&mut app, "S").unwrap();
        app
    });
    snap("demand_wrong", |size| {
        let mut app = guarded(size, "");
        press(&mut app, "* S").unwrap();
        type_in(&mut app, "stop 12 resources");
        press(&mut app, "enter").unwrap();
        app
    });
    snap("demand_met", |size| {
        let mut app = surveyed({
            let mut app = guarded(size, "");
            press(&mut app, "* S").unwrap();
            app
        });
        type_in(&mut app, "stop 13 resources");
        app
    });
}

#[test]
fn nothing_important_is_cut() {
    // Fifty targets, warnings of every weight, a demand: what decides is in sight at 80x24 wherever it is scrolled to.
    let mut rows = fixture::many(50);
    for row in &mut rows {
        row.head.tags = crate::domain::Reading::Known([("env".to_owned(), "prod".to_owned())].into());
    }
    for size in [(80, 24), (120, 40), (200, 60)] {
        let mut app = App::new(fixture::setup(fixture::world(&rows), size));
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
                "is billed anyway: replaced, refused".to_owned(),
                format!("type stop {targets} resources >"),
                "undo: start again".to_owned(),
                "stop protection is on".to_owned(),
                "s left".replace("s left", "looked at again"),
            ] {
                let grouped = shown.replace("1111-2222-3333", "111122223333");
                assert!(grouped.contains(&wanted), "{size:?} after {keys}: {wanted}\n{shown}");
            }
        }
    }
}

/// All targets of the plan under way, each at the step of its place.
fn acted(app: &mut App, step: impl Fn(usize) -> Step) {
    let ran = app.deeds.newest().next().unwrap().clone();
    for (place, target) in ran.targets.iter().enumerate() {
        let (key, name) = (target.key.clone(), target.name.clone());
        let outcome = Outcome { plan: ran.id.clone(), key, name, verb: ran.verb, at: app.now, step: step(place) };
        update(app, Msg::Acted(outcome));
    }
}

/// Half of a bulk at different steps.
fn halfway(size: (u16, u16), pane: &str) -> App {
    let mut app = if pane.is_empty() { after(size, "S y") } else { on(size, pane, "", "* S y") };
    acted(&mut app, |_| Step::Journalled);
    acted(&mut app, |place| match place {
        0 | 1 => Step::Settled,
        2 | 3 => Step::Accepted,
        4 => Step::Calling,
        5 => Step::Refused(Fault::new(FaultKind::Denied, "ec2:StopInstances", "You are not authorized to perform this operation.")),
        _ => Step::Journalled,
    });
    app
}

fn ended(size: (u16, u16)) -> App {
    let mut app = on(size, "gpus", "", "* S y");
    let denied = "UnauthorizedOperation: You are not authorized to perform this operation on the resource";
    acted(&mut app, |place| match place {
        0..=2 => Step::Refused(Fault::new(FaultKind::Denied, "ec2:StopInstances", denied)),
        3 => Step::Refused(Fault::new(FaultKind::Throttled, "ec2:StopInstances", "RequestLimitExceeded: Request limit exceeded.")),
        4 => Step::Drifted("state was running, is now shutting-down".into()),
        5 => Step::Unknown(Fault::new(FaultKind::Timeout, "ec2:StopInstances", "no answer within 30 s")),
        6 => Step::Cancelled,
        7 => Step::Unsettled("not stopped within 30m".into()),
        _ => Step::Settled,
    });
    app
}

#[test]
fn plans_under_way() {
    snap("acting", |size| on(size, "gpus", "llm", "S y"));
    snap("acting_many", |size| halfway(size, "gpus"));
    snap("acting_overview", |size| halfway(size, ""));
    snap("quit", |size| on(size, "gpus", "llm", "S y q q"));
    snap("quit_with_agreed", |size| {
        let mut app = on(size, "gpus", "llm", "L");
        type_in(&mut app, "19:00");
        press(&mut app, "enter y q q").unwrap();
        app.later.lasting = true;
        press(&mut app, "esc q").unwrap();
        app
    });
    snap("quit_with_agreed_lost", |size| {
        let mut app = on(size, "gpus", "hpo", "S y");
        for when in ["fri 18:30", "19:00"] {
            press(&mut app, "j L").unwrap();
            type_in(&mut app, when);
            press(&mut app, "enter y").unwrap();
        }
        press(&mut app, "q q").unwrap();
        app
    });
    snap("cancel", |size| on(size, "gpus", "", "* S y ctrl-c"));
    snap("bulk_end", ended);
    snap("deeds", |size| {
        let mut app = ended(size);
        press(&mut app, "r").unwrap();
        app
    });
    snap("recovered", |size| {
        let mut app = fixture::app(size);
        let key = fixture::estate()[0].head.key.clone();
        let timeout = Fault::new(FaultKind::Timeout, "ec2:DescribeInstances", "no answer within 30 s");
        for (id, step) in [("hpo-worker-1", Step::Settled), ("hpo-worker-2", Step::Cancelled), ("llm-pretrain", Step::Unknown(timeout))] {
            let plan = crate::domain::PlanId("20261122T030000Z-1".into());
            let key = crate::domain::Key { id: id.into(), ..key.clone() };
            let (verb, at) = (crate::domain::Verb::Stop, fixture::now());
            update(&mut app, Msg::Recovered(Outcome { plan, key, name: id.into(), verb, at, step }));
        }
        press(&mut app, "r").unwrap();
        app
    });
}

/// A line of the journal: the `seq`th, so many seconds after the start, of plan `plan`, about the fixture's row `id`.
fn line(seq: u64, plan: &str, id: &str, step: Word, result: Option<Class>) -> Line {
    let confirm = after((80, 24), "S");
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = confirm.layers.last() else { panic!("no question") };
    let target = &confirm.plan.targets[0];
    let note = result.filter(|class| *class != Class::Done).map(|_| "ec2:StopInstances: denied: You are not authorized".to_owned());
    Line {
        version: 2,
        seq,
        at: fixture::later(i64::try_from(seq).unwrap()),
        plan: crate::domain::PlanId(plan.into()),
        undoes: None,
        by: "ana".into(),
        who: Some("arn:aws:sts::111122223333:assumed-role/MlOps/ana@example.com".into()),
        why: Some("GPU 3 % for 24 h".into()),
        step,
        result,
        verb: confirm.plan.verb,
        profile: "ml-prod".into(),
        account: "111122223333".into(),
        region: "us-east-1".into(),
        kind: target.key.kind,
        id: id.into(),
        name: id.into(),
        requests: vec![format!("ec2:StopInstances InstanceIds=[{id}]")],
        before: crate::domain::deed::Before { state: "running".to_owned(), ..Default::default() },
        want: "stopped".to_owned(),
        saves_usd_per_hour: Some(21.96),
        note,
        console: None,
        deed: None,
        left_open: None,
        torn: None,
        broken: None,
        prev: "5f2c9ad0e1b7443d".to_owned(),
        hash: "c0ffee00c0ffee00".to_owned(),
    }
}

fn journalled(size: (u16, u16), breaches: &[&str]) -> App {
    let mut app = after(size, "J");
    let lines = vec![
        line(1, "20261123T083002Z-1", "hpo-worker-1", Word::Intent, None),
        line(2, "20261123T083002Z-1", "hpo-worker-2", Word::Intent, None),
        line(3, "20261123T083002Z-1", "hpo-worker-1", Word::Accepted, Some(Class::Done)),
        line(4, "20261123T083002Z-1", "hpo-worker-2", Word::Refused, Some(Class::Denied)),
        line(5, "20261123T083002Z-1", "hpo-worker-1", Word::Settled, Some(Class::Done)),
        line(6, "20261123T083412Z-2", "rec-endpoint", Word::Intent, None),
    ];
    let breaches = breaches.iter().map(|breach| (*breach).to_owned()).collect();
    update(&mut app, Msg::Journal(Box::new(Journal { lines, chained: 6, breaches, torn: 0 })));
    app
}

#[test]
fn the_journal() {
    snap("journal", |size| journalled(size, &[]));
    snap("journal_altered", |size| {
        journalled(size, &["journal.jsonl:3: the line was altered", "journal.jsonl:5: a line is missing before"])
    });
    snap("journal_filtered", |size| {
        let mut app = journalled(size, &[]);
        press(&mut app, "/").unwrap();
        type_in(&mut app, "denied hpo");
        app
    });
    snap("journal_deed", |size| {
        let mut app = journalled(size, &[]);
        press(&mut app, "G enter").unwrap();
        app
    });
    let mut app = journalled((80, 24), &[]);
    press(&mut app, "/").unwrap();
    type_in(&mut app, "nothing of it");
    assert!(text(&drawn(&app)).contains("Nothing is so."));
    press(&mut app, "esc esc").unwrap();
    assert!(app.layers.is_empty(), "esc takes the filter away, then the sheet");
    let mut app = journalled((80, 24), &[]);
    let undone = press(&mut app, "j u").unwrap();
    assert_eq!(undone, [crate::screen::Cmd::UndoPlan(crate::domain::PlanId("20261123T083002Z-1".into()))]);
    for keys in ["S", "D", "X", "T", "C", "a", "y"] {
        assert_eq!(press(&mut app, keys).unwrap(), [], "no verb acts on what lies under the journal");
        assert!(matches!(app.layers.last(), Some(Layer::Journal(_))), "{keys}");
    }
}
