//! Refreshed cards override embedded ones, the configuration overrides both, and the listing names
//! each price once.

use super::*;

#[test]
fn refreshed_card_overrides_rows() {
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
    assert!(
        over.ec2("p5.48xlarge", "us-east-1")
            .known()
            .unwrap()
            .source
            .contains("2026-11-20")
    );
    for ty in ["p4d.24xlarge", "g5.xlarge", "g5.2xlarge", "g5.48xlarge"] {
        assert_eq!(
            rate(over, ty),
            rate(prices(), ty),
            "the embedded row stands"
        );
    }
    let said: Vec<String> = over.errors().iter().map(ToString::to_string).collect();
    let path = path.display();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(
        said[0].starts_with(&format!("{path}:3: field 9: invalid float literal")),
        "{said:?}"
    );
    assert!(
        said[1].starts_with(&format!("{path}:4: "))
            && said[1].contains("is not a price: expected US dollars from 0.000001 to 1000000"),
        "{said:?}"
    );
    assert_eq!(
        said[2],
        format!("{path}:5: 2 fields where the heading has 11")
    );
}

#[test]
fn implausible_prices_are_refused_and_the_embedded_row_stands() {
    for (price, shown) in [
        ("1e308", "1e308"),
        ("1e-7", "0.0000001"),
        ("-55.04", "-55.04"),
        ("NaN", "NaN"),
        ("inf", "inf"),
        ("0", "0"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let row = format!("p5.48xlarge,p5,H100,8,80,192,2048,us-east-1,{price},me,2026-11-20\n");
        let path = folder.path().join("ec2_accelerated.csv");
        fs::write(&path, format!("{EC2_HEAD}{row}")).unwrap();
        let over = Prices::load(Some(folder.path()), Vec::new());
        assert_eq!(
            over.ec2("p5.48xlarge", "us-east-1"),
            prices().ec2("p5.48xlarge", "us-east-1"),
            "{price}"
        );
        let problems: Vec<String> = over.errors().iter().map(ToString::to_string).collect();
        let problem = format!(
            "{}:2: `{shown}` is not a price: expected US dollars from 0.000001 to 1000000",
            path.display()
        );
        assert_eq!(problems, [problem], "{price}");
    }
}

/// Prices of the configuration over a refreshed card.
fn configured() -> &'static Prices {
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
    Prices::load(Some(folder.path()), file.price)
}

fn rate(quote: &Measured<Quote>) -> Option<f64> {
    quote.known().map(|quote| quote.unit.0)
}

#[test]
fn configured_ec2_price_overrides_every_card() {
    let own = configured();
    let p5 = own.ec2("p5.48xlarge", "us-east-1");
    assert_eq!(rate(&p5), Some(38.5));
    assert_eq!(
        p5.known().unwrap().source.as_ref(),
        "set in the configuration"
    );
    assert_eq!(own.overridden(), 5);
    let service = "Amazon Elastic Compute Cloud - Compute";
    assert_eq!(
        rate(&own.usage(service, "BoxUsage:p5.48xlarge", None)),
        Some(38.5),
        "a line of the bill at the price of the configuration"
    );
}

#[test]
fn configured_price_without_region_prices_an_unlisted_type_anywhere() {
    let quote = configured().ec2("p6e-gb200.36xlarge", "us-east-2");
    assert_eq!(rate(&quote), Some(300.0));
}

#[test]
fn configured_price_leaves_other_regions_components_and_terms_at_the_card() {
    let own = configured();
    assert_eq!(
        rate(&own.ec2("p5.48xlarge", "us-west-2")),
        rate(&prices().ec2("p5.48xlarge", "us-west-2"))
    );
    let of_p4d = |prices: &Prices, component, region| {
        rate(&prices.sagemaker("ml.p4d.24xlarge", component, region))
    };
    assert_eq!(of_p4d(own, Component::Training, "eu-west-1"), Some(20.0));
    assert_eq!(
        of_p4d(own, Component::Hosting, "us-east-1"),
        of_p4d(prices(), Component::Hosting, "us-east-1")
    );
    let unit = |term| rate(&own.model_unit("anthropic.claude-v2:1", term, "us-east-1"));
    assert_eq!(unit(Term::SixMonths), Some(31.0));
    assert_eq!(unit(Term::OneMonth), Some(63.0));
}

#[test]
fn configured_token_price_overrides_its_rates_except_of_the_global_profile() {
    let own = configured();
    let tokens = |id: &str| {
        own.tokens(id, "us-east-1").known().map(|price| {
            (
                price.input.0,
                price.output.unwrap().0,
                price.cache_read.is_some(),
            )
        })
    };
    assert_eq!(
        tokens("us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        Some((0.0027, 0.0135, true))
    );
    assert_eq!(
        tokens("global.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        Some((0.003, 0.015, true))
    );
}

#[test]
fn listing_names_each_price_of_a_type_once() {
    let lines = prices().listing("p5.48xlarge", &["us-east-1".into()]);
    let on_demand = lines
        .iter()
        .filter(|line| line.what == "EC2 on demand")
        .collect::<Vec<_>>();
    assert_eq!(on_demand.len(), 1);
    assert_eq!(
        (
            on_demand[0].usd,
            on_demand[0].regions.as_slice(),
            on_demand[0].estimate
        ),
        (55.04, ["us-east-1".to_owned()].as_slice(), false)
    );
    let whats: BTreeSet<&str> = lines.iter().map(|line| line.what.as_str()).collect();
    for what in [
        "EC2 spot",
        "EC2 Capacity Block",
        "SageMaker training",
        "SageMaker cluster",
    ] {
        assert!(whats.contains(what), "{what} not in {whats:?}");
    }
    assert!(
        lines
            .iter()
            .any(|line| line.what.contains("changed by 2025-06-23") && line.usd == 98.32)
    );
    assert!(
        prices()
            .listing("ml.p5.48xlarge", &[])
            .iter()
            .all(|line| line.name == "ml.p5.48xlarge")
    );
    assert!(
        prices()
            .listing("g6e", &[])
            .iter()
            .any(|line| line.name == "g6e.48xlarge")
    );
    let model = prices().listing("nova-pro", &["us-east-1".into()]);
    assert!(model.iter().any(
        |line| line.name == "us.amazon.nova-pro-v1:0" && line.what == "tokens, standard: input"
    ));
    assert!(
        prices().listing("guardrail", &[]).len() > 3
            && prices().listing("storage", &["eu-west-1".into()]).len() > 4
    );
    assert_eq!(prices().listing("nobody-knows", &[]), []);
}
