//! A moment, as a person types it. Ahead: `19:00`, `7pm`, `in 2h`, `friday`, `fri 18:30`, `tomorrow 07:00`, RFC 3339; past: `2h`, `monday`.
//!
//! Must not know what is to happen then, nor what time it is: `now` and the time zone are arguments.

use super::{
    Stamp,
    time::{parse_span, seconds_between},
};
use jiff::{
    ToSpan,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// The forms, for questions and refusals.
pub const FORMS: &str = "19:00, 7pm, in 2h, friday, fri 18:30, tomorrow 07:00, 2026-11-27 19:00";
/// The hour that a day alone means.
const EVENING: i8 = 19;
/// The furthest moment that is taken, in seconds: a year. More is surely a slip.
const FURTHEST: f64 = 366.0 * 86_400.0;

/// The moment after `now` that `text` means in `zone`. The error is one sentence.
pub fn parse(text: &str, now: Stamp, zone: &TimeZone) -> Result<Stamp, String> {
    let text = text.trim();
    let at = moment(text, now, zone)?;
    let ahead = seconds_between(now, at);
    if ahead <= 0.0 {
        Err(format!("`{text}` is past: it is {} now", told(now, zone)))
    } else if ahead > FURTHEST {
        Err(format!("`{text}` is more than a year ahead"))
    } else {
        Ok(at)
    }
}

/// `Fri 2026-11-27 19:00 UTC`.
pub fn told(at: Stamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
}

/// What a moment comes to: `Fri 2026-11-27 19:00 UTC, in 4d 2h`.
pub fn comes_to(at: Stamp, now: Stamp, zone: &TimeZone) -> String {
    format!("{}, in {}", told(at, zone), until(at, now))
}

/// How long it is from `now` to `at`, in two units: `45s`, `12m`, `1h 58m`, `4d 2h`.
pub fn until(at: Stamp, now: Stamp) -> String {
    let seconds = seconds_between(now, at).max(0.0).floor() as u64;
    let two = |many: u64, unit: &str, few: u64, small: &str| {
        if few == 0 { format!("{many}{unit}") } else { format!("{many}{unit} {few}{small}") }
    };
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..172_800 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// The shortest that is still clear: `19:00` today, `Fri 19:00` within a week, else `2026-12-24 19:00`.
pub fn brief(at: Stamp, now: Stamp, zone: &TimeZone) -> String {
    let (there, here) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = match seconds_between(now, at) {
        _ if there.date() == here.date() => "%H:%M",
        ahead if ahead.abs() < 6.0 * 86_400.0 => "%a %H:%M",
        _ => "%Y-%m-%d %H:%M",
    };
    there.strftime(form).to_string()
}

/// The day that `text` names without an hour: `friday`, `tomorrow`, `2026-11-27`.
pub fn day_alone(text: &str, now: Stamp, zone: &TimeZone) -> Option<Date> {
    let lower = text.trim().to_ascii_lowercase();
    day(lower.strip_prefix("on ").unwrap_or(&lower).trim())?;
    Some(parse(text, now, zone).ok()?.to_zoned(zone.clone()).date())
}

fn moment(text: &str, now: Stamp, zone: &TimeZone) -> Result<Stamp, String> {
    if text.is_empty() {
        return Err(format!("say when: {FORMS}"));
    }
    if let Ok(at) = text.parse::<Stamp>() {
        return Ok(at);
    }
    let lower = text.to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !matches!(*word, "at" | "on")).collect();
    let unclear = || format!("`{text}` is no moment: {FORMS}");
    let here = now.to_zoned(zone.clone());
    let day_at = |date: Date, time: Time| {
        date.to_datetime(time).to_zoned(zone.clone()).map(|there| there.timestamp()).map_err(|_| format!("`{text}` is out of reach"))
    };
    let days_on = |days: i64| here.date().checked_add(days.days()).map_err(|_| format!("`{text}` is out of reach"));
    match words.as_slice() {
        ["in", spans @ ..] if !spans.is_empty() => length(spans).and_then(|seconds| ahead(now, seconds)).ok_or_else(unclear),
        [one] => match (clock(one), day(one), length(&[one])) {
            (Some(time), _, _) => {
                let today = day_at(here.date(), time)?;
                if today > now { Ok(today) } else { day_at(days_on(1)?, time) }
            }
            (None, Some(day), _) => on(day, evening(), &here, now, day_at, days_on),
            (None, None, Some(seconds)) => ahead(now, seconds).ok_or_else(unclear),
            (None, None, None) => Err(unclear()),
        },
        [first, second] => match (day(first).zip(clock(second)), day(second).zip(clock(first))) {
            (Some((day, time)), _) | (None, Some((day, time))) => on(day, time, &here, now, day_at, days_on),
            (None, None) => length(&words).and_then(|seconds| ahead(now, seconds)).ok_or_else(unclear),
        },
        _ => length(&words).and_then(|seconds| ahead(now, seconds)).ok_or_else(unclear),
    }
}

/// A day as it is said.
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
    now: Stamp,
    day_at: impl Fn(Date, Time) -> Result<Stamp, String>,
    days_on: impl Fn(i64) -> Result<Date, String>,
) -> Result<Stamp, String> {
    match day {
        Day::In(days) => day_at(days_on(days)?, time),
        Day::On(date) => day_at(date, time),
        Day::Next(weekday) => {
            let days = i64::from(here.weekday().until(weekday));
            let first = day_at(days_on(days)?, time)?;
            if first > now { Ok(first) } else { day_at(days_on(days + 7)?, time) }
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
    let number =
        |text: &str| (text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i8>().ok()).flatten();
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
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|end| *end > 0)?;
        let unit = rest[number..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |end| number + end);
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
pub const PAST_FORMS: &str = "2h, 3d, today, yesterday, friday, fri 18:30, 18:30, 2026-11-20, 2026-11-20 18:30, 2026-11-20T18:30:00Z";

/// The last moment up to `now` that `text` means in `zone`: so long ago, a day's first moment (of a weekday the last one, today too), a day
/// and an hour, or a moment as it stands. The error is one sentence.
pub fn parse_past(text: &str, now: Stamp, zone: &TimeZone) -> Result<Stamp, String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let unclear = || format!("`{text}` is no moment: {PAST_FORMS}");
    if let Ok(at) = text.parse::<Stamp>() {
        return Ok(at);
    }
    if let Ok(at) = text.parse::<jiff::civil::DateTime>()
        && text.contains(':')
    {
        return at.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|_| unclear());
    }
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !matches!(*word, "at" | "on" | "ago" | "last")).collect();
    let (date, time) = match words.as_slice() {
        [one] if clock(one).is_some() => (None, clock(one)),
        [one] if past_day(one).is_some() => (past_day(one), Some(Time::midnight())),
        [one, time] if past_day(one).is_some() && clock(time).is_some() => (past_day(one), clock(time)),
        _ => (None, None),
    };
    let Some(time) = time else {
        let back = length(&words).and_then(|seconds| jiff::SignedDuration::try_from_secs_f64(seconds).ok());
        return back.and_then(|back| now.checked_sub(back).ok()).ok_or_else(unclear);
    };
    let here = now.to_zoned(zone.clone());
    let at = |days: i64| {
        let date = here.date().checked_sub(days.days()).ok()?;
        date.to_datetime(time).to_zoned(zone.clone()).ok().map(|at| at.timestamp())
    };
    let at = match date {
        Some(Day::On(date)) => date.to_datetime(time).to_zoned(zone.clone()).ok().map(|at| at.timestamp()),
        Some(Day::In(days)) => at(-days),
        Some(Day::Next(weekday)) => {
            let days = i64::from(here.weekday().since(weekday));
            at(days).and_then(|first| if first <= now { Some(first) } else { at(days + 7) })
        }
        None => at(0).and_then(|first| if first <= now { Some(first) } else { at(1) }),
    };
    at.ok_or_else(unclear)
}

