//! The cards: every row read, published figures, no price where no list has one, layers.

use super::*;
use crate::domain::{Burn, Reading};
use std::{collections::BTreeSet, fs, path::Path};

fn prices() -> &'static Prices {
    Prices::embedded()
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pricing/cards")
}

/// The rows of a card, read without the code under test: heading to cell.
fn rows(card: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder().join(card)).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn accelerated_in(region: &str) -> Vec<String> {
    let here = rows("ec2_accelerated.csv").into_iter().filter(|row| row["region"] == region);
    here.map(|row| row["instance_type"].clone()).collect()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1e-9)
}

#[test]
fn every_row_of_every_card_is_read() {
    assert_eq!(prices().errors(), []);
    assert_eq!(prices().as_of(), "2026-07-20");
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let cards: BTreeSet<String> = prices().cards().iter().map(|facts| facts.card.clone()).collect();
    assert_eq!(cards, files.collect(), "every card is read");
    for facts in prices().cards() {
        assert_eq!(facts.rows, rows(&facts.card).len(), "{}", facts.card);
    }
}

#[test]
fn ec2_is_as_listed() {
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
fn there_is_no_other_region_to_fall_back_to() {
    for (reading, why) in [
        (prices().ec2("p5.48xlarge", "eu-west-3"), "no price for p5.48xlarge in eu-west-3"),
        (prices().ec2("p5e.48xlarge", "us-east-2"), "no on-demand price for p5e.48xlarge, only Capacity Blocks"),
        (prices().ec2("x9.large", "us-east-1"), "no price for x9.large"),
        (prices().ec2("", ""), "no price for "),
        (prices().sagemaker("ml.p5.48xlarge", Component::Training, "eu-west-3"), "no price for ml.p5.48xlarge in eu-west-3"),
        (prices().sagemaker("ml.x9.large", Component::Hosting, "us-east-1"), "no hosting price and no rule for ml.x9.large"),
        (prices().sagemaker("system", Component::Studio, "us-east-1"), "no studio price and no rule for ml.system"),
        (prices().capacity_block("g5.xlarge", "us-east-1"), "no Capacity Block price for g5.xlarge in us-east-1"),
        (prices().spot("p5.48xlarge", "moon-1"), "no spot price for p5.48xlarge in moon-1"),
        (
            prices().model_unit("anthropic.claude-v2:1", Term::OneMonth, "eu-west-1"),
            "no model-unit price for anthropic.claude-v2:1 in eu-west-1 (1 month)",
        ),
    ] {
        assert_eq!(reading.why().map(ToString::to_string).as_deref(), Some(why));
    }
}

#[test]
fn sagemaker_is_listed_or_ruled() {
    for (ty, component, region, usd, estimate) in [
        ("ml.p4d.24xlarge", Component::Training, "us-east-1", 25.251_286, true),
        ("ml.g5.12xlarge", Component::Hosting, "us-east-1", 7.09, false),
        ("g5.12xlarge", Component::Hosting, "us-east-1", 7.09, false),
        ("ml.m5.xlarge", Component::Hosting, "us-east-1", 0.23, false),
        ("ml.g5.12xlarge", Component::Hosting, "eu-central-1", 7.0896 * 1.25, true),
        ("ml.g5.xlarge", Component::Hosting, "ap-northeast-1", 1.4592 * 1.4, true),
        ("ml.p4d.24xlarge", Component::Cluster, "us-east-1", 21.957_642 * 1.18, true),
    ] {
        let quote = prices().sagemaker(ty, component, region).known().unwrap().clone();
        assert_eq!(quote.estimate, estimate, "{ty} {region} {quote:?}");
        assert!((quote.unit.0 / usd - 1.0).abs() < 0.02, "{ty} {region} {quote:?}");
    }
    let cpu = prices().sagemaker("ml.m5.large", Component::Notebook, "eu-central-1").known().unwrap().clone();
    let here = prices().ec2("m5.large", "eu-central-1").known().unwrap().clone();
    assert!(here.estimate && cpu.estimate && (cpu.unit.0 - here.unit.0 * 1.2).abs() < 1e-9, "{cpu:?}");
}

#[test]
fn every_accelerated_type_has_its_twin_in_the_main_regions() {
    let mut missing = Vec::new();
    for region in ["us-east-1", "us-east-2", "us-west-2", "eu-west-1"] {
        for ty in accelerated_in(region) {
            let base = prices().ec2(&ty, region).known().unwrap().unit;
            match prices().sagemaker(&ty, Component::Training, region) {
                Reading::Known(twin) => assert!(twin.unit >= base, "{ty} {region}: {twin:?} under {base}"),
                Reading::Unknown(_) => missing.push(ty),
            }
        }
    }
    missing.sort_unstable();
    missing.dedup();
    // Families that SageMaker does not sell, and no rule covers.
    assert!(
        missing.iter().all(|ty| ["dl1.", "dl2q.", "g4ad.", "g3", "p2.", "inf1.", "trn2", "vt1."].iter().any(|f| ty.starts_with(f))),
        "{missing:?}"
    );
}

#[test]
fn model_units_are_as_listed_in_any_spelling() {
    for (id, term, usd) in [
        ("anthropic.claude-v2:1", Term::NoCommitment, 70.0),
        ("anthropic.claude-v2:1:200k", Term::OneMonth, 63.0),
        ("anthropic.claude-v2", Term::SixMonths, 35.0),
        ("anthropic.claude-instant-v1:2:100k", Term::SixMonths, 22.0),
        ("arn:aws:bedrock:us-east-1::foundation-model/cohere.command-text-v14:7:4k", Term::NoCommitment, 49.5),
        ("meta.llama3-1-70b-instruct-v1:0", Term::SixMonths, 13.08),
    ] {
        assert_eq!(prices().model_unit(id, term, "us-east-1").known().map(|quote| quote.unit.0), Some(usd), "{id}");
    }
}

#[test]
fn tokens_are_priced_in_any_spelling() {
    for (id, region, input, output) in [
        ("anthropic.claude-3-haiku-20240307-v1:0", "us-east-1", 0.000_25, 0.001_25),
        ("anthropic.claude-3-haiku-20240307-v1:0:48k", "us-east-1", 0.000_25, 0.001_25),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1", 0.0033, 0.0165),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-west-1", 0.0033, 0.0165),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu-west-1", 0.003, 0.015),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1", 0.0033, 0.0165),
        ("amazon.titan-text-express-v1:0:8k", "eu-west-1", 0.001, 0.0017),
    ] {
        let price = prices().tokens(id, region).known().unwrap_or_else(|| panic!("{id}")).clone();
        assert!((price.input.0 - input).abs() < 1e-9 && (price.output.unwrap().0 - output).abs() < 1e-9, "{id} {price:?}");
        assert!(!price.estimate);
    }
    assert!(prices().tokens("anthropic.claude-3-haiku-20240307-v1:0", "moon-1").known().is_none());
    assert!(prices().tokens("nobody.knows-v1", "us-east-1").known().is_none());
}

