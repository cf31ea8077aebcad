//! Studio: domains, user profiles, spaces.

pub mod apps;

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::mock::{
    protocol::{Error, Failure, Value, value::fields},
    simulation::{Domain, Space, UserProfile},
};

/// `ListDomains`
pub fn list_domains(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let page = listing::page(context, simulation.domains(context.region), |one| {
        one.id.clone()
    })?;
    let items: Vec<Value> = page.items.into_iter().map(domain).collect();
    Ok(fields! { "Domains": items, "NextToken": page.next })
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

/// `d-...`, as the model has it.
fn need_domain<'a>(context: &Context<'a>, member: &str) -> Result<&'a str, Failure> {
    let id = context.input.need_text(member)?;
    let fits = id.strip_prefix("d-").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    });
    if fits {
        Ok(id)
    } else {
        Err(context.input.invalid(
            member,
            "Member must satisfy regular expression pattern: d-(-*[a-z0-9]){1,61}",
        ))
    }
}

/// `DescribeDomain`
pub fn describe_domain(context: &Context<'_>) -> Answer {
    let id = need_domain(context, "DomainId")?;
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
    out.set("AuthMode", "IAM");
    out.set("AppNetworkAccessType", "PublicInternetOnly");
    out.set(
        "SubnetIds",
        vec![format!("subnet-0{:016x}", simulation.hash(&one.id))],
    );
    out.set("VpcId", format!("vpc-0{:016x}", simulation.hash(&one.arn)));
    out.set(
        "DefaultUserSettings",
        fields! {
            "ExecutionRole": format!(
                "arn:aws:iam::{}:role/service-role/AmazonSageMaker-ExecutionRole",
                simulation.account.id
            ),
            "JupyterLabAppSettings": one.idle_timeout_minutes.map(idle),
            "CodeEditorAppSettings": one.idle_timeout_minutes.map(idle),
        },
    );
    Ok(out)
}

/// `ListUserProfiles`
pub fn list_user_profiles(context: &Context<'_>) -> Answer {
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
        &[],
        Order::Oldest,
    )?;
    let page = listing::page(context, users, |one| format!("{}/{}", one.domain, one.name))?;
    let items: Vec<Value> = page.items.into_iter().map(user_profile).collect();
    Ok(fields! { "UserProfiles": items, "NextToken": page.next })
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
pub fn describe_user_profile(context: &Context<'_>) -> Answer {
    let id = need_domain(context, "DomainId")?;
    let name = context.input.need_name("UserProfileName", 63)?;
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
pub fn list_spaces(context: &Context<'_>) -> Answer {
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
    let spaces = listing::filter_and_sort(
        context,
        spaces,
        facts,
        "SpaceNameContains",
        &[],
        Order::Oldest,
    )?;
    let page = listing::page(context, spaces, |one| {
        format!("{}/{}", one.domain, one.name)
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| {
            let mut out = space(one);
            out.set(
                "SpaceSettingsSummary",
                fields! { "AppType": &one.app_type, "SpaceStorageSettings": storage(one) },
            );
            out.set("SpaceSharingSettingsSummary", sharing(one));
            out.set(
                "OwnershipSettingsSummary",
                fields! { "OwnerUserProfileName": &one.owner },
            );
            out
        })
        .collect();
    Ok(fields! { "Spaces": items, "NextToken": page.next })
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
pub fn describe_space(context: &Context<'_>) -> Answer {
    let id = need_domain(context, "DomainId")?;
    let name = context.input.need_name("SpaceName", 63)?;
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
    out.set("SpaceArn", &one.arn);
    out.set(
        "SpaceSettings",
        fields! { "AppType": &one.app_type, "SpaceStorageSettings": storage(one) },
    );
    out.set("SpaceSharingSettings", sharing(one));
    out.set(
        "OwnershipSettings",
        fields! { "OwnerUserProfileName": &one.owner },
    );
    Ok(out)
}
