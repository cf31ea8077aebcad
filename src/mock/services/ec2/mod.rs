//! EC2, as ec2Query names things: members are the names on the wire.

mod actions;
mod capacity;
mod filter;
mod instances;
mod regions;
mod spot;
mod status;
mod tags;
mod types;
mod volumes;

use super::{Answer, Context};
use crate::{
    domain::Tags,
    mock::protocol::{Error, Failure, Value, error, value::fields},
};

/// Answers an operation.
pub fn answer(context: &Context<'_>) -> Answer {
    match context.operation {
        "DescribeInstances" => instances::describe(context),
        "DescribeInstanceAttribute" => instances::attribute(context),
        "DescribeInstanceStatus" => status::describe(context),
        "DescribeInstanceTypes" => types::describe(context),
        "DescribeInstanceTypeOfferings" => types::offerings(context),
        "DescribeRegions" => regions::regions(context),
        "DescribeAvailabilityZones" => regions::zones(context),
        "DescribeTags" => tags::describe(context),
        "CreateTags" => tags::create(context),
        "DeleteTags" => tags::delete(context),
        "DescribeVolumes" => volumes::describe(context),
        "DescribeSpotPriceHistory" => spot::prices(context),
        "DescribeSpotInstanceRequests" => spot::requests(context),
        "DescribeCapacityReservations" => capacity::reservations(context),
        "DescribeCapacityBlocks" => capacity::blocks(context),
        "DescribeReservedInstances" => {
            dry_run(context).map(|()| fields! { "reservedInstancesSet": Value::List(Vec::new()) })
        }
        "StopInstances" => actions::stop(context),
        "StartInstances" => actions::start(context),
        "TerminateInstances" => actions::terminate(context),
        "RebootInstances" => actions::reboot(context),
        "" => error::refuse("MissingAction", "The request is missing an action."),
        _ => context.unknown(),
    }
}

/// Ends a dry run with the error that means it would have succeeded.
fn dry_run(context: &Context<'_>) -> Result<(), Failure> {
    if context.input.flag("DryRun")? == Some(true) {
        return Err(Error::new(
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )
        .status(412)
        .into());
    }
    Ok(())
}

/// One page; EC2 refuses sizes outside `bounds` in its own words.
fn page<T>(
    context: &Context<'_>,
    items: Vec<T>,
    (least, most): (i64, i64),
    id: impl Fn(&T) -> String,
) -> Result<crate::mock::protocol::pagination::Page<T>, Failure> {
    if let Some(asked) = context.input.whole("MaxResults")?
        && !(least..=most).contains(&asked)
    {
        return error::refuse(
            "InvalidParameterValue",
            format!(
                "Value ( {asked} ) for parameter maxResults is invalid. Expecting a value between {least} and {most}."
            ),
        );
    }
    context.page(
        items,
        ("NextToken", "MaxResults"),
        least..=most,
        most as usize,
        id,
    )
}

fn tag_set(tags: &Tags) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| fields! { "key": key, "value": value })
        .collect()
}
