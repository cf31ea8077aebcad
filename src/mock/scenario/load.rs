//! Loads in a scenario: `office-hours 4-71`, `two-peaks 40k-180k, from sat 02:00 x3`.

use super::when::ScenarioTime;
use crate::mock::load_shape::{LevelRange, LoadChange, LoadSpec, Shape};

const FORM: &str =
    "write `steady 3`, `office-hours 4-71` or `two-peaks 40k-180k, from sat 02:00 x3`";

impl<'de> serde::Deserialize<'de> for LoadSpec {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for LoadSpec {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let mut clauses = text.split(',').map(str::trim);
        let first = course(clauses.next().unwrap_or_default())?;
        let changes = clauses.map(change).collect::<Result<_, _>>()?;
        Ok(Self { first, changes })
    }
}

/// `from fri 18:20 steady 0-1` or `from sat 02:00 x3`.
fn change(clause: &str) -> Result<(ScenarioTime, LoadChange), String> {
    let rest = clause
        .strip_prefix("from ")
        .ok_or_else(|| format!("`{clause}` does not start with `from`; {FORM}"))?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let split = words
        .iter()
        .position(|word| shape(word).is_some() || factor(word).is_some())
        .ok_or_else(|| {
            format!("`{clause}` has neither a shape nor a factor after its time; {FORM}")
        })?;
    let when: ScenarioTime = words[..split].join(" ").parse()?;
    match factor(words[split]) {
        Some(factor) if split + 1 == words.len() => Ok((when, LoadChange::Times(factor))),
        _ => Ok((
            when,
            LoadChange::Becomes(course(&words[split..].join(" "))?),
        )),
    }
}

fn shape(word: &str) -> Option<Shape> {
    Shape::ALL
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, shape)| *shape)
}

fn factor(word: &str) -> Option<f64> {
    word.strip_prefix('x')?
        .parse()
        .ok()
        .filter(|factor: &f64| factor.is_finite() && *factor >= 0.0)
}

/// `office-hours 4-71`.
fn course(clause: &str) -> Result<LevelRange, String> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let [name, levels] = words.as_slice() else {
        return Err(format!("`{clause}` is no load: {FORM}"));
    };
    let known = || {
        Shape::ALL
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let shape =
        shape(name).ok_or_else(|| format!("`{name}` is no load shape; known are {}", known()))?;
    let wrong = || format!("`{levels}` is no level: write `3`, `4-71` or `40k-1.2M`");
    let (low, high) = levels.split_once('-').unwrap_or((levels, levels));
    let (low, high) = (
        number(low).ok_or_else(wrong)?,
        number(high).ok_or_else(wrong)?,
    );
    if low > high {
        return Err(format!(
            "`{levels}` runs from high to low; write `{high}-{low}`"
        ));
    }
    Ok(LevelRange { shape, low, high })
}

/// `3`, `0.5`, `40k`, `1.2M`; not negative.
fn number(text: &str) -> Option<f64> {
    let (digits, factor) = match text.chars().last()? {
        'k' => (&text[..text.len() - 1], 1e3),
        'M' => (&text[..text.len() - 1], 1e6),
        _ => (text, 1.0),
    };
    digits
        .parse()
        .ok()
        .map(|n: f64| n * factor)
        .filter(|n| n.is_finite() && *n >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_load_is_refused_with_the_correction() {
        for (text, part) in [
            ("", "is no load"),
            ("steady", "is no load"),
            ("lunar 3", "known are steady, office-hours"),
            ("steady 9-3", "write `3-9`"),
            ("steady x", "is no level"),
            ("steady -3", "is no level"),
            ("steady 3, fri 17:00 x3", "does not start with `from`"),
            ("steady 3, from fri 17:00", "neither a shape nor a factor"),
            ("steady 3, from noon x3", "is no time"),
        ] {
            let error = text.parse::<LoadSpec>().unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
