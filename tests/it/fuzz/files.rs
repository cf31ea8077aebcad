//! Files that people write: configuration, keymaps, themes, scenarios and rate cards.

use super::{Mutator, read_changed, seeds};
use spendtop::{
    engine::config::Config,
    mock::{SCENARIOS, Scenario},
    pricing::{self, Prices, Product},
    screen::{
        input::keymap::{self, Keymap},
        theme::{self, Theme},
    },
};
use std::{fs, path::Path};

#[test]
fn changed_configuration_has_a_value_or_one_error() {
    let full = include_str!("../../configs/valid/full.toml");
    let guards = include_str!("../../configs/valid/guards.toml");
    let valid = [("full.toml", full), ("guards.toml", guards)];
    read_changed(150, &valid, |text| {
        Config::parse(text, Path::new("config.toml")).map(drop)
    });
}

#[test]
fn changed_keymap_has_a_value_or_one_error() {
    let base = Keymap::default();
    read_changed(100, keymap::SHIPPED, |text| {
        Keymap::parse(text, "mine.toml", Some(&base)).map(drop)
    });
}

#[test]
fn changed_theme_has_a_value_or_one_error() {
    let shipped = Theme::shipped();
    read_changed(60, theme::SHIPPED, |text| {
        Theme::parse("mine", text, "mine.toml", &shipped).map(drop)
    });
}

#[test]
fn changed_scenario_has_a_value_or_one_error() {
    read_changed(12, SCENARIOS, |text| {
        Scenario::parse(text, "mine.toml").map(drop)
    });
}

#[test]
fn changed_rate_card_has_prices_or_one_error_a_row() {
    let card = include_str!("../../../src/pricing/cards/sagemaker_other.csv");
    let folder = tempfile::tempdir().unwrap();
    for seed in seeds(25) {
        let changed = Mutator::new(seed).bytes(card.as_bytes());
        fs::write(folder.path().join("sagemaker_other.csv"), &changed).unwrap();
        let prices = Prices::load(Some(folder.path()), Vec::new());
        let lines = changed.split(|byte| *byte == b'\n').count();
        assert!(prices.errors().len() <= lines, "seed {seed}");
        for line in prices.listing("serverless", &["us-east-1".to_owned()]) {
            assert!(
                line.usd > 0.0 && line.usd.is_finite(),
                "seed {seed}: {line:?}"
            );
        }
    }
}

/// A product of the Price List in AWS's form.
const PRODUCT: &str = r#"{"product":{"productFamily":"Compute Instance","attributes":
{"servicecode":"AmazonEC2","instanceType":"p5.48xlarge","regionCode":"us-east-1","operatingSystem":
"Linux","tenancy":"Shared","preInstalledSw":"NA","gpu":"8","vcpu":"192","memory":"2048 GiB",
"capacitystatus":"Used","usagetype":"BoxUsage:p5.48xlarge"},"sku":"S"},"serviceCode":"AmazonEC2",
"terms":{"OnDemand":{"S.J":{"priceDimensions":{"S.J.6":{"unit":"Hrs","endRange":"Inf",
"description":"$55.04 per On Demand Linux p5.48xlarge Instance Hour","appliesTo":[],"rateCode":"r",
"beginRange":"0","pricePerUnit":{"USD":"55.0400000000"}}},"sku":"S",
"effectiveDate":"2026-11-01T00:00:00Z","offerTermCode":"J","termAttributes":{}}},"Reserved":{}},
"version":"20261101","publicationDate":"2026-11-01T12:00:00Z"}"#;

#[test]
fn changed_product_of_the_price_list_makes_a_plausible_row_or_none() {
    read_changed(1_500, &[("product", PRODUCT)], |text| {
        let products: Vec<Product> = Product::parse(text)?.into_iter().collect();
        for sheet in pricing::sheets(Prices::embedded(), &products, "test").sheets {
            let price = sheet
                .headings
                .iter()
                .position(|it| *it == "on_demand_usd_hr");
            for row in &sheet.rows {
                assert_eq!(row.len(), sheet.headings.len());
                let usd = price.map_or(1.0, |at| row[at].parse().unwrap());
                assert!((1e-6..=1e6).contains(&usd), "{row:?}");
            }
        }
        Ok::<(), serde_json::Error>(())
    });
}
