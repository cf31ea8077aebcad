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

/// The codes of regions that accounts get in this way.
fn codes(opt_in: OptIn) -> impl Iterator<Item = String> {
    region::all()
        .iter()
        .filter(move |region| region.opt_in == opt_in)
        .map(|region| region.code.to_owned())
}

/// `DescribeRegions`: the enabled ones, or with `AllRegions` the others too.
pub fn regions(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &["endpoint", "opt-in-status", "region-name"],
    )?;
    let named = context.input.texts("RegionName")?;
    let all = context.input.flag("AllRegions")? == Some(true);
    dry_run(context)?;
    let mut known: Vec<String> = context.world().regions.clone();
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
            let status = if !enabled.contains(&region) { "not-opted-in" } else { "opt-in-not-required" };
            let endpoint = format!("ec2.{region}.amazonaws.com");
            let pass = filters.pass(&Tags::new(), |name| match name {
                "endpoint" => vec![endpoint.clone()],
                "opt-in-status" => vec![status.to_owned()],
                _ => vec![region.clone()],
            });
            pass.then(|| fields! { "regionName": region.clone(), "regionEndpoint": endpoint.clone(), "optInStatus": status })
        })
        .collect();
    Ok(fields! { "regionInfo": items })
}

/// `DescribeAvailabilityZones`: three a region.
pub fn zones(context: &Context<'_>) -> Answer {
    let filters = Filters::read(
        &context.input,
        &["region-name", "state", "zone-id", "zone-name", "zone-type"],
    )?;
    let named = context.input.texts("ZoneName")?;
    dry_run(context)?;
    let region = context.region;
    let items: Vec<Value> = ["a", "b", "c"]
        .iter()
        .enumerate()
        .filter_map(|(place, letter)| {
            let (name, id) = (
                format!("{region}{letter}"),
                format!("{}-az{}", short(region), place + 1),
            );
            let pass = filters.pass(&Tags::new(), |filter| match filter {
                "region-name" => vec![region.to_owned()],
                "state" => vec!["available".to_owned()],
                "zone-id" => vec![id.clone()],
                "zone-type" => vec!["availability-zone".to_owned()],
                _ => vec![name.clone()],
            });
            let wanted = pass && (named.is_empty() || named.contains(&name.as_str()));
            wanted.then(|| {
                fields! {
                    "zoneName": name.clone(),
                    "zoneId": id.clone(),
                    "zoneState": "available",
                    "regionName": region.to_owned(),
                    "groupName": format!("{region}-zg-1"),
                    "networkBorderGroup": region.to_owned(),
                    "optInStatus": "opt-in-not-required",
                    "zoneType": "availability-zone",
                    "messageSet": Value::List(Vec::new()),
                }
            })
        })
        .collect();
    Ok(fields! { "availabilityZoneInfo": items })
}

/// `use1` for `us-east-1`.
fn short(region: &str) -> String {
    let parts: Vec<&str> = region.split('-').collect();
    match parts.as_slice() {
        [area, side, number] => {
            format!("{area}{}{number}", side.chars().next().unwrap_or_default())
        }
        _ => region.to_owned(),
    }
}
