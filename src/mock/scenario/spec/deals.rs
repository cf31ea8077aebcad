//! The words of a scenario about the bill: discounts, commitments, credits, budgets, accounts, list
//! prices that differ.
//!
//! Must not know how they are applied; what goes beyond one field is checked in `check_deals`.

use super::super::when::When;
use super::{Text, one, table};
use serde::Deserialize;
use toml::Spanned;

/// What is sold at a discount or at another price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sold {
    Ec2,
    SageMaker,
    Bedrock,
}

/// How a discount was agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Agreed {
    /// Enterprise Discount Program.
    #[default]
    Edp,
    /// Private pricing.
    PrivateRate,
}

table! {
    /// `[[discount]]`
    DiscountSpec {
        service: Sold,
        percent: Spanned<f64>,
        #[serde(default)]
        kind: Agreed,
    }
}

/// What a Savings Plan covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PlanKind {
    SageMaker,
    Compute,
}

table! {
    /// `[[savings-plan]]`
    PlanSpec {
        r#type: PlanKind,
        commitment: Spanned<f64>,
        percent: Spanned<f64>,
        began: When,
        #[serde(default = "one_year")]
        years: Spanned<u32>,
    }
}

table! {
    /// `[[reservation]]`
    ReservationSpec {
        r#type: Text,
        region: Option<Text>,
        #[serde(default = "one")]
        count: Spanned<u32>,
        hourly: Spanned<f64>,
        began: When,
        #[serde(default = "one_year")]
        years: Spanned<u32>,
    }
}

/// What is given back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CreditKind {
    #[default]
    Credit,
    Refund,
}

table! {
    /// `[[credit]]`
    CreditSpec {
        service: String,
        usage_type: Option<String>,
        usd: Spanned<f64>,
        at: When,
        until: Option<Spanned<When>>,
        #[serde(default)]
        kind: CreditKind,
    }
}

table! {
    /// `[[budget]]`
    BudgetSpec {
        name: Text,
        monthly: Spanned<f64>,
        #[serde(default)]
        services: Vec<String>,
    }
}

table! {
    /// `[[linked-account]]`
    LinkedSpec {
        id: Text,
        name: String,
    }
}

table! {
    /// `[[list-price]]`
    ListPriceSpec {
        service: Sold,
        r#type: Text,
        component: Option<Text>,
        region: Option<Text>,
        usd: Spanned<f64>,
    }
}

fn one_year() -> Spanned<u32> {
    Spanned::new(0..0, 1)
}
