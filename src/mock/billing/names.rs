//! The bill's names of regions, SageMaker components and models.

use crate::domain::region;

/// The price lists' name of the component in a usage type of SageMaker.
pub(super) fn component_word(usage_type: &str) -> &'static str {
    let name = usage_type
        .split(':')
        .next()
        .unwrap_or_default()
        .rsplit('-')
        .next()
        .unwrap_or_default();
    match name {
        "Notebk" => "notebook",
        "Studio" => "studio",
        "Train" => "training",
        "Processing" => "processing",
        "Tsform" => "transform",
        "Cluster" => "cluster",
        _ => "hosting",
    }
}

/// `USW2-`; EC2 leaves it out in us-east-1, SageMaker and Bedrock write `USE1-`.
pub(in crate::mock) fn prefix(region: &str) -> String {
    let short = region::find(region).and_then(|region| region.prefixes.first());
    match short {
        Some(short) => format!("{short}-"),
        None => format!("{}-", region.to_uppercase()),
    }
}

/// The same for EC2.
pub(in crate::mock) fn ec2_prefix(region: &str) -> String {
    if region == "us-east-1" {
        String::new()
    } else {
        prefix(region)
    }
}

/// The words of a model id without geography, provider, date and version: `claude-sonnet-4-5`.
fn words(model: &str) -> Vec<String> {
    let last = model.rsplit('.').next().unwrap_or_default();
    let base = last.split(':').next().unwrap_or_default();
    let is_date = |part: &str| part.len() == 8 && part.bytes().all(|b| b.is_ascii_digit());
    let is_version = |part: &str| part.len() == 2 && part.starts_with('v');
    base.split('-')
        .filter(|part| !is_date(part) && !is_version(part))
        .map(str::to_owned)
        .collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// `NovaPro`, `ClaudeSonnet4.5`.
pub(in crate::mock) fn usage_name(model: &str) -> String {
    let mut name = String::new();
    for word in words(model) {
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        if digits && name.ends_with(|c: char| c.is_ascii_digit()) {
            name.push('.');
        }
        name.push_str(&capital(&word));
    }
    name
}

/// The service that tokens of a model are billed under.
pub(in crate::mock) fn bill_service(model: &str) -> String {
    if model.contains("anthropic.") {
        format!("{} (Amazon Bedrock Edition)", marketplace_name(model))
    } else {
        "Amazon Bedrock".to_owned()
    }
}

/// `Claude Sonnet 4.5`.
pub(in crate::mock) fn marketplace_name(model: &str) -> String {
    let mut name = String::new();
    for word in words(model) {
        let digits = word.bytes().all(|b| b.is_ascii_digit());
        if digits && name.ends_with(|c: char| c.is_ascii_digit()) {
            name.push('.');
        } else if !name.is_empty() {
            name.push(' ');
        }
        name.push_str(&capital(&word));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_the_prefixes_of_the_bill() {
        for (region, short) in [
            ("us-east-1", "USE1-"),
            ("us-west-2", "USW2-"),
            ("eu-west-1", "EU-"),
            ("eu-central-1", "EUC1-"),
            ("ap-northeast-1", "APN1-"),
            ("ap-southeast-2", "APS2-"),
            ("ap-south-1", "APS3-"),
            ("ca-central-1", "CAN1-"),
            ("us-gov-west-1", "UGW1-"),
            ("sa-east-1", "SAE1-"),
        ] {
            assert_eq!(prefix(region), short);
        }
    }

    #[test]
    fn models_have_bill_names() {
        assert_eq!(usage_name("us.amazon.nova-pro-v1:0"), "NovaPro");
        assert_eq!(
            usage_name("us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            "ClaudeSonnet4.5"
        );
        assert_eq!(
            marketplace_name("us.anthropic.claude-haiku-4-5-20251001-v1:0"),
            "Claude Haiku 4.5"
        );
    }
}
