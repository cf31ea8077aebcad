//! Account aliases, and the filter by region and profile.

use crate::domain::{Record, text::printable};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Aliases of accounts by account id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountAliases(pub BTreeMap<Arc<str>, Arc<str>>);

impl AccountAliases {
    /// The alias of `account`; `None` without one.
    pub fn of(&self, account: &str) -> Option<&Arc<str>> {
        self.0.get(account)
    }

    /// `ml-prod 1111-2222-3333`, or the digits alone.
    pub fn name(&self, account: &str) -> String {
        let digits = Self::grouped(account);
        self.of(account).map_or_else(
            || digits.clone(),
            |alias| format!("{} {digits}", printable(alias)),
        )
    }

    /// `1111-2222-3333`.
    pub fn grouped(account: &str) -> String {
        let digits: Vec<char> = account.chars().collect();
        digits
            .chunks(4)
            .map(|part| part.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join("-")
    }
}

/// Shows rows of these regions and profiles only; an empty set shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisibilityFilter {
    /// Region codes.
    pub regions: BTreeSet<Arc<str>>,
    /// Profile names.
    pub profiles: BTreeSet<Arc<str>>,
}

impl VisibilityFilter {
    /// Whether this row is shown.
    pub fn holds(&self, record: &Record) -> bool {
        (self.regions.is_empty() || self.regions.contains(&record.head.key.region))
            && (self.profiles.is_empty() || self.profiles.contains(&record.head.profile))
    }
    /// Whether every row is shown.
    pub fn is_all(&self) -> bool {
        self.regions.is_empty() && self.profiles.is_empty()
    }
}
