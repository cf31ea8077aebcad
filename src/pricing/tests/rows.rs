//! Lookups find every row of every card, and nothing else has a price.

use super::*;
use std::collections::BTreeMap;

#[test]
fn cost_rate_is_quantity_times_unit_price() {
    let quote = prices().sagemaker("ml.g5.12xlarge", Component::Hosting, "us-east-1");
    assert_eq!(
        burn(&quote, 8.0).rate().map(|rate| rate.0),
        Some(8.0 * 7.09)
    );
    assert!(matches!(burn(&quote, 0.0), HourlyCost::Nothing(_)));
    assert!(matches!(
        burn(&Measured::unknown("no price"), 1.0),
        HourlyCost::Unpriced(_)
    ));
    assert_eq!(
        burn(&Measured::unknown("no price"), 0.0)
            .rate()
            .map(|rate| rate.0),
        Some(0.0)
    );
}

/// A lookup of the price of a row.
type Lookup = fn(&Row) -> Measured<Quote>;

/// The cards of instances: the column of the price, and its lookup.
const INSTANCE_CARDS: &[(&str, &str, Lookup)] = &[
    ("ec2_accelerated.csv", "on_demand_usd_hr", |row| {
        prices().ec2(&row["instance_type"], &row["region"])
    }),
    ("ec2_cpu_us_east_1.csv", "on_demand_usd_hr", |row| {
        prices().ec2(&row["instance_type"], "us-east-1")
    }),
    ("ec2_capacity_blocks.csv", "usd_hr", |row| {
        prices().capacity_block(&row["instance_type"], &row["region"])
    }),
    ("ec2_spot.csv", "spot_usd_hr", |row| {
        prices().spot(&row["instance_type"], &row["region"])
    }),
    ("sagemaker.csv", "usd_hr", |row| {
        prices().sagemaker(&row["instance_type"], component(row), &row["region"])
    }),
];

/// The column of a model unit's price for each term.
const TERMS: [(Term, &str); 3] = [
    (Term::NoCommitment, "no_commit_usd_mu_hr"),
    (Term::OneMonth, "commit_1mo_usd_mu_hr"),
    (Term::SixMonths, "commit_6mo_usd_mu_hr"),
];

/// Scopes of token prices, each with a region that belongs to it.
const HOMES: [(&str, &str); 7] = [
    ("geo-us-gov", "us-gov-west-1"),
    ("geo-us", "us-east-1"),
    ("geo-eu", "eu-west-1"),
    ("geo-apac", "ap-south-1"),
    ("geo-jp", "ap-northeast-1"),
    ("geo-au", "ap-southeast-2"),
    ("geo-in", "ap-south-1"),
];

/// The component of a row of SageMaker's card.
fn component(row: &Row) -> Component {
    let word = match row["component"].as_str() {
        "async" => "hosting",
        word => word,
    };
    let mut all = Component::ALL.into_iter();
    all.find(|one| one.word() == word).unwrap()
}

fn usd(text: &str) -> f64 {
    text.parse().unwrap()
}

fn assert_unit(found: &Measured<Quote>, text: &str, what: &str) {
    let quote = found.known().unwrap_or_else(|| panic!("{what}: {found:?}"));
    let found = quote.unit.0;
    assert!(near(found, usd(text)), "{what}: {found} not {text}");
}

/// A row of tokens has the price that its lookup finds for `id` in `region`.
fn assert_tokens(row: &Row, id: &str, region: &str, tier: Tier) {
    let (input, output) = (&row["input_usd_per_1k"], &row["output_usd_per_1k"]);
    let price = prices().token_tier(id, region, tier);
    let price = price
        .known()
        .unwrap_or_else(|| panic!("{id} {region} {tier:?}: {price:?}"));
    assert!(
        near(price.input.0, usd(input)),
        "{id} {region} {tier:?}: {price:?} not {input}"
    );
    assert!(
        output.is_empty() || near(price.output.unwrap().0, usd(output)),
        "{id} {region} {tier:?}: {price:?} not {output}"
    );
}

/// The rows of `card` that price tokens. The others are priced by the second of video, which no
/// lookup of tokens returns.
fn token_rows(card: &str) -> impl Iterator<Item = Row> {
    let all = rows(card).into_iter();
    all.filter(|row| !row["input_usd_per_1k"].is_empty())
}

/// The models that the card of regions lists.
fn regional_models() -> BTreeSet<String> {
    let all = rows("bedrock_tokens_regional.csv").into_iter();
    all.map(|row| row["model_id"].clone()).collect()
}

/// The pairs of instance type and region that `card` lists.
fn listed(card: &str) -> BTreeSet<(String, String)> {
    let all = rows(card).into_iter();
    all.map(|row| (row["instance_type"].clone(), row["region"].clone()))
        .collect()
}

/// Each accelerated type in each region, and in two that do not exist.
fn types_in_regions() -> Vec<(String, String)> {
    let (on_demand, blocks) = (
        listed("ec2_accelerated.csv"),
        listed("ec2_capacity_blocks.csv"),
    );
    let types: BTreeSet<&String> = on_demand.iter().chain(&blocks).map(|(ty, _)| ty).collect();
    let regions = usage_type_region::all().into_iter().chain(["moon-1", ""]);
    regions
        .flat_map(|region| {
            types
                .iter()
                .map(move |ty| ((*ty).clone(), region.to_owned()))
        })
        .collect()
}

