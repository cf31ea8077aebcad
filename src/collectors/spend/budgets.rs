//! The monthly cost budgets of AWS Budgets. Free.

use super::{billing_data::BudgetData, cost_explorer::number};
use crate::aws::Api;
use crate::{
    aws::{Session, paging::read_pages},
    domain::{Fault, FaultKind, UNKNOWN_ACCOUNT},
};
use aws_sdk_budgets::types::{Budget, BudgetType, Dimension, Expression, Spend, TimeUnit};

const OPERATION: Api = Api::BudgetsDescribeBudgets;

/// The monthly cost budgets of the session's account.
pub(super) async fn ask(session: &Session) -> Result<Vec<BudgetData>, Fault> {
    let account = session.place.account.as_ref();
    if account == UNKNOWN_ACCOUNT {
        return Err(Fault::new(
            FaultKind::Unavailable,
            OPERATION,
            "the account is not known",
        ));
    }
    let pages = session
        .budgets
        .describe_budgets()
        .account_id(account)
        .max_results(100)
        .show_filter_expression(true)
        .into_paginator()
        .send();
    let mut budgets = Vec::new();
    read_pages(OPERATION, pages, |page| {
        budgets.extend(page.budgets().iter().filter_map(budget));
    })
    .await?;
    Ok(budgets)
}

/// Budgets of usage, of commitments and of other lengths of time have no monthly sum to cross.
fn budget(budget: &Budget) -> Option<BudgetData> {
    if *budget.budget_type() != BudgetType::Cost || *budget.time_unit() != TimeUnit::Monthly {
        return None;
    }
    let usd = |spend: Option<&Spend>| number(spend.map(Spend::amount));
    let spend = budget.calculated_spend();
    Some(BudgetData {
        name: budget.budget_name().to_owned(),
        limit: usd(budget.budget_limit())?,
        spent: usd(spend.and_then(|spend| spend.actual_spend()))?,
        forecast: usd(spend.and_then(|spend| spend.forecasted_spend())),
        services: services(budget),
        currency: budget
            .budget_limit()
            .map_or_else(String::new, |limit| limit.unit().to_owned()),
    })
}

/// The services that the budget's filters name, old (`CostFilters`) and new (`FilterExpression`).
fn services(budget: &Budget) -> Vec<String> {
    #[expect(
        deprecated,
        reason = "budgets made before filter expressions have these"
    )]
    let old = budget
        .cost_filters()
        .and_then(|filters| filters.get("Service"));
    let mut services = old.cloned().unwrap_or_default();
    if let Some(expression) = budget.filter_expression() {
        named_services(expression, &mut services);
    }
    services
}

/// Adds the services that `expression` names. Skips `Not`, which excludes services.
fn named_services(expression: &Expression, services: &mut Vec<String>) {
    let parts = expression.or().iter().chain(expression.and());
    parts.for_each(|part| named_services(part, services));
    if let Some(filter) = expression.dimensions()
        && *filter.key() == Dimension::Service
    {
        services.extend_from_slice(filter.values());
    }
}
