//! The own estimate of a closed day, and whether the bill of that day agrees with it.
//!
//! ```text
//! estimate of a service = sum over its rows of
//!       (history + rate x hours of [since, read]) within the day x (1 - discount)
//! ```

use crate::domain::{CommonFields, Timestamp, Usd};
use std::ops::RangeInclusive;

/// The usage that the estimate omits, for readers of its error.
pub const LEAVES_OUT: &str = "leaves out what ended or was resized before spendtop saw it and no \
    list has, storage and data transfer, and rows that do not say since when they run";
/// Bill divided by estimate at list: within this range both are assumed to cover the same usage.
pub const AGREES: RangeInclusive<f64> = 0.3..=1.5;
/// Days with a smaller cost are not compared.
const MIN_COMPARED: Usd = Usd(1.0);

/// Estimated effective US dollars of `head` within `[start, end)`. `None`: not part of the
/// estimate.
pub fn estimate(head: &CommonFields, start: Timestamp, end: Timestamp) -> Option<Usd> {
    Some(estimate_at_list(head, start, end)? * head.paid_share())
}

/// As [`estimate`], at list price.
pub fn estimate_at_list(head: &CommonFields, start: Timestamp, end: Timestamp) -> Option<Usd> {
    let until = head.read_at.min(end).max(start);
    head.spent_at_list(start, until).known().copied()
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
