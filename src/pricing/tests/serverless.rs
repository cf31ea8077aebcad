//! Published figures of serverless inference.

use super::*;

/// Dollars an hour, and whether it is an estimate.
fn hour(quote: &Measured<Quote>) -> Option<(f64, bool)> {
    quote.known().map(|quote| (quote.unit.0, quote.estimate))
}

fn assert_hour(quote: &Measured<Quote>, usd: f64, estimate: bool, what: &str) {
    let (found, marked) = hour(quote).unwrap_or_else(|| panic!("{what}: {quote:?}"));
    assert!(near(found, usd) && marked == estimate, "{what}: {quote:?}");
}

#[test]
fn request_time_has_the_list_price_in_the_regions_that_offer_it() {
    for (region, gb_second) in [
        ("us-east-1", 0.000_02),
        ("sa-east-1", 0.000_02),
        ("ap-northeast-1", 0.000_02),
        ("eu-central-1", 0.000_02),
        ("af-south-1", 0.000_026_5),
        ("ap-east-1", 0.000_027_5),
        ("eu-south-1", 0.000_023_4),
        ("me-south-1", 0.000_024_8),
    ] {
        let quote = prices().serverless(2048, region);
        assert_hour(&quote, 2.0 * gb_second * 3600.0, false, region);
    }
    let regions = usage_type_region::all().into_iter();
    let offering = regions.filter(|region| prices().serverless(2048, region).known().is_some());
    assert_eq!(offering.count(), 21);
}

#[test]
fn a_region_without_serverless_inference_has_no_price() {
    for region in [
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ca-west-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "us-gov-west-1",
    ] {
        let why = prices().serverless(2048, region).why().cloned();
        assert_eq!(
            why.map(|why| why.to_string()),
            Some(format!("no price for serverless inference in {region}"))
        );
        for quote in [
            prices().provisioned_concurrency(2048, region),
            prices().provisioned_requests(2048, region),
        ] {
            assert!(quote.known().is_none(), "{region}: {quote:?}");
        }
    }
}

/// Region, dollars a GB-second kept warm and of request time, and whether both are estimates.
const PROVISIONED: &[(&str, f64, f64, bool)] = &[
    ("us-east-1", 0.000_005, 0.000_011_65, false),
    ("us-west-2", 0.000_005, 0.000_011_667, true),
    ("ap-northeast-1", 0.000_006_46, 0.000_015_074, true),
    ("sa-east-1", 0.000_007_965, 0.000_018_584, true),
];

#[test]
fn provisioned_concurrency_is_listed_in_virginia_and_estimated_elsewhere() {
    for (region, warm, requests, estimate) in PROVISIONED {
        let hour = |gb_second: f64| 4.0 * gb_second * 3600.0;
        let kept = prices().provisioned_concurrency(4096, region);
        assert_hour(&kept, hour(*warm), *estimate, region);
        let called = prices().provisioned_requests(4096, region);
        assert_hour(&called, hour(*requests), *estimate, region);
    }
    let tokyo = prices().provisioned_concurrency(4096, "ap-northeast-1");
    let source = tokyo.known().unwrap().source.clone();
    assert!(source.contains("1.2 x Provisioned-Concurrency"), "{source}");
}

#[test]
fn every_region_with_serverless_inference_prices_its_provisioned_concurrency() {
    for region in usage_type_region::all() {
        assert_eq!(
            hour(&prices().serverless(1024, region)).is_some(),
            hour(&prices().provisioned_concurrency(1024, region)).is_some(),
            "{region}"
        );
    }
}

#[test]
fn usage_types_of_provisioned_concurrency_have_list_rates() {
    for (usage, usd) in [
        ("USE1-ProvisionedConcurrency:Usage-2GB", 0.000_01),
        ("USE1-ProvisionedConcurrency:Mem-2GB", 0.000_023_3),
    ] {
        let quote = prices().usage("Amazon SageMaker", usage, None);
        let found = quote.known().map(|quote| quote.unit.0);
        assert!(
            found.is_some_and(|found| near(found, usd)),
            "{usage}: {quote:?}"
        );
    }
}
