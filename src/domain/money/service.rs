//! The AWS services whose bill spendtop explains, and how to find their lines on the bill.

use std::fmt;

/// A service that sells AI/ML capacity.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// EC2 instances with accelerators.
    Ec2,
    /// SageMaker, with all its features.
    SageMaker,
    /// Bedrock under all of its names, models billed through the Marketplace included.
    Bedrock,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ec2, Self::SageMaker, Self::Bedrock];

    /// The word in configuration, filters and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ec2 => "ec2",
            Self::SageMaker => "sagemaker",
            Self::Bedrock => "bedrock",
        }
    }

    /// Whether `name`, Cost Explorer's `SERVICE`, is a name of this service.
    pub fn has_bill_name(self, name: &str) -> bool {
        match self {
            Self::Ec2 => name.starts_with("Amazon Elastic Compute Cloud"),
            Self::SageMaker => name.contains("SageMaker"),
            Self::Bedrock => name.contains("Bedrock"),
        }
    }

    /// Whether a line of this `USAGE_TYPE` is a fee paid once for a time ahead, which tells nothing
    /// about the cost of a day or an hour.
    pub fn is_paid_ahead(usage: &str) -> bool {
        usage.contains("CapacityBlock")
    }

    /// The service of a line of the bill, by Cost Explorer's `SERVICE` and `USAGE_TYPE` (or
    /// `INSTANCE_TYPE`): SageMaker, Bedrock, and of EC2's compute the accelerated instance families
    /// only.
    pub fn of_line(service: &str, usage: &str) -> Option<Self> {
        if Self::SageMaker.has_bill_name(service)
            || service == "Savings Plans for AWS Machine Learning"
        {
            return Some(Self::SageMaker);
        }
        if Self::Bedrock.has_bill_name(service) {
            return Some(Self::Bedrock);
        }
        let instance = usage.rsplit(':').next().unwrap_or(usage);
        let family: String = instance
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        let accelerated = instance.contains('.')
            && ["p", "g", "gr", "trn", "inf", "dl", "vt", "f"].contains(&family.as_str());
        (Self::Ec2.has_bill_name(service) && accelerated).then_some(Self::Ec2)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ec2 => "EC2",
            Self::SageMaker => "SageMaker",
            Self::Bedrock => "Bedrock",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ai_usage_types_have_a_service() {
        let ec2 = "Amazon Elastic Compute Cloud - Compute";
        for (service, usage, expected) in [
            (
                "Amazon SageMaker",
                "USE1-Host:ml.g5.xlarge",
                Some(Service::SageMaker),
            ),
            (
                "Amazon SageMaker",
                "NoInstanceType",
                Some(Service::SageMaker),
            ),
            (
                "Savings Plans for AWS Machine Learning",
                "SageMakerSP:1yrNoUpfront",
                Some(Service::SageMaker),
            ),
            (
                "Claude Opus 5.5 (Amazon Bedrock Edition)",
                "",
                Some(Service::Bedrock),
            ),
            (
                "Amazon Bedrock",
                "USE1-NovaPro-input-tokens",
                Some(Service::Bedrock),
            ),
            (ec2, "BoxUsage:p4d.24xlarge", Some(Service::Ec2)),
            (ec2, "USW2-SpotUsage:gr6.4xlarge", Some(Service::Ec2)),
            (ec2, "p4d.24xlarge", Some(Service::Ec2)),
            (ec2, "BoxUsage:m5.large", None),
            (ec2, "DataTransfer-Out-Bytes", None),
            ("EC2 - Other", "EBS:VolumeUsage.gp3", None),
        ] {
            assert_eq!(
                Service::of_line(service, usage),
                expected,
                "{service} {usage}"
            );
        }
    }
}
