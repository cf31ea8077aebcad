//! Lookups find every row of every card, and nothing else has a price.

use super::*;

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
#[test]
fn every_rate_card_row_is_found_by_lookup() {
    let usd = |text: &String| text.parse::<f64>().unwrap();
    let same = |found: Measured<Quote>, text: &String, what: &str| {
        let found = found
            .known()
            .unwrap_or_else(|| panic!("{what}: {found:?}"))
            .unit
            .0;
        assert!(near(found, usd(text)), "{what}: {found} not {text}");
    };
    for row in rows("ec2_accelerated.csv") {
        same(
            prices().ec2(&row["instance_type"], &row["region"]),
            &row["on_demand_usd_hr"],
            &format!("{row:?}"),
        );
    }
    for row in rows("ec2_cpu_us_east_1.csv") {
        same(
            prices().ec2(&row["instance_type"], "us-east-1"),
            &row["on_demand_usd_hr"],
            &format!("{row:?}"),
        );
    }
    for row in rows("ec2_capacity_blocks.csv") {
        same(
            prices().capacity_block(&row["instance_type"], &row["region"]),
            &row["usd_hr"],
            &format!("{row:?}"),
        );
    }
    for row in rows("ec2_spot.csv")
        .iter()
        .filter(|row| row["kind"] == "price")
    {
        same(
            prices().spot(&row["instance_type"], &row["region"]),
            &row["spot_usd_hr"],
            &format!("{row:?}"),
        );
    }
    for row in rows("sagemaker.csv") {
        let word = if row["component"] == "async" {
            "hosting"
        } else {
            &row["component"]
        };
        let component = Component::ALL
            .into_iter()
            .find(|one| one.word() == word)
            .unwrap();
        same(
            prices().sagemaker(&row["instance_type"], component, &row["region"]),
            &row["usd_hr"],
            &format!("{row:?}"),
        );
    }
    for row in rows("bedrock_provisioned.csv") {
        let terms = [Term::NoCommitment, Term::OneMonth, Term::SixMonths];
        for (term, column) in terms.into_iter().zip([
            "no_commit_usd_mu_hr",
            "commit_1mo_usd_mu_hr",
            "commit_6mo_usd_mu_hr",
        ]) {
            for region in row["regions"]
                .split(' ')
                .filter(|_| !row[column].is_empty())
            {
                same(
                    prices().model_unit(&row["model_id"], term, region),
                    &row[column],
                    &format!("{row:?} {term:?}"),
                );
            }
        }
    }
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
fn every_token_row_is_found_by_lookup() {
    let check = |id: &str, region: &str, tier: Tier, input: &str, output: &str| {
        let price = prices().token_tier(id, region, tier);
        let price = price
            .known()
            .unwrap_or_else(|| panic!("{id} {region} {tier:?}: {price:?}"));
        assert!(
            near(price.input.0, input.parse().unwrap()),
            "{id} {region} {tier:?}: {price:?} not {input}"
        );
        assert!(
            output.is_empty() || near(price.output.unwrap().0, output.parse().unwrap()),
            "{id} {region} {tier:?}: {price:?} not {output}"
        );
    };
    let mut regional = BTreeSet::new();
    for row in rows("bedrock_tokens_regional.csv") {
        let (id, input, output) = (
            &row["model_id"],
            &row["input_usd_per_1k"],
            &row["output_usd_per_1k"],
        );
        regional.insert(id.clone());
        if input.is_empty() {
            // It asks by the second of video, and no look-up by tokens would be right.
            continue;
        }
        for region in row["regions"].split(' ') {
            match row["tier"].as_str() {
                "on-demand" => check(id, region, Tier::Standard, input, output),
                "global-profile" => check(
                    &format!("global.{id}"),
                    region,
                    Tier::Standard,
                    input,
                    output,
                ),
                // Some models are sold in batches only.
                _ if prices().tokens(id, region).known().is_none() => {}
                _ => check(id, region, Tier::Batch, input, output),
            }
        }
    }
    let homes = [
        ("geo-us-gov", "us-gov-west-1"),
        ("geo-us", "us-east-1"),
        ("geo-eu", "eu-west-1"),
        ("geo-apac", "ap-south-1"),
    ];
    let more = [
        ("geo-jp", "ap-northeast-1"),
        ("geo-au", "ap-southeast-2"),
        ("geo-in", "ap-south-1"),
    ];
    for row in rows("bedrock_tokens.csv")
        .iter()
        .filter(|row| !row["input_usd_per_1k"].is_empty() && row["endpoint"] == "runtime")
    {
        let (id, input, output) = (
            &row["model_id"],
            &row["input_usd_per_1k"],
            &row["output_usd_per_1k"],
        );
        let scope = row["region_scope"].as_str();
        if let Some((_, region)) = homes.iter().chain(&more).find(|(word, _)| *word == scope) {
            check(id, region, Tier::Standard, input, output);
        } else if scope == "in-region" && !regional.contains(id) {
            check(id, "us-east-1", Tier::Standard, input, output);
        }
    }
}

#[test]
fn unlisted_types_have_no_price() {
    let listed = |card: &str| -> BTreeSet<(String, String)> {
        rows(card)
            .into_iter()
            .map(|row| (row["instance_type"].clone(), row["region"].clone()))
            .collect()
    };
    let (on_demand, blocks) = (
        listed("ec2_accelerated.csv"),
        listed("ec2_capacity_blocks.csv"),
    );
    let types: BTreeSet<&String> = on_demand.iter().chain(&blocks).map(|(ty, _)| ty).collect();
    let places = usage_type_region::all().into_iter().chain(["moon-1", ""]);
    for (ty, region) in places.flat_map(|region| types.iter().map(move |ty| (*ty, region))) {
        let pair = (ty.clone(), region.to_owned());
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
        for component in Component::ALL
            .into_iter()
            .filter(|_| !on_demand.contains(&pair))
        {
            let own = rows_of_sagemaker().contains(&(format!("ml.{ty}"), region.to_owned()));
            assert!(
                own || prices().sagemaker(ty, component, region).known().is_none(),
                "{pair:?} {component:?}"
            );
        }
    }
    let mut by_region: std::collections::BTreeMap<String, BTreeSet<String>> =
        std::collections::BTreeMap::default();
    for row in rows("bedrock_tokens_regional.csv")
        .iter()
        .filter(|row| row["tier"] == "on-demand" && !row["input_usd_per_1k"].is_empty())
    {
        by_region
            .entry(row["model_id"].clone())
            .or_default()
            .extend(row["regions"].split(' ').map(str::to_owned));
    }
    for row in rows("bedrock_tokens.csv").iter().filter(|row| {
        usage_type_region::exists(&row["region_scope"]) && !row["input_usd_per_1k"].is_empty()
    }) {
        by_region
            .entry(row["model_id"].clone())
            .or_default()
            .insert(row["region_scope"].clone());
    }
    let regional: BTreeSet<String> = rows("bedrock_tokens_regional.csv")
        .into_iter()
        .map(|row| row["model_id"].clone())
        .collect();
    for (model, sold) in by_region
        .iter()
        .filter(|(model, _)| regional.contains(*model))
    {
        for region in usage_type_region::all() {
            assert_eq!(
                prices().tokens(model, region).known().is_some(),
                sold.contains(region),
                "{model} {region}"
            );
        }
    }
}

fn rows_of_sagemaker() -> &'static BTreeSet<(String, String)> {
    static ROWS: std::sync::LazyLock<BTreeSet<(String, String)>> = std::sync::LazyLock::new(|| {
        rows("sagemaker.csv")
            .into_iter()
            .map(|row| (row["instance_type"].clone(), row["region"].clone()))
            .collect()
    });
    &ROWS
}
