//! Keys at random for a while, on a console that may change everything: nothing takes effect that
//! was not confirmed.
//!
//! `SPENDTOP_MASH_SECONDS` mashes longer, `SPENDTOP_MASH_SEED` other keys.

use super::{Estate, Seat, accounted};
use spendtop::mock::Scenario;
use std::{
    collections::BTreeMap,
    io::Write,
    time::{Duration, Instant},
};

/// What is pressed; what stands here twice is pressed twice as often. All but ctrl-z, after which
/// somebody must say `fg`.
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

/// What the dialogs of a console asked about; the console itself is over.
fn asked(seat: &Seat) -> Vec<String> {
    std::mem::take(&mut seat.shown.0.lock().unwrap().questions)
}

#[test]
fn random_keys_change_only_confirmed_resources() {
    let seed = number("SPENDTOP_MASH_SEED").unwrap_or(1);
    println!("SPENDTOP_MASH_SEED={seed}");
    let mut dice = Rng(seed | 1);
    let estate = Estate::new(Scenario::find("bad-day").unwrap());
    estate.mock.clear_faults();
    let before = accounted::seen_by_another(&estate);
    let mut questions = Vec::new();
    let mut seat = estate.seat(&[]);
    seat.wait_for("worker-12");
    // One that is meant, so that there is something to find.
    seat.press("2S");
    seat.wait("a question", |screen| {
        super::question(&screen.contents()).is_some()
    });
    seat.wait("facts", |screen| {
        !screen.contents().contains("reading what could go wrong")
    });
    seat.press("y");
    estate.wait(&seat, "an effect", |estate| {
        !estate.all_effects().is_empty()
    });
    let end = Instant::now() + Duration::from_secs(number("SPENDTOP_MASH_SECONDS").unwrap_or(20));
    let mut pressed = 0;
    while Instant::now() < end {
        if let Some(status) = seat.child.try_wait().unwrap() {
            // `q` and a yes, say.
            assert!(
                status.success(),
                "{status:?}:\n{}",
                seat.shown.0.lock().unwrap().screen().contents()
            );
            questions.extend(asked(&std::mem::replace(&mut seat, estate.seat(&[]))));
            seat.wait_for("worker-12");
        }
        for _ in 0..=dice.below(4) {
            let key = KEYS[dice.below(KEYS.len())];
            // It may just have ended.
            drop(
                seat.keys
                    .write_all(key.as_bytes())
                    .and_then(|()| seat.keys.flush()),
            );
            pressed += 1;
        }
        let (view, bell) = &*seat.shown;
        drop(
            bell.wait_timeout(view.lock().unwrap(), Duration::from_millis(20))
                .unwrap(),
        );
    }
    seat.signal("TERM");
    seat.end();
    questions.extend(asked(&seat));
    check(&estate, &questions);
    accounted::nothing_else_is_changed(
        &before,
        &accounted::seen_by_another(&estate),
        &estate.journal(),
    );
    println!(
        "{pressed} keys, {} questions, {} effects",
        questions.len(),
        estate.all_effects().len()
    );
    estate.stop();
}

/// Each effect is a request of a line in the journal that was accepted, once; each plan there was
/// asked about on the screen.
fn check(estate: &Estate, questions: &[String]) {
    let journal = estate.journal();
    let text =
        |line: &serde_json::Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let mut told: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for line in &journal {
        told.entry((text(line, "plan"), text(line, "id")))
            .or_default()
            .push(text(line, "event"));
    }
    // What was cancelled before its turn has no intent, and nothing else.
    for ((plan, id), steps) in told.iter().filter(|(_, steps)| *steps != &["cancelled"]) {
        assert_eq!(
            steps.iter().filter(|step| *step == "intent").count(),
            1,
            "{plan} {id}: {steps:?}"
        );
        assert_eq!(steps[0], "intent", "{plan} {id}: {steps:?}");
    }
    accounted::every_effect_is_written_down(estate, &journal);
    // With those that were cancelled: they were asked about as well.
    let mut plans: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for line in &journal {
        plans
            .entry(text(line, "plan"))
            .or_default()
            .insert(text(line, "id"), text(line, "name"));
    }
    let whom = |names: &BTreeMap<String, String>| match names.len() {
        1 => names.values().cloned().collect(),
        many => format!("{many} resources"),
    };
    let about = count(plans.values().map(whom));
    for (whom, times) in about {
        let asked = questions
            .iter()
            .filter(|question| **question == whom)
            .count();
        assert!(
            asked >= times,
            "{whom}: {times} plans, asked {asked} times: {questions:?}"
        );
    }
}
