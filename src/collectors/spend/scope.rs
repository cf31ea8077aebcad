//! Which part of a bill is AI/ML, as filters of Cost Explorer. Grouping a whole organisation by
//! usage type takes hundreds of pages.

use super::{billing_data::UsageLine, cost_explorer::one_of};
use crate::domain::Service;
use aws_sdk_costexplorer::types::{Dimension, Expression};
use std::collections::BTreeSet;

/// EC2's instances on the bill.
pub(super) const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
/// `SERVICE` values to ask for where the list of services names none of them.
const SERVICES: [&str; 5] = [
    "Amazon Bedrock",
    "Amazon Bedrock AgentCore",
    "Amazon Bedrock Service",
    "Amazon SageMaker",
    "Savings Plans for AWS Machine Learning",
];
/// Values of `INSTANCE_TYPE_FAMILY` with accelerators: EC2's instance types of the classes
/// "accelerated computing", from the service's documentation, retired ones included.
const FAMILIES: &[&str] = &[
    "dl1",
    "dl2q",
    "f1",
    "f2",
    "g3",
    "g3s",
    "g4ad",
    "g4dn",
    "g5",
    "g5g",
    "g6",
    "g6e",
    "g6f",
    "g7",
    "g7e",
    "gr6",
    "gr6f",
    "inf1",
    "inf2",
    "p2",
    "p3",
    "p3dn",
    "p4d",
    "p4de",
    "p5",
    "p5e",
    "p5en",
    "p6-b200",
    "p6-b300",
    "p6e-gb200",
    "p6e-gb300",
    "trn1",
    "trn1n",
    "trn2",
    "trn2u",
    "trn3",
    "trn3u",
    "vt1",
];

/// Whose line it is. EC2's lines without usage type were asked for within [`instances`].
pub(super) fn service(line: &UsageLine) -> Option<Service> {
    if line.usage.is_empty() && line.service == EC2 {
        return Some(Service::Ec2);
    }
    Service::of_line(&line.service, &line.usage)
}

/// Instances with accelerators.
pub(super) fn instances() -> Expression {
    both(
        one_of(Dimension::Service, [EC2]),
        one_of(Dimension::InstanceTypeFamily, FAMILIES.iter().copied()),
    )
}

/// The AI/ML part of `services`, the `SERVICE` values of a bill; of a bill that names none of them
/// all that there may be.
pub(super) fn of_services(services: &BTreeSet<String>) -> Expression {
    let mut whole: BTreeSet<String> = services
        .iter()
        .filter(|service| Service::of_line(service, "").is_some())
        .cloned()
        .collect();
    let mut has_instances = services.contains(EC2);
    if whole.is_empty() && !has_instances {
        whole = SERVICES.map(str::to_owned).into();
        has_instances = true;
    }
    either(
        (!whole.is_empty()).then(|| one_of(Dimension::Service, whole)),
        has_instances.then(instances),
    )
    .unwrap_or_else(instances)
}

/// Exactly the AI/ML lines that were read; `None` when there are none.
pub(super) fn of_lines(lines: &[UsageLine]) -> Option<Expression> {
    let is_ec2 = |line: &&UsageLine| line.service == EC2;
    let whole: BTreeSet<String> = lines
        .iter()
        .filter(|line| !is_ec2(line))
        .map(|line| line.service.clone())
        .collect();
    let usage: BTreeSet<String> = lines
        .iter()
        .filter(is_ec2)
        .map(|line| line.usage.clone())
        .collect();
    either(
        (!whole.is_empty()).then(|| one_of(Dimension::Service, whole)),
        match () {
            () if usage.is_empty() => None,
            () if usage.contains("") => Some(instances()),
            () => Some(both(
                one_of(Dimension::Service, [EC2]),
                one_of(Dimension::UsageType, usage),
            )),
        },
    )
}

fn both(a: Expression, b: Expression) -> Expression {
    Expression::builder().and(a).and(b).build()
}

fn either(a: Option<Expression>, b: Option<Expression>) -> Option<Expression> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Expression::builder().or(a).or(b).build()),
        (a, b) => a.or(b),
    }
}
