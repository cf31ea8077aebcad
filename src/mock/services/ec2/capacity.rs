//! DescribeCapacityReservations: the reservations that instances of the simulation run in, and
//! those of the scenario that they do not.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page, tag_set};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::{Instance, InstanceState, Market, ReservedCapacity, Simulation, after},
    },
};
use std::collections::BTreeMap;

/// A capacity reservation.
struct CapacityReservation<'w> {
    id: &'w str,
    zone: &'w str,
    instance_type: &'w str,
    total: usize,
    free: usize,
    start: Timestamp,
    /// When a capacity block ends; a reservation on demand has no end.
    end: Option<Timestamp>,
    billed_to: Option<&'w str>,
    tags: Option<&'w Tags>,
}

impl<'w> CapacityReservation<'w> {
    /// The reservation that `inside` run in.
    fn around(
        id: &'w str,
        end: Option<Timestamp>,
        inside: &[&'w Instance],
        now: Timestamp,
    ) -> Option<Self> {
        let first = inside.first()?;
        let launched = inside.iter().map(|one| one.first_launched()).min();
        let is_free = |one: &&&Instance| {
            matches!(
                one.state(now),
                Some(InstanceState::Stopped | InstanceState::Terminated) | None
            )
        };
        Some(Self {
            id,
            zone: &first.zone,
            instance_type: &first.instance_type,
            total: inside.len(),
            free: inside.iter().filter(is_free).count(),
            start: after(launched.unwrap_or(now), -600.0),
            end,
            billed_to: None,
            tags: None,
        })
    }

    fn of(one: &'w ReservedCapacity) -> Self {
        Self {
            id: &one.id,
            zone: &one.zone,
            instance_type: &one.instance_type,
            total: one.total as usize,
            free: one.total.saturating_sub(one.used) as usize,
            start: one.created,
            end: one.end,
            billed_to: one.billed_to.as_deref(),
            tags: Some(&one.tags),
        }
    }

    fn state(&self, now: Timestamp) -> &'static str {
        if self.end.is_none_or(|end| end > now) {
            "active"
        } else {
            "expired"
        }
    }

    fn kind(&self) -> &'static str {
        if self.end.is_some() {
            "capacity-block"
        } else {
            "default"
        }
    }
}

/// All reservations of a region, by id.
fn reservations_of<'w>(
    simulation: &'w Simulation,
    region: &str,
    now: Timestamp,
) -> BTreeMap<&'w str, CapacityReservation<'w>> {
    let mut inside: BTreeMap<&str, (Option<Timestamp>, Vec<&Instance>)> = BTreeMap::new();
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
            inside
                .entry(id)
                .or_insert_with(|| (end, Vec::new()))
                .1
                .push(one);
        }
    }
    let used = inside
        .iter()
        .filter_map(|(id, (end, inside))| CapacityReservation::around(id, *end, inside, now));
    let others = simulation.reserved_capacity(region, now);
    used.chain(others.into_iter().map(CapacityReservation::of))
        .map(|one| (one.id, one))
        .collect()
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
    let all = reservations_of(&simulation, context.region, context.now);
    let code = "InvalidCapacityReservationId.NotFound";
    let ids = requested_ids(
        context,
        "CapacityReservationId",
        |id| all.contains_key(id),
        code,
    )?;
    let none = Tags::new();
    let mut items: Vec<(&str, Value)> = Vec::new();
    for (id, one) in &all {
        let pass = filters.pass(one.tags.unwrap_or(&none), |name| {
            vec![match name {
                "availability-zone" => one.zone.to_owned(),
                "instance-type" => one.instance_type.to_owned(),
                "owner-id" => simulation.account.id.clone(),
                "reservation-type" => one.kind().to_owned(),
                "tenancy" => "default".to_owned(),
                _ => one.state(context.now).to_owned(),
            }]
        });
        if pass && (ids.is_empty() || ids.contains(id)) {
            items.push((id, reservation(one, context, &simulation)));
        }
    }
    let page = page(context, items, (1, 1_000), |(id, _)| (*id).to_owned())?;
    let items: Vec<Value> = page.items.into_iter().map(|(_, node)| node).collect();
    Ok(fields! { "capacityReservationSet": items, "nextToken": page.next })
}

fn reservation(
    one: &CapacityReservation<'_>,
    context: &Context<'_>,
    simulation: &Simulation,
) -> Value {
    let account = &simulation.account.id;
    let has_end = one.end.is_some();
    fields! {
        "capacityReservationId": one.id.to_owned(),
        "ownerId": account,
        "capacityReservationArn": format!(
            "arn:aws:ec2:{}:{account}:capacity-reservation/{}",
            context.region, one.id
        ),
        "instanceType": one.instance_type.to_owned(),
        "instancePlatform": "Linux/UNIX",
        "availabilityZone": one.zone.to_owned(),
        "tenancy": "default",
        "totalInstanceCount": one.total,
        "availableInstanceCount": one.free,
        "ebsOptimized": true,
        "ephemeralStorage": false,
        "state": one.state(context.now),
        "startDate": one.start,
        "endDate": one.end,
        "endDateType": if has_end { "limited" } else { "unlimited" },
        "instanceMatchCriteria": "targeted",
        "createDate": one.start,
        "tagSet": one.tags.map(tag_set),
        "reservationType": one.kind(),
        "unusedReservationBillingOwnerId": one.billed_to.map(str::to_owned),
        "capacityBlockId": has_end.then(|| one.id.replacen("cr-", "cb-", 1)),
    }
}
