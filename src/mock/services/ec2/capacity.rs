//! DescribeCapacityReservations: the reservations that instances of the simulation run in.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::{Instance, InstanceState, Market, Simulation, after},
    },
};
use std::collections::BTreeMap;

/// A capacity reservation and what runs in it.
struct CapacityReservation<'w> {
    /// When a capacity block ends; a reservation on demand has no end.
    end: Option<Timestamp>,
    inside: Vec<&'w Instance>,
}

impl CapacityReservation<'_> {
    fn start(&self, now: Timestamp) -> Timestamp {
        let first = self
            .inside
            .iter()
            .map(|one| one.first_launched())
            .min()
            .unwrap_or(now);
        after(first, -600.0)
    }
    fn state(&self, now: Timestamp) -> &'static str {
        if self.end.is_none_or(|end| end > now) {
            "active"
        } else {
            "expired"
        }
    }
    fn free(&self, now: Timestamp) -> usize {
        self.inside
            .iter()
            .filter(|one| {
                matches!(
                    one.state(now),
                    Some(InstanceState::Stopped | InstanceState::Terminated) | None
                )
            })
            .count()
    }
}

fn reservations_of<'w>(
    simulation: &'w Simulation,
    region: &str,
    now: Timestamp,
) -> BTreeMap<&'w str, CapacityReservation<'w>> {
    let mut all: BTreeMap<&str, CapacityReservation<'_>> = BTreeMap::new();
    for one in simulation.instances(region, now) {
        let of = match (&one.market, &one.capacity_reservation) {
            (
                Market::CapacityBlock {
                    reservation_id,
                    end,
                },
                _,
            ) => Some((reservation_id.as_str(), Some(*end))),
            (_, Some(id)) => Some((id.as_str(), None)),
            _ => None,
        };
        if let Some((id, end)) = of {
            all.entry(id)
                .or_insert_with(|| CapacityReservation {
                    end,
                    inside: Vec::new(),
                })
                .inside
                .push(one);
        }
    }
    all
}

fn requested_ids<'a>(
    context: &'a Context<'_>,
    member: &str,
    known: impl Fn(&str) -> bool,
    code: &str,
) -> Result<Vec<&'a str>, Failure> {
    let ids = context.input.texts(member)?;
    match ids.iter().find(|id| !known(id)) {
        Some(id) => error::refuse(code, format!("The ID '{id}' does not exist")),
        None => Ok(ids),
    }
}

/// `DescribeCapacityReservations`
pub(super) fn reservations(context: &Context<'_>) -> Answer {
    let known = [
        "availability-zone",
        "instance-type",
        "owner-id",
        "reservation-type",
        "state",
        "tenancy",
    ];
    let filters = Filters::read(&context.input, &known)?;
    dry_run(context)?;
    let simulation = context.simulation();
    let blocks = reservations_of(&simulation, context.region, context.now);
    let code = "InvalidCapacityReservationId.NotFound";
    let ids = requested_ids(
        context,
        "CapacityReservationId",
        |id| blocks.contains_key(id),
        code,
    )?;
    let mut items: Vec<(&str, Value)> = Vec::new();
    for (id, block) in &blocks {
        let Some(first) = block.inside.first() else {
            continue;
        };
        let pass = filters.pass(&Tags::new(), |name| {
            vec![match name {
                "availability-zone" => first.zone.clone(),
                "instance-type" => first.instance_type.clone(),
                "owner-id" => simulation.account.id.clone(),
                "reservation-type" => kind(block).to_owned(),
                "tenancy" => "default".to_owned(),
                _ => block.state(context.now).to_owned(),
            }]
        });
        if pass && (ids.is_empty() || ids.contains(id)) {
            items.push((id, reservation(id, block, first, &simulation, context.now)));
        }
    }
    let page = page(context, items, (1, 1_000), |(id, _)| (*id).to_owned())?;
    let items: Vec<Value> = page.items.into_iter().map(|(_, node)| node).collect();
    Ok(fields! { "capacityReservationSet": items, "nextToken": page.next })
}

fn kind(block: &CapacityReservation<'_>) -> &'static str {
    if block.end.is_some() {
        "capacity-block"
    } else {
        "default"
    }
}

fn reservation(
    id: &str,
    block: &CapacityReservation<'_>,
    first: &Instance,
    simulation: &Simulation,
    now: Timestamp,
) -> Value {
    fields! {
        "capacityReservationId": id.to_owned(),
        "ownerId": &simulation.account.id,
        "capacityReservationArn": format!(
            "arn:aws:ec2:{}:{}:capacity-reservation/{id}",
            first.region, simulation.account.id
        ),
        "instanceType": &first.instance_type,
        "instancePlatform": "Linux/UNIX",
        "availabilityZone": &first.zone,
        "tenancy": "default",
        "totalInstanceCount": block.inside.len(),
        "availableInstanceCount": block.free(now),
        "ebsOptimized": true,
        "ephemeralStorage": false,
        "state": block.state(now),
        "startDate": block.start(now),
        "endDate": block.end,
        "endDateType": if block.end.is_some() { "limited" } else { "unlimited" },
        "instanceMatchCriteria": "targeted",
        "createDate": block.start(now),
        "reservationType": kind(block),
        "capacityBlockId": block.end.map(|_| id.replacen("cr-", "cb-", 1)),
    }
}
