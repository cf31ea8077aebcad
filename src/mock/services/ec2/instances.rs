//! DescribeInstances and DescribeInstanceAttribute.

use super::super::{Answer, Context};
use super::{actions::state, dry_run, filter::Filters, page, tag_set};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::{Instance, InstanceState, Market, Simulation},
    },
};

const FILTERS: &[&str] = &[
    "architecture",
    "availability-zone",
    "block-device-mapping.volume-id",
    "capacity-reservation-id",
    "hypervisor",
    "iam-instance-profile.arn",
    "image-id",
    "instance-id",
    "instance-lifecycle",
    "instance-state-code",
    "instance-state-name",
    "instance-type",
    "instance.group-id",
    "instance.group-name",
    "key-name",
    "launch-time",
    "monitoring-state",
    "network-interface.network-interface-id",
    "operator.managed",
    "owner-id",
    "placement-group-name",
    "platform-details",
    "private-ip-address",
    "reservation-id",
    "root-device-type",
    "spot-instance-request-id",
    "subnet-id",
    "tenancy",
    "usage-operation",
    "virtualization-type",
    "vpc-id",
];

/// The instances that a request names or that match its filters, in a stable order.
pub(super) fn selected<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
    known: &[&str],
) -> Result<Vec<&'w Instance>, Failure> {
    let filters = Filters::read(&context.input, known)?;
    let ids = context.input.texts("InstanceId")?;
    if !ids.is_empty() && context.input.has("MaxResults") {
        return error::refuse(
            "InvalidParameterCombination",
            "The parameter instancesSet cannot be used with the parameter maxResults",
        );
    }
    for id in &ids {
        simulation.instance(context.region, id, context.now)?;
    }
    let mut listed = simulation.instances(context.region, context.now);
    listed.retain(|one| {
        (ids.is_empty() || ids.contains(&one.id.as_str()))
            && filters.pass(&one.tags, |name| {
                filter_values(one, name, &simulation.account.id, context.now)
            })
    });
    listed.sort_by(|a, b| {
        (&a.reservation_id, a.launch_index, &a.id).cmp(&(&b.reservation_id, b.launch_index, &b.id))
    });
    Ok(listed)
}

/// The values that the filter `name` compares: several, one or none.
fn filter_values(one: &Instance, name: &str, account: &str, now: Timestamp) -> Vec<String> {
    let groups = &one.security_groups;
    let optional = match name {
        "block-device-mapping.volume-id" => {
            return one.volumes.iter().map(|volume| volume.id.clone()).collect();
        }
        "instance.group-id" => return groups.iter().map(|(id, _)| id.clone()).collect(),
        "instance.group-name" => return groups.iter().map(|(_, name)| name.clone()).collect(),
        "capacity-reservation-id" => capacity(one).map(str::to_owned),
        "iam-instance-profile.arn" => one.profile_arn.clone(),
        "instance-lifecycle" => one.market.lifecycle().map(str::to_owned),
        "key-name" => one.key_name.clone(),
        "spot-instance-request-id" => spot_request(one).map(str::to_owned),
        _ => filter_value(one, name, account, now),
    };
    optional.into_iter().collect()
}

/// The value of a filter that compares exactly one.
fn filter_value(one: &Instance, name: &str, account: &str, now: Timestamp) -> Option<String> {
    let state = one.state(now).unwrap_or(InstanceState::Pending);
    Some(match name {
        "architecture" => architecture(one).to_owned(),
        "availability-zone" => one.zone.clone(),
        "hypervisor" => "xen".to_owned(),
        "image-id" => one.image_id.clone(),
        "instance-id" => one.id.clone(),
        "instance-state-code" => state.code().to_string(),
        "instance-state-name" => state.name().to_owned(),
        "instance-type" => one.instance_type.clone(),
        "launch-time" => one
            .launched(now)
            .strftime("%Y-%m-%dT%H:%M:%S.000Z")
            .to_string(),
        "monitoring-state" => monitoring(one).to_owned(),
        "network-interface.network-interface-id" => one.interface_id.clone(),
        "operator.managed" => "false".to_owned(),
        "owner-id" => account.to_owned(),
        "platform-details" => "Linux/UNIX".to_owned(),
        "private-ip-address" => one.private_ip.clone(),
        "reservation-id" => one.reservation_id.clone(),
        "root-device-type" => root_device(one).to_owned(),
        "subnet-id" => one.subnet_id.clone(),
        "tenancy" => "default".to_owned(),
        "usage-operation" => "RunInstances".to_owned(),
        "virtualization-type" => "hvm".to_owned(),
        "vpc-id" => one.vpc_id.clone(),
        _ => return None,
    })
}

