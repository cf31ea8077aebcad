//! Text to terms and back: spaces separate terms, quotes keep them together.

use super::{
    Comparison, QueryError, Term, Test,
    names::{self, NameScope},
    number::QueryNumber,
};
use crate::domain::Glob;
use std::ops::Range;

/// A character of the text, and whether it is quoted.
#[derive(Clone, Copy)]
struct Char {
    c: char,
    at: usize,
    literal: bool,
}

/// A term before it is parsed.
struct Chunk {
    chars: Vec<Char>,
    span: Range<usize>,
}

pub(super) fn terms(text: &str, scope: NameScope<'_>) -> Result<Vec<Term>, QueryError> {
    chunks(text)?
        .into_iter()
        .map(|chunk| term(&chunk, scope))
        .collect()
}

fn chunks(text: &str) -> Result<Vec<Chunk>, QueryError> {
    let mut out = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut chunk = Chunk {
            chars: Vec::new(),
            span: start..start,
        };
        let mut quote = None;
        let mut next = Some((start, first));
        while let Some((at, c)) = next {
            match c {
                '"' if quote.is_some() => quote = None,
                '"' => quote = Some(at),
                '\\' if quote.is_some() => {
                    let (at, c) = chars
                        .next_if(|(_, c)| matches!(c, '"' | '\\'))
                        .unwrap_or((at, c));
                    chunk.chars.push(Char {
                        c,
                        at,
                        literal: true,
                    });
                }
                c => chunk.chars.push(Char {
                    c,
                    at,
                    literal: quote.is_some(),
                }),
            }
            chunk.span.end = at + c.len_utf8();
            next = chars.next_if(|(_, c)| quote.is_some() || !c.is_whitespace());
        }
        if let Some(at) = quote {
            return Err(QueryError {
                message: "this quote is not closed".to_owned(),
                span: at..text.len(),
            });
        }
        out.push(chunk);
    }
    Ok(out)
}

fn term(chunk: &Chunk, scope: NameScope<'_>) -> Result<Term, QueryError> {
    let bangs = chunk
        .chars
        .iter()
        .take_while(|char| !char.literal && char.c == '!')
        .count();
    let rest = chunk.chars.get(bangs..).unwrap_or_default();
    let quoted_nothing = chunk.span.len() > bangs;
    if rest.is_empty() && !quoted_nothing {
        return Err(QueryError {
            message: "`!` excludes what follows it: `!spot`".to_owned(),
            span: chunk.span.clone(),
        });
    }
    Ok(Term {
        negated: bangs % 2 == 1,
        test: test(rest, chunk.span.clone(), scope)?,
    })
}

fn test(chars: &[Char], span: Range<usize>, scope: NameScope<'_>) -> Result<Test, QueryError> {
    let Some(sign) = chars
        .iter()
        .position(|char| !char.literal && matches!(char.c, ':' | '=' | '<' | '>'))
    else {
        return Ok(Test::Word(Glob::ignoring_case(&string(chars))));
    };
    let error = |message: String| {
        Err(QueryError {
            message,
            span: span.clone(),
        })
    };
    let (left, right) = chars.split_at(sign);
    let name = string(left);
    if name.is_empty() {
        return error(
            "a field's name is missing: `state:running`, `burn>5`; put quotes around a plain word"
                .to_owned(),
        );
    }
    let (operator, right) = operator(right);
    let value = string(right);
    if name.eq_ignore_ascii_case("tag") && matches!(operator, Operator::Is) {
        let cut = right.iter().position(|char| !char.literal && char.c == '=');
        let (key, value) = cut.map_or((right, None), |cut| {
            (&right[..cut], Some(&right[cut + 1..]))
        });
        if key.is_empty() {
            return error("a tag's key is missing: `tag:team`, `tag:team=search`".to_owned());
        }
        return Ok(Test::Tag {
            key: Glob::ignoring_case(&string(key)),
            value: value.map(|value| Glob::ignoring_case(&string(value))),
        });
    }
    let end = left
        .last()
        .map_or(span.end, |char| char.at + char.c.len_utf8());
    let field = names::resolve(&name, scope).map_err(|message| QueryError {
        message,
        span: span.start.min(end)..end,
    })?;
    match operator {
        Operator::Is => Ok(Test::Is {
            field,
            number: QueryNumber::new(&value),
            value: Glob::ignoring_case(&value),
        }),
        Operator::Compare(with) => match QueryNumber::new(&value) {
            Some(bound) => Ok(Test::Compare { field, with, bound }),
            None => error(format!(
                "`{value}` is not a number: write {name}{}5, 10%, 2h or 1k",
                with.sign()
            )),
        },
    }
}

enum Operator {
    Is,
    Compare(Comparison),
}

/// The operator that `chars` begin with, and what follows it.
fn operator(chars: &[Char]) -> (Operator, &[Char]) {
    let plain = |place: usize| {
        chars
            .get(place)
            .filter(|char| !char.literal)
            .map(|char| char.c)
    };
    let (operator, length) = match (plain(0), plain(1)) {
        (Some('>'), Some('=')) => (Operator::Compare(Comparison::AtLeast), 2),
        (Some('<'), Some('=')) => (Operator::Compare(Comparison::AtMost), 2),
        (Some('>'), _) => (Operator::Compare(Comparison::More), 1),
        (Some('<'), _) => (Operator::Compare(Comparison::Less), 1),
        _ => (Operator::Is, 1),
    };
    (operator, chars.get(length..).unwrap_or_default())
}

fn string(chars: &[Char]) -> String {
    chars.iter().map(|char| char.c).collect()
}

/// `text` so that it parses back to itself: in quotes where they are needed, or where (`strict`)
/// the parser could read it as more than a word.
pub(super) fn quoted(text: &str, strict: bool) -> String {
    let acts =
        |c: char| c == '"' || c.is_whitespace() || (strict && matches!(c, ':' | '=' | '<' | '>'));
    let leads = text.starts_with(['!', '=']);
    if text.is_empty() || leads || text.chars().any(acts) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}
