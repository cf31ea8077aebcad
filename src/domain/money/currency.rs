//! The currency of a bill. AWS bills dollars in most places, CNY in China, and elsewhere the
//! payer's choice.

use super::usd::format_amount;
use std::fmt;

/// An ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// US dollars: the currency of price lists.
    pub const USD: Self = Self(*b"USD");

    /// By its code; `None` for anything but three capital letters.
    pub fn parse(code: &str) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        code.iter()
            .all(u8::is_ascii_uppercase)
            .then_some(Self(code))
    }

    /// The code.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `$1,284`, `CNY 1,284`.
    pub fn format(&self, amount: f64) -> String {
        let symbol = if *self == Self::USD {
            "$".to_owned()
        } else {
            format!("{self} ")
        };
        format_amount(amount, &symbol, false)
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_as_billed() {
        let yuan = Currency::parse("CNY").unwrap();
        assert_eq!(yuan.format(1283.6), "CNY 1,284");
        assert_eq!(yuan.format(-2.0), "-CNY 2.00");
        assert_eq!(Currency::USD.format(412_345.0), "$412k");
        for code in ["", "usd", "N/A", "Units", "12A"] {
            assert_eq!(Currency::parse(code), None, "{code}");
        }
    }
}
