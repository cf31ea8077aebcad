//! Prompts of operations before there is a plan, and typed confirmations.

use super::*;
use crate::domain::{AvailableAction, Input, Measured, Operation, Plan, PlanId, Tags};
use crate::screen::{dialogs::tag_editor::TagChange, update};

#[test]
fn scale_asks_for_the_count_and_suggests_one() {
    let mut app = on("endpoints");
    press(&mut app, "C");
    let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert_eq!(
        (ask.field.text(), ask.now, ask.suggested),
        ("2", (8, 8), Some(2))
    );
    assert!((ask.saves().unwrap().0 - 6.0 * 7.09).abs() < 1e-9);
    press(&mut app, "enter");
    let confirm = confirm_dialog(&app);
    assert!(confirm.plan.targets[0].call.requests()[0].ends_with("DesiredInstanceCount=2"));
    let commands = press(&mut app, "y");
    assert_eq!(ran(&commands).plan().operation, Operation::Scale);
    for (typed, error) in [
        ("", "type a number"),
        ("-1", "`-1` is not a whole number"),
        ("0", "AWS requires at least 1 here"),
        ("8", "already 8"),
        ("99999", "the limit is 10000, to catch typing errors"),
        ("4x", "`4x` is not a whole number"),
    ] {
        let mut app = on("endpoints");
        press(&mut app, "C ctrl-u");
        type_in(&mut app, typed);
        assert_eq!(press(&mut app, "enter"), []);
        let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else {
            panic!("{typed} was taken")
        };
        assert_eq!(ask.error.as_deref(), Some(error));
    }
    let mut app = on("endpoints");
    press(&mut app, "C up up down");
    let Some(Layer::Dialog(Dialog::Count(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert_eq!(ask.field.text(), "3");
}

#[test]
fn tag_editor_adds_changes_and_removes_tags() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter * T");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    assert_eq!(
        editor
            .lines
            .iter()
            .map(|line| line.key.as_str())
            .collect::<Vec<_>>(),
        ["cost-centre", "environment", "model", "env", "team"]
    );
    assert_eq!(
        (press(&mut app, "enter"), top(&app)),
        (vec![], "tags"),
        "nothing to do yet"
    );
    type_in(&mut app, "cost-centre=ml 42");
    press(&mut app, "enter up up enter");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    assert_eq!(
        editor.field.text(),
        "!env=prod",
        "the line under the cursor comes into the field"
    );
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
        [
            "ec2:CreateTags i-0hpo01 Tags=[cost-centre=ml 42, env=dev]",
            "ec2:DeleteTags i-0hpo01 TagKeys=[team]"
        ]
    );
}

#[test]
fn pasted_lines_are_one_tag_each() {
    let mut app = on("gpus");
    press(&mut app, "T");
    let text = "cost-centre=ml 42\r\nsprint=31\n\nnot a tag\nlast=1".to_owned();
    update::update(&mut app, Message::Paste(text));
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    let staged = |key: &str| {
        let line = editor.lines.iter().find(|line| line.key == key);
        line.map(|line| line.change.clone())
    };
    assert_eq!(
        staged("cost-centre"),
        Some(TagChange::Fill("ml 42".to_owned()))
    );
    assert_eq!(staged("sprint"), Some(TagChange::Fill("31".to_owned())));
    assert_eq!((staged("last"), editor.field.text()), (None, "not a tag"));
    assert!(editor.error.is_some());
}

#[test]
fn tag_is_filled_in_where_it_is_missing_and_overwritten_only_when_spelled_out() {
    let mut app = on("gpus");
    press(&mut app, "/");
    type_in(&mut app, "hpo");
    press(&mut app, "enter * T");
    type_in(&mut app, "env=dev");
    press(&mut app, "enter");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    assert_eq!(
        editor.error.as_deref(),
        Some("all of them have env: type !env=dev to overwrite it")
    );
    press(&mut app, "ctrl-u");
    type_in(&mut app, "!env=dev");
    press(&mut app, "enter enter");
    let commands = press(&mut app, "y");
    for target in &ran(&commands).plan().targets {
        let requests = target.call.requests().join("; ");
        assert!(requests.ends_with("Tags=[env=dev]"), "{requests}");
    }
}

#[test]
fn filled_in_tag_keeps_what_a_row_has() {
    let pair = |value: &str| [("team".to_owned(), value.to_owned())].into();
    let mut record = fixture::estate().remove(0);
    record.head.actions = vec![AvailableAction {
        operation: Operation::Tag,
        capability: Measured::Known(Operation::Tag.sample(&record.head.key.id)),
    }];
    let mut requests = |tags: Measured<Tags>| {
        record.head.tags = tags;
        let request = Operation::Tag.request(Input::Tags {
            fill: pair("platform"),
            set: Tags::new(),
            remove: Vec::new(),
        });
        let id = PlanId("p".into());
        let plan = Plan::new(id, &request, &[&record], fixture::now());
        match (plan.targets.first(), plan.skipped.first()) {
            (Some(target), _) => Ok(target.call.requests().join("; ")),
            (None, skipped) => Err(skipped.map(|it| it.why.to_string()).unwrap_or_default()),
        }
    };
    let missing = requests(Measured::Known(Tags::new()));
    assert!(missing.unwrap().ends_with("Tags=[team=platform]"));
    let blank = requests(Measured::Known(pair(" ")));
    assert!(blank.unwrap().ends_with("Tags=[team=platform]"));
    for (tags, why) in [
        (
            Measured::Known(pair("research")),
            "it has another team, and keeps it",
        ),
        (
            Measured::Known(pair("platform")),
            "it already has these tags",
        ),
        (
            Measured::unknown("denied"),
            "its tags are unknown: one could be overwritten",
        ),
    ] {
        assert_eq!(requests(tags), Err(why.to_owned()));
    }
}

