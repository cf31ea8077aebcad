//! Cost Explorer.

mod anomalies;
mod expression;
mod forecast;
mod period;
mod reservations;
mod savings;
mod usage;
mod values;

use super::{Context, Operations};
use crate::{
    domain::Timestamp,
    mock::{
        billing::{BillingPeriod, Charge},
        protocol::{Failure, Value, error, value::fields},
        simulation::Simulation,
    },
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("GetCostAndUsage", usage::get),
    ("GetCostForecast", forecast::get),
    ("GetDimensionValues", values::dimension),
    ("GetTags", values::tags),
    ("GetAnomalies", anomalies::list),
    ("GetAnomalyMonitors", anomalies::monitors),
    ("ProvideAnomalyFeedback", anomalies::feedback),
    ("GetSavingsPlansUtilization", savings::utilization),
    ("GetSavingsPlansCoverage", savings::coverage),
    ("GetReservationCoverage", reservations::coverage),
    ("GetReservationUtilization", reservations::utilization),
];

fn refuse<T>(code: &str, message: impl Into<String>) -> Result<T, Failure> {
    error::refuse(code, message)
}

fn invalid<T>(message: impl Into<String>) -> Result<T, Failure> {
    refuse("ValidationException", message)
}

/// Dollars as Cost Explorer writes them: text, up to ten decimals.
fn amount(n: f64) -> String {
    let text = format!("{n:.10}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// The charges of a time period that pass the request's filter.
fn charges(
    context: &Context<'_>,
    simulation: &Simulation,
    from: Timestamp,
    to: Timestamp,
    step: BillingPeriod,
) -> Result<Vec<Charge>, Failure> {
    let filter = context
        .input
        .child("Filter")?
        .map(|filter| expression::read(&filter))
        .transpose()?;
    // Months are sums of days, so that both granularities have the same total.
    let by = if step == BillingPeriod::Month {
        BillingPeriod::Day
    } else {
        step
    };
    let mut charges = context.family_charges(simulation, (from, to), by);
    if step == BillingPeriod::Month {
        for charge in &mut charges {
            charge.at = step.start_of(charge.at);
        }
    }
    if let Some(filter) = filter {
        charges.retain(|charge| filter.matches(charge, &simulation.account.id));
    }
    Ok(charges)
}

/// The attributes of a dimension's value: accounts have a description, their name.
fn attributes(key: &str, value: &str, simulation: &Simulation) -> Value {
    if !key.ends_with("_ACCOUNT") {
        return Value::EMPTY;
    }
    let name = if value == simulation.account.id {
        Some(simulation.account.alias.as_str())
    } else {
        simulation.agreements.account_name(value)
    };
    fields! { "description": name.unwrap_or_default().to_owned() }
}

/// A charge's value in a dimension; `None` for a dimension Cost Explorer does not have.
fn dimension(key: &str, charge: &Charge, account: &str) -> Option<String> {
    let marketplace = charge.service.ends_with("(Amazon Bedrock Edition)");
    let family = || {
        charge.instance_type.as_deref().map(|ty| {
            ty.trim_start_matches("ml.")
                .split('.')
                .next()
                .unwrap_or_default()
                .to_owned()
        })
    };
    let owned = |text: &str| text.to_owned();
    let value = match key {
        "SERVICE" | "SERVICE_CODE" => charge.service.clone(),
        "USAGE_TYPE" => charge.usage_type.clone(),
        "OPERATION" => charge.operation.to_owned(),
        "RECORD_TYPE" => owned(charge.record_type),
        "REGION" => charge.region.clone(),
        "AZ" => charge.zone.clone().unwrap_or_else(|| owned("NoAZ")),
        "INSTANCE_TYPE" => charge
            .instance_type
            .clone()
            .unwrap_or_else(|| owned("NoInstanceType")),
        "INSTANCE_TYPE_FAMILY" => family().unwrap_or_else(|| owned("NoInstanceTypeFamily")),
        "PURCHASE_TYPE" => owned(charge.purchase_type),
        "LINKED_ACCOUNT" => charge.account.clone(),
        "PAYER_ACCOUNT" => owned(account),
        "BILLING_ENTITY" => owned(if marketplace {
            "AWS Marketplace"
        } else {
            "AWS"
        }),
        "LEGAL_ENTITY_NAME" | "INVOICING_ENTITY" => owned("Amazon Web Services, Inc."),
        "USAGE_TYPE_GROUP" => owned(if charge.unit == "Hrs" && charge.zone.is_some() {
            "EC2: Running Hours"
        } else {
            "NoUsageTypeGroup"
        }),
        "TENANCY" => owned(if charge.zone.is_some() {
            "Shared"
        } else {
            "NoTenancy"
        }),
        "OPERATING_SYSTEM" | "PLATFORM" => owned(if charge.zone.is_some() {
            "Linux/UNIX"
        } else {
            "NoOperatingSystem"
        }),
        "RESOURCE_ID" => charge
            .resource
            .clone()
            .unwrap_or_else(|| owned("NoResourceId")),
        _ => return None,
    };
    Some(value)
}

/// Whether Cost Explorer has the dimension.
fn known_dimension(key: &str) -> bool {
    let probe = Charge::default();
    dimension(key, &probe, "").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_at_most_ten_decimals() {
        for (n, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (12.345_678_901_23, "12.3456789012"),
            (-0.000_000_000_001, "0"),
            (21.957_642, "21.957642"),
        ] {
            assert_eq!(amount(n), text);
        }
    }

    #[test]
    fn dimensions_are_a_closed_set() {
        assert!(known_dimension("SERVICE") && known_dimension("AZ") && !known_dimension("COLOUR"));
    }
}
