//! Application Auto Scaling, of namespace `sagemaker`.

use super::{Answer, Context, Operations};
use crate::mock::{
    protocol::{Error, Failure, Input, Value, pagination::Page, value::fields},
    simulation::{PutAction, ScalableTarget, ScheduledAction, Simulation},
};

const DIMENSIONS: &[&str] = &[
    "sagemaker:variant:DesiredInstanceCount",
    "sagemaker:variant:DesiredProvisionedConcurrency",
    "sagemaker:inference-component:DesiredCopyCount",
];

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("DescribeScalableTargets", targets),
    ("DescribeScalingPolicies", policies),
    ("DescribeScheduledActions", scheduled),
    ("RegisterScalableTarget", register),
    ("DeregisterScalableTarget", deregister),
    ("PutScheduledAction", put_action),
    ("DeleteScheduledAction", delete_action),
];

/// One page, of at most `max` items: the documentation gives the range, the model does not.
fn page<T>(
    context: &Context<'_>,
    items: Vec<T>,
    max: usize,
    id: impl Fn(&T) -> String,
) -> Result<Page<T>, Failure> {
    let names = ("NextToken", "MaxResults");
    context
        .input
        .int_in(names.1, 1..=i64::try_from(max).unwrap_or(i64::MAX))?;
    context.page(items, names, max, id)
}

/// The targets of the request's namespace, dimension and resources, by resource.
fn selected(context: &Context<'_>, resources: &[&str]) -> Result<Vec<ScalableTarget>, Failure> {
    let namespace = context.input.need_text("ServiceNamespace")?;
    let dimension = context.input.text("ScalableDimension")?;
    let mut targets = if namespace == "sagemaker" {
        context
            .simulation()
            .scalable_targets(context.region, context.now)
    } else {
        Vec::new()
    };
    targets.retain(|one| {
        dimension.is_none_or(|name| one.dimension == name)
            && (resources.is_empty() || resources.contains(&one.resource_id.as_str()))
    });
    targets.sort_by(|a, b| (&a.resource_id, a.dimension).cmp(&(&b.resource_id, b.dimension)));
    Ok(targets)
}

fn id(one: &ScalableTarget) -> String {
    format!("{}|{}", one.resource_id, one.dimension)
}

fn targets(context: &Context<'_>) -> Answer {
    let resources = context.input.texts("ResourceIds")?;
    let page = page(context, selected(context, &resources)?, 50, id)?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| {
            fields! {
                "ServiceNamespace": "sagemaker",
                "ResourceId": &one.resource_id,
                "ScalableDimension": one.dimension,
                "MinCapacity": one.min,
                "MaxCapacity": one.max,
                "RoleARN": &one.role_arn,
                "CreationTime": one.created,
                "SuspendedState": fields! {
                    "DynamicScalingInSuspended": false,
                    "DynamicScalingOutSuspended": false,
                    "ScheduledScalingSuspended": false,
                },
                "ScalableTargetARN": &one.arn,
            }
        })
        .collect();
    Ok(fields! { "ScalableTargets": items, "NextToken": page.next })
}

fn policies(context: &Context<'_>) -> Answer {
    let resource: Vec<&str> = context.input.text("ResourceId")?.into_iter().collect();
    let names = context.input.texts("PolicyNames")?;
    let mut targets = selected(context, &resource)?;
    targets.retain(|one| {
        one.target.is_some() && (names.is_empty() || names.contains(&one.policy_name.as_str()))
    });
    let page = page(context, targets, 10, id)?;
    let items: Vec<Value> = page.items.iter().map(policy).collect();
    Ok(fields! { "ScalingPolicies": items, "NextToken": page.next })
}

fn policy(one: &ScalableTarget) -> Value {
    fields! {
        "PolicyARN": &one.policy_arn,
        "PolicyName": &one.policy_name,
        "ServiceNamespace": "sagemaker",
        "ResourceId": &one.resource_id,
        "ScalableDimension": one.dimension,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": fields! {
            "TargetValue": one.target,
            "PredefinedMetricSpecification": fields! { "PredefinedMetricType": one.metric_type },
            "ScaleOutCooldown": 60_u32,
            "ScaleInCooldown": 300_u32,
            "DisableScaleIn": false,
        },
        "Alarms": Value::List(Vec::new()),
        "CreationTime": one.created,
    }
}

