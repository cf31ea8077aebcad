//! The readings of one query, and when it was asked.

use super::{MetricQuery, Priority, ring::Ring};
use crate::domain::{Timestamp, UsdPerHour};
use sha2::{Digest, Sha256};

/// A query in a region: the start of the hash of all that makes it this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct QueryId(pub(super) [u8; 16]);

impl QueryId {
    pub(super) fn new(region: &str, query: &MetricQuery, period: u32) -> Self {
        let mut digest = Sha256::new();
        let dims = query.dims.iter().flat_map(|(name, value)| [name, value]);
        let names = [&query.namespace, &query.metric].into_iter().chain(dims);
        for part in [region, query.stat]
            .into_iter()
            .chain(names.map(AsRef::as_ref))
        {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(period.to_le_bytes());
        let mut id = [0; 16];
        id.copy_from_slice(&digest.finalize()[..16]);
        Self(id)
    }
}

/// The readings of one query. Places count periods since the epoch.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) ring: Ring,
    pub(super) period: u32,
    pub(super) priority: Priority,
    /// The places that were asked for.
    pub(super) known: std::ops::Range<i64>,
    /// When it was asked; `None`: never.
    pub(super) read: Option<Timestamp>,
    /// The moment from which its interval counts: as `read`, but earlier where others go first.
    pub(super) asked: Option<Timestamp>,
    /// Points of a shorter period continue it: it is not asked again.
    pub(super) is_folded: bool,
    /// When somebody needed it.
    pub(super) needed: Timestamp,
    /// Most places that somebody needs.
    pub(super) window: i64,
}

impl Entry {
    /// Nothing asked yet.
    pub(super) fn new(period: u32, burn: UsdPerHour, needed: Timestamp) -> Self {
        Self {
            ring: Ring::new(period),
            period,
            priority: Priority {
                burn,
                rounds: 1,
                turn: (0, 1),
            },
            known: 0..0,
            read: None,
            asked: None,
            is_folded: false,
            needed,
            window: 0,
        }
    }
}

/// The place of the period that holds `at`.
pub(super) fn place(at: Timestamp, period: u32) -> i64 {
    at.as_second().div_euclid(i64::from(period.max(1)))
}

/// The reading of `count` places from `begin` on as one; `None` without any.
pub(super) fn fold(ring: &Ring, begin: i64, count: i64, stat: &str) -> Option<f64> {
    let known: Vec<f64> = (begin..begin + count)
        .filter_map(|at| ring.get(at))
        .collect();
    if known.is_empty() {
        return None;
    }
    Some(match stat {
        "Sum" => known.iter().sum(),
        "Maximum" => known.iter().copied().fold(f64::MIN, f64::max),
        _ => known.iter().sum::<f64>() / known.len() as f64,
    })
}
