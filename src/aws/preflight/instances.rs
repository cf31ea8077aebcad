//! Facts of EC2 instances: owner, purchase option, disks, protection.
//!
//! One call describes all targets of a plan.

use super::{
    PreflightSession, TargetFacts, capacity::is_scarce, instance_store, permissions::DryRunResults,
};
use crate::aws::Api;
use crate::aws::{convert::time::optional_timestamp, tags};
use crate::domain::ops;
use crate::domain::{ApiCall, Controller, Fault, FaultKind, Target, Timestamp, Warning};
use aws_sdk_ec2::types::{
    CapacityReservation, CapacityReservationState, CapacityReservationType, Filter, Instance,
    InstanceAttributeName, InstanceLifecycleType, Reservation, SpotInstanceType,
};
use std::collections::{BTreeSet, HashMap};

/// Most values a filter takes.
const MAX_FILTER_VALUES: usize = 100;
const SPOT: Api = Api::Ec2DescribeSpotInstanceRequests;

/// Reservations by id: whether a capacity block, and its end; `None` when it is over.
type Reservations = HashMap<String, Option<(bool, Option<Timestamp>)>>;

/// The descriptions of all instances of a plan; a failed read counts for all of them.
#[derive(Debug)]
pub(super) struct InstanceFacts {
    instances: Result<HashMap<String, Instance>, Fault>,
    types: Result<(), Fault>,
    /// Whether a Spot request is persistent, by its id.
    spot: Result<HashMap<String, bool>, Fault>,
    reservations: Result<Reservations, Fault>,
    permits: DryRunResults,
}

impl InstanceFacts {
    /// Describes the instances that the plan would stop, terminate or start, and sends dry runs.
    pub(super) async fn read(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let (described, permits) = tokio::join!(
            Self::describe(reader, targets),
            DryRunResults::read(reader, targets)
        );
        Self {
            permits,
            ..described
        }
    }

    async fn describe(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let ids: Vec<&str> = targets
            .iter()
            .filter_map(|target| instance_id(&target.call))
            .collect();
        let instances = describe(reader, &ids).await;
        let known: Vec<&Instance> = instances
            .as_ref()
            .map(|known| known.values().collect())
            .unwrap_or_default();
        let types: BTreeSet<String> = known
            .iter()
            .filter_map(|one| one.instance_type())
            .map(|unit| unit.as_str().to_owned())
            .collect();
        let spots: Vec<String> = known
            .iter()
            .filter_map(|one| one.spot_instance_request_id())
            .map(ToOwned::to_owned)
            .collect();
        let held: BTreeSet<String> = known
            .iter()
            .filter_map(|one| one.capacity_reservation_id())
            .map(ToOwned::to_owned)
            .collect();
        let (types, spot, reservations) = tokio::join!(
            instance_store::learn(reader, &types),
            requests(reader, &spots),
            reserved(reader, &held)
        );
        Self {
            instances,
            types,
            spot,
            reservations,
            permits: DryRunResults::default(),
        }
    }

    /// The warnings about changing the instance `id` by `call`.
    pub(super) async fn facts(
        &self,
        reader: &PreflightSession<'_>,
        id: &str,
        call: &ApiCall,
    ) -> TargetFacts {
        let mut found = TargetFacts::default();
        if instance_id(call).is_some() {
            match &self.instances {
                Ok(known) => match known.get(id) {
                    Some(instance) => self.of(reader, instance, call, &mut found),
                    None => found.add(Ok([Warning::Missing])),
                },
                Err(fault) => found.add(Err::<[Warning; 0], _>(fault.clone())),
            }
        }
        let (stops, terminates) = (
            matches!(call, ApiCall::Stop(ops::stop::Call::Instance(_))),
            matches!(call, ApiCall::Terminate(ops::terminate::Call::Instance(_))),
        );
        let (stop, termination) = tokio::join!(
            async {
                if stops || terminates {
                    protection(reader, id, InstanceAttributeName::DisableApiStop).await
                } else {
                    Ok(None)
                }
            },
            async {
                if terminates {
                    protection(reader, id, InstanceAttributeName::DisableApiTermination).await
                } else {
                    Ok(None)
                }
            },
        );
        found.add(stop);
        found.add(termination);
        found.add(self.permits.of(call));
        found
    }

    fn of(
        &self,
        reader: &PreflightSession<'_>,
        instance: &Instance,
        call: &ApiCall,
        found: &mut TargetFacts,
    ) {
        let reserved = self.reserved(instance, found);
        let unit = instance
            .instance_type()
            .map(aws_sdk_ec2::types::InstanceType::as_str)
            .unwrap_or_default();
        if matches!(call, ApiCall::Start(ops::start::Call::Instance(_))) {
            found
                .add(Ok((is_scarce(unit) && !reserved)
                    .then(|| Warning::NoCapacity { unit: unit.into() })));
            return;
        }
        let controller = Controller::find(&tags::ec2(instance.tags()));
        found.add(Ok(controller.map(Warning::Controlled)));
        if let Some(request) = instance.spot_instance_request_id() {
            let terminates = matches!(call, ApiCall::Terminate(ops::terminate::Call::Instance(_)));
            found.add(
                looked_up(&self.spot, request).and_then(|persistent| match persistent {
                    Some(false) if !terminates => Ok(Some(Warning::SpotOneTime)),
                    Some(true) => Ok(Some(Warning::SpotPersistent {
                        request: request.into(),
                        returns: terminates,
                    })),
                    Some(false) => Ok(None),
                    None => Err(Fault::new(
                        FaultKind::Unavailable,
                        SPOT,
                        format!("{request} is not described"),
                    )),
                }),
            );
        }
        found.add(Ok(
            is_scarce(unit).then(|| Warning::Scarce { unit: unit.into() })
        ));
        let stored = self
            .types
            .clone()
            .and_then(|()| reader.session.disks.of(unit));
        found.add(
            stored.map(|gigabytes| (gigabytes > 0).then_some(Warning::InstanceStore { gigabytes })),
        );
    }

