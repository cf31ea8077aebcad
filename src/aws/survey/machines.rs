//! Facts of EC2 instances: whose they are, how they are paid, what is on their disks, what protects them.
//!
//! All targets of a plan are described in one go. Must not know any other service.

use super::{Asking, Found, fault, scarce::is_scarce, stamps::stamped};
use crate::{
    aws::writes,
    domain::{Call, Fault, FaultKind, Stamp, Target, Warning},
};
use aws_sdk_ec2::types::{
    CapacityReservation, CapacityReservationType, Filter, Instance, InstanceAttributeName, InstanceLifecycleType, Reservation,
    SpotInstanceType,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The tag by which EC2 Auto Scaling marks its instances.
const GROUP: &str = "aws:autoscaling:groupName";
/// Most values a filter takes, and most types one request may name.
const BATCH: usize = 100;

/// What was described of all instances of a plan; a read that failed stands for all that asked for it.
#[derive(Debug)]
pub struct Machines {
    instances: Result<HashMap<String, Instance>, Fault>,
    /// Gigabytes of instance store by type.
    disks: Result<HashMap<String, u64>, Fault>,
    /// Whether a Spot request is persistent, by its id.
    spot: Result<HashMap<String, bool>, Fault>,
    /// Reservations by id.
    reservations: Result<HashMap<String, (bool, Option<Stamp>)>, Fault>,
}

impl Machines {
    /// Describes what the plan would stop or terminate.
    pub async fn read(asking: &Asking<'_>, targets: &[&Target]) -> Self {
        let ids: Vec<&str> = targets.iter().filter_map(|target| taken(&target.call)).collect();
        let instances = describe(asking, &ids).await;
        let known: Vec<&Instance> = instances.as_ref().map(|known| known.values().collect()).unwrap_or_default();
        let types: BTreeSet<String> = known.iter().filter_map(|one| one.instance_type()).map(|unit| unit.as_str().to_owned()).collect();
        let spots: Vec<String> = known.iter().filter_map(|one| one.spot_instance_request_id()).map(ToOwned::to_owned).collect();
        let held: BTreeSet<String> = known.iter().filter_map(|one| one.capacity_reservation_id()).map(ToOwned::to_owned).collect();
        let (disks, spot, reservations) = tokio::join!(stores(asking, &types), requests(asking, &spots), reserved(asking, &held));
        Self { instances, disks, spot, reservations }
    }

    /// What speaks against taking the instance `id` away by `call`.
    pub async fn facts(&self, asking: &Asking<'_>, id: &str, call: &Call) -> Found {
        let mut found = Found::default();
        let terminates = matches!(call, Call::TerminateInstance(_));
        match &self.instances {
            Ok(known) => {
                if let Some(instance) = known.get(id) {
                    self.of(instance, terminates, &mut found);
                }
            }
            Err(fault) => found.add(Err::<[Warning; 0], _>(fault.clone())),
        }
        let (stop, termination, permitted) = tokio::join!(
            protection(asking, id, InstanceAttributeName::DisableApiStop),
            async { if terminates { protection(asking, id, InstanceAttributeName::DisableApiTermination).await } else { Ok(None) } },
            permitted(asking, call)
        );
        found.add(stop);
        found.add(termination);
        found.add(permitted);
        found
    }

    fn of(&self, instance: &Instance, terminates: bool, found: &mut Found) {
        let group = instance.tags().iter().find(|tag| tag.key() == Some(GROUP)).and_then(|tag| tag.value());
        found.add(Ok(group.map(|group| Warning::AutoScalingGroup { group: group.into() })));
        if let Some(request) = instance.spot_instance_request_id() {
            found.add(looked_up(&self.spot, request).map(|persistent| match persistent {
                Some(false) if !terminates => Some(Warning::SpotOneTime),
                Some(true) => Some(Warning::SpotPersistent { request: request.into(), returns: terminates }),
                _ => None,
            }));
        }
        if let Some(reservation) = instance.capacity_reservation_id() {
            let block = instance.instance_lifecycle() == Some(&InstanceLifecycleType::CapacityBlock);
            let read = looked_up(&self.reservations, reservation);
            let (block, until) = read.as_ref().ok().copied().flatten().unwrap_or((block, None));
            found.add(Ok([Warning::Reserved { reservation: reservation.into(), block, until }]));
            found.add(read.map(|_| None));
        }
        let Some(unit) = instance.instance_type().map(aws_sdk_ec2::types::InstanceType::as_str) else { return };
        found.add(Ok(is_scarce(unit).then(|| Warning::Scarce { unit: unit.into() })));
        found.add(looked_up(&self.disks, unit).map(|gigabytes| gigabytes.map(|gigabytes| Warning::InstanceStore { gigabytes })));
    }
}

fn looked_up<T: Copy>(read: &Result<HashMap<String, T>, Fault>, key: &str) -> Result<Option<T>, Fault> {
    read.as_ref().map(|known| known.get(key).copied()).map_err(Clone::clone)
}

/// The instance that `call` takes away.
fn taken(call: &Call) -> Option<&str> {
    match call {
        Call::StopInstance(id) | Call::TerminateInstance(id) => Some(id),
        _ => None,
    }
}

/// By a filter and not by ids: one that is gone would fail all of them.
async fn describe(asking: &Asking<'_>, ids: &[&str]) -> Result<HashMap<String, Instance>, Fault> {
    const OPERATION: &str = "ec2:DescribeInstances";
    let mut known = HashMap::new();
    for batch in ids.chunks(BATCH) {
        let filter = Filter::builder().name("instance-id").set_values(Some(batch.iter().map(|id| (*id).to_owned()).collect())).build();
        let request = asking.session.ec2.describe_instances().filters(filter);
        let sent = async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) };
        let answer = asking.ask(OPERATION, sent).await?;
        let instances = answer.reservations().iter().flat_map(Reservation::instances);
        known.extend(instances.filter_map(|one| Some((one.instance_id()?.to_owned(), one.clone()))));
    }
    Ok(known)
}

