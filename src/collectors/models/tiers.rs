//! Which models were called, and at which service tiers, by the dimensions of their metrics.

use super::item::TierSet;
use crate::{aws::metrics::Dimension, pricing::Tier};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The kind of ARN under which provisioned throughput is called: another pane has it.
const PROVISIONED: &str = ":provisioned-model/";

/// By model id.
pub(super) type TiersOf = HashMap<Arc<str>, Vec<TierSet>>;

/// The ids called, and at which tiers besides the standard one. AWS documents the metrics of tiers
/// under `ModelId`, `ServiceTier` and `ResolvedServiceTier`, the tier that served the request;
/// sets without the last one are read where there are none with it. A set with any other dimension
/// repeats a part of the same tokens.
pub(super) fn called_models(sets: &[Vec<Dimension>]) -> (BTreeSet<Arc<str>>, TiersOf) {
    let (mut ids, mut resolved, mut requested) = (BTreeSet::new(), TiersOf::new(), TiersOf::new());
    for dims in sets {
        let dim = |wanted: &str| {
            dims.iter()
                .find(|(name, _)| name.as_ref() == wanted)
                .map(|(_, value)| value)
        };
        let Some(id) = dim("ModelId").filter(|id| !id.contains(PROVISIONED)) else {
            continue;
        };
        let (tier, into) = match (dims.len(), dim("ServiceTier"), dim("ResolvedServiceTier")) {
            (1, ..) => {
                ids.insert(id.clone());
                continue;
            }
            (2 | 3, _, Some(tier)) => (tier, &mut resolved),
            (2, Some(tier), None) => (tier, &mut requested),
            _ => continue,
        };
        let tier = match tier.as_ref() {
            "flex" => Some(Tier::Flex),
            "priority" => Some(Tier::Priority),
            // Bought by the tokens a minute for a month or three.
            "reserved" => None,
            _ => continue,
        };
        let sets = into.entry(id.clone()).or_default();
        sets.push(TierSet {
            tier,
            dims: dims.clone(),
        });
    }
    requested.extend(resolved);
    (ids, requested)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dimension sets of AWS's page on service tiers.
    #[test]
    fn the_tier_that_served_counts() {
        let set = |dims: &[(&str, &str)]| -> Vec<Dimension> {
            dims.iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect()
        };
        let (nova, llama) = (
            ("ModelId", "amazon.nova-pro-v1:0"),
            ("ModelId", "meta.llama3"),
        );
        let sets = [
            set(&[nova]),
            set(&[llama]),
            set(&[nova, ("ServiceTier", "priority")]),
            set(&[
                nova,
                ("ServiceTier", "priority"),
                ("ResolvedServiceTier", "default"),
            ]),
            set(&[
                nova,
                ("ServiceTier", "flex"),
                ("ResolvedServiceTier", "flex"),
            ]),
            set(&[
                nova,
                ("ServiceTier", "reserved"),
                ("ResolvedServiceTier", "reserved"),
            ]),
            set(&[llama, ("ServiceTier", "priority")]),
            set(&[
                llama,
                ("ServiceTier", "priority"),
                ("ContextWindow", "200k"),
            ]),
        ];
        let (ids, tiers) = called_models(&sets);
        assert_eq!(ids.len(), 2);
        let of = |id: &str| tiers[id].iter().map(|set| set.tier).collect::<Vec<_>>();
        assert_eq!(of("amazon.nova-pro-v1:0"), [Some(Tier::Flex), None]);
        assert_eq!(of("meta.llama3"), [Some(Tier::Priority)]);
    }
}
