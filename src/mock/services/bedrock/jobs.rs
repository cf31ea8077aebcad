//! Bedrock's jobs: model customization, and batch inference.

use super::super::{Answer, Context};
use crate::{
    domain::Timestamp,
    mock::{
        protocol::{Failure, Value, value::fields},
        simulation::{ModelJob, ModelJobState, Simulation, Work, after},
    },
};

/// The jobs that pass the request's filters, the newest first by default; `after` and `before` name
/// the members that bound the creation time.
fn list_jobs<'w>(
    context: &Context<'_>,
    simulation: &'w Simulation,
    customizing: bool,
    (after, before): (&str, &str),
) -> Result<Vec<&'w ModelJob>, Failure> {
    let (input, now) = (&context.input, context.now);
    let status = input.text("statusEquals")?;
    let part = input.text("nameContains")?;
    let (after, before) = (input.timestamp(after)?, input.timestamp(before)?);
    let ascending = input.text("sortOrder")? == Some("Ascending");
    let mut jobs = simulation.model_jobs(context.region, customizing, now);
    jobs.retain(|one| {
        status.is_none_or(|status| one.state(now).name() == status)
            && part.is_none_or(|part| one.name.contains(part))
            && after.is_none_or(|at| one.created > at)
            && before.is_none_or(|at| one.created < at)
    });
    jobs.sort_by(|a, b| (a.created, &a.name).cmp(&(b.created, &b.name)));
    if !ascending {
        jobs.reverse();
    }
    Ok(jobs)
}

fn base_model(one: &ModelJob) -> String {
    format!(
        "arn:aws:bedrock:{}::foundation-model/{}",
        one.region, one.model
    )
}

fn role(simulation: &Simulation) -> String {
    format!(
        "arn:aws:iam::{}:role/service-role/AmazonBedrock-ExecutionRole",
        simulation.account.id
    )
}

fn place(simulation: &Simulation, one: &ModelJob, what: &str) -> String {
    format!(
        "s3://bedrock-{}-{}/{}/{what}",
        one.region, simulation.account.id, one.name
    )
}

/// `ListModelCustomizationJobs`
pub(super) fn customizations(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let jobs = list_jobs(
        context,
        &simulation,
        true,
        ("creationTimeAfter", "creationTimeBefore"),
    )?;
    let page = context.page(jobs, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| {
            let (kind, output) = customization(&simulation, one, now);
            fields! {
                "jobArn": &one.arn,
                "baseModelArn": base_model(one),
                "jobName": &one.name,
                "status": one.state(now).name(),
                "lastModifiedTime": one.life.since(now),
                "creationTime": one.created,
                "endTime": one.ended(now),
                "customModelArn": output.1,
                "customModelName": output.0,
                "customizationType": kind,
            }
        })
        .collect();
    Ok(fields! { "modelCustomizationJobSummaries": items, "nextToken": page.next })
}

/// The kind of customization, the model's name, and its ARN once the model exists.
fn customization<'w>(
    simulation: &Simulation,
    one: &'w ModelJob,
    now: Timestamp,
) -> (Option<&'static str>, (Option<&'w String>, Option<String>)) {
    let Work::Customization { kind, output, .. } = &one.work else {
        return (None, (None, None));
    };
    let id = one.arn.rsplit('/').next().unwrap_or_default();
    let arn = format!(
        "arn:aws:bedrock:{}:{}:custom-model/{}/{id}",
        one.region, simulation.account.id, one.model
    );
    (
        Some(kind),
        (
            Some(output),
            (one.state(now) == ModelJobState::Completed).then_some(arn),
        ),
    )
}

/// `GetModelCustomizationJob`
pub(super) fn customization_of(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("jobIdentifier")?;
    let (simulation, now) = (context.simulation(), context.now);
    let one = simulation.model_job(context.region, true, id, now)?;
    let (kind, output) = customization(&simulation, one, now);
    Ok(fields! {
        "jobArn": &one.arn,
        "jobName": &one.name,
        "outputModelName": output.0,
        "outputModelArn": output.1,
        "roleArn": role(&simulation),
        "status": one.state(now).name(),
        "failureMessage": (one.state(now) == ModelJobState::Failed).then_some(&one.failure),
        "creationTime": one.created,
        "lastModifiedTime": one.life.since(now),
        "endTime": one.ended(now),
        "baseModelArn": base_model(one),
        "hyperParameters": Value::Entries(vec![("epochCount".into(), "2".into())]),
        "trainingDataConfig": fields! { "s3Uri": place(&simulation, one, "train.jsonl") },
        "outputDataConfig": fields! { "s3Uri": place(&simulation, one, "output/") },
        "customizationType": kind,
    })
}

/// `ListModelInvocationJobs`
pub(super) fn batches(context: &Context<'_>) -> Answer {
    let (simulation, now) = (context.simulation(), context.now);
    let jobs = list_jobs(
        context,
        &simulation,
        false,
        ("submitTimeAfter", "submitTimeBefore"),
    )?;
    let page = context.page(jobs, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| batch(&simulation, one, now))
        .collect();
    Ok(fields! { "invocationJobSummaries": items, "nextToken": page.next })
}

fn batch(simulation: &Simulation, one: &ModelJob, now: Timestamp) -> Value {
    let (records, hours) = match &one.work {
        Work::Batch {
            records,
            timeout_hours,
            ..
        } => (Some(*records), Some(*timeout_hours)),
        Work::Customization { .. } => (None, None),
    };
    let done = one.processed_records(now);
    fields! {
        "jobArn": &one.arn,
        "jobName": &one.name,
        "modelId": base_model(one),
        "roleArn": role(simulation),
        "status": one.state(now).name(),
        "message": (one.state(now) == ModelJobState::Failed).then_some(&one.failure),
        "submitTime": one.created,
        "lastModifiedTime": one.life.since(now),
        "endTime": one.ended(now),
        "inputDataConfig": fields! {
            "s3InputDataConfig": fields! {
                "s3InputFormat": "JSONL",
                "s3Uri": place(simulation, one, "input.jsonl"),
            },
        },
        "outputDataConfig": fields! {
            "s3OutputDataConfig": fields! { "s3Uri": place(simulation, one, "output/") },
        },
        "timeoutDurationInHours": hours,
        "jobExpirationTime": hours.map(|hours| after(one.created, f64::from(hours) * 3_600.0)),
        "modelInvocationType": "InvokeModel",
        "totalRecordCount": records,
        "processedRecordCount": done,
        "successRecordCount": done,
        "errorRecordCount": 0_u32,
    }
}

/// `GetModelInvocationJob`
pub(super) fn batch_of(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("jobIdentifier")?;
    let simulation = context.simulation();
    Ok(batch(
        &simulation,
        simulation.model_job(context.region, false, id, context.now)?,
        context.now,
    ))
}

/// `StopModelCustomizationJob`
pub(super) fn stop_customization(context: &Context<'_>) -> Answer {
    stop(context, true)
}

/// `StopModelInvocationJob`
pub(super) fn stop_batch(context: &Context<'_>) -> Answer {
    stop(context, false)
}

fn stop(context: &Context<'_>, customizing: bool) -> Answer {
    let id = context.input.need_text("jobIdentifier")?;
    context
        .simulation_mut()
        .stop_model_job(context.region, customizing, id, context.now)?;
    Ok(Value::EMPTY)
}
