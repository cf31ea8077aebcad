//! What the configuration says of money: discounts, budgets, tag keys that share the dollars.

use super::Config;
use crate::{
    collectors::{ConfiguredBudget, SpendSettings},
    domain::{Discount, Service, Usd},
};
use serde::Deserialize;
use std::path::PathBuf;

/// Percent less than list.
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
                "`{percent}` is no discount: expected percent, 0 to 100"
            ))
        }
    }
}

/// Dollars of a month.
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
                "`{dollars}` is no budget: expected dollars a month, more than 0"
            ))
        }
    }
}

/// A budget for each account watched, beside those of AWS Budgets.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetConfig {
    /// Its name.
    pub name: String,
    /// US dollars of a calendar month, UTC.
    pub monthly: MonthlyUsd,
    /// On which services; none: on all AI/ML lines.
    #[serde(default)]
    pub services: Vec<Service>,
}

/// The key of a cost allocation tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct TagKey(pub String);

impl TryFrom<String> for TagKey {
    type Error = String;
    fn try_from(key: String) -> Result<Self, String> {
        if key.trim().is_empty() || key.chars().count() > 128 {
            return Err(format!(
                "`{key}` is no tag key: expected 1 to 128 characters"
            ));
        }
        Ok(Self(key))
    }
}

impl Config {
    /// The configured discounts.
    pub fn own_discounts(&self) -> Vec<Discount> {
        let of = |(service, percent): (&Service, &Percent)| Discount {
            service: *service,
            share: percent.0 / 100.0,
            source: "configured".into(),
        };
        self.discounts.iter().map(of).collect()
    }

    /// What the Spend pane is told, with the folder for answers.
    pub fn spending(&self, cache: Option<PathBuf>) -> SpendSettings {
        let budget = |own: &BudgetConfig| ConfiguredBudget {
            name: own.name.as_str().into(),
            monthly: Usd(own.monthly.0),
            services: own.services.clone(),
        };
        let named = |keys: &Vec<TagKey>| keys.iter().map(|key| key.0.clone()).collect();
        SpendSettings {
            discounts: self.own_discounts(),
            budgets: self.budget.iter().map(budget).collect(),
            showback: self
                .showback
                .as_ref()
                .map_or_else(|| SpendSettings::default().showback, named),
            cache,
        }
    }
}
