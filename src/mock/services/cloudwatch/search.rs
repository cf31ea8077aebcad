//! `SEARCH('{AWS/Bedrock,ModelId} MetricName="InputTokenCount"', 'Sum', 300)`.

use super::series::{self, Statistic};
use crate::mock::metrics::Metric;

/// A search, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Namespace and the exact set of dimension names, if braces give them.
    schema: Option<(String, Vec<String>)>,
    terms: Vec<Term>,
    /// The statistic.
    pub statistic: Statistic,
    /// Seconds.
    pub period: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// `MetricName`, `Namespace`, a dimension; empty for a word that may stand anywhere.
    name: String,
    /// Any of these.
    values: Vec<String>,
    not: bool,
}

impl Search {
    /// Reads a whole expression. The error is CloudWatch's reason. `fallback` is the query's own
    /// period.
    pub fn parse(expression: &str, fallback: Option<u32>) -> Result<Self, String> {
        let inner = expression
            .trim()
            .strip_prefix("SEARCH(")
            .and_then(|rest| rest.strip_suffix(')'))
            .ok_or_else(|| "Unsupported expression: only SEARCH is known here".to_owned())?;
        let (query, rest) =
            quoted(inner).ok_or("SEARCH's first argument must be a quoted search")?;
        let (statistic, rest) = rest
            .trim_start()
            .strip_prefix(',')
            .and_then(quoted)
            .ok_or("SEARCH's second argument must be a quoted statistic")?;
        let statistic =
            Statistic::parse(&statistic).ok_or_else(|| format!("Invalid statistic {statistic}"))?;
        let period = match rest.trim().strip_prefix(',') {
            Some(text) => {
                let seconds = text
                    .trim()
                    .parse()
                    .map_err(|_| format!("Invalid period {}", text.trim()))?;
                series::period(seconds).map_err(|_| format!("Invalid period {seconds}"))?
            }
            None if rest.trim().is_empty() => fallback.ok_or("SEARCH needs a period")?,
            None => return Err(format!("Unexpected {}", rest.trim())),
        };
        let (schema, rest) = schema(query.trim())?;
        Ok(Self {
            schema,
            terms: terms(rest)?,
            statistic,
            period,
        })
    }

    /// Whether a metric is found.
    pub fn finds(&self, metric: &Metric) -> bool {
        let fits = self.schema.as_ref().is_none_or(|(namespace, names)| {
            metric.namespace == namespace
                && metric.dimensions.len() == names.len()
                && names
                    .iter()
                    .all(|name| metric.dimensions.iter().any(|(has, _)| has == name))
        });
        fits && self.terms.iter().all(|term| term.fits(metric) != term.not)
    }
}

impl Term {
    fn fits(&self, metric: &Metric) -> bool {
        let any = |text: &str| self.values.iter().any(|value| value == text);
        match self.name.as_str() {
            "MetricName" => any(metric.name),
            "Namespace" => any(metric.namespace),
            "" => {
                let dimensions = metric
                    .dimensions
                    .iter()
                    .flat_map(|(name, value)| [*name, value.as_str()]);
                let mut all = dimensions.chain([metric.name, metric.namespace]);
                all.any(|text| {
                    self.values
                        .iter()
                        .any(|value| text.to_lowercase().contains(&value.to_lowercase()))
                })
            }
            name => metric
                .dimensions
                .iter()
                .any(|(has, value)| *has == name && any(value)),
        }
    }
}

/// The text in quotes at the start, single or double, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut out = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => out.push(letters.next()?.1),
            c if c == quote => return text.get(place + 1..).map(|rest| (out, rest)),
            c => out.push(c),
        }
    }
    None
}

type Schema = Option<(String, Vec<String>)>;

fn schema(text: &str) -> Result<(Schema, &str), String> {
    let Some(rest) = text.strip_prefix('{') else {
        return Ok((None, text));
    };
    let (inside, rest) = rest.split_once('}').ok_or("A brace is not closed")?;
    let mut parts = inside
        .split(',')
        .map(|part| part.trim().trim_matches('"').to_owned());
    let namespace = parts
        .next()
        .filter(|name| !name.is_empty())
        .ok_or("Braces must name a namespace")?;
    Ok((
        Some((namespace, parts.filter(|name| !name.is_empty()).collect())),
        rest,
    ))
}

