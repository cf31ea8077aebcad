//! Reads the data files of `data/`; `data/README.md` describes their lines.

use super::{
    pattern::Pattern,
    shape::{Bounds, Contract, Member, Operation, Paging, Shape, ShapeId, Text},
};
use std::{borrow::Cow, collections::HashMap};

/// How a service names its members on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    /// By the model's names (awsJson, rpcv2Cbor).
    Model,
    /// By `wire=` in bodies (restJson1, awsQuery).
    Wire,
    /// By `wire=` in answers, with a capital in requests (ec2Query).
    Ec2,
}

/// A shape whose parts are still names.
enum Draft {
    Structure(bool, Vec<(Member, &'static str)>),
    List(&'static str, Bounds, bool),
    Map(&'static str, &'static str, Bounds),
    Scalar(Shape),
}

impl Draft {
    /// The shape, its parts looked up by `id`.
    fn resolve(self, id: &impl Fn(&str) -> Result<ShapeId, String>) -> Result<Shape, String> {
        Ok(match self {
            Self::Scalar(shape) => shape,
            Self::List(item, bounds, false) => Shape::List(id(item)?, bounds),
            Self::List(item, bounds, true) => Shape::MemberList(id(item)?, bounds),
            Self::Map(key, value, bounds) => Shape::Map(id(key)?, id(value)?, bounds),
            Self::Structure(union, members) => {
                let resolved = members.into_iter().map(|(member, shape)| {
                    let shape = id(shape)?;
                    Ok(Member { shape, ..member })
                });
                Shape::Structure {
                    union,
                    members: resolved.collect::<Result<_, String>>()?,
                }
            }
        })
    }
}

/// The contract in `data`. Fails with the number of the first line that cannot be read.
pub(super) fn parse(data: &'static str) -> Result<Contract, String> {
    let mut lines = data.lines().enumerate();
    let head: Vec<&str> = lines.next().map_or("", |line| line.1).split('\t').collect();
    let ["service", service, _, protocol] = head.as_slice() else {
        return Err("line 1: no service".to_owned());
    };
    let naming = match *protocol {
        "ec2" => Naming::Ec2,
        "rest-json" | "query" => Naming::Wire,
        _ => Naming::Model,
    };
    let mut operations: Vec<(Operation, &str, &str)> = Vec::new();
    let mut drafts: Vec<(&str, Draft)> = Vec::new();
    for (place, line) in lines {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let read = match cells.as_slice() {
            ["op", rest @ ..] => operation(rest).map(|operation| operations.push(operation)),
            ["", rest @ ..] => match drafts.last_mut() {
                Some((_, Draft::Structure(_, members))) => {
                    member(rest, naming).map(|member| members.push(member))
                }
                _ => None,
            },
            [kind, name, rest @ ..] => draft(kind, rest).map(|draft| drafts.push((name, draft))),
            _ => None,
        };
        read.ok_or_else(|| format!("line {}: `{line}`", place + 1))?;
    }
    resolve(service, operations, drafts)
}

fn operation(cells: &[&'static str]) -> Option<(Operation, &'static str, &'static str)> {
    let [name, input, output, method, path, errors, paging] = cells else {
        return None;
    };
    let paging = match *paging {
        "-" => None,
        words => {
            let words: Vec<&'static str> = words.split(' ').collect();
            let [input_token, output_token, limit, items] = words.as_slice() else {
                return None;
            };
            Some(Paging {
                input_token,
                output_token,
                limit: (*limit != "-").then_some(limit),
                items,
            })
        }
    };
    let code = |error: &'static str| error.split_once('=').map_or(error, |(_, code)| code);
    let operation = Operation {
        name,
        method,
        path,
        errors: errors
            .split(',')
            .filter(|error| *error != "-")
            .map(code)
            .collect(),
        paging,
        input: None,
        output: None,
    };
    Some((operation, input, output))
}

fn member(cells: &[&'static str], naming: Naming) -> Option<(Member, &'static str)> {
    let (name, shape, facts) = match cells {
        [name, shape] => (*name, *shape, ""),
        [name, shape, facts] => (*name, *shape, *facts),
        _ => return None,
    };
    let fact = |key: &str| {
        facts
            .split(' ')
            .find_map(|fact| fact.strip_prefix(key)?.strip_prefix('='))
    };
    let wire = fact("wire")
        .filter(|_| naming != Naming::Model)
        .unwrap_or(name);
    let input = match (naming, fact("query")) {
        (Naming::Ec2, Some(query)) => Cow::Borrowed(query),
        (Naming::Ec2, None) => capital(wire),
        _ => Cow::Borrowed(wire),
    };
    let member = Member {
        input,
        output: wire,
        outside_body: fact("at").is_some(),
        required: facts.split(' ').any(|fact| fact == "required"),
        shape: 0,
    };
    Some((member, shape))
}

fn capital(name: &'static str) -> Cow<'static, str> {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        _ => Cow::Borrowed(name),
    }
}

fn draft(kind: &str, cells: &[&'static str]) -> Option<Draft> {
    Some(match (kind, cells) {
        ("structure" | "union", []) => Draft::Structure(kind == "union", Vec::new()),
        ("list", [item]) => Draft::List(item, Bounds::default(), false),
        ("list", [item, facts]) => {
            let named = facts.strip_suffix("item=member");
            Draft::List(item, bounds(named.unwrap_or(facts))?, named.is_some())
        }
        ("map", [key, value]) => Draft::Map(key, value, Bounds::default()),
        ("map", [key, value, facts]) => Draft::Map(key, value, bounds(facts)?),
        (_, [facts]) => Draft::Scalar(scalar(kind, facts)?),
        _ => return None,
    })
}

/// A scalar of the type `kind` with its constraints.
fn scalar(kind: &str, facts: &'static str) -> Option<Shape> {
    let (facts, pattern) = match facts.split_once("pattern=") {
        Some((before, pattern)) => (before.trim_end(), Some(Pattern::new(pattern))),
        None => (facts, None),
    };
    Some(match kind {
        "string" => {
            let (values, rest) = match facts.strip_prefix("enum=") {
                Some(values) => values.split_once(" min=").unwrap_or((values, "")),
                None => ("", facts),
            };
            Shape::Text(Text {
                values: values
                    .split('|')
                    .filter(|value| !value.is_empty())
                    .collect(),
                length: if values.is_empty() {
                    bounds(rest)?
                } else {
                    Bounds::default()
                },
                pattern,
            })
        }
        "integer" | "long" => Shape::Integer(bounds(facts)?),
        "float" | "double" => Shape::Float(bounds(facts)?),
        "boolean" => Shape::Boolean,
        "timestamp" => Shape::Timestamp,
        "blob" => Shape::Blob,
        _ => return None,
    })
}

fn bounds(facts: &str) -> Option<Bounds> {
    let mut bounds = Bounds::default();
    for fact in facts.split(' ').filter(|fact| !fact.is_empty()) {
        match fact.split_once('=')? {
            ("min", n) => bounds.min = Some(n.parse().ok()?),
            ("max", n) => bounds.max = Some(n.parse().ok()?),
            _ => return None,
        }
    }
    Some(bounds)
}

const SCALARS: [&str; 8] = [
    "string",
    "integer",
    "long",
    "float",
    "double",
    "boolean",
    "timestamp",
    "blob",
];

fn resolve(
    service: &'static str,
    operations: Vec<(Operation, &'static str, &'static str)>,
    drafts: Vec<(&'static str, Draft)>,
) -> Result<Contract, String> {
    let plain = SCALARS
        .iter()
        .filter_map(|kind| Some((*kind, Draft::Scalar(scalar(kind, "")?))));
    let drafts: Vec<_> = plain.chain(drafts).collect();
    let names: HashMap<&'static str, ShapeId> = drafts
        .iter()
        .enumerate()
        .map(|(id, (name, _))| (*name, id))
        .collect();
    let id = |name: &str| {
        let found = names.get(name).copied();
        found.ok_or_else(|| format!("no shape `{name}`"))
    };
    let shapes = drafts
        .into_iter()
        .map(|(_, draft)| draft.resolve(&id))
        .collect::<Result<_, String>>()?;
    let side = |name: &str| {
        if name == "-" {
            Ok(None)
        } else {
            id(name).map(Some)
        }
    };
    let operations = operations
        .into_iter()
        .map(|(operation, input, output)| {
            let (input, output) = (side(input)?, side(output)?);
            Ok(Operation {
                input,
                output,
                ..operation
            })
        })
        .collect::<Result<_, String>>()?;
    Ok(Contract {
        service,
        operations,
        shapes,
        names,
    })
}
