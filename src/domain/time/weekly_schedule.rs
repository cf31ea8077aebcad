//! A weekly schedule: hours of the week, with a count inside and a count outside of them.
//! All hours are UTC.

use crate::domain::{Series, Timestamp};
use jiff::tz::TimeZone;
use std::fmt;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Hours of a week.
pub const WEEK: f64 = 168.0;

/// A weekly schedule: `inside` on `days` from `start` to `end`, else `outside`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct WeeklySchedule {
    /// Monday first: the days on which it begins.
    pub days: [bool; 7],
    /// The hour it begins, 0 to 23.
    pub start: u8,
    /// The hour it ends, 1 to 24; not after `start` means on the next day.
    pub end: u8,
    /// How many inside these hours.
    pub inside: u32,
    /// How many outside of them.
    pub outside: u32,
}

impl WeeklySchedule {
    /// The hours in which `hourly` (a count for every hour, UTC) was in use: the days with any use,
    /// and the shortest stretch of the day (which may pass midnight) that holds all of it. An hour
    /// is in use with more than `quiet` of the busiest, a fraction. `None` with less than a week of
    /// data, without use, or when hardly an hour of the week would be outside.
    pub fn observed(hourly: &Series, quiet: f64, inside: u32, outside: u32) -> Option<Self> {
        let used = UsedHours::of(hourly, quiet)?;
        let (start, end) = used.stretch();
        let overnight = end <= start;
        let mut days = [false; 7];
        for (day, hour) in used.hours() {
            // Hours after midnight belong to the window that began the day before.
            let began = if overnight && hour < end {
                (day + 6) % 7
            } else {
                day
            };
            days[began] = true;
        }
        let found = Self {
            days,
            start,
            end,
            inside,
            outside,
        };
        (found.hours() < 0.9 * WEEK).then_some(found)
    }

    /// Whether `at` is inside.
    pub fn holds(&self, at: Timestamp) -> bool {
        let (day, hour) = place(at);
        let before = self.days[(day + 6) % 7];
        if self.end > self.start {
            self.days[day] && (self.start..self.end).contains(&hour)
        } else {
            self.days[day] && hour >= self.start || before && hour < self.end
        }
    }

    /// Days and hours: `mon-fri 08-18`.
    pub fn when(&self) -> String {
        let on: Vec<usize> = (0..7).filter(|day| self.days[*day]).collect();
        let days = match on.as_slice() {
            [first, .., last] if last - first + 1 == on.len() => {
                format!("{}-{}", DAYS[*first], DAYS[*last])
            }
            _ => list(self.days, ","),
        };
        format!("{days} {:02}-{:02}", self.start, self.end)
    }

    /// Hours of a week inside.
    pub fn hours(&self) -> f64 {
        let days = self.days.iter().filter(|day| **day).count() as f64;
        let length = if self.end > self.start {
            self.end - self.start
        } else {
            24 - self.start + self.end
        };
        days * f64::from(length)
    }

    /// How many run on average over the week.
    pub fn mean(&self) -> f64 {
        let inside = self.hours() / WEEK;
        f64::from(self.inside) * inside + f64::from(self.outside) * (1.0 - inside)
    }

    /// When it begins and when it ends, in the words of Application Auto Scaling: `cron(0 8 ? *
    /// MON,TUE *)`, UTC.
    pub fn crons(&self) -> (String, String) {
        let overnight = self.end <= self.start || self.end == 24;
        let mut after = self.days;
        if overnight {
            after.rotate_right(1);
        }
        let cron = |hour: u8, days: [bool; 7]| {
            format!(
                "cron(0 {} ? * {} *)",
                hour % 24,
                list(days, ",").to_uppercase()
            )
        };
        (cron(self.start, self.days), cron(self.end, after))
    }