fn terms(text: &str) -> Result<Vec<Term>, String> {
    let mut rest = text.trim_start();
    let mut terms = Vec::new();
    let mut not = false;
    while !rest.is_empty() {
        let (word, after) = word(rest)?;
        match word.as_str() {
            "AND" => rest = after,
            "NOT" => {
                not = true;
                rest = after;
            }
            "OR" => return Err("OR is only known here inside parentheses after =".to_owned()),
            _ => {
                let (term, after) = match after.strip_prefix('=') {
                    Some(values) => {
                        let (values, after) = values_of(values)?;
                        (
                            Term {
                                name: word,
                                values,
                                not,
                            },
                            after,
                        )
                    }
                    None => (
                        Term {
                            name: String::new(),
                            values: vec![word],
                            not,
                        },
                        after,
                    ),
                };
                terms.push(term);
                not = false;
                rest = after;
            }
        }
        rest = rest.trim_start();
    }
    Ok(terms)
}

/// `"x"`, `x`, or `("x" OR "y")`.
fn values_of(text: &str) -> Result<(Vec<String>, &str), String> {
    let Some(inside) = text.trim_start().strip_prefix('(') else {
        let (value, rest) = word(text.trim_start())?;
        return Ok((vec![value], rest));
    };
    let (inside, rest) = inside
        .split_once(')')
        .ok_or("A parenthesis is not closed")?;
    let mut values = Vec::new();
    let mut left = inside.trim();
    while !left.is_empty() {
        let (value, after) = word(left)?;
        if value != "OR" {
            values.push(value);
        }
        left = after.trim_start();
    }
    Ok((values, rest))
}

fn word(text: &str) -> Result<(String, &str), String> {
    if text.starts_with('"') || text.starts_with('\'') {
        return quoted(text).ok_or_else(|| "A quote is not closed".to_owned());
    }
    let end = text
        .find(|c: char| c.is_whitespace() || matches!(c, '=' | '(' | ')' | '"'))
        .unwrap_or(text.len());
    if end == 0 {
        Err(format!("Unexpected {text}"))
    } else {
        Ok((text[..end].to_owned(), &text[end..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn searches_are_read() {
        let search = Search::parse(
            "SEARCH('{AWS/Bedrock,ModelId} MetricName=\"InputTokenCount\"','Sum',300)",
            None,
        )
        .unwrap();
        assert_eq!(
            search.schema,
            Some(("AWS/Bedrock".into(), vec!["ModelId".into()]))
        );
        assert_eq!(
            search.terms,
            [Term {
                name: "MetricName".into(),
                values: vec!["InputTokenCount".into()],
                not: false
            }]
        );
        assert_eq!((search.statistic, search.period), (Statistic::Sum, 300));
        let search = Search::parse(
            r#"SEARCH('{"/aws/sagemaker/Endpoints",EndpointName,VariantName} MetricName=("CPUUtilization" OR "GPUUtilization") NOT rec', 'p99')"#,
            Some(60),
        )
        .unwrap();
        assert_eq!(
            search.schema.as_ref().unwrap().0,
            "/aws/sagemaker/Endpoints"
        );
        assert_eq!(search.terms[0].values, ["CPUUtilization", "GPUUtilization"]);
        assert!(search.terms[1].not && search.terms[1].name.is_empty());
        for bad in [
            "m1 + m2",
            "SEARCH('x')",
            "SEARCH('x','Sum')",
            "SEARCH('x','Sum',7)",
            "SEARCH('{','Sum',60)",
            "SEARCH('a=\"','Sum',60)",
        ] {
            assert!(Search::parse(bad, None).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_expression_panics(text in any::<String>()) {
            let _ = Search::parse(&text, None);
            let _ = Search::parse(&format!("SEARCH('{text}','Sum',60)"), None);
        }
    }
}
