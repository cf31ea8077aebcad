//! The billed usage of a line of the bill, by Cost Explorer's `SERVICE` and `USAGE_TYPE`: which
//! resources could have caused it.

use super::{
    Component, Prices,
    usage_rate::{Bedrock, part},
    usage_type_region,
};
use std::sync::Arc;

/// The purchase option of an EC2 instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PurchaseOption {
    /// On demand, or billed as on demand.
    OnDemand,
    /// Spot.
    Spot,
    /// In a Capacity Block.
    Block,
}

/// The usage that a line bills.
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

/// The meaning of a usage type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageTypeMeaning {
    /// The billed usage.
    pub what: BilledUsage,
    /// The region that the usage type names.
    pub region: Option<&'static str>,
}

impl Prices {
    /// The usage that `usage_type` of `service` bills.
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
                ("ServerlessInf" | "ProvisionedConcurrency", ..) => BilledUsage::Serverless,
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

    const EC2: &str = "Amazon Elastic Compute Cloud - Compute";
    const SAGEMAKER: &str = "Amazon SageMaker";
    const BEDROCK: &str = "Amazon Bedrock";

    /// A usage type, its billed usage and its region.
    type Case = (&'static str, BilledUsage, Option<&'static str>);

    fn assert_meanings<const N: usize>(service: &str, cases: [Case; N]) {
        for (usage, what, region) in cases {
            assert_eq!(
                Prices::embedded().usage_type_meaning(service, usage),
                UsageTypeMeaning { what, region },
                "{usage}"
            );
        }
    }

    #[test]
    fn ec2_usage_type_names_the_instance_and_how_it_is_bought() {
        let instance = |ty: &str, bought| BilledUsage::Instance(ty.into(), bought);
        let on_demand = instance("p4d.24xlarge", PurchaseOption::OnDemand);
        let spot = instance("g5.xlarge", PurchaseOption::Spot);
        let block = instance("p5.48xlarge", PurchaseOption::Block);
        assert_meanings(
            EC2,
            [
                ("BoxUsage:p4d.24xlarge", on_demand, Some("us-east-1")),
                ("USW2-SpotUsage:g5.xlarge", spot, Some("us-west-2")),
                ("EU-CapacityBlock:p5.48xlarge", block, Some("eu-west-1")),
                ("DataTransfer-Out-Bytes", BilledUsage::Other, None),
            ],
        );
    }

    #[test]
    fn sagemaker_usage_type_names_the_component() {
        let ml = |ty: &str, component| BilledUsage::Ml(ty.into(), component);
        let virginia = Some("us-east-1");
        let training = ml("ml.g5.xlarge", Component::Training);
        let hosting = ml("ml.g5.xlarge", Component::Hosting);
        let notebook = ml("ml.t3.medium", Component::Notebook);
        let studio = ml("ml.g5.xlarge", Component::Studio);
        let serverless = BilledUsage::Serverless;
        assert_meanings(
            SAGEMAKER,
            [
                ("USE1-Train:ml.g5.xlarge", training, virginia),
                ("USE1-Host:ml.g5.xlarge", hosting, virginia),
                ("Notebk:ml.t3.medium", notebook, None),
                ("USE1-Studio:JupyterLab-ml.g5.xlarge", studio, virginia),
                ("USE1-Notebk:VolumeUsage.gp2", BilledUsage::Other, virginia),
                ("USE1-ServerlessInf:Mem-4GB", serverless, virginia),
            ],
        );
    }

    #[test]
    fn bedrock_usage_type_names_the_model() {
        let nova = BilledUsage::Tokens(vec!["amazon.nova-pro-v1:0".to_owned()]);
        let tokens = "USE1-NovaPro-input-tokens";
        assert_meanings(BEDROCK, [(tokens, nova, Some("us-east-1"))]);
        let units = Prices::embedded()
            .usage_type_meaning(BEDROCK, "USE1-Claude-provisioned-throughput-6-month")
            .what;
        assert!(
            matches!(&units, BilledUsage::Units(ids) if !ids.is_empty()),
            "{units:?}"
        );
    }

    #[test]
    fn usage_type_of_another_service_means_nothing() {
        assert_meanings(
            "AmazonCloudWatch",
            [("CW:Requests", BilledUsage::Other, None)],
        );
    }
}
