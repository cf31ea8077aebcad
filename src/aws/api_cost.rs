//! The cost of watching: counts every request, adds up those that AWS charges for, and stops
//! undeclared ones. Refuses empty answers.

use super::api::{self, Api};
use crate::domain::{ApiUse, UNKNOWN_ACCOUNT, Usd};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef,
                BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
            },
        },
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Price of a Cost Explorer request: each page is one.
pub(super) const COST_EXPLORER_MICRO_USD: u64 = 10_000;
/// Price of a metric in a GetMetricData request of CloudWatch.
pub(super) const METRIC_MICRO_USD: u64 = 10;

/// Counts requests and their price by account, and keeps undeclared ones from being sent. Clones
/// share one count.
#[derive(Clone, Debug)]
pub struct ApiCostMeter {
    counts: Arc<Counts>,
    account: Arc<str>,
}

#[derive(Debug)]
struct Counts {
    since: Instant,
    uses: Mutex<Uses>,
    called: Mutex<BTreeSet<Api>>,
}

/// The requests by account and operation.
type Uses = BTreeMap<(Arc<str>, Option<Api>), Use>;

/// The requests of one operation for one account.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    requests: u64,
    micro_usd: u64,
}

impl Default for ApiCostMeter {
    fn default() -> Self {
        let counts = Counts {
            since: Instant::now(),
            uses: Mutex::default(),
            called: Mutex::default(),
        };
        Self {
            counts: Arc::new(counts),
            account: UNKNOWN_ACCOUNT.into(),
        }
    }
}

impl ApiCostMeter {
    /// The same meter, for requests of `account`.
    #[must_use]
    pub fn of_account(&self, account: &Arc<str>) -> Self {
        Self {
            counts: self.counts.clone(),
            account: account.clone(),
        }
    }

    /// Requests sent so far, each retry counted.
    pub fn requests(&self) -> u64 {
        self.uses().values().map(|one| one.requests).sum()
    }

    /// The price of these requests: Cost Explorer $0.01 a request, GetMetricData $0.01 per 1,000
    /// metrics. Refused requests count too, so this is an upper bound.
    pub fn dollars(&self) -> Usd {
        let micro_usd: u64 = self.uses().values().map(|one| one.micro_usd).sum();
        Usd(micro_usd as f64 / 1e6)
    }

    /// The requests of the account of this meter, by operation, and seconds since it was made.
    pub fn account_use(&self) -> (Vec<ApiUse>, f64) {
        let all = self.uses_by_account().into_iter();
        let own = all.filter(|(account, _)| **account == *self.account);
        let calls = own.map(|(_, one)| one).collect();
        (calls, self.counts.since.elapsed().as_secs_f64())
    }

    /// The requests of all accounts, by account and operation.
    pub fn uses_by_account(&self) -> Vec<(String, ApiUse)> {
        let uses = self.uses();
        let calls = uses.iter().filter_map(|((account, api), one)| {
            let one = ApiUse {
                operation: (*api)?.iam_action(),
                requests: one.requests,
                cost: Usd(one.micro_usd as f64 / 1e6),
            };
            Some((account.to_string(), one))
        });
        calls.collect()
    }

    /// Whether requests of `other` count here too.
    pub fn shares_count(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.counts, &other.counts)
    }

    /// The operations called so far.
    pub fn called(&self) -> BTreeSet<Api> {
        let called = self.counts.called.lock();
        called.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds the price of a GetMetricData request for `metrics` metrics.
    pub(super) fn add_metrics(&self, metrics: usize) {
        self.add(
            Some(Api::CloudWatchGetMetricData),
            Use {
                requests: 0,
                micro_usd: METRIC_MICRO_USD.saturating_mul(metrics as u64),
            },
        );
    }

    fn add_request(&self, api: Option<Api>) {
        let is_billed = api.is_some_and(Api::is_billed);
        let micro_usd = if is_billed {
            COST_EXPLORER_MICRO_USD
        } else {
            0
        };
        self.add(
            api,
            Use {
                requests: 1,
                micro_usd,
            },
        );
    }

    fn add(&self, api: Option<Api>, more: Use) {
        let mut uses = self.uses();
        let one = uses.entry((self.account.clone(), api)).or_default();
        one.requests += more.requests;
        one.micro_usd += more.micro_usd;
    }

    fn uses(&self) -> MutexGuard<'_, Uses> {
        let uses = self.counts.uses.lock();
        uses.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The operation that a request of the SDK calls.
fn operation(cfg: &ConfigBag) -> Option<Api> {
    let metadata = cfg.load::<Metadata>()?;
    Api::find(metadata.service(), metadata.name())
}

impl Intercept for ApiCostMeter {
    fn name(&self) -> &'static str {
        "ApiCostMeter"
    }

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(api) = operation(cfg) else {
            return Err("not sent: spendtop does not know this operation".into());
        };
        if !api::is_allowed(api) {
            return Err(format!("not sent: {api} is not among the needs of what runs now").into());
        }
        let called = self.counts.called.lock();
        called.unwrap_or_else(PoisonError::into_inner).insert(api);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let metadata = cfg.load::<Metadata>();
        tracing::debug!(
            service = metadata.map(Metadata::service),
            operation = metadata.map(Metadata::name),
            "request"
        );
        self.add_request(operation(cfg));
        Ok(())
    }

    /// An empty success is no answer to a read: the SDK would take it for an empty list.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let is_empty = response
            .body()
            .bytes()
            .is_some_and(|body| body.trim_ascii().is_empty());
        if is_empty && response.status().is_success() && operation(cfg).is_some_and(Api::is_read) {
            return Err("the answer is empty".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paid_calls_add_cost() {
        let meter = ApiCostMeter::default();
        let same = meter.clone();
        meter.add_request(Some(Api::Ec2DescribeInstances));
        meter.add_request(Some(Api::CeGetCostAndUsage));
        same.add_metrics(500);
        assert_eq!(meter.requests(), 2);
        assert!((meter.dollars().0 - 0.015).abs() < 1e-9);
    }

    #[test]
    fn each_account_has_its_own_calls() {
        let meter = ApiCostMeter::default();
        let one = meter.of_account(&"111122223333".into());
        one.add_request(Some(Api::CeGetCostAndUsage));
        one.add_metrics(1_000);
        meter
            .of_account(&"444455556666".into())
            .add_request(Some(Api::Ec2DescribeInstances));
        let (calls, _) = one.account_use();
        let calls: Vec<_> = calls
            .iter()
            .map(|call| (call.operation, call.requests))
            .collect();
        let metrics = ("cloudwatch:GetMetricData", 0);
        assert_eq!(calls, [("ce:GetCostAndUsage", 1), metrics]);
        assert_eq!(meter.requests(), 2);
    }
}