#[test]
fn a_type_is_made_of() {
    let spec = prices().spec("ml.p4d.24xlarge").unwrap();
    assert_eq!((spec.accelerator.as_str(), spec.accelerators, spec.accelerator_mem_gib, spec.vcpus), ("A100", 8.0, 40.0, 96));
    assert_eq!(prices().spec("m5.large").unwrap().accelerators, 0.0);
    assert_eq!(prices().spec("x9.large"), None);
}

#[test]
fn spot_and_blocks_are_under_on_demand() {
    let list = prices().ec2("p4d.24xlarge", "us-east-1").known().unwrap().unit;
    let block = prices().capacity_block("p4d.24xlarge", "us-east-1").known().unwrap().clone();
    let spot = prices().spot("p4d.24xlarge", "us-east-1").known().unwrap().clone();
    assert!(block.unit < list && !block.estimate && spot.unit < list && spot.estimate, "{block:?} {spot:?}");
}

#[test]
fn burn_is_quantity_times_unit() {
    let quote = prices().sagemaker("ml.g5.12xlarge", Component::Hosting, "us-east-1");
    assert_eq!(burn(&quote, 8.0).rate().map(|rate| rate.0), Some(8.0 * 7.09));
    assert!(matches!(burn(&quote, 0.0), Burn::Nothing(_)));
    assert!(matches!(burn(&Reading::unknown("no price"), 1.0), Burn::Unpriced(_)));
    assert_eq!(burn(&Reading::unknown("no price"), 0.0).rate().map(|rate| rate.0), Some(0.0));
}
#[test]
fn every_row_is_what_a_look_up_finds() {
    let usd = |text: &String| text.parse::<f64>().unwrap();
    let same = |found: Reading<Quote>, text: &String, what: &str| {
        let found = found.known().unwrap_or_else(|| panic!("{what}: {found:?}")).unit.0;
        assert!(near(found, usd(text)), "{what}: {found} not {text}");
    };
    for row in rows("ec2_accelerated.csv") {
        same(prices().ec2(&row["instance_type"], &row["region"]), &row["on_demand_usd_hr"], &format!("{row:?}"));
    }
    for row in rows("ec2_cpu_us_east_1.csv") {
        same(prices().ec2(&row["instance_type"], "us-east-1"), &row["on_demand_usd_hr"], &format!("{row:?}"));
    }
    for row in rows("ec2_capacity_blocks.csv") {
        same(prices().capacity_block(&row["instance_type"], &row["region"]), &row["usd_hr"], &format!("{row:?}"));
    }
    for row in rows("ec2_spot.csv").iter().filter(|row| row["kind"] == "price") {
        same(prices().spot(&row["instance_type"], &row["region"]), &row["spot_usd_hr"], &format!("{row:?}"));
    }
    for row in rows("sagemaker.csv") {
        let word = if row["component"] == "async" { "hosting" } else { &row["component"] };
        let component = Component::ALL.into_iter().find(|one| one.word() == word).unwrap();
        same(prices().sagemaker(&row["instance_type"], component, &row["region"]), &row["usd_hr"], &format!("{row:?}"));
    }
    for row in rows("bedrock_provisioned.csv") {
        let terms = [Term::NoCommitment, Term::OneMonth, Term::SixMonths];
        for (term, column) in terms.into_iter().zip(["no_commit_usd_mu_hr", "commit_1mo_usd_mu_hr", "commit_6mo_usd_mu_hr"]) {
            for region in row["regions"].split(' ').filter(|_| !row[column].is_empty()) {
                same(prices().model_unit(&row["model_id"], term, region), &row[column], &format!("{row:?} {term:?}"));
            }
        }
    }
    for row in rows("bedrock_reserved_tpm.csv") {
        let scope = if row["region_scope"] == "global" { "global." } else { "" };
        let rate = prices().reserved(&format!("{scope}{}", row["model_id"]), Term::ThreeMonths).known().cloned().unwrap();
        assert!(near(rate.input.0, usd(&row["input_1k_tpm_usd_hr_3mo"])) && near(rate.output.0, usd(&row["output_1k_tpm_usd_hr_3mo"])));
    }
}

