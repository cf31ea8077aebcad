//! `Filter`: a tree of And, Or, Not over dimensions and tags.

use super::{dimension, invalid, known_dimension};
use crate::mock::{
    billing::Charge,
    protocol::{Failure, Input},
};

/// Most nodes below the root.
const MAX_DEPTH: usize = 20;

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    /// All operands match.
    And(Vec<Expression>),
    /// At least one operand matches.
    Or(Vec<Expression>),
    /// The operand does not match.
    Not(Box<Expression>),
    /// A dimension has one of the values.
    Dimension(String, Vec<String>),
    /// A tag has one of the values; an empty value, or no value, matches a resource without the
    /// tag.
    Tag(String, Vec<String>),
    /// Cost categories and product attributes, which no charge of the mock has.
    Nothing,
}

/// Parses a filter: exactly one root, and two or more operands of And and Or.
pub(super) fn read(input: &Input<'_>) -> Result<Expression, Failure> {
    nested(input, 0)
}

fn nested(input: &Input<'_>, depth: usize) -> Result<Expression, Failure> {
    const ROOTS: [&str; 6] = ["And", "Or", "Not", "Dimensions", "Tags", "CostCategories"];
    if depth > MAX_DEPTH {
        return invalid("The filter expression is nested too deep");
    }
    let product = input.has("ProductAttributes");
    let roots: Vec<&str> = ROOTS.into_iter().filter(|name| input.has(name)).collect();
    if roots.len() + usize::from(product) != 1 {
        return invalid(
            "Expression objects must have exactly one root operator out of And, Or, Not, \
             Dimensions, Tags, CostCategories, ProductAttributes",
        );
    }
    let operands = |name: &str| -> Result<Vec<Expression>, Failure> {
        let children = input.children(name)?;
        if children.len() < 2 {
            return invalid(format!("{name} expression must have at least 2 operands"));
        }
        children
            .iter()
            .map(|child| nested(child, depth + 1))
            .collect()
    };
    match roots.first().copied() {
        Some("And") => operands("And").map(Expression::And),
        Some("Or") => operands("Or").map(Expression::Or),
        Some("Not") => Ok(Expression::Not(Box::new(nested(
            &input.need_child("Not")?,
            depth + 1,
        )?))),
        Some("Dimensions") => {
            let (key, values) = leaf(&input.need_child("Dimensions")?)?;
            if !known_dimension(&key) {
                return invalid(format!("{key} is not a valid dimension"));
            }
            if values.is_empty() {
                return invalid("Dimension values must not be empty");
            }
            Ok(Expression::Dimension(key, values))
        }
        Some("Tags") => {
            leaf(&input.need_child("Tags")?).map(|(key, values)| Expression::Tag(key, values))
        }
        _ => Ok(Expression::Nothing),
    }
}

fn leaf(input: &Input<'_>) -> Result<(String, Vec<String>), Failure> {
    let key = input.need_text("Key")?.to_owned();
    let options = input.texts("MatchOptions")?;
    if let Some(option) = options
        .iter()
        .find(|option| !matches!(**option, "EQUALS" | "CASE_SENSITIVE" | "ABSENT"))
    {
        return invalid(format!(
            "Match option {option} is not supported for this operation"
        ));
    }
    let values = if options.contains(&"ABSENT") {
        vec![String::new()]
    } else {
        input
            .texts("Values")?
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    Ok((key, values))
}

impl Expression {
    /// Whether a charge matches.
    pub(super) fn matches(&self, charge: &Charge, account: &str) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.matches(charge, account)),
            Self::Or(any) => any.iter().any(|one| one.matches(charge, account)),
            Self::Not(one) => !one.matches(charge, account),
            Self::Dimension(key, values) => {
                dimension(key, charge, account).is_some_and(|value| values.contains(&value))
            }
            Self::Tag(key, values) => {
                let value = charge.tags.get(key).cloned().unwrap_or_default();
                values.contains(&value)
            }
            Self::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::protocol::{Value, json};

    fn parsed(text: &str) -> Result<Expression, Failure> {
        let node: Value = json::read(text.as_bytes()).unwrap();
        read(&Input::root(&node))
    }

    #[test]
    fn filter_expressions_are_parsed_and_checked() {
        let filter =
            parsed(r#"{"Not":{"Dimensions":{"Key":"RECORD_TYPE","Values":["Credit","Refund"]}}}"#)
                .unwrap();
        assert_eq!(
            filter,
            Expression::Not(Box::new(Expression::Dimension(
                "RECORD_TYPE".into(),
                vec!["Credit".into(), "Refund".into()]
            )))
        );
        for bad in [
            "{}",
            r#"{"And":[{"Dimensions":{"Key":"SERVICE","Values":["x"]}}]}"#,
            r#"{"Dimensions":{"Key":"COLOUR","Values":["x"]}}"#,
            r#"{"Dimensions":{"Key":"SERVICE","Values":["x"],"MatchOptions":["STARTS_WITH"]}}"#,
            r#"{"Dimensions":{"Key":"SERVICE","Values":["x"]},"Tags":{"Key":"a","Values":["b"]}}"#,
        ] {
            assert!(parsed(bad).is_err(), "{bad}");
        }
        let deep = format!(
            "{}{}{}",
            "{\"Not\":".repeat(60),
            r#"{"Tags":{"Key":"a"}}"#,
            "}".repeat(60)
        );
        assert!(parsed(&deep).is_err());
    }
}
