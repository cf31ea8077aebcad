//! Published figures: spot, blocks, cache, images, storage and sizes.

use super::*;

#[test]
fn instance_spec_has_accelerators_and_vcpus() {
    let spec = prices().spec("ml.p4d.24xlarge").unwrap();
    assert_eq!(
        (
            spec.accelerator.as_str(),
            spec.accelerators,
            spec.accelerator_mem_gib,
            spec.vcpus
        ),
        ("A100", 8.0, 40.0, 96)
    );
    assert_eq!(prices().spec("m5.large").unwrap().accelerators, 0.0);
    assert_eq!(prices().spec("x9.large"), None);
}

#[test]
fn spot_and_capacity_blocks_cost_less_than_on_demand() {
    let list = prices()
        .ec2("p4d.24xlarge", "us-east-1")
        .known()
        .unwrap()
        .unit;
    let block = prices()
        .capacity_block("p4d.24xlarge", "us-east-1")
        .known()
        .unwrap()
        .clone();
    let spot = prices()
        .spot("p4d.24xlarge", "us-east-1")
        .known()
        .unwrap()
        .clone();
    assert!(
        block.unit < list && !block.estimate && spot.unit < list && spot.estimate,
        "{block:?} {spot:?}"
    );
}

/// SageMaker by type, component and region, in dollars an hour.
const SAGEMAKER: &[(&str, Component, &str, f64)] = &[
    ("ml.g5.12xlarge", Component::Hosting, "us-east-1", 7.09),
    ("ml.g6e.2xlarge", Component::Hosting, "us-east-1", 2.8026),
    (
        "ml.p4d.24xlarge",
        Component::Training,
        "us-east-1",
        25.251_286,
    ),
    ("ml.p5en.48xlarge", Component::Training, "us-east-2", 72.795),
    ("ml.m5.xlarge", Component::Hosting, "eu-west-1", 0.257),
    ("ml.g5.12xlarge", Component::Hosting, "eu-west-1", 7.91),
    ("ml.g6.xlarge", Component::Hosting, "eu-west-3", 1.4302),
    ("ml.g6.xlarge", Component::Hosting, "ap-northeast-1", 1.634),
    ("ml.m5.large", Component::Notebook, "us-east-1", 0.115),
    ("ml.g4dn.xlarge", Component::Hosting, "us-west-1", 0.736),
    ("ml.g4dn.16xlarge", Component::Hosting, "us-west-1", 6.093),
    (
        "ml.inf2.xlarge",
        Component::Hosting,
        "ap-northeast-1",
        1.308,
    ),
    (
        "ml.inf1.xlarge",
        Component::Hosting,
        "us-gov-east-1",
        0.3744,
    ),
    ("ml.inf1.2xlarge", Component::Hosting, "us-west-2", 0.434),
    (
        "ml.inf1.6xlarge",
        Component::Hosting,
        "ap-northeast-1",
        1.913,
    ),
    ("ml.inf1.24xlarge", Component::Hosting, "us-west-1", 6.805),
    (
        "ml.p6-b300.48xlarge",
        Component::Hosting,
        "us-west-2",
        163.7784,
    ),
    ("ml.trn1.32xlarge", Component::Hosting, "us-west-2", 24.725),
    ("ml.g7.12xlarge", Component::Hosting, "us-west-2", 8.9104),
    ("ml.p5.4xlarge", Component::Hosting, "ap-northeast-1", 9.89),
];

/// On demand by type and region, in dollars an hour.
const ON_DEMAND: &[(&str, &str, f64)] = &[
    ("p4de.24xlarge", "us-east-1", 27.44705),
    ("p5.48xlarge", "us-east-1", 55.04),
    ("p5en.48xlarge", "us-east-1", 63.296),
    ("g5.48xlarge", "us-east-1", 16.288),
    ("g6.48xlarge", "us-east-1", 13.35),
    ("p3.8xlarge", "us-east-1", 12.24),
];

/// Capacity Blocks by type and region, in dollars an hour.
const BLOCKS: &[(&str, &str, f64)] = &[
    ("p5.48xlarge", "us-east-1", 41.528),
    ("p5e.48xlarge", "us-east-2", 47.76),
    ("p5en.48xlarge", "us-west-2", 54.92),
];

