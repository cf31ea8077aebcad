//! The own estimate of a closed day, and whether the bill of that day agrees with it.
//!
//! ```text
//! estimate of a service = sum over its rows of
//!       effective rate x hours of [since, read] within the day
//!     + tokens on demand: the dollars of the day's hours x (1 - discount)
//! ```

use crate::domain::{
    CommonFields, Evidence, HourlyCost, Timestamp, Usd, time::timestamp::seconds_between,
};
use std::ops::RangeInclusive;

/// What the estimate omits, for readers of its error.
pub const LEAVES_OUT: &str = "leaves out what ended or was resized before now, spot, storage and \
    data transfer, and rows that do not say since when they run";
/// Bill divided by estimate at list: within this range both are assumed to cover the same usage.
pub const AGREES: RangeInclusive<f64> = 0.3..=1.5;
/// Days with a smaller cost are not compared.
const MIN_COMPARED: Usd = Usd(1.0);

/// Estimated effective US dollars of `head` within `[start, end)`: the cost of the hours for tokens
/// on demand, for others the present rate since their start. `None`: not part of the estimate.
pub fn estimate(head: &CommonFields, start: Timestamp, end: Timestamp) -> Option<Usd> {
    let share = head
        .discount
        .as_ref()
        .map_or(0.0, |discount| discount.share);
    Some(estimate_at_list(head, start, end)? * (1.0 - share))
}

/// As [`estimate`], at list price.
pub fn estimate_at_list(head: &CommonFields, start: Timestamp, end: Timestamp) -> Option<Usd> {
    if let Evidence::Tokens(tokens) = &head.evidence {
        let dollars = tokens.dollars.known()?;
        let within = |place: &usize| (start..end).contains(&dollars.at(*place));
        let list: f64 = (0..dollars.points.len())
            .filter(within)
            .filter_map(|place| dollars.points.get(place).copied().flatten())
            .sum();
        return Some(Usd(list));
    }
    if !matches!(head.burn, HourlyCost::Priced { .. }) {
        return None;
    }
    let from = head.since?.max(start);
    let to = head.read_at.min(end);
    Some(head.burn.rate()?.over(seconds_between(from, to).max(0.0)))
}

/// Whether bill and estimate at list are close enough to be compared, or too small to judge.
pub fn agrees(billed: Usd, estimate: Usd) -> bool {
    billed < MIN_COMPARED || estimate < MIN_COMPARED || AGREES.contains(&(billed.0 / estimate.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bill_far_from_the_rows_is_of_something_else() {
        for (billed, estimate, agreed) in [
            (100.0, 100.0, true),
            (31.0, 100.0, true),
            (29.0, 100.0, false),
            (149.0, 100.0, true),
            (16_900.0, 1_000.0, false),
            (0.0, 1_000.0, true),
            (1_000.0, 0.5, true),
        ] {
            assert_eq!(
                agrees(Usd(billed), Usd(estimate)),
                agreed,
                "{billed} of {estimate}"
            );
        }
    }
}
