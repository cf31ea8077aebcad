//! DescribeVolumes.

use super::super::{Answer, Context};
use super::{dry_run, filter::Filters, page};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        protocol::{Error, Value, value::fields},
        simulation::{Instance, InstanceState, Volume},
    },
};

const FILTERS: &[&str] = &[
    "attachment.device",
    "attachment.instance-id",
    "attachment.status",
    "availability-zone",
    "size",
    "status",
    "volume-id",
    "volume-type",
];

/// `DescribeVolumes`: every volume belongs to an instance.
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let filters = Filters::read(&context.input, FILTERS)?;
    let ids = context.input.texts("VolumeId")?;
    dry_run(context)?;
    let simulation = context.simulation();
    let mut volumes: Vec<(&Instance, &Volume)> = simulation
        .instances(context.region, context.now)
        .into_iter()
        .filter(|one| one.state(context.now) != Some(InstanceState::Terminated))
        .flat_map(|one| one.volumes.iter().map(move |volume| (one, volume)))
        .collect();
    if let Some(id) = ids
        .iter()
        .find(|id| !volumes.iter().any(|(_, volume)| volume.id == **id))
    {
        return Err(Error::new(
            "InvalidVolume.NotFound",
            format!("The volume '{id}' does not exist."),
        )
        .into());
    }
    volumes.retain(|(one, volume)| {
        let pass = filters.pass(&Tags::new(), |name| {
            vec![match name {
                "attachment.device" => volume.device.clone(),
                "attachment.instance-id" => one.id.clone(),
                "attachment.status" => "attached".to_owned(),
                "availability-zone" => one.zone.clone(),
                "size" => volume.size_gib.to_string(),
                "status" => "in-use".to_owned(),
                "volume-type" => volume.kind.to_owned(),
                _ => volume.id.clone(),
            }]
        });
        pass && (ids.is_empty() || ids.contains(&volume.id.as_str()))
    });
    volumes.sort_by(|a, b| a.1.id.cmp(&b.1.id));
    let page = page(context, volumes, (5, 1_000), |(_, volume)| {
        volume.id.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|(one, volume)| item(one, volume, one.first_launched()))
        .collect();
    Ok(fields! { "volumeSet": items, "nextToken": page.next })
}

fn item(one: &Instance, volume: &Volume, attached: Timestamp) -> Value {
    let gp3 = volume.kind == "gp3";
    fields! {
        "volumeId": &volume.id,
        "size": volume.size_gib,
        "snapshotId": "",
        "availabilityZone": &one.zone,
        "status": "in-use",
        "createTime": attached,
        "attachmentSet": vec![fields! {
            "volumeId": &volume.id,
            "instanceId": &one.id,
            "device": &volume.device,
            "status": "attached",
            "attachTime": attached,
            "deleteOnTermination": true,
        }],
        "volumeType": volume.kind,
        "iops": gp3.then_some(3_000_u32),
        "throughput": gp3.then_some(125_u32),
        "encrypted": true,
        "multiAttachEnabled": false,
        "operator": fields! { "managed": false },
    }
}
