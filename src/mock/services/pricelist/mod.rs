//! The Price List: products and their on-demand terms, as AWS's JSON texts, made of the embedded
//! price lists.

mod products;

use super::{Answer, Context};
use crate::mock::protocol::{Failure, Value, error, value::fields};
use products::{Product, Wanted};
use std::collections::BTreeSet;

/// Services that have products here, and the attributes of each.
const SERVICES: &[(&str, &[&str])] = &[
    (
        "AmazonEC2",
        &[
            "capacitystatus",
            "gpu",
            "instanceFamily",
            "instanceType",
            "licenseModel",
            "location",
            "locationType",
            "marketoption",
            "memory",
            "operatingSystem",
            "operation",
            "preInstalledSw",
            "productFamily",
            "regionCode",
            "servicecode",
            "servicename",
            "tenancy",
            "usagetype",
            "vcpu",
        ],
    ),
    (
        "AmazonSageMaker",
        &[
            "component",
            "instanceName",
            "instanceType",
            "location",
            "locationType",
            "memory",
            "operation",
            "platoinstancename",
            "productFamily",
            "regionCode",
            "servicecode",
            "servicename",
            "usagetype",
            "vCpu",
        ],
    ),
    (
        "AmazonBedrock",
        &[
            "feature",
            "inferenceType",
            "location",
            "locationType",
            "model",
            "productFamily",
            "provider",
            "regionCode",
            "servicecode",
            "servicename",
            "usagetype",
        ],
    ),
    (
        "AmazonBedrockFoundationModels",
        &[
            "location",
            "locationType",
            "productFamily",
            "regionCode",
            "servicecode",
            "servicename",
            "usagetype",
        ],
    ),
    (
        "AmazonBedrockService",
        &["regionCode", "servicecode", "servicename", "usagetype"],
    ),
];

const PAGING: (&str, &str) = ("NextToken", "MaxResults");

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "GetProducts" => products(context),
        "DescribeServices" => services(context),
        "GetAttributeValues" => values(context),
        _ => context.unknown(),
    }
}

/// The service asked about.
fn service(
    context: &Context<'_>,
) -> Result<&'static (&'static str, &'static [&'static str]), Failure> {
    let asked = context.input.need_text("ServiceCode")?;
    SERVICES
        .iter()
        .find(|(code, _)| *code == asked)
        .map_or_else(
            || {
                error::refuse(
                    "InvalidParameterException",
                    format!("Unable to find service with service code '{asked}'"),
                )
            },
            Ok,
        )
}

/// How a filter's value is compared.
#[derive(Clone, Copy, PartialEq)]
enum Match {
    Equal,
    Contains,
    Any,
    None,
}

fn filters<'a>(
    context: &Context<'a>,
    attributes: &[&str],
) -> Result<Vec<(&'a str, Match, &'a str)>, Failure> {
    let mut filters = Vec::new();
    for one in context.input.children("Filters")? {
        let kind = one.one_of(
            "Type",
            &["TERM_MATCH", "EQUALS", "CONTAINS", "ANY_OF", "NONE_OF"],
        )?;
        let how = match kind.ok_or_else(|| Failure::Missing(one.path("Type")))? {
            "CONTAINS" => Match::Contains,
            "ANY_OF" => Match::Any,
            "NONE_OF" => Match::None,
            _ => Match::Equal,
        };
        let (field, value) = (one.need_text("Field")?, one.need_text("Value")?);
        // An attribute that a service does not have matches nothing, as in life.
        if !attributes.contains(&field) && field.is_empty() {
            return Err(one.invalid(
                "Field",
                "Member must have length greater than or equal to 1",
            ));
        }
        filters.push((field, how, value));
    }
    if filters.len() > 50 {
        return error::refuse(
            "InvalidParameterException",
            "A maximum of 50 filters is supported",
        );
    }
    Ok(filters)
}

fn holds(product: &Product, (field, how, value): &(&str, Match, &str)) -> bool {
    let own = product.attribute(field);
    let same = |own: &str, value: &str| own.eq_ignore_ascii_case(value.trim());
    match (how, own) {
        (Match::Equal, Some(own)) => same(own, value),
        (Match::Contains, Some(own)) => own.to_lowercase().contains(&value.to_lowercase()),
        (Match::Any, Some(own)) => value.split(',').any(|value| same(own, value)),
        (Match::None, own) => !value
            .split(',')
            .any(|value| own.is_some_and(|own| same(own, value))),
        (_, None) => false,
    }
}

/// The products of a service that pass the request's filters.
fn found(context: &Context<'_>) -> Result<Vec<Product>, Failure> {
    let (code, attributes) = service(context)?;
    let filters = filters(context, attributes)?;
    let equal = |name: &str| {
        filters
            .iter()
            .find(|(field, how, _)| *field == name && *how == Match::Equal)
            .map(|(_, _, value)| *value)
    };
    let wanted = Wanted {
        region: equal("regionCode"),
        instance: equal("instanceName").or_else(|| equal("instanceType")),
    };
    let world = context.world();
    let mut products = products::of(code, &wanted, &world.deals);
    products.retain(|product| filters.iter().all(|filter| holds(product, filter)));
    Ok(products)
}

fn version(context: &Context<'_>) -> Result<(), Failure> {
    let words = "Invalid format version. Supported: aws_v1";
    match context.input.text("FormatVersion")? {
        None | Some("aws_v1") => Ok(()),
        Some(_) => error::refuse("InvalidParameterException", words),
    }
}

/// `GetProducts`: each a JSON text.
fn products(context: &Context<'_>) -> Answer {
    version(context)?;
    let page = context.page(found(context)?, PAGING, 1..=100, 100, |product| {
        product.sku.clone()
    })?;
    let items: Vec<String> = page.items.iter().map(Product::json).collect();
    Ok(fields! { "FormatVersion": "aws_v1", "PriceList": items, "NextToken": page.next })
}

/// `DescribeServices`
fn services(context: &Context<'_>) -> Answer {
    version(context)?;
    let asked = context.input.text("ServiceCode")?;
    if asked.is_some() {
        service(context)?;
    }
    let known: Vec<_> = SERVICES
        .iter()
        .filter(|(code, _)| asked.is_none_or(|asked| asked == *code))
        .collect();
    let page = context.page(known, PAGING, 1..=100, 100, |(code, _)| (*code).to_owned())?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(code, names)| fields! { "ServiceCode": *code, "AttributeNames": names.to_vec() })
        .collect();
    Ok(fields! { "Services": items, "FormatVersion": "aws_v1", "NextToken": page.next })
}

/// `GetAttributeValues`
fn values(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("AttributeName")?;
    let (code, attributes) = service(context)?;
    if !attributes.contains(&name) {
        return error::refuse(
            "InvalidParameterException",
            format!("Service {code} has no attribute {name}"),
        );
    }
    let world = context.world();
    let all = products::of(
        code,
        &Wanted {
            region: None,
            instance: None,
        },
        &world.deals,
    );
    let values: BTreeSet<&str> = all
        .iter()
        .filter_map(|product| product.attribute(name))
        .collect();
    let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
    let page = context.page(values, PAGING, 1..=100, 100, String::clone)?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|value| fields! { "Value": value })
        .collect();
    Ok(fields! { "AttributeValues": items, "NextToken": page.next })
}
