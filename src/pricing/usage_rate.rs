//! The list rate of a line of the bill, by Cost Explorer's `SERVICE` and `USAGE_TYPE`.
//!
//! Cost Explorer counts a usage type in the unit of its row in the price list.
//!
//! | usage type | rate of one |
//! | --- | --- |
//! | `USW2-BoxUsage:p5.48xlarge`, `UnusedBox:` | hour on demand; without prefix us-east-1 |
//! | `CapacityBlock:p5.48xlarge` | hour in a Capacity Block |
//! | `USE1-Host:ml.g5.xlarge` (`Hst`, `AsyncInf`), `Notebk`, `Train`, `Processing`, `Tsform`, `Studio:<app>-ml.x`, `Cluster` | hour of that component |
//! | `USE1-Notebk:VolumeUsage.gp2` and its like | GB-month |
//! | `USE1-ServerlessInf:Mem-4GB` | second of request time with that memory |
//! | `USE1-ProvisionedConcurrency:Usage-4GB`, `:Mem-4GB` | second of one unit kept warm; of request time on it |
//! | `USE1-Canvas:Session-Hrs` | hour of an open session |
//! | `USE1-NovaPro-input-tokens`, `-output-tokens`, `-cache-read-input-token-count`, with `-batch`, `-flex`, `-priority`, `-cross-region-global` | 1,000 tokens |
//! | `USW2-MP:USW2_InputTokenCount-Units` of `<model> (Amazon Bedrock Edition)` | 1,000,000 tokens |
//! | `USE1-NovaPro-provisioned-throughput-1-month` | hour of a model unit |
//! | `USE1-Nova2.0Lite-input-tokens-custom-model` | 1,000 tokens of a custom model on demand |
//! | `USE1-Nova2.0Lite-Customization-Training` | 1,000 training tokens |
//! | `USE1-Nova2.0Lite-RFT-Training-Hours` | hour of reinforcement fine-tuning |
//! | `USE1-Nova2.0Lite-Customization-Storage` | month of a custom model |

use super::{
    Component, Prices, Quote, StorageKind, Tier, bedrock::UsageKind,
    custom_model_use::CustomModelUse, serverless_use::ServerlessUse, usage_type_region,
};
use crate::domain::{Measured, UsdPerHour};

/// Suffix of the `SERVICE` of a model billed through the Marketplace.
const EDITION: &str = " (Amazon Bedrock Edition)";
/// Parts of a Bedrock usage type that follow the model's name.
const MARKS: [&str; 5] = ["-input", "-output", "-cache", "-provisioned", "-mantle"];

const SECONDS_PER_HOUR: f64 = 3_600.0;
/// The parts of a Bedrock usage type.
pub(super) struct Bedrock {
    pub kind: UsageKind,
    pub tier: Tier,
    /// Through a global profile.
    pub global: bool,
    /// At the `mantle` endpoint.
    pub mantle: bool,
    /// The model's name on the bill.
    pub name: String,
}

impl Bedrock {
    /// Reads a `SERVICE` and a usage type without its region. `None` where it counts neither tokens
    /// nor model units.
    pub(super) fn read(service: &str, usage: &str) -> Option<Self> {
        let lower = usage.to_ascii_lowercase().replace('_', "-");
        let kind = UsageKind::of(&lower)?;
        let name = match service.strip_suffix(EDITION) {
            Some(model) => model,
            None => MARKS
                .iter()
                .filter_map(|mark| lower.find(mark))
                .min()
                .map_or(usage, |end| &usage[..end]),
        };
        Some(Self {
            kind,
            tier: Tier::of_usage(&lower),
            global: lower.contains("global"),
            mantle: lower.contains("mantle"),
            name: name.to_owned(),
        })
    }

    /// It counts hours of model units, not tokens.
    pub(super) fn is_unit(&self) -> bool {
        matches!(self.kind, UsageKind::Unit(_))
    }
}

