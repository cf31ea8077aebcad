//! The Price List: products and their on-demand terms as AWS's JSON strings, built from the
//! embedded price lists.

mod product;
mod products;
mod token_products;

use super::{Answer, Context, Operations};
use crate::mock::protocol::{Failure, error, value::fields};
use product::Product;
use products::ProductFilter;

/// The service codes with products.
const SERVICES: &[&str] = &[
    "AmazonEC2",
    "AmazonSageMaker",
    "AmazonBedrock",
    "AmazonBedrockFoundationModels",
    "AmazonBedrockService",
];

const PAGING: (&str, &str) = ("NextToken", "MaxResults");

/// The operations answered here.
pub const OPERATIONS: Operations = &[("GetProducts", products)];

/// The requested service code.
fn service_code(context: &Context<'_>) -> Result<&'static str, Failure> {
    let requested = context.input.need_text("ServiceCode")?;
    let known = SERVICES.iter().find(|code| **code == requested);
    known.copied().map_or_else(
        || {
            error::refuse(
                "InvalidParameterException",
                format!("Unable to find service with service code '{requested}'"),
            )
        },
        Ok,
    )
}

/// The comparison of a filter.
#[derive(Clone, Copy, PartialEq)]
enum Match {
    Equal,
    Contains,
    Any,
    None,
}

fn filters<'a>(context: &Context<'a>) -> Result<Vec<(&'a str, Match, &'a str)>, Failure> {
    let mut filters = Vec::new();
    for one in context.input.children("Filters")? {
        let how = match one.need_text("Type")? {
            "CONTAINS" => Match::Contains,
            "ANY_OF" => Match::Any,
            "NONE_OF" => Match::None,
            _ => Match::Equal,
        };
        let (field, value) = (one.need_text("Field")?, one.need_text("Value")?);
        // As on AWS, an attribute that no product has matches none.
        if field.is_empty() {
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

fn passes(product: &Product, (field, how, value): &(&str, Match, &str)) -> bool {
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
fn matching_products(context: &Context<'_>) -> Result<Vec<Product>, Failure> {
    let code = service_code(context)?;
    let filters = filters(context)?;
    let equal = |name: &str| {
        filters
            .iter()
            .find(|(field, how, _)| *field == name && *how == Match::Equal)
            .map(|(_, _, value)| *value)
    };
    let wanted = ProductFilter {
        region: equal("regionCode"),
        instance: equal("instanceName").or_else(|| equal("instanceType")),
    };
    let simulation = context.simulation();
    let mut products = products::of(code, &wanted, &simulation.agreements);
    products.retain(|product| filters.iter().all(|filter| passes(product, filter)));
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
    let page = context.page(matching_products(context)?, PAGING, 100, |product| {
        product.sku.clone()
    })?;
    let items: Vec<String> = page.items.iter().map(Product::json).collect();
    Ok(fields! { "FormatVersion": "aws_v1", "PriceList": items, "NextToken": page.next })
}