#[test]
fn invalid_tag_is_rejected() {
    for (typed, error) in [
        ("team", "`team`: type key=value, or -key to remove a tag"),
        ("=x", "the key is missing"),
        ("-", "the key is missing"),
        ("aws:createdBy=me", "AWS reserves keys that begin with aws:"),
        ("-nobody-has-this", "no target has the tag nobody-has-this"),
    ] {
        let mut app = on("gpus");
        press(&mut app, "T");
        type_in(&mut app, typed);
        press(&mut app, "enter");
        let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
            panic!("{typed} was taken")
        };
        assert_eq!(editor.error.as_deref(), Some(error));
        assert!(editor.ask().is_none());
    }
    // A dropped change and a removed new tag leave no request.
    let mut app = on("gpus");
    press(&mut app, "T");
    type_in(&mut app, "new=1");
    press(&mut app, "enter up ctrl-x up ctrl-x ctrl-x");
    let Some(Layer::Dialog(Dialog::Tags(editor))) = app.layers.last() else {
        panic!("no editor")
    };
    assert!(editor.ask().is_none(), "{:?}", editor.lines);
}

/// The throughput pane with the cursor on `name`.
fn on_throughput(name: &str) -> App {
    let mut app = on("throughput");
    press(&mut app, "/");
    type_in(&mut app, name);
    press(&mut app, "enter");
    app
}

#[test]
fn irreversible_operation_requires_the_typed_name() {
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
        assert_eq!(
            (
                commands
                    .iter()
                    .any(|command| matches!(command, Command::Run(_))),
                top(&app)
            ),
            (runs, left),
            "{typed}"
        );
        if runs {
            assert_eq!(
                (
                    ran(&commands).plan().operation,
                    targets(ran(&commands)).len()
                ),
                (Operation::Delete, 1)
            );
        }
    }
    // Committed units show their end date; no dialog opens.
    let mut app = on_throughput("claude-pt");
    press(&mut app, "D");
    assert_eq!(top(&app), "");
    assert!(
        why(&app).contains("committed until 2027-01-14"),
        "{:?}",
        notice(&app)
    );
    // Text typed before the question is drawn has no effect.
    let mut app = on_throughput("titan-pt");
    type_in(&mut app, "Dtitan-pt");
    assert_eq!(press(&mut app, "enter"), []);
}

#[test]
fn scheduled_scaling_is_typed_and_planned() {
    let mut app = on("endpoints");
    press(&mut app, "/");
    type_in(&mut app, "rec-endpoint");
    press(&mut app, "enter H");
    let Some(Layer::Dialog(Dialog::ScheduledScaling(ask))) = app.layers.last() else {
        panic!("no question")
    };
    assert_eq!(ask.field.text(), "mon-fri 08-18 8 1");
    // Now 8 x $7.09; with the schedule 8 for 50 h and 1 for 118 h of a week.
    let saves = ask.saves().unwrap().0;
    assert!(
        (saves - 7.09 * (8.0 - (50.0 * 8.0 + 118.0) / 168.0)).abs() < 1e-9,
        "{saves}"
    );
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
    assert!(requests[0].starts_with(
        "application-autoscaling:RegisterScalableTarget \
         ResourceId=endpoint/rec-endpoint/variant/AllTraffic"
    ));
    assert!(
        requests[0].ends_with("MinCapacity=1 MaxCapacity=8"),
        "{}",
        requests[0]
    );
    assert!(
        requests[1].ends_with(
            "Schedule=cron(0 7 ? * MON,TUE,WED,THU,FRI,SAT *) MinCapacity=6 MaxCapacity=8"
        ),
        "{}",
        requests[1]
    );
    assert!(
        requests[2].ends_with(
            "Schedule=cron(0 20 ? * MON,TUE,WED,THU,FRI,SAT *) MinCapacity=2 MaxCapacity=2"
        ),
        "{}",
        requests[2]
    );
}

#[test]
fn palette_operations_ask_for_confirmation() {
    for (line, operation) in [
        ("stop", Operation::Stop),
        ("tag env=dev -team", Operation::Tag),
    ] {
        let mut app = on("gpus");
        press(&mut app, ":");
        type_in(&mut app, line);
        assert_eq!(press(&mut app, "enter"), [], "{line}");
        assert_eq!(top(&app), "confirm", "{line}");
        assert_eq!(
            ran(&press(&mut app, "y")).plan().operation,
            operation,
            "{line}"
        );
    }
    let mut app = on("endpoints");
    press(&mut app, ":");
    type_in(&mut app, "scale 2");
    press(&mut app, "enter");
    assert_eq!(top(&app), "confirm");
}
