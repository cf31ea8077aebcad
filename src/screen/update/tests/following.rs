//! A plan under way: in sight until settled, and told however it ends.

use super::*;
use crate::domain::{Fault, FaultKind, Outcome, Step};

fn outcome(app: &App, key: &Key, step: Step) -> Msg {
    let (plan, running) = app.running.first_key_value().unwrap();
    Msg::Acted(Outcome { plan: plan.clone(), key: key.clone(), name: "hpo".into(), verb: running.verb, at: app.now, step })
}

#[test]
fn an_action_stays_in_sight_until_it_is_settled() {
    let mut app = on("gpus");
    press(&mut app, "space space S y");
    let keys: Vec<Key> = app.running.first_key_value().unwrap().1.open.iter().cloned().collect();
    assert_eq!(keys.len(), 2);
    for step in [Step::Journalled, Step::Calling, Step::Accepted] {
        let msg = outcome(&app, &keys[0], step);
        super::super::update(&mut app, msg);
    }
    assert!(app.world.pending(&keys[0]).is_some());
    // Leaving asks, and says no by itself.
    assert_eq!((press(&mut app, "q q"), top(&app)), (vec![], "quit"));
    assert_eq!((press(&mut app, "enter"), top(&app)), (vec![], ""));
    assert_eq!(press(&mut app, "q y"), [Cmd::Quit]);
    assert_eq!(press(&mut app, "ctrl-c ctrl-c"), [Cmd::Quit]);
    app.layers.clear();
    let msg = outcome(&app, &keys[0], Step::Settled);
    super::super::update(&mut app, msg);
    assert_eq!(toast(&app), "stop: 1 of 2 done");
    let msg = outcome(&app, &keys[1], Step::Settled);
    super::super::update(&mut app, msg);
    assert_eq!(toast(&app), "stop: all 2 done");
    assert!(app.running.is_empty());
    assert_eq!(press(&mut app, "q"), [Cmd::Quit]);
}

#[test]
fn what_went_wrong_is_told_and_listed() {
    let fault = || Fault::new(FaultKind::Denied, "ec2:StopInstances", "not authorized");
    for (step, told) in [
        (Step::Refused(fault()), "refused"),
        (Step::Unknown(fault()), "it may have happened"),
        (Step::Drifted("state was running, is now stopped".into()), "it changed meanwhile"),
        (Step::Unsettled("not stopped within 15m".into()), "not stopped within 15m"),
    ] {
        let mut app = on("gpus");
        press(&mut app, "S y");
        let key = app.running.first_key_value().unwrap().1.open.first().unwrap().clone();
        let msg = outcome(&app, &key, step);
        super::super::update(&mut app, msg);
        assert!(app.toasts.iter().any(|toast| toast.text.contains(told)), "{told}: {:?}", app.toasts);
        assert_eq!((app.errors.len(), app.unseen), (1, 1));
        assert!(app.running.is_empty());
        press(&mut app, "!");
        assert_eq!(app.unseen, 0);
    }
}
