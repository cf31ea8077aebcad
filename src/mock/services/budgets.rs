//! AWS Budgets: monthly cost budgets, read only.

use super::{Answer, Context, Operations};
use crate::{
    domain::Timestamp,
    mock::{
        billing::{BillingPeriod, BudgetStatus, settled_until},
        protocol::{Failure, Value, error, value::fields},
        simulation::after,
    },
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[("DescribeBudgets", list)];

/// Checks that the request names the caller's account.
fn account(context: &Context<'_>) -> Result<(), Failure> {
    let requested = context.input.need_text("AccountId")?;
    if requested.len() != 12 || !requested.bytes().all(|b| b.is_ascii_digit()) {
        return Err(context.input.invalid(
            "AccountId",
            r"Member must satisfy regular expression pattern: \d{12}",
        ));
    }
    if requested != context.simulation().account.id {
        return error::refuse(
            "AccessDeniedException",
            format!("Account {requested} is not authorized for this action"),
        );
    }
    Ok(())
}

fn list(context: &Context<'_>) -> Answer {
    account(context)?;
    let simulation = context.simulation();
    let charges = |from, to| context.family_charges(&simulation, (from, to), BillingPeriod::Day);
    let budgets = simulation.budgets(context.now, charges);
    let page = context.page(budgets, ("NextToken", "MaxResults"), 100, |one| {
        one.name.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| budget(one, context.now))
        .collect();
    Ok(fields! { "Budgets": items, "NextToken": page.next })
}

fn dollars(usd: f64) -> Value {
    fields! { "Amount": format!("{usd:.3}"), "Unit": "USD" }
}

fn budget(one: &BudgetStatus, now: Timestamp) -> Value {
    let start = BillingPeriod::Month.start_of(now);
    let filters = if one.services.is_empty() {
        Value::Entries(Vec::new())
    } else {
        Value::Entries(vec![("Service".into(), Value::from(one.services.clone()))])
    };
    fields! {
        "BudgetName": &one.name,
        "BudgetLimit": fields! { "Amount": format!("{:.1}", one.limit), "Unit": "USD" },
        "CostFilters": filters,
        "CostTypes": fields! {
            "IncludeTax": false,
            "IncludeSubscription": true,
            "UseBlended": false,
            "IncludeRefund": false,
            "IncludeCredit": false,
            "IncludeUpfront": true,
            "IncludeRecurring": true,
            "IncludeOtherSubscription": true,
            "IncludeSupport": true,
            "IncludeDiscount": true,
            "UseAmortized": false,
        },
        "TimeUnit": "MONTHLY",
        "TimePeriod": fields! {
            "Start": BillingPeriod::Month.start_of(after(start, -86_400.0)),
            "End": default_end(),
        },
        "CalculatedSpend": fields! {
            "ActualSpend": dollars(one.actual),
            "ForecastedSpend": one.forecast.map(dollars),
        },
        "BudgetType": "COST",
        "LastUpdatedTime": settled_until(now),
        "HealthStatus": fields! { "Status": "HEALTHY" },
    }
}

/// The end that AWS reports for a budget without one: 2087-06-15.
fn default_end() -> Timestamp {
    Timestamp::from_second(3_706_473_600).unwrap_or(Timestamp::MAX)
}