#[test]
fn every_instance_row_is_found_by_lookup() {
    for (card, column, lookup) in INSTANCE_CARDS {
        // Of spot, only these rows are prices.
        for row in rows(card)
            .iter()
            .filter(|row| row.get("kind").is_none_or(|kind| kind == "price"))
        {
            assert_unit(&lookup(row), &row[*column], &format!("{row:?}"));
        }
    }
}

#[test]
fn every_model_unit_row_is_found_by_lookup() {
    for row in rows("bedrock_provisioned.csv") {
        for (term, column) in TERMS {
            for region in row["regions"]
                .split(' ')
                .filter(|_| !row[column].is_empty())
            {
                let found = prices().model_unit(&row["model_id"], term, region);
                assert_unit(&found, &row[column], &format!("{row:?} {term:?}"));
            }
        }
    }
}

#[test]
fn every_row_of_reserved_tokens_is_found_by_lookup() {
    for row in rows("bedrock_reserved_tpm.csv") {
        let scope = if row["region_scope"] == "global" {
            "global."
        } else {
            ""
        };
        let rate = prices()
            .reserved(&format!("{scope}{}", row["model_id"]), Term::ThreeMonths)
            .known()
            .cloned()
            .unwrap();
        assert!(
            near(rate.input.0, usd(&row["input_1k_tpm_usd_hr_3mo"]))
                && near(rate.output.0, usd(&row["output_1k_tpm_usd_hr_3mo"]))
        );
    }
}

#[test]
fn every_token_row_of_a_region_is_found_by_lookup() {
    for row in token_rows("bedrock_tokens_regional.csv") {
        let id = &row["model_id"];
        for region in row["regions"].split(' ') {
            match row["tier"].as_str() {
                "on-demand" => assert_tokens(&row, id, region, Tier::Standard),
                "global-profile" => {
                    assert_tokens(&row, &format!("global.{id}"), region, Tier::Standard);
                }
                "custom-model" => assert_tokens(&row, id, region, Tier::CustomModel),
                // Some models are sold in batches only.
                _ if prices().tokens(id, region).known().is_none() => {}
                _ => assert_tokens(&row, id, region, Tier::Batch),
            }
        }
    }
}

#[test]
fn every_token_row_of_a_scope_is_found_by_lookup() {
    let regional = regional_models();
    for row in token_rows("bedrock_tokens.csv").filter(|row| row["endpoint"] == "runtime") {
        let (id, scope) = (&row["model_id"], row["region_scope"].as_str());
        if let Some((_, region)) = HOMES.iter().find(|(word, _)| *word == scope) {
            assert_tokens(&row, id, region, Tier::Standard);
        } else if scope == "in-region" && !regional.contains(id) {
            assert_tokens(&row, id, "us-east-1", Tier::Standard);
        }
    }
}

#[test]
fn accelerated_types_have_ec2_prices_only_where_listed() {
    let (on_demand, blocks) = (
        listed("ec2_accelerated.csv"),
        listed("ec2_capacity_blocks.csv"),
    );
    for pair in types_in_regions() {
        let (ty, region) = &pair;
        assert_eq!(
            prices().ec2(ty, region).known().is_some(),
            on_demand.contains(&pair),
            "{pair:?}"
        );
        assert_eq!(
            prices().capacity_block(ty, region).known().is_some(),
            blocks.contains(&pair),
            "{pair:?}"
        );
    }
}

#[test]
fn sagemaker_prices_need_a_row_of_their_own_or_of_ec2() {
    let (on_demand, own) = (listed("ec2_accelerated.csv"), listed("sagemaker.csv"));
    for pair in types_in_regions()
        .iter()
        .filter(|pair| !on_demand.contains(pair))
    {
        let (ty, region) = pair;
        let has_own = own.contains(&(format!("ml.{ty}"), region.clone()));
        for component in Component::ALL {
            let price = prices().sagemaker(ty, component, region);
            assert!(has_own || price.known().is_none(), "{pair:?} {component:?}");
        }
    }
}

#[test]
fn models_have_token_prices_only_where_sold() {
    let mut sold: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in token_rows("bedrock_tokens_regional.csv").filter(|row| row["tier"] == "on-demand") {
        sold.entry(row["model_id"].clone())
            .or_default()
            .extend(row["regions"].split(' ').map(str::to_owned));
    }
    for row in token_rows("bedrock_tokens.csv")
        .filter(|row| usage_type_region::exists(&row["region_scope"]))
    {
        sold.entry(row["model_id"].clone())
            .or_default()
            .insert(row["region_scope"].clone());
    }
    let regional = regional_models();
    for (model, sold) in sold.iter().filter(|(model, _)| regional.contains(*model)) {
        for region in usage_type_region::all() {
            assert_eq!(
                prices().tokens(model, region).known().is_some(),
                sold.contains(region),
                "{model} {region}"
            );
        }
    }
}
