//! The number of a comparison: its meaning depends on the value it is compared with.

use crate::domain::{Timestamp, Value, time::timestamp::parse_span};

/// A number as written, in each of its meanings.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QueryNumber {
    text: String,
    /// `5`, `$5`, `5/h`, `1k`, `2.5M`, `1G`.
    plain: Option<f64>,
    /// `10%` and `10`, as a fraction.
    fraction: Option<f64>,
    /// `2h` and `90`, in seconds.
    span: Option<f64>,
    /// `2026-11-20` and RFC 3339, in seconds since the epoch.
    moment: Option<f64>,
}

impl QueryNumber {
    /// `None` if the text is no number in any meaning.
    pub(super) fn new(text: &str) -> Option<Self> {
        let bare = text.trim().trim_start_matches('$');
        let bare = bare.strip_suffix("/h").unwrap_or(bare);
        let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let plain = match bare.strip_suffix(['k', 'K', 'M', 'G']) {
            Some(number) => finite(number).map(|number| {
                number
                    * if bare.ends_with('M') {
                        1e6
                    } else if bare.ends_with('G') {
                        1e9
                    } else {
                        1e3
                    }
            }),
            None => finite(bare),
        };
        let fraction = bare
            .strip_suffix('%')
            .and_then(finite)
            .or_else(|| finite(bare))
            .map(|percent| percent / 100.0);
        let bound = Self {
            text: text.to_owned(),
            plain,
            fraction,
            span: parse_span(text),
            moment: moment(text),
        };
        (bound
            .plain
            .or(bound.fraction)
            .or(bound.span)
            .or(bound.moment))
        .is_some()
        .then_some(bound)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The number to compare with `value`'s.
    pub(super) fn against(&self, value: &Value) -> Option<f64> {
        match value {
            Value::Percent(_) => self.fraction,
            Value::Span(_) => self.span,
            Value::Moment(_) => self.moment,
            Value::Series(_) => self.plain.or(self.fraction),
            _ => self.plain,
        }
    }
}

/// A day (its first moment, UTC) or a moment.
fn moment(text: &str) -> Option<f64> {
    let day = || {
        text.parse::<jiff::civil::Date>()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|day| day.timestamp())
    };
    let stamp: Option<Timestamp> = text.parse().ok().or_else(day);
    stamp.map(|stamp| stamp.as_second() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Usd, UsdPerHour};

    #[test]
    fn number_unit_follows_the_compared_value() {
        let rate = Value::Rate(UsdPerHour(0.0));
        let usd = Value::Usd(Usd(0.0));
        for (text, value, number) in [
            ("5", &rate, Some(5.0)),
            ("$5/h", &rate, Some(5.0)),
            ("1k", &usd, Some(1e3)),
            ("2.5M", &usd, Some(2.5e6)),
            ("10%", &Value::Percent(0.0), Some(0.1)),
            ("10", &Value::Percent(0.0), Some(0.1)),
            ("2h", &Value::Span(0.0), Some(7200.0)),
            ("90", &Value::Span(0.0), Some(90.0)),
            ("2h", &rate, None),
            (
                "1970-01-02",
                &Value::Moment(Timestamp::UNIX_EPOCH),
                Some(86_400.0),
            ),
            (
                "1970-01-01T00:01:00Z",
                &Value::Moment(Timestamp::UNIX_EPOCH),
                Some(60.0),
            ),
        ] {
            assert_eq!(
                QueryNumber::new(text).unwrap().against(value),
                number,
                "{text}"
            );
        }
        for no_number in ["", "lots", "nan", "inf", "1e999", "%", "k"] {
            assert_eq!(QueryNumber::new(no_number), None, "{no_number}");
        }
    }
}
