//! The unit of Cost Explorer's `UsageQuantity`, by usage type: the unit of its row in the price
//! list, in the spelling of FOCUS.

use super::{Prices, custom_model_use::CustomModelUse, usage_rate, usage_type_region};

/// Parts of a usage type and their units; the first that matches applies.
const UNITS: [(&str, &str); 13] = [
    ("VolumeUsage", "GB-Months"),
    ("ServerlessInf:", "Seconds"),
    ("ProvisionedConcurrency:", "Seconds"),
    ("Box", "Hours"),
    ("SpotUsage:", "Hours"),
    ("DedicatedUsage:", "Hours"),
    ("CapacityBlock:", "Hours"),
    ("Reservation:", "Hours"),
    ("Reserved", "Hours"),
    ("Session-Hrs", "Hours"),
    ("-provisioned-throughput-", "Hours"),
    ("Data-Bytes", "GB"),
    (":ml.", "Hours"),
];
/// The unit where the usage type does not name one.
const UNKNOWN: &str = "Units";

impl Prices {
    /// The unit of `UsageQuantity` of `usage_type` of `service`: `Hours`, `1000 Tokens`; `Units`
    /// where it is unknown.
    pub fn usage_unit(&self, service: &str, usage_type: &str) -> &'static str {
        let rest = usage_type_region::split_region_prefix(usage_type).1;
        let known = UNITS.iter().find(|(part, _)| rest.contains(part));
        if let Some((_, unit)) = known {
            return unit;
        }
        let of_custom_model = CustomModelUse::ALL
            .into_iter()
            .find(|of| of.base(rest).is_some());
        if let Some(of) = of_custom_model {
            return of.unit();
        }
        let is_instance = rest.contains("-ml.");
        let is_tokens = service.contains("Bedrock")
            && usage_rate::Bedrock::read(service, rest).is_some_and(|read| !read.is_unit());
        match (is_tokens, is_instance) {
            (true, _) if usage_rate::is_by_million(service, rest) => "1000000 Tokens",
            (true, _) => "1000 Tokens",
            (false, true) => "Hours",
            (false, false) => UNKNOWN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_types_have_the_units_of_the_price_list() {
        let (ec2, sagemaker) = ("Amazon Elastic Compute Cloud - Compute", "Amazon SageMaker");
        let (bedrock, edition) = (
            "Amazon Bedrock",
            "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
        );
        for (service, usage, unit) in [
            (ec2, "USW2-BoxUsage:p5.48xlarge", "Hours"),
            (ec2, "UnusedBox:p5.48xlarge", "Hours"),
            (ec2, "EUW1-SpotUsage:g5.xlarge", "Hours"),
            (sagemaker, "USE1-Host:ml.g5.xlarge", "Hours"),
            (sagemaker, "USE1-Studio:JupyterLab-ml.t3.medium", "Hours"),
            (sagemaker, "USE1-Notebk:VolumeUsage.gp2", "GB-Months"),
            (sagemaker, "USE1-ServerlessInf:Mem-4GB", "Seconds"),
            (sagemaker, "USE1-Canvas:Session-Hrs", "Hours"),
            (bedrock, "USE1-NovaPro-input-tokens", "1000 Tokens"),
            (
                bedrock,
                "USE1-NovaPro-Customization-Training",
                "1000 Tokens",
            ),
            (bedrock, "USE1-Nova2.0Lite-RFT-Training-Hours", "Hours"),
            (
                bedrock,
                "USE1-Claude-provisioned-throughput-6-month",
                "Hours",
            ),
            (
                bedrock,
                "USE1-Guardrail-ContentPolicyUnitsConsumed",
                "Units",
            ),
            (
                edition,
                "USW2-MP:USW2_InputTokenCount-Units",
                "1000000 Tokens",
            ),
        ] {
            assert_eq!(
                Prices::embedded().usage_unit(service, usage),
                unit,
                "{usage}"
            );
        }
    }
}
