//! What a line of the bill is paid for, by Cost Explorer's `SERVICE` and `USAGE_TYPE`: which
//! resources could have caused it.

use super::{
    Component, Prices,
    usage_rate::{Bedrock, part},
    usage_type_region,
};
use std::sync::Arc;

/// How an EC2 instance is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseOption {
    /// On demand, or whatever is billed under its name.
    OnDemand,
    /// Spot.
    Spot,
    /// In a Capacity Block.
    Block,
}

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BilledUsage {
    /// Hours of an EC2 instance of this type.
    Instance(Arc<str>, PurchaseOption),
    /// Hours of an instance of this type in a part of SageMaker.
    Ml(Arc<str>, Component),
    /// Request time of serverless inference.
    Serverless,
    /// Tokens of one of these models on demand, the ids without scope.
    Tokens(Vec<String>),
    /// Hours of provisioned units of one of these models.
    Units(Vec<String>),
    /// Something else: storage, transfer, requests.
    Other,
}

/// What a usage type says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageTypeMeaning {
    /// What is paid for.
    pub what: BilledUsage,
    /// The region that the usage type names.
    pub region: Option<&'static str>,
}

impl Prices {
    /// What `usage_type` of `service` is paid for.
    pub fn usage_type_meaning(&self, service: &str, usage_type: &str) -> UsageTypeMeaning {
        let (named, rest) = usage_type_region::split_region_prefix(usage_type);
        let (word, what) = rest.split_once(':').unwrap_or((rest, ""));
        if service.starts_with("Amazon Elastic Compute Cloud") {
            let bought = match word {
                "SpotUsage" => PurchaseOption::Spot,
                "CapacityBlock" => PurchaseOption::Block,
                "BoxUsage" | "UnusedBox" | "DedicatedUsage" | "HostBoxUsage" => {
                    PurchaseOption::OnDemand
                }
                _ => {
                    return UsageTypeMeaning {
                        what: BilledUsage::Other,
                        region: named,
                    };
                }
            };
            let what = if what.is_empty() {
                BilledUsage::Other
            } else {
                BilledUsage::Instance(what.into(), bought)
            };
            return UsageTypeMeaning {
                what,
                region: named.or(Some("us-east-1")),
            };
        }
        let what = if service.contains("SageMaker") {
            match (word, part(word), what.find("ml.")) {
                ("ServerlessInf", ..) => BilledUsage::Serverless,
                (_, Some((component, _)), Some(place)) => {
                    BilledUsage::Ml(what[place..].into(), component)
                }
                _ => BilledUsage::Other,
            }
        } else if service.contains("Bedrock") {
            match Bedrock::read(service, rest) {
                Some(read) if read.is_unit() => {
                    BilledUsage::Units(self.called(&read.name).to_vec())
                }
                Some(read) => BilledUsage::Tokens(self.called(&read.name).to_vec()),
                None => BilledUsage::Other,
            }
        } else {
            BilledUsage::Other
        };
        UsageTypeMeaning {
            what,
            region: named,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_type_parses_to_billed_usage() {
        let ec2 = "Amazon Elastic Compute Cloud - Compute";
        let (sagemaker, bedrock) = ("Amazon SageMaker", "Amazon Bedrock");
        let ml = |ty: &str, component| BilledUsage::Ml(ty.into(), component);
        for (service, usage, what, region) in [
            (
                ec2,
                "BoxUsage:p4d.24xlarge",
                BilledUsage::Instance("p4d.24xlarge".into(), PurchaseOption::OnDemand),
                Some("us-east-1"),
            ),
            (
                ec2,
                "USW2-SpotUsage:g5.xlarge",
                BilledUsage::Instance("g5.xlarge".into(), PurchaseOption::Spot),
                Some("us-west-2"),
            ),
            (
                ec2,
                "EU-CapacityBlock:p5.48xlarge",
                BilledUsage::Instance("p5.48xlarge".into(), PurchaseOption::Block),
                Some("eu-west-1"),
            ),
            (ec2, "DataTransfer-Out-Bytes", BilledUsage::Other, None),
            (
                sagemaker,
                "USE1-Train:ml.g5.xlarge",
                ml("ml.g5.xlarge", Component::Training),
                Some("us-east-1"),
            ),
            (
                sagemaker,
                "USE1-Host:ml.g5.xlarge",
                ml("ml.g5.xlarge", Component::Hosting),
                Some("us-east-1"),
            ),
            (
                sagemaker,
                "Notebk:ml.t3.medium",
                ml("ml.t3.medium", Component::Notebook),
                None,
            ),
            (
                sagemaker,
                "USE1-Studio:JupyterLab-ml.g5.xlarge",
                ml("ml.g5.xlarge", Component::Studio),
                Some("us-east-1"),
            ),
            (
                sagemaker,
                "USE1-Notebk:VolumeUsage.gp2",
                BilledUsage::Other,
                Some("us-east-1"),
            ),
            (
                sagemaker,
                "USE1-ServerlessInf:Mem-4GB",
                BilledUsage::Serverless,
                Some("us-east-1"),
            ),
            (
                bedrock,
                "USE1-NovaPro-input-tokens",
                BilledUsage::Tokens(vec!["amazon.nova-pro-v1:0".to_owned()]),
                Some("us-east-1"),
            ),
            ("AmazonCloudWatch", "CW:Requests", BilledUsage::Other, None),
        ] {
            assert_eq!(
                Prices::embedded().usage_type_meaning(service, usage),
                UsageTypeMeaning { what, region },
                "{usage}"
            );
        }
        let units = Prices::embedded()
            .usage_type_meaning(bedrock, "USE1-Claude-provisioned-throughput-6-month")
            .what;
        assert!(
            matches!(&units, BilledUsage::Units(ids) if !ids.is_empty()),
            "{units:?}"
        );
    }
}
