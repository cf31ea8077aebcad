//! Groups findings without waste (untagged, grown, advice) into one row of the ranking for each
//! rule, so that they never bury the waste.

use crate::screen::notices::{details as wording, reasons};
use crate::{
    domain::{
        CommonFields, Compute, Evidence, HourlyCost, Location, Measured, Phase, Record,
        ResourceKey, ResourceKind, State, Tags, Timestamp, UsdPerHour, pane_id::FINDINGS,
    },
    inventory::Inventory,
    rules::Finding,
};
use std::sync::Arc;

/// The kind of a row that groups all findings of a rule.
pub const ALIKE: ResourceKind = ResourceKind(FINDINGS);

/// All findings of a rule without waste.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroup {
    /// The rule.
    pub rule: &'static str,
    /// The resources, the largest exposure first.
    pub members: Vec<RuleGroupMember>,
    /// The sum of their exposures.
    pub exposure: UsdPerHour,
    /// The missing items with their count and exposure, the largest first. Empty for a rule that
    /// names none.
    pub missing: Vec<(String, usize, UsdPerHour)>,
    /// The number of rows that cost something now.
    pub billed: usize,
    /// Their hourly cost.
    pub burn: UsdPerHour,
}

/// One finding of the group.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleGroupMember {
    /// The resource.
    pub key: ResourceKey,
    /// Its name.
    pub name: Arc<str>,
    /// The exposure.
    pub exposure: UsdPerHour,
    /// The message of the finding.
    pub sentence: String,
}

/// Whether `key` is the key of a row that groups all findings of a rule.
pub fn is_alike(key: &ResourceKey) -> bool {
    key.kind == ALIKE
}

/// The key of the row that groups the findings of `rule`.
pub fn key(rule: &str) -> ResourceKey {
    ResourceKey::new(
        &Location {
            profile: "".into(),
            account: "".into(),
            region: "".into(),
        },
        ALIKE,
        rule,
    )
}

impl RuleGroup {
    /// A group without findings.
    pub fn new(rule: &'static str, inventory: &Inventory) -> Self {
        let totals = inventory.totals(None);
        Self {
            rule,
            members: Vec::new(),
            exposure: UsdPerHour::ZERO,
            missing: Vec::new(),
            billed: totals.billed_rows,
            burn: totals.burn,
        }
    }

    /// Adds a finding.
    pub fn add(&mut self, finding: &Finding) {
        self.exposure += finding.exposure;
        for what in finding.missing_tags() {
            let place = self
                .missing
                .iter()
                .position(|(known, ..)| known == what)
                .unwrap_or_else(|| {
                    self.missing.push((what.to_owned(), 0, UsdPerHour::ZERO));
                    self.missing.len() - 1
                });
            if let Some((_, count, exposure)) = self.missing.get_mut(place) {
                *count += 1;
                *exposure += finding.exposure;
            }
        }
        let (key, name) = (finding.key.clone(), finding.name.clone());
        self.members.push(RuleGroupMember {
            key,
            name,
            exposure: finding.exposure,
            sentence: finding.message.clone(),
        });
    }

    /// Sorts by exposure, the largest first.
    pub fn sort(&mut self) {
        self.members.sort_by(|a, b| {
            b.exposure
                .0
                .total_cmp(&a.exposure.0)
                .then_with(|| (&a.name, &a.key).cmp(&(&b.name, &b.key)))
        });
        self.missing.sort_by(|a, b| {
            b.2.0
                .total_cmp(&a.2.0)
                .then_with(|| (b.1, &a.0).cmp(&(a.1, &b.0)))
        });
    }

    /// `41 of 60 rows`, or `3 rows` of a rule that evaluates only some rows.
    pub fn count(&self) -> String {
        let total = (!self.missing.is_empty()).then_some(self.billed);
        wording::rows(self.members.len(), total)
    }

    /// The missing items with count and exposure in a line, else the first member.
    pub fn summary(&self) -> String {
        if !self.missing.is_empty() {
            return self
                .missing
                .iter()
                .map(|(what, count, exposure)| format!("{what} {count} ({exposure})"))
                .collect::<Vec<_>>()
                .join(", ");
        }
        self.members.first().map_or_else(String::new, |first| {
            format!("{}: {}", first.name, first.sentence)
        })
    }

    /// The share of billed rows that are not among `count`.
    pub fn complying(&self, count: usize) -> f64 {
        if self.billed == 0 {
            1.0
        } else {
            1.0 - count as f64 / self.billed.max(count) as f64
        }
    }

    /// The row of the group.
    pub fn record(&self, now: Timestamp) -> Record {
        let head = CommonFields {
            key: key(self.rule),
            profile: "".into(),
            name: self.rule.into(),
            arn: None,
            parent: None,
            state: State::new(Phase::Still, "found"),
            since: None,
            compute: Some(Compute {
                unit: self.count().into(),
                count: 1,
                desired: 1,
            }),
            burn: HourlyCost::Nothing(reasons::rows_are_billed()),
            price_estimate: None,
            history: crate::domain::CostHistory::default(),
            prepaid: None,
            service: None,
            discount: None,
            waste: Measured::Known(UsdPerHour::ZERO),
            waste_estimate: None,
            owner: None,
            tags: Measured::Known(Tags::new()),
            evidence: Evidence::None,
            as_of: None,
            measured_at: None,
            actions: Vec::new(),
            read_at: now,
        };
        Record {
            head,
            own: Vec::new(),
        }
    }
}
