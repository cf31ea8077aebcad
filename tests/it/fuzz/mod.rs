//! Inputs that are almost valid: files of the user and of other users, and answers from the wire.
//! Whatever they say, the program neither panics nor hangs; it has a value or one clear error.
//!
//! Bounded and the same in every run. `SPENDTOP_FUZZ=50 cargo test --test it fuzz::` makes fifty
//! times as many cases, with further seeds.

mod files;
mod mutation;
mod state_files;
mod wire;

use mutation::Mutator;
use std::{
    fmt::Display,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

/// Longest one input may take in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(10);
/// The longest first line of a clear error.
const MAX_ERROR: usize = 1_000;

/// The factor of the number of cases, from the environment.
fn factor() -> usize {
    std::env::var("SPENDTOP_FUZZ")
        .ok()
        .and_then(|factor| factor.parse().ok())
        .unwrap_or(1)
}

/// Seeds of `count` cases, the same in every run.
fn seeds(count: usize) -> std::ops::Range<u64> {
    0..(count * factor()) as u64
}

/// Reads `count` changed texts of each of `valid`: none panics or takes long, and an error begins
/// with the mistake. An excerpt, or further mistakes of the file, may follow.
fn read_changed<E: Display>(
    count: usize,
    valid: &[(&str, &str)],
    read: impl Fn(&str) -> Result<(), E>,
) {
    for (name, text) in valid {
        assert!(read(text).is_ok(), "{name} is valid");
        for seed in seeds(count) {
            let changed = Mutator::new(seed).text(text);
            let begin = Instant::now();
            let result = catch_unwind(AssertUnwindSafe(|| read(&changed)));
            let took = begin.elapsed();
            let Ok(result) = result else {
                panic!("{name}, seed {seed} panics:\n{changed}");
            };
            assert!(took < LIMIT, "{name}, seed {seed}: {took:?}");
            if let Err(error) = result {
                let error = error.to_string();
                let first = error.lines().next().unwrap_or_default();
                assert!(
                    !first.trim().is_empty() && first.chars().count() <= MAX_ERROR,
                    "{name}, seed {seed}: {error}"
                );
            }
        }
    }
}
