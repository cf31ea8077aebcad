//! Parsing of the AWS Price List: every kind of product, and invalid ones.

use super::*;

/// A product as AWS writes it.
fn text(attributes: &str, unit: &str, usd: &str, description: &str) -> String {
    format!(
        r#"{{"product":{{"productFamily":"x","attributes":{{{attributes}}},"sku":"S"}},
        "serviceCode":"x","terms":{{"OnDemand":{{"S.JRTCKXETXF":{{
        "priceDimensions":{{"S.JRTCKXETXF.6YS6EN2CT7":{{"unit":"{unit}","endRange":"Inf",
        "description":"{description}","appliesTo":[],"rateCode":"r","beginRange":"0",
        "pricePerUnit":{{"USD":"{usd}"}}}}}},
        "sku":"S","effectiveDate":"2026-11-01T00:00:00Z","offerTermCode":"JRTCKXETXF",
        "termAttributes":{{}}}}}},
        "Reserved":{{}}}},"version":"20261101","publicationDate":"2026-11-01T12:00:00Z"}}"#
    )
}

fn made(texts: &[String]) -> CardSheets {
    let products: Vec<Product> = texts
        .iter()
        .filter_map(|text| Product::parse(text).unwrap())
        .collect();
    sheets(Prices::embedded(), &products, "test")
}

fn rows<'a>(sheets: &'a CardSheets, card: &str) -> Vec<Vec<&'a str>> {
    let sheet = sheets
        .sheets
        .iter()
        .find(|sheet| sheet.card == card)
        .unwrap();
    sheet
        .rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect())
        .collect()
}

const P5: &str = r#""servicecode":"AmazonEC2","instanceType":"p5.48xlarge","regionCode":"us-east-1",
    "operatingSystem":"Linux","tenancy":"Shared","preInstalledSw":"NA",
    "gpu":"8","vcpu":"192","memory":"2048 GiB""#;

