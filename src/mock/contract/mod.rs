//! The contract of the AWS operations that the mock answers: members, types, required members,
//! enums, ranges, lengths, patterns and error codes, from AWS's own service models.
//!
//! ```text
//!   data/        one file a service, generated   parse.rs   reads them
//!   shape.rs     operations and shapes           check.rs   a tree against a shape
//!   pattern.rs   AWS's patterns                  error.rs   error codes
//!   observed.rs  answers beyond the model        log.rs     logged mismatches
//! ```
//!
//! A request that AWS would refuse is refused with the service's own error. An answer that AWS
//! would never give is a fault of the mock. Both are recorded, and a test that leaves a
//! [`super::Mock`] with a record fails.

pub mod check;
mod error_codes;
mod mismatch;
pub mod mismatch_log;
mod observed;
mod parse;
mod path;
mod pattern;
mod shape;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_request_tests;

pub use check::ValueEncoding;
pub use mismatch::{Mismatch, Problem, Rule};
pub use mismatch_log::{LoggedMismatch, MismatchLog, Side};
pub use shape::{Contract, Operation, Paging};

use super::protocol::{Error, Failure, Input, MockService, Protocol, RoutedCall, Value};
use std::{collections::HashMap, sync::LazyLock};

/// The data files.
const DATA: [(MockService, &str); 13] = [
    (
        MockService::AutoScaling,
        include_str!("data/application-autoscaling.tsv"),
    ),
    (MockService::Bedrock, include_str!("data/bedrock.tsv")),
    (MockService::Budgets, include_str!("data/budgets.tsv")),
    (MockService::CostExplorer, include_str!("data/ce.tsv")),
    (MockService::CloudWatch, include_str!("data/cloudwatch.tsv")),
    (MockService::Ec2, include_str!("data/ec2.tsv")),
    (MockService::Iam, include_str!("data/iam.tsv")),
    (MockService::Logs, include_str!("data/logs.tsv")),
    (
        MockService::Organizations,
        include_str!("data/organizations.tsv"),
    ),
    (MockService::Pricing, include_str!("data/pricing.tsv")),
    (
        MockService::Tagging,
        include_str!("data/resourcegroupstaggingapi.tsv"),
    ),
    (MockService::SageMaker, include_str!("data/sagemaker.tsv")),
    (MockService::Sts, include_str!("data/sts.tsv")),
];

/// The contract of `service`; `None` for a service that the mock does not know.
pub fn contract(service: MockService) -> Option<&'static Contract> {
    // A file that cannot be read would be left out; a test reads each of them.
    static CONTRACTS: LazyLock<HashMap<MockService, Contract>> = LazyLock::new(|| {
        let read = |(service, data): &(MockService, &'static str)| {
            Some((*service, parse::parse(data).ok()?))
        };
        DATA.iter().filter_map(read).collect()
    });
    CONTRACTS.get(&service)
}

/// How many operations are under contract.
pub fn operation_count() -> usize {
    let counts = DATA
        .iter()
        .filter_map(|(service, _)| Some(contract(*service)?.operations().len()));
    counts.sum()
}

/// The parameters that query protocols send beside the operation's members.
const FORM_HEAD: [&str; 2] = ["Action", "Version"];

/// The mismatches of a request with AWS's model, and AWS's refusal for them. EC2 refuses a member
/// that the model does not have; the other services ignore it.
pub fn check_request(call: &RoutedCall) -> (Vec<LoggedMismatch>, Option<Failure>) {
    let (Ok(input), Some(contract)) = (&call.input, contract(call.service)) else {
        return (Vec::new(), None);
    };
    let Some(operation) = contract.operation(&call.operation) else {
        return (Vec::new(), None);
    };
    let form = matches!(call.protocol, Protocol::Ec2Query | Protocol::Query);
    let encoding = if form {
        ValueEncoding::Form
    } else {
        ValueEncoding::Typed
    };
    let mut mismatches = contract.check_input(operation, input, encoding);
    mismatches.retain(|mismatch| !(form && FORM_HEAD.contains(&mismatch.path.as_str())));
    let refusal = mismatches
        .iter()
        .find_map(|mismatch| refusal(call.service, mismatch));
    (log_entries(Side::Request, call, mismatches), refusal)
}

/// The mismatches of an answer with AWS's model: members against the shape, more items than the
/// caller asked for, and error codes that the operation does not have.
pub fn check_answer(call: &RoutedCall, answer: &Result<Value, Error>) -> Vec<LoggedMismatch> {
    let Some(contract) = contract(call.service) else {
        return Vec::new();
    };
    let Some(operation) = contract.operation(&call.operation) else {
        return Vec::new();
    };
    let mismatches = match answer {
        Ok(output) => {
            let mut mismatches = contract.check_output(operation, output);
            mismatches.extend(
                operation
                    .paging
                    .and_then(|paging| too_long(paging, call, output)),
            );
            mismatches
        }
        Err(error) => error_codes::check(call.service, operation, error)
            .into_iter()
            .collect(),
    };
    log_entries(Side::Answer, call, mismatches)
}

fn log_entries(side: Side, call: &RoutedCall, mismatches: Vec<Mismatch>) -> Vec<LoggedMismatch> {
    let entry = |mismatch| LoggedMismatch {
        side,
        service: call.service.prefix(),
        operation: call.operation.clone(),
        mismatch,
    };
    mismatches.into_iter().map(entry).collect()
}

fn refusal(service: MockService, mismatch: &Mismatch) -> Option<Failure> {
    let path = mismatch.path.clone();
    match &mismatch.problem {
        Problem::Missing => Some(Failure::Missing(path)),
        Problem::Unknown => (service == MockService::Ec2).then(|| {
            let message = format!("The parameter {path} is not recognized");
            Error::new("UnknownParameter", message).into()
        }),
        Problem::WrongType { .. } => Some(Failure::Malformed(mismatch.to_string())),
        Problem::Invalid {
            value, constraint, ..
        } => Some(Failure::Invalid {
            path,
            value: value.clone(),
            constraint: constraint.clone(),
        }),
    }
}

/// An answer with more items than the request's page size.
fn too_long(paging: Paging, call: &RoutedCall, output: &Value) -> Option<Mismatch> {
    let limit = Input::root(call.input.as_ref().ok()?)
        .int(paging.limit?)
        .ok()??;
    let Some(Value::List(items)) = output.get(paging.items) else {
        return None;
    };
    (i64::try_from(items.len()).is_ok_and(|count| count > limit)).then(|| Mismatch {
        path: paging.items.to_owned(),
        problem: Problem::Invalid {
            rule: Rule::Length,
            value: items.len().to_string(),
            constraint: format!("the request asked for at most {limit}"),
        },
    })
}
