//! What each service says for the same trouble, in AWS's codes and words.
//!
//! Must not know when it says so.

use super::Fault;
use crate::mock::wire::{Error, Service};

/// The refusal of `operation` that stands for `fault`, where it is a refusal.
pub fn refusal(fault: Fault, service: Service, operation: &str, caller: &str) -> Option<Error> {
    match fault {
        Fault::Deny => Some(denied(service, operation, caller)),
        Fault::Throttle => Some(throttled(service)),
        Fault::ExpiredToken => Some(expired(service)),
        Fault::Status500 | Fault::Status500After => Some(broken(service)),
        _ => None,
    }
}

fn denied(service: Service, operation: &str, caller: &str) -> Error {
    let action = format!("{}:{operation}", service.prefix());
    let said = format!(
        "User: {caller} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    );
    match service {
        Service::Ec2 => Error::new(
            "UnauthorizedOperation",
            format!("You are not authorized to perform this operation. {said}"),
        )
        .status(403),
        Service::Sts | Service::Iam | Service::CloudWatch => {
            Error::new("AccessDenied", said).status(403)
        }
        Service::Bedrock => Error::new("AccessDeniedException", said).status(403),
        _ => Error::new("AccessDeniedException", said),
    }
}

fn throttled(service: Service) -> Error {
    match service {
        Service::Ec2 => Error::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
        Service::CostExplorer => Error::new("LimitExceededException", "Rate exceeded"),
        Service::Sts | Service::Iam | Service::CloudWatch => {
            Error::new("Throttling", "Rate exceeded")
        }
        Service::Bedrock => {
            Error::new("ThrottlingException", "Too many requests, please wait.").status(429)
        }
        _ => Error::new("ThrottlingException", "Rate exceeded"),
    }
}

fn expired(service: Service) -> Error {
    let said = "The security token included in the request is expired";
    match service {
        Service::Ec2 => Error::new("RequestExpired", "Request has expired."),
        Service::Sts | Service::Iam | Service::CloudWatch => {
            Error::new("ExpiredToken", said).status(403)
        }
        Service::Bedrock => Error::new("ExpiredTokenException", said).status(403),
        _ => Error::new("ExpiredTokenException", said),
    }
}

fn broken(service: Service) -> Error {
    let said = "An internal error has occurred";
    match service {
        Service::Ec2 => Error::new("InternalError", said),
        Service::CloudWatch => Error::new("InternalServiceError", said),
        Service::Bedrock => Error::new("InternalServerException", said),
        _ => Error::new("InternalFailure", said),
    }
    .status(500)
}