#[test]
fn every_token_row_is_what_a_look_up_finds() {
    let check = |id: &str, region: &str, tier: Tier, input: &str, output: &str| {
        let price = prices().token_tier(id, region, tier);
        let price = price.known().unwrap_or_else(|| panic!("{id} {region} {tier:?}: {price:?}"));
        assert!(near(price.input.0, input.parse().unwrap()), "{id} {region} {tier:?}: {price:?} not {input}");
        assert!(
            output.is_empty() || near(price.output.unwrap().0, output.parse().unwrap()),
            "{id} {region} {tier:?}: {price:?} not {output}"
        );
    };
    let mut regional = BTreeSet::new();
    for row in rows("bedrock_tokens_regional.csv") {
        let (id, input, output) = (&row["model_id"], &row["input_usd_per_1k"], &row["output_usd_per_1k"]);
        regional.insert(id.clone());
        if input.is_empty() {
            // It asks by the second of video, and no look-up by tokens would be right.
            continue;
        }
        for region in row["regions"].split(' ') {
            match row["tier"].as_str() {
                "on-demand" => check(id, region, Tier::Standard, input, output),
                "global-profile" => check(&format!("global.{id}"), region, Tier::Standard, input, output),
                // Some models are sold in batches only.
                _ if prices().tokens(id, region).known().is_none() => {}
                _ => check(id, region, Tier::Batch, input, output),
            }
        }
    }
    let homes = [("geo-us-gov", "us-gov-west-1"), ("geo-us", "us-east-1"), ("geo-eu", "eu-west-1"), ("geo-apac", "ap-south-1")];
    let more = [("geo-jp", "ap-northeast-1"), ("geo-au", "ap-southeast-2"), ("geo-in", "ap-south-1")];
    for row in rows("bedrock_tokens.csv").iter().filter(|row| !row["input_usd_per_1k"].is_empty() && row["endpoint"] == "runtime") {
        let (id, input, output) = (&row["model_id"], &row["input_usd_per_1k"], &row["output_usd_per_1k"]);
        let scope = row["region_scope"].as_str();
        if let Some((_, region)) = homes.iter().chain(&more).find(|(word, _)| *word == scope) {
            check(id, region, Tier::Standard, input, output);
        } else if scope == "in-region" && !regional.contains(id) {
            check(id, "us-east-1", Tier::Standard, input, output);
        }
    }
}

