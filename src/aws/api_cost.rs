//! The cost of watching: counts every request, adds up those that AWS charges for, and stops
//! undeclared ones. Refuses empty answers.

use super::api::{self, Api};
use crate::domain::Usd;
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
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Price of a Cost Explorer request: each page is one.
const COST_EXPLORER_MICRO_USD: u64 = 10_000;
/// Price of a metric in a GetMetricData request of CloudWatch.
const METRIC_MICRO_USD: u64 = 10;

/// Counts requests and their price, and keeps undeclared ones from being sent. Clones share one
/// count.
#[derive(Clone, Debug, Default)]
pub struct ApiCostMeter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    micro_usd: AtomicU64,
    called: Mutex<BTreeSet<Api>>,
}

impl ApiCostMeter {
    /// Requests sent so far, each retry counted.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// The price of these requests: Cost Explorer $0.01 a request, GetMetricData $0.01 per 1,000
    /// metrics. Refused requests count too, so this is an upper bound.
    pub fn dollars(&self) -> Usd {
        Usd(self.0.micro_usd.load(Ordering::Relaxed) as f64 / 1e6)
    }

    /// The operations called so far.
    pub fn called(&self) -> BTreeSet<Api> {
        let called = self.0.called.lock();
        called.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds the price of a GetMetricData request for `metrics` metrics.
    pub(super) fn add_metrics(&self, metrics: usize) {
        self.0.micro_usd.fetch_add(
            METRIC_MICRO_USD.saturating_mul(metrics as u64),
            Ordering::Relaxed,
        );
    }

    fn add_request(&self, api: Option<Api>) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        if api.is_some_and(Api::is_billed) {
            self.0
                .micro_usd
                .fetch_add(COST_EXPLORER_MICRO_USD, Ordering::Relaxed);
        }
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
        let called = self.0.called.lock();
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
}
