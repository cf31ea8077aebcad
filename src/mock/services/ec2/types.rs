//! DescribeInstanceTypes and DescribeInstanceTypeOfferings.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page};
use crate::{
    domain::Tags,
    mock::{
        price_facts::{Accelerators, Facts, TypeFacts},
        protocol::{Value, error, value::fields},
    },
};

const FILTERS: &[&str] = &[
    "bare-metal",
    "burstable-performance-supported",
    "current-generation",
    "hypervisor",
    "instance-type",
    "memory-info.size-in-mib",
    "processor-info.supported-architecture",
    "supported-root-device-type",
    "supported-usage-class",
    "vcpu-info.default-vcpus",
];

/// Most types that a request may name.
const MAX_TYPES: usize = 100;

/// `DescribeInstanceTypes`: the types offered in the region.
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let filters = Filters::read(&context.input, FILTERS)?;
    let named = context.input.texts("InstanceType")?;
    if named.len() > MAX_TYPES {
        return error::refuse(
            "InvalidParameterValue",
            format!("A request may name at most {MAX_TYPES} instance types."),
        );
    }
    dry_run(context)?;
    let facts = Facts::get();
    let offered = |name: &str| facts.offered(name, context.region);
    let strange: Vec<&str> = named
        .iter()
        .copied()
        .filter(|name| facts.instance_type(name).is_none() || !offered(name))
        .collect();
    if !strange.is_empty() {
        let message = format!(
            "The following supplied instance types do not exist: [{}]",
            strange.join(", ")
        );
        return error::refuse("InvalidInstanceType", message);
    }
    let mut types = facts.instance_types();
    types.retain(|one| {
        offered(&one.name)
            && (named.is_empty() || named.contains(&one.name.as_str()))
            && filters.pass(&Tags::new(), |name| {
                filter_values(one, context.region, name)
            })
    });
    let page = page(context, types, (5, 100), |one| one.name.clone())?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| item(one, context.region))
        .collect();
    Ok(fields! { "instanceTypeSet": items, "nextToken": page.next })
}

fn filter_values(one: &TypeFacts, region: &str, name: &str) -> Vec<String> {
    let value = match name {
        "bare-metal" => metal(one).to_string(),
        "burstable-performance-supported" => one.family.starts_with('t').to_string(),
        "current-generation" => "true".to_owned(),
        "hypervisor" => "nitro".to_owned(),
        "memory-info.size-in-mib" => mib(one.memory_gib).to_string(),
        "processor-info.supported-architecture" => architecture(one).to_owned(),
        "supported-root-device-type" => "ebs".to_owned(),
        "supported-usage-class" => {
            return usage_classes(one, region)
                .into_iter()
                .map(str::to_owned)
                .collect();
        }
        "vcpu-info.default-vcpus" => one.vcpus.to_string(),
        _ => one.name.clone(),
    };
    vec![value]
}

fn metal(one: &TypeFacts) -> bool {
    one.name
        .split('.')
        .nth(1)
        .is_some_and(|size| size.starts_with("metal"))
}

fn mib(gib: f64) -> i64 {
    (gib * 1_024.0).round() as i64
}

fn architecture(one: &TypeFacts) -> &'static str {
    let arm = one.family == "g5g"
        || one.family.contains("gb")
        || one.family.ends_with("7g")
        || one.family.ends_with("6g");
    if arm { "arm64" } else { "x86_64" }
}

fn usage_classes(one: &TypeFacts, region: &str) -> Vec<&'static str> {
    let facts = Facts::get();
    let mut classes = Vec::new();
    if facts.on_demand(&one.name, region).is_some() {
        classes.extend(["on-demand", "spot"]);
    }
    if facts.capacity_block(&one.name, region).is_some() {
        classes.push("capacity-block");
    }
    classes
}

fn item(one: &TypeFacts, region: &str) -> Value {
    let cores = (one.vcpus / 2).max(1);
    let accelerators = one.accelerators.as_ref();
    let store = Facts::get().instance_store(&one.name);
    fields! {
        "instanceType": &one.name,
        "currentGeneration": true,
        "freeTierEligible": false,
        "supportedUsageClasses": usage_classes(one, region),
        "supportedRootDeviceTypes": vec!["ebs"],
        "supportedVirtualizationTypes": vec!["hvm"],
        "bareMetal": metal(one),
        "hypervisor": "nitro",
        "processorInfo": fields! { "supportedArchitectures": vec![architecture(one)] },
        "vCpuInfo": fields! {
            "defaultVCpus": one.vcpus,
            "defaultCores": cores,
            "defaultThreadsPerCore": (one.vcpus / cores).max(1),
        },
        "memoryInfo": fields! { "sizeInMiB": mib(one.memory_gib) },
        "instanceStorageSupported": store.is_some(),
        "instanceStorageInfo": store.map(|size| fields! {
            "totalSizeInGB": size,
            "nvmeSupport": "required",
            "encryptionSupport": "required",
        }),
        "ebsInfo": fields! {
            "ebsOptimizedSupport": "default",
            "encryptionSupport": "supported",
            "nvmeSupport": "required",
        },
        "gpuInfo": accelerators
            .filter(|one| !one.is_neuron() && !one.is_inference_only())
            .map(gpus),
        "inferenceAcceleratorInfo": accelerators
            .filter(|one| one.is_inference_only())
            .map(inference),
        "neuronInfo": accelerators.filter(|one| one.is_neuron()).map(neuron),
        "hibernationSupported": false,
        "burstablePerformanceSupported": one.family.starts_with('t')
            && !one.family.starts_with("trn"),
        "dedicatedHostsSupported": true,
        "autoRecoverySupported": accelerators.is_none(),
    }
}

fn each(one: &Accelerators) -> Value {
    fields! { "sizeInMiB": mib(one.memory_gib) }
}

fn total(one: &Accelerators) -> i64 {
    mib(one.memory_gib * one.count)
}

fn gpus(one: &Accelerators) -> Value {
    let part = (one.count < 1.0).then_some(one.count);
    let gpu = fields! {
        "name": &one.name,
        "manufacturer": one.maker,
        "count": one.visible(),
        "logicalGpuCount": part.map(|_| 1_u32),
        "gpuPartitionSize": part,
        "memoryInfo": each(one),
    };
    fields! { "gpus": vec![gpu], "totalGpuMemoryInMiB": total(one) }
}

/// Its list's items have no name in the model, so they are `member` even in EC2.
fn inference(one: &Accelerators) -> Value {
    let device = fields! {
        "count": one.visible(),
        "name": &one.name,
        "manufacturer": one.maker,
        "memoryInfo": each(one),
    };
    fields! {
        "accelerators": fields! { "member": device },
        "totalInferenceMemoryInMiB": total(one),
    }
}

fn neuron(one: &Accelerators) -> Value {
    let device = fields! {
        "count": one.visible(),
        "name": &one.name,
        "coreInfo": fields! { "count": 2_u32, "version": 2_u32 },
        "memoryInfo": each(one),
    };
    fields! { "neuronDevices": vec![device], "totalNeuronDeviceMemoryInMiB": total(one) }
}
