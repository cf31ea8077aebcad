//! Random keys on a writable console: only confirmed actions take effect.
//!
//! `SPENDTOP_RANDOM_KEYS_SECONDS` sets the duration, `SPENDTOP_RANDOM_KEYS_SEED` the keys.

use super::{Fixture, PtySession, reconciliation};
use spendtop::mock::Scenario;
use std::{
    collections::BTreeMap,
    io::Write,
    time::{Duration, Instant},
};

/// The keys; repeated ones are pressed more often. Without ctrl-z, which needs `fg`.
const KEYS: &[&str] = &[
    "S",
    "S",
    "S",
    "A",
    "W",
    "X",
    "D",
    "C",
    "H",
    "M",
    "V",
    "T",
    "F",
    "L",
    "Z",
    "u",
    "y",
    "y",
    "y",
    "n",
    "\r",
    "\r",
    "\r",
    "\u{1b}",
    "\u{1b}",
    "\t",
    "\t",
    " ",
    " ",
    "*",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "z",
    "a",
    "d",
    "e",
    "J",
    "r",
    "s",
    "o",
    "O",
    "/",
    ":",
    "?",
    "b",
    "B",
    "[",
    "]",
    "j",
    "j",
    "k",
    "g",
    "G",
    "h",
    "l",
    "0",
    "5",
    "=",
    "-",
    ",",
    ".",
    "w",
    "o",
    "r",
    "k",
    "\u{7f}",
    "\u{7f}",
    "\u{1b}[A",
    "\u{1b}[B",
    "\u{1b}[B",
    "\u{1b}[C",
    "\u{1b}[D",
    "\u{1b}[5~",
    "\u{1b}[6~",
    "\u{3}",
    "\u{12}",
    "\u{15}",
    "q",
    "i",
    "p",
    "c",
    "v",
    "x",
    "Y",
    "N",
    "R",
    "%",
    "~",
    "é",
    "🦀",
];

struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % limit
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn count<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts
}

/// Takes the recorded confirm dialogs of a console that has ended.
fn take_questions(session: &PtySession) -> Vec<String> {
    std::mem::take(&mut session.shown.0.lock().unwrap().questions)
}

/// A console that gets random keys, and is started again when they quit it.
struct Monkey<'a> {
    fixture: &'a Fixture,
    session: PtySession,
    rng: Rng,
    key_count: usize,
    questions: Vec<String>,
}

impl<'a> Monkey<'a> {
    fn new(fixture: &'a Fixture, rng: Rng) -> Self {
        let session = fixture.open_session(&[]);
        session.wait_for("worker-12");
        Self {
            fixture,
            session,
            rng,
            key_count: 0,
            questions: Vec::new(),
        }
    }

    /// One intended action, so that the checks have data.
    fn stop_one(&mut self) {
        let session = &mut self.session;
        session.press("2S");
        session.wait("a dialog", |screen| {
            super::dialog_target(&screen.contents()).is_some()
        });
        session.wait_until_gone("Running preflight checks");
        session.press("y");
        self.fixture.wait(session, "an effect", |fixture| {
            !fixture.all_effects().is_empty()
        });
    }

    /// Opens another console if the keys have quit the last one.
    fn reopen_if_ended(&mut self) {
        let Some(status) = self.session.child.try_wait().unwrap() else {
            return;
        };
        assert!(
            status.success(),
            "{status:?}:\n{}",
            self.session.shown.0.lock().unwrap().screen().contents()
        );
        let next = self.fixture.open_session(&[]);
        let ended = std::mem::replace(&mut self.session, next);
        self.questions.extend(take_questions(&ended));
        self.session.wait_for("worker-12");
    }

    /// Up to four keys, and a moment for the screen to change.
    fn press_some(&mut self) {
        let session = &mut self.session;
        for _ in 0..=self.rng.below(4) {
            let key = KEYS[self.rng.below(KEYS.len())];
            let sent = session.keys.write_all(key.as_bytes());
            // The program may just have ended.
            drop(sent.and_then(|()| session.keys.flush()));
            self.key_count += 1;
        }
        let (view, changed) = &*session.shown;
        drop(
            changed
                .wait_timeout(view.lock().unwrap(), Duration::from_millis(20))
                .unwrap(),
        );
    }

    /// Ends the console; returns the confirm dialogs of all of them.
    fn end(mut self) -> Vec<String> {
        self.session.signal("TERM");
        self.session.wait_for_exit();
        self.questions.extend(take_questions(&self.session));
        self.questions
    }
}

#[test]
fn random_keys_change_only_confirmed_resources() {
    let seed = number("SPENDTOP_RANDOM_KEYS_SEED").unwrap_or(1);
    println!("SPENDTOP_RANDOM_KEYS_SEED={seed}");
    let fixture = Fixture::new(Scenario::find("bad-day").unwrap());
    fixture.mock.clear_faults();
    let before = reconciliation::list_account(&fixture);
    let mut monkey = Monkey::new(&fixture, Rng(seed | 1));
    monkey.stop_one();
    let seconds = number("SPENDTOP_RANDOM_KEYS_SECONDS").unwrap_or(20);
    let end = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < end {
        monkey.reopen_if_ended();
        monkey.press_some();
    }
    let key_count = monkey.key_count;
    let questions = monkey.end();
    check(&fixture, &questions);
    reconciliation::assert_nothing_else_changed(
        &before,
        &reconciliation::list_account(&fixture),
        &fixture.journal(),
    );
    println!(
        "{key_count} keys, {} questions, {} effects",
        questions.len(),
        fixture.all_effects().len()
    );
    fixture.stop();
}

/// Asserts that the journal has each effect once, and that the screen asked about each plan.
fn check(fixture: &Fixture, questions: &[String]) {
    let journal = fixture.journal();
    let text =
        |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut events: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for line in &journal {
        events
            .entry((text(line, "plan"), text(line, "id")))
            .or_default()
            .push(text(line, "event"));
    }
    // A target cancelled before its turn has no intent.
    for ((plan, id), journal_events) in events
        .iter()
        .filter(|(_, journal_events)| *journal_events != &["cancelled"])
    {
        assert_eq!(
            journal_events
                .iter()
                .filter(|step| *step == "intent")
                .count(),
            1,
            "{plan} {id}: {journal_events:?}"
        );
        assert_eq!(
            journal_events[0], "intent",
            "{plan} {id}: {journal_events:?}"
        );
    }
    reconciliation::assert_every_effect_is_journalled(fixture, &journal);
    // Cancelled targets were confirmed too.
    let mut plans: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for line in &journal {
        plans
            .entry(text(line, "plan"))
            .or_default()
            .insert(text(line, "id"), text(line, "name"));
    }
    let target = |names: &BTreeMap<String, String>| match names.len() {
        1 => names.values().cloned().collect(),
        many => format!("{many} resources"),
    };
    let plan_counts = count(plans.values().map(target));
    for (target, times) in plan_counts {
        let times_asked = questions
            .iter()
            .filter(|dialog_target| **dialog_target == target)
            .count();
        assert!(
            times_asked >= times,
            "{target}: {times} plans, asked {times_asked} times: {questions:?}"
        );
    }
}