    /// Whether the instance runs in a capacity reservation; adds the warning about it.
    fn reserved(&self, instance: &Instance, found: &mut TargetFacts) -> bool {
        let Some(reservation) = instance.capacity_reservation_id() else {
            return false;
        };
        let block = instance.instance_lifecycle() == Some(&InstanceLifecycleType::CapacityBlock);
        let read = looked_up(&self.reservations, reservation);
        // Another account's, shared with this one, is not described here: it is billed all the
        // same.
        let held = read
            .as_ref()
            .ok()
            .copied()
            .flatten()
            .unwrap_or(Some((block, None)));
        found.add(read.map(|_| None));
        let Some((block, until)) = held else {
            return false;
        };
        found.add(Ok([Warning::Reserved {
            reservation: reservation.into(),
            block,
            until,
        }]));
        true
    }
}

fn looked_up<T: Copy>(
    read: &Result<HashMap<String, T>, Fault>,
    key: &str,
) -> Result<Option<T>, Fault> {
    read.as_ref()
        .map(|known| known.get(key).copied())
        .map_err(Clone::clone)
}

/// The instance that `call` takes away or brings back.
fn instance_id(call: &ApiCall) -> Option<&str> {
    match call {
        ApiCall::Stop(ops::stop::Call::Instance(id))
        | ApiCall::Terminate(ops::terminate::Call::Instance(id))
        | ApiCall::Start(ops::start::Call::Instance(id)) => Some(id),
        _ => None,
    }
}

/// By a filter and not by ids: one that is gone would fail all of them.
async fn describe(
    reader: &PreflightSession<'_>,
    ids: &[&str],
) -> Result<HashMap<String, Instance>, Fault> {
    const OPERATION: Api = Api::Ec2DescribeInstances;
    let mut known = HashMap::new();
    for batch in ids.chunks(MAX_FILTER_VALUES) {
        let filter = Filter::builder()
            .name("instance-id")
            .set_values(Some(batch.iter().map(|id| (*id).to_owned()).collect()))
            .build();
        let request = reader.session.ec2.describe_instances().filters(filter);
        let answer = reader.send(OPERATION, request.send()).await?;
        let instances = answer
            .reservations()
            .iter()
            .flat_map(Reservation::instances);
        known
            .extend(instances.filter_map(|one| Some((one.instance_id()?.to_owned(), one.clone()))));
    }
    Ok(known)
}

async fn requests(
    reader: &PreflightSession<'_>,
    ids: &[String],
) -> Result<HashMap<String, bool>, Fault> {
    let mut known = HashMap::new();
    for batch in ids.chunks(MAX_FILTER_VALUES) {
        let filter = Filter::builder()
            .name("spot-instance-request-id")
            .set_values(Some(batch.to_vec()))
            .build();
        let request = reader
            .session
            .ec2
            .describe_spot_instance_requests()
            .filters(filter);
        let answer = reader.send(SPOT, request.send()).await?;
        known.extend(answer.spot_instance_requests().iter().filter_map(|one| {
            Some((
                one.spot_instance_request_id()?.to_owned(),
                one.r#type() == Some(&SpotInstanceType::Persistent),
            ))
        }));
    }
    Ok(known)
}

async fn reserved(
    reader: &PreflightSession<'_>,
    ids: &BTreeSet<String>,
) -> Result<Reservations, Fault> {
    const OPERATION: Api = Api::Ec2DescribeCapacityReservations;
    let mut known = HashMap::new();
    let ids: Vec<String> = ids.iter().cloned().collect();
    for batch in ids.chunks(MAX_FILTER_VALUES) {
        let request = reader
            .session
            .ec2
            .describe_capacity_reservations()
            .set_capacity_reservation_ids(Some(batch.to_vec()));
        let answer = reader.send(OPERATION, request.send()).await?;
        let held = |one: &CapacityReservation| {
            let over = matches!(
                one.state(),
                Some(
                    CapacityReservationState::Cancelled
                        | CapacityReservationState::Expired
                        | CapacityReservationState::Failed
                )
            );
            let block = one.reservation_type() == Some(&CapacityReservationType::CapacityBlock);
            (!over).then(|| (block, optional_timestamp(one.end_date())))
        };
        let one = |one: &CapacityReservation| {
            Some((one.capacity_reservation_id()?.to_owned(), held(one)))
        };
        known.extend(answer.capacity_reservations().iter().filter_map(one));
    }
    Ok(known)
}

async fn protection(
    reader: &PreflightSession<'_>,
    id: &str,
    attribute: InstanceAttributeName,
) -> Result<Option<Warning>, Fault> {
    const OPERATION: Api = Api::Ec2DescribeInstanceAttribute;
    let request = reader
        .session
        .ec2
        .describe_instance_attribute()
        .instance_id(id)
        .attribute(attribute);
    let answer = reader.send(OPERATION, request.send()).await?;
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
