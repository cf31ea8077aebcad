//! Verbs, from the key to the command.

use super::*;
use crate::domain::{Confirmed, Fault, FaultKind, Outcome, Step, Verb, plan::PLAN_LIFE};

fn ran(commands: &[Cmd]) -> &Confirmed {
    match commands {
        [Cmd::Run(confirmed)] => confirmed,
        other => panic!("not one run: {other:?}"),
    }
}

fn targets(confirmed: &Confirmed) -> Vec<String> {
    confirmed.plan().targets.iter().map(|target| target.key.id.to_string()).collect()
}

#[test]
fn stop_asks_and_no_is_the_answer_of_enter() {
    let mut app = on("gpus");
    press(&mut app, "S");
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else { panic!("no question") };
    assert!(!confirm.yes);
    assert_eq!(confirm.plan.targets.len(), 1);
    for (keys, runs) in [
        ("S enter", false),
        ("S n", false),
        ("S esc", false),
        ("S q", false),
        ("S ctrl-c", false),
        ("S tab tab enter", false),
        ("S space enter", false),
        ("S j enter", false),
        ("S y", true),
        ("S tab enter", true),
        ("S left enter", true),
        ("S l enter", true),
    ] {
        let mut app = on("gpus");
        let under = id(&app);
        let commands = press(&mut app, keys);
        assert_eq!(commands.iter().any(|command| matches!(command, Cmd::Run(_))), runs, "{keys}");
        assert_eq!(top(&app), "", "{keys}");
        if runs {
            assert_eq!(targets(ran(&commands)), [under]);
        } else {
            assert_eq!(toast(&app), "nothing was done", "{keys}");
        }
    }
}

#[test]
fn a_verb_takes_the_marks_and_the_hidden_ones_too() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter space space /");
    press(&mut app, "ctrl-u");
    type_in(&mut app, "dev-box");
    press(&mut app, "enter space S");
    assert_eq!(app.focused().unwrap().hidden_marks(), 2);
    let commands = press(&mut app, "y");
    let mut stopped = targets(ran(&commands));
    stopped.sort();
    assert_eq!(stopped, ["i-0dev1", "i-0hpo01", "i-0hpo02"]);
    assert!(app.focused().unwrap().marks.is_empty(), "done with");
    assert_eq!(app.focused().unwrap().hidden_marks(), 0);
}

#[test]
fn a_question_too_old_is_asked_again() {
    let mut app = on("gpus");
    press(&mut app, "S");
    tick(&mut app, PLAN_LIFE as i64 + 1);
    assert_eq!(press(&mut app, "y"), []);
    assert!(toast(&app).contains("make it again"), "{}", toast(&app));
    assert_eq!(top(&app), "");
}

#[test]
fn the_question_stands_still_while_the_world_moves() {
    let mut app = on("gpus");
    let under = id(&app);
    press(&mut app, "S");
    let rows: Vec<_> = fixture::estate().into_iter().filter(|record| *record.head.key.id != *under).collect();
    for report in fixture::reports(&rows, fixture::later(5)) {
        super::super::update(&mut app, Msg::Report(report));
    }
    assert_ne!(id(&app), under);
    let commands = press(&mut app, "y");
    assert_eq!(targets(ran(&commands)), [under], "what was asked is what is done; the executor looks again");
}

#[test]
fn a_plan_without_a_target_says_why() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "old-trainer");
    press(&mut app, "enter S");
    assert_eq!((top(&app), toast(&app)), ("", "stop old-trainer: already stopped"));
    press(&mut app, "C");
    assert_eq!((top(&app), toast(&app)), ("", "scale old-trainer: ec2-instance has no `scale`"));
    let mut app = on("anomalies");
    press(&mut app, "T");
    assert_eq!(toast(&app), format!("tag {}: anomaly has no `tag`", app.focused().unwrap().current().unwrap().head.name));
    let mut empty = fixture::loading(SIZE);
    for keys in ["S", "C", "T", "a", "y", "Y", "d", "e", "enter enter"] {
        assert_eq!(press(&mut empty, keys), [], "{keys}");
        assert_eq!(top(&empty), "", "{keys}");
    }
}

#[test]
fn what_cannot_be_stopped_is_left_out_with_the_reason() {
    let mut app = on("gpus");
    press(&mut app, "* S");
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else { panic!("no question") };
    let all = app.focused().unwrap().rows.len();
    assert_eq!((confirm.plan.targets.len(), confirm.plan.skipped.len()), (all - 1, 1));
    assert_eq!(confirm.plan.skipped[0].why.to_string(), "already stopped");
}

