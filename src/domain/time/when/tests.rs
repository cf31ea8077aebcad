//! Parsing of times and durations, and their errors.

use super::*;
use proptest::prelude::*;

#[test]
fn past_time_parses_in_every_form() {
    // A Monday, 17:02 in the zone.
    let now: Timestamp = "2026-11-23T16:02:00Z".parse().unwrap();
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
        assert_eq!(
            parse_past(text, now, &zone).map(|at| at.to_string()),
            Ok(at.to_owned()),
            "{text}"
        );
    }
    for bad in [
        "",
        "soon",
        "-2h",
        "2026",
        "90",
        "2026-13-40",
        "1e300d",
        "tomorrow",
        "25:00",
        "\u{1b}[31m",
        "99999999999d",
    ] {
        assert!(parse_past(bad, now, &zone).is_err(), "{bad}");
    }
}

fn now() -> Timestamp {
    // Monday.
    "2026-11-23T16:02:00Z".parse().unwrap()
}

#[test]
fn future_time_parses_in_every_form() {
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
        assert_eq!(
            parse(text, now(), &TimeZone::UTC).map(|at| at.to_string()),
            Ok(at.to_owned()),
            "{text}"
        );
    }
}

#[test]
fn invalid_time_is_rejected_with_a_message() {
    for (text, error) in [
        ("", "type a time: 19:00, 7pm"),
        ("soon", "`soon` is not a time: 19:00, 7pm"),
        ("25:00", "`25:00` is not a time"),
        ("13pm", "`13pm` is not a time"),
        ("7", "`7` is not a time"),
        ("in 5", "`in 5` is not a time"),
        ("in", "`in` is not a time"),
        ("fri sat", "`fri sat` is not a time"),
        (
            "today 07:00",
            "`today 07:00` is past: it is Mon 2026-11-23 16:02 UTC now",
        ),
        ("2026-11-20", "`2026-11-20` is past"),
        ("2026-11-23T16:02:00Z", "`2026-11-23T16:02:00Z` is past"),
        ("in 0s", "`in 0s` is past"),
        ("in 60w", "`in 60w` is more than a year ahead"),
        ("2031-01-01", "`2031-01-01` is more than a year ahead"),
        (
            "in 999999999999999999d",
            "`in 999999999999999999d` is not a time",
        ),
    ] {
        let message = parse(text, now(), &TimeZone::UTC).unwrap_err();
        assert!(
            message.starts_with(error) && !message.contains('\n'),
            "{text}: {message}"
        );
    }
}

#[test]
fn times_use_the_time_zone() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let at = parse("19:00", now(), &zone).unwrap();
    assert_eq!(
        format_with_distance(at, now(), &zone),
        "Mon 2026-11-23 19:00 CET, in 1h 58m"
    );
    assert_eq!(at.to_string(), "2026-11-23T18:00:00Z");
    // 02:30 does not exist on the day the clocks go forward: the result is the hour after it.
    let spring = "2026-03-28T12:00:00Z".parse().unwrap();
    assert_eq!(
        parse("sun 02:30", spring, &zone).unwrap().to_string(),
        "2026-03-29T01:30:00Z"
    );
    for (text, brief) in [
        ("19:00", "19:00"),
        ("fri 18:30", "Fri 18:30"),
        ("2026-12-24 19:00", "2026-12-24 19:00"),
    ] {
        assert_eq!(
            super::format_brief(parse(text, now(), &zone).unwrap(), now(), &zone),
            brief
        );
    }
}

#[test]
fn durations_require_a_unit() {
    for (text, seconds) in [
        ("2h", 7200.0),
        ("for 1h 30m", 5400.0),
        ("3 days", 259_200.0),
        ("1.5h", 5400.0),
    ] {
        assert_eq!(parse_length(text), Ok(seconds), "{text}");
    }
    for text in ["", "2", "h", "-2h", "0h", "60w", "soon", "2x", "1e400h"] {
        assert!(parse_length(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_parses_to_a_future_time_or_a_one_line_error(
        text in prop_oneof![
            ".{0,24}",
            "(in )?[0-9]{1,4}(\\.[0-9])?(s|m|h|d|w| hours)( [0-9]{1,3}m)?",
            "(mon|tue|friday|tomorrow|today|2026-1[0-2]-[0-3][0-9]) \
             ?([0-2]?[0-9]:[0-9]{2}|[0-9]{1,2}(am|pm))?",
        ],
        second in -2_000_000_000_i64..4_000_000_000,
        zone in proptest::sample::select(vec![
            "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
        ]),
    ) {
        let now = Timestamp::from_second(second).unwrap();
        let zone = TimeZone::get(zone).unwrap();
        match parse(&text, now, &zone) {
            Ok(at) => {
                let ahead = seconds_between(now, at);
                prop_assert!(ahead > 0.0 && ahead <= MAX_DISTANCE, "{text}: {at}");
            }
            Err(why) => prop_assert!(!why.is_empty()),
        }
        let _ = parse_length(&text);
    }
}
