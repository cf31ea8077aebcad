//! AWS's moments to ours and back.

use crate::domain::Timestamp;
use aws_smithy_types::DateTime;

/// A moment from AWS; `None` when it is out of any calendar.
pub fn timestamp(at: &DateTime) -> Option<Timestamp> {
    Timestamp::new(at.secs(), i32::try_from(at.subsec_nanos()).ok()?).ok()
}

/// An optional moment from AWS.
pub fn optional_timestamp(at: Option<&DateTime>) -> Option<Timestamp> {
    at.and_then(timestamp)
}

/// A moment for AWS, whole seconds.
pub fn date_time(at: Timestamp) -> DateTime {
    DateTime::from_secs(at.as_second())
}

/// `at` moved by `seconds`, held within the calendar.
pub fn add_seconds(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(at)
}

/// `2026-11-21` or `2026-11-21T02:00:00Z`.
pub(crate) fn day(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}T00:00:00Z").parse().ok())
}

/// The time in an EC2 `StateTransitionReason`: `User initiated (2026-11-21 04:10:00 GMT)`.
pub fn transition_time(reason: &str) -> Option<Timestamp> {
    let (_, time) = reason.rsplit_once('(')?;
    let time = time.split_once(')')?.0;
    let time = time.strip_suffix(" GMT").or(time.strip_suffix(" UTC"))?;
    format!("{}Z", time.replace(' ', "T")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_survives_conversion_both_ways() {
        let at: Timestamp = "2026-11-23T08:30:00Z".parse().unwrap();
        assert_eq!(timestamp(&date_time(at)), Some(at));
        assert_eq!(add_seconds(at, -60).to_string(), "2026-11-23T08:29:00Z");
        assert_eq!(timestamp(&DateTime::from_secs(i64::MAX)), None);
    }

    #[test]
    fn a_stop_says_when() {
        for (reason, time) in [
            (
                "User initiated (2026-11-21 04:10:00 GMT)",
                Some("2026-11-21T04:10:00Z"),
            ),
            (
                "User initiated (2019-04-08 14:29:07 UTC)",
                Some("2019-04-08T14:29:07Z"),
            ),
            ("Server.SpotInstanceTermination", None),
            ("User initiated ()", None),
            ("", None),
        ] {
            let time = time.map(|time| time.parse().unwrap());
            assert_eq!(transition_time(reason), time, "{reason}");
        }
    }
}
