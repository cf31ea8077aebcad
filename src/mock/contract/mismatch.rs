//! Mismatches with a contract, and their text.

use std::fmt;

/// A member that breaks the contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The member's path: `Tags.1.member.Key`, in EC2's requests `Tag.1.Key`.
    pub path: String,
    /// The problem with it.
    pub problem: Problem,
}

/// A problem of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is required and absent.
    Missing,
    /// The model has no such member.
    Unknown,
    /// It has another type.
    WrongType {
        /// The type that it has.
        found: &'static str,
        /// The type of the model.
        expected: &'static str,
    },
    /// Its value breaks a constraint.
    Invalid {
        /// The kind of constraint.
        rule: Rule,
        /// The value, as text.
        value: String,
        /// The constraint in AWS's words: `Member must have value less than or equal to 100`.
        constraint: String,
    },
}

/// A kind of constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The values of an enum.
    Enum,
    /// The length of a text, or the count of a list or map.
    Length,
    /// The bounds of a number.
    Range,
    /// A pattern.
    Pattern,
    /// One member of a union.
    Union,
    /// The error codes of an operation.
    Error,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match &self.problem {
            Problem::Missing => write!(f, "{path} is required and absent"),
            Problem::Unknown => write!(f, "{path} is no member of the model"),
            Problem::WrongType { found, expected } => {
                write!(f, "{path} has the type {found}, expected {expected}")
            }
            Problem::Invalid {
                value, constraint, ..
            } => {
                let shown: String = value.chars().take(80).collect();
                write!(f, "{path} = `{shown}`: {constraint}")
            }
        }
    }
}