#[test]
fn what_no_list_names_has_no_price() {
    let listed = |card: &str| -> BTreeSet<(String, String)> {
        rows(card).into_iter().map(|row| (row["instance_type"].clone(), row["region"].clone())).collect()
    };
    let (on_demand, blocks) = (listed("ec2_accelerated.csv"), listed("ec2_capacity_blocks.csv"));
    let types: BTreeSet<&String> = on_demand.iter().chain(&blocks).map(|(ty, _)| ty).collect();
    let places = regions::all().into_iter().chain(["moon-1", ""]);
    for (ty, region) in places.flat_map(|region| types.iter().map(move |ty| (*ty, region))) {
        let pair = (ty.clone(), region.to_owned());
        assert_eq!(prices().ec2(ty, region).known().is_some(), on_demand.contains(&pair), "{pair:?}");
        assert_eq!(prices().capacity_block(ty, region).known().is_some(), blocks.contains(&pair), "{pair:?}");
        for component in Component::ALL.into_iter().filter(|_| !on_demand.contains(&pair)) {
            let own = rows_of_sagemaker().contains(&(format!("ml.{ty}"), region.to_owned()));
            assert!(own || prices().sagemaker(ty, component, region).known().is_none(), "{pair:?} {component:?}");
        }
    }
    let mut by_region: std::collections::BTreeMap<String, BTreeSet<String>> = std::collections::BTreeMap::default();
    for row in rows("bedrock_tokens_regional.csv").iter().filter(|row| row["tier"] == "on-demand" && !row["input_usd_per_1k"].is_empty()) {
        by_region.entry(row["model_id"].clone()).or_default().extend(row["regions"].split(' ').map(str::to_owned));
    }
    for row in rows("bedrock_tokens.csv").iter().filter(|row| regions::exists(&row["region_scope"]) && !row["input_usd_per_1k"].is_empty())
    {
        by_region.entry(row["model_id"].clone()).or_default().insert(row["region_scope"].clone());
    }
    let regional: BTreeSet<String> = rows("bedrock_tokens_regional.csv").into_iter().map(|row| row["model_id"].clone()).collect();
    for (model, sold) in by_region.iter().filter(|(model, _)| regional.contains(*model)) {
        for region in regions::all() {
            assert_eq!(prices().tokens(model, region).known().is_some(), sold.contains(region), "{model} {region}");
        }
    }
}

fn rows_of_sagemaker() -> &'static BTreeSet<(String, String)> {
    static ROWS: std::sync::LazyLock<BTreeSet<(String, String)>> = std::sync::LazyLock::new(|| {
        rows("sagemaker.csv").into_iter().map(|row| (row["instance_type"].clone(), row["region"].clone())).collect()
    });
    &ROWS
}

