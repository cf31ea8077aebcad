//! Configuration of money: discounts, budgets and showback tags.

use super::Config;
use crate::{
    collectors::{ConfiguredBudget, SpendSettings},
    domain::{Discount, Service, Usd},
};
use serde::Deserialize;
use std::path::PathBuf;

/// A discount off the list price, 0 to 100 percent.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(pub f64);

impl TryFrom<f64> for Percent {
    type Error = String;
    fn try_from(percent: f64) -> Result<Self, String> {
        if (0.0..=100.0).contains(&percent) {
            Ok(Self(percent))
        } else {
            Err(format!(
                "`{percent}` is not a discount: expected percent, 0 to 100"
            ))
        }
    }
}

/// US dollars a calendar month, above zero.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct MonthlyUsd(pub f64);

impl TryFrom<f64> for MonthlyUsd {
    type Error = String;
    fn try_from(dollars: f64) -> Result<Self, String> {
        if dollars.is_finite() && dollars > 0.0 {
            Ok(Self(dollars))
        } else {
            Err(format!(
                "`{dollars}` is not a budget: expected dollars a month, more than 0"
            ))
        }
    }
}

/// A budget of each watched account, in addition to those of AWS Budgets.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetConfig {
    /// Name on the screen.
    pub name: String,
    /// US dollars a calendar month (UTC).
    pub monthly: MonthlyUsd,
    /// Services it covers. Empty: all AI/ML services.
    #[serde(default)]
    pub services: Vec<Service>,
}

/// The key of a cost allocation tag, 1 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TagKey(pub String);

impl TryFrom<String> for TagKey {
    type Error = String;
    fn try_from(key: String) -> Result<Self, String> {
        if key.trim().is_empty() || key.chars().count() > 128 {
            return Err(format!(
                "`{key}` is not a tag key: expected 1 to 128 characters"
            ));
        }
        Ok(Self(key))
    }
}

impl Config {
    /// The discounts of `[discounts]`, as shares of the list price.
    pub fn configured_discounts(&self) -> Vec<Discount> {
        let discount = |(service, percent): (&Service, &Percent)| Discount {
            service: *service,
            share: percent.0 / 100.0,
            source: "configured".into(),
        };
        self.discounts.iter().map(discount).collect()
    }

    /// Settings of the Spend pane; `cache` is the folder of cached Cost Explorer answers.
    pub fn spend_settings(&self, cache: Option<PathBuf>) -> SpendSettings {
        let budget = |budget: &BudgetConfig| ConfiguredBudget {
            name: budget.name.as_str().into(),
            monthly: Usd(budget.monthly.0),
            services: budget.services.clone(),
        };
        let keys = |keys: &Vec<TagKey>| keys.iter().map(|key| key.0.clone()).collect();
        SpendSettings {
            discounts: self.configured_discounts(),
            budgets: self.budget.iter().map(budget).collect(),
            showback: self
                .showback
                .as_ref()
                .map_or_else(|| SpendSettings::default().showback, keys),
            cache,
        }
    }
}
