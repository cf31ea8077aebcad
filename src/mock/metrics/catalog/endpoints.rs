//! Metrics that endpoints and inference components publish.

use super::{Catalog, ENDPOINTS, machine_metrics};
use crate::mock::{
    metrics::probe::{MachineMetric, Probe, RequestMetric},
    price_facts::Facts,
    simulation::{Endpoint, Simulation, Variant},
};

/// The request metrics of a variant. An asynchronous one has none of the synchronous metrics.
pub(super) fn request_metrics(
    endpoint: &Endpoint,
    serverless: bool,
) -> Vec<(&'static str, &'static str, RequestMetric)> {
    if endpoint.async_output.is_some() {
        // As AWS publishes it; its documentation spells it with three s.
        return vec![
            ("InvocationsProcessed", "Count", RequestMetric::Count),
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

/// The utilization metrics of a variant; a serverless one has only its memory.
fn variant_machine_metrics(variant: &Variant) -> Vec<(&'static str, MachineMetric)> {
    let Some(ty) = variant.instance_type.as_deref() else {
        return vec![("MemoryUtilization", MachineMetric::Memory)];
    };
    let accelerated = Facts::get()
        .instance_type(ty)
        .is_some_and(|ty| ty.accelerators.is_some());
    let mut all: Vec<_> = machine_metrics(accelerated).into_iter().collect();
    if variant.managed.is_some() {
        all.extend(normalized(accelerated));
        all.extend([
            ("CPUReservation", MachineMetric::CpuReserved),
            ("MemoryReservation", MachineMetric::MemoryReserved),
            ("GPUReservation", MachineMetric::GpuReserved),
        ]);
    }
    all
}

impl Catalog {
    pub(super) fn endpoint(&mut self, place: usize, one: &Endpoint) {
        if one.async_output.is_some() {
            self.backlog(place, one);
        }
        for which in 0..one.variants.len() {
            self.variant(place, which, one);
        }
    }

    /// The queue of an asynchronous endpoint.
    fn backlog(&mut self, place: usize, one: &Endpoint) {
        let metrics = [
            ("ApproximateBacklogSize", RequestMetric::Backlog),
            (
                "ApproximateBacklogSizePerInstance",
                RequestMetric::BacklogPerInstance,
            ),
        ];
        for (name, metric) in metrics {
            self.add(
                &one.region,
                "AWS/SageMaker",
                name,
                "Count",
                60,
                vec![("EndpointName", one.name.clone())],
                Probe::Variant(place, 0, metric),
            );
        }
    }

    /// The requests of a variant and the utilization of its instances.
    fn variant(&mut self, place: usize, which: usize, one: &Endpoint) {
        let variant = &one.variants[which];
        let dimensions = vec![
            ("EndpointName", one.name.clone()),
            ("VariantName", variant.name.clone()),
        ];
        for (name, unit, metric) in request_metrics(one, variant.serverless.is_some()) {
            self.add(
                &one.region,
                "AWS/SageMaker",
                name,
                unit,
                60,
                dimensions.clone(),
                Probe::Variant(place, which, metric),
            );
        }
        for (name, metric) in variant_machine_metrics(variant) {
            self.add(
                &one.region,
                ENDPOINTS,
                name,
                "Percent",
                60,
                dimensions.clone(),
                Probe::Machines(place, which, metric),
            );
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
