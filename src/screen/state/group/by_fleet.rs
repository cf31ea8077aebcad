//! Groups rows of the ranking into fleets: the same rule on the same type, with the same owner,
//! under names that differ only in their number. A forgotten fleet of eight is one large row then,
//! not eight small ones.
//!
//! The key of the first member names the group.

use crate::domain::{HourlyCost, Measured, Record, ResourceKey};
use std::{collections::HashMap, sync::Arc};

/// The members of each group of two and more, by the key of its row.
pub type FleetMembers = HashMap<ResourceKey, Vec<ResourceKey>>;

/// `hpo-worker` for `hpo-worker-7`; the whole name if nothing else remains.
fn stem(name: &str) -> &str {
    let stem = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['-', '_', '.', ' ', '#']);
    if stem.is_empty() { name } else { stem }
}

/// The properties that all members of a fleet share.
type Family<'a> = (
    &'static str,
    &'a str,
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    bool,
);

/// Groups `rows`, each given with the rule of its finding; rows for which `apart` holds stay
/// single. The row of a group has the sums of its members, ordered by name.
pub fn gather(
    rows: &[(&'static str, &Arc<Record>)],
    apart: impl Fn(&ResourceKey) -> bool,
) -> (Vec<Arc<Record>>, FleetMembers) {
    let mut families: HashMap<Family<'_>, Vec<&Arc<Record>>> = HashMap::new();
    let mut gathered = Vec::with_capacity(rows.len());
    for (rule, record) in rows {
        let head = &record.head;
        if apart(&head.key) {
            gathered.push((*record).clone());
            continue;
        }
        let unit = head.compute.as_ref().map(|compute| &*compute.unit);
        let family = (
            *rule,
            &*head.key.account,
            &*head.key.region,
            stem(&head.name),
            unit,
            head.owner.as_deref(),
            // Waste at an unknown price is in no sum.
            head.waste_estimate.is_some(),
        );
        families.entry(family).or_default().push(record);
    }
    let mut members = FleetMembers::new();
    for ((.., name, _, _, _), mut family) in families {
        family.sort_by_key(|record| (&record.head.name, &record.head.key));
        match family.as_slice() {
            [one] => gathered.push((*one).clone()),
            many => {
                members.insert(
                    many[0].head.key.clone(),
                    many.iter().map(|record| record.head.key.clone()).collect(),
                );
                gathered.push(Arc::new(sum(name, many)));
            }
        }
    }
    (gathered, members)
}

/// The first of `family`, with the sums of all.
fn sum(name: &str, family: &[&Arc<Record>]) -> Record {
    let mut one = Record::clone(family[0]);
    let head = &mut one.head;
    head.name = format!("{name} ×{}", family.len()).into();
    let known = || family.iter().filter_map(|record| record.head.waste.known());
    if known().next().is_some() {
        head.waste = Measured::Known(known().copied().sum());
    }
    let estimates = || {
        family
            .iter()
            .filter_map(|record| record.head.waste_estimate)
    };
    head.waste_estimate = estimates().next().map(|_| estimates().sum());
    if let Some(compute) = &mut head.compute {
        compute.count = family
            .iter()
            .filter_map(|record| record.head.compute.as_ref())
            .map(|compute| compute.count)
            .sum();
    }
    if let HourlyCost::Priced { quantity, .. } = &mut head.burn {
        let quantities = family.iter().filter_map(|record| match &record.head.burn {
            HourlyCost::Priced { quantity, .. } => Some(*quantity),
            HourlyCost::Nothing(_) | HourlyCost::Unpriced(_) => None,
        });
        *quantity = quantities.sum();
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fleet_stem_drops_a_trailing_number() {
        for (name, expected) in [
            ("hpo-worker-7", "hpo-worker"),
            ("node12", "node"),
            ("rec", "rec"),
            ("123", "123"),
            ("a_1", "a"),
            ("", ""),
        ] {
            assert_eq!(stem(name), expected);
        }
    }
}
