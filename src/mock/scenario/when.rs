//! Times in a scenario, relative to its `now`: `fri 17:00`, `-3d`, `+52d`, `2026-11-20T17:00Z`.

use crate::{
    domain::{Timestamp, time::timestamp::parse_span},
    mock::simulation::timeline::after,
};

/// A time of a scenario, before it is resolved.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "String")]
pub enum ScenarioTime {
    /// Seconds after now; negative before.
    Offset(f64),
    /// The last such weekday (0 is Monday) and second of the day that is not after now.
    Last(i8, i64),
    /// An absolute time.
    At(Timestamp),
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl ScenarioTime {
    /// Resolves the time at `now`.
    pub fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Offset(seconds) => after(now, seconds),
            Self::At(at) => at,
            Self::Last(day, second) => {
                let days = now.as_second().div_euclid(86_400);
                let back = (days + 3 - i64::from(day)).rem_euclid(7); // 1970-01-01 was a Thursday
                let at = (days - back) * 86_400 + second;
                let at = if at > now.as_second() {
                    at - 7 * 86_400
                } else {
                    at
                };
                Timestamp::from_second(at).unwrap_or(now)
            }
        }
    }
}

/// An absolute time: `2026-11-23T08:30:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct AbsoluteTime(pub Timestamp);

impl TryFrom<String> for AbsoluteTime {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
            .map(Self)
            .map_err(|_| format!("`{text}` is no moment; write `2026-11-23T08:30:00Z`"))
    }
}

/// A length of time: `2h 30m`, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub f64);

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let seconds = span_of(&text).filter(|seconds| *seconds >= 1.0);
        seconds
            .map(|seconds| Self(seconds.round()))
            .ok_or_else(|| format!("`{text}` is no length of time; write `90m` or `2h 30m`"))
    }
}

impl TryFrom<String> for ScenarioTime {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl std::str::FromStr for ScenarioTime {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || {
            format!(
                "`{text}` is no time; write `fri 17:00`, `-3d`, `+52d` or `2026-11-20T17:00:00Z`"
            )
        };
        if let Some(span) = text.strip_prefix('-') {
            return span_of(span)
                .map(|seconds| Self::Offset(-seconds))
                .ok_or_else(wrong);
        }
        if let Some(span) = text.strip_prefix('+') {
            return span_of(span).map(Self::Offset).ok_or_else(wrong);
        }
        if text == "now" {
            return Ok(Self::Offset(0.0));
        }
        if let Some((day, clock)) = text.split_once(' ')
            && let Some(day) = DAYS.iter().position(|name| *name == day)
        {
            let (hour, minute) = clock.trim().split_once(':').ok_or_else(wrong)?;
            let (hour, minute): (i64, i64) = (
                hour.parse().map_err(|_| wrong())?,
                minute.parse().map_err(|_| wrong())?,
            );
            if hour > 23 || minute > 59 || hour < 0 || minute < 0 {
                return Err(wrong());
            }
            return Ok(Self::Last(day as i8, hour * 3_600 + minute * 60));
        }
        text.parse().map(Self::At).map_err(|_| wrong())
    }
}

/// `3d`, `2d 4h`, `90m`: the sum of its parts, in seconds.
fn span_of(text: &str) -> Option<f64> {
    let mut parts = text.split_whitespace().peekable();
    parts.peek()?;
    parts
        .map(|part| parse_span(part).filter(|seconds| *seconds >= 0.0))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_resolved_at_now() {
        let now: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap(); // a Monday
        for (text, at) in [
            ("fri 17:00", "2026-11-20T17:00:00Z"),
            ("mon 07:50", "2026-11-23T07:50:00Z"),
            ("mon 09:00", "2026-11-16T09:00:00Z"),
            ("-3d", "2026-11-20T08:30:00Z"),
            ("-1d 30m", "2026-11-22T08:00:00Z"),
            ("+2h", "2026-11-23T10:30:00Z"),
            ("now", "2026-11-23T08:30:00Z"),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ] {
            assert_eq!(
                text.parse::<ScenarioTime>()
                    .unwrap()
                    .resolve(now)
                    .to_string(),
                at,
                "{text}"
            );
        }
        for wrong in ["", "friday", "fri 25:00", "-", "-soon", "fri", "2026-11-20"] {
            assert!(wrong.parse::<ScenarioTime>().is_err(), "{wrong}");
        }
    }
}
