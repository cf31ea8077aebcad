//! Training plans, MLflow tracking servers and partner apps.

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Value, value::fields},
        simulation::{PartnerApp, TrackingServer, TrainingPlan},
    },
};

/// `ListTrainingPlans`
pub(super) fn plans(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let mut plans = simulation.training_plans(context.region);
    let statuses = context
        .input
        .children("Filters")?
        .iter()
        .map(|filter| filter.need_text("Value"))
        .collect::<Result<Vec<_>, _>>()?;
    plans.retain(|plan| statuses.is_empty() || statuses.contains(&plan.state(now)));
    listing::answer(
        context,
        plans,
        |plan| plan.name.clone(),
        "TrainingPlanSummaries",
        |plan| summary(plan, now),
    )
}

fn summary(plan: &TrainingPlan, now: Timestamp) -> Value {
    let hours = (plan.seconds / 3_600.0).floor();
    let minutes = ((plan.seconds - hours * 3_600.0) / 60.0).floor();
    let part = fields! {
        "ReservedCapacityArn": plan.arn.replace(":training-plan/", ":reserved-capacity/"),
        "ReservedCapacityType": "Instance",
        "InstanceType": &plan.instance_type,
        "TotalInstanceCount": plan.total,
        "Status": plan.state(now),
        "AvailabilityZone": format!("{}a", plan.region),
        "DurationHours": hours as i64,
        "DurationMinutes": minutes as i64,
        "StartTime": plan.start,
        "EndTime": plan.end(),
    };
    fields! {
        "TrainingPlanArn": &plan.arn,
        "TrainingPlanName": &plan.name,
        "Status": plan.state(now),
        "DurationHours": hours as i64,
        "DurationMinutes": minutes as i64,
        "StartTime": plan.start,
        "EndTime": plan.end(),
        "UpfrontFee": format!("{:.2}", plan.fee),
        "CurrencyCode": "USD",
        "TotalInstanceCount": plan.total,
        "AvailableInstanceCount": plan.total.saturating_sub(plan.used),
        "InUseInstanceCount": plan.used,
        "TargetResources": vec!["training-job", "hyperpod-cluster"],
        "ReservedCapacitySummaries": vec![part],
    }
}

/// `ListMlflowTrackingServers`
pub(super) fn tracking_servers(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let facts = |one: &&TrackingServer| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.stopped.filter(|at| *at <= now).unwrap_or(one.created),
        status: status(one, now),
    };
    let servers = listing::filter_and_sort(
        context,
        simulation.tracking_servers(context.region, now),
        facts,
        "NameContains",
        Order::Newest,
    )?;
    listing::answer(
        context,
        servers,
        |one| one.name.clone(),
        "TrackingServerSummaries",
        |one| tracking_server(one, now),
    )
}

fn status(one: &TrackingServer, now: Timestamp) -> &'static str {
    if one.is_active(now) {
        "Created"
    } else {
        "Stopped"
    }
}

fn tracking_server(one: &TrackingServer, now: Timestamp) -> Value {
    fields! {
        "TrackingServerArn": &one.arn,
        "TrackingServerName": &one.name,
        "CreationTime": one.created,
        "LastModifiedTime": one.stopped.filter(|at| *at <= now).unwrap_or(one.created),
        "TrackingServerStatus": status(one, now),
        "IsActive": if one.is_active(now) { "Active" } else { "Inactive" },
        "MlflowVersion": "3.0.0",
    }
}

/// `DescribeMlflowTrackingServer`
pub(super) fn describe_tracking_server(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("TrackingServerName")?;
    let simulation = context.simulation();
    let one = simulation.tracking_server(context.region, name, context.now)?;
    let mut out = tracking_server(one, context.now);
    out.set_all(fields! {
        "TrackingServerSize": &one.size,
        "ArtifactStoreUri": format!("s3://mlflow-{}/{}", one.region, one.name),
        "RoleArn": super::execution_role(&simulation),
        "AutomaticModelRegistration": false,
    });
    Ok(out)
}

/// `ListPartnerApps`
pub(super) fn partner_apps(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let app = |one: &PartnerApp| {
        fields! {
            "Arn": &one.arn,
            "Name": &one.name,
            "Type": &one.kind,
            "Status": "Available",
            "CreationTime": one.created,
        }
    };
    listing::answer(
        context,
        simulation.partner_apps(context.region, context.now),
        |one| one.arn.clone(),
        "Summaries",
        app,
    )
}
