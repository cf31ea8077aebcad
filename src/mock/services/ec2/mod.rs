//! EC2 over ec2Query; members have their names on the wire.

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

use super::{Context, Operations};
use crate::{
    domain::Tags,
    mock::protocol::{Error, Failure, Value, error, value::fields},
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("DescribeInstances", instances::describe),
    ("DescribeInstanceAttribute", instances::attribute),
    ("DescribeInstanceStatus", status::describe),
    ("DescribeInstanceTypes", types::describe),
    ("DescribeRegions", regions::regions),
    ("DescribeTags", tags::describe),
    ("CreateTags", tags::create),
    ("DeleteTags", tags::delete),
    ("DescribeVolumes", volumes::describe),
    ("DescribeSpotInstanceRequests", spot::requests),
    ("DescribeCapacityReservations", capacity::reservations),
    ("StopInstances", actions::stop),
    ("StartInstances", actions::start),
    ("TerminateInstances", actions::terminate),
    ("RebootInstances", actions::reboot),
];

/// Ends a dry run with the error that means success.
fn dry_run(context: &Context<'_>) -> Result<(), Failure> {
    if context.input.bool("DryRun")? == Some(true) {
        return Err(Error::new(
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )
        .status(412)
        .into());
    }
    Ok(())
}

/// One page; refuses sizes outside `bounds` with EC2's message.
fn page<T>(
    context: &Context<'_>,
    items: Vec<T>,
    (min, max): (i64, i64),
    id: impl Fn(&T) -> String,
) -> Result<crate::mock::protocol::pagination::Page<T>, Failure> {
    if let Some(requested) = context.input.int("MaxResults")?
        && !(min..=max).contains(&requested)
    {
        return error::refuse(
            "InvalidParameterValue",
            format!(
                "Value ( {requested} ) for parameter maxResults is invalid. Expecting a value \
                 between {min} and {max}."
            ),
        );
    }
    context.page(items, ("NextToken", "MaxResults"), max as usize, id)
}

fn tag_set(tags: &Tags) -> Vec<Value> {
    tags.iter()
        .map(|(key, value)| fields! { "key": key, "value": value })
        .collect()
}
