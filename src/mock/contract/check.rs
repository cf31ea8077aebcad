//! Compares the tree of a request or an answer with the shape of its operation.

use super::{
    mismatch::{Mismatch, Problem, Rule},
    observed::is_observed,
    path::Path,
    shape::{Bounds, Contract, Member, Operation, Shape, ShapeId, Text},
};
use crate::{domain::Timestamp, mock::protocol::Value};

/// How the values of a tree are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueEncoding {
    /// Numbers and booleans have types (JSON, CBOR, and every answer before it is encoded).
    Typed,
    /// Everything is text (forms).
    Form,
}

/// Most mismatches of one check: every item of a list of thousands may have the same one.
const MAX_VIOLATIONS: usize = 20;

impl Contract {
    /// The mismatches for which AWS would refuse the request `input` of `operation`.
    pub fn check_input(
        &self,
        operation: &Operation,
        input: &Value,
        encoding: ValueEncoding,
    ) -> Vec<Mismatch> {
        self.check(operation.input, input, encoding, true)
    }

    /// The mismatches of the answer `output` of `operation` with AWS's model, without those that
    /// answers of live accounts have too.
    pub fn check_output(&self, operation: &Operation, output: &Value) -> Vec<Mismatch> {
        let mut found = self.check(operation.output, output, ValueEncoding::Typed, false);
        found.retain(|mismatch| !is_observed(self.service, operation.name, mismatch));
        found
    }

    /// The mismatches of `text` with the scalar `shape`; none if there is no such shape.
    pub fn check_text(&self, shape: &str, text: &str) -> Vec<Mismatch> {
        let shape = self.names.get(shape).copied();
        let text = Value::from(text.to_owned());
        shape.map_or_else(Vec::new, |shape| {
            self.check(Some(shape), &text, ValueEncoding::Typed, true)
        })
    }

    fn check(
        &self,
        shape: Option<ShapeId>,
        tree: &Value,
        encoding: ValueEncoding,
        request: bool,
    ) -> Vec<Mismatch> {
        let mut check = Check {
            contract: self,
            request,
            found: Vec::new(),
        };
        match shape {
            Some(shape) => check.value(shape, tree, encoding, &Path::Root),
            None => check.structure(&[], false, tree, encoding, &Path::Root),
        }
        check.found
    }
}

struct Check<'a> {
    contract: &'a Contract,
    request: bool,
    found: Vec<Mismatch>,
}