#[test]
fn published_figures_come_out() {
    for (ty, component, region, usd) in [
        ("ml.g5.12xlarge", Component::Hosting, "us-east-1", 7.09),
        ("ml.g6e.2xlarge", Component::Hosting, "us-east-1", 2.8026),
        ("ml.p4d.24xlarge", Component::Training, "us-east-1", 25.251_286),
        ("ml.p5en.48xlarge", Component::Training, "us-east-2", 72.795),
        ("ml.m5.xlarge", Component::Hosting, "eu-west-1", 0.257),
        ("ml.g5.12xlarge", Component::Hosting, "eu-west-1", 7.91),
        ("ml.g6.xlarge", Component::Hosting, "eu-west-3", 1.4302),
        ("ml.g6.xlarge", Component::Hosting, "ap-northeast-1", 1.634),
        ("ml.m5.large", Component::Notebook, "us-east-1", 0.115),
    ] {
        let quote = prices().sagemaker(ty, component, region).known().cloned().unwrap();
        assert!((quote.unit.0 / usd - 1.0).abs() < 2e-3, "{ty} {region}: {quote:?} not {usd}");
    }
    for (ty, region, usd) in [
        ("p4de.24xlarge", "us-east-1", 27.44705),
        ("p5.48xlarge", "us-east-1", 55.04),
        ("p5en.48xlarge", "us-east-1", 63.296),
        ("g5.48xlarge", "us-east-1", 16.288),
        ("g6.48xlarge", "us-east-1", 13.35),
        ("p3.8xlarge", "us-east-1", 12.24),
    ] {
        assert!((prices().ec2(ty, region).known().unwrap().unit.0 / usd - 1.0).abs() < 1e-3, "{ty}");
    }
    for (ty, region, usd) in
        [("p5.48xlarge", "us-east-1", 41.528), ("p5e.48xlarge", "us-east-2", 47.76), ("p5en.48xlarge", "us-west-2", 54.92)]
    {
        assert_eq!(prices().capacity_block(ty, region).known().unwrap().unit.0, usd);
    }
    // Per million: Claude 3.7 Sonnet, Nova Pro, Titan Express, Claude 3.5 Haiku and its latency-optimised twin.
    for (id, tier, input, output) in [
        ("anthropic.claude-3-7-sonnet-20250219-v1:0", Tier::Standard, 3.0, 15.0),
        ("amazon.nova-pro-v1:0", Tier::Standard, 0.8, 3.2),
        ("amazon.nova-pro-v1:0", Tier::Batch, 0.4, 1.6),
        ("amazon.nova-pro-v1:0", Tier::Flex, 0.4, 1.6),
        ("amazon.nova-pro-v1:0", Tier::Priority, 1.4, 5.6),
        ("amazon.titan-text-express-v1", Tier::Standard, 0.2, 0.6),
        ("us.anthropic.claude-3-5-haiku-20241022-v1:0", Tier::Standard, 0.8, 4.0),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Tier::LongContext, 6.6, 24.75),
    ] {
        let price = prices().token_tier(id, "us-east-1", tier);
        let price = price.known().unwrap_or_else(|| panic!("{id} {tier:?}: {price:?}"));
        let (found, wrote) = (price.input.0 * 1e3, price.output.unwrap().0 * 1e3);
        assert!((found / input - 1.0).abs() < 1e-6 && (wrote / output - 1.0).abs() < 1e-6, "{id} {tier:?}: {price:?}");
    }
}

#[test]
fn the_cache_costs_its_share() {
    let price = prices().tokens("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1").known().cloned().unwrap();
    let share = |usd: Option<crate::domain::Usd>| usd.unwrap().0 / price.input.0;
    assert!((share(price.cache_read) - 0.1).abs() < 1e-9);
    assert!((share(price.cache_write) - 1.25).abs() < 1e-9);
    assert!((share(price.cache_write_1h) - 2.0).abs() < 1e-9);
}

#[test]
fn images_are_priced_by_the_piece() {
    let piece = |id, region| prices().pieces(id, region).known().map(|pieces| (pieces[0].usd.0, pieces[0].unit.to_string()));
    assert_eq!(piece("amazon.nova-canvas-v1:0", "us-east-1"), Some((0.04, "image".into())));
    assert_eq!(piece("luma.ray-v2:0", "us-west-2"), Some((1.5, "video-second-out".into())));
    assert_eq!(piece("amazon.nova-canvas-v1:0", "moon-1"), None);
    assert_eq!(piece("amazon.nova-pro-v1:0", "us-east-1"), None);
}

#[test]
fn storage_and_serverless_are_priced_where_known() {
    assert!(near(prices().serverless(2048, "us-east-1").known().unwrap().unit.0, 2.0 * 0.000_02 * 3600.0));
    assert!(prices().serverless(2048, "us-east-1").known().unwrap().estimate);
    assert_eq!(prices().storage(StorageKind::Notebook, "eu-west-1").known().unwrap().unit.0, 0.154);
    assert!(near(prices().storage_hour(StorageKind::Notebook, "eu-west-1").known().unwrap().unit.0, 0.154 / 730.0));
    let why = prices().serverless(2048, "ap-south-1").why().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("no price for serverless inference in ap-south-1"));
}

