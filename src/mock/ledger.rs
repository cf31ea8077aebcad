//! What was asked of the mock, and the faults planned for what will be asked: for tests, and for the curious.
//!
//! Must not know encodings.

use super::wire::{Error, Service};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Calls remembered; older ones are forgotten.
const KEPT: usize = 10_000;

/// One call that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The prefix of its IAM action: `ec2`, `sagemaker`, `cloudwatch`, `ce`.
    pub service: &'static str,
    /// The operation.
    pub operation: String,
    /// The region it was signed for.
    pub region: String,
    /// HTTP status of the answer; 0 for one that was left hanging.
    pub status: u16,
}

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The caller may not do that.
    Deny,
    /// Asked too often.
    Throttle,
    /// The service is broken.
    Status500,
    /// A 200 whose body is no answer.
    Garbage,
    /// No answer, until the mock stops.
    Hang,
}

#[derive(Clone, Debug)]
struct Planned {
    service: String,
    operation: String,
    fault: Fault,
    times: usize,
}

/// Calls and planned faults.
#[derive(Debug, Default)]
pub struct Ledger {
    calls: Mutex<VecDeque<Asked>>,
    faults: Mutex<Vec<Planned>>,
}

fn locked<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger {
    /// Notes a call.
    pub fn note(&self, asked: Asked) {
        let mut calls = locked(&self.calls);
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(asked);
    }

    /// The calls so far, the oldest first.
    pub fn calls(&self) -> Vec<Asked> {
        locked(&self.calls).iter().cloned().collect()
    }

    /// Forgets the calls so far.
    pub fn forget(&self) {
        locked(&self.calls).clear();
    }

    /// Plans `fault` for the next `times` calls of `operation` of `service`; `*` means any.
    pub fn plan(&self, service: &str, operation: &str, fault: Fault, times: usize) {
        locked(&self.faults).push(Planned { service: service.to_owned(), operation: operation.to_owned(), fault, times });
    }

    /// Forgets all planned faults.
    pub fn heal(&self) {
        locked(&self.faults).clear();
    }

    /// The fault for a call, used up once.
    pub fn fault(&self, service: Service, operation: &str) -> Option<Fault> {
        let mut faults = locked(&self.faults);
        let meant = |planned: &Planned| {
            (planned.service == "*" || Service::named(&planned.service) == Some(service))
                && (planned.operation == "*" || planned.operation == operation)
        };
        let place = faults.iter().position(|planned| planned.times > 0 && meant(planned))?;
        let planned = faults.get_mut(place)?;
        planned.times -= 1;
        let fault = planned.fault;
        faults.retain(|planned| planned.times > 0);
        Some(fault)
    }
}

/// The refusal of `operation` that stands for `fault`, where it is a refusal.
pub fn refusal(fault: Fault, service: Service, operation: &str, caller: &str) -> Option<Error> {
    let action = format!("{}:{operation}", service.prefix());
    let denied =
        format!("User: {caller} is not authorized to perform: {action} because no identity-based policy allows the {action} action");
    let error = match (fault, service) {
        (Fault::Deny, Service::Ec2) => {
            Error::new("UnauthorizedOperation", format!("You are not authorized to perform this operation. {denied}")).status(403)
        }
        (Fault::Deny, Service::Sts | Service::Iam | Service::CloudWatch) => Error::new("AccessDenied", denied).status(403),
        (Fault::Deny, Service::Bedrock) => Error::new("AccessDeniedException", denied).status(403),
        (Fault::Deny, _) => Error::new("AccessDeniedException", denied),
        (Fault::Throttle, Service::Ec2) => Error::new("RequestLimitExceeded", "Request limit exceeded.").status(503),
        (Fault::Throttle, Service::CostExplorer) => Error::new("LimitExceededException", "Rate exceeded"),
        (Fault::Throttle, Service::Sts | Service::Iam | Service::CloudWatch) => Error::new("Throttling", "Rate exceeded"),
        (Fault::Throttle, Service::Bedrock) => Error::new("ThrottlingException", "Too many requests, please wait.").status(429),
        (Fault::Throttle, _) => Error::new("ThrottlingException", "Rate exceeded"),
        (Fault::Status500, Service::Ec2) => Error::new("InternalError", "An internal error has occurred").status(500),
        (Fault::Status500, Service::CloudWatch) => Error::new("InternalServiceError", "An internal error has occurred").status(500),
        (Fault::Status500, Service::Bedrock) => Error::new("InternalServerException", "An internal error has occurred").status(500),
        (Fault::Status500, _) => Error::new("InternalFailure", "An internal error has occurred").status(500),
        (Fault::Garbage | Fault::Hang, _) => return None,
    };
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_used_up() {
        let ledger = Ledger::default();
        ledger.plan("ec2", "StopInstances", Fault::Deny, 1);
        ledger.plan("cloudwatch", "*", Fault::Throttle, 2);
        assert_eq!(ledger.fault(Service::Ec2, "DescribeInstances"), None);
        assert_eq!(ledger.fault(Service::Ec2, "StopInstances"), Some(Fault::Deny));
        assert_eq!(ledger.fault(Service::Ec2, "StopInstances"), None);
        assert_eq!(ledger.fault(Service::CloudWatch, "ListMetrics"), Some(Fault::Throttle));
        assert_eq!(ledger.fault(Service::CloudWatch, "GetMetricData"), Some(Fault::Throttle));
        assert_eq!(ledger.fault(Service::CloudWatch, "GetMetricData"), None);
    }

    #[test]
    fn old_calls_are_forgotten() {
        let ledger = Ledger::default();
        for n in 0..KEPT + 3 {
            ledger.note(Asked { service: "ec2", operation: n.to_string(), region: String::new(), status: 200 });
        }
        assert_eq!(ledger.calls().len(), KEPT);
        assert_eq!(ledger.calls().first().unwrap().operation, "3");
    }
}