/// The part of SageMaker that the first word of a usage type names, and its volumes.
pub(super) fn part(word: &str) -> Option<(Component, Option<StorageKind>)> {
    Some(match word {
        "Host" | "Hst" | "Hosting" | "AsyncInf" => {
            (Component::Hosting, Some(StorageKind::Endpoint))
        }
        "Notebk" | "Notebook" => (Component::Notebook, Some(StorageKind::Notebook)),
        "Train" | "Training" => (Component::Training, Some(StorageKind::Training)),
        "Processing" => (Component::Processing, Some(StorageKind::Processing)),
        "Tsform" | "Transform" => (Component::Transform, None),
        "Cluster" => (Component::Cluster, None),
        word if word.starts_with("Studio") => (Component::Studio, Some(StorageKind::Studio)),
        _ => return None,
    })
}

impl Prices {
    /// The list rate of one unit as Cost Explorer's `UsageQuantity` counts this usage type: an hour
    /// of an instance or model unit, 1,000 tokens (1,000,000 of a Marketplace `-Units` type), a
    /// GB-month. [`Quote::unit`] holds the figure, per any of these units. `region` applies where
    /// the usage type names none; EC2's without prefix is us-east-1. Spot, fees and dedicated hosts
    /// have no list rate: unknown, with the reason.
    pub fn usage(&self, service: &str, usage_type: &str, region: Option<&str>) -> Measured<Quote> {
        let (named, rest) = usage_type_region::split_region_prefix(usage_type);
        if service.starts_with("Amazon Elastic Compute Cloud") {
            return self.ec2_usage(rest, named.unwrap_or("us-east-1"));
        }
        let Some(region) = named.or(region) else {
            return Measured::unknown(format!("{usage_type} names no region"));
        };
        if service.contains("SageMaker") {
            self.sagemaker_usage(rest, region)
        } else if service.contains("Bedrock") {
            self.bedrock_usage(service, rest, region)
        } else {
            Measured::unknown(format!("no rate cards for {service}"))
        }
    }

    fn ec2_usage(&self, usage: &str, region: &str) -> Measured<Quote> {
        let (word, ty) = usage.split_once(':').unwrap_or((usage, ""));
        match word {
            "BoxUsage" | "UnusedBox" => self.ec2(ty, region),
            "CapacityBlock" => self.capacity_block(ty, region),
            "SpotUsage" => Measured::unknown("spot has no list rate"),
            _ => Measured::unknown(format!("no list rate for {word} in the cards")),
        }
    }

    fn sagemaker_usage(&self, usage: &str, region: &str) -> Measured<Quote> {
        let (word, what) = usage.split_once(':').unwrap_or((usage, ""));
        if let Some((use_of, memory_mb)) = ServerlessUse::read(usage) {
            let hour = self.serverless_use(use_of, memory_mb, region);
            return hour.map(|quote| Quote {
                unit: quote.unit * (1.0 / SECONDS_PER_HOUR),
                ..quote
            });
        }
        if usage.starts_with("Canvas:Session") {
            return self.canvas_session(region);
        }
        let Some((component, storage)) = part(word) else {
            return Measured::unknown(format!("no list rate for {word} in the cards"));
        };
        match (what.find("ml."), storage) {
            (Some(place), _) => self.sagemaker(&what[place..], component, region),
            (None, Some(kind)) if what.starts_with("VolumeUsage") => self.storage(kind, region),
            _ => Measured::unknown(format!("no list rate for {usage} in the cards")),
        }
    }

