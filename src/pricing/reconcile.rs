//! The own estimate of a day that is over, to be held against the bill.
//!
//! ```text
//! estimate of a service = sum over its rows of effective rate x hours of [since, seen] within the day
//! ```
//!
//! Must not know the bill or any pane.

use crate::domain::{Burn, Head, Stamp, Usd, time::seconds_between};

/// What the estimate leaves out, for whoever reads its error.
pub const LEAVES_OUT: &str =
    "leaves out what ended or was resized before now, spot, storage and data transfer, and rows that do not say since when they run";

/// Effective dollars of `head` within `[begins, ends)`, if it has run at today's rate since it started. `None`: not in the estimate.
pub fn estimate(head: &Head, begins: Stamp, ends: Stamp) -> Option<Usd> {
    if !matches!(head.burn, Burn::Priced { .. }) {
        return None;
    }
    let from = head.since?.max(begins);
    let to = head.seen.min(ends);
    Some(head.effective()?.over(seconds_between(from, to).max(0.0)))
}
