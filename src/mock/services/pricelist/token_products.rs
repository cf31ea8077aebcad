//! On-demand tokens of Bedrock's models as products of the Price List.

use super::product::{Product, place};
use crate::mock::{
    billing::{
        Agreements,
        agreements::ServiceFamily,
        names::{marketplace_name, prefix, usage_name},
    },
    price_facts::{Facts, TokenRates},
};

/// A kind of token with its words in the Price List.
struct TokenKind {
    /// In a scenario's `[[list-price]]`.
    name: &'static str,
    /// In usage types of Bedrock.
    usage: &'static str,
    /// In descriptions.
    inference: &'static str,
    /// In usage types of Marketplace.
    units: &'static str,
    rate: fn(&TokenRates) -> f64,
}

const TOKEN_KINDS: &[TokenKind] = &[
    TokenKind {
        name: "input",
        usage: "input-tokens",
        inference: "Input tokens",
        units: "InputTokenCount",
        rate: |rates| rates.input,
    },
    TokenKind {
        name: "output",
        usage: "output-tokens",
        inference: "Output tokens",
        units: "OutputTokenCount",
        rate: |rates| rates.output,
    },
    TokenKind {
        name: "cache-read",
        usage: "cache-read-input-token-count",
        inference: "Prompt cache read input tokens",
        units: "CacheReadInputTokenCount",
        rate: |rates| rates.cache_read,
    },
    TokenKind {
        name: "cache-write",
        usage: "cache-write-input-token-count",
        inference: "Prompt cache write input tokens",
        units: "CacheWriteInputTokenCount",
        rate: |rates| rates.cache_write,
    },
];

/// On-demand tokens of Marketplace's models, which are Anthropic's, or of the others.
pub(super) fn bedrock(region: &str, market: bool, agreements: &Agreements, all: &mut Vec<Product>) {
    let facts = Facts::get();
    for (id, provider, name) in facts
        .models()
        .filter(|(_, provider, _)| (*provider == "Anthropic") == market)
    {
        let Some(rates) = facts.tokens(id) else {
            continue;
        };
        for kind in TOKEN_KINDS {
            let usd = agreements
                .list_price(ServiceFamily::Bedrock, id, Some(kind.name), region)
                .unwrap_or((kind.rate)(&rates));
            if usd <= 0.0 {
                continue;
            }
            all.push(if market {
                marketplace_tokens(region, id, kind, usd)
            } else {
                bedrock_tokens(region, (id, provider, name), kind, usd)
            });
        }
    }
}

/// A million tokens of a Marketplace model; `usd` is for a thousand.
fn marketplace_tokens(region: &str, id: &str, kind: &TokenKind, usd: f64) -> Product {
    let area = prefix(region);
    let mut attributes: Vec<(&'static str, String)> = place(region).into();
    attributes.extend([
        (
            "servicename",
            format!("{} (Amazon Bedrock Edition)", marketplace_name(id)),
        ),
        (
            "usagetype",
            format!(
                "{area}MP:{}_{}-Units",
                area.trim_end_matches('-'),
                kind.units
            ),
        ),
    ]);
    Product::new(
        "AmazonBedrockFoundationModels",
        "Amazon Bedrock",
        "1M tokens",
        usd * 1_000.0,
        attributes,
    )
    .with_description(format!(
        "AWS Marketplace software usage|{region}|Million {}",
        kind.inference
    ))
}

/// A thousand tokens of a Bedrock model.
fn bedrock_tokens(
    region: &str,
    (id, provider, name): (&str, &str, &str),
    kind: &TokenKind,
    usd: f64,
) -> Product {
    let inference = kind.inference;
    let mut attributes: Vec<(&'static str, String)> = place(region).into();
    attributes.extend([
        ("model", name.to_owned()),
        ("provider", provider.to_owned()),
        ("inferenceType", inference.to_owned()),
        ("feature", "On-demand Inference".to_owned()),
        (
            "usagetype",
            format!("{}{}-{}", prefix(region), usage_name(id), kind.usage),
        ),
        ("servicename", "Amazon Bedrock".to_owned()),
    ]);
    Product::new(
        "AmazonBedrock",
        "Amazon Bedrock",
        "1K tokens",
        usd,
        attributes,
    )
    .with_description(format!("${usd} per 1K {inference} for {name} in {region}"))
}
