//! DescribeSpotPriceHistory and DescribeSpotInstanceRequests.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page, tag_set};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        load_shape,
        price_facts::Facts,
        protocol::{Value, error, value::fields},
        simulation::{Instance, InstanceState, Market, after},
    },
};

const DAY: i64 = 86_400;
const PRODUCT: &str = "Linux/UNIX";

/// `DescribeSpotPriceHistory`: a quote a day for each type and zone, and the one in force at the
/// start.
pub fn prices(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &[
            "availability-zone",
            "instance-type",
            "product-description",
            "spot-price",
        ],
    )?;
    let types = context.input.texts("InstanceType")?;
    let products = context.input.texts("ProductDescription")?;
    let zone = context.input.text("AvailabilityZone")?;
    let end = context
        .input
        .moment("EndTime")?
        .unwrap_or(context.now)
        .min(context.now);
    let start = context
        .input
        .moment("StartTime")?
        .unwrap_or_else(|| after(end, -(DAY as f64)));
    dry_run(context)?;
    let facts = Facts::get();
    if let Some(strange) = types
        .iter()
        .find(|name| facts.instance_type(name).is_none())
    {
        return error::refuse(
            "InvalidInstanceType",
            format!("Invalid instance type: {strange}"),
        );
    }
    let mut quotes: Vec<(Timestamp, String, String, f64)> = Vec::new();
    for one in facts.instance_types() {
        if !types.is_empty() && !types.contains(&one.name.as_str()) {
            continue;
        }
        let Some(price) = facts.spot(&one.name, context.region) else {
            continue;
        };
        for letter in ["a", "b", "c"] {
            let name = format!("{}{letter}", context.region);
            let pass = filters.pass(&Tags::new(), |filter| {
                vec![match filter {
                    "availability-zone" => name.clone(),
                    "product-description" => PRODUCT.to_owned(),
                    "spot-price" => format!("{price:.6}"),
                    _ => one.name.clone(),
                }]
            });
            let wanted = pass
                && zone.is_none_or(|zone| zone == name)
                && (products.is_empty() || products.contains(&PRODUCT));
            if wanted {
                quotes.extend(
                    days(&one.name, &name, start, end)
                        .map(|at| (at, one.name.clone(), name.clone(), price)),
                );
            }
        }
    }
    quotes.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| (&a.1, &a.2).cmp(&(&b.1, &b.2))));
    let page = page(context, quotes, (1, 1_000), |(at, ty, zone, _)| {
        format!("{at}/{ty}/{zone}")
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|(at, ty, zone, price)| {
            fields! {
                "instanceType": ty,
                "productDescription": PRODUCT,
                "spotPrice": format!("{price:.6}"),
                "timestamp": at,
                "availabilityZone": zone,
            }
        })
        .collect();
    Ok(fields! { "spotPriceHistorySet": items, "nextToken": page.next })
}

/// When a type's price was quoted in a zone: once a day, the last quote before `start` included; 90
/// days at most.
fn days(ty: &str, zone: &str, start: Timestamp, end: Timestamp) -> impl Iterator<Item = Timestamp> {
    let offset = (load_shape::hash(7, &format!("{ty}/{zone}")) >> 1).cast_signed() % DAY;
    let first = (start.as_second() - offset)
        .div_euclid(DAY)
        .max((end.as_second() - offset).div_euclid(DAY) - 90);
    let last = (end.as_second() - offset).div_euclid(DAY);
    (first..=last).filter_map(move |day| Timestamp::from_second(day * DAY + offset).ok())
}

/// `DescribeSpotInstanceRequests`: of the spot instances there are.
pub fn requests(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &[
            "instance-id",
            "spot-instance-request-id",
            "state",
            "type",
            "launch.instance-type",
        ],
    )?;
    let ids = context.input.texts("SpotInstanceRequestId")?;
    dry_run(context)?;
    let world = context.world();
    let mut requests: Vec<(&Instance, &str, bool)> = world
        .instances(context.region, context.now)
        .into_iter()
        .filter_map(|one| match &one.market {
            Market::Spot {
                request_id,
                persistent,
            } => Some((one, request_id.as_str(), *persistent)),
            _ => None,
        })
        .collect();
    if let Some(id) = ids
        .iter()
        .find(|id| !requests.iter().any(|(_, known, _)| known == *id))
    {
        return error::refuse(
            "InvalidSpotInstanceRequestID.NotFound",
            format!("The spot instance request ID '{id}' does not exist"),
        );
    }
    requests.retain(|(one, id, persistent)| {
        let pass = filters.pass(&one.tags, |name| {
            vec![match name {
                "instance-id" => one.id.clone(),
                "state" => request_state(one, *persistent, context.now).0.to_owned(),
                "type" => kind(*persistent).to_owned(),
                "launch.instance-type" => one.instance_type.clone(),
                _ => (*id).to_owned(),
            }]
        });
        pass && (ids.is_empty() || ids.contains(id))
    });
    requests.sort_by_key(|(_, id, _)| *id);
    let page = page(context, requests, (5, 1_000), |(_, id, _)| (*id).to_owned())?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|(one, id, persistent)| request(one, id, persistent, context.now))
        .collect();
    Ok(fields! { "spotInstanceRequestSet": items, "nextToken": page.next })
}

fn kind(persistent: bool) -> &'static str {
    if persistent { "persistent" } else { "one-time" }
}

/// State, status code and its words.
fn request_state(
    one: &Instance,
    persistent: bool,
    now: Timestamp,
) -> (&'static str, &'static str, &'static str) {
    match one.state(now) {
        Some(InstanceState::Running | InstanceState::Pending) => {
            ("active", "fulfilled", "Your spot request is fulfilled.")
        }
        Some(InstanceState::Stopping | InstanceState::Stopped) if persistent => (
            "disabled",
            "instance-stopped-by-user",
            "Your Spot instance was stopped by the user.",
        ),
        _ if persistent => (
            "open",
            "pending-evaluation",
            "Your Spot request has been submitted for review, and is pending evaluation.",
        ),
        _ => (
            "closed",
            "instance-terminated-by-user",
            "Your Spot instance was terminated by the user.",
        ),
    }
}

fn request(one: &Instance, id: &str, persistent: bool, now: Timestamp) -> Value {
    let (state, code, message) = request_state(one, persistent, now);
    fields! {
        "spotInstanceRequestId": id.to_owned(),
        "type": kind(persistent),
        "state": state,
        "status": fields! { "code": code, "message": message, "updateTime": one.life.since(now) },
        "createTime": one.first_launched(),
        "instanceId": &one.id,
        "launchSpecification": fields! { "imageId": &one.image_id, "instanceType": &one.instance_type, "subnetId": &one.subnet_id },
        "launchedAvailabilityZone": &one.zone,
        "productDescription": PRODUCT,
        "spotPrice": Facts::get().on_demand(&one.instance_type, &one.region).map(|price| format!("{price:.6}")),
        "instanceInterruptionBehavior": if persistent { "stop" } else { "terminate" },
        "tagSet": tag_set(&Tags::new()),
    }
}
