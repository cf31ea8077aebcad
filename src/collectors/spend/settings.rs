//! Settings of the Spend pane: discounts, budgets and tag keys of the configuration, and the folder
//! of stored answers.

use crate::domain::{Discount, Service, Usd};
use std::{path::PathBuf, sync::Arc};

/// Settings of the Spend pane from the configuration.
#[derive(Clone, Debug)]
pub struct SpendSettings {
    /// Discounts that override those inferred from the bill.
    pub discounts: Vec<Discount>,
    /// Budgets beside those of AWS Budgets.
    pub budgets: Vec<ConfiguredBudget>,
    /// Tag keys whose values share the dollars.
    pub showback: Vec<String>,
    /// The folder of answers from one run to the next; `None`: answers are not stored.
    pub cache: Option<PathBuf>,
}

impl Default for SpendSettings {
    fn default() -> Self {
        Self {
            discounts: Vec::new(),
            budgets: Vec::new(),
            showback: vec!["team".to_owned()],
            cache: None,
        }
    }
}

/// A budget of the configuration, for each account that is watched.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfiguredBudget {
    /// Its name.
    pub name: Arc<str>,
    /// Limit in dollars for a calendar month, UTC.
    pub monthly: Usd,
    /// On which services; none: on all that spendtop explains.
    pub services: Vec<Service>,
}