impl Check<'_> {
    fn add(&mut self, path: &Path<'_>, problem: Problem) {
        if self.found.len() < MAX_VIOLATIONS {
            let path = path.text(self.contract.service == "ec2");
            self.found.push(Mismatch { path, problem });
        }
    }

    fn invalid(&mut self, path: &Path<'_>, value: &Value, rule: Rule, constraint: String) {
        let value = value.show();
        self.add(
            path,
            Problem::Invalid {
                rule,
                value,
                constraint,
            },
        );
    }

    fn wrong_type(&mut self, path: &Path<'_>, value: &Value, expected: &'static str) {
        let found = value.kind();
        self.add(path, Problem::WrongType { found, expected });
    }

    fn value(&mut self, shape: ShapeId, value: &Value, encoding: ValueEncoding, path: &Path<'_>) {
        let contract = self.contract;
        let form = encoding == ValueEncoding::Form;
        match contract.shape(shape) {
            Shape::Structure { members, union } => {
                self.structure(members, *union, value, encoding, path);
            }
            Shape::MemberList(item, _) if !self.request => {
                let named = Member {
                    input: "member".into(),
                    output: "member",
                    outside_body: false,
                    required: true,
                    shape: *item,
                };
                self.structure(&[named], false, value, encoding, path);
            }
            Shape::List(item, bounds) | Shape::MemberList(item, bounds) => {
                self.list(*item, *bounds, value, encoding, path);
            }
            Shape::Map(key, item, bounds) => {
                self.map((*key, *item), *bounds, value, encoding, path);
            }
            Shape::Text(text) => self.text(text, value, encoding, path),
            Shape::Integer(bounds) => match whole(value, form, self.request) {
                Some(n) => self.number(*bounds, n, value, path),
                None => self.wrong_type(path, value, "integer"),
            },
            Shape::Float(bounds) => match number(value, form) {
                Some(n) => self.number(*bounds, n, value, path),
                None => self.wrong_type(path, value, "number"),
            },
            Shape::Boolean => {
                let word = |text: &str| {
                    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
                };
                let fits = matches!(value, Value::Bool(_))
                    || matches!(value, Value::Text(text) if form && word(text));
                if !fits {
                    self.wrong_type(path, value, "boolean");
                }
            }
            Shape::Timestamp => {
                if !is_moment(value, form, self.request) {
                    self.wrong_type(path, value, "timestamp");
                }
            }
            Shape::Blob => {}
        }
    }

    fn structure(
        &mut self,
        members: &[Member],
        union: bool,
        value: &Value,
        encoding: ValueEncoding,
        path: &Path<'_>,
    ) {
        let fields = match value {
            Value::Map(fields) => fields.as_slice(),
            Value::Text(text) if encoding == ValueEncoding::Form && text.is_empty() => &[],
            other => return self.wrong_type(path, other, "structure"),
        };
        let request = self.request;
        let is_named = |member: &Member, field: &str| member.name(request) == field;
        let mut present = 0;
        for (field, inner) in fields.iter().filter(|(_, inner)| *inner != Value::Null) {
            let inside = Path::Member(path, field);
            match members.iter().find(|member| is_named(member, field)) {
                Some(member) => {
                    present += 1;
                    let encoding = if member.outside_body {
                        ValueEncoding::Form
                    } else {
                        encoding
                    };
                    self.value(member.shape, inner, encoding, &inside);
                }
                None => self.add(&inside, Problem::Unknown),
            }
        }
        for member in members.iter().filter(|member| member.required) {
            if !fields
                .iter()
                .any(|(field, inner)| is_named(member, field) && *inner != Value::Null)
            {
                self.add(&Path::Member(path, member.name(request)), Problem::Missing);
            }
        }
        if union && present != 1 {
            self.invalid(
                path,
                value,
                Rule::Union,
                "Structure must have exactly one member set".to_owned(),
            );
        }
    }

    fn list(
        &mut self,
        item: ShapeId,
        bounds: Bounds,
        value: &Value,
        encoding: ValueEncoding,
        path: &Path<'_>,
    ) {
        let items = match value {
            Value::List(items) => items.as_slice(),
            Value::Text(text) if encoding == ValueEncoding::Form && text.is_empty() => &[],
            Value::Map(fields) if encoding == ValueEncoding::Form && fields.is_empty() => &[],
            other => return self.wrong_type(path, other, "list"),
        };
        self.length(bounds, items.len(), value, path);
        for (place, inner) in items.iter().enumerate() {
            self.value(item, inner, encoding, &Path::Item(path, place));
        }
    }

    fn map(
        &mut self,
        (key, item): (ShapeId, ShapeId),
        bounds: Bounds,
        value: &Value,
        encoding: ValueEncoding,
        path: &Path<'_>,
    ) {
        let (Value::Map(fields) | Value::Entries(fields)) = value else {
            return self.wrong_type(path, value, "map");
        };
        self.length(bounds, fields.len(), value, path);
        for (field, inner) in fields {
            let inside = Path::Member(path, field);
            self.value(key, &Value::Text(field.clone()), encoding, &inside);
            self.value(item, inner, encoding, &inside);
        }
    }

    fn text(&mut self, text: &Text, value: &Value, encoding: ValueEncoding, path: &Path<'_>) {
        let letters = match value {
            Value::Text(letters) => letters.as_ref(),
            // `Name=` in a form.
            Value::Map(fields) if encoding == ValueEncoding::Form && fields.is_empty() => "",
            other => return self.wrong_type(path, other, "string"),
        };
        if !text.values.is_empty() && !text.values.contains(&letters) {
            let values = text.values.join(", ");
            self.invalid(
                path,
                value,
                Rule::Enum,
                format!("Member must satisfy enum value set: [{values}]"),
            );
        }
        self.length(text.length, letters.chars().count(), value, path);
        if let Some(pattern) = text
            .pattern
            .as_ref()
            .filter(|pattern| !pattern.matches(letters))
        {
            let source = pattern.source;
            self.invalid(
                path,
                value,
                Rule::Pattern,
                format!("Member must satisfy regular expression pattern: {source}"),
            );
        }
    }

    fn length(&mut self, bounds: Bounds, length: usize, value: &Value, path: &Path<'_>) {
        self.within(Rule::Length, bounds, length as f64, value, path);
    }

    fn number(&mut self, bounds: Bounds, n: f64, value: &Value, path: &Path<'_>) {
        self.within(Rule::Range, bounds, n, value, path);
    }

    fn within(&mut self, rule: Rule, bounds: Bounds, n: f64, value: &Value, path: &Path<'_>) {
        let what = if rule == Rule::Length {
            "length"
        } else {
            "value"
        };
        if let Some(min) = bounds.min.filter(|min| n < *min) {
            self.invalid(
                path,
                value,
                rule,
                format!("Member must have {what} greater than or equal to {min}"),
            );
        }
        if let Some(max) = bounds.max.filter(|max| n > *max) {
            self.invalid(
                path,
                value,
                rule,
                format!("Member must have {what} less than or equal to {max}"),
            );
        }
    }
}

/// A whole number; requests may write it with a fraction of zero.
fn whole(value: &Value, form: bool, request: bool) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) if request && n.fract() == 0.0 => Some(*n),
        Value::Text(text) if form => text.parse::<i64>().ok().map(|n| n as f64),
        _ => None,
    }
}

fn number(value: &Value, form: bool) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Float(n) if n.is_finite() => Some(*n),
        Value::Text(text) if form => text.parse().ok(),
        _ => None,
    }
}

fn is_moment(value: &Value, form: bool, request: bool) -> bool {
    match value {
        Value::Timestamp(_) => true,
        Value::Int(_) | Value::Float(_) => request,
        Value::Text(text) => {
            form && (text.parse::<Timestamp>().is_ok() || text.parse::<f64>().is_ok())
        }
        _ => false,
    }
}
