//! What each service says for the same trouble, in AWS's codes and words.

use super::FaultEffect;
use crate::mock::protocol::{Error, MockService};

/// The refusal of `operation` that stands for `fault`, where it is a refusal.
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
    let said = format!(
        "User: {caller} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    );
    match service {
        MockService::Ec2 => Error::new(
            "UnauthorizedOperation",
            format!("You are not authorized to perform this operation. {said}"),
        )
        .status(403),
        MockService::Sts | MockService::Iam | MockService::CloudWatch => {
            Error::new("AccessDenied", said).status(403)
        }
        MockService::Bedrock => Error::new("AccessDeniedException", said).status(403),
        _ => Error::new("AccessDeniedException", said),
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
        _ => Error::new("ThrottlingException", "Rate exceeded"),
    }
}

fn expired_token(service: MockService) -> Error {
    let said = "The security token included in the request is expired";
    match service {
        MockService::Ec2 => Error::new("RequestExpired", "Request has expired."),
        MockService::Sts | MockService::Iam | MockService::CloudWatch => {
            Error::new("ExpiredToken", said).status(403)
        }
        MockService::Bedrock => Error::new("ExpiredTokenException", said).status(403),
        _ => Error::new("ExpiredTokenException", said),
    }
}

fn internal_error(service: MockService) -> Error {
    let said = "An internal error has occurred";
    match service {
        MockService::Ec2 => Error::new("InternalError", said),
        MockService::CloudWatch => Error::new("InternalServiceError", said),
        MockService::Bedrock => Error::new("InternalServerException", said),
        _ => Error::new("InternalFailure", said),
    }
    .status(500)
}
