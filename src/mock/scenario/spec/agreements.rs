//! The keys of a scenario about the bill: discounts, commitments, credits, budgets, accounts, list
//! prices that differ.

use super::super::when::ScenarioTime;
use super::{Text, one, table};
use serde::Deserialize;
use toml::Spanned;

/// An offering with a discount or its own list price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DiscountedOffering {
    Ec2,
    SageMaker,
    Bedrock,
}

/// The kind of a discount agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AgreementKind {
    /// Enterprise Discount Program.
    #[default]
    Edp,
    /// Private pricing.
    PrivateRate,
}

table! {
    /// `[[discount]]`
    DiscountSpec {
        service: DiscountedOffering,
        percent: Spanned<f64>,
        #[serde(default)]
        kind: AgreementKind,
    }
}

/// The kind of a Savings Plan.
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
        start: ScenarioTime,
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
        usd_per_hour: Spanned<f64>,
        start: ScenarioTime,
        #[serde(default = "one_year")]
        years: Spanned<u32>,
    }
}

/// A credit or a refund.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CreditRecordType {
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
        at: ScenarioTime,
        until: Option<Spanned<ScenarioTime>>,
        #[serde(default)]
        kind: CreditRecordType,
    }
}

table! {
    /// `[[budget]]`
    BudgetSpec {
        name: Text,
        usd_per_month: Spanned<f64>,
        #[serde(default)]
        services: Vec<String>,
    }
}

table! {
    /// `[[list-price]]`
    ListPriceSpec {
        service: DiscountedOffering,
        r#type: Text,
        component: Option<Text>,
        region: Option<Text>,
        usd: Spanned<f64>,
    }
}

fn one_year() -> Spanned<u32> {
    Spanned::new(0..0, 1)
}