    fn bedrock_usage(&self, service: &str, usage: &str, region: &str) -> Measured<Quote> {
        let of_custom_model = CustomModelUse::ALL
            .into_iter()
            .find_map(|of| Some((of, of.base(usage)?)));
        if let Some((of, name)) = of_custom_model {
            return match of {
                CustomModelUse::TrainingTokens => self.addons().training_tokens(name, region),
                CustomModelUse::TrainingHours => self.addons().reinforcement_hour(name, region),
                CustomModelUse::Storage => self.addons().custom_model_month(),
            };
        }
        let Some(Bedrock {
            kind,
            tier,
            global,
            mantle,
            name,
        }) = Bedrock::read(service, usage)
        else {
            return Measured::unknown(format!("no list rate for {usage} in the cards"));
        };
        let scope = if global { "global." } else { "" };
        let called = if mantle {
            self.mantle_model_ids(&name)
        } else {
            self.called(&name)
        };
        let thousands = if is_by_million(service, usage) {
            1_000.0
        } else {
            1.0
        };
        let found = called.iter().filter_map(|id| {
            let quote = self.one_bedrock(&format!("{scope}{id}"), kind, tier, region)?;
            Some(match kind {
                UsageKind::Unit(_) => quote,
                _ => Quote {
                    unit: quote.unit * thousands,
                    ..quote
                },
            })
        });
        let quotes: Vec<Quote> = found.collect();
        match quotes.as_slice() {
            [] => Measured::unknown(format!("no price for {name} in {region}")),
            [one, rest @ ..] if rest.iter().all(|other| same(other.unit, one.unit)) => {
                Measured::Known(one.clone())
            }
            _ => Measured::unknown(format!("more than one model is called {name}")),
        }
    }

    fn one_bedrock(&self, id: &str, kind: UsageKind, tier: Tier, region: &str) -> Option<Quote> {
        if let UsageKind::Unit(term) = kind {
            return self.model_unit(id, term, region).known().cloned();
        }
        let price = self.token_tier(id, region, tier);
        let price = price.known()?;
        let usd = kind.of_price(price)?;
        Some(Quote {
            unit: UsdPerHour(usd.0),
            source: price.source.clone(),
            estimate: price.estimate,
        })
    }
}

/// Whether `UsageQuantity` counts tokens by the million, not by the thousand, as the Marketplace
/// does: the offer file `AmazonBedrockFoundationModels` lists $1.10 of `1M tokens` for
/// `USE1-MP:USE1_InputTokenCount-Units` of Claude Haiku 4.5.
pub(super) fn is_by_million(service: &str, usage: &str) -> bool {
    service.ends_with(EDITION) && usage.ends_with("-Units")
}

