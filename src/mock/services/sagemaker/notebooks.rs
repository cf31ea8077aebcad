//! Notebook instances.

use super::super::{Answer, Context};
use super::listing::{self, ListKeys, Order};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Value, value::fields},
        simulation::{Notebook, NotebookState},
    },
};

/// `ListNotebookInstances`
pub(super) fn list(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let facts = |one: &&Notebook| ListKeys {
        name: one.name.clone(),
        created: one.created,
        modified: one.modified(now),
        status: one.state(now).name(),
    };
    let mut listed = listing::filter_and_sort(
        context,
        simulation.notebooks(context.region, now),
        facts,
        "NameContains",
        Order::Name,
    )?;
    if let Some(part) = context
        .input
        .text("NotebookInstanceLifecycleConfigNameContains")?
    {
        listed.retain(|one| {
            one.lifecycle_config
                .as_ref()
                .is_some_and(|name| name.contains(part))
        });
    }
    if context.input.has("DefaultCodeRepositoryContains")
        || context.input.has("AdditionalCodeRepositoryEquals")
    {
        listed.clear();
    }
    listing::answer(
        context,
        listed,
        |one| one.name.clone(),
        "NotebookInstances",
        |one| summary(one, now),
    )
}

fn summary(one: &Notebook, now: Timestamp) -> Value {
    fields! {
        "NotebookInstanceName": &one.name,
        "NotebookInstanceArn": &one.arn,
        "NotebookInstanceStatus": one.state(now).name(),
        "Url": one.url(),
        "InstanceType": &one.instance_type,
        "CreationTime": one.created,
        "LastModifiedTime": one.modified(now),
        "NotebookInstanceLifecycleConfigName": one.lifecycle_config.clone(),
    }
}

/// `DescribeNotebookInstance`
pub(super) fn describe(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("NotebookInstanceName")?;
    let simulation = context.simulation();
    let one = simulation.notebook(context.region, name, context.now)?;
    let mut out = summary(one, context.now);
    let failed = one.state(context.now) == NotebookState::Failed;
    out.set_all(fields! {
        "FailureReason": failed.then_some("The notebook instance could not be started."),
        "RoleArn": &one.role_arn,
        "DirectInternetAccess": "Enabled",
        "VolumeSizeInGB": one.volume_gb,
        "RootAccess": "Enabled",
        "PlatformIdentifier": "notebook-al2-v3",
        "InstanceMetadataServiceConfiguration": fields! {
            "MinimumInstanceMetadataServiceVersion": "2",
        },
    });
    Ok(out)
}

/// `StopNotebookInstance`
pub(super) fn stop(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("NotebookInstanceName")?;
    context
        .simulation_mut()
        .stop_notebook(context.region, name, context.now)?;
    Ok(Value::EMPTY)
}

/// `StartNotebookInstance`
pub(super) fn start(context: &Context<'_>) -> Answer {
    let name = context.input.need_text("NotebookInstanceName")?;
    context
        .simulation_mut()
        .start_notebook(context.region, name, context.now)?;
    Ok(Value::EMPTY)
}
