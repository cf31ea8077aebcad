//! Random keys, pastes, resizes and messages: every plan that runs was confirmed on a drawn dialog
//! for exactly that plan at its confirm level; nothing panics, and every state draws at any size.

use super::*;
use crate::inventory::Event;
use crate::{
    domain::{
        ActionStatus, ConfirmLevel, Fault, FaultKind, Plan, PlanId, Preflight, Record,
        StatusUpdate, Warning, action::plan::PLAN_LIFE, audit::AuditEntry,
    },
    inventory::guards::Guards,
    screen::{input::keymap::Keymap, state::journal::JournalContents},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Steps per run; each shipped keymap and seed is a run.
const STEPS: usize = 250;
const SEEDS: u64 = 20;

/// A pseudorandom generator, so that a seed reproduces a failure.
struct Rng(u64);

impl Rng {
    fn next_below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides.max(1)
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.next_below(list.len())]
    }
}

/// A confirm dialog as it was last drawn.
#[derive(Clone)]
struct DrawnDialog {
    plan: Plan,
    typed: Option<String>,
    reading: bool,
}

fn drawn_dialog(app: &App) -> Option<DrawnDialog> {
    let Some(Layer::Dialog(Dialog::Confirm(confirm))) = app.layers.last() else {
        return None;
    };
    let typed = confirm
        .typed
        .as_ref()
        .map(|typed| typed.field.text().to_owned());
    Some(DrawnDialog {
        plan: confirm.plan.clone(),
        typed,
        reading: confirm.is_reading(),
    })
}

fn key(rng: &mut Rng, app: &App) -> KeyEvent {
    const LETTERS: &str = "SCTDAWXMVFHLZsuaderJoOwfRPyYnNxU*/:?!$q gGjkhl1234567890ty=-.";
    const OTHERS: [KeyCode; 14] = [
        KeyCode::Enter,
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Backspace,
        KeyCode::Delete,
    ];
    // Every key that is bound, too: what a person can press, they will.
    let binds = app.keymap.binds();
    match rng.next_below(10) {
        0..=4 => KeyEvent::from(KeyCode::Char(
            *rng.one_of(&LETTERS.chars().collect::<Vec<_>>()),
        )),
        5..=6 => KeyEvent::from(*rng.one_of(&OTHERS)),
        7..=8 => {
            let chord = *rng.one_of(&dice_binds(binds));
            KeyEvent::new(chord.code, chord.mods)
        }
        _ => KeyEvent::new(
            KeyCode::Char(*rng.one_of(&['c', 'd', 'k', 'u', 'x', 'y', 'z', 'n'])),
            KeyModifiers::CONTROL,
        ),
    }
}

fn dice_binds(
    binds: &[crate::screen::input::keymap::Binding],
) -> Vec<crate::screen::input::keymap::Chord> {
    binds.iter().map(|bind| bind.keys[0]).collect()
}

/// Messages that arrive without a request.
fn external_message(rng: &mut Rng, app: &App, seconds: &mut i64, estate: &[Record]) -> Message {
    match rng.next_below(6) {
        0 | 1 => {
            // Now and then so long that every plan is too old.
            *seconds += if rng.next_below(12) == 0 {
                PLAN_LIFE as i64 + 1
            } else {
                i64::try_from(rng.next_below(4)).unwrap()
            };
            fixture::tick(*seconds)
        }
        2 => {
            let panes = app.inventory.panes();
            let pane = panes[rng.next_below(panes.len())].id;
            let kept: Vec<Record> = estate
                .iter()
                .filter(|_| rng.next_below(5) > 0)
                .cloned()
                .collect();
            super::super::report_message(
                app,
                fixture::report(
                    pane,
                    rng.one_of(&fixture::places()),
                    &kept,
                    fixture::later(*seconds),
                ),
            )
        }
        3 => match app.running_plans.iter().next() {
            Some((plan, running)) => {
                let keys: Vec<&ResourceKey> = running.open.iter().collect();
                let denied = Fault::new(FaultKind::Denied, "ec2:StopInstances", "no");
                let steps = [
                    ActionStatus::Recorded,
                    ActionStatus::Calling,
                    ActionStatus::Accepted,
                    ActionStatus::Succeeded,
                    ActionStatus::Cancelled,
                    ActionStatus::Refused(denied.clone()),
                    ActionStatus::Unknown(denied.clone()),
                    ActionStatus::Partial(denied),
                    ActionStatus::Drifted("it changed".into()),
                    ActionStatus::TimedOut("not yet".into()),
                ];
                let key = (*rng.one_of(&keys)).clone();
                let step = rng.one_of(&steps).clone();
                Message::Engine(Event::Acted(StatusUpdate {
                    plan: plan.clone(),
                    key,
                    name: "x".into(),
                    operation: running.operation,
                    at: app.now,
                    status: step,
                }))
            }
            None => Message::Notice(Notice::Refreshing),
        },
        4 => {
            let record = rng.one_of(estate);
            let (key, name) = (record.head.key.clone(), record.head.name.clone());
            let (plan, at) = (PlanId("20261122T030000Z-1".into()), app.now);
            Message::Engine(Event::Recovered(StatusUpdate {
                plan,
                key,
                name,
                operation: crate::domain::Operation::Stop,
                at,
                status: ActionStatus::Succeeded,
            }))
        }
        _ => Message::Journal(Box::new(JournalContents {
            entries: Vec::<AuditEntry>::new(),
            total: 0,
            violations: vec!["a: b".to_owned()],
            interrupted_writes: 0,
        })),
    }
}

