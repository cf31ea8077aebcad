//! A running plan: visible until settled, with a notice for every outcome.

use super::*;
use crate::domain::{ActionStatus, Fault, FaultKind, StatusUpdate};
use crate::inventory::Event;
use crate::screen::update::apply_report;

fn outcome(app: &App, key: &ResourceKey, step: ActionStatus) -> Message {
    let (plan, running) = app.running_plans.first_key_value().unwrap();
    Message::Engine(Event::Acted(StatusUpdate {
        plan: plan.clone(),
        key: key.clone(),
        name: "hpo".into(),
        operation: running.operation,
        at: app.now,
        status: step,
    }))
}

#[test]
fn action_stays_visible_until_settled() {
    let mut app = on("gpus");
    press(&mut app, "space space S y");
    let keys: Vec<ResourceKey> = app
        .running_plans
        .first_key_value()
        .unwrap()
        .1
        .open
        .iter()
        .cloned()
        .collect();
    assert_eq!(keys.len(), 2);
    for step in [
        ActionStatus::Recorded,
        ActionStatus::Calling,
        ActionStatus::Accepted,
    ] {
        let msg = outcome(&app, &keys[0], step);
        super::super::update(&mut app, msg);
    }
    assert!(app.inventory.pending(&keys[0]).is_some());
    // Quitting asks first, and the default answer is No.
    assert_eq!((press(&mut app, "q q"), top(&app)), (vec![], "quit"));
    assert_eq!((press(&mut app, "enter"), top(&app)), (vec![], ""));
    assert_eq!(press(&mut app, "q y"), [Command::Quit]);
    // ctrl-c asks first whether to cancel targets that have not started, then whether to quit.
    assert_eq!((press(&mut app, "ctrl-c"), top(&app)), (vec![], "quit"));
    assert_eq!(press(&mut app, "ctrl-c ctrl-c"), [Command::Quit]);
    app.layers.clear();
    let plan = app.running_plans.first_key_value().unwrap().0.clone();
    assert_eq!(press(&mut app, "ctrl-c enter"), [], "No is lit");
    assert_eq!(press(&mut app, "ctrl-c y"), [Command::Cancel(plan)]);
    app.layers.clear();
    let msg = outcome(&app, &keys[0], ActionStatus::Succeeded);
    super::super::update(&mut app, msg);
    let operation = crate::domain::Operation::Stop;
    let counts = "1 of 2 done, 1 waiting".to_owned();
    assert_eq!(
        notice(&app),
        Some(&Notice::BulkProgress { operation, counts })
    );
    let msg = outcome(&app, &keys[1], ActionStatus::Succeeded);
    super::super::update(&mut app, msg);
    let counts = "all 2 done".to_owned();
    assert_eq!(notice(&app), Some(&Notice::BulkDone { operation, counts }));
    assert!(app.running_plans.is_empty());
    assert_eq!(press(&mut app, "q"), [Command::Quit]);
}

#[test]
fn failed_actions_show_a_notice_and_are_listed() {
    let fault = || Fault::new(FaultKind::Denied, "ec2:StopInstances", "not authorized");
    for step in [
        ActionStatus::Refused(fault()),
        ActionStatus::Unknown(fault()),
        ActionStatus::Drifted("state was running, is now stopped".into()),
        ActionStatus::Partial(fault()),
        ActionStatus::TimedOut("not stopped within 15m".into()),
    ] {
        let mut app = on("gpus");
        press(&mut app, "S y");
        let key = app
            .running_plans
            .first_key_value()
            .unwrap()
            .1
            .open
            .first()
            .unwrap()
            .clone();
        let msg = outcome(&app, &key, step.clone());
        super::super::update(&mut app, msg);
        assert!(
            app.toasts.iter().any(|toast| matches!(
                &toast.notice,
                Notice::Progress { status, .. } if *status == step
            )),
            "{step:?}: {:?}",
            app.toasts
        );
        assert_eq!((app.errors.len(), app.unread_errors), (1, 1));
        assert!(app.running_plans.is_empty());
        press(&mut app, "!");
        assert_eq!(app.unread_errors, 0);
    }
}

/// Sends the status `step(place)` for each target of the only running plan.
fn send_all(app: &mut App, step: impl Fn(usize) -> ActionStatus) {
    let plan = app.running_plans.first_key_value().unwrap().0.clone();
    let targets = app.activity.get(&plan).unwrap().targets.clone();
    for (place, target) in targets.into_iter().enumerate() {
        let (operation, at) = (app.activity.get(&plan).unwrap().operation, app.now);
        let outcome = StatusUpdate {
            plan: plan.clone(),
            key: target.key,
            name: target.name,
            operation,
            at,
            status: step(place),
        };
        super::super::update(app, Message::Engine(Event::Acted(outcome)));
    }
}