#[test]
fn neighbours_are_the_next_of_the_family_with_a_price_here() {
    for (ty, region, smaller, larger) in [
        ("p5.48xlarge", "us-east-1", Some(("p5.4xlarge", 0.125)), None),
        ("p5.4xlarge", "us-east-1", None, Some(("p5.48xlarge", 8.0))),
        ("g5.12xlarge", "us-east-1", Some(("g5.16xlarge", 0.25)), Some(("g5.24xlarge", 1.0))),
        ("g5.xlarge", "us-east-1", None, Some(("g5.2xlarge", 1.0))),
        ("p4d.24xlarge", "us-east-1", None, None),
        ("m5.xlarge", "us-east-1", Some(("m5.large", 0.5)), Some(("m5.2xlarge", 2.0))),
        ("x9.large", "us-east-1", None, None),
        ("g5.xlarge", "moon-1", None, None),
    ] {
        let next = prices().neighbours(ty, region);
        let shown = |one: &Option<crate::domain::evidence::Neighbour>| one.clone().map(|one| (one.unit.to_string(), one.size));
        let wanted = |one: Option<(&str, f64)>| one.map(|(ty, size)| (ty.to_owned(), size));
        assert_eq!((shown(&next.smaller), shown(&next.larger)), (wanted(smaller), wanted(larger)), "{ty}");
        for one in [next.smaller, next.larger].into_iter().flatten() {
            assert_eq!(one.rate, prices().ec2(&one.unit, region).known().unwrap().unit);
        }
    }
    let next = prices().ml_neighbours("ml.g5.2xlarge", Component::Hosting, "us-east-1");
    assert_eq!(next.smaller.unwrap().unit.as_ref(), "ml.g5.xlarge");
    assert_eq!(
        next.larger.as_ref().map(|one| one.rate),
        prices().sagemaker("ml.g5.4xlarge", Component::Hosting, "us-east-1").known().map(|q| q.unit)
    );
}

#[test]
fn an_application_inference_profile_is_opaque() {
    let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc";
    let why = prices().tokens(arn, "us-east-1").why().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("application inference profile: its model is asked from Bedrock"));
    let profiles = Profiles::from([(arn.into(), "us.amazon.nova-pro-v1:0".into())]);
    let model = *model_of(arn, &profiles).known().unwrap();
    assert!(near(prices().tokens(model, "us-east-1").known().unwrap().input.0, 0.0008));
}

const EC2_HEAD: &str =
    "instance_type,family,accelerator,accelerator_count,accel_mem_gib_each,vcpus,mem_gib,region,on_demand_usd_hr,source,as_of\n";

#[test]
fn a_copy_lies_over_its_card_row_by_row() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "{EC2_HEAD}p5.48xlarge,p5,H100,8,80,192,2048,us-east-1,50,me,2026-11-20\n\
         p4d.24xlarge,p4d,A100,8,40,96,1152,us-east-1,cheap,me,2026-11-20\n\
         g5.xlarge,g5,A10G,1,24,4,16,us-east-1,-1,me,2026-11-20\n\
         g5.2xlarge,g5\n"
    );
    let path = folder.path().join("ec2_accelerated.csv");
    fs::write(&path, text).unwrap();
    let over = Prices::load(Some(folder.path()), Vec::new());
    let rate = |prices: &Prices, ty| prices.ec2(ty, "us-east-1").known().unwrap().unit.0;
    assert_eq!(rate(over, "p5.48xlarge"), 50.0);
    assert!(over.ec2("p5.48xlarge", "us-east-1").known().unwrap().source.contains("2026-11-20"));
    for ty in ["p4d.24xlarge", "g5.xlarge", "g5.2xlarge", "g5.48xlarge"] {
        assert_eq!(rate(over, ty), rate(prices(), ty), "the embedded row stands");
    }
    let said: Vec<String> = over.errors().iter().map(ToString::to_string).collect();
    let path = path.display();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].starts_with(&format!("{path}:3: field 9: invalid float literal")), "{said:?}");
    assert!(said[1].starts_with(&format!("{path}:4: ")) && said[1].contains("a price is a number above zero"), "{said:?}");
    assert_eq!(said[2], format!("{path}:5: 2 fields where the heading has 11"));
}