#[test]
fn scale_asks_for_the_count_and_offers_the_suggestion() {
    let mut app = on("endpoints");
    press(&mut app, "C");
    let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else { panic!("no question") };
    assert_eq!((ask.field.text(), ask.now, ask.suggested), ("2", (8, 8), Some(2)));
    assert!((ask.saves().unwrap().0 - 6.0 * 7.09).abs() < 1e-9);
    press(&mut app, "enter");
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else { panic!("no question") };
    assert!(confirm.plan.targets[0].call.requests()[0].ends_with("DesiredInstanceCount=2"));
    let commands = press(&mut app, "y");
    assert_eq!(ran(&commands).plan().verb, Verb::Scale);
    for (typed, error) in [
        ("", "type a number"),
        ("-1", "`-1` is not a whole number"),
        ("0", "AWS takes at least 1 here"),
        ("8", "already 8"),
        ("99999", "more than 10000 is surely a slip"),
        ("4x", "`4x` is not a whole number"),
    ] {
        let mut app = on("endpoints");
        press(&mut app, "C ctrl-u");
        type_in(&mut app, typed);
        assert_eq!(press(&mut app, "enter"), []);
        let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else { panic!("{typed} was taken") };
        assert_eq!(ask.error.as_deref(), Some(error));
    }
    let mut app = on("endpoints");
    press(&mut app, "C up up down");
    let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else { panic!("no question") };
    assert_eq!(ask.field.text(), "3");
}

#[test]
fn tags_are_added_changed_and_taken_away() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter * T");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else { panic!("no editor") };
    assert_eq!(editor.lines.iter().map(|line| line.key.as_str()).collect::<Vec<_>>(), ["env", "team"]);
    assert_eq!((press(&mut app, "enter"), top(&app)), (vec![], "tags"), "nothing to do yet");
    type_in(&mut app, "cost-centre=ml 42");
    press(&mut app, "enter up up up enter");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else { panic!("no editor") };
    assert_eq!(editor.field.text(), "env=prod", "the line under the cursor comes into the field");
    press(&mut app, "backspace backspace backspace backspace");
    type_in(&mut app, "dev");
    press(&mut app, "enter");
    type_in(&mut app, "-team");
    press(&mut app, "enter enter");
    assert_eq!(top(&app), "confirm");
    let commands = press(&mut app, "y");
    let plan = ran(&commands).plan();
    assert_eq!(plan.targets.len(), 8);
    assert_eq!(
        plan.targets[0].call.requests(),
        ["ec2:CreateTags i-0hpo01 Tags=[cost-centre=ml 42, env=dev]", "ec2:DeleteTags i-0hpo01 TagKeys=[team]"]
    );
}

#[test]
fn what_is_no_tag_is_not_taken() {
    for (typed, error) in [
        ("team", "`team`: type key=value, or -key to take a tag away"),
        ("=x", "the key is missing"),
        ("-", "the key is missing"),
        ("aws:createdBy=me", "AWS keeps keys that begin with aws: for itself"),
        ("-nobody-has-this", "no target has the tag nobody-has-this"),
    ] {
        let mut app = on("gpus");
        press(&mut app, "T");
        type_in(&mut app, typed);
        press(&mut app, "enter");
        let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else { panic!("{typed} was taken") };
        assert_eq!(editor.error.as_deref(), Some(error));
        assert!(editor.ask().is_none());
    }
    // A change taken back, a new tag removed again: nothing is left to ask.
    let mut app = on("gpus");
    press(&mut app, "T");
    type_in(&mut app, "new=1");
    press(&mut app, "enter up ctrl-x up ctrl-x ctrl-x");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else { panic!("no editor") };
    assert!(editor.ask().is_none(), "{:?}", editor.lines);
}

