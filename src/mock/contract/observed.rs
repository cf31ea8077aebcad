//! Answers of live accounts that the model excludes, from `data/answers.tsv`.

use super::mismatch::{Mismatch, Problem, Rule};

const ANSWERS: &str = include_str!("data/answers.tsv");

/// Whether a live account gave such an answer to `operation` of `service`.
pub(super) fn is_observed(service: &str, operation: &str, mismatch: &Mismatch) -> bool {
    let path = mismatch.path.replace(".member", "");
    let path: String = path
        .split('.')
        .enumerate()
        .map(|(place, part)| match part {
            _ if part.bytes().all(|byte| byte.is_ascii_digit()) => "[]".to_owned(),
            _ if place == 0 => part.to_owned(),
            _ => format!(".{part}"),
        })
        .collect();
    ANSWERS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .any(|line| match line.as_slice() {
            [of, name, at, rule, values @ ..] => {
                (*of, *name, *at) == (service, operation, path.as_str())
                    && fits(
                        &mismatch.problem,
                        rule,
                        values.first().copied().unwrap_or(""),
                    )
            }
            _ => false,
        })
}

fn fits(problem: &Problem, word: &str, values: &str) -> bool {
    match problem {
        Problem::Missing => word == "missing",
        Problem::Invalid { rule, value, .. } => match rule {
            Rule::Enum => word == "enum" && values.split('|').any(|one| one == value),
            // The length seen bounds the length allowed: zero, or the longest.
            Rule::Length => {
                let seen: usize = values.parse().unwrap_or(0);
                word == "length" && value.chars().count() <= seen
            }
            Rule::Pattern => word == "pattern",
            Rule::Range | Rule::Union | Rule::Error => false,
        },
        Problem::Unknown => word == "unknown",
        Problem::WrongType { .. } => false,
    }
}