#[test]
fn the_configuration_wins_over_every_card() {
    #[derive(serde::Deserialize)]
    struct File {
        price: Vec<Override>,
    }
    let folder = tempfile::tempdir().unwrap();
    let text = format!("{EC2_HEAD}p5.48xlarge,p5,H100,8,80,192,2048,us-east-1,50,me,2026-11-20\n");
    fs::write(folder.path().join("ec2_accelerated.csv"), text).unwrap();
    let file: File = toml::from_str(
        r#"
        [[price]]
        for = "ec2"
        name = "p5.48xlarge"
        region = "us-east-1"
        usd_per_hour = 38.5
        [[price]]
        for = "ec2"
        name = "p6e-gb200.36xlarge"
        usd_per_hour = 300
        [[price]]
        for = "training"
        name = "ml.p4d.24xlarge"
        usd_per_hour = 20
        [[price]]
        for = "tokens"
        name = "anthropic.claude-sonnet-4-5-20250929-v1:0"
        input = 0.0027
        output = 0.0135
        [[price]]
        for = "model-unit"
        name = "anthropic.claude-v2:1"
        term = "6-months"
        usd_per_hour = 31
        "#,
    )
    .unwrap();
    let own = Prices::load(Some(folder.path()), file.price);
    let rate = |quote: Reading<Quote>| quote.known().map(|quote| quote.unit.0);
    assert_eq!(rate(own.ec2("p5.48xlarge", "us-east-1")), Some(38.5));
    assert_eq!(rate(own.usage("Amazon Elastic Compute Cloud - Compute", "BoxUsage:p5.48xlarge", None)), Some(38.5));
    assert_eq!(rate(own.ec2("p5.48xlarge", "us-west-2")), rate(prices().ec2("p5.48xlarge", "us-west-2")));
    assert_eq!(rate(own.ec2("p6e-gb200.36xlarge", "us-east-2")), Some(300.0));
    assert_eq!(rate(own.sagemaker("ml.p4d.24xlarge", Component::Training, "eu-west-1")), Some(20.0));
    let hosting = Component::Hosting;
    assert_eq!(
        rate(own.sagemaker("ml.p4d.24xlarge", hosting, "us-east-1")),
        rate(prices().sagemaker("ml.p4d.24xlarge", hosting, "us-east-1"))
    );
    assert_eq!(rate(own.model_unit("anthropic.claude-v2:1", Term::SixMonths, "us-east-1")), Some(31.0));
    assert_eq!(rate(own.model_unit("anthropic.claude-v2:1", Term::OneMonth, "us-east-1")), Some(63.0));
    let tokens =
        |id: &str| own.tokens(id, "us-east-1").known().map(|price| (price.input.0, price.output.unwrap().0, price.cache_read.is_some()));
    assert_eq!(tokens("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), Some((0.0027, 0.0135, true)));
    assert_eq!(tokens("global.anthropic.claude-sonnet-4-5-20250929-v1:0"), Some((0.003, 0.015, true)));
    let source = own.ec2("p5.48xlarge", "us-east-1").known().unwrap().source.clone();
    assert_eq!((source.as_ref(), own.overridden()), ("set in the configuration", 5));
}

#[test]
fn everything_known_of_a_type_is_listed_once() {
    let lines = prices().listing("p5.48xlarge", &["us-east-1".into()]);
    let on_demand = lines.iter().filter(|line| line.what == "EC2 on demand").collect::<Vec<_>>();
    assert_eq!(on_demand.len(), 1);
    assert_eq!(
        (on_demand[0].usd, on_demand[0].regions.as_slice(), on_demand[0].estimate),
        (55.04, ["us-east-1".to_owned()].as_slice(), false)
    );
    let whats: BTreeSet<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    for what in ["EC2 spot", "EC2 Capacity Block", "SageMaker training", "SageMaker cluster"] {
        assert!(whats.contains(what), "{what} not in {whats:?}");
    }
    assert!(lines.iter().any(|line| line.what.contains("changed by 2025-06-23") && line.usd == 98.32));
    assert!(prices().listing("ml.p5.48xlarge", &[]).iter().all(|line| line.name == "ml.p5.48xlarge"));
    assert!(prices().listing("g6e", &[]).iter().any(|line| line.name == "g6e.48xlarge"));
    let model = prices().listing("nova-pro", &["us-east-1".into()]);
    assert!(model.iter().any(|line| line.name == "us.amazon.nova-pro-v1:0" && line.what == "tokens, standard: input"));
    assert!(prices().listing("guardrail", &[]).len() > 3 && prices().listing("storage", &["eu-west-1".into()]).len() > 4);
    assert_eq!(prices().listing("nobody-knows", &[]), []);
}
