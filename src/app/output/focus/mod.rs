//! The charges of the bill in the columns of FOCUS 1.2, the FinOps Open Cost and Usage
//! Specification: <https://focus.finops.org/focus-specification/v1-2/>.
//!
//! A usage type on a day is a charge. Cost Explorer groups by service and usage type, so that
//! columns of a resource, an invoice, a commitment or a sub account stay empty. It has no SKU:
//! service and usage type take its place.

#[cfg(test)]
mod tests;

use super::written;
use crate::{
    domain::{
        Evidence, Record, Service, Timestamp,
        money::charge::{Charge, UsageCharges},
        region,
    },
    pricing::forecast::month,
};

/// A column: its id, and its cell of a charge.
type Column = (&'static str, fn(&Line<'_>) -> String);

/// The columns of the specification, in the order of its appendix. An unknown value is null, an
/// empty cell.
const COLUMNS: &[Column] = &[
    ("AvailabilityZone", null),
    ("BilledCost", |line| decimal(line.charge.billed)),
    ("BillingAccountId", |line| line.account_arn()),
    ("BillingAccountName", |line| {
        format!("AWS account {}", line.account)
    }),
    ("BillingAccountType", |_| "AWS Account".to_owned()),
    ("BillingCurrency", |line| line.usage.currency.to_string()),
    ("BillingPeriodEnd", |line| moment(month(line.charge.day).1)),
    ("BillingPeriodStart", |line| {
        moment(month(line.charge.day).0)
    }),
    ("CapacityReservationId", null),
    ("CapacityReservationStatus", null),
    ("ChargeCategory", |line| line.category().to_owned()),
    ("ChargeClass", null),
    ("ChargeDescription", |line| line.description()),
    ("ChargeFrequency", |line| line.frequency().to_owned()),
    ("ChargePeriodEnd", |line| moment(line.end())),
    ("ChargePeriodStart", |line| moment(line.charge.day)),
    ("CommitmentDiscountCategory", null),
    ("CommitmentDiscountId", null),
    ("CommitmentDiscountName", null),
    ("CommitmentDiscountQuantity", null),
    ("CommitmentDiscountStatus", null),
    ("CommitmentDiscountType", null),
    ("CommitmentDiscountUnit", null),
    ("ConsumedQuantity", |line| line.quantity()),
    ("ConsumedUnit", |line| line.unit()),
    ("ContractedCost", |line| decimal(line.charge.effective)),
    ("ContractedUnitPrice", |line| {
        line.unit_price(line.charge.effective)
    }),
    ("EffectiveCost", |line| decimal(line.charge.effective)),
    ("InvoiceId", null),
    ("InvoiceIssuerName", |_| AWS.to_owned()),
    ("ListCost", |line| decimal(line.list())),
    ("ListUnitPrice", |line| line.unit_price(line.list())),
    ("PricingCategory", |line| line.pricing_category().to_owned()),
    ("PricingCurrency", |line| line.usage.currency.to_string()),
    ("PricingCurrencyContractedUnitPrice", |line| {
        line.unit_price(line.charge.effective)
    }),
    ("PricingCurrencyEffectiveCost", |line| {
        decimal(line.charge.effective)
    }),
    ("PricingCurrencyListUnitPrice", |line| {
        line.unit_price(line.list())
    }),
    ("PricingQuantity", |line| line.quantity()),
    ("PricingUnit", |line| line.unit()),
    ("ProviderName", |_| AWS.to_owned()),
    ("PublisherName", |line| line.publisher()),
    ("RegionId", |line| {
        line.usage.region.unwrap_or_default().to_owned()
    }),
    ("RegionName", |line| line.region_name()),
    ("ResourceId", null),
    ("ResourceName", null),
    ("ResourceType", null),
    ("ServiceCategory", |line| line.service().0.to_owned()),
    ("ServiceName", |line| line.usage.service.to_string()),
    ("ServiceSubcategory", |line| line.service().1.to_owned()),
    ("SkuId", |line| line.sku()),
    ("SkuMeter", |line| line.meter()),
    ("SkuPriceDetails", null),
    ("SkuPriceId", |line| line.sku()),
    ("SubAccountId", null),
    ("SubAccountName", null),
    ("SubAccountType", null),
    ("Tags", null),
];

const AWS: &str = "AWS";
/// Ends the `SERVICE` of a model billed through the Marketplace.
const EDITION: &str = " (Amazon Bedrock Edition)";
/// The first words of model names, with their publishers.
const PUBLISHERS: [(&str, &str); 7] = [
    ("Claude", "Anthropic"),
    ("OpenAI", "OpenAI"),
    ("GPT", "OpenAI"),
    ("Cohere", "Cohere"),
    ("Jamba", "AI21 Labs"),
    ("Palmyra", "Writer"),
    ("Pegasus", "TwelveLabs"),
];

