//! Published figures of custom models: training, tokens on demand, provisioned units.

use super::*;

const FINE_TUNING: &str = "FINE_TUNING";
const REINFORCEMENT: &str = "REINFORCEMENT_FINE_TUNING";
const EAST: &str = "us-east-1";
const WEST: &str = "us-west-2";

/// Base model, method, region, unit, dollars of one, and whether it is an estimate.
type Training = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    f64,
    bool,
);

const TOKENS: &str = "1M training tokens";
const HOUR: &str = "training hour";

const TRAINING: &[Training] = &[
    (
        "amazon.nova-micro-v1:0:128k",
        FINE_TUNING,
        EAST,
        TOKENS,
        1.0,
        false,
    ),
    (
        "amazon.nova-lite-v1:0:300k",
        FINE_TUNING,
        EAST,
        TOKENS,
        2.0,
        false,
    ),
    ("amazon.nova-pro-v1:0", FINE_TUNING, EAST, TOKENS, 8.0, true),
    (
        "amazon.nova-2-lite-v1:0:256k",
        FINE_TUNING,
        EAST,
        TOKENS,
        3.78,
        false,
    ),
    (
        "amazon.nova-2-lite-v1:0",
        REINFORCEMENT,
        EAST,
        HOUR,
        80.0,
        true,
    ),
    (
        "amazon.nova-canvas-v1:0",
        FINE_TUNING,
        EAST,
        "image seen",
        0.005,
        false,
    ),
    (
        "amazon.titan-text-lite-v1:0:4k",
        FINE_TUNING,
        WEST,
        TOKENS,
        0.4,
        false,
    ),
    (
        "meta.llama3-1-70b-instruct-v1:0:128k",
        FINE_TUNING,
        WEST,
        TOKENS,
        7.99,
        false,
    ),
    (
        "meta.llama3-2-90b-instruct-v1:0",
        FINE_TUNING,
        WEST,
        TOKENS,
        7.9,
        false,
    ),
    (
        "meta.llama3-3-70b-instruct-v1:0",
        FINE_TUNING,
        WEST,
        TOKENS,
        3.3,
        false,
    ),
    // The page names no region.
    (
        "openai.gpt-oss-20b-1:0",
        REINFORCEMENT,
        WEST,
        HOUR,
        80.0,
        true,
    ),
    ("qwen.qwen3-32b-v1:0", FINE_TUNING, WEST, HOUR, 80.0, true),
];

#[test]
fn training_has_the_published_price_in_the_unit_of_the_model() {
    for (base, method, region, unit, usd, estimate) in TRAINING {
        let price = prices().training(base, method, region).unwrap();
        let found = (&*price.unit, price.quote.unit.0, price.quote.estimate);
        assert_eq!(found, (*unit, *usd, *estimate), "{base} {method}");
        assert_eq!(price.is_hourly(), *unit == HOUR);
    }
}

#[test]
fn training_has_no_price_where_the_model_is_not_customized() {
    for (base, method, region) in [
        ("meta.llama3-1-70b-instruct-v1:0", FINE_TUNING, EAST),
        ("amazon.nova-micro-v1:0", FINE_TUNING, WEST),
        ("anthropic.claude-3-haiku-20240307-v1:0", FINE_TUNING, WEST),
        // Its price by the token is that of supervised fine-tuning.
        ("amazon.nova-pro-v1:0", REINFORCEMENT, EAST),
    ] {
        assert_eq!(prices().training(base, method, region), None, "{base}");
    }
}

#[test]
fn tokens_of_a_custom_model_have_prices_of_their_own() {
    for (id, region, input, output) in [
        ("amazon.nova-2-lite-v1:0", EAST, 0.0003, 0.0025),
        ("amazon.nova-micro-v1:0", EAST, 0.000_035, 0.000_14),
        ("meta.llama3-3-70b-instruct-v1:0", WEST, 0.000_72, 0.000_72),
    ] {
        let price = prices().token_tier(id, region, Tier::CustomModel);
        let price = price.known().unwrap_or_else(|| panic!("{id}: {price:?}"));
        assert_eq!((price.input.0, price.output.unwrap().0), (input, output));
    }
    let elsewhere = prices().token_tier("amazon.nova-micro-v1:0", WEST, Tier::CustomModel);
    assert!(elsewhere.known().is_none(), "{elsewhere:?}");
}

/// Model, region, dollars of a unit-hour for no commitment, one and six months, and whether each is
/// an estimate.
type Unit = (&'static str, &'static str, [(f64, bool); 3]);

const UNITS: &[Unit] = &[
    (
        "amazon.nova-2-lite-v1:0",
        EAST,
        [(60.5, false), (55.0, false), (30.25, true)],
    ),
    (
        "amazon.nova-pro-v1:0",
        EAST,
        [(60.5, true), (55.0, true), (30.25, true)],
    ),
    (
        "amazon.titan-image-generator-v1",
        EAST,
        [(23.4, false), (16.2, false), (13.0, false)],
    ),
    (
        "amazon.titan-text-express-v1:0:8k",
        WEST,
        [(20.5, false), (18.4, false), (14.8, false)],
    ),
    (
        "meta.llama3-1-8b-instruct-v1:0",
        WEST,
        [(24.0, false), (21.18, false), (13.08, false)],
    ),
];

#[test]
fn provisioned_units_have_the_published_prices() {
    let terms = [Term::NoCommitment, Term::OneMonth, Term::SixMonths];
    for (id, region, expected) in UNITS {
        let found = terms.map(|term| {
            let quote = prices().model_unit(id, term, region);
            let quote = quote.known().unwrap_or_else(|| panic!("{id}: {quote:?}"));
            (quote.unit.0, quote.estimate)
        });
        assert_eq!(found, *expected, "{id}");
    }
    for id in [
        "meta.llama3-1-70b-instruct-v1:0",
        "meta.llama3-2-1b-instruct-v1:0",
    ] {
        let virginia = prices().model_unit(id, Term::NoCommitment, EAST);
        assert!(virginia.known().is_none(), "{id}: {virginia:?}");
    }
}

#[test]
fn usage_types_of_custom_models_have_list_rates() {
    for (usage, usd) in [
        ("USW2-Llama3.1-8B-customization-training", 0.001_49),
        ("USE1-Nova2.0Lite-Customization-Training", 0.003_78),
        ("USW2-Llama3-3-70B-Customization-Training", 0.0033),
        ("USE1-TitanTextG1-Lite-Customization-Training", 0.0004),
        ("USE1-Nova2.0Lite-RFT-Training-Hours", 80.0),
        ("USE1-Nova2.0Lite-Customization-Storage", 1.95),
        ("USE1-Nova2.0Lite-input-tokens-custom-model", 0.0003),
        ("USE1-NovaPro-output-tokens-custom-model", 0.0032),
    ] {
        let quote = prices().usage("Amazon Bedrock", usage, None);
        let found = quote.known().map(|quote| quote.unit.0);
        assert!(
            found.is_some_and(|found| near(found, usd)),
            "{usage}: {quote:?}"
        );
    }
}