/// Input and output in dollars per million: Claude 3.7 Sonnet, Nova Pro, Titan Express, Claude 3.5
/// Haiku and its latency-optimised twin.
const TOKENS: &[(&str, Tier, f64, f64)] = &[
    (
        "anthropic.claude-3-7-sonnet-20250219-v1:0",
        Tier::Standard,
        3.0,
        15.0,
    ),
    ("amazon.nova-pro-v1:0", Tier::Standard, 0.8, 3.2),
    ("amazon.nova-pro-v1:0", Tier::Batch, 0.4, 1.6),
    ("amazon.nova-pro-v1:0", Tier::Flex, 0.4, 1.6),
    ("amazon.nova-pro-v1:0", Tier::Priority, 1.4, 5.6),
    ("amazon.titan-text-express-v1", Tier::Standard, 0.2, 0.6),
    (
        "us.anthropic.claude-3-5-haiku-20241022-v1:0",
        Tier::Standard,
        0.8,
        4.0,
    ),
    (
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        Tier::LongContext,
        6.6,
        24.75,
    ),
];

#[test]
fn published_sagemaker_prices_are_reproduced() {
    for (ty, component, region, usd) in SAGEMAKER {
        let quote = prices()
            .sagemaker(ty, *component, region)
            .known()
            .cloned()
            .unwrap();
        assert!(
            (quote.unit.0 / usd - 1.0).abs() < 2e-3,
            "{ty} {region}: {quote:?} not {usd}"
        );
    }
}

#[test]
fn published_on_demand_prices_are_reproduced() {
    for (ty, region, usd) in ON_DEMAND {
        assert!(
            (prices().ec2(ty, region).known().unwrap().unit.0 / usd - 1.0).abs() < 1e-3,
            "{ty}"
        );
    }
}

#[test]
fn published_capacity_block_prices_are_reproduced() {
    for (ty, region, usd) in BLOCKS {
        assert_eq!(
            prices().capacity_block(ty, region).known().unwrap().unit.0,
            *usd
        );
    }
}

#[test]
fn published_token_prices_are_reproduced() {
    for (id, tier, input, output) in TOKENS {
        let price = prices().token_tier(id, "us-east-1", *tier);
        let price = price
            .known()
            .unwrap_or_else(|| panic!("{id} {tier:?}: {price:?}"));
        let (found, wrote) = (price.input.0 * 1e3, price.output.unwrap().0 * 1e3);
        assert!(
            (found / input - 1.0).abs() < 1e-6 && (wrote / output - 1.0).abs() < 1e-6,
            "{id} {tier:?}: {price:?}"
        );
    }
}

#[test]
fn cache_prices_are_shares_of_the_input_price() {
    let price = prices()
        .tokens("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us-east-1")
        .known()
        .cloned()
        .unwrap();
    let share = |usd: Option<crate::domain::Usd>| usd.unwrap().0 / price.input.0;
    assert!((share(price.cache_read) - 0.1).abs() < 1e-9);
    assert!((share(price.cache_write) - 1.25).abs() < 1e-9);
    assert!((share(price.cache_write_1h) - 2.0).abs() < 1e-9);
}

#[test]
fn images_and_videos_are_priced_per_unit() {
    let piece = |id, region| {
        prices()
            .pieces(id, region)
            .known()
            .map(|pieces| (pieces[0].usd.0, pieces[0].unit.to_string()))
    };
    assert_eq!(
        piece("amazon.nova-canvas-v1:0", "us-east-1"),
        Some((0.04, "image".into()))
    );
    assert_eq!(
        piece("luma.ray-v2:0", "us-west-2"),
        Some((1.5, "video-second-out".into()))
    );
    assert_eq!(piece("amazon.nova-canvas-v1:0", "moon-1"), None);
    assert_eq!(piece("amazon.nova-pro-v1:0", "us-east-1"), None);
}

#[test]
fn a_model_with_several_units_has_a_price_of_each() {
    for (id, unit, usd) in [
        ("amazon.nova-canvas-v1:0", "image-2048-premium", 0.08),
        ("us.amazon.nova-canvas-v1:0", "image", 0.04),
        ("amazon.titan-image-generator-v2:0", "image", 0.01),
        (
            "amazon.titan-image-generator-v2:0",
            "image-512-standard",
            0.008,
        ),
        ("luma.ray-v2:0", "video-second-out-540p", 0.75),
        (
            "amazon.nova-2-multimodal-embeddings-v1:0",
            "video-second",
            0.0007,
        ),
        (
            "amazon.nova-2-multimodal-embeddings-v1:0",
            "batch-audio-second",
            0.000_112,
        ),
        ("amazon.titan-embed-image-v1", "batch-input-image", 0.000_03),
        ("cohere.rerank-v3-5:0", "query", 0.002),
        ("amazon.rerank-v1:0", "query", 0.001),
    ] {
        let pieces = prices().pieces(id, "us-east-1").known().cloned().unwrap();
        let piece = pieces.iter().find(|piece| &*piece.unit == unit);
        assert_eq!(piece.map(|piece| piece.usd.0), Some(usd), "{id} {unit}");
    }
}