#[test]
fn read_only_refuses_verbs_and_can_only_be_lifted_if_there_are_means() {
    let mut app = on("gpus");
    app.read_only = true;
    for keys in ["S", "T", "C", "d S"] {
        assert_eq!(press(&mut app, keys), [], "{keys}");
        assert_ne!(top(&app), "confirm");
        assert!(toast(&app).starts_with("read-only"), "{keys}: {}", toast(&app));
    }
    press(&mut app, "esc :");
    type_in(&mut app, "read-only off");
    press(&mut app, "enter S");
    assert_eq!(top(&app), "confirm");
    let mut app = on("gpus");
    (app.may_write, app.read_only) = (false, true);
    press(&mut app, ":");
    type_in(&mut app, "read-only off");
    press(&mut app, "enter");
    assert!(app.read_only);
    assert_eq!(top(&app), "palette", "it says why and stays");
    press(&mut app, "esc a");
    let Some(Layer::Dialog(Dialog::Verbs(menu))) = app.layers.last() else { panic!("no menu") };
    assert!(menu.lines.iter().all(|line| line.able == 0 && line.why.is_some()));
    // Turned on while the question is open: the answer does nothing.
    let mut app = on("gpus");
    press(&mut app, "S");
    app.read_only = true;
    assert_eq!(press(&mut app, "y"), []);
}

#[test]
fn all_verbs_are_listed_with_the_reason_against() {
    let mut app = on("gpus");
    press(&mut app, "a");
    let Some(Layer::Dialog(Dialog::Verbs(menu))) = app.layers.last() else { panic!("no menu") };
    let lines: Vec<_> = menu.lines.iter().map(|line| (line.verb.id(), line.able, line.why.as_ref().map(ToString::to_string))).collect();
    let scale = ("scale", 0, Some("ec2-instance has no `scale`".to_owned()));
    assert_eq!(lines[..3], [("stop", 1, None), scale, ("tag", 1, None)]);
    assert!(lines[3..].iter().all(|(_, able, why)| *able == 0 && why.is_some()), "{lines:?}");
    press(&mut app, "j j enter");
    assert_eq!(top(&app), "tags");
    press(&mut app, "esc a enter");
    assert_eq!(top(&app), "confirm");
}

/// On the row called `name` of the throughput pane.
fn on_throughput(name: &str) -> App {
    let mut app = on("throughput");
    press(&mut app, "/");
    type_in(&mut app, name);
    press(&mut app, "enter");
    app
}

#[test]
fn what_has_no_way_back_wants_its_name() {
    for (typed, runs, left) in [
        ("", false, ""),
        ("titan", false, "confirm"),
        ("y", false, "confirm"),
        ("TITAN-PT", false, "confirm"),
        ("titan-pt", true, ""),
        (" titan-pt ", true, ""),
    ] {
        let mut app = on_throughput("titan-pt");
        press(&mut app, "D");
        type_in(&mut app, typed);
        let commands = press(&mut app, "enter");
        assert_eq!((commands.iter().any(|command| matches!(command, Cmd::Run(_))), top(&app)), (runs, left), "{typed}");
        if runs {
            assert_eq!((ran(&commands).plan().verb, targets(ran(&commands)).len()), (Verb::Delete, 1));
        }
    }
    // Committed units say until when; nothing is asked.
    let mut app = on_throughput("claude-pt");
    press(&mut app, "D");
    assert_eq!(top(&app), "");
    assert!(toast(&app).contains("committed until 2027-01-14"), "{}", toast(&app));
    // Typed before anyone saw the question: it goes nowhere.
    let mut app = on_throughput("titan-pt");
    type_in(&mut app, "Dtitan-pt");
    assert_eq!(press(&mut app, "enter"), []);
}

#[test]
fn a_schedule_is_typed_and_planned() {
    let mut app = on("endpoints");
    press(&mut app, "/");
    type_in(&mut app, "rec-endpoint");
    press(&mut app, "enter H");
    let Some(Layer::Dialog(Dialog::Schedule(ask))) = app.layers.last() else { panic!("no question") };
    assert_eq!(ask.field.text(), "mon-fri 08-18 8 1");
    // 8 x $7.09 now; 50 h of 8 and 118 h of 1 later.
    let saves = ask.saves().unwrap().0;
    assert!((saves - 7.09 * (8.0 - (50.0 * 8.0 + 118.0) / 168.0)).abs() < 1e-9, "{saves}");
    press(&mut app, "ctrl-u");
    type_in(&mut app, "mon-fri 08-18 8 0");
    press(&mut app, "enter");
    assert_eq!(top(&app), "schedule", "one at least");
    press(&mut app, "ctrl-u");
    type_in(&mut app, "mon-sat 07-20 6 2");
    press(&mut app, "enter");
    assert_eq!(top(&app), "confirm");
    let commands = press(&mut app, "y");
    let target = &ran(&commands).plan().targets[0];
    let requests = target.call.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[0].starts_with("application-autoscaling:RegisterScalableTarget ResourceId=endpoint/rec-endpoint/variant/AllTraffic"));
    assert!(requests[0].ends_with("MinCapacity=1 MaxCapacity=8"), "{}", requests[0]);
    assert!(requests[1].ends_with("Schedule=cron(0 7 ? * MON,TUE,WED,THU,FRI,SAT *) MinCapacity=6 MaxCapacity=8"), "{}", requests[1]);
    assert!(requests[2].ends_with("Schedule=cron(0 20 ? * MON,TUE,WED,THU,FRI,SAT *) MinCapacity=2 MaxCapacity=2"), "{}", requests[2]);
}

