//! The content of a contract: operations, and the shapes of their members.

use super::pattern::Pattern;
use std::{borrow::Cow, collections::HashMap};

/// A shape's place in its contract.
pub(super) type ShapeId = usize;

/// The operations of one service under contract, and every shape they reach.
#[derive(Debug)]
pub struct Contract {
    /// The service, as botocore names it: `ec2`, `ce`.
    pub service: &'static str,
    pub(super) operations: Vec<Operation>,
    pub(super) shapes: Vec<Shape>,
    pub(super) names: HashMap<&'static str, ShapeId>,
}

impl Contract {
    /// The operation called `name`; `None` if it is not under contract.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations
            .iter()
            .find(|operation| operation.name == name)
    }

    /// All operations, by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The values of the enum `shape`; empty if there is no such enum.
    pub fn values(&self, shape: &str) -> &[&'static str] {
        match self.names.get(shape).and_then(|id| self.shapes.get(*id)) {
            Some(Shape::Text(text)) => &text.values,
            _ => &[],
        }
    }

    pub(super) fn shape(&self, id: ShapeId) -> &Shape {
        self.shapes.get(id).unwrap_or(&Shape::Blob)
    }
}

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with `{label}`s; `/` for services that are not addressed by path.
    pub path: &'static str,
    /// The codes of the errors that the model lists.
    pub errors: Vec<&'static str>,
    /// The paging members, for lists of one kind.
    pub paging: Option<Paging>,
    pub(super) input: Option<ShapeId>,
    pub(super) output: Option<ShapeId>,
}

/// The members that page a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// The request's token.
    pub input_token: &'static str,
    /// The answer's token.
    pub output_token: &'static str,
    /// The request's page size; `None` where the caller cannot choose it.
    pub limit: Option<&'static str>,
    /// The answer's list.
    pub items: &'static str,
}

/// Lowest and highest value, length or count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Bounds {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

/// A string's constraints.
#[derive(Debug, Default)]
pub(super) struct Text {
    pub(super) values: Vec<&'static str>,
    pub(super) length: Bounds,
    pub(super) pattern: Option<Pattern>,
}

/// A member of a structure.
#[derive(Debug)]
pub(super) struct Member {
    /// Its name in requests, as the decoded request tree has it.
    pub(super) input: Cow<'static, str>,
    /// Its name in answers.
    pub(super) output: &'static str,
    /// Whether it travels as text outside of the body: in the path, the query string or a header.
    pub(super) outside_body: bool,
    pub(super) required: bool,
    pub(super) shape: ShapeId,
}

impl Member {
    /// Its name in the tree of a request or of an answer.
    pub(super) fn name(&self, request: bool) -> &str {
        if request { &self.input } else { self.output }
    }
}

/// The shape of a value.
#[derive(Debug)]
pub(super) enum Shape {
    /// A structure; of a union exactly one member is set.
    Structure {
        /// Its members.
        members: Vec<Member>,
        /// Whether it is a union.
        union: bool,
    },
    /// A list.
    List(ShapeId, Bounds),
    /// A list of EC2 whose items answers name `member`, as a structure of the tree.
    MemberList(ShapeId, Bounds),
    /// A map: keys and values.
    Map(ShapeId, ShapeId, Bounds),
    /// A string.
    Text(Text),
    /// A whole number.
    Integer(Bounds),
    /// A number.
    Float(Bounds),
    /// A boolean.
    Boolean,
    /// A moment.
    Timestamp,
    /// Bytes, which are not checked.
    Blob,
}
