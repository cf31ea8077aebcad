//! Which part of a bill is AI/ML, as filters of Cost Explorer. Grouping a whole organisation by
//! usage type takes hundreds of pages.

use super::{billing_data::UsageLine, cost_explorer::one_of};
use crate::{
    domain::{Service, region},
    pricing::Prices,
};
use aws_sdk_costexplorer::types::{Dimension, Expression};
use std::collections::BTreeSet;

/// EC2's instances on the bill.
pub(super) const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
/// OpenSearch on the bill.
const OPENSEARCH: &str = "Amazon OpenSearch Service";
/// Usage types of OpenSearch Serverless after the region's prefix: its units, which are billed from
/// the first collection on, whatever is searched (`USW2-IndexingOCU`, price list `AmazonES`).
const OPENSEARCH_UNITS: [&str; 2] = ["IndexingOCU", "SearchOCU"];
/// Services that no pane lists, by words of `SERVICE` and `USAGE_TYPE`.
const UNLISTED: [(&str, &str, &str); 4] = [
    ("AgentCore", "", "Bedrock AgentCore"),
    ("Bedrock", "Guardrail", "Bedrock guardrails"),
    (OPENSEARCH, OPENSEARCH_UNITS[0], OPENSEARCH_SERVERLESS),
    (OPENSEARCH, OPENSEARCH_UNITS[1], OPENSEARCH_SERVERLESS),
];
const OPENSEARCH_SERVERLESS: &str =
    "OpenSearch Serverless units, which knowledge bases of Bedrock use";
/// `SERVICE` values to ask for where the list of services names none of them.
const SERVICES: [&str; 5] = [
    "Amazon Bedrock",
    "Amazon Bedrock AgentCore",
    "Amazon Bedrock Service",
    "Amazon SageMaker",
    "Savings Plans for AWS Machine Learning",
];
/// Families with accelerators that no card has a price of.
const UNPRICED_FAMILIES: &str = include_str!("unpriced_families.csv");

/// The values of `INSTANCE_TYPE_FAMILY` with accelerators: those of the rate cards, and those that
/// have no price there.
fn families() -> impl Iterator<Item = &'static str> {
    let unpriced = UNPRICED_FAMILIES.lines().skip(1);
    let unpriced = unpriced.filter_map(|line| line.split(',').next());
    let mut all = Prices::embedded().accelerated_families();
    all.extend(unpriced);
    all.into_iter()
}

/// The service of a line. Requests for EC2's lines without usage type filter by [`instances`].
pub(super) fn service(line: &UsageLine) -> Option<Service> {
    if line.usage.is_empty() && line.service == EC2 {
        return Some(Service::Ec2);
    }
    Service::of_line(&line.service, &line.usage)
}

/// The name of the service of a line, if no pane lists it.
pub(super) fn unlisted(line: &UsageLine) -> Option<&'static str> {
    let is_named = |(service, usage, _): &&(&str, &str, &str)| {
        line.service.contains(service) && line.usage.contains(usage)
    };
    UNLISTED.iter().find(is_named).map(|(.., name)| *name)
}

/// Whether the line is of units of OpenSearch Serverless. They are no AI/ML dollars: only some
/// collections hold the vectors of a knowledge base, and the bill does not say which.
pub(super) fn is_opensearch_unit(service: &str, usage: &str) -> bool {
    service == OPENSEARCH && OPENSEARCH_UNITS.iter().any(|unit| usage.ends_with(unit))
}

/// The units of OpenSearch Serverless in all regions.
fn opensearch_units() -> Expression {
    let prefixes = region::all().iter().flat_map(|region| &region.prefixes);
    let usage = prefixes.flat_map(|prefix| OPENSEARCH_UNITS.map(|unit| format!("{prefix}-{unit}")));
    both(
        one_of(Dimension::Service, [OPENSEARCH]),
        one_of(Dimension::UsageType, usage),
    )
}

/// Instances with accelerators.
pub(super) fn instances() -> Expression {
    both(
        one_of(Dimension::Service, [EC2]),
        one_of(Dimension::InstanceTypeFamily, families()),
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
    let ai = either(
        (!whole.is_empty()).then(|| one_of(Dimension::Service, whole)),
        has_instances.then(instances),
    );
    let has_opensearch = services.contains(OPENSEARCH);
    either(ai, has_opensearch.then(opensearch_units)).unwrap_or_else(instances)
}

/// Exactly the AI/ML lines that were read; `None` when there are none.
pub(super) fn of_lines<'a>(
    lines: impl Iterator<Item = &'a UsageLine> + Clone,
) -> Option<Expression> {
    let is_ec2 = |line: &&UsageLine| line.service == EC2;
    let whole: BTreeSet<String> = lines
        .clone()
        .filter(|line| !is_ec2(line))
        .map(|line| line.service.clone())
        .collect();
    let usage: BTreeSet<String> = lines
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn families_come_from_the_cards_and_each_is_ai() {
        let all: Vec<&str> = families().collect();
        for family in ["p5en", "trn2", "g6e", "p2", "inf1"] {
            assert!(all.contains(&family), "{family}");
        }
        for family in &all {
            let usage = format!("BoxUsage:{family}.48xlarge");
            let is_rack = family.starts_with("u-");
            assert!(
                is_rack || Service::of_line(EC2, &usage) == Some(Service::Ec2),
                "{family}"
            );
        }
    }

    #[test]
    fn unpriced_families_are_those_that_no_card_has() {
        let priced = Prices::embedded().accelerated_families();
        let mut seen = HashSet::new();
        for line in UNPRICED_FAMILIES.lines().skip(1) {
            let family = line.split(',').next().unwrap();
            assert!(
                !priced.contains(family),
                "{family} has a price: drop its line"
            );
            assert!(seen.insert(family), "{family} twice");
        }
    }
}
