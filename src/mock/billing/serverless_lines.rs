//! The bill's lines of serverless endpoints.

use super::{
    lines::{Line, Measure, SAGEMAKER},
    names::prefix,
};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::Facts,
        simulation::{Endpoint, Serverless, Variant, after},
    },
};

/// Seconds in `[from, to)`.
type Seconds<'a> = Box<dyn Fn(Timestamp, Timestamp) -> f64 + 'a>;

/// The lines of a serverless variant: its request time, and its provisioned concurrency, which
/// serves all requests. Empty where its region has no price for it.
pub(super) fn serverless_lines<'a>(
    one: &'a Endpoint,
    variant: &'a Variant,
    serverless: Serverless,
) -> Vec<Line<'a>> {
    let region = one.region.as_str();
    let gb = (f64::from(serverless.memory_mb) / 1_024.0).ceil();
    let requests = move |from: Timestamp, to: Timestamp| {
        let mut total = 0.0;
        let mut t = from;
        while t < to {
            total += one.requests_at(variant, t) * one.latency_ms / 1_000.0;
            t = after(t, 60.0);
        }
        total
    };
    // The price list has a price of a second for each size.
    let line = move |word: &str, seconds: Seconds<'a>, rate: f64| {
        let usage = format!("{}{word}-{gb}GB", prefix(region));
        let amount = Measure::Amount(seconds, rate * gb);
        let line = Line::new(SAGEMAKER, usage, region, "seconds", amount);
        line.of("ServerlessInference", &one.arn, &one.tags)
    };
    let Some(units) = serverless.provisioned_concurrency else {
        let rate = Facts::get().gb_second(region);
        let on_demand = rate.map(|rate| line("ServerlessInf:Mem", Box::new(requests), rate));
        return on_demand.into_iter().collect();
    };
    let Some((warm, on_it)) = Facts::get().warm_gb_second(region) else {
        return Vec::new();
    };
    let kept = move |from: Timestamp, to: Timestamp| {
        let serving = one
            .life
            .seconds(from, to, |state| f64::from(state.serves()));
        serving * f64::from(units)
    };
    vec![
        line("ProvisionedConcurrency:Usage", Box::new(kept), warm),
        line("ProvisionedConcurrency:Mem", Box::new(requests), on_it),
    ]
}
