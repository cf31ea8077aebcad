//! Bedrock's control plane: provisioned throughput, models, profiles, tags.

mod deployed;
mod jobs;

use super::{Answer, Context, Operations};
use crate::{
    domain::{Tags, Timestamp},
    mock::{
        protocol::{Failure, Value, error, value::fields},
        simulation::{CustomModel, FoundationModel, Tagging, Throughput},
    },
};

/// The operations answered here.
pub const OPERATIONS: Operations = &[
    ("ListProvisionedModelThroughputs", list_throughputs),
    ("GetProvisionedModelThroughput", get_throughput),
    ("UpdateProvisionedModelThroughput", update_throughput),
    ("DeleteProvisionedModelThroughput", delete_throughput),
    ("ListFoundationModels", list_models),
    ("ListInferenceProfiles", super::profiles::list),
    ("GetInferenceProfile", super::profiles::get),
    ("ListTagsForResource", list_tags),
    ("TagResource", tag),
    ("UntagResource", untag),
    ("ListCustomModels", list_custom_models),
    ("GetCustomModel", get_custom_model),
    ("ListCustomModelDeployments", deployed::deployments),
    ("ListImportedModels", deployed::imported),
    ("GetImportedModel", deployed::imported_one),
    ("ListModelCustomizationJobs", jobs::customizations),
    ("GetModelCustomizationJob", jobs::customization_of),
    ("StopModelCustomizationJob", jobs::stop_customization),
    ("ListModelInvocationJobs", jobs::batches),
    ("GetModelInvocationJob", jobs::batch_of),
    ("StopModelInvocationJob", jobs::stop_batch),
];

