//! DescribeCapacityReservations and DescribeCapacityBlocks: those that instances of the world run
//! in.

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
struct Block<'w> {
    /// When a capacity block ends; a reservation on demand has no end.
    ends: Option<Timestamp>,
    inside: Vec<&'w Instance>,
}

impl Block<'_> {
    fn begins(&self, now: Timestamp) -> Timestamp {
        let first = self
            .inside
            .iter()
            .map(|one| one.first_launched())
            .min()
            .unwrap_or(now);
        after(first, -600.0)
    }
    fn state(&self, now: Timestamp) -> &'static str {
        if self.ends.is_none_or(|ends| ends > now) {
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
    world: &'w Simulation,
    region: &str,
    now: Timestamp,
) -> BTreeMap<&'w str, Block<'w>> {
    let mut all: BTreeMap<&str, Block<'_>> = BTreeMap::new();
    for one in world.instances(region, now) {
        let of = match (&one.market, &one.capacity_reservation) {
            (
                Market::CapacityBlock {
                    reservation_id,
                    ends,
                },
                _,
            ) => Some((reservation_id.as_str(), Some(*ends))),
            (_, Some(id)) => Some((id.as_str(), None)),
            _ => None,
        };
        if let Some((id, ends)) = of {
            all.entry(id)
                .or_insert_with(|| Block {
                    ends,
                    inside: Vec::new(),
                })
                .inside
                .push(one);
        }
    }
    all
}

/// Those that are capacity blocks, and when they end.
fn blocks_of<'w>(
    world: &'w Simulation,
    region: &str,
    now: Timestamp,
) -> BTreeMap<&'w str, Block<'w>> {
    let mut all = reservations_of(world, region, now);
    all.retain(|_, block| block.ends.is_some());
    all
}

fn named<'a>(
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
pub fn reservations(context: &Context<'_>) -> Answer {
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
    let world = context.world();
    let blocks = reservations_of(&world, context.region, context.now);
    let code = "InvalidCapacityReservationId.NotFound";
    let ids = named(
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
                "owner-id" => world.account.id.clone(),
                "reservation-type" => kind(block).to_owned(),
                "tenancy" => "default".to_owned(),
                _ => block.state(context.now).to_owned(),
            }]
        });
        if pass && (ids.is_empty() || ids.contains(id)) {
            items.push((id, reservation(id, block, first, &world, context.now)));
        }
    }
    let page = page(context, items, (1, 1_000), |(id, _)| (*id).to_owned())?;
    let items: Vec<Value> = page.items.into_iter().map(|(_, node)| node).collect();
    Ok(fields! { "capacityReservationSet": items, "nextToken": page.next })
}

fn kind(block: &Block<'_>) -> &'static str {
    if block.ends.is_some() {
        "capacity-block"
    } else {
        "default"
    }
}

fn reservation(
    id: &str,
    block: &Block<'_>,
    first: &Instance,
    world: &Simulation,
    now: Timestamp,
) -> Value {
    fields! {
        "capacityReservationId": id.to_owned(),
        "ownerId": &world.account.id,
        "capacityReservationArn": format!("arn:aws:ec2:{}:{}:capacity-reservation/{id}", first.region, world.account.id),
        "instanceType": &first.instance_type,
        "instancePlatform": "Linux/UNIX",
        "availabilityZone": &first.zone,
        "tenancy": "default",
        "totalInstanceCount": block.inside.len(),
        "availableInstanceCount": block.free(now),
        "ebsOptimized": true,
        "ephemeralStorage": false,
        "state": block.state(now),
        "startDate": block.begins(now),
        "endDate": block.ends,
        "endDateType": if block.ends.is_some() { "limited" } else { "unlimited" },
        "instanceMatchCriteria": "targeted",
        "createDate": block.begins(now),
        "reservationType": kind(block),
        "capacityBlockId": block.ends.map(|_| id.replacen("cr-", "cb-", 1)),
    }
}

/// `DescribeCapacityBlocks`
pub fn blocks(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &["availability-zone", "capacity-block-id", "state"],
    )?;
    dry_run(context)?;
    let world = context.world();
    let blocks: Vec<(String, &str, Block<'_>)> = blocks_of(&world, context.region, context.now)
        .into_iter()
        .map(|(id, block)| (id.replacen("cr-", "cb-", 1), id, block))
        .collect();
    let known = |id: &str| blocks.iter().any(|(block, ..)| block == id);
    let ids = named(
        context,
        "CapacityBlockId",
        known,
        "InvalidCapacityBlockId.NotFound",
    )?;
    let mut items: Vec<(String, Value)> = Vec::new();
    for (id, reservation, block) in &blocks {
        let zone = block
            .inside
            .first()
            .map(|one| one.zone.clone())
            .unwrap_or_default();
        let pass = filters.pass(&Tags::new(), |name| {
            vec![match name {
                "availability-zone" => zone.clone(),
                "state" => block.state(context.now).to_owned(),
                _ => id.clone(),
            }]
        });
        if pass && (ids.is_empty() || ids.contains(&id.as_str())) {
            let node = fields! {
                "capacityBlockId": id,
                "availabilityZone": zone.clone(),
                "capacityReservationIdSet": vec![(*reservation).to_owned()],
                "startDate": block.begins(context.now),
                "endDate": block.ends,
                "createDate": block.begins(context.now),
                "state": block.state(context.now),
            };
            items.push((id.clone(), node));
        }
    }
    let page = page(context, items, (1, 1_000), |(id, _)| id.clone())?;
    let items: Vec<Value> = page.items.into_iter().map(|(_, node)| node).collect();
    Ok(fields! { "capacityBlockSet": items, "nextToken": page.next })
}
