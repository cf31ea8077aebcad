//! The accelerators of an EC2 instance type.

use aws_sdk_ec2::types::{GpuDeviceInfo, InstanceTypeInfo};
use std::sync::Arc;

/// The count and name of the accelerators of a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Accelerators {
    pub count: f64,
    pub name: Arc<str>,
}

impl std::fmt::Display for Accelerators {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.count, self.name)
    }
}

/// The accelerators of a type: the first of GPUs, Neuron devices, inference accelerators, media
/// accelerators and FPGAs that it has.
pub(super) fn accelerators(info: &InstanceTypeInfo) -> Option<Accelerators> {
    /// Sums the counts of a list of devices and takes the name of its first.
    macro_rules! devices {
        ($list:expr) => {{
            let list = $list;
            let counts = list.iter().map(|one| f64::from(one.count().unwrap_or(0)));
            new(counts.sum(), list.first().and_then(|one| one.name()))
        }};
    }
    gpus(info)
        .or_else(|| devices!(info.neuron_info()?.neuron_devices()))
        .or_else(|| devices!(info.inference_accelerator_info()?.accelerators()))
        .or_else(|| devices!(info.media_accelerator_info()?.accelerators()))
        .or_else(|| devices!(info.fpga_info()?.fpgas()))
}

/// The GPUs of a type. A part of a GPU counts as its fraction.
fn gpus(info: &InstanceTypeInfo) -> Option<Accelerators> {
    let gpus = info.gpu_info()?.gpus();
    let part = |gpu: &GpuDeviceInfo| {
        gpu.gpu_partition_size()
            .filter(|size| *size > 0.0 && *size < 1.0)
    };
    let count = gpus
        .iter()
        .map(|gpu| f64::from(gpu.count().unwrap_or(0)).max(1.0) * part(gpu).unwrap_or(1.0))
        .sum();
    new(count, gpus.first().and_then(|gpu| gpu.name()))
}

fn new(count: f64, name: Option<&str>) -> Option<Accelerators> {
    (count > 0.0).then(|| Accelerators {
        count,
        name: name.unwrap_or("accelerator").into(),
    })
}
