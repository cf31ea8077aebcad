//! Schedules of Application Auto Scaling: `at(...)`, `rate(...)` and `cron(...)`, and the moments
//! they name.

use super::after;
use crate::domain::Timestamp;
use jiff::{ToSpan, civil::DateTime, tz::TimeZone};

/// Most times of one schedule that are planned ahead.
const MAX_RUNS: usize = 20_000;

/// A schedule expression.
#[derive(Clone, Debug, PartialEq)]
pub enum CronSchedule {
    /// `at(2026-11-23T18:00:00)`
    Once(DateTime),
    /// `rate(12 hours)`, in seconds.
    Every(f64),
    /// `cron(0 18 ? * MON-FRI *)`
    Cron(Cron),
}

/// The fields of a cron expression, a bit for each value that fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Years since 1970, a bit each, the first 128.
    years: u128,
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl CronSchedule {
    /// Reads an expression; `None` if it is invalid or uses `L`, `W` or `#`, which the mock does
    /// not support.
    pub fn read(text: &str) -> Option<Self> {
        let inside = |word: &str| {
            text.strip_prefix(word)?
                .strip_prefix('(')?
                .strip_suffix(')')
        };
        if let Some(at) = inside("at") {
            return at.parse().ok().map(Self::Once);
        }
        if let Some(rate) = inside("rate") {
            let (count, unit) = rate.trim().split_once(' ')?;
            let seconds = match unit.trim().trim_end_matches('s') {
                "minute" => 60.0,
                "hour" => 3_600.0,
                "day" => 86_400.0,
                _ => return None,
            };
            return count
                .parse::<u32>()
                .ok()
                .filter(|count| *count > 0)
                .map(|count| Self::Every(f64::from(count) * seconds));
        }
        let fields: Vec<&str> = inside("cron")?.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays, years] = fields.as_slice() else {
            return None;
        };
        // The EventBridge reference, which Application Auto Scaling refers to: a `?` in one of the
        // two day fields, and in no other. `cron(0 16 * * MON-FRI *)` is refused
        // (hashicorp/terraform-provider-aws#13995).
        let unspecified = |field: &&str| *field == "?";
        if fields.iter().filter(|field| unspecified(field)).count() != 1
            || unspecified(days) == unspecified(weekdays)
        {
            return None;
        }
        let narrow = |bits: u128| u64::try_from(bits).ok();
        Some(Self::Cron(Cron {
            minutes: narrow(field(minutes, 0, 59, &[])?)?,
            hours: narrow(field(hours, 0, 23, &[])?)?,
            days: narrow(field(days, 1, 31, &[])?)?,
            months: narrow(field(months, 1, 12, &MONTHS)?)?,
            weekdays: narrow(field(weekdays, 1, 7, &WEEKDAYS)?)?,
            years: years_of(years)?,
        }))
    }

    /// The moments after `from` and up to `to`, in order; a rate counts from `begins`.
    pub fn moments(
        &self,
        zone: &TimeZone,
        start: Timestamp,
        from: Timestamp,
        to: Timestamp,
    ) -> Vec<Timestamp> {
        let within = |at: &Timestamp| *at > from && *at <= to;
        let moment = |at: DateTime| at.to_zoned(zone.clone()).ok().map(|at| at.timestamp());
        match self {
            Self::Once(at) => moment(*at).filter(within).into_iter().collect(),
            Self::Every(seconds) => {
                let first = (from.duration_since(start).as_secs_f64() / seconds)
                    .floor()
                    .max(0.0)
                    + 1.0;
                let at = |n: usize| after(start, seconds * (first + n as f64));
                (0..MAX_RUNS)
                    .map(at)
                    .take_while(|at| *at <= to)
                    .filter(within)
                    .collect()
            }
            Self::Cron(cron) => {
                let mut all = Vec::new();
                let mut day = from.to_zoned(zone.clone()).date();
                let last = to.to_zoned(zone.clone()).date();
                while day <= last && all.len() < MAX_RUNS {
                    if cron.fits(day) {
                        for hour in (0..24_i8).filter(|hour| cron.hours >> hour & 1 == 1) {
                            let minutes =
                                (0..60_i8).filter(|minute| cron.minutes >> minute & 1 == 1);
                            all.extend(
                                minutes
                                    .filter_map(|minute| moment(day.at(hour, minute, 0, 0)))
                                    .filter(within),
                            );
                        }
                    }
                    let Ok(next) = day.checked_add(1.day()) else {
                        break;
                    };
                    day = next;
                }
                all
            }
        }
    }
}

