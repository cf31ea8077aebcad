//! Custom models deployed for on-demand use, and imported models.

use super::super::{Answer, Context};
use crate::mock::{
    protocol::{Value, value::fields},
    simulation::{ImportedModel, ModelDeployment},
};

/// `ListCustomModelDeployments`
pub(super) fn deployments(context: &Context<'_>) -> Answer {
    let (input, simulation) = (&context.input, context.simulation());
    let status = input.text("statusEquals")?;
    let (model, part) = (input.text("modelArnEquals")?, input.text("nameContains")?);
    let mut listed = simulation.model_deployments(context.region, context.now);
    listed.retain(|one| {
        status.is_none_or(|status| status == "Active")
            && model.is_none_or(|arn| one.model_arn == arn)
            && part.is_none_or(|part| one.name.contains(part))
    });
    let page = context.page(listed, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let item = |one: &ModelDeployment| {
        fields! {
            "customModelDeploymentArn": &one.arn,
            "customModelDeploymentName": &one.name,
            "modelArn": &one.model_arn,
            "createdAt": one.created,
            "status": "Active",
            "lastUpdatedAt": one.created,
        }
    };
    let items: Vec<Value> = page.items.into_iter().map(item).collect();
    Ok(fields! { "modelDeploymentSummaries": items, "nextToken": page.next })
}

/// `ListImportedModels`
pub(super) fn imported(context: &Context<'_>) -> Answer {
    let simulation = context.simulation();
    let part = context.input.text("nameContains")?;
    let mut listed = simulation.imported_models(context.region, context.now);
    listed.retain(|one| part.is_none_or(|part| one.name.contains(part)));
    let page = context.page(listed, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let items: Vec<Value> = page.items.into_iter().map(model).collect();
    Ok(fields! { "modelSummaries": items, "nextToken": page.next })
}

fn model(one: &ImportedModel) -> Value {
    fields! {
        "modelArn": &one.arn,
        "modelName": &one.name,
        "creationTime": one.created,
        "instructSupported": true,
        "modelArchitecture": &one.architecture,
    }
}

/// `GetImportedModel`
pub(super) fn imported_one(context: &Context<'_>) -> Answer {
    let id = context.input.need_text("modelIdentifier")?;
    let simulation = context.simulation();
    let one = simulation.imported_model(context.region, id, context.now)?;
    let mut out = model(one);
    out.set(
        "customModelUnits",
        fields! {
            "customModelUnitsPerModelCopy": one.units,
            "customModelUnitsVersion": &one.units_version,
        },
    );
    Ok(out)
}
