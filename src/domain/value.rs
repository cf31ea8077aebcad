//! One cell: a typed value with one text form and one JSON form. Its order is a [`SortKey`].
//!
//! Sorting, filtering, totals and export all use it.
//!
//! [`SortKey`]: super::SortKey

use super::{
    Currency, Measured, Reason, Series, State, Tags, Timestamp, Usd, UsdPerHour,
    money::usd::two_significant, text::printable, time::timestamp,
};
use std::{borrow::Cow, sync::Arc};

/// A value in base units: dollars, seconds, fractions.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Does not apply to this row. Blank; JSON null.
    None,
    /// Unknown, with the reason that details show. `n/a`; JSON null.
    Unknown(Reason),
    /// Text from AWS, unescaped; `show` makes it printable.
    Text(Arc<str>),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// A count that changes from `now` to `to`: `8→2`.
    Moving {
        /// Running count; this is what AWS bills.
        now: u32,
        /// Desired count.
        to: u32,
    },
    /// A plain number.
    Number(f64),
    /// A fraction, 0 to 1 (may pass 1).
    Percent(f64),
    /// An amount.
    Usd(Usd),
    /// An amount in another currency than dollars.
    Money(f64, Currency),
    /// A rate.
    Rate(UsdPerHour),
    /// A length of time in seconds.
    Span(f64),
    /// A moment.
    Moment(Timestamp),
    /// A state.
    State(State),
    /// Tags: text `key=value` joined by a space; JSON object.
    Tags(Tags),
    /// A series, drawn as a sparkline; ordered by its newest reading.
    Series(Arc<Series>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(text.into())
    }

    /// A reading through `make`, or unknown with its reason.
    pub fn read<T: Clone>(reading: &Measured<T>, make: impl FnOnce(T) -> Self) -> Self {
        match reading {
            Measured::Known(value) => make(value.clone()),
            Measured::Unknown(why) => Self::Unknown(why.clone()),
        }
    }

    /// `Some` through `make`, `None` as "does not apply".
    pub fn opt<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::None, make)
    }

    /// Neither missing nor inapplicable.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::None | Self::Unknown(_))
    }

    /// The number behind the value, in base units, for comparison (`burn>5`), totals and charts.
    pub fn number(&self) -> Option<f64> {
        Some(match self {
            Self::Flag(flag) => f64::from(u8::from(*flag)),
            Self::Count(n) => *n as f64,
            Self::Moving { now, .. } => f64::from(*now),
            Self::Number(n) | Self::Percent(n) | Self::Span(n) => *n,
            Self::Usd(amount) => amount.0,
            Self::Money(amount, _) => *amount,
            Self::Rate(rate) => rate.0,
            Self::Moment(at) => at.as_second() as f64,
            Self::Series(series) => series.last()?,
            Self::None | Self::Unknown(_) | Self::Text(_) | Self::State(_) | Self::Tags(_) => {
                return None;
            }
        })
    }

    /// Text form, safe to print (see [`printable`]). Of a series, its newest reading.
    pub fn show(&self) -> Cow<'_, str> {
        match self {
            Self::None => Cow::Borrowed(""),
            Self::Unknown(_) => Cow::Borrowed("n/a"),
            Self::Text(text) => printable(text),
            Self::State(state) => printable(&state.name),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "yes" } else { "no" }),
            Self::Count(n) => Cow::Owned(n.to_string()),
            Self::Moving { now, to } if now == to => Cow::Owned(now.to_string()),
            Self::Moving { now, to } => Cow::Owned(format!("{now}→{to}")),
            Self::Number(n) => Cow::Owned(number(*n)),
            Self::Percent(share) => Cow::Owned(percent(*share)),
            Self::Usd(amount) => Cow::Owned(amount.to_string()),
            Self::Money(amount, currency) => Cow::Owned(currency.format(*amount)),
            // The heading names the unit: per hour.
            Self::Rate(rate) => Cow::Owned(Usd(rate.0).to_string()),
            Self::Tags(tags) => {
                let pairs: Vec<String> = tags
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                Cow::Owned(printable(&pairs.join(" ")).into_owned())
            }
            Self::Span(seconds) => Cow::Owned(timestamp::short(*seconds)),
            Self::Moment(at) => Cow::Owned(at.strftime("%Y-%m-%d %H:%M").to_string()),
            Self::Series(series) => series
                .last()
                .map_or(Cow::Borrowed("n/a"), |reading| Cow::Owned(number(reading))),
        }
    }

    /// JSON form: plain numbers in base units, moments as RFC 3339 UTC, null if unknown.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::None | Self::Unknown(_) => Json::Null,
            Self::Text(text) => Json::from(text.as_ref()),
            Self::State(state) => Json::from(state.name.as_ref()),
            Self::Tags(tags) => tags
                .iter()
                .map(|(key, value)| (key.clone(), Json::from(value.as_str())))
                .collect(),
            Self::Flag(flag) => Json::from(*flag),
            Self::Count(n) => Json::from(*n),
            Self::Moving { now, .. } => Json::from(*now),
            Self::Moment(at) => Json::from(at.to_string()),
            Self::Series(series) => Json::from(series.points.clone()),
            Self::Number(_)
            | Self::Percent(_)
            | Self::Usd(_)
            | Self::Money(..)
            | Self::Rate(_)
            | Self::Span(_) => self.number().map_or(Json::Null, Json::from),
        }
    }
}

fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent >= 999.5 {
        return ">999%".to_owned();
    }
    let text = if percent != 0.0 && percent.abs() < 9.95 {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    };
    // Zero has no sign.
    if text == "-0.0%" {
        "0.0%".to_owned()
    } else {
        text
    }
}

/// `0.042`, `4.2`, `42`, `4.2k`, `42k`, `4.2M`.
fn number(n: f64) -> String {
    let size = n.abs();
    match size {
        s if !s.is_finite() => "n/a".to_owned(),
        0.0 => "0".to_owned(),
        s if s < 1e-9 => "0".to_owned(),
        s if s < 0.009_5 => {
            let sign = if n < 0.0 { "-" } else { "" };
            format!("{sign}{}", two_significant(s))
        }
        s if s < 0.095 => format!("{n:.3}"),
        s if s < 9.95 => format!("{n:.1}"),
        s if s < 9_999.5 => format!("{n:.0}"),
        s if s < 999_500.0 => format!("{:.0}k", n / 1e3),
        s if s < 99.95e6 => format!("{:.1}M", n / 1e6),
        s if s < 999.5e6 => format!("{:.0}M", n / 1e6),
        _ => format!("{:.1}G", n / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::None),
            Just(Value::Unknown(Reason::new("no data"))),
            any::<String>().prop_map(Value::text),
            any::<bool>().prop_map(Value::Flag),
            any::<u64>().prop_map(Value::Count),
            (any::<u32>(), any::<u32>()).prop_map(|(now, to)| Value::Moving { now, to }),
            any::<f64>().prop_map(Value::Number),
            any::<f64>().prop_map(Value::Percent),
            any::<f64>().prop_map(|n| Value::Usd(Usd(n))),
            any::<f64>().prop_map(|n| Value::Rate(UsdPerHour(n))),
            any::<f64>().prop_map(Value::Span),
        ]
    }

    proptest! {
        #[test]
        fn displayed_value_has_no_control_characters(value in any_value()) {
            prop_assert!(!value.show().chars().any(char::is_control));
        }
    }

    #[test]
    fn each_value_has_one_text_and_one_json() {
        let now = "2026-11-23T08:30:00Z".parse().unwrap();
        for (value, text, json) in [
            (Value::None, "", "null"),
            (Value::Unknown(Reason::new("denied")), "n/a", "null"),
            (Value::Moving { now: 8, to: 2 }, "8→2", "8"),
            (Value::Moving { now: 2, to: 2 }, "2", "2"),
            (Value::Percent(0.034), "3.4%", "0.034"),
            (Value::Percent(-0.0001), "0.0%", "-0.0001"),
            (Value::Percent(-0.04), "-4.0%", "-0.04"),
            (Value::Percent(0.34), "34%", "0.34"),
            (Value::Rate(UsdPerHour(56.72)), "$57", "56.72"),
            (Value::Span(219_600.0), "61h", "219600.0"),
            (
                Value::Moment(now),
                "2026-11-23 08:30",
                "\"2026-11-23T08:30:00Z\"",
            ),
            (Value::Count(12), "12", "12"),
            (Value::Number(12_345.0), "12k", "12345.0"),
        ] {
            assert_eq!(value.show(), text);
            assert_eq!(value.json().to_string(), json);
        }
    }
}
