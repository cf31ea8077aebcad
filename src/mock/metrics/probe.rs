//! The source of a metric: a resource by its index in the simulation, and a quantity.

/// Quantities of an EC2 instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InstanceMetric {
    Cpu,
    NetworkIn,
    NetworkOut,
    /// Share of maximum power of one GPU.
    GpuPower(u32),
    /// Utilisation of one GPU, from the agent.
    Gpu(u32),
    /// Memory traffic of one GPU, from the agent.
    GpuTraffic(u32),
    /// Memory in use of one GPU, MiB, from the agent.
    GpuMemoryUsed(u32),
    /// Memory of one GPU, MiB, from the agent.
    GpuMemoryTotal(u32),
}

/// Quantities of requests, of a variant or an inference component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestMetric {
    Count,
    PerReplica,
    ModelLatency,
    OverheadLatency,
    ClientErrors,
    ServerErrors,
    SetupTime,
    Concurrent,
    Backlog,
    BacklogPerInstance,
    /// Share of the concurrency of a serverless variant.
    Concurrency,
}

/// Quantities of the machines behind a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MachineMetric {
    Cpu,
    Memory,
    Disk,
    Gpu,
    GpuMemory,
    CpuNormalized,
    MemoryNormalized,
    GpuNormalized,
    GpuMemoryNormalized,
    CpuReserved,
    MemoryReserved,
    GpuReserved,
}

/// Quantities of a Bedrock model or provisioned throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModelMetric {
    Invocations,
    Latency,
    ClientErrors,
    Throttles,
    InputTokens,
    OutputTokens,
    CacheReadTokens,
    CacheWriteTokens,
}

/// A quantity of a resource; the numbers are indices in the simulation's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Probe {
    Instance(usize, InstanceMetric),
    Notebook(usize),
    Variant(usize, usize, RequestMetric),
    Machines(usize, usize, MachineMetric),
    Component(usize, RequestMetric),
    ComponentMachines(usize, MachineMetric),
    /// A host of a job.
    Job(usize, usize, MachineMetric),
    Throughput(usize, ModelMetric),
    Model(usize, ModelMetric),
    /// The same of one service tier.
    Tier(usize, ModelMetric),
    /// Copies of an imported model.
    Copies(usize),
}
