//! Agreements of an account: discounts, Savings Plans, reservations, credits, budgets.

use crate::domain::Timestamp;

/// A family of services with common discounts and plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mock) enum ServiceFamily {
    /// EC2's compute, and Savings Plans for it.
    Ec2,
    /// SageMaker, and Savings Plans for it.
    SageMaker,
    /// Bedrock under all its names.
    Bedrock,
}

/// Cost Explorer's names of Savings Plans' own lines.
pub(in crate::mock) const COMPUTE_PLANS: &str = "Savings Plans for AWS Compute usage";
pub(in crate::mock) const ML_PLANS: &str = "Savings Plans for AWS Machine Learning";

impl ServiceFamily {
    /// The family of a bill line, by `SERVICE`.
    pub(in crate::mock) fn of(service: &str) -> Option<Self> {
        match service {
            "Amazon Elastic Compute Cloud - Compute" | COMPUTE_PLANS => Some(Self::Ec2),
            ML_PLANS => Some(Self::SageMaker),
            _ if service.contains("SageMaker") => Some(Self::SageMaker),
            _ if service.contains("Bedrock") => Some(Self::Bedrock),
            _ => None,
        }
    }
}

/// A discount on all usage of a family.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Discount {
    pub(in crate::mock) family: ServiceFamily,
    /// 0 to 1.
    pub(in crate::mock) share: f64,
    /// `RECORD_TYPE` of its lines.
    pub(in crate::mock) record_type: &'static str,
}

/// A Savings Plan without upfront payment.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Plan {
    pub(in crate::mock) family: ServiceFamily,
    /// Commitment in dollars per hour.
    pub(in crate::mock) commitment: f64,
    /// Discount on the list price of covered usage, 0 to 1.
    pub(in crate::mock) share: f64,
    pub(in crate::mock) start: Timestamp,
    pub(in crate::mock) end: Timestamp,
    pub(in crate::mock) years: u32,
}

/// Reserved instances without upfront payment.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Reservation {
    pub(in crate::mock) instance_type: String,
    pub(in crate::mock) region: String,
    pub(in crate::mock) count: u32,
    /// Dollars per hour of one instance, used or not.
    pub(in crate::mock) hourly: f64,
    pub(in crate::mock) start: Timestamp,
    pub(in crate::mock) end: Timestamp,
}

/// A credit or refund, at once or evenly over a time.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Credit {
    pub(in crate::mock) service: String,
    pub(in crate::mock) usage_type: String,
    pub(in crate::mock) usd: f64,
    pub(in crate::mock) at: Timestamp,
    pub(in crate::mock) until: Option<Timestamp>,
    pub(in crate::mock) record_type: &'static str,
}

/// A list price that replaces the rate cards'.
#[derive(Clone, Debug)]
pub(in crate::mock) struct ListPrice {
    pub(in crate::mock) family: ServiceFamily,
    /// `p4d.24xlarge`, `ml.g5.xlarge`, a model's id.
    pub(in crate::mock) of: String,
    /// `hosting`, `input`; `None` for all.
    pub(in crate::mock) component: Option<String>,
    pub(in crate::mock) region: String,
    pub(in crate::mock) usd: f64,
}

/// A monthly cost budget.
#[derive(Clone, Debug)]
pub(in crate::mock) struct Budget {
    pub(in crate::mock) name: String,
    pub(in crate::mock) monthly: f64,
    /// Services of the bill, or `ec2`, `sagemaker`, `bedrock`; empty for all.
    pub(in crate::mock) services: Vec<String>,
}

/// A linked account: this account pays its bill.
#[derive(Clone, Debug)]
pub(in crate::mock) struct LinkedAccount {
    pub(in crate::mock) id: String,
    pub(in crate::mock) name: String,
}

/// All agreements of an account.
#[derive(Clone, Debug, Default)]
pub(in crate::mock) struct Agreements {
    pub(in crate::mock) discounts: Vec<Discount>,
    pub(in crate::mock) plans: Vec<Plan>,
    pub(in crate::mock) reservations: Vec<Reservation>,
    pub(in crate::mock) credits: Vec<Credit>,
    pub(in crate::mock) prices: Vec<ListPrice>,
    pub(in crate::mock) budgets: Vec<Budget>,
    pub(in crate::mock) linked: Vec<LinkedAccount>,
    /// Whether hourly granularity is enabled in Cost Explorer.
    pub(in crate::mock) hourly: bool,
    pub(in crate::mock) hours: super::commitments::Hours,
}

impl Agreements {
    /// Whether any reservation or plan covers usage.
    pub(super) fn has_commitments(&self) -> bool {
        !self.plans.is_empty() || !self.reservations.is_empty()
    }

    /// The name of a linked account.
    pub(in crate::mock) fn account_name(&self, id: &str) -> Option<&str> {
        self.linked
            .iter()
            .find(|one| one.id == id)
            .map(|one| one.name.as_str())
    }

    /// The list price that replaces the rate cards', if there is one.
    pub(in crate::mock) fn list_price(
        &self,
        family: ServiceFamily,
        of: &str,
        component: Option<&str>,
        region: &str,
    ) -> Option<f64> {
        let same = |one: &&ListPrice| {
            one.family == family
                && one.of == of
                && one.region == region
                && one
                    .component
                    .as_deref()
                    .is_none_or(|own| component == Some(own))
        };
        self.prices.iter().rev().find(same).map(|one| one.usd)
    }
}