#[test]
fn bulk_end_shows_one_notice_and_one_sheet() {
    let mut app = on("gpus");
    press(&mut app, "* S y");
    send_all(&mut app, |place| match place {
        0 | 1 => ActionStatus::Refused(Fault::new(
            FaultKind::Denied,
            "ec2:StopInstances",
            format!("not authorized on i-0hpo{place:02}"),
        )),
        2 => ActionStatus::Cancelled,
        3 => ActionStatus::Drifted("state was running, is now stopping".into()),
        _ => ActionStatus::Succeeded,
    });
    let Some(Notice::BulkFailed { counts, key, .. }) = notice(&app) else {
        panic!("{:?}", notice(&app))
    };
    assert_eq!(
        (counts.as_str(), key.as_str()),
        ("9 of 13 done, 2 denied, 1 changed, 1 cancelled", "r")
    );
    assert_eq!(
        app.toasts.len(),
        1,
        "one toast and not thirteen: {:?}",
        app.toasts
    );
    assert!(app.running_plans.is_empty());
    assert_eq!(app.unread_errors, 3, "what failed is listed too");
    press(&mut app, "r");
    assert_eq!(top(&app), "activity");
    let ran = app.activity.newest().next().unwrap();
    let groups: Vec<_> = ran
        .groups()
        .iter()
        .map(|group| (group.kind.short(), group.targets.len()))
        .collect();
    assert_eq!(groups[groups.len() - 2..], [("cancelled", 1), ("done", 9)]);
    press(&mut app, "r :");
    type_in(&mut app, "activity");
    press(&mut app, "enter");
    assert_eq!(top(&app), "activity");
}

#[test]
fn stopping_rows_stay_in_the_ranking_until_settled() {
    let mut app = fixture::app(SIZE);
    let fleet = names(&app)[0].clone();
    assert_eq!(fleet, "hpo-worker ×8");
    press(&mut app, "S y");
    send_all(&mut app, |_| ActionStatus::Recorded);
    send_all(&mut app, |_| ActionStatus::Accepted);
    // AWS shows the rows as stopping: they have no burn, no waste and no evidence for a rule.
    let mut rows = fixture::estate();
    for row in rows
        .iter_mut()
        .filter(|row| row.head.name.starts_with("hpo-worker"))
    {
        row.head.state = crate::domain::State::new(crate::domain::Phase::Changing, "stopping");
        row.head.burn = crate::domain::HourlyCost::Nothing(crate::domain::Reason::new("stopping"));
        row.head.evidence = crate::domain::Evidence::None;
    }
    for report in fixture::reports(&rows, fixture::later(5)) {
        apply_report(&mut app, report);
    }
    assert_eq!(names(&app)[0], fleet);
    let shown = crate::screen::view::tests::text(&crate::screen::view::tests::drawn(&app));
    assert!(shown.contains("→ stopping: 0 of 8 done"), "{shown}");
    send_all(&mut app, |_| ActionStatus::Succeeded);
    let shown = crate::screen::view::tests::text(&crate::screen::view::tests::drawn(&app));
    assert!(shown.contains("✓ 8 of 8 done"), "{shown}");
    tick(&mut app, 60);
    assert!(!names(&app).contains(&fleet), "settled and seen: gone");
}

#[test]
fn recovered_actions_show_a_notice_and_are_listed() {
    let mut app = on("gpus");
    let recovered = |id: &str, step| {
        let key = ResourceKey {
            id: id.into(),
            ..fixture::estate()[0].head.key.clone()
        };
        let plan = crate::domain::PlanId("20261122T030000Z-1".into());
        Message::Engine(Event::Recovered(StatusUpdate {
            plan,
            key,
            name: id.into(),
            operation: crate::domain::Operation::Stop,
            at: fixture::now(),
            status: step,
        }))
    };
    super::super::update(&mut app, recovered("i-1", ActionStatus::Succeeded));
    assert!(
        matches!(
            notice(&app),
            Some(Notice::Interrupted { name, status: ActionStatus::Succeeded, .. })
                if &**name == "i-1"
        ),
        "{:?}",
        notice(&app)
    );
    super::super::update(&mut app, recovered("i-2", ActionStatus::Interrupted));
    let (count, key) = (2, "r".to_owned());
    assert_eq!(notice(&app), Some(&Notice::InterruptedMany { count, key }));
    assert_eq!(app.toasts.len(), 1);
    assert_eq!((app.activity.len(), app.errors.len()), (1, 2));
}
