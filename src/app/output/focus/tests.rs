//! The header, types, allowed values and null rules of FOCUS 1.2.

use super::*;
use crate::{domain::Currency, screen::fixture};
use std::collections::HashMap;

type Row = HashMap<String, String>;

fn charge(day: &str, quantity: f64, effective: f64, list: f64) -> Charge {
    Charge {
        day: format!("{day}T00:00:00Z").parse().unwrap(),
        quantity,
        billed: effective,
        effective,
        list,
    }
}

fn record(service: &str, usage_type: &str, unit: &'static str, days: Vec<Charge>) -> Record {
    let mut record = fixture::instance(2);
    record.head.key.account = "111122223333".into();
    record.head.evidence = Evidence::Charges(Box::new(UsageCharges {
        service: service.into(),
        usage_type: usage_type.into(),
        region: usage_type.contains("USW2").then_some("us-west-2"),
        unit,
        currency: Currency::USD,
        days,
    }));
    record
}

fn records() -> Vec<Record> {
    vec![
        record(
            "Amazon Elastic Compute Cloud - Compute",
            "USW2-BoxUsage:g5.xlarge",
            "Hours",
            vec![
                charge("2026-12-31", 24.0, 20.0, 24.144),
                charge("2026-12-30", 3.0, 0.000_001_5, 3.018),
            ],
        ),
        record(
            "Amazon Elastic Compute Cloud - Compute",
            "USW2-SpotUsage:g5.xlarge",
            "Hours",
            vec![charge("2026-12-30", 5.0, 2.5, 2.5)],
        ),
        record(
            "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
            "USW2-MP:USW2_InputTokenCount-Units",
            "1000000 Tokens",
            vec![charge("2026-12-30", 10.0, 33.0, 33.0)],
        ),
        record(
            "Amazon SageMaker",
            "Refunded",
            "Units",
            vec![charge("2026-12-30", 0.0, -4.25, 7.0)],
        ),
    ]
}

