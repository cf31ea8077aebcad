//! Refusals: each service's codes and messages for the same kinds of mistake.

use super::MockService;

/// A refusal as the client reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The service's code: `InvalidInstanceID.NotFound`, `ValidationException`.
    pub code: String,
    /// The message.
    pub message: String,
    /// HTTP status.
    pub status: u16,
}

impl Error {
    /// A 400 with `code`.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: 400,
        }
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// Why an operation has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A required member is absent: its path.
    Missing(String),
    /// A member's value breaks a constraint.
    Invalid {
        /// Its path.
        path: String,
        /// The value, as text.
        value: String,
        /// The constraint: `Member must have value less than or equal to 100`.
        constraint: String,
    },
    /// A member has the wrong type, or the body is broken.
    Malformed(String),
    /// A pagination token that belongs to another request.
    BadToken,
    /// The operation does not exist.
    Unknown(String),
    /// An error of the service itself.
    Own(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// Fails with a 400 of the service.
pub fn refuse<T>(code: &str, message: impl Into<String>) -> Result<T, Failure> {
    Err(Error::new(code, message).into())
}

impl Failure {
    /// The refusal with the code and message of `service`.
    pub fn into_error(self, service: MockService) -> Error {
        match self {
            Self::Own(error) => error,
            Self::Missing(path) => missing(service, &path),
            Self::Invalid {
                path,
                value,
                constraint,
            } => invalid(service, &path, &value, &constraint),
            Self::Malformed(why) => malformed(service, why),
            Self::BadToken => bad_token(service),
            Self::Unknown(operation) => unknown(service, &operation),
        }
    }
}

/// The member in lower camel case, as validation messages spell it.
fn camel(path: &str) -> String {
    path.split('.')
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(letters).collect()
            })
        })
        .collect::<Vec<String>>()
        .join(".")
}

fn missing(service: MockService, path: &str) -> Error {
    match service {
        MockService::Ec2 => Error::new(
            "MissingParameter",
            format!("The request must contain the parameter {path}"),
        ),
        MockService::CloudWatch => Error::new(
            "MissingParameter",
            format!("The parameter {path} is required."),
        ),
        _ => Error::new(
            validation(service),
            format!(
                "1 validation error detected: Value null at '{}' failed to satisfy constraint: \
                 Member must not be null",
                camel(path)
            ),
        ),
    }
}

fn invalid(service: MockService, path: &str, value: &str, constraint: &str) -> Error {
    match service {
        MockService::Ec2 => Error::new(
            "InvalidParameterValue",
            format!("Value ({value}) for parameter {path} is invalid. {constraint}."),
        ),
        MockService::CloudWatch => Error::new(
            "InvalidParameterValue",
            format!("Value {value} for parameter {path} is invalid. Reason: {constraint}."),
        ),
        _ => Error::new(
            validation(service),
            format!(
                "1 validation error detected: Value '{value}' at '{}' failed to satisfy \
                 constraint: {constraint}",
                camel(path)
            ),
        ),
    }
}

fn malformed(service: MockService, why: String) -> Error {
    match service {
        MockService::Ec2 => Error::new("InvalidParameterValue", why),
        MockService::Sts | MockService::Iam => Error::new("MalformedQueryString", why),
        _ => Error::new("SerializationException", why),
    }
}

fn bad_token(service: MockService) -> Error {
    match service {
        MockService::Ec2 => Error::new("InvalidParameterValue", "Unable to parse pagination token"),
        MockService::CloudWatch => Error::new(
            "InvalidNextToken",
            "The NextToken is invalid or was issued for other parameters",
        ),
        MockService::CostExplorer
        | MockService::AutoScaling
        | MockService::Budgets
        | MockService::Pricing => Error::new(
            "InvalidNextTokenException",
            "The pagination token is invalid or was issued for other parameters",
        ),
        _ => Error::new(
            validation(service),
            "The pagination token is invalid or was issued for other parameters",
        ),
    }
}

fn unknown(service: MockService, operation: &str) -> Error {
    match service {
        MockService::Ec2 => Error::new(
            "InvalidAction",
            format!("The action {operation} is not valid for this web service."),
        ),
        MockService::Sts | MockService::Iam => Error::new(
            "InvalidAction",
            format!(
                "Could not find operation {operation} for version {}",
                service.version()
            ),
        ),
        MockService::Bedrock => Error::new(
            "UnknownOperationException",
            format!("No operation at {operation}"),
        )
        .status(404),
        _ => Error::new(
            "UnknownOperationException",
            format!("The operation {operation} is not known here"),
        ),
    }
}

fn validation(service: MockService) -> &'static str {
    match service {
        MockService::Sts | MockService::Iam => "ValidationError",
        MockService::Budgets | MockService::Logs | MockService::Pricing | MockService::Tagging => {
            "InvalidParameterException"
        }
        MockService::Organizations => "InvalidInputException",
        _ => "ValidationException",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_own_error_messages() {
        let long = || Failure::Invalid {
            path: "MaxResults".into(),
            value: "101".into(),
            constraint: "Member must have value less than or equal to 100".into(),
        };
        for (failure, service, code, message) in [
            (
                long(),
                MockService::SageMaker,
                "ValidationException",
                "1 validation error detected: Value '101' at 'maxResults' failed to satisfy \
                 constraint: Member must have value less than or equal to 100",
            ),
            (
                long(),
                MockService::Ec2,
                "InvalidParameterValue",
                "Value (101) for parameter MaxResults is invalid. Member must have value less \
                 than or equal to 100.",
            ),
            (
                Failure::Missing("InstanceId".into()),
                MockService::Ec2,
                "MissingParameter",
                "The request must contain the parameter InstanceId",
            ),
            (
                Failure::Missing("EndpointName".into()),
                MockService::SageMaker,
                "ValidationException",
                "1 validation error detected: Value null at 'endpointName' failed to satisfy \
                 constraint: Member must not be null",
            ),
            (
                Failure::Unknown("Dance".into()),
                MockService::Ec2,
                "InvalidAction",
                "The action Dance is not valid for this web service.",
            ),
        ] {
            let error = failure.into_error(service);
            assert_eq!(
                (error.code.as_str(), error.message.as_str()),
                (code, message)
            );
        }
    }
}