/// `DescribeInstances`: a page counts instances, and groups them by reservation.
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let listed = selected(context, &simulation, FILTERS)?;
    context.input.bool("IncludeManagedResources")?;
    dry_run(context)?;
    let page = page(context, listed, (5, 1_000), |one| one.id.clone())?;
    let mut reservations: Vec<(&str, Vec<Value>)> = Vec::new();
    for one in page.items {
        let item = instance(one, &simulation.account.id, context.now);
        match reservations
            .last_mut()
            .filter(|(id, _)| *id == one.reservation_id)
        {
            Some((_, items)) => items.push(item),
            None => reservations.push((&one.reservation_id, vec![item])),
        }
    }
    let reservations: Vec<Value> = reservations
        .into_iter()
        .map(|(id, items)| {
            fields! {
                "reservationId": id.to_owned(),
                "ownerId": &simulation.account.id,
                "groupSet": Value::List(Vec::new()),
                "instancesSet": items,
            }
        })
        .collect();
    Ok(fields! { "reservationSet": reservations, "nextToken": page.next })
}

fn architecture(one: &Instance) -> &'static str {
    let family = one.instance_type.split('.').next().unwrap_or_default();
    let arm = family == "g5g"
        || family.contains("gb200")
        || (family.len() == 3 && family.ends_with('g'))
        || family.ends_with("gd");
    if arm { "arm64" } else { "x86_64" }
}

fn monitoring(one: &Instance) -> &'static str {
    if one.detailed_monitoring {
        "enabled"
    } else {
        "disabled"
    }
}

fn root_device(one: &Instance) -> &'static str {
    if one.ebs_root {
        "ebs"
    } else {
        "instance-store"
    }
}

fn spot_request(one: &Instance) -> Option<&str> {
    if let Market::Spot { request_id, .. } = &one.market {
        Some(request_id)
    } else {
        None
    }
}

fn capacity_block(one: &Instance) -> Option<&str> {
    if let Market::CapacityBlock { reservation_id, .. } = &one.market {
        Some(reservation_id)
    } else {
        None
    }
}

/// The capacity reservation or capacity block it runs in.
fn capacity(one: &Instance) -> Option<&str> {
    capacity_block(one).or(one.capacity_reservation.as_deref())
}

fn groups(one: &Instance) -> Vec<Value> {
    one.security_groups
        .iter()
        .map(|(id, name)| fields! { "groupId": id, "groupName": name })
        .collect()
}

fn instance(one: &Instance, account: &str, now: Timestamp) -> Value {
    let life = one.state(now).unwrap_or(InstanceState::Pending);
    let gone = life == InstanceState::Terminated;
    let host = one.private_dns_name();
    let mut body = fields! {
        "instanceId": &one.id,
        "imageId": &one.image_id,
        "instanceState": state(life),
        "privateDnsName": if gone { String::new() } else { host },
        "dnsName": "",
        "reason": one.transition_reason(now),
        "keyName": one.key_name.clone(),
        "amiLaunchIndex": one.launch_index,
        "productCodes": Value::List(Vec::new()),
        "instanceType": &one.instance_type,
        "launchTime": one.launched(now),
        "placement": fields! {
            "availabilityZone": &one.zone,
            "groupName": "",
            "tenancy": "default",
        },
        "monitoring": fields! { "state": monitoring(one) },
        "subnetId": (!gone).then_some(&one.subnet_id),
        "vpcId": (!gone).then_some(&one.vpc_id),
        "privateIpAddress": (!gone).then_some(&one.private_ip),
        "sourceDestCheck": (!gone).then_some(true),
        "groupSet": groups(one),
        "stateReason": one.state_reason(now).map(|(code, message)| fields! {
            "code": code,
            "message": message,
        }),
        "architecture": architecture(one),
        "rootDeviceType": root_device(one),
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMapping": if gone { Vec::new() } else { disks(one) },
        "virtualizationType": "hvm",
        "instanceLifecycle": one.market.lifecycle(),
        "spotInstanceRequestId": spot_request(one).map(str::to_owned),
        "capacityReservationId": capacity(one).map(str::to_owned),
        "capacityBlockId": capacity_block(one).map(|id| id.replacen("cr-", "cb-", 1)),
        "clientToken": "",
        "tagSet": tag_set(&one.tags),
        "hypervisor": "xen",
        "networkInterfaceSet": if gone { Vec::new() } else { vec![interface(one, account)] },
    };
    body.set_all(settings(one));
    body
}