fn same(a: UsdPerHour, b: UsdPerHour) -> bool {
    (a.0 - b.0).abs() <= 1e-9 * a.0.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
    const SAGEMAKER: &str = "Amazon SageMaker";
    const BEDROCK: &str = "Amazon Bedrock";

    #[test]
    fn usage_types_have_list_rates() {
        for (service, usage, usd) in [
            (EC2, "BoxUsage:p4d.24xlarge", 21.957_642),
            (EC2, "USW2-BoxUsage:g6.xlarge", 0.8048),
            (EC2, "UnusedBox:p5.48xlarge", 55.04),
            (EC2, "CapacityBlock:p4d.24xlarge", 11.8),
            (SAGEMAKER, "USE1-Host:ml.g5.12xlarge", 7.09),
            (SAGEMAKER, "USE1-Hst:ml.g5.12xlarge", 7.09),
            (SAGEMAKER, "USE1-AsyncInf:ml.g6e.2xlarge", 2.8026),
            (SAGEMAKER, "EU-Host:ml.m5.xlarge", 0.257),
            (SAGEMAKER, "USW2-Cluster:ml.p4d.24xlarge", 25.910_017_56),
            (SAGEMAKER, "EU-Notebk:VolumeUsage.gp2", 0.154),
            (SAGEMAKER, "USE1-Studio:VolumeUsage.gp3", 0.14),
            (SAGEMAKER, "USE1-ServerlessInf:Mem-4GB", 0.000_08),
            (SAGEMAKER, "USE1-Canvas:Session-Hrs", 1.90),
            (BEDROCK, "USE1-NovaPro-input-tokens", 0.0008),
            (BEDROCK, "USE1-NovaPro-output-tokens", 0.0032),
            (BEDROCK, "USE1-NovaPro-output-tokens-batch", 0.0016),
            (BEDROCK, "USE1-NovaPro-input-tokens-priority", 0.0014),
            (BEDROCK, "USE1-NovaPro-cache-read-input-token-count", 0.0002),
            (BEDROCK, "USE1-Claude4.5Sonnet-input-tokens", 0.0033),
            (
                BEDROCK,
                "USE1-ClaudeSonnet4.5-output-tokens-cross-region-global",
                0.015,
            ),
            (BEDROCK, "USE1-Claude-provisioned-throughput-6-month", 35.0),
            (BEDROCK, "USE1-ClaudeHaiku4.5-mantle-input-tokens", 0.001),
            (
                "Claude Haiku 4.5 (Amazon Bedrock Edition)",
                "USW2-MP:USW2_OutputTokenCount-Units",
                5.5,
            ),
            (
                "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
                "USW2-MP:USW2_InputTokenCount-Units",
                3.3,
            ),
            (
                "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
                "USW2-MP:USW2_input_tokens_standard_global-Units",
                3.0,
            ),
        ] {
            let quote = Prices::embedded().usage(service, usage, None);
            let quote = quote
                .known()
                .unwrap_or_else(|| panic!("{usage}: {quote:?}"));
            assert!(
                (quote.unit.0 / usd - 1.0).abs() < 1e-3,
                "{usage}: {quote:?}"
            );
        }
    }

    #[test]
    fn usage_types_map_to_components() {
        let prices = Prices::embedded();
        for (usage, component, ty) in [
            (
                "USE1-Notebk:ml.t3.medium",
                Component::Notebook,
                "ml.t3.medium",
            ),
            (
                "USE1-Train:ml.p4d.24xlarge",
                Component::Training,
                "ml.p4d.24xlarge",
            ),
            (
                "USE1-Processing:ml.m5.xlarge",
                Component::Processing,
                "ml.m5.xlarge",
            ),
            (
                "USE1-Tsform:ml.g4dn.xlarge",
                Component::Transform,
                "ml.g4dn.xlarge",
            ),
            (
                "USE1-Studio:KernelGateway-ml.g5.xlarge",
                Component::Studio,
                "ml.g5.xlarge",
            ),
            (
                "USE1-Studio:JupyterLab-ml.t3.medium",
                Component::Studio,
                "ml.t3.medium",
            ),
            (
                "USE1-Train:ml.p6-b200.48xlarge",
                Component::Training,
                "ml.p6-b200.48xlarge",
            ),
        ] {
            let quote = prices.usage(SAGEMAKER, usage, None);
            assert!(quote.known().is_some(), "{usage}");
            assert_eq!(
                quote,
                prices.sagemaker(ty, component, "us-east-1"),
                "{usage}"
            );
        }
    }

    #[test]
    fn usage_type_without_list_rate_has_a_reason() {
        for (service, usage, why) in [
            (EC2, "SpotUsage:g5.xlarge", "spot has no list rate"),
            (
                EC2,
                "USE2-DedicatedUsage:p4d.24xlarge",
                "no list rate for DedicatedUsage in the cards",
            ),
            (
                EC2,
                "EUW3-BoxUsage:p5.48xlarge",
                "no price for p5.48xlarge in eu-west-3",
            ),
            (
                SAGEMAKER,
                "USE1-ReservedCluster:ml.p5.48xlarge",
                "no list rate for ReservedCluster in the cards",
            ),
            (
                SAGEMAKER,
                "Host:ml.g5.xlarge",
                "Host:ml.g5.xlarge names no region",
            ),
            (
                BEDROCK,
                "USE1-Guardrail-ContentPolicyUnitsConsumed",
                "no list rate for Guardrail-ContentPolicyUnitsConsumed in the cards",
            ),
            (
                BEDROCK,
                "USE1-NobodyKnows-input-tokens",
                "no price for NobodyKnows in us-east-1",
            ),
            (
                "AmazonCloudWatch",
                "USE1-CW:Requests",
                "no rate cards for AmazonCloudWatch",
            ),
        ] {
            let reading = Prices::embedded().usage(service, usage, None);
            assert_eq!(reading.why().map(ToString::to_string).as_deref(), Some(why));
        }
    }
}