impl Cron {
    fn fits(&self, day: jiff::civil::Date) -> bool {
        let weekday = day.weekday().to_sunday_one_offset();
        let year = u32::try_from(i32::from(day.year()) - 1_970).unwrap_or(u32::MAX);
        self.days >> day.day() & 1 == 1
            && self.months >> day.month() & 1 == 1
            && self.weekdays >> weekday & 1 == 1
            && year < 128
            && self.years >> year & 1 == 1
    }
}

fn years_of(text: &str) -> Option<u128> {
    if text == "*" {
        return Some(u128::MAX);
    }
    text.split(',').try_fold(0, |bits, part| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        let (low, high): (u32, u32) = (low.parse().ok()?, high.parse().ok()?);
        let fits = low <= high && low >= 1_970 && high < 2_098;
        fits.then(|| (low..=high).fold(bits, |bits, year| bits | 1 << (year - 1_970)))
    })
}

/// `*`, `?`, `5`, `MON-FRI`, `0/15`, `8,12`: a bit for each value from `first` to `last`.
fn field(text: &str, first: u32, last: u32, names: &[&str]) -> Option<u128> {
    let value = |text: &str| -> Option<u32> {
        let named = names
            .iter()
            .position(|name| name.eq_ignore_ascii_case(text))
            .and_then(|place| u32::try_from(place).ok());
        let value = named.map_or_else(|| text.parse().ok(), |place| Some(place + first))?;
        (first..=last).contains(&value).then_some(value)
    };
    text.split(',').try_fold(0, |bits, part| {
        let (range, step) = part
            .split_once('/')
            .map_or((part, None), |(range, step)| (range, Some(step)));
        let step: usize =
            step.map_or(Some(1), |step| step.parse().ok().filter(|step| *step > 0))?;
        let (low, high) = match range {
            "*" | "?" => (first, last),
            _ => match range.split_once('-') {
                Some((low, high)) => (value(low)?, value(high)?),
                None if part.contains('/') => (value(range)?, last),
                None => (value(range)?, value(range)?),
            },
        };
        (low <= high).then(|| {
            (low..=high)
                .step_by(step)
                .fold(bits, |bits, n| bits | 1 << n)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_expression_has_its_times() {
        // Friday to Tuesday.
        let (from, to) = (at("2026-11-20T17:00:00Z"), at("2026-11-24T12:00:00Z"));
        for (text, zone, want) in [
            (
                "cron(0 8 ? * MON-FRI *)",
                "UTC",
                vec!["2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z"],
            ),
            (
                "cron(30 18 ? * 6 2026)",
                "Europe/Berlin",
                vec!["2026-11-20T17:30:00Z"],
            ),
            (
                "cron(0/30 9 21 11 ? *)",
                "UTC",
                vec!["2026-11-21T09:00:00Z", "2026-11-21T09:30:00Z"],
            ),
            (
                "cron(0 0,12 ? NOV SUN *)",
                "UTC",
                vec!["2026-11-22T00:00:00Z", "2026-11-22T12:00:00Z"],
            ),
            ("cron(0 8 ? * MON-FRI 2027)", "UTC", vec![]),
            (
                "at(2026-11-23T18:00:00)",
                "America/New_York",
                vec!["2026-11-23T23:00:00Z"],
            ),
            (
                "rate(2 days)",
                "UTC",
                vec!["2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z"],
            ),
        ] {
            let zone = TimeZone::get(zone).unwrap();
            let moments = CronSchedule::read(text).unwrap().moments(
                &zone,
                at("2026-11-19T00:00:00Z"),
                from,
                to,
            );
            assert_eq!(
                moments.iter().map(ToString::to_string).collect::<Vec<_>>(),
                want,
                "{text}"
            );
        }
    }

    #[test]
    fn a_wrong_expression_is_refused() {
        for wrong in [
            "",
            "cron(0 8 * *)",
            "cron(0 25 ? * * *)",
            "cron(0 8 1 * MON *)",
            "cron(0 8 * * MON-FRI *)",
            "cron(0 8 * * * *)",
            "cron(0 8 ? * ? *)",
            "cron(0 ? * * ? *)",
            "cron(0 8 ? * FRI-MON *)",
            "rate(0 days)",
            "at(noon)",
            "cron(0 8 L * ? *)",
        ] {
            assert_eq!(CronSchedule::read(wrong), None, "{wrong}");
        }
    }
}
