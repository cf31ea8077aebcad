//! Moments and lengths of time, and their formats.

/// A moment, UTC, from AWS or from the loop's clock.
pub type Timestamp = jiff::Timestamp;

/// Seconds from `then` to `now`; negative if `then` is later.
pub fn seconds_between(then: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(then).as_secs_f64()
}

/// A length of time in at most four characters of number and unit: `8s`, `12m`, `7h`, `61h`, `5d`,
/// `12w`. Hours run to 99 because people count a weekend in hours.
pub fn short(seconds: f64) -> String {
    let size = seconds.abs();
    let sign = if seconds <= -1.0 { "-" } else { "" };
    let (number, unit) = match size {
        s if s < 60.0 => (s, "s"),
        s if s < 5_400.0 => (s / 60.0, "m"),
        s if s < 100.0 * 3_600.0 => (s / 3_600.0, "h"),
        s if s < 100.0 * 86_400.0 => (s / 86_400.0, "d"),
        s => (s / (7.0 * 86_400.0), "w"),
    };
    format!("{sign}{:.0}{unit}", number.floor())
}

/// Reads `90`, `90s`, `15m`, `2h`, `1.5d`, `2w` as seconds. `None` if it is not a length of time.
pub fn parse_span(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.trim().parse().ok().filter(|n: &f64| n.is_finite())?;
    let factor = match unit {
        "" | "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 7.0 * 86_400.0,
        _ => return None,
    };
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_and_read_back() {
        for (seconds, text) in [
            (8.0, "8s"),
            (720.0, "12m"),
            (7.5 * 3600.0, "7h"),
            (61.0 * 3600.0, "61h"),
            (5.0 * 86_400.0, "5d"),
            (1e8, "165w"),
            (-7200.0, "-2h"),
        ] {
            assert_eq!(short(seconds), text);
        }
        assert_eq!(parse_span("2h"), Some(7200.0));
        assert_eq!(parse_span("1.5d"), Some(129_600.0));
        assert_eq!(parse_span("90"), Some(90.0));
        assert_eq!(parse_span("soon"), None);
    }
}