    /// Reads `mon-fri 08-18 4 1`: days, hours in UTC, how many inside and outside. The error names
    /// the mistake.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [days, hours, inside, outside] = words.as_slice() else {
            return Err(
                "type days, hours, and how many inside and outside: mon-fri 08-18 4 1".to_owned(),
            );
        };
        let count = |word: &str| {
            word.parse::<u32>()
                .map_err(|_| format!("`{word}` is not a whole number"))
        };
        let hour = |word: &str| match word.parse::<u8>() {
            Ok(hour) if hour <= 24 => Ok(hour),
            _ => Err(format!("`{word}` is not an hour, 0 to 24")),
        };
        let (start, end) = hours
            .split_once('-')
            .ok_or_else(|| format!("`{hours}` is not hours: 08-18"))?;
        let (start, end) = (hour(start)?, hour(end)?);
        let (start, end) = (start % 24, if end == 0 { 24 } else { end });
        if start == end % 24 {
            return Err("these hours are the whole day".to_owned());
        }
        let found = Self {
            days: self::days(days)?,
            start,
            end,
            inside: count(inside)?,
            outside: count(outside)?,
        };
        if found.inside == found.outside {
            return Err("the counts inside and outside are equal: nothing to schedule".to_owned());
        }
        Ok(found)
    }
}

fn days(text: &str) -> Result<[bool; 7], String> {
    let place = |word: &str| {
        let word = word.to_ascii_lowercase();
        DAYS.iter()
            .position(|day| *day == word)
            .ok_or_else(|| format!("`{word}` is not a day: mon, tue, wed, thu, fri, sat, sun"))
    };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (place(first)?, place(last)?),
            None => (place(part)?, place(part)?),
        };
        for offset in 0..=(last + 7 - first) % 7 {
            days[(first + offset) % 7] = true;
        }
    }
    Ok(days)
}

/// `mon,tue,wed`.
fn list(days: [bool; 7], between: &str) -> String {
    DAYS.iter()
        .zip(days)
        .filter(|(_, on)| *on)
        .map(|(day, _)| *day)
        .collect::<Vec<_>>()
        .join(between)
}

/// As [`WeeklySchedule::parse`] reads it.
impl fmt::Display for WeeklySchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.when(), self.inside, self.outside)
    }
}

/// The hours of the week that are in use.
struct UsedHours([[bool; 24]; 7]);

impl UsedHours {
    fn of(hourly: &Series, quiet: f64) -> Option<Self> {
        let counts = || {
            hourly
                .points
                .iter()
                .enumerate()
                .filter_map(|(place, point)| Some((place, point.filter(|n| n.is_finite())?)))
        };
        let busiest = counts().map(|(_, n)| n).fold(0.0, f64::max);
        if busiest <= 0.0 || counts().count() < 7 * 24 {
            return None;
        }
        let mut used = [[false; 24]; 7];
        for (point, _) in counts().filter(|(_, n)| *n > quiet * busiest) {
            let (day, hour) = place(hourly.at(point));
            used[day][usize::from(hour)] = true;
        }
        Some(Self(used))
    }

    fn hours(&self) -> impl Iterator<Item = (usize, u8)> {
        (0..7)
            .flat_map(|day| (0..24_u8).map(move |hour| (day, hour)))
            .filter(|(day, hour)| self.0[*day][usize::from(*hour)])
    }

    /// The hours of the day outside the longest pause, which may pass midnight: the first, 0 to 23,
    /// and the end, 1 to 24.
    fn stretch(&self) -> (u8, u8) {
        let any = |hour: u8| self.0.iter().any(|day| day[usize::from(hour % 24)]);
        let pause = |from: u8| (0..24).take_while(|ahead| !any(from + ahead)).count() as u8;
        // Of equal pauses the one that begins last: it is the night's.
        let longest = (0..24_u8)
            .filter(|from| any(from + 23))
            .max_by_key(|from| pause(*from))
            .filter(|from| pause(*from) > 0);
        longest.map_or((0, 24), |from| {
            ((from + pause(from)) % 24, if from == 0 { 24 } else { from })
        })
    }
}

