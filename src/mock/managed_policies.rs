//! Roles whose policies the mock enforces: AWS's managed policies, as `roles.tsv` has them.

use super::{glob::matches, protocol::MockService};
use std::collections::BTreeSet;

/// A role of the caller. It may do what the patterns of its policy allow, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role(&'static str);

/// Role and pattern of each line.
fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("roles.tsv").lines();
    lines.filter_map(|line| line.split_once('\t'))
}

impl Role {
    /// The role called so.
    pub fn find(name: &str) -> Option<Self> {
        lines()
            .find(|(role, _)| *role == name)
            .map(|(role, _)| Self(role))
    }

    /// The names of all roles.
    pub fn names() -> BTreeSet<&'static str> {
        lines().map(|(role, _)| role).collect()
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// Whether its policy allows `operation` of `service`.
    pub fn allows(self, service: MockService, operation: &str) -> bool {
        let action = match (service, operation) {
            // Needs no permission.
            (MockService::Sts, "GetCallerIdentity") => return true,
            (MockService::Budgets, "DescribeBudgets") => "budgets:ViewBudget".to_owned(),
            _ => format!("{}:{operation}", service.prefix()),
        };
        lines().any(|(role, pattern)| role == self.0 && matches(pattern, &action))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_allows_what_its_policy_names() {
        let role = |name| Role::find(name).unwrap();
        let (read, view, bill) = (
            role("ReadOnlyAccess"),
            role("ViewOnlyAccess"),
            role("Billing"),
        );
        for (role, service, operation, allowed) in [
            (read, MockService::Ec2, "DescribeInstances", true),
            (read, MockService::Ec2, "StopInstances", false),
            (read, MockService::Bedrock, "ListTagsForResource", false),
            (read, MockService::Tagging, "GetResources", true),
            (view, MockService::Bedrock, "ListTagsForResource", true),
            (view, MockService::Tagging, "GetResources", false),
            (view, MockService::CostExplorer, "GetCostAndUsage", false),
            (bill, MockService::CostExplorer, "GetCostAndUsage", true),
            (bill, MockService::CostExplorer, "GetCostForecast", false),
            (bill, MockService::Budgets, "DescribeBudgets", true),
            (bill, MockService::Sts, "GetCallerIdentity", true),
        ] {
            assert_eq!(
                role.allows(service, operation),
                allowed,
                "{role:?} {operation}"
            );
        }
        assert_eq!(Role::find("Admin"), None);
        assert_eq!(Role::names().len(), 5);
    }
}
