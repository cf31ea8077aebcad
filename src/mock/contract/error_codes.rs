//! Error codes: those that the model lists for an operation, and those common to all of AWS.

use super::{
    mismatch::{Mismatch, Problem, Rule},
    shape::Operation,
};
use crate::mock::protocol::{Error, MockService};

/// Codes that any operation may answer, from the pages "Common errors" of the API references. The
/// same error has two names: with `Exception` in the JSON protocols, without in the others.
const COMMON: [&str; 13] = [
    "AccessDenied",
    "ExpiredToken",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidAction",
    "MalformedQueryString",
    "MissingAction",
    "MissingAuthenticationToken",
    "RequestTimeout",
    "Serialization",
    "Throttling",
    "UnknownOperation",
    "Validation",
];
/// Common codes that have only one name.
const SINGLE: [&str; 4] = [
    "InternalServiceError",
    "RequestEntityTooLarge",
    "ServiceUnavailable",
    "ValidationError",
];
/// CloudWatch's parameter errors: its model lists them for one operation in two, its query protocol
/// answers them to all.
const CLOUDWATCH: [&str; 3] = [
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "MissingParameter",
];

/// The code of `error`, if AWS would not answer it to `operation`. EC2's model lists no errors.
pub(super) fn check(
    service: MockService,
    operation: &Operation,
    error: &Error,
) -> Option<Mismatch> {
    let code = error.code.as_str();
    let common = code.strip_suffix("Exception").unwrap_or(code);
    let known = service == MockService::Ec2
        || operation.errors.contains(&code)
        || COMMON.contains(&common)
        || SINGLE.contains(&code)
        || (service == MockService::CloudWatch && CLOUDWATCH.contains(&code));
    (!known).then(|| Mismatch {
        path: "error".to_owned(),
        problem: Problem::Invalid {
            rule: Rule::Error,
            value: code.to_owned(),
            constraint: format!("AWS answers {}", operation.errors.join(", ")),
        },
    })
}