#[test]
fn only_used_capacity_products_are_read() {
    let status = |status: &str, usage: &str| {
        format!(r#"{P5},"capacitystatus":"{status}","usagetype":"{usage}:p5.48xlarge""#)
    };
    let made = made(&[
        text(&status("Used", "BoxUsage"), "Hrs", "55.0400000000", ""),
        text(
            &status("UnusedCapacityReservation", "UnusedBox"),
            "Hrs",
            "55.0400000000",
            "",
        ),
        text(
            &status("AllocatedCapacityReservation", "Reservation"),
            "Hrs",
            "0.0000000000",
            "",
        ),
    ]);
    let expected = [
        "p5.48xlarge",
        "p5",
        "H100",
        "8",
        "80",
        "192",
        "2048",
        "us-east-1",
        "55.04",
        "test",
        "2026-11-01",
    ]
    .as_slice();
    assert_eq!(rows(&made, "ec2_accelerated.csv"), [expected]);
}

/// A product of SageMaker in Oregon.
fn sagemaker(usage: &str, unit: &str, usd: &str) -> String {
    let attributes = format!(
        r#""servicecode":"AmazonSageMaker","regionCode":"us-west-2","usagetype":"USW2-{usage}""#
    );
    text(&attributes, unit, usd, "")
}

/// A product of Bedrock that AWS sells itself.
fn bedrock(usage: &str, unit: &str, usd: &str) -> String {
    let attributes = format!(
        r#""servicecode":"AmazonBedrock","servicename":"Amazon Bedrock",
        "regionCode":"us-east-1","usagetype":"USE1-{usage}""#
    );
    text(&attributes, unit, usd, "")
}

/// A product of Bedrock that Anthropic sells on the Marketplace.
fn marketplace(usage: &str, unit: &str, usd: &str, description: &str) -> String {
    let attributes = format!(
        r#""servicecode":"AmazonBedrockFoundationModels",
        "servicename":"Claude Sonnet 4.5 (Amazon Bedrock Edition)",
        "regionCode":"us-east-1","usagetype":"USE1-MP:USE1_{usage}-Units""#
    );
    text(&attributes, unit, usd, description)
}

/// The rows of the sheets of SageMaker's instances and of its other products.
const SAGEMAKER: [(&str, [&str; 2]); 2] = [
    (
        "sagemaker.csv",
        [
            "ml.g5.xlarge,hosting,us-west-2,1.408,,,test,2026-11-01",
            "ml.g5.xlarge,studio,us-west-2,1.41,,,test,2026-11-01",
        ],
    ),
    (
        "sagemaker_other.csv",
        [
            "notebook storage,us-west-2,0.14,GB-month,list,test,2026-11-01",
            "serverless inference,us-west-2,0.00002,GB-second,list,test,2026-11-01",
        ],
    ),
];

#[test]
fn sagemaker_type_has_a_price_per_component() {
    let made = made(&[
        sagemaker("Host:ml.g5.xlarge", "Hrs", "1.408"),
        sagemaker("Studio:JupyterLab-ml.g5.xlarge", "Hrs", "1.41"),
        sagemaker("Studio:KernelGateway-ml.g5.xlarge", "Hrs", "1.41"),
        sagemaker("Notebk:VolumeUsage.gp2", "GB-Mo", "0.14"),
        sagemaker("ServerlessInf:Mem-4GB", "seconds", "0.00008"),
        sagemaker("ReservedCluster:ml.p5.48xlarge", "Hrs", "30"),
    ]);
    for (card, expected) in SAGEMAKER {
        let found: Vec<String> = rows(&made, card).iter().map(|row| row.join(",")).collect();
        assert_eq!(found, expected, "{card}");
    }
}

/// The model, tier, input and output of the rows of token prices, in dollars per 1,000, and the
/// regions.
fn token_rows(made: &CardSheets) -> Vec<[&str; 5]> {
    rows(made, "bedrock_tokens_regional.csv")
        .into_iter()
        .map(|row| [0, 3, 4, 5, 6].map(|place: usize| row[place]))
        .collect()
}

#[test]
fn token_prices_per_1k_are_taken_as_they_are() {
    let nova = "amazon.nova-pro-v1:0";
    let made = made(&[
        bedrock("NovaPro-input-tokens", "1K tokens", "0.0008"),
        bedrock("NovaPro-output-tokens", "1K tokens", "0.0032"),
        bedrock("NovaPro-input-tokens-batch", "1K tokens", "0.0004"),
        bedrock(
            "NovaPro-cache-read-input-token-count",
            "1K tokens",
            "0.0002",
        ),
    ]);
    assert_eq!(
        token_rows(&made),
        [
            [nova, "batch", "0.0004", "", "us-east-1"],
            [nova, "on-demand", "0.0008", "0.0032", "us-east-1"],
        ]
    );
    assert!(made.unnamed.is_empty(), "{:?}", made.unnamed);
}

#[test]
fn token_prices_per_1m_and_per_marketplace_unit_are_brought_to_1k() {
    let claude = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    let million = "AWS Marketplace software usage|us-east-1|Million Output Tokens";
    let made = made(&[
        marketplace("InputTokenCount", "1M tokens", "3.3", ""),
        marketplace("OutputTokenCount", "Units", "16.5", million),
        marketplace("InputTokenCount_Global", "1M tokens", "3", ""),
    ]);
    assert_eq!(
        token_rows(&made),
        [
            [claude, "global-profile", "0.003", "", "us-east-1"],
            [claude, "on-demand", "0.0033", "0.0165", "us-east-1"],
        ]
    );
    assert!(made.unnamed.is_empty(), "{:?}", made.unnamed);
}

#[test]
fn tokens_of_an_unknown_unit_make_no_row_and_an_unknown_model_is_named() {
    let made = made(&[
        bedrock("NovaMicro-input-tokens", "furlongs", "7"),
        bedrock("NobodyKnows-input-tokens", "1K tokens", "7"),
    ]);
    assert!(token_rows(&made).is_empty());
    assert_eq!(made.unnamed, ["NobodyKnows"]);
}

#[test]
fn every_sheet_has_the_headings_of_its_card() {
    for sheet in made(&[]).sheets {
        let card = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/pricing/cards")
            .join(sheet.card);
        let mut reader = csv::Reader::from_path(card).unwrap();
        assert_eq!(
            reader.headers().unwrap().iter().collect::<Vec<_>>(),
            sheet.headings,
            "{}",
            sheet.card
        );
        assert!(sheet.headings.contains(&sheet.place));
    }
}

#[test]
fn invalid_product_is_refused() {
    assert!(Product::parse("{}").is_err());
    assert!(Product::parse("not json").is_err());
    assert_eq!(
        Product::parse(r#"{"product":{"attributes":{}}}"#).unwrap(),
        None
    );
}

#[test]
fn price_that_is_none_makes_no_row_and_is_named() {
    let attributes = format!(r#"{P5},"capacitystatus":"Used","usagetype":"BoxUsage:p5.48xlarge""#);
    for price in ["1e308", "0.0000001", "-1", "NaN"] {
        let made = made(&[text(&attributes, "Hrs", price, "")]);
        assert!(rows(&made, "ec2_accelerated.csv").is_empty(), "{price}");
        assert_eq!(made.refused.len(), 1, "{price}: {:?}", made.refused);
        assert!(
            made.refused[0].starts_with("p5.48xlarge: `")
                && made.refused[0].contains("not a price"),
            "{:?}",
            made.refused
        );
    }
    let free = made(&[text(&attributes, "Hrs", "0.0000000000", "")]);
    assert!(free.refused.is_empty() && rows(&free, "ec2_accelerated.csv").is_empty());
}
