//! Repeats throttled requests.

use crate::domain::{Fault, FaultKind};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Waits before a throttled request is sent again.
const WAITS: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// Sends throttled requests again, until the token is cancelled.
#[derive(Clone, Copy)]
pub(super) struct ThrottleRetry<'a>(pub(super) &'a CancellationToken);

impl ThrottleRetry<'_> {
    /// Sends a request, and again while AWS throttles it: AWS carries out no throttled request.
    pub(super) async fn send<F: Future<Output = Result<(), Fault>>>(
        self,
        request: impl Fn() -> F,
    ) -> Result<(), Fault> {
        for wait in WAITS {
            let answer = request().await;
            if !matches!(&answer, Err(fault) if fault.kind == FaultKind::Throttled) {
                return answer;
            }
            if self
                .0
                .run_until_cancelled(tokio::time::sleep(wait))
                .await
                .is_none()
            {
                return answer;
            }
        }
        request().await
    }
}
