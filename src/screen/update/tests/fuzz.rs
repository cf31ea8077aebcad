//! Random keys, pastes, resizes and messages: every plan that runs was confirmed on a drawn dialog
//! for exactly that plan at its confirm level; nothing panics, and every state draws at any size.

use super::*;
use crate::inventory::Event;
use crate::{
    domain::{
        ActionStatus, ConfirmLevel, ConfirmationAnswer, Fault, FaultKind, Operation, Plan, PlanId,
        Preflight, Record, StatusUpdate, Warning, action::plan::PLAN_LIFE, audit::AuditEntry,
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

impl DrawnDialog {
    /// Whether the typed answer meets the confirm level.
    fn is_answered(&self) -> bool {
        let level = &self.plan.confirm_level;
        match &self.typed {
            Some(typed) => level.is_met_by(ConfirmationAnswer::Typed(typed)),
            None => *level == ConfirmLevel::Yes,
        }
    }
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
    // All bound keys too, because a user can press each of them.
    let binds = app.keymap.binds();
    match rng.next_below(10) {
        0..=4 => KeyEvent::from(KeyCode::Char(
            *rng.one_of(&LETTERS.chars().collect::<Vec<_>>()),
        )),
        5..=6 => KeyEvent::from(*rng.one_of(&OTHERS)),
        7..=8 => {
            let chord = rng.one_of(binds).keys[0];
            KeyEvent::new(chord.code, chord.mods)
        }
        _ => KeyEvent::new(
            KeyCode::Char(*rng.one_of(&['c', 'd', 'k', 'u', 'x', 'y', 'z', 'n'])),
            KeyModifiers::CONTROL,
        ),
    }
}

/// A run: its pseudorandom numbers, its time and its rows.
struct Run {
    rng: Rng,
    seconds: i64,
    estate: Vec<Record>,
}

impl Run {
    /// Messages that arrive without a request.
    fn external_message(&mut self, app: &App) -> Message {
        match self.rng.next_below(6) {
            0 | 1 => self.tick(),
            2 => self.report(app),
            3 => self.status(app),
            4 => {
                let head = &self.rng.one_of(&self.estate).head;
                Message::Engine(Event::Recovered(StatusUpdate {
                    plan: PlanId("20261122T030000Z-1".into()),
                    key: head.key.clone(),
                    name: head.name.clone(),
                    operation: Operation::Stop,
                    at: app.now,
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

    /// The time, now and then so late that every plan is too old.
    fn tick(&mut self) -> Message {
        self.seconds += if self.rng.next_below(12) == 0 {
            PLAN_LIFE as i64 + 1
        } else {
            i64::try_from(self.rng.next_below(4)).unwrap()
        };
        fixture::tick(self.seconds)
    }

    /// A report of four fifths of the rows of a pane.
    fn report(&mut self, app: &App) -> Message {
        let panes = app.inventory.panes();
        let pane = panes[self.rng.next_below(panes.len())].id;
        let rng = &mut self.rng;
        let kept: Vec<Record> = self
            .estate
            .iter()
            .filter(|_| rng.next_below(5) > 0)
            .cloned()
            .collect();
        let places = fixture::places();
        let at = fixture::later(self.seconds);
        super::super::report_message(app, fixture::report(pane, rng.one_of(&places), &kept, at))
    }

    /// A status of a running action.
    fn status(&mut self, app: &App) -> Message {
        let Some((plan, running)) = app.running_plans.iter().next() else {
            return Message::Notice(Notice::Refreshing);
        };
        let keys: Vec<&ResourceKey> = running.open.iter().collect();
        let denied = Fault::new(FaultKind::Denied, "ec2:StopInstances", "no");
        let statuses = [
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
        Message::Engine(Event::Acted(StatusUpdate {
            plan: plan.clone(),
            key: (*self.rng.one_of(&keys)).clone(),
            name: "x".into(),
            operation: running.operation,
            at: app.now,
            status: self.rng.one_of(&statuses).clone(),
        }))
    }

    fn message(&mut self, app: &App) -> Message {
        // Random keys rarely confirm, so the run answers open questions more often.
        if let Some(drawn) = drawn_dialog(app)
            && self.rng.next_below(2) == 0
        {
            return self.answer(&drawn);
        }
        // Random keys rarely leave a sheet or reach an operation either.
        if self.rng.next_below(6) == 0 {
            let code = if app.layers.is_empty() {
                KeyCode::Char(*self.rng.one_of(&['S', 'S', 'C', 'T', 'D', 'A', 'X', 'W']))
            } else {
                KeyCode::Esc
            };
            return Message::Key(KeyEvent::from(code));
        }
        let demanded = drawn_dialog(app).and_then(|drawn| demanded(&drawn));
        match (self.rng.next_below(40), demanded) {
            (0, _) => Message::Paste((*self.rng.one_of(PASTES)).to_owned()),
            (1, Some(text)) => Message::Paste(text),
            (1 | 2, _) => Message::Resize(
                1 + self.rng.next_below(200) as u16,
                1 + self.rng.next_below(60) as u16,
            ),
            (3..=6, _) => self.external_message(app),
            _ => Message::Key(key(&mut self.rng, app)),
        }
    }

    /// An answer to the question on the screen, in every way.
    fn answer(&mut self, drawn: &DrawnDialog) -> Message {
        let key = |code| Message::Key(KeyEvent::from(code));
        match (&drawn.typed, self.rng.next_below(3)) {
            (Some(_), _) if drawn.is_answered() => key(KeyCode::Enter),
            (Some(_), 1 | 2) => Message::Paste(demanded(drawn).unwrap_or_default()),
            (None, 0) => key(KeyCode::Tab),
            (None, 1) => key(KeyCode::Char('y')),
            _ => key(KeyCode::Enter),
        }
    }

    /// The facts of a plan, three times of four.
    fn preflight(&mut self, plan: &Plan) -> Option<Message> {
        let preflight = Preflight {
            warnings: vec![Warning::InstanceStore { gigabytes: 8_000 }],
            unread: Vec::new(),
        };
        let targets = plan.targets.iter();
        (self.rng.next_below(4) > 0).then(|| {
            Message::Engine(Event::Preflight {
                plan: plan.id.clone(),
                targets: targets
                    .map(|target| (target.key.clone(), preflight.clone()))
                    .collect(),
            })
        })
    }
}

const PASTES: &[&str] = &[
    "y",
    "Sy",
    "\r",
    "yes\n",
    "stop 13 resources",
    "\u{1b}[A",
    "42",
    "k=v",
];

/// The text that the question requires.
fn demanded(drawn: &DrawnDialog) -> Option<String> {
    match &drawn.plan.confirm_level {
        ConfirmLevel::Yes => None,
        ConfirmLevel::Type(text) | ConfirmLevel::Account { id: text, .. } => Some(text.to_string()),
    }
}

/// Asserts that the running `plan` is that of the question before the key, as it was drawn, and
/// that the answer meets its confirm level.
fn assert_confirmed(
    plan: &Plan,
    seen: Option<&DrawnDialog>,
    before: Option<&DrawnDialog>,
    app: &App,
    case: &str,
) {
    let (Some(seen), Some(before)) = (seen, before) else {
        panic!("nobody was asked: {case}")
    };
    assert_eq!(
        *plan, before.plan,
        "another plan than that of the question on top: {case}"
    );
    assert_eq!(*plan, seen.plan, "another plan than was drawn: {case}");
    assert!(!before.reading, "while its facts were being read: {case}");
    assert!(!app.read_only && app.may_write, "{case}");
    assert!(before.is_answered(), "without what is demanded: {case}");
}

/// Runs one seed and returns the number of confirmed plans.
fn run_seed(keymap: &str, seed: u64) -> usize {
    let mut run = Run {
        rng: Rng(0x9e37_79b9_7f4a_7c15 ^ (seed + 1).wrapping_mul(0x0100_0000_01b3)),
        seconds: 0,
        estate: fixture::estate(),
    };
    let mut app = fixture::app((100, 30));
    app.keymap = Keymap::shipped(keymap).unwrap();
    if seed % 2 == 1 {
        app.guards = Guards::new(Vec::new(), true, &fixture::panes());
    }
    let mut sent = 0;
    let mut seen: Option<DrawnDialog> = None;
    for step in 0..STEPS {
        // Sometimes several messages arrive before the next frame, as from a terminal without
        // bracketed paste.
        let burst = if run.rng.next_below(12) == 0 {
            1 + run.rng.next_below(4)
        } else {
            1
        };
        for _ in 0..burst {
            let message = run.message(&app);
            let case = format!("{keymap}, seed {seed}, step {step}: {message:?}");
            let is_key = matches!(message, Message::Key(_));
            // Only an answer to the question that is open before the message may confirm.
            let before = drawn_dialog(&app);
            for command in super::super::update(&mut app, message) {
                match command {
                    Command::Run(confirmed) => {
                        sent += 1;
                        assert!(is_key, "only a key answers: {case}");
                        let plan = confirmed.plan();
                        assert_confirmed(plan, seen.as_ref(), before.as_ref(), &app, &case);
                    }
                    Command::Preflight(plan) => {
                        if let Some(facts) = run.preflight(&plan) {
                            let more = super::super::update(&mut app, facts);
                            assert!(more.is_empty(), "facts do nothing by themselves: {case}");
                        }
                    }
                    _ => {}
                }
            }
            assert!(app.layers.len() < 600, "{case}");
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
