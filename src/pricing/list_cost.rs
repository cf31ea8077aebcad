//! The list cost of a line of the bill.

use super::{Prices, usage_rate::Bedrock};
use crate::domain::{Measured, Usd};

/// Paid divided by list cost: the range in which the unit of a line of tokens is accepted.
const BELIEVED: std::ops::Range<f64> = 0.2..1.5;
/// Usage types that are not hours of capacity: storage, request time, blocks paid in advance.
const NO_CAPACITY: [&str; 5] = [
    "Volume",
    "Serverless",
    "ProvisionedConcurrency",
    "CapacityBlock",
    "Customization-Storage",
];
/// Cost Explorer's `OPERATION` of Linux. Windows is `RunInstances:0002`, RHEL `RunInstances:0010`.
const LINUX: &str = "RunInstances";

/// A line of the bill, as Cost Explorer groups it.
#[derive(Clone, Copy, Debug)]
pub struct BillLine<'a> {
    /// `SERVICE`.
    pub service: &'a str,
    /// `USAGE_TYPE`.
    pub usage_type: &'a str,
    /// `OPERATION`; empty where the lines were not grouped by it.
    pub operation: &'a str,
    /// `UsageQuantity`.
    pub quantity: f64,
    /// Dollars paid.
    pub paid: f64,
}

impl Prices {
    /// `line` at list. Unknown, with the reason, where the cards have no list rate, for usage that
    /// is not capacity, and for instances that do not run Linux: the cards list Linux.
    pub fn list_cost(&self, line: &BillLine<'_>) -> Measured<Usd> {
        if NO_CAPACITY
            .iter()
            .any(|word| line.usage_type.contains(word))
        {
            return Measured::unknown("it is no use of capacity");
        }
        if line.quantity <= 0.0 {
            return Measured::unknown("no usage");
        }
        let is_instance = line.usage_type.contains("BoxUsage:");
        if is_instance && !line.operation.is_empty() && line.operation != LINUX {
            return Measured::unknown("the cards list Linux, and it runs another system");
        }
        self.usage(line.service, line.usage_type, None)
            .map(|quote| Usd(line.quantity * quote.unit.0 * scale(line, quote.unit.0)))
    }
}

/// The factor for `rate` of a line of tokens. Bedrock counts some in thousands and some in
/// millions: where the bill contradicts the unit of the price list, and the other unit fits it, the
/// other one applies.
fn scale(line: &BillLine<'_>, rate: f64) -> f64 {
    let is_tokens = line.service.contains("Bedrock")
        && Bedrock::read(line.service, line.usage_type).is_some_and(|read| !read.is_unit());
    let fits = |scale: f64| BELIEVED.contains(&(line.paid / (line.quantity * rate * scale)));
    if !is_tokens || fits(1.0) {
        return 1.0;
    }
    [1e-3, 1e3]
        .into_iter()
        .find(|scale| fits(*scale))
        .unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list_cost(
        service: &str,
        usage_type: &str,
        operation: &str,
        quantity: f64,
        paid: f64,
    ) -> f64 {
        let line = BillLine {
            service,
            usage_type,
            operation,
            quantity,
            paid,
        };
        Prices::embedded()
            .list_cost(&line)
            .known()
            .map_or(f64::NAN, |usd| usd.0)
    }

    /// Figures of real bills that people published.
    #[test]
    fn tokens_of_the_marketplace_are_billed_by_the_million() {
        for (service, usage_type, quantity, paid) in [
            // An answer of Cost Explorer for October 2026, kept as a fixture in a public
            // repository.
            (
                "Claude Opus 4.6 (Amazon Bedrock Edition)",
                "USE1-MP:USE1_InputTokenCount-Units",
                0.5,
                2.64,
            ),
            // A bill of July 2026: $3.30 per 1M.
            (
                "Claude Sonnet 4.5 (Amazon Bedrock Edition)",
                "USE2-MP:USE2_InputTokenCount-Units",
                10.0,
                33.0,
            ),
            // The offer file AmazonBedrockFoundationModels: $1.10 and $5.50 per 1M.
            (
                "Claude Haiku 4.5 (Amazon Bedrock Edition)",
                "USE1-MP:USE1_InputTokenCount-Units",
                1.0,
                1.10,
            ),
            (
                "Claude Haiku 4.5 (Amazon Bedrock Edition)",
                "USE1-MP:USE1_OutputTokenCount-Units",
                1.0,
                5.50,
            ),
            // AWS's own lines: $0.0008 per 1K of Nova Pro.
            (
                "Amazon Bedrock",
                "USE1-NovaPro-input-tokens",
                24_000.0,
                19.2,
            ),
        ] {
            let list = list_cost(service, usage_type, "", quantity, paid);
            assert!(
                (paid / list - 1.0).abs() < 0.05,
                "{service} {usage_type}: {paid} of {list}"
            );
        }
    }

    #[test]
    fn the_unit_that_fits_the_bill_counts() {
        let nova = |quantity, paid| {
            list_cost(
                "Amazon Bedrock",
                "USE1-NovaPro-input-tokens",
                "",
                quantity,
                paid,
            )
        };
        assert!((nova(10.0, 8.0) - 8.0).abs() < 1e-9, "in millions");
        assert!(
            (nova(10_000.0, 6.4) - 8.0).abs() < 1e-9,
            "in thousands, 20 % off"
        );
        assert!((nova(10_000.0, 0.0) - 8.0).abs() < 1e-9, "nothing was paid");
        assert!((nova(10_000.0, 400.0) - 8.0).abs() < 1e-9, "no unit fits");
    }

    #[test]
    fn the_cards_list_linux() {
        let ec2 = "Amazon Elastic Compute Cloud - Compute";
        let machine = |operation| list_cost(ec2, "BoxUsage:g4dn.xlarge", operation, 10.0, 5.26);
        assert!((machine("RunInstances") - 5.26).abs() < 1e-9);
        assert!((machine("") - 5.26).abs() < 1e-9);
        assert!(machine("RunInstances:0002").is_nan() && machine("RunInstances:0010").is_nan());
        for usage in ["CapacityBlock:p4d.24xlarge", "SpotUsage:g5.xlarge"] {
            assert!(list_cost(ec2, usage, "", 10.0, 5.0).is_nan(), "{usage}");
        }
    }
}
