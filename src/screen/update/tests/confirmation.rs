//! The confirm dialog: which answers confirm which plan.

use super::*;
use crate::domain::action::plan::PLAN_LIFE;
use crate::domain::{ConfirmError, Preflight, Warning};
use crate::inventory::Event;
use crate::screen::update::apply_report;
use std::time::Duration;

#[test]
fn stop_asks_and_enter_declines() {
    let mut app = on("gpus");
    press(&mut app, "S");
    let confirm = confirm_dialog(&app);
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
        assert_eq!(
            commands
                .iter()
                .any(|command| matches!(command, Command::Run(_))),
            runs,
            "{keys}"
        );
        assert_eq!(top(&app), "", "{keys}");
        if runs {
            assert_eq!(targets(ran(&commands)), [under]);
        } else {
            assert_eq!(notice(&app), Some(&Notice::Dismissed), "{keys}");
        }
    }
}

#[test]
fn expired_plan_is_not_confirmed() {
    let mut app = on("gpus");
    press(&mut app, "S");
    tick(&mut app, PLAN_LIFE as i64 + 1);
    assert_eq!(press(&mut app, "y"), []);
    let error = ConfirmError::Expired;
    assert_eq!(notice(&app), Some(&Notice::NotConfirmed { error }));
    assert_eq!(top(&app), "");
}

#[test]
fn wall_clock_set_back_or_forward_lengthens_no_question() {
    let life = PLAN_LIFE as i64;
    for jump in [-3_600, -10 * 365 * 86_400, 0, 3_600] {
        let mut app = on("gpus");
        press(&mut app, "S");
        let after = |seconds: i64| Message::Tick {
            now: fixture::later(jump + seconds),
            uptime: Duration::from_secs(seconds.unsigned_abs()),
        };
        super::super::update(&mut app, after(life - 1));
        super::super::update(&mut app, after(life + 1));
        assert_eq!(press(&mut app, "y"), [], "{jump}");
        let error = ConfirmError::Expired;
        assert_eq!(
            notice(&app),
            Some(&Notice::NotConfirmed { error }),
            "{jump}"
        );
    }
}

#[test]
fn open_confirm_dialog_ignores_new_reports() {
    let mut app = on("gpus");
    let under = id(&app);
    press(&mut app, "S");
    let rows: Vec<_> = fixture::estate()
        .into_iter()
        .filter(|record| *record.head.key.id != *under)
        .collect();
    for report in fixture::reports(&rows, fixture::later(5)) {
        apply_report(&mut app, report);
    }
    assert_ne!(id(&app), under);
    let commands = press(&mut app, "y");
    assert_eq!(
        targets(ran(&commands)),
        [under],
        "what was asked is what is done; the executor looks again"
    );
}

#[test]
fn yes_before_the_dialog_is_drawn_does_not_count() {
    let mut app = on("gpus");
    // A terminal without bracketed paste turns a pasted `Sy` into two keys without a frame between
    // them. The preflight results are known already, and the dialog stays open.
    for _ in 0..3 {
        assert!(type_in(&mut app, "Sy").is_empty());
        assert_eq!(
            (top(&app), notice(&app)),
            ("confirm", Some(&Notice::DialogNotDrawn))
        );
    }
    fixture::draw(&mut app);
    assert!(matches!(
        type_in(&mut app, "y").as_slice(),
        [Command::Run(_)]
    ));
}

#[test]
fn yes_confirms_only_the_drawn_dialog() {
    let asked = |size| {
        let mut app = on("gpus");
        super::super::update(&mut app, Message::Resize(size, 24));
        let commands = super::super::update(
            &mut app,
            Message::Key(crossterm::event::KeyEvent::from(
                crossterm::event::KeyCode::Char('S'),
            )),
        );
        let [Command::Preflight(plan)] = commands.as_slice() else {
            panic!("{commands:?}")
        };
        (app, plan.clone())
    };
    // The preflight checks time out, but the screen still shows that they run.
    let (mut app, _) = asked(80);
    fixture::draw(&mut app);
    tick(&mut app, 6);
    assert_eq!(press(&mut app, "y"), []);
    assert_eq!(
        (top(&app), notice(&app)),
        ("confirm", Some(&Notice::PreflightChanged))
    );
    assert!(matches!(press(&mut app, "y").as_slice(), [Command::Run(_)]));
    // A terminal that is too small shows no question.
    let (mut app, plan) = asked(30);
    let facts = plan
        .targets
        .iter()
        .map(|target| (target.key.clone(), Preflight::default()))
        .collect();
    super::super::update(
        &mut app,
        Message::Engine(Event::Preflight {
            plan: plan.id.clone(),
            targets: facts,
        }),
    );
    for _ in 0..3 {
        fixture::draw(&mut app);
        assert_eq!((press(&mut app, "y"), top(&app)), (vec![], "confirm"));
    }
    super::super::update(&mut app, Message::Resize(80, 24));
    fixture::draw(&mut app);
    assert!(matches!(press(&mut app, "y").as_slice(), [Command::Run(_)]));
}

#[test]
fn yes_before_preflight_warnings_are_drawn_does_not_count() {
    for answer in ["y", "tab enter"] {
        let mut app = on("gpus");
        // The frame shows the question while the preflight checks run.
        let commands = super::super::update(
            &mut app,
            Message::Key(crossterm::event::KeyEvent::from(
                crossterm::event::KeyCode::Char('S'),
            )),
        );
        let [Command::Preflight(plan)] = commands.as_slice() else {
            panic!("{commands:?}")
        };
        fixture::draw(&mut app);
        let survey = Preflight {
            warnings: vec![Warning::InstanceStore { gigabytes: 8_000 }],
            unread: Vec::new(),
        };
        let facts = plan
            .targets
            .iter()
            .map(|target| (target.key.clone(), survey.clone()))
            .collect();
        let keys: Vec<_> = answer.split(' ').collect();
        let (last, first) = keys.split_last().unwrap();
        for key in first {
            assert_eq!(press(&mut app, key), []);
        }
        super::super::update(
            &mut app,
            Message::Engine(Event::Preflight {
                plan: plan.id.clone(),
                targets: facts,
            }),
        );
        // No frame is drawn between the preflight results and the key.
        assert_eq!(press(&mut app, last), []);
        assert!(
            matches!(
                notice(&app),
                Some(Notice::PreflightChanged | Notice::DialogNotDrawn)
            ),
            "{:?}",
            notice(&app)
        );
        let confirm = confirm_dialog(&app);
        assert_eq!((&confirm.plan, confirm.is_reading()), (&**plan, false));
        // The dialog with the results is drawn now.
        assert!(matches!(
            press(&mut app, last).as_slice(),
            [Command::Run(_)]
        ));
    }
}
