//! Bounds the requests of one poll, so that the first rows of a large account come early and its
//! request limits are left to its deployments.

use crate::domain::{Fault, FaultKind};
use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::time::Instant;

/// Time for the requests of one poll; the next poll sends the others.
const TIME: Duration = Duration::from_secs(5);

/// The budget of one poll: it ends with the first throttled request, or after five seconds.
#[derive(Debug)]
pub(crate) struct PollBudget {
    end: Instant,
    is_throttled: AtomicBool,
    has_answered: AtomicBool,
    has_more: AtomicBool,
}

impl PollBudget {
    /// The budget of a poll that begins now.
    pub(crate) fn new() -> Self {
        Self {
            end: Instant::now() + TIME,
            is_throttled: AtomicBool::new(false),
            has_answered: AtomicBool::new(false),
            has_more: AtomicBool::new(false),
        }
    }

    /// Sends `request`. `None`: the budget is spent, and the request is left for the next poll. A
    /// throttled request is a fault only while none has succeeded.
    pub(crate) async fn run<T>(
        &self,
        request: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Result<T, Fault>> {
        let answer = self.run_optional(request).await;
        if answer.is_none() {
            self.has_more.store(true, Ordering::Relaxed);
        }
        answer
    }

    /// As [`PollBudget::run`], for a request that can wait for a later poll.
    pub(crate) async fn run_optional<T>(
        &self,
        request: impl Future<Output = Result<T, Fault>>,
    ) -> Option<Result<T, Fault>> {
        if self.is_throttled.load(Ordering::Relaxed) || Instant::now() >= self.end {
            return None;
        }
        let answer = request.await;
        match &answer {
            Ok(_) => self.has_answered.store(true, Ordering::Relaxed),
            Err(fault) if fault.kind == FaultKind::Throttled => {
                self.is_throttled.store(true, Ordering::Relaxed);
                if self.has_answered.load(Ordering::Relaxed) {
                    return None;
                }
            }
            Err(_) => {}
        }
        Some(answer)
    }

    /// Whether requests were left for the next poll.
    pub(crate) fn has_more(&self) -> bool {
        self.has_more.load(Ordering::Relaxed)
    }
}