#[test]
fn batches_have_the_prices_of_their_rows() {
    for (id, region, input, output) in [
        (
            "amazon.nova-2-pro-preview-20251202-v1:0",
            "us-west-1",
            0.000_885_5,
            Some(0.007_062),
        ),
        ("amazon.nova-2-omni-v1:0", "us-east-1", 0.0002, Some(0.0014)),
        (
            "qwen.qwen3-next-80b-a3b",
            "ap-south-1",
            0.000_09,
            Some(0.000_71),
        ),
        // Embeddings have no output.
        (
            "amazon.nova-2-multimodal-embeddings-v1:0",
            "us-east-1",
            0.000_067_5,
            None,
        ),
        ("amazon.titan-embed-image-v1", "us-east-1", 0.0004, None),
    ] {
        let price = prices().token_tier(id, region, Tier::Batch);
        let price = price.known().unwrap_or_else(|| panic!("{id}: {price:?}"));
        let found = (price.input.0, price.output.map(|usd| usd.0));
        assert_eq!(found, (input, output), "{id} {region}");
    }
}

#[test]
fn storage_is_priced_where_known() {
    assert_eq!(
        prices()
            .storage(StorageKind::Notebook, "eu-west-1")
            .known()
            .unwrap()
            .unit
            .0,
        0.154
    );
    assert!(near(
        prices()
            .storage_hour(StorageKind::Notebook, "eu-west-1")
            .known()
            .unwrap()
            .unit
            .0,
        0.154 / 730.0
    ));
    let canvas = |region| prices().canvas_session(region).known().cloned().unwrap();
    assert_eq!(canvas("eu-west-1").unit, canvas("us-east-1").unit);
    assert!(canvas("eu-west-1").estimate);
    assert!(
        canvas("eu-west-1")
            .source
            .ends_with("eu-west-1 is not listed, it is the price of us-east-1")
    );
}

#[test]
fn what_nova_writes_to_its_cache_costs_nothing() {
    for (id, region) in [
        ("amazon.nova-pro-v1:0", "us-east-1"),
        ("us.amazon.nova-lite-v1:0", "us-west-2"),
        ("amazon.nova-micro-v1:0", "ap-southeast-2"),
        ("global.amazon.nova-2-lite-v1:0", "eu-west-1"),
    ] {
        let price = prices().tokens(id, region).known().cloned().unwrap();
        assert_eq!(price.cache_write, Some(crate::domain::Usd::ZERO), "{id}");
        assert!(price.cache_read.unwrap().0 > 0.0, "{id}");
    }
}

#[test]
fn govcloud_has_prices_of_its_own_or_none() {
    let input = |id, region| {
        let price = prices().tokens(id, region);
        price.known().map(|price| (price.input.0, price.estimate))
    };
    let (haiku, kimi) = (
        "anthropic.claude-3-haiku-20240307-v1:0",
        "moonshotai.kimi-k3",
    );
    for (id, region, expected) in [
        (haiku, "us-gov-west-1", Some((0.0003, false))),
        (
            "us-gov.anthropic.claude-3-haiku-20240307-v1:0",
            "us-gov-east-1",
            Some((0.0003, false)),
        ),
        (kimi, "us-gov-east-1", Some((0.003_96, false))),
        (kimi, "us-east-1", Some((0.0033, false))),
        (
            "amazon.titan-embed-text-v2:0",
            "us-gov-east-1",
            Some((0.000_03, false)),
        ),
        ("moonshotai.kimi-k3.1", "us-west-2", Some((0.0044, false))),
        ("moonshotai.kimi-k3.1", "us-gov-west-1", None),
        (
            "us-gov.xai.grok-4.7",
            "us-gov-west-1",
            Some((0.002_64, false)),
        ),
        ("xai.grok-4.7", "us-east-1", Some((0.0022, false))),
    ] {
        assert_eq!(input(id, region), expected, "{id} in {region}");
    }
    let machine = prices().ec2("g7e.12xlarge", "us-west-2");
    assert_eq!(machine.known().map(|quote| quote.unit.0), Some(8.286_08));
}

#[test]
fn application_inference_profile_has_no_price_without_its_model() {
    let arn = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc";
    let why = prices()
        .tokens(arn, "us-east-1")
        .why()
        .map(ToString::to_string);
    assert_eq!(
        why.as_deref(),
        Some("application inference profile: its model is asked from Bedrock")
    );
    let profiles = Profiles::from([(arn.into(), "us.amazon.nova-pro-v1:0".into())]);
    let model = *model_of(arn, &profiles).known().unwrap();
    assert!(near(
        prices().tokens(model, "us-east-1").known().unwrap().input.0,
        0.0008
    ));
}