#[test]
fn the_palette_acts_too_and_asks_as_well() {
    for (line, verb) in [("stop", Verb::Stop), ("tag env=dev -team", Verb::Tag)] {
        let mut app = on("gpus");
        press(&mut app, ":");
        type_in(&mut app, line);
        assert_eq!(press(&mut app, "enter"), [], "{line}");
        assert_eq!(top(&app), "confirm", "{line}");
        assert_eq!(ran(&press(&mut app, "y")).plan().verb, verb, "{line}");
    }
    let mut app = on("endpoints");
    press(&mut app, ":");
    type_in(&mut app, "scale 2");
    press(&mut app, "enter");
    assert_eq!(top(&app), "confirm");
}

#[test]
fn a_sheet_acts_on_its_own_resource() {
    let mut app = on("gpus");
    press(&mut app, "space space G d");
    let under = id(&app);
    press(&mut app, "S");
    if top(&app) == "confirm" {
        assert_eq!(targets(ran(&press(&mut app, "y"))), [under]);
    } else {
        assert!(toast(&app).contains("already stopped"));
    }
}

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

#[test]
fn nothing_destructive_is_where_fingers_slip() {
    use crate::screen::{
        actions::Action,
        keymap::{Context, Keymap, SHIPPED},
    };
    for (name, _) in SHIPPED {
        let keymap = Keymap::shipped(name).unwrap();
        for bind in keymap.binds() {
            let acts = match &bind.action {
                Action::Verb(_) => true,
                Action::Command(line) => Verb::ALL.iter().any(|verb| line.starts_with(verb.id())),
                Action::Yes => bind.context != Context::Dialog,
                _ => false,
            };
            let slips = bind.keys.iter().any(|chord| {
                let text = chord.to_string();
                text == "ctrl-d" || text == "ctrl-k" || chord.typed().is_some_and(char::is_lowercase) || text == "enter" || text == "space"
            });
            assert!(!(acts && slips), "{name}: {} = {}", bind.text(), bind.action);
        }
        // And all verbs are there.
        for verb in Verb::ALL {
            assert!(!keymap.keys(Context::Table, &Action::Verb(*verb)).is_empty(), "{name}: {verb}");
        }
    }
}

#[test]
fn a_fleet_is_one_culprit_and_one_stop() {
    let mut app = fixture::app(SIZE);
    assert_eq!(names(&app)[0], "hpo-worker ×8");
    let fleet: Vec<String> = (1..=8).map(|n| format!("i-0hpo{n:02}")).collect();
    assert_eq!(targets(ran(&press(&mut app, "S y"))), fleet);
    // Marked or not, it is the same eight; unmarked again it is none of them.
    let mut app = fixture::app(SIZE);
    press(&mut app, "space");
    assert_eq!((app.focused().unwrap().marks.len(), app.focused().unwrap().hidden_marks()), (8, 0));
    press(&mut app, "k space");
    assert!(app.focused().unwrap().marks.is_empty());
}

#[test]
fn a_fleet_can_be_opened_and_one_of_it_taken() {
    let mut app = fixture::app(SIZE);
    let before = names(&app);
    press(&mut app, "enter");
    assert_eq!(names(&app).iter().filter(|name| name.starts_with("hpo-worker-")).count(), 8);
    assert_eq!(targets(ran(&press(&mut app, "S y"))), ["i-0hpo01"]);
    press(&mut app, "esc");
    assert_eq!(names(&app), before);
}

#[test]
fn a_yes_before_the_question_was_seen_does_not_count() {
    let mut app = on("gpus");
    // What a terminal without bracketed paste makes of a pasted `Sy`: two keys and no frame between them.
    assert!(type_in(&mut app, "Sy").is_empty());
    assert_eq!((top(&app), toast(&app)), ("", "nothing was done: the answer came before the question"));
    press(&mut app, "S");
    assert!(matches!(type_in(&mut app, "y").as_slice(), [Cmd::Run(_)]));
}