/// The charges of `records` as CSV: the usage types, which hold every dollar once.
pub fn focus<'a>(records: impl IntoIterator<Item = &'a Record>) -> String {
    let headings: Vec<&str> = COLUMNS.iter().map(|(id, _)| *id).collect();
    let mut lines = Vec::new();
    for record in records {
        let Evidence::Charges(usage) = &record.head.evidence else {
            continue;
        };
        let account = &record.head.key.account;
        let of_day = |charge| Line {
            account,
            asked_in: &record.head.key.region,
            usage,
            charge,
        };
        lines.extend(usage.days.iter().map(of_day));
    }
    lines.sort_by(|a, b| a.place().cmp(&b.place()));
    let cells = |line: &Line<'_>| COLUMNS.iter().map(|(_, cell)| cell(line)).collect();
    written(&headings, lines.iter().map(cells))
}

/// A charge, one line of the output.
struct Line<'a> {
    account: &'a str,
    /// The region of the row: it tells the partition of the account.
    asked_in: &'a str,
    usage: &'a UsageCharges,
    charge: &'a Charge,
}

impl Line<'_> {
    /// The account as a text that no reader of CSV takes for a number: it would lose the zeros that
    /// some accounts begin with.
    fn account_arn(&self) -> String {
        let partition = region::partition(self.asked_in);
        format!("arn:{partition}:iam::{}:root", self.account)
    }

    fn place(&self) -> (&str, Timestamp, &str, &str) {
        let usage = self.usage;
        (
            self.account,
            self.charge.day,
            &usage.service,
            &usage.usage_type,
        )
    }

    /// Whether it is paid usage. A charge without a quantity, or a refund, corrects the bill.
    fn is_usage(&self) -> bool {
        let Charge {
            quantity,
            effective,
            ..
        } = *self.charge;
        quantity > 0.0 && effective >= 0.0
    }

    fn category(&self) -> &'static str {
        if self.is_usage() {
            "Usage"
        } else {
            "Adjustment"
        }
    }

    fn frequency(&self) -> &'static str {
        if self.is_usage() {
            "Usage-Based"
        } else {
            "One-Time"
        }
    }

    fn pricing_category(&self) -> &'static str {
        match self.is_usage() {
            true if self.usage.usage_type.contains("SpotUsage") => "Dynamic",
            true => "Standard",
            false => "",
        }
    }

    fn of_usage(&self, text: impl FnOnce() -> String) -> String {
        if self.is_usage() {
            text()
        } else {
            String::new()
        }
    }

    fn quantity(&self) -> String {
        self.of_usage(|| decimal(self.charge.quantity))
    }

    fn unit(&self) -> String {
        self.of_usage(|| self.usage.unit.to_owned())
    }

    /// `cost` for one unit.
    fn unit_price(&self, cost: f64) -> String {
        self.of_usage(|| decimal(cost / self.charge.quantity))
    }

    /// The cost at list prices. An adjustment has no list price: it counts as billed.
    fn list(&self) -> f64 {
        if self.is_usage() {
            self.charge.list
        } else {
            self.charge.effective
        }
    }

    fn sku(&self) -> String {
        self.of_usage(|| format!("{}/{}", self.usage.service, self.usage.usage_type))
    }

    fn meter(&self) -> String {
        self.of_usage(|| {
            let usage = &self.usage.usage_type;
            let meter = if usage.is_empty() {
                &self.usage.service
            } else {
                usage
            };
            meter.to_string()
        })
    }

    fn description(&self) -> String {
        format!("{} {}", self.usage.service, self.usage.usage_type)
            .trim_end()
            .to_owned()
    }

    fn end(&self) -> Timestamp {
        let next = self
            .charge
            .day
            .checked_add(jiff::SignedDuration::from_hours(24));
        next.unwrap_or(self.charge.day)
    }

    /// The publisher: the maker of a model that the Marketplace bills, else AWS.
    fn publisher(&self) -> String {
        let model = self.usage.service.strip_suffix(EDITION);
        let publisher = model.map(|model| {
            PUBLISHERS
                .iter()
                .find(|(name, _)| model.starts_with(name))
                .map_or(model, |(_, publisher)| publisher)
        });
        publisher.unwrap_or(AWS).to_owned()
    }

    fn region_name(&self) -> String {
        self.usage
            .region
            .and_then(region::find)
            .map_or_else(String::new, |region| region.location.to_owned())
    }

    /// Category and subcategory of the service.
    fn service(&self) -> (&'static str, &'static str) {
        const AI: &str = "AI and Machine Learning";
        match Service::of_line(&self.usage.service, &self.usage.usage_type) {
            Some(Service::Bedrock) => (AI, "Generative AI"),
            Some(Service::SageMaker) => (AI, "AI Platforms"),
            Some(Service::Ec2) | None => ("Compute", "Virtual Machines"),
        }
    }
}

fn null(_: &Line<'_>) -> String {
    String::new()
}

/// A decimal number without exponent, in the fewest digits that parse to the same number. Whole
/// ones have a decimal place too: readers of CSV infer types from the cells.
fn decimal(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let text = number.to_string();
    if text.contains('.') {
        text
    } else {
        format!("{text}.0")
    }
}

/// `2026-11-21T00:00:00Z`.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
