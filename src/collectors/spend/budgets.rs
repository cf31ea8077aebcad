//! The monthly cost budgets of AWS Budgets. Free.

use super::{
    billing_data::BudgetData,
    queries::{QueryResult, number},
};
use crate::aws::Api;
use crate::{
    aws::{Session, fault},
    domain::{Fault, FaultKind},
};
use aws_sdk_budgets::types::{Budget, BudgetType, Spend, TimeUnit};

const OPERATION: Api = Api::BudgetsDescribeBudgets;
/// Most pages read, of 100.
const PAGES: usize = 10;

/// The monthly cost budgets of the session's account.
pub(super) async fn ask(session: &Session) -> QueryResult<Vec<BudgetData>> {
    let account = session.place.account.as_ref();
    if account == "-" {
        return Err(Fault::new(
            FaultKind::Unavailable,
            OPERATION,
            "the account is not known",
        ));
    }
    let mut pages = session
        .budgets
        .describe_budgets()
        .account_id(account)
        .max_results(100)
        .into_paginator()
        .send();
    let mut budgets = Vec::new();
    for _ in 0..PAGES {
        match pages.next().await {
            Some(Ok(page)) => budgets.extend(page.budgets().iter().filter_map(budget)),
            Some(Err(error)) => return Err(fault::from_sdk(Api::BudgetsDescribeBudgets, &error)),
            None => break,
        }
    }
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
    })
}
