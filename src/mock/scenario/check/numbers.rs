//! Refuses numbers that no scenario can mean: infinite, not a number, negative, or more than an
//! account can have. Checks the document before it is parsed into fields, so that none is missed.

use super::ScenarioProblem;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// Numbers that have a limit, by their last key: AWS's default quotas are far below.
const LIMITS: &[(&[&str], f64, &str)] = &[
    (
        &[
            "copies",
            "count",
            "instances",
            "max",
            "min",
            "parallel",
            "trials",
            "units",
            "used",
        ],
        100_000.0,
        "a count of resources",
    ),
    (
        &[
            "error-rate",
            "output-share",
            "score",
            "spot-billed-share",
            "throttle-rate",
        ],
        1.0,
        "a fraction from 0 to 1",
    ),
    (
        &["cache-read-percent", "cache-write-percent", "percent"],
        100.0,
        "a percentage",
    ),
    (
        &["latency-ms"],
        3_600_000.0,
        "milliseconds, an hour at most",
    ),
    (
        &["volume-gb"],
        65_536.0,
        "GiB of one volume, 64 TiB at most",
    ),
];

/// The most that any other number may be: no bill of an account has that many dollars or tokens.
const MAX: f64 = 1e15;

/// The random seed: any whole number.
const SEED: &str = "seed";

/// Refuses the first number of the file `text` that no scenario can mean. A file that is no TOML
/// passes: reading it says why.
pub(in crate::mock::scenario) fn check(text: &str) -> Result<(), ScenarioProblem> {
    match DeTable::parse(text) {
        Ok(document) => table(document.get_ref()),
        Err(_) => Ok(()),
    }
}

fn table(table: &DeTable<'_>) -> Result<(), ScenarioProblem> {
    table
        .iter()
        .try_for_each(|(key, item)| value(key.get_ref(), item))
}

fn value(key: &str, item: &Spanned<DeValue<'_>>) -> Result<(), ScenarioProblem> {
    match item.get_ref() {
        DeValue::Table(inner) => table(inner),
        DeValue::Array(items) => items.iter().try_for_each(|item| value(key, item)),
        DeValue::Float(digits) => number(key, digits.as_str(), item),
        DeValue::Integer(digits) if key != SEED => number(key, digits.as_str(), item),
        _ => Ok(()),
    }
}

fn number(key: &str, digits: &str, item: &Spanned<DeValue<'_>>) -> Result<(), ScenarioProblem> {
    let refuse = |message: String| Err((item.span(), message));
    // Digits of another base than ten are read, and refused, by the field's own type.
    let Ok(number) = digits.replace('_', "").parse::<f64>() else {
        return Ok(());
    };
    if !number.is_finite() {
        return refuse(format!("`{key}` is `{digits}`: write a number of digits"));
    }
    if number < 0.0 {
        return refuse(format!("`{key}` is {digits}: write 0 or more"));
    }
    let limit = LIMITS.iter().find(|(keys, ..)| keys.contains(&key));
    let (max, meaning) = limit.map_or((MAX, "a quantity"), |(_, max, meaning)| (*max, *meaning));
    if number > max {
        return refuse(format!(
            "`{key}` is {digits}: {meaning}, write at most {max}"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::{SCENARIOS, scenario::tests::refused};

    #[test]
    fn numbers_that_no_scenario_can_mean_are_refused() {
        for (text, message) in [
            ("input-tokens = -5", "`input-tokens` is -5: write 0 or more"),
            (
                "input-tokens = inf",
                "`input-tokens` is `inf`: write a number of digits",
            ),
            (
                "variants = [{ weight = nan }]",
                "`weight` is `nan`: write a number of digits",
            ),
            (
                "latency-ms = 1e99",
                "`latency-ms` is 1e99: milliseconds, an hour at most, write at most 3600000",
            ),
            (
                "count = 4000000000",
                "`count` is 4000000000: a count of resources, write at most 100000",
            ),
            (
                "percent = 140",
                "`percent` is 140: a percentage, write at most 100",
            ),
            (
                "[a.b]\nusd = 1e300",
                "`usd` is 1e300: a quantity, write at most 1000000000000000",
            ),
        ] {
            let (span, found) = check(text).expect_err(text);
            assert_eq!(found, message);
            assert!(message.contains(&text[span]), "{message}");
        }
        assert_eq!(check("seed = 18446744073709551615"), Ok(()));
    }

    #[test]
    fn numbers_of_shipped_scenarios_pass() {
        for (name, text) in SCENARIOS {
            assert_eq!(check(text), Ok(()), "{name}");
        }
    }

    #[test]
    fn a_scenario_names_the_line_of_the_number() {
        refused(&[(
            "[[cost]]\nservice = \"x\"\nusage-type = \"y\"\nusd-per-day = \"steady 1\"\n\
             usd-per-unit = nan",
            9,
            "`usd-per-unit` is `nan`",
        )]);
    }
}
