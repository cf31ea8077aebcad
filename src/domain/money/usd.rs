//! Dollars and dollars per hour, two types so that a rate is never added to an amount.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Mul, Sub},
};

/// Hours in the month every monthly figure uses: 365 x 24 / 12, as in AWS's own pricing pages.
pub const HOURS_PER_MONTH: f64 = 730.0;

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub f64);

        impl $name {
            /// Nothing at all.
            pub const ZERO: Self = Self(0.0);
        }
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }
        impl Mul<f64> for $name {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self(self.0 * factor)
            }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                Self(amounts.map(|amount| amount.0).sum())
            }
        }
    };
}

amount! {
    /// An amount in US dollars, before tax.
    Usd
}
amount! {
    /// A rate in US dollars per hour.
    UsdPerHour
}

impl UsdPerHour {
    /// The amount after `seconds` at this rate.
    pub fn over(self, seconds: f64) -> Usd {
        Usd(self.0 * seconds / 3600.0)
    }

    /// The amount of a month of [`HOURS_PER_MONTH`] at this rate.
    pub fn monthly(self) -> Usd {
        self.within_month(None)
    }

    /// The amount of the next month at this rate; a resource that ends by itself in `hours_left`
    /// counts up to its end. `None`: it does not end.
    pub fn within_month(self, hours_left: Option<f64>) -> Usd {
        let hours = hours_left.map_or(HOURS_PER_MONTH, |left| left.min(HOURS_PER_MONTH));
        Usd(self.0 * hours)
    }
}

impl fmt::Display for Usd {
    /// `$0.42`, `$57`, `$1,284`, `$412k`, `$1.2M`: short, for a column; of less than a cent two
    /// significant digits: `$0.00042`. `{:#}` prints cents and every digit: `$1,284.07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dollars(self.0, f.alternate()))
    }
}

impl fmt::Display for UsdPerHour {
    /// As [`Usd`], followed by `/h`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/h", dollars(self.0, f.alternate()))
    }
}

fn dollars(amount: f64, exact: bool) -> String {
    format_amount(amount, "$", exact)
}

/// `amount` after the `symbol` of its currency.
pub(super) fn format_amount(amount: f64, symbol: &str, exact: bool) -> String {
    if !amount.is_finite() {
        return format!("{symbol}?");
    }
    // Amounts this small are rounding errors of sums.
    let size = if amount.abs() < NOTHING {
        0.0
    } else {
        amount.abs()
    };
    let sign = if amount < 0.0 && size > 0.0 { "-" } else { "" };
    let digits = if exact {
        match size {
            0.0 => grouped(size, 2),
            s if s < TINY => two_significant(s),
            s if s < 1.0 => grouped(s, 4),
            s => grouped(s, 2),
        }
    } else {
        match size {
            0.0 => "0".to_owned(),
            s if s < TINY => two_significant(s),
            s if s < 0.095 => format!("{s:.3}"),
            s if s < 9.995 => format!("{s:.2}"),
            s if s < 99_999.5 => grouped(s, 0),
            s if s < 999_500.0 => format!("{:.0}k", s / 1e3),
            s if s < 99.95e6 => format!("{:.1}M", s / 1e6),
            s => format!("{:.0}M", s / 1e6),
        }
    };
    format!("{sign}{symbol}{digits}")
}

/// Below it an amount is zero: a billionth of a dollar.
const NOTHING: f64 = 1e-9;
/// Below it three decimals have less than two significant digits.
const TINY: f64 = 0.009_5;

/// A size between zero and one with two significant digits: `0.00042`.
pub(in crate::domain) fn two_significant(size: f64) -> String {
    // A size that rounds up to the next power of ten has one place less: 0.000996 is 0.0010.
    let exponent = size.log10().floor() as i32;
    let places = usize::try_from(1 - exponent).unwrap_or_default();
    format!("{size:.places$}")
}

/// `1234567.8` as `1,234,567.80` with `digits` decimals.
fn grouped(size: f64, digits: usize) -> String {
    let plain = format!("{size:.digits$}");
    let (whole, rest) = plain
        .split_once('.')
        .map_or((plain.as_str(), String::new()), |(w, r)| {
            (w, format!(".{r}"))
        });
    let mut out = String::with_capacity(plain.len() + 4);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + &rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_amounts_are_short_and_sums_are_exact() {
        for (amount, column, exact) in [
            (0.0, "$0", "$0.00"),
            (0.0042, "$0.0042", "$0.0042"),
            (0.000_421, "$0.00042", "$0.00042"),
            (0.000_008_76, "$0.0000088", "$0.0000088"),
            (-0.000_12, "-$0.00012", "-$0.00012"),
            (0.009_49, "$0.0095", "$0.0095"),
            (0.02, "$0.020", "$0.0200"),
            (-1e-17, "$0", "$0.00"),
            (0.4207, "$0.42", "$0.4207"),
            (57.0, "$57", "$57.00"),
            (1283.6, "$1,284", "$1,283.60"),
            (412_345.0, "$412k", "$412,345.00"),
            (1_234_567.0, "$1.2M", "$1,234,567.00"),
            (-18_204.0, "-$18,204", "-$18,204.00"),
        ] {
            assert_eq!(Usd(amount).to_string(), column);
            assert_eq!(format!("{:#}", Usd(amount)), exact);
        }
        assert_eq!(UsdPerHour(21.957_642).to_string(), "$22/h");
        assert_eq!(Usd(f64::NAN).to_string(), "$?");
    }

    #[test]
    fn rate_times_duration_is_an_amount() {
        assert_eq!(UsdPerHour(2.0).over(1800.0), Usd(1.0));
        assert_eq!(UsdPerHour(1.0).monthly(), Usd(730.0));
        assert_eq!(UsdPerHour(2.0).within_month(Some(63.0)), Usd(126.0));
        assert_eq!(UsdPerHour(1.0).within_month(Some(1e6)), Usd(730.0));
    }
}
