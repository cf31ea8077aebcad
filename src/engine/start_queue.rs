//! The order in which sources begin: a few at first, more as answers come.
//!
//! Hundreds of places that begin together would make the dearest wait among the rest, and take the
//! request limits of all. A source that does not answer holds its place only for a moment.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Semaphore, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Sources that begin at once.
pub(super) const FIRST: usize = 8;
/// The most sources that may be in their first poll. Each first poll that ends lets two begin until
/// then.
const MAX_AT_ONCE: usize = 64;
/// Longest time that a first poll without an end holds a place.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The turn of one source.
#[derive(Debug)]
pub(super) struct Turn(oneshot::Receiver<FirstPoll>);

/// Held during the first poll of a source.
#[derive(Debug)]
pub(super) struct FirstPoll(
    #[expect(dead_code, reason = "dropping it tells the queue")] oneshot::Sender<()>,
);

impl Turn {
    /// Waits for the turn; `None` at shutdown.
    pub(super) async fn wait(self) -> Option<FirstPoll> {
        self.0.await.ok()
    }
}

/// The turns of `count` sources, in order, and the task that gives them.
pub(super) fn turns(
    count: usize,
    cancel: CancellationToken,
) -> (Vec<Turn>, impl Future<Output = ()> + Send) {
    let (givers, turns): (Vec<_>, Vec<_>) = (0..count)
        .map(|_| {
            let (giver, turn) = oneshot::channel();
            (giver, Turn(turn))
        })
        .unzip();
    (turns, async move {
        cancel.run_until_cancelled(give(givers)).await;
    })
}

async fn give(givers: Vec<oneshot::Sender<FirstPoll>>) {
    let places = Arc::new(Semaphore::new(FIRST));
    let at_once = Arc::new(AtomicUsize::new(FIRST));
    let mut ends = JoinSet::new();
    for giver in givers {
        let Ok(place) = places.acquire().await else {
            return;
        };
        place.forget();
        let (held, end) = oneshot::channel();
        // A source that has ended needs no turn.
        drop(giver.send(FirstPoll(held)));
        let (places, at_once) = (places.clone(), at_once.clone());
        ends.spawn(async move {
            let is_over = tokio::time::timeout(PATIENCE, end).await.is_ok();
            let more = is_over && at_once.fetch_add(1, Ordering::Relaxed) < MAX_AT_ONCE;
            places.add_permits(1 + usize::from(more));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test]
    async fn a_few_sources_begin_and_more_as_first_polls_end() {
        let (turns, task) = turns(3 * FIRST, CancellationToken::new());
        tokio::spawn(task);
        let begin = Instant::now();
        let mut turns = turns.into_iter();
        let mut first = Vec::new();
        for turn in turns.by_ref().take(FIRST) {
            first.push(turn.wait().await.unwrap());
        }
        let mut next = turns.next().unwrap();
        let is_early = next.0.try_recv().is_ok();
        assert!(!is_early || begin.elapsed() >= PATIENCE);
        drop(first);
        let mut held = Vec::new();
        if !is_early {
            held.push(next.wait().await.unwrap());
        }
        for turn in turns {
            held.push(turn.wait().await.unwrap());
        }
    }

    #[tokio::test]
    async fn sources_without_an_answer_hold_the_others_for_a_moment_only() {
        let (turns, task) = turns(FIRST + 1, CancellationToken::new());
        tokio::spawn(task);
        let start = Instant::now();
        let mut silent = Vec::new();
        let mut turns = turns.into_iter();
        for turn in turns.by_ref().take(FIRST) {
            silent.push(turn.wait().await);
        }
        turns.next().unwrap().wait().await.unwrap();
        assert!(start.elapsed() >= PATIENCE);
    }

    #[tokio::test]
    async fn no_source_begins_after_shutdown() {
        let cancel = CancellationToken::new();
        let (turns, task) = turns(FIRST + 1, cancel.clone());
        let task = tokio::spawn(task);
        let mut held = Vec::new();
        let mut turns = turns.into_iter();
        for turn in turns.by_ref().take(FIRST) {
            held.push(turn.wait().await);
        }
        cancel.cancel();
        task.await.unwrap();
        assert!(turns.next().unwrap().wait().await.is_none());
    }
}
