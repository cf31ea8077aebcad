//! Wrong requests made from the shapes themselves: for every member of every operation one without
//! it, one of another type, one beyond each of its constraints. The contract must find each where
//! it is wrong.

use super::{
    shape::{Bounds, Contract, Member, Shape, ShapeId, Text},
    *,
};
use crate::{domain::Timestamp, mock::protocol::Value};

/// How far structures are followed; AWS's expressions contain themselves.
const DEPTH: usize = 5;

/// Texts that some pattern matches.
const SAMPLES: [&str; 14] = [
    "a",
    "aaaaaaaaaaaa",
    "111122223333",
    "2026-11-20",
    "d-abcdefghijkl",
    "s3://data/in",
    "/data",
    "1.0",
    "1.0.0",
    "text/csv",
    "arn:aws:iam::111122223333:role/sagemaker",
    "arn:aws:sagemaker:us-east-1:111122223333:cluster/a1b2c3d4e5f6",
    "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
    "arn:aws:eks:us-east-1:111122223333:cluster/a",
];

/// A value that `shape` takes: of a structure the required members, of a union the first.
fn sample(contract: &Contract, shape: ShapeId, depth: usize) -> Value {
    match contract.shape(shape) {
        Shape::Structure { members, union } => {
            let kept = members
                .iter()
                .enumerate()
                .filter(|(place, member)| member.required || (*union && *place == 0));
            Value::Map(
                kept.filter(|_| depth < 2 * DEPTH)
                    .map(|(_, member)| {
                        let value = sample(contract, member.shape, depth + 1);
                        (member.input.to_string().into(), value)
                    })
                    .collect(),
            )
        }
        Shape::List(item, bounds) | Shape::MemberList(item, bounds) => {
            let count = bounds.min.unwrap_or(0.0) as usize;
            Value::List(vec![sample(contract, *item, depth + 1); count])
        }
        Shape::Map(..) => Value::EMPTY,
        Shape::Text(text) => sample_text(text),
        Shape::Integer(bounds) => Value::Int(bounds.min.unwrap_or(1.0) as i64),
        Shape::Float(bounds) => Value::Float(bounds.min.unwrap_or(1.0)),
        Shape::Boolean => Value::Bool(true),
        Shape::Timestamp => Value::Timestamp(Timestamp::UNIX_EPOCH),
        Shape::Blob => Value::from("a"),
    }
}

fn sample_text(text: &Text) -> Value {
    if let Some(value) = text.values.first() {
        return Value::from(*value);
    }
    let long = "a".repeat(text.length.min.unwrap_or(1.0).max(1.0) as usize);
    let fits = |sample: &&str| {
        let length = sample.chars().count() as f64;
        text.length.min.is_none_or(|min| length >= min)
            && text.length.max.is_none_or(|max| length <= max)
            && text
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.matches(sample))
    };
    let mut all = std::iter::once(long.as_str()).chain(SAMPLES);
    Value::from(all.find(|text| fits(text)).unwrap_or("a").to_owned())
}