/// Day of the week, Monday first, and hour of the day.
fn place(at: Timestamp) -> (usize, u8) {
    let at = at.to_zoned(TimeZone::UTC);
    (
        usize::from(at.weekday().to_monday_zero_offset().unsigned_abs()),
        at.hour().unsigned_abs(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weekly_schedule_reads_back_and_has_cron_expressions() {
        for (text, hours, up, down) in [
            (
                "mon-fri 08-18 4 1",
                50.0,
                "cron(0 8 ? * MON,TUE,WED,THU,FRI *)",
                "cron(0 18 ? * MON,TUE,WED,THU,FRI *)",
            ),
            (
                "mon-fri 14-02 4 0",
                60.0,
                "cron(0 14 ? * MON,TUE,WED,THU,FRI *)",
                "cron(0 2 ? * TUE,WED,THU,FRI,SAT *)",
            ),
            (
                "sun 20-24 2 1",
                4.0,
                "cron(0 20 ? * SUN *)",
                "cron(0 0 ? * MON *)",
            ),
            (
                "mon,wed 00-06 2 1",
                12.0,
                "cron(0 0 ? * MON,WED *)",
                "cron(0 6 ? * MON,WED *)",
            ),
        ] {
            let read = WeeklySchedule::parse(text).unwrap();
            assert_eq!((read.to_string().as_str(), read.hours()), (text, hours));
            assert_eq!(read.crons(), (up.to_owned(), down.to_owned()));
        }
        for bad in [
            "",
            "mon-fri 8-18 4",
            "mon-fri 8-8 4 1",
            "mon-fri 08-25 4 1",
            "xyz 08-18 4 1",
            "mon 8-18 4 4",
            "mon 0-24 4 1",
        ] {
            assert!(WeeklySchedule::parse(bad).is_err(), "{bad}");
        }
        assert!(
            (WeeklySchedule::parse("mon-fri 08-18 4 1").unwrap().mean()
                - (4.0 * 50.0 + 118.0) / 168.0)
                .abs()
                < 1e-9
        );
    }

    #[test]
    fn office_hours_are_detected_in_a_series() {
        // Monday 2026-11-16, office hours 8 to 18 on five days.
        let start = "2026-11-16T00:00:00Z".parse().unwrap();
        let of = |points: Vec<Option<f64>>| Series {
            start,
            step: 3600,
            points,
        };
        let office = (0..168)
            .map(|hour| {
                Some(if hour / 24 < 5 && (8..18).contains(&(hour % 24)) {
                    900.0
                } else {
                    3.0
                })
            })
            .collect();
        let seen = |points| WeeklySchedule::observed(&of(points), 0.02, 4, 1);
        let found = seen(office).unwrap();
        assert_eq!(found.to_string(), "mon-fri 08-18 4 1");
        for (at, inside) in [
            ("2026-11-16T07:59:59Z", false),
            ("2026-11-20T17:00:00Z", true),
            ("2026-11-21T12:00:00Z", false),
        ] {
            assert_eq!(found.holds(at.parse().unwrap()), inside, "{at}");
        }
        // From 22 to 04, begun from Monday to Friday.
        let night = (0..168).map(|hour| {
            let (day, hour) = (hour / 24, hour % 24);
            Some(
                if (day < 5 && hour >= 22) || ((1..6).contains(&day) && hour < 4) {
                    900.0
                } else {
                    0.0
                },
            )
        });
        let found = seen(night.collect()).unwrap();
        assert_eq!(
            (found.to_string().as_str(), found.hours()),
            ("mon-fri 22-04 4 1", 30.0)
        );
        assert!(
            found.holds("2026-11-21T03:00:00Z".parse().unwrap())
                && !found.holds("2026-11-16T03:00:00Z".parse().unwrap())
        );
        let whole = (0..168).map(|hour| Some(if hour < 120 { 900.0 } else { 0.0 }));
        assert_eq!(seen(whole.collect()).unwrap().when(), "mon-fri 00-24");
        assert_eq!(seen(vec![Some(5.0); 168]), None);
        assert_eq!(seen(vec![Some(0.0); 168]), None);
        assert_eq!(seen(vec![None; 168]), None);
    }
}
