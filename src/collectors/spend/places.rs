//! Where the AI/ML dollars of an organization burn: one request to Cost Explorer, by linked account
//! and region, so that the dearest places are read first.

use super::{
    cost_explorer::{
        COST, PageBudget, QueryError, Question, amount, ask, days, dimensions, ordinary,
    },
    scope,
};
use crate::{
    aws::{Api, Session, convert::time::add_seconds},
    collectors::shared::answer_cache::AnswerCache,
    domain::{Fault, FaultKind, Timestamp},
};
use aws_sdk_costexplorer::types::{Granularity, ResultByTime};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

/// Days of the bill: a weekend, and the Friday before it on a Monday.
const DAYS: i64 = 3;
const DAY: i64 = 86_400;
/// Most pages: a page has 1,000 places a month.
const MAX_PAGES: usize = 2;
/// Seconds until the same request is sent again, as for the rest of the bill.
const KEPT: i64 = 6 * 3_600;
/// The region of costs that belong to none.
const NO_REGION: [&str; 3] = ["global", "NoRegion", ""];

/// A linked account in a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceCost {
    /// The account.
    pub account: Arc<str>,
    /// The region code.
    pub region: Arc<str>,
    /// Dollars of the last days.
    pub usd: f64,
}

/// The stored answer.
#[derive(Serialize, Deserialize)]
struct KnownPlaces {
    at: i64,
    places: Vec<PlaceCost>,
}

/// The places with AI/ML dollars in the last days, the dearest first; `cache` is the folder of
/// stored answers.
pub async fn dearest_places(
    session: &Session,
    now: Timestamp,
    cache: Option<&Path>,
) -> Result<Vec<PlaceCost>, Fault> {
    let cache = cache.and_then(|folder| AnswerCache::new(folder, "places", session));
    let known = cache.as_ref().and_then(AnswerCache::read::<KnownPlaces>);
    let is_fresh = |known: &KnownPlaces| (0..KEPT).contains(&(now.as_second() - known.at));
    if let Some(known) = known.filter(|known| is_fresh(&known.data)) {
        return Ok(known.data.places);
    }
    let places = request(session, now).await?;
    if let Some(cache) = cache {
        cache.write(&KnownPlaces {
            at: now.as_second(),
            places: places.clone(),
        });
    }
    Ok(places)
}

async fn request(session: &Session, now: Timestamp) -> Result<Vec<PlaceCost>, Fault> {
    let question = Question {
        period: days(add_seconds(now, -DAYS * DAY), add_seconds(now, DAY))?,
        granularity: Granularity::Monthly,
        metrics: vec![COST],
        groups: dimensions(["LINKED_ACCOUNT", "REGION"]),
        filter: ordinary(Some(scope::of_services(&BTreeSet::new()))),
        pages: MAX_PAGES,
    };
    let read = ask(session, &PageBudget::new(MAX_PAGES), &question).await;
    let read = read.map_err(|error| match error {
        QueryError::Fault(fault) => fault,
        QueryError::Postponed => Fault::new(
            FaultKind::Incomplete,
            Api::CeGetCostAndUsage,
            error.to_string(),
        ),
    })?;
    let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
    for group in read.steps.iter().flat_map(ResultByTime::groups) {
        let ([account, region], Some(usd)) = (group.keys(), amount(group.metrics(), COST)) else {
            continue;
        };
        *sums.entry((account.clone(), region.clone())).or_default() += usd;
    }
    Ok(in_order(sums))
}

/// The places of regions with dollars, the dearest first.
fn in_order(sums: BTreeMap<(String, String), f64>) -> Vec<PlaceCost> {
    let is_place = |((_, region), usd): &((String, String), f64)| {
        *usd > 0.0 && !NO_REGION.contains(&region.as_str())
    };
    let places = sums.into_iter().filter(is_place);
    let mut places: Vec<PlaceCost> = places
        .map(|((account, region), usd)| PlaceCost {
            account: account.into(),
            region: region.into(),
            usd,
        })
        .collect();
    places.sort_by(|a, b| b.usd.total_cmp(&a.usd));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_by_dollars_and_have_a_region() {
        let sums = [
            (("1", "us-east-1"), 3.0),
            (("1", "global"), 90.0),
            (("2", "sa-east-1"), 40.0),
            (("3", "us-east-1"), 0.0),
        ];
        let sums = sums.map(|((account, region), usd)| ((account.into(), region.into()), usd));
        let places = in_order(sums.into());
        let places: Vec<(&str, &str)> = places
            .iter()
            .map(|place| (&*place.account, &*place.region))
            .collect();
        assert_eq!(places, [("2", "sa-east-1"), ("1", "us-east-1")]);
    }
}