/// Values that break `shape`, each with the path of the wrong member.
fn wrong(contract: &Contract, shape: ShapeId, depth: usize) -> Vec<(Value, String)> {
    let here = |value: Value| (value, String::new());
    match contract.shape(shape) {
        Shape::Structure { .. } | Shape::List(..) | Shape::MemberList(..) | Shape::Map(..)
            if depth > DEPTH =>
        {
            Vec::new()
        }
        Shape::Structure { members, .. } => {
            wrong_members(contract, &sample(contract, shape, depth), members, depth)
        }
        Shape::List(item, bounds) | Shape::MemberList(item, bounds) => {
            let mut all = vec![here(Value::Int(1))];
            if let Some(max) = bounds.max.filter(|max| *max < 60.0) {
                let item = sample(contract, *item, depth);
                all.push(here(Value::List(vec![item; max as usize + 1])));
            }
            let word = if contract.service == "ec2" {
                "1"
            } else {
                "1.member"
            };
            for (value, path) in wrong(contract, *item, depth + 1) {
                all.push((Value::List(vec![value]), join(word, &path)));
            }
            all
        }
        Shape::Map(_, item, _) => {
            let entries = wrong(contract, *item, depth + 1).into_iter();
            let of = |(value, path): (Value, String)| {
                (Value::Map(vec![("a".into(), value)]), join("a", &path))
            };
            entries.map(of).collect()
        }
        Shape::Text(text) => {
            let mut all = vec![here(Value::EMPTY)];
            if text.values.is_empty() {
                all.extend(
                    text.length
                        .max
                        .filter(|max| *max < 5_000.0)
                        .map(|max| here(Value::from("a".repeat(max as usize + 1)))),
                );
            } else {
                all.push(here(Value::from("no such value")));
            }
            all
        }
        Shape::Integer(bounds) | Shape::Float(bounds) => {
            let mut all = vec![here(Value::from("many"))];
            all.extend(beyond(*bounds).into_iter().map(here));
            all
        }
        Shape::Boolean | Shape::Timestamp => vec![here(Value::EMPTY)],
        Shape::Blob => Vec::new(),
    }
}

fn beyond(bounds: Bounds) -> Vec<Value> {
    let below = bounds.min.map(|min| Value::Int(min as i64 - 1));
    let above = bounds.max.map(|max| Value::Int(max as i64 + 1));
    below.into_iter().chain(above).collect()
}

fn wrong_members(
    contract: &Contract,
    right: &Value,
    members: &[Member],
    depth: usize,
) -> Vec<(Value, String)> {
    let with = |name: &str, value: Value| {
        let mut changed = right.clone();
        changed.set(name.to_owned(), value);
        changed
    };
    let mut all = vec![(with("Misspelt", Value::Int(1)), "Misspelt".to_owned())];
    for member in members {
        let name = member.input.as_ref();
        if member.required {
            all.push((with(name, Value::Null), name.to_owned()));
        }
        for (value, path) in wrong(contract, member.shape, depth + 1) {
            all.push((with(name, value), join(name, &path)));
        }
    }
    all
}

fn join(name: &str, path: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{name}.{path}")
    }
}

#[test]
fn every_wrong_request_is_found_where_it_is_wrong() {
    let mut count = 0;
    for (service, _) in DATA {
        let contract = contract(service).unwrap();
        for operation in contract.operations() {
            let Some(input) = operation.input else {
                continue;
            };
            let right = sample(contract, input, 0);
            let name = (contract.service, operation.name);
            let found = contract.check_input(operation, &right, ValueEncoding::Typed);
            assert_eq!(found, [], "{name:?} {}", right.show());
            for (request, path) in wrong(contract, input, 0) {
                let found = contract.check_input(operation, &request, ValueEncoding::Typed);
                let named = found.iter().any(|mismatch| mismatch.path == path);
                assert!(named, "{name:?} {path}: {found:?} {}", request.show());
                count += 1;
            }
        }
    }
    check_figures(&[
        ("operations under contract", operation_count()),
        ("wrong requests made from the models, all refused", count),
    ]);
}

/// Compares the figures of docs/architecture.md, or rewrites them with `SPENDTOP_UPDATE_DOCS`.
fn check_figures(figures: &[(&str, usize)]) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/architecture.md");
    let page = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let name = figures
            .iter()
            .find(|(name, _)| line.starts_with(&format!("| {name} |")));
        name.map_or_else(
            || line.to_owned(),
            |(name, count)| format!("| {name} | {count} |"),
        )
    };
    let updated: String = page.lines().map(|line| row(line) + "\n").collect();
    if std::env::var_os("SPENDTOP_UPDATE_DOCS").is_some() {
        std::fs::write(path, updated).unwrap();
        return;
    }
    assert_eq!(page, updated, "SPENDTOP_UPDATE_DOCS=1 rewrites the figures");
}
