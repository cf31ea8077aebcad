//! GetReservationCoverage and GetReservationUtilization, of EC2.

use super::super::{Answer, Context};
use super::{
    amount, expression, invalid,
    period::{self, Period, format_time},
};
use crate::mock::{
    billing::{BillingPeriod, Charge},
    protocol::{Failure, Value, value::fields},
};

const EC2: &str = "Amazon Elastic Compute Cloud - Compute";

type Parts = Vec<(Period, Vec<Charge>)>;

/// The requested periods, each with EC2's charges that match the filter.
fn charges(context: &Context<'_>) -> Result<(Parts, Vec<Charge>), Failure> {
    let requested = period::period(context)?;
    let step = if context.input.has("Granularity") {
        period::granularity(context)?
    } else {
        BillingPeriod::Month
    };
    if step == BillingPeriod::Hour {
        return invalid("Granularity should be either 'MONTHLY' or 'DAILY'");
    }
    if context.input.has("GroupBy") {
        return invalid("Reservations are not grouped here: leave GroupBy out");
    }
    let simulation = context.simulation();
    let filter = context
        .input
        .child("Filter")?
        .map(|filter| expression::read(&filter))
        .transpose()?;
    let mut all = simulation.charges(
        requested.start,
        requested.end,
        BillingPeriod::Day,
        context.now,
    );
    let passes = |charge: &Charge| {
        filter
            .as_ref()
            .is_none_or(|filter| filter.matches(charge, &simulation.account.id))
    };
    all.retain(|charge| charge.service == EC2 && passes(charge));
    let parts = step
        .parts(requested.start, requested.end)
        .into_iter()
        .map(|(start, end)| {
            let inside = all
                .iter()
                .filter(|charge| charge.at >= start && charge.at < end)
                .cloned()
                .collect();
            (
                Period {
                    start,
                    end,
                    hours: false,
                },
                inside,
            )
        })
        .collect();
    Ok((parts, all))
}

fn when(period: Period) -> Value {
    fields! {
        "Start": format_time(period.start, BillingPeriod::Day),
        "End": format_time(period.end, BillingPeriod::Day),
    }
}

fn share(part: f64, whole: f64) -> String {
    amount(if whole > 0.0 {
        part / whole * 100.0
    } else {
        0.0
    })
}

/// `GetReservationCoverage`: instance-hours on reservations, of all but spot.
pub(super) fn coverage(context: &Context<'_>) -> Answer {
    let (parts, all) = charges(context)?;
    let node = |charges: &[Charge]| {
        let hours = |record: &str| -> f64 {
            let counts = |charge: &&Charge| {
                charge.record_type == record
                    && charge.unit == "Hrs"
                    && charge.purchase_type != "Spot Instances"
            };
            charges
                .iter()
                .filter(counts)
                .map(|charge| charge.quantity)
                .sum()
        };
        let reserved = hours("DiscountedUsage");
        let on_demand = hours("Usage") + hours("SavingsPlanCoveredUsage");
        let cost: f64 = charges
            .iter()
            .filter(|charge| charge.record_type == "Usage")
            .map(|charge| charge.usd)
            .sum();
        fields! {
            "CoverageHours": fields! {
                "OnDemandHours": amount(on_demand),
                "ReservedHours": amount(reserved),
                "TotalRunningHours": amount(on_demand + reserved),
                "CoverageHoursPercentage": share(reserved, on_demand + reserved),
            },
            "CoverageCost": fields! { "OnDemandCost": amount(cost) },
        }
    };
    let by_time: Vec<Value> = parts
        .iter()
        .map(|(period, charges)| {
            fields! {
                "TimePeriod": when(*period),
                "Groups": Value::List(Vec::new()),
                "Total": node(charges),
            }
        })
        .collect();
    Ok(fields! { "CoveragesByTime": by_time, "Total": node(&all) })
}

/// `GetReservationUtilization`: the share of purchased hours that is used.
pub(super) fn utilization(context: &Context<'_>) -> Answer {
    let (parts, all) = charges(context)?;
    let simulation = context.simulation();
    let node = |charges: &[Charge],
                period: (crate::domain::Timestamp, crate::domain::Timestamp)| {
        let of = |record: &str, value: fn(&Charge) -> f64| -> f64 {
            charges
                .iter()
                .filter(|charge| charge.record_type == record)
                .map(value)
                .sum()
        };
        let bought = simulation.reserved_hours(period.0, period.1, context.now);
        let used = of("DiscountedUsage", |charge| charge.quantity);
        let paid = of("DiscountedUsage", |charge| charge.amortized);
        let unused = of("RIFee", |charge| charge.amortized);
        let list: f64 = charges
            .iter()
            .filter(|charge| charge.record_type == "DiscountedUsage")
            .map(|charge| charge.quantity * simulation.on_demand_rate(charge))
            .sum();
        fields! {
            "UtilizationPercentage": share(used, bought),
            "PurchasedHours": amount(bought),
            "TotalActualHours": amount(used),
            "UnusedHours": amount((bought - used).max(0.0)),
            "OnDemandCostOfRIHoursUsed": amount(list),
            "NetRISavings": amount(list - paid - unused),
            "AmortizedUpfrontFee": "0",
            "AmortizedRecurringFee": amount(paid + unused),
            "TotalAmortizedFee": amount(paid + unused),
        }
    };
    let by_time: Vec<Value> = parts
        .iter()
        .map(|(period, charges)| {
            let total = node(charges, (period.start, period.end));
            fields! {
                "TimePeriod": when(*period),
                "Groups": Value::List(Vec::new()),
                "Total": total,
            }
        })
        .collect();
    let requested = period::period(context)?;
    Ok(fields! {
        "UtilizationsByTime": by_time,
        "Total": node(&all, (requested.start, requested.end)),
    })
}
