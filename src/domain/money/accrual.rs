//! The cost of a resource over a window of time: its earlier rates, and its rate now.

use crate::domain::{Reason, Series, Timestamp, Usd, UsdPerHour, time::timestamp::seconds_between};
use jiff::{ToSpan, civil::Weekday, tz::TimeZone};
use std::sync::Arc;

/// The start of a window of cost. All moments are UTC, as the bill's are.
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

    /// The moment it begins as of `now`; `None` for [`CostWindow::Launch`], which begins with the
    /// resource.
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

/// A time in which a resource was billed at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostSpan {
    /// Its first moment.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
    /// List dollars per hour.
    pub rate: UsdPerHour,
}

impl CostSpan {
    /// Dollars of the part within `[from, to)`.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Usd {
        let seconds = seconds_between(self.from.max(from), self.to.min(to));
        self.rate.over(seconds.max(0.0))
    }
}

/// The cost of a resource before its present rate began, as far as AWS reports it or this program
/// has seen it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostHistory {
    /// Oldest first, without overlaps.
    pub spans: Arc<[CostSpan]>,
    /// The dollars of its burn are counted in other rows: of a job that fails again and again they
    /// are those of its tries.
    pub is_elsewhere: bool,
    /// The time for which the cost is not known; `None`: there is none.
    pub gap: Option<CostGap>,
}

/// A time in which a resource may or may not have been billed.
#[derive(Clone, Debug, PartialEq)]
pub struct CostGap {
    /// Its end. Its beginning is not known.
    pub until: Timestamp,
    /// The reason why the cost is not known.
    pub why: Reason,
    /// The list rate at which it was billed up to the end; `None`: it was not billed, or the rate
    /// is not known.
    pub rate: Option<UsdPerHour>,
}

impl CostHistory {
    /// The history of one span; of none where it is empty.
    pub fn once(from: Timestamp, to: Timestamp, rate: UsdPerHour) -> Self {
        let span = CostSpan { from, to, rate };
        Self::of((from < to).then_some(span).into_iter().collect())
    }

    /// The history of `spans`, which are in order and do not overlap.
    pub fn of(spans: Vec<CostSpan>) -> Self {
        Self {
            spans: merged(spans).into(),
            ..Self::default()
        }
    }

    /// The history of `dollars` by the step; a gap cost nothing.
    pub fn of_series(dollars: &Series) -> Self {
        let hours = f64::from(dollars.step) / 3_600.0;
        let span = |(place, usd): (usize, &Option<f64>)| {
            let rate = UsdPerHour((*usd)? / hours);
            Some(CostSpan {
                from: dollars.at(place),
                to: dollars.at(place + 1),
                rate,
            })
        };
        Self::of(dollars.points.iter().enumerate().filter_map(span).collect())
    }

    /// This history with `span`, which begins at its end or later.
    #[must_use]
    pub fn followed_by(self, span: CostSpan) -> Self {
        let mut spans = self.spans.to_vec();
        spans.push(span);
        Self {
            spans: merged(spans).into(),
            ..self
        }
    }

    /// When the last span ended.
    pub fn end(&self) -> Option<Timestamp> {
        self.spans.last().map(|span| span.to)
    }

    /// List dollars within `[from, to)`.
    pub fn within(&self, from: Timestamp, to: Timestamp) -> Usd {
        self.spans.iter().map(|span| span.within(from, to)).sum()
    }

    /// This history, completed with the parts of `earlier` before its first span and after its last
    /// one.
    #[must_use]
    pub fn completed_by(self, earlier: impl Iterator<Item = CostSpan>) -> Self {
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return Self {
                spans: merged(earlier.collect()).into(),
                ..self
            };
        };
        let (begin, end) = (first.from, last.to);
        let mut spans = Vec::new();
        for span in earlier {
            let (before, after) = (span.to.min(begin), span.from.max(end));
            spans.extend((span.from < before).then_some(CostSpan { to: before, ..span }));
            spans.extend((after < span.to).then_some(CostSpan {
                from: after,
                ..span
            }));
        }
        spans.extend_from_slice(&self.spans);
        spans.sort_by_key(|span| span.from);
        Self {
            spans: merged(spans).into(),
            ..self
        }
    }

    /// The part that ended after `moment`.
    #[must_use]
    pub fn since(self, moment: Timestamp) -> Self {
        let spans = self.spans.iter().filter(|span| span.to > moment);
        Self {
            spans: spans.copied().collect(),
            ..self
        }
    }
}

/// Spans in order, with neighbours of the same rate merged into one.
fn merged(spans: Vec<CostSpan>) -> Vec<CostSpan> {
    let mut merged: Vec<CostSpan> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.to == span.from && last.rate == span.rate => last.to = span.to,
            _ => merged.push(span),
        }
    }
    merged
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

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    fn span(from: &str, to: &str, rate: f64) -> CostSpan {
        CostSpan {
            from: at(from),
            to: at(to),
            rate: UsdPerHour(rate),
        }
    }

    #[test]
    fn a_span_costs_only_within_the_window() {
        let history = CostHistory::of(vec![
            span("20T10:00", "20T12:00", 10.0),
            span("20T12:00", "20T14:00", 10.0),
            span("21T00:00", "21T01:30", 4.0),
        ]);
        assert_eq!(history.spans.len(), 2, "one rate is one span");
        for (from, to, usd) in [
            ("20T00:00", "22T00:00", 46.0),
            ("20T11:00", "20T13:00", 20.0),
            ("20T13:30", "21T00:30", 7.0),
            ("20T14:00", "21T00:00", 0.0),
        ] {
            assert_eq!(history.within(at(from), at(to)), Usd(usd), "{from} to {to}");
        }
        assert_eq!(history.end(), Some(at("21T01:30")));
        assert_eq!(history.since(at("20T20:00")).spans.len(), 1);
    }

    #[test]
    fn an_hour_of_a_series_costs_its_dollars() {
        let series = Series {
            start: at("20T10:00"),
            step: 3_600,
            points: vec![Some(3.0), None, Some(5.0)],
        };
        let history = CostHistory::of_series(&series);
        assert_eq!(history.within(at("20T00:00"), at("21T00:00")), Usd(8.0));
        assert_eq!(history.within(at("20T12:30"), at("20T13:00")), Usd(2.5));
    }

    #[test]
    fn what_was_seen_fills_only_what_aws_does_not_tell() {
        let told = CostHistory::of(vec![span("20T10:00", "20T12:00", 2.0)]);
        let seen = [
            span("20T08:00", "20T11:00", 8.0),
            span("20T11:00", "20T13:00", 9.0),
        ];
        let both = told.completed_by(seen.into_iter());
        assert_eq!(
            both.spans[..],
            [
                span("20T08:00", "20T10:00", 8.0),
                span("20T10:00", "20T12:00", 2.0),
                span("20T12:00", "20T13:00", 9.0),
            ]
        );
        let alone = CostHistory::default().completed_by(seen.into_iter());
        assert_eq!(alone.spans[..], seen);
    }
}
