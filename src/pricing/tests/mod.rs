//! The rate cards: every row is read, published prices match, unlisted types have no price.
//!
//! `rows`: each row of each card against its lookup. `layers`: refreshed cards and the
//! configuration.

mod adjacent_types;
mod custom_models;
mod figures;
mod layers;
mod rows;
mod serverless;

use super::*;
use crate::domain::{HourlyCost, Measured};
use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

fn prices() -> &'static Prices {
    Prices::embedded()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pricing/cards")
}

/// A row of a card, as heading to cell.
type Row = HashMap<String, String>;

/// The rows of a card, read without the code under test.
fn rows(card: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder().join(card)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn accelerated_in(region: &str) -> Vec<String> {
    let here = rows("ec2_accelerated.csv")
        .into_iter()
        .filter(|row| row["region"] == region);
    here.map(|row| row["instance_type"].clone()).collect()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9)
}

#[test]
fn every_row_of_every_card_is_read() {
    assert_eq!(prices().errors(), []);
    assert_eq!(prices().as_of(), "2026-08-26");
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let cards: BTreeSet<String> = prices()
        .cards()
        .iter()
        .map(|facts| facts.card.clone())
        .collect();
    assert_eq!(cards, files.collect(), "every card is read");
    for facts in prices().cards() {
        assert_eq!(facts.rows, rows(&facts.card).len(), "{}", facts.card);
    }
}

#[test]
fn ec2_prices_match_the_list() {
    for (ty, region, usd) in [
        ("p4d.24xlarge", "us-east-1", 21.957_642),
        ("p5.48xlarge", "us-east-1", 55.04),
        ("p5en.48xlarge", "us-east-2", 63.296),
        ("g5.48xlarge", "us-east-1", 16.288),
        ("g6.xlarge", "us-west-2", 0.8048),
        ("trn1.32xlarge", "us-east-1", 21.5),
        ("inf2.48xlarge", "us-east-1", 12.981_27),
        ("m5.large", "us-east-1", 0.096),
    ] {
        let quote = prices().ec2(ty, region).known().unwrap().clone();
        assert!((quote.unit.0 - usd).abs() < 5e-4, "{ty} {region} {quote:?}");
        assert!(!quote.estimate && quote.source.contains("20"), "{quote:?}");
    }
}

#[test]
fn prices_never_fall_back_to_another_region() {
    for (reading, why) in [
        (
            prices().ec2("p5.48xlarge", "eu-west-3"),
            "no price for p5.48xlarge in eu-west-3",
        ),
        (
            prices().ec2("p5e.48xlarge", "us-east-2"),
            "no on-demand price for p5e.48xlarge, only Capacity Blocks",
        ),
        (
            prices().ec2("x9.large", "us-east-1"),
            "no price for x9.large",
        ),
        (prices().ec2("", ""), "no price for "),
        (
            prices().sagemaker("ml.p5.48xlarge", Component::Training, "eu-west-3"),
            "no price for ml.p5.48xlarge in eu-west-3",
        ),
        (
            prices().sagemaker("ml.x9.large", Component::Hosting, "us-east-1"),
            "no hosting price and no rule for ml.x9.large",
        ),
        (
            prices().sagemaker("system", Component::Studio, "us-east-1"),
            "no studio price and no rule for ml.system",
        ),
        (
            prices().capacity_block("g5.xlarge", "us-east-1"),
            "no Capacity Block price for g5.xlarge in us-east-1",
        ),
        (
            prices().spot("p5.48xlarge", "moon-1"),
            "no spot price for p5.48xlarge in moon-1",
        ),
        (
            prices().model_unit("anthropic.claude-v2:1", Term::OneMonth, "eu-west-1"),
            "no model-unit price for anthropic.claude-v2:1 in eu-west-1 (1 month)",
        ),
    ] {
        assert_eq!(reading.why().map(ToString::to_string).as_deref(), Some(why));
    }
}

/// Type, component, region, dollars an hour, and whether it is an estimate.
const LISTED_OR_ESTIMATED: &[(&str, Component, &str, f64, bool)] = &[
    (
        "ml.p4d.24xlarge",
        Component::Training,
        "us-east-1",
        25.251_286,
        true,
    ),
    (
        "ml.g5.12xlarge",
        Component::Hosting,
        "us-east-1",
        7.09,
        false,
    ),
    ("g5.12xlarge", Component::Hosting, "us-east-1", 7.09, false),
    ("ml.m5.xlarge", Component::Hosting, "us-east-1", 0.23, false),
    (
        "ml.g5.12xlarge",
        Component::Hosting,
        "eu-central-1",
        7.0896 * 1.25,
        true,
    ),
    (
        "ml.g5.xlarge",
        Component::Hosting,
        "ap-northeast-1",
        1.4592 * 1.4,
        true,
    ),
    (
        "ml.p4d.24xlarge",
        Component::Cluster,
        "us-east-1",
        21.957_642 * 1.18,
        true,
    ),
];