fn list_throughputs(context: &Context<'_>) -> Answer {
    let (input, now) = (&context.input, context.now);
    let status = input.text("statusEquals")?;
    let (model, part) = (input.text("modelArnEquals")?, input.text("nameContains")?);
    let (after, before) = (
        input.timestamp("creationTimeAfter")?,
        input.timestamp("creationTimeBefore")?,
    );
    let ascending = input.text("sortOrder")? == Some("Ascending");
    let simulation = context.simulation();
    let mut listed = simulation.throughputs(context.region, now);
    listed.retain(|one| {
        status.is_none_or(|status| one.state(now).name() == status)
            && model.is_none_or(|arn| one.serves(now) == arn)
            && part.is_none_or(|part| one.name.contains(part))
            && after.is_none_or(|at| one.created > at)
            && before.is_none_or(|at| one.created < at)
    });
    listed.sort_by(|a, b| (a.created, &a.id).cmp(&(b.created, &b.id)));
    if !ascending {
        listed.reverse();
    }
    let page = context.page(listed, ("nextToken", "maxResults"), 1_000, |one| {
        one.id.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .into_iter()
        .map(|one| throughput(one, now))
        .collect();
    Ok(fields! { "provisionedModelSummaries": items, "nextToken": page.next })
}

fn throughput(one: &Throughput, now: Timestamp) -> Value {
    fields! {
        "provisionedModelName": &one.name,
        "provisionedModelArn": &one.arn,
        "modelArn": one.serves(now).to_owned(),
        "desiredModelArn": one.desired().to_owned(),
        "foundationModelArn": &one.base_arn,
        "modelUnits": one.units,
        "desiredModelUnits": one.units,
        "status": one.state(now).name(),
        "commitmentDuration": one.commitment.name(),
        "commitmentExpirationTime": one.commitment_ends,
        "creationTime": one.created,
        "lastModifiedTime": one.modified,
    }
}

fn get_throughput(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("provisionedModelId")?;
    let simulation = context.simulation();
    Ok(throughput(
        simulation.throughput(context.region, id, context.now)?,
        context.now,
    ))
}

fn update_throughput(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let id = input.need_text("provisionedModelId")?;
    let (name, model) = (
        input.text("desiredProvisionedModelName")?,
        input.text("desiredModelId")?,
    );
    if name.is_some_and(|name| name.is_empty() || name.len() > 63) {
        return Err(input.invalid(
            "desiredProvisionedModelName",
            "Member must have length between 1 and 63",
        ));
    }
    context
        .simulation_mut()
        .update_throughput(context.region, id, name, model, context.now)?;
    Ok(Value::EMPTY)
}

fn delete_throughput(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("provisionedModelId")?;
    context
        .simulation_mut()
        .delete_throughput(context.region, id, context.now)?;
    Ok(Value::EMPTY)
}

fn list_models(context: &Context<'_>) -> Answer {
    let input = &context.input;
    let provider = input.text("byProvider")?;
    let kind = input.text("byInferenceType")?;
    let output = input.text("byOutputModality")?;
    let customized = input.text("byCustomizationType")?;
    let mut models = context.simulation().foundation_models(context.region);
    models.retain(|one| {
        provider.is_none_or(|name| one.provider.eq_ignore_ascii_case(name))
            && kind.is_none_or(|kind| one.inference_types.contains(&kind))
            && output.is_none_or(|output| one.output == output)
            && customized.is_none()
    });
    Ok(fields! { "modelSummaries": models.iter().map(model).collect::<Vec<_>>() })
}

fn list_custom_models(context: &Context<'_>) -> Answer {
    let (part, base) = (
        context.input.text("nameContains")?,
        context.input.text("baseModelArnEquals")?,
    );
    let mut models = context
        .simulation()
        .custom_models(context.region, context.now);
    models.retain(|one| {
        part.is_none_or(|part| one.name.contains(part))
            && base.is_none_or(|base| base_of(context, one) == base)
    });
    let page = context.page(models, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let item = |one: &CustomModel| {
        let mut out = custom_model(context, one);
        out.set("baseModelName", &one.base);
        out.set("ownerAccountId", &context.simulation().account.id);
        out
    };
    let items: Vec<Value> = page.items.iter().map(item).collect();
    Ok(fields! { "modelSummaries": items, "nextToken": page.next })
}

fn base_of(context: &Context<'_>, one: &CustomModel) -> String {
    format!(
        "arn:aws:bedrock:{}::foundation-model/{}",
        context.region, one.base
    )
}

fn custom_model(context: &Context<'_>, one: &CustomModel) -> Value {
    fields! {
        "modelArn": &one.arn,
        "modelName": &one.name,
        "creationTime": one.created,
        "baseModelArn": base_of(context, one),
        "customizationType": "FINE_TUNING",
    }
}

/// By ARN, name or id.
fn get_custom_model(context: &Context<'_>) -> Answer {
    let requested = context.input.need_text("modelIdentifier")?;
    let models = context
        .simulation()
        .custom_models(context.region, context.now);
    let named = |one: &&CustomModel| {
        one.arn == requested || one.name == requested || one.arn.ends_with(&format!("/{requested}"))
    };
    match models.iter().find(named) {
        Some(one) => Ok(custom_model(context, one)),
        None => Err(not_found(
            "The custom model could not be found. Check the identifier and try again.",
        )),
    }
}

fn model(one: &FoundationModel) -> Value {
    fields! {
        "modelArn": &one.arn,
        "modelId": &one.id,
        "modelName": &one.name,
        "providerName": &one.provider,
        "inputModalities": vec!["TEXT"],
        "outputModalities": vec![one.output],
        "responseStreamingSupported": one.output == "TEXT",
        "customizationsSupported": Value::List(Vec::new()),
        "inferenceTypesSupported": one.inference_types.clone(),
        "modelLifecycle": fields! { "status": if one.legacy { "LEGACY" } else { "ACTIVE" } },
    }
}

fn not_found(message: &str) -> Failure {
    crate::mock::protocol::Error::new("ResourceNotFoundException", message)
        .status(404)
        .into()
}

fn resource<'a>(context: &Context<'a>) -> Result<&'a str, Failure> {
    let arn = context.input.need_text("resourceARN")?;
    if (20..=1_011).contains(&arn.len()) && arn.starts_with("arn:") {
        Ok(arn)
    } else {
        error::refuse(
            "ValidationException",
            format!("The provided ARN is invalid: {arn}"),
        )
    }
}

fn list_tags(context: &Context<'_>) -> Answer {
    let tags = context.simulation().tags(
        Tagging::Bedrock,
        context.region,
        resource(context)?,
        context.now,
    )?;
    let tags: Vec<Value> = tags
        .into_iter()
        .map(|(key, value)| fields! { "key": key, "value": value })
        .collect();
    Ok(fields! { "tags": tags })
}

fn tag(context: &Context<'_>) -> Answer {
    let arn = resource(context)?.to_owned();
    if !context.input.has("tags") {
        return Err(Failure::Missing("tags".to_owned()));
    }
    let mut tags = Tags::new();
    for tag in context.input.children("tags")? {
        tags.insert(
            tag.need_text("key")?.to_owned(),
            tag.need_text("value")?.to_owned(),
        );
    }
    context.simulation_mut().set_tags(
        Tagging::Bedrock,
        context.region,
        &[arn],
        &tags,
        context.now,
    )?;
    Ok(Value::EMPTY)
}

fn untag(context: &Context<'_>) -> Answer {
    let arn = resource(context)?.to_owned();
    if !context.input.has("tagKeys") {
        return Err(Failure::Missing("tagKeys".to_owned()));
    }
    let keys: Vec<_> = context
        .input
        .texts("tagKeys")?
        .into_iter()
        .map(|key| (key.to_owned(), None))
        .collect();
    context.simulation_mut().remove_tags(
        Tagging::Bedrock,
        context.region,
        &[arn],
        &keys,
        context.now,
    )?;
    Ok(Value::EMPTY)
}