/// The members that launch settings decide.
fn settings(one: &Instance) -> Value {
    let threads = 2;
    let cores = crate::mock::price_facts::Facts::get()
        .instance_type(&one.instance_type)
        .map(|facts| (facts.vcpus / threads).max(1));
    fields! {
        "iamInstanceProfile": one.profile_arn.as_ref().map(|arn| fields! {
            "arn": arn,
            "id": format!("AIPA{}", one.id.to_uppercase().trim_start_matches("I-")),
        }),
        "ebsOptimized": true,
        "enaSupport": true,
        "cpuOptions": cores.map(|cores| fields! { "coreCount": cores, "threadsPerCore": threads }),
        "capacityReservationSpecification": fields! { "capacityReservationPreference": "open" },
        "hibernationOptions": fields! { "configured": false },
        "metadataOptions": fields! {
            "state": "applied",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 2_u32,
            "httpEndpoint": "enabled",
        },
        "enclaveOptions": fields! { "enabled": false },
        "platformDetails": "Linux/UNIX",
        "usageOperation": "RunInstances",
        "usageOperationUpdateTime": one.first_launched(),
        "maintenanceOptions": fields! { "autoRecovery": "default" },
        "operator": fields! { "managed": false },
    }
}

fn disks(one: &Instance) -> Vec<Value> {
    one.volumes
        .iter()
        .map(|volume| {
            fields! {
                "deviceName": &volume.device,
                "ebs": fields! {
                    "volumeId": &volume.id,
                    "status": "attached",
                    "attachTime": one.first_launched(),
                    "deleteOnTermination": true,
                },
            }
        })
        .collect()
}

fn interface(one: &Instance, account: &str) -> Value {
    fields! {
        "networkInterfaceId": &one.interface_id,
        "subnetId": &one.subnet_id,
        "vpcId": &one.vpc_id,
        "description": "",
        "ownerId": account.to_owned(),
        "status": "in-use",
        "privateIpAddress": &one.private_ip,
        "sourceDestCheck": true,
        "groupSet": groups(one),
        "attachment": fields! {
            "attachmentId": one.interface_id.replacen("eni-", "eni-attach-", 1),
            "deviceIndex": 0_u32,
            "status": "attached",
            "attachTime": one.first_launched(),
            "deleteOnTermination": true,
            "networkCardIndex": 0_u32,
        },
        "interfaceType": "interface",
    }
}

/// `DescribeInstanceAttribute`: one attribute of one instance.
pub(super) fn attribute(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("InstanceId")?;
    let name = context.input.need_text("Attribute")?;
    let simulation = context.simulation();
    let one = simulation.instance(context.region, id, context.now)?;
    dry_run(context)?;
    let value = |value: Value| fields! { "value": value };
    let mut out = fields! { "instanceId": &one.id };
    let (member, node) = match name {
        "disableApiStop" => ("disableApiStop", value(one.stop_protected.into())),
        "disableApiTermination" => (
            "disableApiTermination",
            value(one.termination_protected.into()),
        ),
        "instanceType" => ("instanceType", value((&one.instance_type).into())),
        "instanceInitiatedShutdownBehavior" => {
            ("instanceInitiatedShutdownBehavior", value("stop".into()))
        }
        "ebsOptimized" => ("ebsOptimized", value(true.into())),
        "enaSupport" => ("enaSupport", value(true.into())),
        "sourceDestCheck" => ("sourceDestCheck", value(true.into())),
        "rootDeviceName" => ("rootDeviceName", value("/dev/xvda".into())),
        "groupSet" => ("groupSet", groups(one).into()),
        "blockDeviceMapping" => ("blockDeviceMapping", disks(one).into()),
        "productCodes" => ("productCodes", Value::List(Vec::new())),
        "kernel" | "ramdisk" | "userData" | "sriovNetSupport" | "enclaveOptions" => return Ok(out),
        _ => {
            return error::refuse(
                "InvalidParameterValue",
                format!("Value ({name}) for parameter attribute is invalid. Unknown attribute."),
            );
        }
    };
    out.set(member, node);
    Ok(out)
}