fn message(rng: &mut Rng, app: &App, seconds: &mut i64, estate: &[Record]) -> Message {
    let demanded = match drawn_dialog(app).map(|drawn| drawn.plan.confirm_level) {
        Some(ConfirmLevel::Type(text) | ConfirmLevel::Account { id: text, .. }) => Some(text),
        _ => None,
    };
    // Random keys hardly ever say yes: a question is answered more often than that, in every way.
    if let Some(drawn) = drawn_dialog(app)
        && rng.next_below(2) == 0
    {
        return match (&drawn.typed, rng.next_below(3)) {
            (Some(typed), _)
                if drawn
                    .plan
                    .confirm_level
                    .is_met_by(crate::domain::Confirmation::Typed(typed)) =>
            {
                Message::Key(KeyEvent::from(KeyCode::Enter))
            }
            (Some(_), 1 | 2) => Message::Paste(
                drawn
                    .plan
                    .confirm_level
                    .text_to_type()
                    .map_or_else(String::new, |text| text.to_string()),
            ),
            (None, 0) => Message::Key(KeyEvent::from(KeyCode::Tab)),
            (None, 1) => Message::Key(KeyEvent::from(KeyCode::Char('y'))),
            _ => Message::Key(KeyEvent::from(KeyCode::Enter)),
        };
    }
    // And they hardly ever find their way out of a sheet, or to an operation.
    if rng.next_below(6) == 0 {
        let code = if app.layers.is_empty() {
            KeyCode::Char(*rng.one_of(&['S', 'S', 'C', 'T', 'D', 'A', 'X', 'W']))
        } else {
            KeyCode::Esc
        };
        return Message::Key(KeyEvent::from(code));
    }
    match rng.next_below(40) {
        0 => Message::Paste(
            (*rng.one_of(&[
                "y",
                "Sy",
                "\r",
                "yes\n",
                "stop 13 resources",
                "\u{1b}[A",
                "42",
                "k=v",
            ]))
            .to_owned(),
        ),
        1 if demanded.is_some() => {
            Message::Paste(demanded.map_or_else(String::new, |text| text.to_string()))
        }
        1 | 2 => Message::Resize(
            1 + rng.next_below(200) as u16,
            1 + rng.next_below(60) as u16,
        ),
        3..=6 => external_message(rng, app, seconds, estate),
        _ => Message::Key(key(rng, app)),
    }
}

/// Runs one seed and returns the number of confirmed plans.
fn run_seed(keymap: &str, seed: u64) -> usize {
    let rng = &mut Rng(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0x0100_0000_01b3));
    let estate = fixture::estate();
    let mut app = fixture::app((100, 30));
    app.keymap = Keymap::shipped(keymap).unwrap();
    if seed % 2 == 1 {
        app.guards = Guards::new(Vec::new(), true, &fixture::panes());
    }
    let (mut seconds, mut sent) = (0, 0);
    let mut seen: Option<DrawnDialog> = None;
    for step in 0..STEPS {
        // Now and then several things come before the next frame, as from a terminal without
        // bracketed paste.
        let burst = if rng.next_below(12) == 0 {
            1 + rng.next_below(4)
        } else {
            1
        };
        for _ in 0..burst {
            let msg = message(rng, &app, &mut seconds, &estate);
            let told = format!("{keymap}, seed {seed}, step {step}: {msg:?}");
            let is_key = matches!(msg, Message::Key(_));
            // What is typed since the last frame belongs to the question that was drawn then.
            let before = drawn_dialog(&app);
            for command in super::super::update(&mut app, msg) {
                match command {
                    Command::Run(confirmed) => {
                        sent += 1;
                        assert!(is_key, "only a key answers: {told}");
                        let (Some(seen), Some(before)) = (seen.as_ref(), before.as_ref()) else {
                            panic!("nobody was asked: {told}")
                        };
                        assert_eq!(
                            *confirmed.plan(),
                            before.plan,
                            "another plan than that of the question on top: {told}"
                        );
                        assert_eq!(
                            *confirmed.plan(),
                            seen.plan,
                            "another plan than was drawn: {told}"
                        );
                        assert!(!before.reading, "while its facts were being read: {told}");
                        assert!(!app.read_only && app.may_write, "{told}");
                        let met = match &before.typed {
                            Some(typed) => before
                                .plan
                                .confirm_level
                                .is_met_by(crate::domain::Confirmation::Typed(typed)),
                            None => before.plan.confirm_level == ConfirmLevel::Yes,
                        };
                        assert!(met, "without what is demanded: {told}");
                    }
                    Command::Preflight(plan) if rng.next_below(4) > 0 => {
                        let survey = Preflight {
                            warnings: vec![Warning::InstanceStore { gigabytes: 8_000 }],
                            unread: Vec::new(),
                        };
                        let facts = plan
                            .targets
                            .iter()
                            .map(|target| (target.key.clone(), survey.clone()))
                            .collect();
                        let more = super::super::update(
                            &mut app,
                            Message::Engine(Event::Preflight {
                                plan: plan.id.clone(),
                                targets: facts,
                            }),
                        );
                        assert!(more.is_empty(), "facts do nothing by themselves: {told}");
                    }
                    _ => {}
                }
            }
            assert!(app.layers.len() < 600, "{told}");
        }
        fixture::draw(&mut app);
        seen = drawn_dialog(&app);
    }
    sent
}

#[test]
fn random_keys_run_only_confirmed_plans() {
    let mut sent = 0;
    for (keymap, _) in crate::screen::input::keymap::SHIPPED {
        for seed in 0..SEEDS {
            sent += run_seed(keymap, seed);
        }
    }
    assert!(
        sent > 30,
        "the mashing must get through to a yes now and then, else it proves nothing: {sent}"
    );
}
