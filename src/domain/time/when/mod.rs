//! A moment, as a person types it. Ahead: `19:00`, `7pm`, `in 2h`, `friday`, `fri 18:30`, `tomorrow
//! 07:00`, RFC 3339; past: `2h`, `monday`.

#[cfg(test)]
mod tests;

use super::timestamp::{parse_span, seconds_between};
use crate::domain::Timestamp;
use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// The accepted forms, for questions and error messages.
pub const FORMS: &str = "19:00, 7pm, in 2h, friday, fri 18:30, tomorrow 07:00, 2026-11-27 19:00";
/// The hour that a day alone means.
const EVENING: i8 = 19;
/// The furthest accepted moment, in seconds: a year. A later one is surely a typing error.
const MAX_DISTANCE: f64 = 366.0 * 86_400.0;

/// The moment after `now` that `text` means in `zone`. The error is one sentence.
pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let at = moment(text, now, zone)?;
    let ahead = seconds_between(now, at);
    if ahead <= 0.0 {
        Err(format!("`{text}` is past: it is {} now", format(now, zone)))
    } else if ahead > MAX_DISTANCE {
        Err(format!("`{text}` is more than a year ahead"))
    } else {
        Ok(at)
    }
}

/// `Fri 2026-11-27 19:00 UTC`.
pub fn format(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone())
        .strftime("%a %Y-%m-%d %H:%M %Z")
        .to_string()
}

/// Formats a moment with its distance: `Fri 2026-11-27 19:00 UTC, in 4d 2h`.
pub fn format_with_distance(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    format!("{}, in {}", format(at, zone), format_distance(at, now))
}

/// How long it is from `now` to `at`, in two units: `45s`, `12m`, `1h 58m`, `4d 2h`.
pub fn format_distance(at: Timestamp, now: Timestamp) -> String {
    let seconds = seconds_between(now, at).max(0.0).floor() as u64;
    let two = |many: u64, unit: &str, few: u64, small: &str| {
        if few == 0 {
            format!("{many}{unit}")
        } else {
            format!("{many}{unit} {few}{small}")
        }
    };
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// The shortest unambiguous form: `19:00` today, `Fri 19:00` within a week, else `2026-12-24
/// 19:00`.
pub fn format_brief(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (there, here) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = match seconds_between(now, at) {
        _ if there.date() == here.date() => "%H:%M",
        ahead if ahead.abs() < 6.0 * 86_400.0 => "%a %H:%M",
        _ => "%Y-%m-%d %H:%M",
    };
    there.strftime(form).to_string()
}

/// The day that `text` names without an hour: `friday`, `tomorrow`, `2026-11-27`.
pub fn parse_day(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Date> {
    let lower = text.trim().to_ascii_lowercase();
    day(lower.strip_prefix("on ").unwrap_or(&lower).trim())?;
    Some(parse(text, now, zone).ok()?.to_zoned(zone.clone()).date())
}

fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    if text.is_empty() {
        return Err(format!("type a time: {FORMS}"));
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !matches!(*word, "at" | "on"))
        .collect();
    let unclear = || format!("`{text}` is not a time: {FORMS}");
    let here = now.to_zoned(zone.clone());
    let day_at = |date: Date, time: Time| {
        date.to_datetime(time)
            .to_zoned(zone.clone())
            .map(|there| there.timestamp())
            .map_err(|_| format!("`{text}` is out of range"))
    };
    let days_on = |days: i64| {
        here.date()
            .checked_add(days.days())
            .map_err(|_| format!("`{text}` is out of range"))
    };
    match words.as_slice() {
        ["in", spans @ ..] if !spans.is_empty() => length(spans)
            .and_then(|seconds| ahead(now, seconds))
            .ok_or_else(unclear),
        [one] => match (clock(one), day(one), length(&[one])) {
            (Some(time), _, _) => {
                let today = day_at(here.date(), time)?;
                if today > now {
                    Ok(today)
                } else {
                    day_at(days_on(1)?, time)
                }
            }
            (None, Some(day), _) => on(day, evening(), &here, now, day_at, days_on),
            (None, None, Some(seconds)) => ahead(now, seconds).ok_or_else(unclear),
            (None, None, None) => Err(unclear()),
        },
        [first, second] => match (day(first).zip(clock(second)), day(second).zip(clock(first))) {
            (Some((day, time)), _) | (None, Some((day, time))) => {
                on(day, time, &here, now, day_at, days_on)
            }
            (None, None) => length(&words)
                .and_then(|seconds| ahead(now, seconds))
                .ok_or_else(unclear),
        },
        _ => length(&words)
            .and_then(|seconds| ahead(now, seconds))
            .ok_or_else(unclear),
    }
}

/// A day as a person writes it.
#[derive(Clone, Copy)]
enum Day {
    /// So many days from today.
    In(i64),
    /// The next of these; today counts if the hour is yet to come.
    Next(Weekday),
    /// This one.
    On(Date),
}

fn on(
    day: Day,
    time: Time,
    here: &jiff::Zoned,
    now: Timestamp,
    day_at: impl Fn(Date, Time) -> Result<Timestamp, String>,
    days_on: impl Fn(i64) -> Result<Date, String>,
) -> Result<Timestamp, String> {
    match day {
        Day::In(days) => day_at(days_on(days)?, time),
        Day::On(date) => day_at(date, time),
        Day::Next(weekday) => {
            let days = i64::from(here.weekday().until(weekday));
            let first = day_at(days_on(days)?, time)?;
            if first > now {
                Ok(first)
            } else {
                day_at(days_on(days + 7)?, time)
            }
        }
    }
}

fn day(word: &str) -> Option<Day> {
    Some(match word {
        "today" => Day::In(0),
        "tomorrow" | "tmrw" => Day::In(1),
        "mon" | "monday" => Day::Next(Weekday::Monday),
        "tue" | "tues" | "tuesday" => Day::Next(Weekday::Tuesday),
        "wed" | "wednesday" => Day::Next(Weekday::Wednesday),
        "thu" | "thurs" | "thursday" => Day::Next(Weekday::Thursday),
        "fri" | "friday" => Day::Next(Weekday::Friday),
        "sat" | "saturday" => Day::Next(Weekday::Saturday),
        "sun" | "sunday" => Day::Next(Weekday::Sunday),
        date => Day::On(date.replace('/', "-").parse().ok()?),
    })
}

fn evening() -> Time {
    Time::constant(EVENING, 0, 0, 0)
}

/// `19:00`, `7pm`, `7:30pm`, `noon`, `midnight`.
fn clock(word: &str) -> Option<Time> {
    match word {
        "noon" => return Time::new(12, 0, 0, 0).ok(),
        "midnight" => return Time::new(0, 0, 0, 0).ok(),
        _ => {}
    }
    let (digits, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(digits), _) => (digits, Some(0)),
        (None, Some(digits)) => (digits, Some(12)),
        (None, None) => (word, None),
    };
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        Some(_) => return None,
        // A number alone may be anything.
        None => (digits, half.map(|_| "00")?),
    };
    let number = |text: &str| {
        (text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<i8>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None if hour == 24 && minute == 0 => 0,
        None => hour,
    };
    Time::new(hour, minute, 0, 0).ok()
}

