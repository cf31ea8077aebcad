//! The rows of the ranking: findings with waste, the largest first, fleets as groups; then findings
//! without waste, one group per rule; or the rows of one rule after its group was opened.

use super::group::{
    by_fleet::{self, FleetMembers},
    by_rule::{self, RuleGroup},
};
use crate::{
    domain::{Record, ResourceKey, Timestamp, UsdPerHour},
    inventory::Inventory,
    rules::Finding,
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The rows and groups of the ranking.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// The rows, the largest waste first.
    pub rows: Vec<Arc<Record>>,
    /// Number of rows without a filter.
    pub total: usize,
    /// The members of fleets shown as one row.
    pub groups: FleetMembers,
    /// The groups of rules, by the key of their row.
    pub alike: HashMap<ResourceKey, Arc<RuleGroup>>,
    /// Exposure of rows without waste.
    pub exposures: HashMap<ResourceKey, UsdPerHour>,
    /// The sum of those.
    pub at_stake: UsdPerHour,
}

type RankedFinding<'a> = (&'a Finding, &'a Arc<Record>);

/// The ranking of all findings that match `holds`. Fleets for which `apart` returns true are not
/// grouped.
pub fn rank(
    inventory: &Inventory,
    holds: impl Fn(&str, Option<&Finding>, &Record) -> bool,
    apart: impl Fn(&ResourceKey) -> bool,
    now: Timestamp,
) -> Ranking {
    let all = inventory.findings().iter().filter_map(|finding| {
        let record = inventory.record(&finding.key)?;
        Some((finding, record))
    });
    let (wasting, others): (Vec<RankedFinding<'_>>, Vec<RankedFinding<'_>>) =
        all.partition(|(finding, _)| finding.is_waste());
    let mut ranked = HashSet::new();
    let wasting: Vec<RankedFinding<'_>> = wasting
        .into_iter()
        .filter(|(finding, _)| ranked.insert(&finding.key))
        .collect();
    // A row stays in the ranking until its operation has a final status, although its waste ends
    // before that.
    let pending = inventory
        .all_pending()
        .filter_map(|(key, pending)| Some((key, pending.was.as_ref()?)))
        .filter(|(key, _)| ranked.insert(key));
    let pending = pending.map(|(_, (rule, record))| (*rule, None, record));
    let all: Vec<_> = wasting
        .iter()
        .map(|(finding, record)| (finding.rule, Some(*finding), *record))
        .chain(pending)
        .collect();
    let matching: Vec<_> = all
        .iter()
        .filter(|(rule, finding, record)| holds(rule, *finding, record))
        .map(|(rule, _, record)| (*rule, *record))
        .collect();
    let (rows, groups) = by_fleet::gather(&matching, apart);
    let mut out = Ranking {
        total: all.len() - matching.len() + rows.len(),
        rows,
        groups,
        ..Ranking::default()
    };
    for (rule, mut findings) in group_by_rule(&others) {
        out.total += 1;
        findings.retain(|(finding, record)| holds(rule, Some(finding), record));
        match findings.as_slice() {
            [] => {}
            // A single row that is not in the ranking yet needs no group.
            [(finding, record)] if ranked.insert(&finding.key) => {
                out.exposures.insert(finding.key.clone(), finding.exposure);
                out.rows.push((*record).clone());
            }
            many => out.add_group(rule, many, inventory, now),
        }
    }
    out.sort();
    out.at_stake = out.exposures.values().copied().sum();
    out
}

/// The findings of each rule, in the order of the first ones.
fn group_by_rule<'a, 'b>(
    findings: &'b [RankedFinding<'a>],
) -> Vec<(&'static str, Vec<&'b RankedFinding<'a>>)> {
    let mut rules: Vec<(&'static str, Vec<&'b RankedFinding<'a>>)> = Vec::new();
    for ranked in findings {
        let rule = ranked.0.rule;
        match rules.iter_mut().find(|(known, _)| *known == rule) {
            Some((_, findings)) => findings.push(ranked),
            None => rules.push((rule, vec![ranked])),
        }
    }
    rules
}

/// The rows of `rule` without waste; empty if it has no such finding.
pub fn of_rule(
    inventory: &Inventory,
    rule: &str,
    holds: impl Fn(&str, Option<&Finding>, &Record) -> bool,
) -> Ranking {
    let mut out = Ranking::default();
    for finding in inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == rule && !finding.is_waste())
    {
        let Some(record) = inventory.record(&finding.key) else {
            continue;
        };
        out.total += 1;
        if holds(rule, Some(finding), record) {
            out.exposures.insert(finding.key.clone(), finding.exposure);
            out.at_stake += finding.exposure;
            out.rows.push(record.clone());
        }
    }
    out
}

impl Ranking {
    /// Adds the findings of `rule` as one row.
    fn add_group(
        &mut self,
        rule: &'static str,
        many: &[&RankedFinding<'_>],
        inventory: &Inventory,
        now: Timestamp,
    ) {
        let mut alike = RuleGroup::new(rule, inventory);
        for (finding, _) in many {
            alike.add(finding);
        }
        alike.sort();
        let key = by_rule::key(rule);
        self.rows.push(Arc::new(alike.record(now)));
        self.groups.insert(
            key.clone(),
            alike
                .members
                .iter()
                .map(|member| member.key.clone())
                .collect(),
        );
        self.exposures.insert(key.clone(), alike.exposure);
        self.alike.insert(key, Arc::new(alike));
    }

    /// Sorts by waste, then rows with waste first, then by exposure, then by name.
    fn sort(&mut self) {
        let exposures = &self.exposures;
        let rank = |record: &Record| {
            let waste = record.head.ranked_waste().0;
            // A row ranked by its exposure counts no waste: its waste is in another row of the
            // ranking.
            match exposures.get(&record.head.key) {
                Some(exposure) => (0.0, false, exposure.0),
                None => (waste, record.head.is_wasting(), waste),
            }
        };
        self.rows.sort_by(|a, b| {
            let (x, y) = (rank(a), rank(b));
            let names = || (&a.head.name, &a.head.key).cmp(&(&b.head.name, &b.head.key));
            y.0.total_cmp(&x.0)
                .then(y.1.cmp(&x.1))
                .then_with(|| y.2.total_cmp(&x.2))
                .then_with(names)
        });
    }
}
