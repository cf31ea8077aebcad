//! Dollars by day and the figures derived from them: month, week, growth, pace.
//!
//! A day is closed when it is over and Cost Explorer has lines of the next, or a whole day has
//! passed since.

use super::{billing_data::UsageLine, columns::CostCells};
use crate::{
    domain::{Measured, Reason, Series, Timestamp, Usd, Value},
    pricing::{discounts::DAYS as WEEK, forecast},
};
use std::{ops::Range, sync::Arc};

const DAY: i64 = 86_400;

/// The days that the answers cover.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Calendar {
    /// Beginning of the first day with a line.
    pub first: i64,
    /// Days up to today.
    pub days: usize,
    /// Days from the first that are closed.
    pub closed: usize,
    /// Place of the first of the month.
    pub month: usize,
    now: Timestamp,
}

impl Calendar {
    /// The days of `lines` as of `now`; `None` without a line.
    pub(super) fn of(lines: &[UsageLine], now: Timestamp) -> Option<Self> {
        let charged = || {
            lines
                .iter()
                .filter(|line| line.usd != 0.0)
                .map(|line| line.day)
        };
        let (first, last) = (charged().min()?, charged().max()?);
        let today = now.as_second().div_euclid(DAY) * DAY;
        let ended = (now.as_second() - DAY).div_euclid(DAY) * DAY;
        let closed = last.min(today).max(ended);
        let place = |day: i64| usize::try_from((day - first) / DAY).unwrap_or(0);
        let month = forecast::month(now).0.as_second().max(first);
        Some(Self {
            first,
            days: place(today.max(first)) + 1,
            closed: place(closed.max(first)),
            month: place(month),
            now,
        })
    }

    /// End of the last closed day.
    pub(super) fn through(&self) -> Option<Timestamp> {
        (self.closed > 0).then(|| self.at(self.closed)).flatten()
    }

    /// The places of the last seven closed days, or as many as there are.
    pub(super) fn week(&self) -> Range<usize> {
        self.closed.saturating_sub(WEEK as usize)..self.closed
    }

    /// Whether `day` is one of the last seven closed days.
    pub(super) fn is_in_week(&self, day: i64) -> bool {
        self.place(day)
            .is_some_and(|place| self.week().contains(&place))
    }

    fn at(&self, place: usize) -> Option<Timestamp> {
        Timestamp::from_second(self.first + i64::try_from(place).ok()? * DAY).ok()
    }

    /// The place of a day; `None` outside.
    pub(super) fn place(&self, day: i64) -> Option<usize> {
        usize::try_from((day - self.first).div_euclid(DAY))
            .ok()
            .filter(|place| *place < self.days)
    }
}

/// Dollars of each day of a calendar.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Daily<'a> {
    pub calendar: &'a Calendar,
    days: Vec<f64>,
}

impl<'a> Daily<'a> {
    pub(super) fn of(calendar: &'a Calendar, charges: impl Iterator<Item = (i64, f64)>) -> Self {
        let mut days = vec![0.0; calendar.days];
        for (day, usd) in charges {
            if let Some(sum) = calendar.place(day).and_then(|place| days.get_mut(place)) {
                *sum += usd;
            }
        }
        Self { calendar, days }
    }

    fn sum(&self, from: usize, to: usize) -> Usd {
        Usd(self.days.get(from..to).unwrap_or_default().iter().sum())
    }

    /// The calendar month so far, open days included.
    pub(super) fn month(&self) -> Usd {
        self.sum(self.calendar.month, self.days.len())
    }

    /// The last closed day.
    fn yesterday(&self) -> Option<Usd> {
        let last = self.calendar.closed.checked_sub(1)?;
        self.days.get(last).copied().map(Usd)
    }

    /// `weeks` weeks before the end of the last closed day, seven days.
    fn week(&self, weeks: usize) -> Option<Usd> {
        let to = self.calendar.closed.checked_sub(weeks * WEEK as usize)?;
        Some(self.sum(to.checked_sub(WEEK as usize)?, to))
    }

    /// The closed days, oldest first.
    pub(super) fn series(&self) -> Measured<Arc<Series>> {
        let closed: Vec<Option<f64>> = self
            .days
            .iter()
            .take(self.calendar.closed)
            .copied()
            .map(Some)
            .collect();
        if closed.is_empty() {
            return Measured::unknown("no closed day on the bill yet");
        }
        let start = self.calendar.at(0).unwrap_or_default();
        Measured::Known(Arc::new(Series {
            start,
            step: 86_400,
            points: closed,
        }))
    }

    /// The cells that the days give; the share is of `all`, the cost of the account.
    pub(super) fn cost_cells(&self, all: Usd) -> CostCells {
        let missing = |what: &'static str| Value::Unknown(Reason::new(what));
        let (newest, before) = (self.week(0), self.week(1));
        let growth = match (newest, before) {
            (Some(newest), Some(before)) if before.0 > 0.0 => {
                Value::Percent(newest.0 / before.0 - 1.0)
            }
            (Some(_), Some(_)) => missing("nothing was billed in the week before"),
            _ => missing("less than 14 closed days on the bill"),
        };
        CostCells {
            month: Value::Usd(self.month()),
            yesterday: self
                .yesterday()
                .map_or_else(|| missing("no closed day on the bill yet"), Value::Usd),
            mean: newest.map_or_else(
                || missing("less than 7 closed days on the bill"),
                |week| Value::Usd(week * (1.0 / 7.0)),
            ),
            growth,
            share: if all.0 > 0.0 {
                Value::Percent(self.month().0 / all.0)
            } else {
                missing("nothing was billed this month")
            },
            days: Value::read(&self.series(), Value::Series),
            forecast: missing("the account's month is not known yet"),
            ..CostCells::default()
        }
    }
}
