//! The cost of a running resource over a window of time.

use crate::domain::{Measured, Timestamp, Usd, UsdPerHour, time::timestamp::seconds_between};
use jiff::{ToSpan, civil::Weekday, tz::TimeZone};

/// Since when. All moments are UTC, as the bill's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CostWindow {
    /// Since it was started.
    Launch,
    /// Since the last Friday 18:00.
    Friday,
    /// Since midnight.
    Today,
    /// Since the first of the month.
    Month,
}

impl CostWindow {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Launch, Self::Friday, Self::Today, Self::Month];

    /// The moment it begins as of `now`; `None` where the resource's own start is meant.
    pub fn start(self, now: Timestamp) -> Option<Timestamp> {
        let here = now.to_zoned(TimeZone::UTC);
        let midnight = here.start_of_day().ok()?;
        let begins = match self {
            Self::Launch => return None,
            Self::Today => midnight,
            Self::Month => midnight.first_of_month().ok()?,
            Self::Friday => {
                let back = i64::from(midnight.weekday().since(Weekday::Friday));
                let friday = midnight
                    .checked_sub(back.days())
                    .ok()?
                    .checked_add(18.hours())
                    .ok()?;
                if friday.timestamp() > now {
                    friday.checked_sub(7.days()).ok()?
                } else {
                    friday
                }
            }
        };
        Some(begins.timestamp())
    }
}

/// `rate` over the part of `window` in which the thing has run: from the later of its start and the
/// window's, to `now`.
///
/// It assumes that it ran at this rate all the time since `since`, which is what AWS's describe
/// calls tell.
pub fn accrued(
    rate: UsdPerHour,
    since: Option<Timestamp>,
    window: CostWindow,
    now: Timestamp,
) -> Measured<Usd> {
    let Some(since) = since else {
        return Measured::unknown("AWS does not report its start");
    };
    let from = window.start(now).map_or(since, |begins| begins.max(since));
    Measured::Known(rate.over(seconds_between(from, now).max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_windows_start_at_calendar_boundaries() {
        for (now, friday, month) in [
            (
                "2026-11-23T08:30:00Z",
                "2026-11-20T18:00:00Z",
                "2026-11-01T00:00:00Z",
            ),
            (
                "2026-11-20T18:00:00Z",
                "2026-11-20T18:00:00Z",
                "2026-11-01T00:00:00Z",
            ),
            (
                "2026-11-20T17:59:59Z",
                "2026-11-13T18:00:00Z",
                "2026-11-01T00:00:00Z",
            ),
            (
                "2026-12-01T00:00:00Z",
                "2026-11-27T18:00:00Z",
                "2026-12-01T00:00:00Z",
            ),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(CostWindow::Friday.start(now).unwrap().to_string(), friday);
            assert_eq!(CostWindow::Month.start(now).unwrap().to_string(), month);
        }
    }

    #[test]
    fn nothing_accrues_before_the_start() {
        let now = "2026-11-23T08:00:00Z".parse().unwrap();
        let since = "2026-11-23T06:00:00Z".parse().ok();
        let cost = |window| accrued(UsdPerHour(10.0), since, window, now);
        assert_eq!(
            CostWindow::ALL.map(cost),
            [20.0; 4].map(|usd| Measured::Known(Usd(usd)))
        );
        let long = accrued(
            UsdPerHour(10.0),
            "2026-01-01T00:00:00Z".parse().ok(),
            CostWindow::Today,
            now,
        );
        assert_eq!(long, Measured::Known(Usd(80.0)));
        assert!(
            accrued(UsdPerHour(1.0), None, CostWindow::Launch, now)
                .known()
                .is_none()
        );
    }
}
