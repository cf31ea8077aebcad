//! Metrics that endpoints and inference components publish.

use super::{Catalog, ENDPOINTS, machine_metrics};
use crate::mock::{
    metrics::probe::{MachineMetric, Probe, RequestMetric},
    price_facts::Facts,
    simulation::{Endpoint, Simulation},
};

/// The request metrics of a variant. An asynchronous one has none of the synchronous metrics.
pub(super) fn request_metrics(
    endpoint: &Endpoint,
    serverless: bool,
) -> Vec<(&'static str, &'static str, RequestMetric)> {
    if endpoint.async_output.is_some() {
        // Three s, as AWS spells it.
        return vec![
            ("InvocationsProcesssed", "Count", RequestMetric::Count),
            ("ModelLatency", "Microseconds", RequestMetric::ModelLatency),
        ];
    }
    let mut all = vec![
        ("Invocations", "None", RequestMetric::Count),
        ("ModelLatency", "Microseconds", RequestMetric::ModelLatency),
        (
            "OverheadLatency",
            "Microseconds",
            RequestMetric::OverheadLatency,
        ),
        ("Invocation4XXErrors", "None", RequestMetric::ClientErrors),
        ("Invocation5XXErrors", "None", RequestMetric::ServerErrors),
    ];
    if serverless {
        all.push(("ModelSetupTime", "Microseconds", RequestMetric::SetupTime));
        all.push((
            "ServerlessConcurrentExecutionsUtilization",
            "Percent",
            RequestMetric::Concurrency,
        ));
    } else {
        all.push(("InvocationsPerInstance", "None", RequestMetric::PerReplica));
        all.push((
            "ConcurrentRequestsPerModel",
            "Count",
            RequestMetric::Concurrent,
        ));
    }
    all
}

pub(super) fn normalized(accelerated: bool) -> Vec<(&'static str, MachineMetric)> {
    let mut all = vec![
        ("CPUUtilizationNormalized", MachineMetric::CpuNormalized),
        (
            "MemoryUtilizationNormalized",
            MachineMetric::MemoryNormalized,
        ),
    ];
    if accelerated {
        all.push(("GPUUtilizationNormalized", MachineMetric::GpuNormalized));
        all.push((
            "GPUMemoryUtilizationNormalized",
            MachineMetric::GpuMemoryNormalized,
        ));
    }
    all
}

impl Catalog {
    pub(super) fn endpoint(&mut self, place: usize, one: &Endpoint) {
        let by_endpoint = vec![("EndpointName", one.name.clone())];
        if one.async_output.is_some() {
            for (name, what) in [
                ("ApproximateBacklogSize", RequestMetric::Backlog),
                (
                    "ApproximateBacklogSizePerInstance",
                    RequestMetric::BacklogPerInstance,
                ),
            ] {
                self.add(
                    &one.region,
                    "AWS/SageMaker",
                    name,
                    "Count",
                    60,
                    by_endpoint.clone(),
                    Probe::Variant(place, 0, what),
                );
            }
        }
        for (which, variant) in one.variants.iter().enumerate() {
            let mut dimensions = by_endpoint.clone();
            dimensions.push(("VariantName", variant.name.clone()));
            for (name, unit, what) in request_metrics(one, variant.serverless.is_some()) {
                self.add(
                    &one.region,
                    "AWS/SageMaker",
                    name,
                    unit,
                    60,
                    dimensions.clone(),
                    Probe::Variant(place, which, what),
                );
            }
            let Some(ty) = variant.instance_type.as_deref() else {
                self.add(
                    &one.region,
                    ENDPOINTS,
                    "MemoryUtilization",
                    "Percent",
                    60,
                    dimensions,
                    Probe::Machines(place, which, MachineMetric::Memory),
                );
                continue;
            };
            let accelerated = Facts::get()
                .instance_type(ty)
                .is_some_and(|ty| ty.accelerators.is_some());
            for (name, what) in machine_metrics(accelerated) {
                self.add(
                    &one.region,
                    ENDPOINTS,
                    name,
                    "Percent",
                    60,
                    dimensions.clone(),
                    Probe::Machines(place, which, what),
                );
            }
            if variant.managed.is_some() {
                let reserved = [
                    ("CPUReservation", MachineMetric::CpuReserved),
                    ("MemoryReservation", MachineMetric::MemoryReserved),
                    ("GPUReservation", MachineMetric::GpuReserved),
                ];
                for (name, what) in normalized(accelerated).into_iter().chain(reserved) {
                    self.add(
                        &one.region,
                        ENDPOINTS,
                        name,
                        "Percent",
                        60,
                        dimensions.clone(),
                        Probe::Machines(place, which, what),
                    );
                }
            }
        }
    }

    pub(super) fn components(&mut self, simulation: &Simulation) {
        for (place, one) in simulation.components.iter().enumerate() {
            let dimensions = vec![("InferenceComponentName", one.name.clone())];
            for (name, unit, what) in [
                ("Invocations", "None", RequestMetric::Count),
                ("InvocationsPerCopy", "None", RequestMetric::PerReplica),
                ("ModelLatency", "Microseconds", RequestMetric::ModelLatency),
                (
                    "OverheadLatency",
                    "Microseconds",
                    RequestMetric::OverheadLatency,
                ),
                (
                    "ConcurrentRequestsPerCopy",
                    "Count",
                    RequestMetric::Concurrent,
                ),
            ] {
                self.add(
                    &one.region,
                    "AWS/SageMaker",
                    name,
                    unit,
                    60,
                    dimensions.clone(),
                    Probe::Component(place, what),
                );
            }
            for (name, what) in normalized(one.accelerators > 0.0) {
                let probe = Probe::ComponentMachines(place, what);
                self.add(
                    &one.region,
                    "/aws/sagemaker/InferenceComponents",
                    name,
                    "Percent",
                    60,
                    dimensions.clone(),
                    probe,
                );
            }
        }
    }
}