fn past_day(word: &str) -> Option<Day> {
    match word {
        "yesterday" => Some(Day::In(-1)),
        "tomorrow" | "tmrw" => None,
        word => day(word),
    }
}

fn ahead(now: Stamp, seconds: f64) -> Option<Stamp> {
    let length = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    now.checked_add(length).ok()
}

/// A length of time ahead: `2h`, `1h 30m`, `3 days`. The error is one sentence.
pub fn parse_length(text: &str) -> Result<f64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let words: Vec<&str> = lower.split_whitespace().filter(|word| !matches!(*word, "for" | "in")).collect();
    match length(&words) {
        Some(seconds) if seconds > FURTHEST => Err(format!("`{text}` is more than a year")),
        Some(seconds) if seconds >= 1.0 => Ok(seconds),
        Some(_) => Err(format!("`{text}` is no time at all")),
        None => Err(format!("`{text}` is not a length of time: 30m, 2h, 1h 30m, 3d, 1w")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_moment_in_the_past_is_said_in_many_ways() {
        // A Monday, 17:02 in the zone.
        let now: Stamp = "2026-11-23T16:02:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        for (text, at) in [
            ("2h", "2026-11-23T14:02:00Z"),
            ("1h 30m", "2026-11-23T14:32:00Z"),
            ("3 days ago", "2026-11-20T16:02:00Z"),
            ("1.5d", "2026-11-22T04:02:00Z"),
            ("0m", "2026-11-23T16:02:00Z"),
            ("today", "2026-11-22T23:00:00Z"),
            (" Yesterday ", "2026-11-21T23:00:00Z"),
            ("yesterday 18:30", "2026-11-22T17:30:00Z"),
            ("monday", "2026-11-22T23:00:00Z"),
            ("mon 18:00", "2026-11-16T17:00:00Z"),
            ("Fri", "2026-11-19T23:00:00Z"),
            ("last tuesday", "2026-11-16T23:00:00Z"),
            ("16:30", "2026-11-23T15:30:00Z"),
            ("6pm", "2026-11-22T17:00:00Z"),
            ("2026-11-20", "2026-11-19T23:00:00Z"),
            ("2026/11/20", "2026-11-19T23:00:00Z"),
            ("2026-11-20 08:00", "2026-11-20T07:00:00Z"),
            ("2026-11-20T08:00:00", "2026-11-20T07:00:00Z"),
            ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
            ("2026-11-20T08:00:00+02:00", "2026-11-20T06:00:00Z"),
        ] {
            assert_eq!(parse_past(text, now, &zone).map(|at| at.to_string()), Ok(at.to_owned()), "{text}");
        }
        for bad in ["", "soon", "-2h", "2026", "90", "2026-13-40", "1e300d", "tomorrow", "25:00", "\u{1b}[31m", "99999999999d"] {
            assert!(parse_past(bad, now, &zone).is_err(), "{bad}");
        }
    }

    fn now() -> Stamp {
        // Monday.
        "2026-11-23T16:02:00Z".parse().unwrap()
    }

    #[test]
    fn every_form_means_one_moment() {
        for (text, at) in [
            ("19:00", "2026-11-23T19:00:00Z"),
            ("at 19:00", "2026-11-23T19:00:00Z"),
            ("7pm", "2026-11-23T19:00:00Z"),
            ("7:30PM", "2026-11-23T19:30:00Z"),
            ("12am", "2026-11-24T00:00:00Z"),
            ("12pm", "2026-11-24T12:00:00Z"),
            ("24:00", "2026-11-24T00:00:00Z"),
            ("midnight", "2026-11-24T00:00:00Z"),
            ("07:00", "2026-11-24T07:00:00Z"),
            ("16:02", "2026-11-24T16:02:00Z"),
            ("in 2h", "2026-11-23T18:02:00Z"),
            ("2h", "2026-11-23T18:02:00Z"),
            ("in 1h 30m", "2026-11-23T17:32:00Z"),
            ("1h30m", "2026-11-23T17:32:00Z"),
            ("in 2 hours", "2026-11-23T18:02:00Z"),
            ("in 90s", "2026-11-23T16:03:30Z"),
            ("friday", "2026-11-27T19:00:00Z"),
            ("Friday", "2026-11-27T19:00:00Z"),
            ("fri 18:30", "2026-11-27T18:30:00Z"),
            ("18:30 fri", "2026-11-27T18:30:00Z"),
            ("on fri at 6:30pm", "2026-11-27T18:30:00Z"),
            ("mon", "2026-11-23T19:00:00Z"),
            ("mon 08:00", "2026-11-30T08:00:00Z"),
            ("today 18:00", "2026-11-23T18:00:00Z"),
            ("tomorrow", "2026-11-24T19:00:00Z"),
            ("tomorrow 07:00", "2026-11-24T07:00:00Z"),
            ("2026-11-27", "2026-11-27T19:00:00Z"),
            ("2026/11/27 08:00", "2026-11-27T08:00:00Z"),
            ("2026-11-27T19:00:00Z", "2026-11-27T19:00:00Z"),
            ("2026-11-27T19:00:00+01:00", "2026-11-27T18:00:00Z"),
        ] {
            assert_eq!(parse(text, now(), &TimeZone::UTC).map(|at| at.to_string()), Ok(at.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_past_or_nonsense_is_told_in_a_sentence() {
        for (text, error) in [
            ("", "say when: 19:00, 7pm"),
            ("soon", "`soon` is no moment: 19:00, 7pm"),
            ("25:00", "`25:00` is no moment"),
            ("13pm", "`13pm` is no moment"),
            ("7", "`7` is no moment"),
            ("in 5", "`in 5` is no moment"),
            ("in", "`in` is no moment"),
            ("fri sat", "`fri sat` is no moment"),
            ("today 07:00", "`today 07:00` is past: it is Mon 2026-11-23 16:02 UTC now"),
            ("2026-11-20", "`2026-11-20` is past"),
            ("2026-11-23T16:02:00Z", "`2026-11-23T16:02:00Z` is past"),
            ("in 0s", "`in 0s` is past"),
            ("in 60w", "`in 60w` is more than a year ahead"),
            ("2031-01-01", "`2031-01-01` is more than a year ahead"),
            ("in 999999999999999999d", "`in 999999999999999999d` is no moment"),
        ] {
            let told = parse(text, now(), &TimeZone::UTC).unwrap_err();
            assert!(told.starts_with(error) && !told.contains('\n'), "{text}: {told}");
        }
    }

    #[test]
    fn hours_are_those_of_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let at = parse("19:00", now(), &zone).unwrap();
        assert_eq!(comes_to(at, now(), &zone), "Mon 2026-11-23 19:00 CET, in 1h 58m");
        assert_eq!(at.to_string(), "2026-11-23T18:00:00Z");
        // 02:30 does not exist on the day the clocks go forward: the hour after it is taken.
        let spring = "2026-03-28T12:00:00Z".parse().unwrap();
        assert_eq!(parse("sun 02:30", spring, &zone).unwrap().to_string(), "2026-03-29T01:30:00Z");
        for (text, brief) in [("19:00", "19:00"), ("fri 18:30", "Fri 18:30"), ("2026-12-24 19:00", "2026-12-24 19:00")] {
            assert_eq!(super::brief(parse(text, now(), &zone).unwrap(), now(), &zone), brief);
        }
    }

    #[test]
    fn lengths_need_their_unit() {
        for (text, seconds) in [("2h", 7200.0), ("for 1h 30m", 5400.0), ("3 days", 259_200.0), ("1.5h", 5400.0)] {
            assert_eq!(parse_length(text), Ok(seconds), "{text}");
        }
        for text in ["", "2", "h", "-2h", "0h", "60w", "soon", "2x", "1e400h"] {
            assert!(parse_length(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_is_ahead_or_an_error_of_one_line(
            text in prop_oneof![
                ".{0,24}",
                "(in )?[0-9]{1,4}(\\.[0-9])?(s|m|h|d|w| hours)( [0-9]{1,3}m)?",
                "(mon|tue|friday|tomorrow|today|2026-1[0-2]-[0-3][0-9]) ?([0-2]?[0-9]:[0-9]{2}|[0-9]{1,2}(am|pm))?",
            ],
            second in -2_000_000_000_i64..4_000_000_000,
            zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("America/New_York"), Just("Asia/Kolkata"), Just("Pacific/Apia")],
        ) {
            let now = Stamp::from_second(second).unwrap();
            let zone = TimeZone::get(zone).unwrap();
            match parse(&text, now, &zone) {
                Ok(at) => {
                    let ahead = seconds_between(now, at);
                    prop_assert!(ahead > 0.0 && ahead <= FURTHEST, "{text}: {at}");
                }
                Err(why) => prop_assert!(!why.is_empty()),
            }
            let _ = parse_length(&text);
        }
    }
}
