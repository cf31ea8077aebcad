//! Studio apps, which run in a space or for a user.

use super::super::super::{Answer, Context};
use super::super::listing::{self, ListKeys, Order};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::{App, Holder},
    },
};

/// `ListApps`
pub(crate) fn list(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let (domain, user, space) = (
        input.text("DomainIdEquals")?,
        input.text("UserProfileNameEquals")?,
        input.text("SpaceNameEquals")?,
    );
    if user.is_some() && space.is_some() {
        return error::refuse(
            "ValidationException",
            "UserProfileNameEquals and SpaceNameEquals cannot be used together.",
        );
    }
    let (simulation, now) = (context.simulation(), context.now);
    let mut apps = simulation.apps(context.region, now);
    apps.retain(|one| {
        domain.is_none_or(|id| one.domain == id)
            && user.is_none_or(|name| one.holder == Holder::User(name.to_owned()))
            && space.is_none_or(|name| one.holder == Holder::Space(name.to_owned()))
    });
    let facts = |one: &&App| ListKeys {
        name: one.arn.clone(),
        created: one.created,
        modified: one.created,
        status: one.state(now).name(),
    };
    let apps = listing::filter_and_sort(context, apps, facts, "", Order::Oldest)?;
    listing::answer(
        context,
        apps,
        |one| format!("{}@{}", one.arn, one.created),
        "Apps",
        |one| summary(one, now),
    )
}

fn summary(one: &App, now: Timestamp) -> Value {
    let (user, space) = match &one.holder {
        Holder::User(name) => (Some(name), None),
        Holder::Space(name) => (None, Some(name)),
    };
    fields! {
        "DomainId": &one.domain,
        "UserProfileName": user,
        "SpaceName": space,
        "AppType": &one.app_type,
        "AppName": &one.name,
        "Status": one.state(now).name(),
        "CreationTime": one.created,
        "ResourceSpec": fields! {
            "InstanceType": &one.instance_type,
            "LifecycleConfigArn": one.lifecycle_config_arn.clone(),
        },
    }
}

struct AppIdentity<'a> {
    domain: &'a str,
    holder: Holder,
    app_type: &'a str,
    name: &'a str,
}

fn read_identity<'a>(context: &Context<'a>) -> Result<AppIdentity<'a>, Failure> {
    let input = &context.input;
    let domain = context.input.need_text("DomainId")?;
    let app_type = input.need_text("AppType")?;
    let name = input.need_text("AppName")?;
    let holder = match (input.text("UserProfileName")?, input.text("SpaceName")?) {
        (Some(user), None) => Holder::User(user.to_owned()),
        (None, Some(space)) => Holder::Space(space.to_owned()),
        _ => {
            return error::refuse(
                "ValidationException",
                "Exactly one of UserProfileName and SpaceName must be specified.",
            );
        }
    };
    Ok(AppIdentity {
        domain,
        holder,
        app_type,
        name,
    })
}

/// `DescribeApp`
pub(crate) fn describe(context: &Context<'_>) -> Answer {
    let AppIdentity {
        domain,
        holder,
        app_type,
        name,
    } = read_identity(context)?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.app(context.region, domain, &holder, app_type, name, now)?;
    let mut out = summary(one, now);
    out.set_all(fields! {
        "AppArn": &one.arn,
        "LastHealthCheckTimestamp": one.last_health_check(now),
        "LastUserActivityTimestamp": one.last_user_activity(now),
    });
    Ok(out)
}

/// `DeleteApp`
pub(crate) fn delete(context: &Context<'_>) -> Answer {
    let AppIdentity {
        domain,
        holder,
        app_type,
        name,
    } = read_identity(context)?;
    context.simulation_mut().delete_app(
        context.region,
        domain,
        &holder,
        app_type,
        name,
        context.now,
    )?;
    Ok(Value::EMPTY)
}