#[test]
fn sagemaker_prices_are_listed_or_estimated() {
    for (ty, component, region, usd, estimate) in LISTED_OR_ESTIMATED {
        let quote = prices()
            .sagemaker(ty, *component, region)
            .known()
            .unwrap()
            .clone();
        assert_eq!(quote.estimate, *estimate, "{ty} {region} {quote:?}");
        assert!(
            (quote.unit.0 / usd - 1.0).abs() < 0.02,
            "{ty} {region} {quote:?}"
        );
    }
}

#[test]
fn sagemaker_price_of_a_cpu_type_follows_the_ec2_estimate_of_its_region() {
    let cpu = prices()
        .sagemaker("ml.m5.large", Component::Notebook, "eu-central-1")
        .known()
        .unwrap()
        .clone();
    let here = prices()
        .ec2("m5.large", "eu-central-1")
        .known()
        .unwrap()
        .clone();
    assert!(
        here.estimate && cpu.estimate && (cpu.unit.0 - here.unit.0 * 1.2).abs() < 1e-9,
        "{cpu:?}"
    );
}

#[test]
fn every_accelerated_type_has_a_sagemaker_price_in_main_regions() {
    let mut missing = Vec::new();
    for region in ["us-east-1", "us-east-2", "us-west-2", "eu-west-1"] {
        for ty in accelerated_in(region) {
            let base = prices().ec2(&ty, region).known().unwrap().unit;
            match prices().sagemaker(&ty, Component::Training, region) {
                Measured::Known(twin) => {
                    assert!(twin.unit >= base, "{ty} {region}: {twin:?} under {base}");
                }
                Measured::Unknown(_) => missing.push(ty),
            }
        }
    }
    missing.sort_unstable();
    missing.dedup();
    // Families that SageMaker does not sell, and no rule covers.
    assert!(
        missing.iter().all(|ty| [
            "dl1.", "dl2q.", "g4ad.", "g3", "p2.", "inf1.", "trn2", "vt1."
        ]
        .iter()
        .any(|f| ty.starts_with(f))),
        "{missing:?}"
    );
}

#[test]
fn model_unit_prices_match_the_list_in_any_spelling() {
    for (id, term, usd) in [
        ("anthropic.claude-v2:1", Term::NoCommitment, 70.0),
        ("anthropic.claude-v2:1:200k", Term::OneMonth, 63.0),
        ("anthropic.claude-v2", Term::SixMonths, 35.0),
        ("anthropic.claude-instant-v1:2:100k", Term::SixMonths, 22.0),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/cohere.command-text-v14:7:4k",
            Term::NoCommitment,
            49.5,
        ),
        ("amazon.nova-2-lite-v1:0", Term::SixMonths, 30.25),
    ] {
        assert_eq!(
            prices()
                .model_unit(id, term, "us-east-1")
                .known()
                .map(|quote| quote.unit.0),
            Some(usd),
            "{id}"
        );
    }
}

/// Model id, region, and dollars per 1,000 tokens of input and of output.
const SPELLINGS: &[(&str, &str, f64, f64)] = &[
    (
        "anthropic.claude-3-haiku-20240307-v1:0",
        "us-east-1",
        0.000_25,
        0.001_25,
    ),
    (
        "anthropic.claude-3-haiku-20240307-v1:0:48k",
        "us-east-1",
        0.000_25,
        0.001_25,
    ),
    (
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us-east-1",
        0.0033,
        0.0165,
    ),
    (
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu-west-1",
        0.0033,
        0.0165,
    ),
    (
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "eu-west-1",
        0.003,
        0.015,
    ),
    (
        concat!(
            "arn:aws:bedrock:us-east-1:1:inference-profile/",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
        ),
        "us-east-1",
        0.0033,
        0.0165,
    ),
    (
        "amazon.titan-text-express-v1:0:8k",
        "eu-west-1",
        0.001,
        0.0017,
    ),
];

#[test]
fn tokens_are_priced_in_any_spelling() {
    for (id, region, input, output) in SPELLINGS {
        let price = prices()
            .tokens(id, region)
            .known()
            .unwrap_or_else(|| panic!("{id}"))
            .clone();
        assert!(
            (price.input.0 - input).abs() < 1e-9 && (price.output.unwrap().0 - output).abs() < 1e-9,
            "{id} {price:?}"
        );
        assert!(!price.estimate);
    }
}

#[test]
fn unlisted_models_and_regions_have_no_token_price() {
    assert!(
        prices()
            .tokens("anthropic.claude-3-haiku-20240307-v1:0", "moon-1")
            .known()
            .is_none()
    );
    assert!(
        prices()
            .tokens("nobody.knows-v1", "us-east-1")
            .known()
            .is_none()
    );
}

const EC2_HEAD: &str = concat!(
    "instance_type,family,accelerator,accelerator_count,accel_mem_gib_each,vcpus,mem_gib,region,",
    "on_demand_usd_hr,source,as_of\n"
);
