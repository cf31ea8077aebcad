//! The error that each service returns for a fault, with AWS's codes and messages.

use super::FaultEffect;
use crate::mock::protocol::{Error, MockService};

/// The error of `operation` for `fault`; `None` for a fault without an error answer.
pub fn error_for(
    fault: FaultEffect,
    service: MockService,
    operation: &str,
    caller: &str,
) -> Option<Error> {
    match fault {
        FaultEffect::Deny => Some(access_denied(service, operation, caller)),
        FaultEffect::Throttle => Some(throttled(service)),
        FaultEffect::ExpiredToken => Some(expired_token(service)),
        FaultEffect::Status500 | FaultEffect::Status500After => Some(internal_error(service)),
        _ => None,
    }
}

fn access_denied(service: MockService, operation: &str, caller: &str) -> Error {
    let action = format!("{}:{operation}", service.prefix());
    let message = format!(
        "User: {caller} is not authorized to perform: {action} because no identity-based policy \
         allows the {action} action"
    );
    match service {
        MockService::Ec2 => Error::new(
            "UnauthorizedOperation",
            format!("You are not authorized to perform this operation. {message}"),
        )
        .status(403),
        MockService::Sts | MockService::Iam | MockService::CloudWatch => {
            Error::new("AccessDenied", message).status(403)
        }
        MockService::Bedrock => Error::new("AccessDeniedException", message).status(403),
        _ => Error::new("AccessDeniedException", message),
    }
}

fn throttled(service: MockService) -> Error {
    match service {
        MockService::Ec2 => {
            Error::new("RequestLimitExceeded", "Request limit exceeded.").status(503)
        }
        MockService::CostExplorer => Error::new("LimitExceededException", "Rate exceeded"),
        MockService::Sts | MockService::Iam | MockService::CloudWatch => {
            Error::new("Throttling", "Rate exceeded")
        }
        MockService::Bedrock => {
            Error::new("ThrottlingException", "Too many requests, please wait.").status(429)
        }
        MockService::Organizations => Error::new("TooManyRequestsException", "Rate exceeded"),
        _ => Error::new("ThrottlingException", "Rate exceeded"),
    }
}

fn expired_token(service: MockService) -> Error {
    let message = "The security token included in the request is expired";
    match service {
        MockService::Ec2 => Error::new("RequestExpired", "Request has expired."),
        MockService::Sts | MockService::Iam | MockService::CloudWatch => {
            Error::new("ExpiredToken", message).status(403)
        }
        MockService::Bedrock => Error::new("ExpiredTokenException", message).status(403),
        _ => Error::new("ExpiredTokenException", message),
    }
}

fn internal_error(service: MockService) -> Error {
    let message = "An internal error has occurred";
    match service {
        MockService::Ec2 => Error::new("InternalError", message),
        MockService::CloudWatch => Error::new("InternalServiceError", message),
        MockService::Bedrock => Error::new("InternalServerException", message),
        _ => Error::new("InternalFailure", message),
    }
    .status(500)
}
