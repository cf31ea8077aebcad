//! Reads the AWS Price List: the products of a service in a region and their prices.
//!
//! Free of charge, and the same for every account.

use super::{Session, paging::read_slow_pages};
use crate::aws::Api;
use crate::{
    domain::{Fault, FaultKind},
    pricing::Product,
};
use aws_sdk_pricing::types::{Filter, FilterType};

/// Operations that reading prices calls.
pub const NEEDS: &[Api] = &[Api::PricingGetProducts];
/// The region of the Price List's endpoint: it exists in three regions only.
pub(super) const HOME: &str = "us-east-1";
/// Products per page: the maximum.
const PAGE: i32 = 100;

/// The price lists to read, with the filters that narrow each to the content of the rate cards.
pub const LISTS: &[(&str, &[(&str, &str)])] = &[
    (
        "AmazonEC2",
        &[
            ("operatingSystem", "Linux"),
            ("tenancy", "Shared"),
            ("preInstalledSw", "NA"),
            // Leaves out the rows of unused and of allocated reservations.
            ("capacitystatus", "Used"),
        ],
    ),
    ("AmazonSageMaker", &[]),
    ("AmazonBedrock", &[]),
    ("AmazonBedrockFoundationModels", &[]),
    ("AmazonBedrockService", &[]),
];

/// The products of `service` in `region` that pass `filters` and have a price.
pub async fn products(
    session: &Session,
    service: &str,
    region: &str,
    filters: &[(&str, &str)],
) -> Result<Vec<Product>, Fault> {
    const OPERATION: Api = Api::PricingGetProducts;
    let mut asked = session
        .pricing
        .get_products()
        .service_code(service)
        .format_version("aws_v1");
    for (field, value) in filters.iter().copied().chain([("regionCode", region)]) {
        let filter = Filter::builder()
            .r#type(FilterType::TermMatch)
            .field(field)
            .value(value)
            .build();
        asked = asked.filters(
            filter.map_err(|error| Fault::new(FaultKind::Refused, OPERATION, error.to_string()))?,
        );
    }
    let pages = asked.into_paginator().page_size(PAGE).send();
    let (mut products, mut unreadable) = (Vec::new(), None);
    read_slow_pages(OPERATION, pages, |page| {
        for text in page.price_list() {
            match Product::parse(text) {
                Ok(product) => products.extend(product),
                Err(error) => unreadable = unreadable.take().or(Some(error)),
            }
        }
    })
    .await?;
    match unreadable {
        None => Ok(products),
        Some(error) => Err(Fault::new(FaultKind::Broken, OPERATION, error.to_string())),
    }
}
