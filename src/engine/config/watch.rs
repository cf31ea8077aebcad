//! What watching may cost.

use crate::aws::metrics::WatchBudget;
use serde::Deserialize;

/// What watching may cost.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WatchConfig {
    /// Dollars a day and profile for metrics and Cost Explorer. Metrics are asked less often where
    /// they would cost more, and say how old they are. `auto` is a dollar for up to 1,000
    /// resources, and (n / 1,000)^0.75 dollars for n above. Default: `"auto"`.
    pub budget: WatchDollars,
}

/// Dollars a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub struct WatchDollars(pub WatchBudget);

/// As the file has it.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected dollars a day like `2.50`, `\"auto\"` or `\"none\"`"
)]
enum Written {
    Dollars(f64),
    Word(String),
}

impl TryFrom<Written> for WatchDollars {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let refuse = |given: &str| {
            let expected = "dollars a day from 0.05 to 10000, `\"auto\"` or `\"none\"`";
            Err(format!("`{given}` is no budget: expected {expected}"))
        };
        match written {
            Written::Dollars(dollars) if (0.05..=10_000.0).contains(&dollars) => {
                Ok(Self(WatchBudget::Dollars(dollars)))
            }
            Written::Dollars(dollars) => refuse(&dollars.to_string()),
            Written::Word(word) if word == "auto" => Ok(Self(WatchBudget::Auto)),
            Written::Word(word) if word == "none" => Ok(Self(WatchBudget::Unlimited)),
            Written::Word(word) => refuse(&word),
        }
    }
}
