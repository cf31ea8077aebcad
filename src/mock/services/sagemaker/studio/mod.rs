//! Studio: domains, user profiles, spaces.

pub(super) mod apps;

use super::super::{Answer, Context};
use super::{
    execution_role,
    listing::{self, ListKeys, Order},
};
use crate::mock::{
    protocol::{Error, Value, value::fields},
    simulation::{Domain, Space, UserProfile},
};

/// `ListDomains`
pub(super) fn list_domains(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    listing::answer(
        context,
        simulation.domains(context.region),
        |one| one.id.clone(),
        "Domains",
        domain,
    )
}

fn domain(one: &Domain) -> Value {
    fields! {
        "DomainArn": &one.arn,
        "DomainId": &one.id,
        "DomainName": &one.name,
        "Status": "InService",
        "CreationTime": one.created,
        "LastModifiedTime": one.created,
        "Url": format!("https://{}.studio.{}.sagemaker.aws", one.id, one.region),
    }
}

/// `DescribeDomain`
pub(super) fn describe_domain(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("DomainId")?;
    let simulation = context.simulation();
    let one = simulation.domain(context.region, id)?;
    let mut out = domain(one);
    let idle = |minutes: u32| {
        fields! { "AppLifecycleManagement": fields! { "IdleSettings": fields! {
            "LifecycleManagement": "ENABLED",
            "IdleTimeoutInMinutes": minutes,
            "MinIdleTimeoutInMinutes": 60_u32,
            "MaxIdleTimeoutInMinutes": minutes.max(60),
        } } }
    };
    out.set_all(fields! {
        "AuthMode": "IAM",
        "AppNetworkAccessType": "PublicInternetOnly",
        "SubnetIds": vec![format!("subnet-0{:016x}", simulation.hash(&one.id))],
        "VpcId": format!("vpc-0{:016x}", simulation.hash(&one.arn)),
        "DefaultUserSettings": fields! {
            "ExecutionRole": execution_role(&simulation),
            "JupyterLabAppSettings": one.idle_timeout_minutes.map(idle),
            "CodeEditorAppSettings": one.idle_timeout_minutes.map(idle),
        },
    });
    Ok(out)
}

/// `ListUserProfiles`
pub(super) fn list_user_profiles(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let mut users = simulation.user_profiles(context.region);
    if let Some(id) = context.input.text("DomainIdEquals")? {
        users.retain(|one| one.domain == id);
    }
    let facts = |one: &&UserProfile| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.created,
        status: "InService",
    };
    let users = listing::filter_and_sort(
        context,
        users,
        facts,
        "UserProfileNameContains",
        Order::Oldest,
    )?;
    listing::answer(
        context,
        users,
        |one| format!("{}/{}", one.domain, one.name),
        "UserProfiles",
        user_profile,
    )
}

fn user_profile(one: &UserProfile) -> Value {
    fields! {
        "DomainId": &one.domain,
        "UserProfileName": &one.name,
        "Status": "InService",
        "CreationTime": one.created,
        "LastModifiedTime": one.created,
    }
}

/// `DescribeUserProfile`
pub(super) fn describe_user_profile(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("DomainId")?;
    let name = context.input.need_text("UserProfileName")?;
    let simulation = context.simulation();
    simulation.domain(context.region, id)?;
    let found = simulation
        .user_profiles(context.region)
        .into_iter()
        .find(|one| one.domain == id && one.name == name);
    let one = found.ok_or_else(|| {
        Error::new(
            "ResourceNotFound",
            format!("UserProfile [{name}] does not exist in Domain [{id}]."),
        )
    })?;
    let mut out = user_profile(one);
    out.set("UserProfileArn", &one.arn);
    Ok(out)
}

/// `ListSpaces`
pub(super) fn list_spaces(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let mut spaces = simulation.spaces(context.region);
    if let Some(id) = context.input.text("DomainIdEquals")? {
        spaces.retain(|one| one.domain == id);
    }
    let facts = |one: &&Space| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.created,
        status: "InService",
    };
    let spaces =
        listing::filter_and_sort(context, spaces, facts, "SpaceNameContains", Order::Oldest)?;
    listing::answer(
        context,
        spaces,
        |one| format!("{}/{}", one.domain, one.name),
        "Spaces",
        |one| {
            let mut out = space(one);
            out.set_all(fields! {
                "SpaceSettingsSummary": fields! {
                    "AppType": &one.app_type,
                    "SpaceStorageSettings": storage(one),
                },
                "SpaceSharingSettingsSummary": sharing(one),
                "OwnershipSettingsSummary": fields! { "OwnerUserProfileName": &one.owner },
            });
            out
        },
    )
}

fn space(one: &Space) -> Value {
    fields! {
        "DomainId": &one.domain,
        "SpaceName": &one.name,
        "Status": "InService",
        "CreationTime": one.created,
        "LastModifiedTime": one.created,
        "SpaceDisplayName": &one.name,
    }
}

fn sharing(one: &Space) -> Value {
    fields! { "SharingType": if one.shared { "Shared" } else { "Private" } }
}

fn storage(one: &Space) -> Value {
    fields! { "EbsStorageSettings": fields! { "EbsVolumeSizeInGb": one.volume_gb } }
}

/// `DescribeSpace`
pub(super) fn describe_space(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("DomainId")?;
    let name = context.input.need_text("SpaceName")?;
    let simulation = context.simulation();
    simulation.domain(context.region, id)?;
    let found = simulation
        .spaces(context.region)
        .into_iter()
        .find(|one| one.domain == id && one.name == name);
    let one = found.ok_or_else(|| {
        Error::new(
            "ResourceNotFound",
            format!("Space [{name}] does not exist in Domain [{id}]."),
        )
    })?;
    let mut out = space(one);
    out.set_all(fields! {
        "SpaceArn": &one.arn,
        "SpaceSettings": fields! {
            "AppType": &one.app_type,
            "SpaceStorageSettings": storage(one),
        },
        "SpaceSharingSettings": sharing(one),
        "OwnershipSettings": fields! { "OwnerUserProfileName": &one.owner },
    });
    Ok(out)
}
