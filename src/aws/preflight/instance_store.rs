//! Instance store by instance type, asked once for each: types do not change.

use super::PreflightSession;
use crate::aws::Api;
use crate::domain::{Fault, FaultKind};
use aws_sdk_ec2::types::{Filter, InstanceStorageInfo};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

const OPERATION: Api = Api::Ec2DescribeInstanceTypes;
/// Most types in one request.
const MAX_TYPES_PER_REQUEST: usize = 100;
/// Most types remembered; AWS has about 1,500.
const MAX_KNOWN_TYPES: usize = 3_000;

/// Gigabytes of instance store by type, of all types that a session has asked for. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct InstanceStoreSizes(Arc<Mutex<BTreeMap<String, u64>>>);

impl InstanceStoreSizes {
    fn known(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gigabytes of instance store of `unit`, or that AWS did not describe it.
    pub(super) fn of(&self, unit: &str) -> Result<u64, Fault> {
        let missing = || {
            Fault::new(
                FaultKind::Unavailable,
                OPERATION,
                format!("{unit} is not described"),
            )
        };
        self.known().get(unit).copied().ok_or_else(missing)
    }

    fn learn(&self, read: impl IntoIterator<Item = (String, u64)>) {
        let mut known = self.known();
        if known.len() >= MAX_KNOWN_TYPES {
            known.clear();
        }
        known.extend(read);
    }
}

/// Has the session know those of `types` that it does not yet.
pub(super) async fn learn(
    reader: &PreflightSession<'_>,
    types: &BTreeSet<String>,
) -> Result<(), Fault> {
    let disks = &reader.session.disks;
    let unknown: Vec<String> = types
        .iter()
        .filter(|unit| disks.of(unit).is_err())
        .cloned()
        .collect();
    for batch in unknown.chunks(MAX_TYPES_PER_REQUEST) {
        // By filter and not by name: a name that the region does not know would fail the whole
        // call.
        let named = Filter::builder()
            .name("instance-type")
            .set_values(Some(batch.to_vec()))
            .build();
        let request = reader.session.ec2.describe_instance_types().filters(named);
        let answer = reader.send(OPERATION, request.send()).await?;
        disks.learn(answer.instance_types().iter().filter_map(|one| {
            let size = one
                .instance_storage_info()
                .and_then(InstanceStorageInfo::total_size_in_gb)
                .unwrap_or(0);
            Some((
                one.instance_type()?.as_str().to_owned(),
                u64::try_from(size).unwrap_or(0),
            ))
        }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_instance_types_are_bounded() {
        let disks = InstanceStoreSizes::default();
        for number in 0..2 * MAX_KNOWN_TYPES {
            disks.learn([(format!("t{number}.large"), number as u64)]);
            assert!(disks.known().len() <= MAX_KNOWN_TYPES);
            assert_eq!(disks.of(&format!("t{number}.large")), Ok(number as u64));
        }
        assert_eq!(
            disks.of("x9.large").unwrap_err().kind,
            FaultKind::Unavailable
        );
    }
}
