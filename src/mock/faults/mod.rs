//! Planned faults: those of the scenario, of tests, and of `/_spendtop/faults`, in one list.

mod effect;
mod error_codes;
pub mod parse;
pub mod rule;

pub use effect::{FaultEffect, SLOW};
pub use error_codes::error_for;
pub use rule::{FaultRule, IncomingCall};

use super::simulation::ResourceName;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The planned faults, in order.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<FaultRule>>);

impl Faults {
    fn rules(&self) -> MutexGuard<'_, Vec<FaultRule>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends rules.
    pub fn add(&self, rules: impl IntoIterator<Item = FaultRule>) {
        self.rules().extend(rules);
    }

    /// The rules with their counts.
    pub fn list(&self) -> Vec<FaultRule> {
        self.rules().clone()
    }

    /// Removes all rules.
    pub fn clear(&self) {
        self.rules().clear();
    }

    /// The fault of the first rule that fires on the call, and the resources it applies to. Later
    /// rules do not count the call.
    pub fn take(&self, incoming: &IncomingCall<'_>) -> Option<(FaultEffect, Vec<ResourceName>)> {
        self.rules().iter_mut().find_map(|rule| {
            if !rule.matches(incoming) {
                return None;
            }
            let about = |resource: &&ResourceName| {
                rule.resource
                    .as_ref()
                    .is_none_or(|row| resource.matches(row))
            };
            Some((
                rule.fault,
                incoming.resources.iter().filter(about).cloned().collect(),
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::protocol::MockService;

    #[test]
    fn faults_are_used_up_in_order() {
        let faults = Faults::default();
        faults.add([
            FaultRule::new(FaultEffect::Deny)
                .of("ec2", "StopInstances")
                .times(1),
            FaultRule::new(FaultEffect::TimeoutBefore)
                .of("ec2", "StopInstances")
                .times(1),
            FaultRule::new(FaultEffect::Throttle)
                .of("cloudwatch", "*")
                .times(2),
        ]);
        let ask = |service, operation| {
            let incoming = IncomingCall {
                service,
                operation,
                account: ("111122223333", "ml-prod"),
                region: "us-east-1",
                resources: &[],
                dry_run: false,
                now: "2026-11-23T08:30:00Z".parse().unwrap(),
            };
            faults.take(&incoming).map(|(fault, _)| fault)
        };
        assert_eq!(ask(MockService::Ec2, "DescribeInstances"), None);
        assert_eq!(
            ask(MockService::Ec2, "StopInstances"),
            Some(FaultEffect::Deny)
        );
        assert_eq!(
            ask(MockService::Ec2, "StopInstances"),
            Some(FaultEffect::TimeoutBefore)
        );
        assert_eq!(ask(MockService::Ec2, "StopInstances"), None);
        assert_eq!(
            ask(MockService::CloudWatch, "ListMetrics"),
            Some(FaultEffect::Throttle)
        );
        assert_eq!(
            ask(MockService::CloudWatch, "GetMetricData"),
            Some(FaultEffect::Throttle)
        );
        assert_eq!(ask(MockService::CloudWatch, "GetMetricData"), None);
        assert_eq!(
            faults
                .list()
                .iter()
                .map(|rule| (rule.matched, rule.fired))
                .collect::<Vec<_>>(),
            [(1, 1), (1, 1), (2, 2)]
        );
        faults.clear();
        assert!(faults.list().is_empty());
    }
}