async fn stores(asking: &Asking<'_>, types: &BTreeSet<String>) -> Result<HashMap<String, u64>, Fault> {
    const OPERATION: &str = "ec2:DescribeInstanceTypes";
    let mut known = HashMap::new();
    let types: Vec<&String> = types.iter().collect();
    for batch in types.chunks(BATCH) {
        let named = batch.iter().map(|unit| unit.as_str().into()).collect();
        let request = asking.session.ec2.describe_instance_types().set_instance_types(Some(named));
        let sent = async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) };
        let answer = asking.ask(OPERATION, sent).await?;
        known.extend(answer.instance_types().iter().filter_map(|one| {
            let size = one.instance_storage_info()?.total_size_in_gb().filter(|size| *size > 0)?;
            Some((one.instance_type()?.as_str().to_owned(), u64::try_from(size).ok()?))
        }));
    }
    Ok(known)
}

async fn requests(asking: &Asking<'_>, ids: &[String]) -> Result<HashMap<String, bool>, Fault> {
    const OPERATION: &str = "ec2:DescribeSpotInstanceRequests";
    let mut known = HashMap::new();
    for batch in ids.chunks(BATCH) {
        let filter = Filter::builder().name("spot-instance-request-id").set_values(Some(batch.to_vec())).build();
        let request = asking.session.ec2.describe_spot_instance_requests().filters(filter);
        let sent = async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) };
        let answer = asking.ask(OPERATION, sent).await?;
        known.extend(
            answer
                .spot_instance_requests()
                .iter()
                .filter_map(|one| Some((one.spot_instance_request_id()?.to_owned(), one.r#type() == Some(&SpotInstanceType::Persistent)))),
        );
    }
    Ok(known)
}

async fn reserved(asking: &Asking<'_>, ids: &BTreeSet<String>) -> Result<HashMap<String, (bool, Option<Stamp>)>, Fault> {
    const OPERATION: &str = "ec2:DescribeCapacityReservations";
    let mut known = HashMap::new();
    let ids: Vec<String> = ids.iter().cloned().collect();
    for batch in ids.chunks(BATCH) {
        let request = asking.session.ec2.describe_capacity_reservations().set_capacity_reservation_ids(Some(batch.to_vec()));
        let sent = async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) };
        let answer = asking.ask(OPERATION, sent).await?;
        let block = |one: &CapacityReservation| one.reservation_type() == Some(&CapacityReservationType::CapacityBlock);
        let one = |one: &CapacityReservation| Some((one.capacity_reservation_id()?.to_owned(), (block(one), stamped(one.end_date()))));
        known.extend(answer.capacity_reservations().iter().filter_map(one));
    }
    Ok(known)
}

async fn protection(asking: &Asking<'_>, id: &str, attribute: InstanceAttributeName) -> Result<Option<Warning>, Fault> {
    const OPERATION: &str = "ec2:DescribeInstanceAttribute";
    let request = asking.session.ec2.describe_instance_attribute().instance_id(id).attribute(attribute);
    let sent = async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) };
    let answer = asking.ask(OPERATION, sent).await?;
    let is_on = |value: Option<&aws_sdk_ec2::types::AttributeBooleanValue>| {
        value.and_then(aws_sdk_ec2::types::AttributeBooleanValue::value) == Some(true)
    };
    Ok(if is_on(answer.disable_api_stop()) {
        Some(Warning::StopProtected)
    } else if is_on(answer.disable_api_termination()) {
        Some(Warning::TerminationProtected)
    } else {
        None
    })
}

/// Whether this identity may make `call`, by a dry run.
pub async fn permitted(asking: &Asking<'_>, call: &Call) -> Result<Option<Warning>, Fault> {
    let request = call.requests().first().and_then(|request| request.split(' ').next().map(Arc::<str>::from));
    let asked = asking.ask("ec2:DryRun", async { Ok(writes::dry_run(asking.session, call).await) }).await?;
    match asked {
        Some(Err(fault)) if fault.kind == FaultKind::Denied => {
            let operation = request.unwrap_or_else(|| fault.operation.clone());
            Ok(Some(Warning::DryRunRefused { operation, message: fault.message }))
        }
        Some(Err(fault)) => Err(fault),
        Some(Ok(())) | None => Ok(None),
    }
}