fn scheduled(context: &Context<'_>) -> Answer {
    let resource: Vec<&str> = context.input.text("ResourceId")?.into_iter().collect();
    let names = context.input.texts("ScheduledActionNames")?;
    let simulation = context.simulation();
    let mut actions: Vec<(ScalableTarget, ScheduledAction)> = Vec::new();
    for target in selected(context, &resource)? {
        let wanted = target
            .actions
            .iter()
            .filter(|action| names.is_empty() || names.contains(&action.name.as_str()))
            .cloned();
        actions.extend(wanted.map(|action| (target.clone(), action)));
    }
    let id = |(target, action): &(ScalableTarget, ScheduledAction)| {
        format!("{}|{}", id(target), action.name)
    };
    let page = page(context, actions, 50, id)?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|(target, action)| scheduled_action(&simulation, context.region, target, action))
        .collect();
    Ok(fields! { "ScheduledActions": items, "NextToken": page.next })
}

fn scheduled_action(
    simulation: &Simulation,
    region: &str,
    target: &ScalableTarget,
    action: &ScheduledAction,
) -> Value {
    let uuid = simulation.uuid(&format!("{}/{}", target.resource_id, action.name));
    let arn = format!(
        "arn:aws:autoscaling:{region}:{}:scheduledAction:{uuid}:\
         resource/sagemaker/{}:scheduledActionName/{}",
        simulation.account.id, target.resource_id, action.name
    );
    fields! {
        "ScheduledActionName": &action.name,
        "ScheduledActionARN": arn,
        "ServiceNamespace": "sagemaker",
        "Schedule": &action.schedule,
        "Timezone": action.timezone.clone(),
        "ResourceId": &target.resource_id,
        "ScalableDimension": target.dimension,
        "StartTime": action.start,
        "EndTime": action.end,
        "ScalableTargetAction": fields! { "MinCapacity": action.min, "MaxCapacity": action.max },
        "CreationTime": action.created,
    }
}

/// The resource that the request changes; refuses other namespaces and dimensions.
fn resource<'a>(context: &Context<'a>) -> Result<&'a str, Failure> {
    let namespace = context.input.need_text("ServiceNamespace")?;
    let resource = context.input.need_text("ResourceId")?;
    let dimension = context.input.need_text("ScalableDimension")?;
    if namespace == "sagemaker" && DIMENSIONS.contains(&dimension) && dimension != DIMENSIONS[1] {
        return Ok(resource);
    }
    let message = format!(
        "Unsupported service namespace, resource type or scalable dimension: {namespace}, \
         {resource}, {dimension}"
    );
    Err(Error::new("ValidationException", message).into())
}

fn capacity(input: &Input<'_>, name: &str) -> Result<Option<u32>, Failure> {
    Ok(input.int(name)?.and_then(|n| u32::try_from(n).ok()))
}

fn deregister(context: &Context<'_>) -> Answer {
    let resource = resource(context)?;
    context
        .simulation_mut()
        .deregister_scalable_target(context.region, resource, context.now)?;
    Ok(Value::EMPTY)
}

fn put_action(context: &Context<'_>) -> Answer {
    let (input, resource) = (&context.input, resource(context)?);
    let limits = input.child("ScalableTargetAction")?;
    let put = PutAction {
        name: input.need_text("ScheduledActionName")?.to_owned(),
        schedule: input.text("Schedule")?.map(str::to_owned),
        timezone: input.text("Timezone")?.map(str::to_owned),
        start: input.timestamp("StartTime")?,
        end: input.timestamp("EndTime")?,
        limits: match &limits {
            Some(limits) => Some((
                capacity(limits, "MinCapacity")?,
                capacity(limits, "MaxCapacity")?,
            )),
            None => None,
        },
    };
    context
        .simulation_mut()
        .put_scheduled_action(context.region, resource, put, context.now)?;
    Ok(Value::EMPTY)
}

fn delete_action(context: &Context<'_>) -> Answer {
    let (resource, name) = (
        resource(context)?,
        context.input.need_text("ScheduledActionName")?,
    );
    context.simulation_mut().delete_scheduled_action(
        context.region,
        resource,
        name,
        context.now,
    )?;
    Ok(Value::EMPTY)
}

/// Registers a target or changes the limits that the request has.
fn register(context: &Context<'_>) -> Answer {
    let resource = resource(context)?;
    let (min, max) = (
        capacity(&context.input, "MinCapacity")?,
        capacity(&context.input, "MaxCapacity")?,
    );
    let arn = context.simulation_mut().register_scalable_target(
        context.region,
        resource,
        min,
        max,
        context.now,
    )?;
    Ok(fields! { "ScalableTargetARN": arn })
}