fn rows() -> Vec<Row> {
    let text = focus(&records());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The ids of the specification's column appendix, version 1.2.
const IDS: &str = "AvailabilityZone BilledCost BillingAccountId BillingAccountName \
    BillingAccountType BillingCurrency BillingPeriodEnd BillingPeriodStart CapacityReservationId \
    CapacityReservationStatus ChargeCategory ChargeClass ChargeDescription ChargeFrequency \
    ChargePeriodEnd ChargePeriodStart CommitmentDiscountCategory CommitmentDiscountId \
    CommitmentDiscountName CommitmentDiscountQuantity CommitmentDiscountStatus \
    CommitmentDiscountType CommitmentDiscountUnit ConsumedQuantity ConsumedUnit ContractedCost \
    ContractedUnitPrice EffectiveCost InvoiceId InvoiceIssuerName ListCost ListUnitPrice \
    PricingCategory PricingCurrency PricingCurrencyContractedUnitPrice \
    PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice PricingQuantity PricingUnit \
    ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType \
    ServiceCategory ServiceName ServiceSubcategory SkuId SkuMeter SkuPriceDetails SkuPriceId \
    SubAccountId SubAccountName SubAccountType Tags";

#[test]
fn header_has_the_columns_of_the_specification() {
    let text = focus(&records());
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    assert_eq!(header, IDS.split_whitespace().collect::<Vec<_>>());
    assert_eq!(focus(&[]).lines().count(), 1, "a bill without a line");
}

#[test]
fn mandatory_cells_are_filled_and_numbers_are_decimals() {
    for row in rows() {
        for id in "BilledCost BillingAccountId BillingAccountName BillingAccountType \
            BillingCurrency BillingPeriodEnd BillingPeriodStart ChargeCategory ChargeDescription \
            ChargeFrequency ChargePeriodEnd ChargePeriodStart ContractedCost EffectiveCost \
            InvoiceIssuerName ListCost PricingCurrency PricingCurrencyEffectiveCost ProviderName \
            PublisherName ServiceCategory ServiceName ServiceSubcategory"
            .split_whitespace()
        {
            assert!(!row[id].is_empty(), "{id} of {row:?}");
        }
        for (id, cell) in &row {
            let is_number = ["Cost", "Quantity", "UnitPrice"]
                .iter()
                .any(|end| id.ends_with(end));
            if is_number && !cell.is_empty() {
                assert!(cell.parse::<f64>().unwrap().is_finite(), "{id} {cell}");
                assert!(!cell.contains(['e', 'E']), "{id} {cell}");
            }
            if ["Start", "End"].iter().any(|end| id.ends_with(end)) {
                let at: Timestamp = cell.parse().unwrap();
                assert!(cell.ends_with("T00:00:00Z"), "{id} {at}");
            }
        }
    }
}

#[test]
fn use_has_quantities_and_prices_and_an_adjustment_has_none() {
    let of_usage = "ConsumedQuantity ConsumedUnit ContractedUnitPrice ListUnitPrice \
        PricingCategory PricingQuantity PricingUnit SkuId SkuMeter SkuPriceId";
    let mut categories = Vec::new();
    for row in rows() {
        let is_usage = row["ChargeCategory"] == "Usage";
        categories.push((
            row["ChargeCategory"].clone(),
            row["ChargeFrequency"].clone(),
        ));
        for id in of_usage.split_whitespace() {
            assert_eq!(!row[id].is_empty(), is_usage, "{id} of {row:?}");
        }
        let number = |id: &str| row[id].parse::<f64>().unwrap();
        if is_usage {
            for (price, cost) in [
                ("ListUnitPrice", "ListCost"),
                ("ContractedUnitPrice", "ContractedCost"),
            ] {
                let product = number(price) * number("PricingQuantity");
                assert!((product - number(cost)).abs() < 1e-9, "{price} of {row:?}");
                assert!(number(price) >= 0.0);
            }
        }
    }
    categories.sort();
    categories.dedup();
    let known = [("Adjustment", "One-Time"), ("Usage", "Usage-Based")];
    assert_eq!(
        categories,
        known.map(|(category, frequency)| (category.to_owned(), frequency.to_owned()))
    );
}

#[test]
fn cells_hold_the_values_of_the_charge() {
    let rows = rows();
    let find = |words: &str, day: &str| {
        let is_it = |row: &&Row| {
            row["ChargeDescription"].contains(words) && row["ChargePeriodStart"].starts_with(day)
        };
        rows.iter().find(is_it).unwrap()
    };
    for (words, day, cells) in [
        (
            "BoxUsage",
            "2026-12-31",
            "BilledCost=20.0 ListCost=24.144 PricingQuantity=24.0 PricingUnit=Hours \
             ServiceCategory=Compute PricingCategory=Standard RegionId=us-west-2 \
             BillingPeriodStart=2026-12-01T00:00:00Z BillingPeriodEnd=2027-01-01T00:00:00Z \
             ChargePeriodEnd=2027-01-01T00:00:00Z PublisherName=AWS BillingCurrency=USD \
             BillingAccountId=arn:aws:iam::111122223333:root SubAccountId= Tags=",
        ),
        (
            "BoxUsage",
            "2026-12-30",
            "BilledCost=0.0000015 EffectiveCost=0.0000015",
        ),
        ("SpotUsage", "2026-12-30", "PricingCategory=Dynamic"),
        (
            "Claude",
            "2026-12-30",
            "PublisherName=Anthropic ServiceSubcategory=Generative|AI ListUnitPrice=3.3 \
             PricingUnit=1000000|Tokens",
        ),
        (
            "Refunded",
            "2026-12-30",
            "ChargeCategory=Adjustment BilledCost=-4.25 ListCost=-4.25 RegionId= RegionName=",
        ),
    ] {
        let row = find(words, day);
        for cell in cells.split_whitespace() {
            let (id, value) = cell.split_once('=').unwrap();
            assert_eq!(row[id], value.replace('|', " "), "{id} of {words}");
        }
    }
    let days: Vec<&str> = rows
        .iter()
        .map(|row| row["ChargePeriodStart"].as_str())
        .collect();
    assert!(days.is_sorted(), "{days:?}");
}
