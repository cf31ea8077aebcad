//! The rows of the ranking: what wastes, the dearest first, siblings together; then what wastes
//! nothing, a row a rule. Or the rows of one rule, when its row was opened.

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

/// What the ranking is made of.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    /// The rows, the dearest first.
    pub rows: Vec<Arc<Record>>,
    /// Rows there would be if none were left out.
    pub total: usize,
    /// Rows that stand for several.
    pub groups: FleetMembers,
    /// What the rows of a rule have in common, by the key of the row that stands for them.
    pub alike: HashMap<ResourceKey, Arc<RuleGroup>>,
    /// What rows without waste are about.
    pub exposures: HashMap<ResourceKey, UsdPerHour>,
    /// The sum of those.
    pub at_stake: UsdPerHour,
}

type RankedFinding<'a> = (&'a Finding, &'a Arc<Record>);

/// The ranking of all findings whose rows `holds` lets through. Members of fleets for which `apart`
/// holds stay apart.
pub fn rank(
    inventory: &Inventory,
    holds: impl Fn(&str, Option<&Finding>, &Record) -> bool,
    apart: impl Fn(&ResourceKey) -> bool,
    now: Timestamp,
) -> Ranking {
    let all: Vec<RankedFinding<'_>> = inventory
        .findings()
        .iter()
        .filter_map(|finding| {
            inventory
                .record(&finding.key)
                .map(|record| (finding, record))
        })
        .collect();
    let (wasting, others): (Vec<RankedFinding<'_>>, Vec<RankedFinding<'_>>) = all
        .into_iter()
        .partition(|(finding, _)| finding.waste.0 > 0.0);
    let mut seen = HashSet::new();
    let wasting: Vec<RankedFinding<'_>> = wasting
        .into_iter()
        .filter(|(finding, _)| seen.insert(&finding.key))
        .collect();
    // What is being stopped wastes nothing any more, and stays as it was until it is settled:
    // nothing vanishes without a trace.
    let fading = inventory
        .all_pending()
        .filter_map(|(key, pending)| Some((key, pending.was.as_ref()?)))
        .filter(|(key, _)| seen.insert(key));
    let fading = fading.map(|(_, (rule, record))| (*rule, None, record));
    let all: Vec<_> = wasting
        .iter()
        .map(|(finding, record)| (finding.rule, Some(*finding), *record))
        .chain(fading)
        .collect();
    let shown: Vec<_> = all
        .iter()
        .filter(|(rule, finding, record)| holds(rule, *finding, record))
        .map(|(rule, _, record)| (*rule, *record))
        .collect();
    let (rows, groups) = by_fleet::gather(&shown, apart);
    let mut out = Ranking {
        total: all.len() - shown.len() + rows.len(),
        rows,
        groups,
        ..Ranking::default()
    };
    let mut rules: Vec<&'static str> = Vec::new();
    for (finding, _) in &others {
        if !rules.contains(&finding.rule) {
            rules.push(finding.rule);
        }
    }
    for rule in rules {
        out.total += 1;
        let mine: Vec<&RankedFinding<'_>> = others
            .iter()
            .filter(|(finding, record)| finding.rule == rule && holds(rule, Some(finding), record))
            .collect();
        match mine.as_slice() {
            [] => {}
            // Alone, and not in the ranking yet: it stands for itself.
            [(finding, record)] if seen.insert(&finding.key) => {
                out.exposures.insert(finding.key.clone(), finding.exposure);
                out.rows.push((*record).clone());
            }
            many => out.put_together(rule, many, inventory, now),
        }
    }
    out.sort();
    out.at_stake = out.exposures.values().copied().sum();
    out
}

/// The rows of `rule` that waste nothing; none if there is no such finding any more.
pub fn of_rule(
    inventory: &Inventory,
    rule: &str,
    holds: impl Fn(&str, Option<&Finding>, &Record) -> bool,
) -> Ranking {
    let mut out = Ranking::default();
    for finding in inventory
        .findings()
        .iter()
        .filter(|finding| finding.rule == rule && finding.waste.0 <= 0.0)
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
    fn put_together(
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

    /// By waste, then by what it is about; names decide between equals.
    fn sort(&mut self) {
        let exposures = &self.exposures;
        let rank = |record: &Record| {
            let waste = record.head.waste.known().map_or(0.0, |waste| waste.0);
            let exposure = exposures.get(&record.head.key).map(|exposure| exposure.0);
            // A row that is here for what it exposes may waste something that another row of the
            // ranking tells.
            (
                if exposure.is_some() { 0.0 } else { waste },
                exposure.unwrap_or(waste),
            )
        };
        self.rows.sort_by(|a, b| {
            let (x, y) = (rank(a), rank(b));
            let names = || (&a.head.name, &a.head.key).cmp(&(&b.head.name, &b.head.key));
            y.0.total_cmp(&x.0)
                .then_with(|| y.1.total_cmp(&x.1))
                .then_with(names)
        });
    }
}
