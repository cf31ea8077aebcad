//! The own estimate of a day that is over, to be held against the bill.
//!
//! ```text
//! estimate of a service = sum over its rows of effective rate x hours of [since, seen] within the day
//!                         + tokens on demand: the dollars of the day's hours x (1 - discount)
//! ```

use crate::domain::{
    CommonFields, Evidence, HourlyCost, Timestamp, Usd, time::timestamp::seconds_between,
};

/// What the estimate omits, for readers of its error.
pub const LEAVES_OUT: &str = "leaves out what ended or was resized before now, spot, storage and data transfer, and rows that do not say since when they run";

/// Effective dollars of `head` within `[begins, ends)`: of tokens on demand what their hours came
/// to, of all else what it comes to if it has run at today's rate since it started. `None`: not in
/// the estimate.
pub fn estimate(head: &CommonFields, begins: Timestamp, ends: Timestamp) -> Option<Usd> {
    if let Evidence::Tokens(tokens) = &head.evidence {
        let dollars = tokens.dollars.known()?;
        let within = |place: &usize| (begins..ends).contains(&dollars.at(*place));
        let list: f64 = (0..dollars.points.len())
            .filter(within)
            .filter_map(|place| dollars.points.get(place).copied().flatten())
            .sum();
        return Some(Usd(list
            * head
                .discount
                .as_ref()
                .map_or(1.0, |discount| 1.0 - discount.share)));
    }
    if !matches!(head.burn, HourlyCost::Priced { .. }) {
        return None;
    }
    let from = head.since?.max(begins);
    let to = head.read_at.min(ends);
    Some(head.effective()?.over(seconds_between(from, to).max(0.0)))
}
