//! What watching costs: every request counted, and the dollars of those AWS charges for.

use crate::domain::Usd;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Cost Explorer, per request (that is: per page).
const COST_EXPLORER_MICRO_USD: u64 = 10_000;
/// CloudWatch GetMetricData, per metric asked for.
const METRIC_MICRO_USD: u64 = 10;

/// Counts requests and their price. Clones share one count.
#[derive(Clone, Debug, Default)]
pub struct ApiCostMeter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    micro_usd: AtomicU64,
}

impl ApiCostMeter {
    /// Requests sent so far, each retry counted.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// What AWS charges for them: Cost Explorer $0.01 a request, GetMetricData $0.01 per 1,000
    /// metrics. Refused requests are counted too, so this is an upper bound.
    pub fn dollars(&self) -> Usd {
        Usd(self.0.micro_usd.load(Ordering::Relaxed) as f64 / 1e6)
    }

    /// `metrics` were asked for in one GetMetricData request.
    pub(super) fn metrics(&self, metrics: usize) {
        self.0.micro_usd.fetch_add(
            METRIC_MICRO_USD.saturating_mul(metrics as u64),
            Ordering::Relaxed,
        );
    }

    fn request(&self, service: &str) {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        if service == "Cost Explorer" {
            self.0
                .micro_usd
                .fetch_add(COST_EXPLORER_MICRO_USD, Ordering::Relaxed);
        }
    }
}

impl Intercept for ApiCostMeter {
    fn name(&self) -> &'static str {
        "CallMeter"
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
        self.request(metadata.map_or("", Metadata::service));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paid_calls_cost() {
        let meter = ApiCostMeter::default();
        let same = meter.clone();
        meter.request("EC2");
        meter.request("Cost Explorer");
        same.metrics(500);
        assert_eq!(meter.requests(), 2);
        assert!((meter.dollars().0 - 0.015).abs() < 1e-9);
    }
}
