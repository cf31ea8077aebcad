//! DescribeSpotInstanceRequests.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page, tag_set};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        price_facts::Facts,
        protocol::{Value, error, value::fields},
        simulation::{Instance, InstanceState, Market},
    },
};

const PRODUCT: &str = "Linux/UNIX";

/// `DescribeSpotInstanceRequests`: one request for each spot instance.
pub(super) fn requests(context: &Context<'_>) -> Answer {
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
    let simulation = context.simulation();
    let mut requests: Vec<(&Instance, &str, bool)> = simulation
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

/// State, status code and status message.
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
        "launchSpecification": fields! {
            "imageId": &one.image_id,
            "instanceType": &one.instance_type,
            "subnetId": &one.subnet_id,
        },
        "launchedAvailabilityZone": &one.zone,
        "productDescription": PRODUCT,
        "spotPrice": Facts::get()
            .on_demand(&one.instance_type, &one.region)
            .map(|price| format!("{price:.6}")),
        "instanceInterruptionBehavior": if persistent { "stop" } else { "terminate" },
        "tagSet": tag_set(&Tags::new()),
    }
}