/// `2h`, `90m`, `1h 30m`, `1h30m`: seconds. A number needs its unit.
fn length(words: &[&str]) -> Option<f64> {
    let text: String = words.concat();
    let mut seconds = 0.0;
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let number = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .filter(|end| *end > 0)?;
        let unit = rest[number..]
            .find(|c: char| !c.is_ascii_alphabetic())
            .map_or(rest.len(), |end| number + end);
        let span = match &rest[number..unit] {
            "hour" | "hours" => format!("{}h", &rest[..number]),
            "minute" | "minutes" | "mins" => format!("{}m", &rest[..number]),
            "day" | "days" => format!("{}d", &rest[..number]),
            "week" | "weeks" => format!("{}w", &rest[..number]),
            "" => return None,
            _ => rest[..unit].to_owned(),
        };
        seconds += parse_span(&span)?;
        rest = &rest[unit..];
    }
    (seconds.is_finite() && !text.is_empty()).then_some(seconds)
}

/// The forms of a moment in the past.
pub const PAST_FORMS: &str = "2h, 3d, today, yesterday, friday, fri 18:30, 18:30, 2026-11-20, \
                              2026-11-20 18:30, 2026-11-20T18:30:00Z";

/// The last moment up to `now` that `text` means in `zone`: a length of time ago, a day's first
/// moment (of a weekday the last one, today too), a day and an hour, or a full date and time. The
/// error is one sentence.
pub fn parse_past(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let unclear = || format!("`{text}` is not a time: {PAST_FORMS}");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    if let Ok(at) = text.parse::<jiff::civil::DateTime>()
        && text.contains(':')
    {
        return at
            .to_zoned(zone.clone())
            .map(|at| at.timestamp())
            .map_err(|_| unclear());
    }
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !matches!(*word, "at" | "on" | "ago" | "last"))
        .collect();
    let (date, time) = match words.as_slice() {
        [one] if clock(one).is_some() => (None, clock(one)),
        [one] if past_day(one).is_some() => (past_day(one), Some(Time::midnight())),
        [one, time] if past_day(one).is_some() && clock(time).is_some() => {
            (past_day(one), clock(time))
        }
        _ => (None, None),
    };
    let Some(time) = time else {
        let back = length(&words)
            .and_then(|seconds| jiff::SignedDuration::try_from_secs_f64(seconds).ok());
        return back
            .and_then(|back| now.checked_sub(back).ok())
            .ok_or_else(unclear);
    };
    last_occurrence(date, time, now, zone).ok_or_else(unclear)
}

/// The last moment up to `now` with this time of day, on this day if there is one.
fn last_occurrence(
    day: Option<Day>,
    time: Time,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let here = now.to_zoned(zone.clone());
    let on = |date: Date| {
        let at = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
        Some(at.timestamp())
    };
    let days_ago = |days: i64| on(here.date().checked_sub(days.days()).ok()?);
    let last = |days: i64, period: i64| {
        let first = days_ago(days)?;
        if first <= now {
            Some(first)
        } else {
            days_ago(days + period)
        }
    };
    match day {
        Some(Day::On(date)) => on(date),
        Some(Day::In(days)) => days_ago(-days),
        Some(Day::Next(weekday)) => last(i64::from(here.weekday().since(weekday)), 7),
        None => last(0, 1),
    }
}

fn past_day(word: &str) -> Option<Day> {
    match word {
        "yesterday" => Some(Day::In(-1)),
        "tomorrow" | "tmrw" => None,
        word => day(word),
    }
}

fn ahead(now: Timestamp, seconds: f64) -> Option<Timestamp> {
    let length = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    now.checked_add(length).ok()
}

/// A length of time ahead: `2h`, `1h 30m`, `3 days`. The error is one sentence.
pub fn parse_length(text: &str) -> Result<f64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|word| !matches!(*word, "for" | "in"))
        .collect();
    match length(&words) {
        Some(seconds) if seconds > MAX_DISTANCE => Err(format!("`{text}` is more than a year")),
        Some(seconds) if seconds >= 1.0 => Ok(seconds),
        Some(_) => Err(format!("`{text}` is zero")),
        None => Err(format!(
            "`{text}` is not a length of time: 30m, 2h, 1h 30m, 3d, 1w"
        )),
    }
}
