//! DescribeRegions and DescribeAvailabilityZones.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters};
use crate::{
    domain::{
        Tags,
        region::{self, OptIn},
    },
    mock::protocol::{Value, error, value::fields},
};

/// The codes of regions with this opt-in status.
fn codes(opt_in: OptIn) -> impl Iterator<Item = String> {
    region::all()
        .iter()
        .filter(move |region| region.opt_in == opt_in)
        .map(|region| region.code.to_owned())
}

/// `DescribeRegions`: the enabled regions, or all with `AllRegions`.
pub(super) fn regions(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &["endpoint", "opt-in-status", "region-name"],
    )?;
    let named = context.input.texts("RegionName")?;
    let all = context.input.bool("AllRegions")? == Some(true);
    dry_run(context)?;
    let mut known: Vec<String> = context.simulation().regions.clone();
    known.extend(codes(OptIn::NotRequired));
    let enabled = known.clone();
    if all {
        known.extend(codes(OptIn::Required));
    }
    known.sort();
    known.dedup();
    if let Some(strange) = named
        .iter()
        .find(|name| !known.iter().any(|region| region == *name))
    {
        return error::refuse(
            "InvalidParameterValue",
            format!("Invalid region names: '{strange}'"),
        );
    }
    let items: Vec<Value> = known
        .into_iter()
        .filter(|region| named.is_empty() || named.contains(&region.as_str()))
        .filter_map(|region| {
            let status = if enabled.contains(&region) {
                "opt-in-not-required"
            } else {
                "not-opted-in"
            };
            let endpoint = format!("ec2.{region}.amazonaws.com");
            let pass = filters.pass(&Tags::new(), |name| match name {
                "endpoint" => vec![endpoint.clone()],
                "opt-in-status" => vec![status.to_owned()],
                _ => vec![region.clone()],
            });
            pass.then(|| {
                fields! {
                    "regionName": region.clone(),
                    "regionEndpoint": endpoint.clone(),
                    "optInStatus": status,
                }
            })
        })
        .collect();
    Ok(fields! { "regionInfo": items })
}
