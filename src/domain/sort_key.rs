//! The key of a value in an order of rows.

use super::Value;
use std::cmp::Ordering;

/// The key that a row is ordered by, computed once per row: texts before numbers, and missing
/// values last in either direction.
#[derive(Clone, Debug, PartialEq)]
pub enum SortKey {
    /// In lower case.
    Text(String),
    /// Never NaN.
    Number(f64),
    /// No value.
    Missing,
}

impl SortKey {
    /// The key of a text, regardless of case.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }

    /// The key of a number; that of NaN is missing.
    pub fn number(number: f64) -> Self {
        if number.is_nan() {
            Self::Missing
        } else {
            Self::Number(number)
        }
    }

    /// Total order; `descending`: the largest first.
    pub fn order(&self, other: &Self, descending: bool) -> Ordering {
        let ascending = match (self, other) {
            (Self::Missing, Self::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Text(_), Self::Number(_)) => Ordering::Less,
            (Self::Number(_), Self::Text(_)) => Ordering::Greater,
        };
        if descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

impl From<&Value> for SortKey {
    fn from(value: &Value) -> Self {
        match value.number() {
            Some(number) => Self::number(number),
            None if value.is_known() && !matches!(value, Value::Series(_)) => {
                Self::text(&value.show())
            }
            None => Self::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_key() -> impl Strategy<Value = SortKey> {
        prop_oneof![
            Just(SortKey::Missing),
            any::<String>().prop_map(|text| SortKey::text(&text)),
            any::<f64>().prop_map(SortKey::number),
        ]
    }

    proptest! {
        #[test]
        fn order_is_total(
            a in any_key(),
            b in any_key(),
            c in any_key(),
            descending: bool,
        ) {
            let order = |a: &SortKey, b: &SortKey| a.order(b, descending);
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &a), Ordering::Equal);
            if order(&a, &b).is_le() && order(&b, &c).is_le() {
                prop_assert!(order(&a, &c).is_le());
            }
        }
    }

    #[test]
    fn missing_comes_last_in_either_direction_and_text_ignores_case() {
        let [missing, small, large] = [f64::NAN, -2.0, 3.0].map(SortKey::number);
        let [a, b] = ["a", "B"].map(SortKey::text);
        let ordered = |descending| {
            let mut keys = [&large, &missing, &b, &small, &a];
            keys.sort_by(|a, b| a.order(b, descending));
            keys.map(Clone::clone)
        };
        let keys = |of: [&SortKey; 5]| of.map(Clone::clone);
        assert_eq!(ordered(false), keys([&a, &b, &small, &large, &missing]));
        assert_eq!(ordered(true), keys([&large, &small, &b, &a, &missing]));
    }
}
