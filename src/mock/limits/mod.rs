//! AWS's request limits: token buckets by account, region and line of `limits.tsv`. They fill in
//! real time, in which clients wait.

use super::{faults::IncomingCall, glob::matches};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A line of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The prefix of IAM actions.
    pub service: &'static str,
    /// A pattern of operations, which share the bucket.
    pub operations: &'static str,
    /// Requests at once.
    pub burst: f64,
    /// Requests a second after that.
    pub per_second: f64,
    /// Who says so.
    pub source: &'static str,
}

/// The lines of `limits.tsv`.
pub fn table() -> impl Iterator<Item = Limit> {
    let lines = include_str!("limits.tsv").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some(Limit {
                service: cells.next()?,
                operations: cells.next()?,
                burst: cells.next()?.parse().ok()?,
                per_second: cells.next()?.parse().ok()?,
                source: cells.next()?,
            })
        })
}

/// Account, region and line.
type BucketKey = (String, String, usize);

/// The buckets of all accounts.
#[derive(Debug)]
pub struct RequestLimits {
    limits: Vec<Limit>,
    buckets: Mutex<HashMap<BucketKey, Bucket>>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            limits: table().collect(),
            buckets: Mutex::default(),
        }
    }
}

impl RequestLimits {
    /// Takes a token for the call; false if its bucket has none. A call without a known limit is
    /// always admitted.
    pub fn admit(&self, incoming: &IncomingCall<'_>, now: Instant) -> bool {
        let service = incoming.service.prefix();
        let limits = self.limits.iter().enumerate();
        let Some((line, limit)) = limits.into_iter().find(|(_, limit)| {
            limit.service == service && matches(limit.operations, incoming.operation)
        }) else {
            return true;
        };
        let key = (
            incoming.account.0.to_owned(),
            incoming.region.to_owned(),
            line,
        );
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket {
            tokens: limit.burst,
            at: now,
        });
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + seconds * limit.per_second).min(limit.burst);
        bucket.at = now;
        let admitted = bucket.tokens >= 1.0;
        if admitted {
            bucket.tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mock::protocol::MockService;
    use std::time::Duration;

    fn admitted(limits: &RequestLimits, region: &str, at: Instant, count: usize) -> usize {
        let incoming = IncomingCall {
            service: MockService::SageMaker,
            operation: "ListTrainingJobs",
            account: ("111122223333", "ml-prod"),
            region,
            resources: &[],
            dry_run: false,
            now: "2026-11-23T08:30:00Z".parse().unwrap(),
        };
        (0..count).filter(|_| limits.admit(&incoming, at)).count()
    }

    #[test]
    fn a_bucket_empties_fills_again_and_belongs_to_one_region() {
        let (limits, start) = (RequestLimits::default(), Instant::now());
        assert_eq!(admitted(&limits, "us-east-1", start, 5), 2);
        assert_eq!(admitted(&limits, "us-west-2", start, 5), 2);
        let later = start + Duration::from_millis(500);
        assert_eq!(admitted(&limits, "us-east-1", later, 5), 1);
        let much_later = start + Duration::from_mins(1);
        assert_eq!(admitted(&limits, "us-east-1", much_later, 5), 2);
    }

    #[test]
    fn every_limit_names_a_known_service_and_its_source() {
        let limits: Vec<Limit> = table().collect();
        let lines = include_str!("limits.tsv").lines();
        assert_eq!(
            limits.len(),
            lines.filter(|line| !line.starts_with('#')).count()
        );
        for limit in limits {
            assert!(MockService::find(limit.service).is_some(), "{limit:?}");
            assert!(limit.source.starts_with("https://"), "{limit:?}");
            assert!(limit.burst >= 1.0 && limit.per_second > 0.0, "{limit:?}");
        }
    }
}
