//! Names, instance types and tags of a scenario against AWS's service models: a value that AWS
//! would refuse is a mistake of the file, reported with its line.

use super::super::spec::{File, Text};
use super::{ScenarioProblem, wrong};
use crate::{
    domain::Tags,
    mock::{
        contract::{Problem, Rule, contract},
        protocol::MockService,
    },
};
use MockService::{Bedrock, Budgets, Ec2, Organizations, SageMaker, Sts};

/// A text of the file, and the shape that it must fit.
type Fact<'a> = (&'a Text, MockService, &'static str);

/// Checks every text of the file that is a member of AWS's API unchanged.
pub(super) fn check(file: &File) -> Result<(), ScenarioProblem> {
    let facts = machines(file)
        .into_iter()
        .chain(endpoints(file))
        .chain(jobs(file))
        .chain(bedrock(file))
        .chain(organization(file));
    for (text, service, shape) in facts {
        fits(text, service, shape)?;
    }
    for (name, tags) in tags(file) {
        for (key, value) in tags {
            tag(name, key, "TagKey")?;
            tag(name, value, "TagValue")?;
        }
    }
    Ok(())
}

fn machines(file: &File) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    for one in &file.instance {
        facts.push((&one.r#type, Ec2, "InstanceType"));
    }
    for one in &file.training_plan {
        facts.push((&one.name, SageMaker, "TrainingPlanName"));
        facts.push((&one.r#type, SageMaker, "ReservedCapacityInstanceType"));
    }
    for one in &file.tracking_server {
        facts.push((&one.name, SageMaker, "TrackingServerName"));
        facts.push((&one.size, SageMaker, "TrackingServerSize"));
    }
    for one in &file.partner_app {
        facts.push((&one.name, SageMaker, "PartnerAppName"));
        facts.push((&one.kind, SageMaker, "PartnerAppType"));
    }
    for one in &file.notebook {
        facts.push((&one.name, SageMaker, "NotebookInstanceName"));
        facts.push((&one.r#type, SageMaker, "InstanceType"));
    }
    for one in &file.domain {
        facts.push((&one.name, SageMaker, "DomainName"));
    }
    for one in &file.app {
        facts.push((&one.user, SageMaker, "UserProfileName"));
        facts.push((&one.r#type, SageMaker, "AppInstanceType"));
        facts.extend(
            one.space
                .iter()
                .map(|space| (space, SageMaker, "SpaceName")),
        );
    }
    facts
}

fn endpoints(file: &File) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    let hosting = "ProductionVariantInstanceType";
    for one in &file.endpoint {
        facts.push((&one.name, SageMaker, "EndpointName"));
        let types = one.r#type.iter();
        let types = types.chain(one.variants.iter().map(|variant| &variant.r#type));
        facts.extend(types.map(|ty| (ty, SageMaker, hosting)));
    }
    for one in &file.component {
        facts.push((&one.name, SageMaker, "InferenceComponentName"));
    }
    facts
}

fn jobs(file: &File) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    for (specs, name, ty) in [
        (&file.training, "TrainingJobName", "TrainingInstanceType"),
        (
            &file.processing,
            "ProcessingJobName",
            "ProcessingInstanceType",
        ),
        (&file.transform, "TransformJobName", "TransformInstanceType"),
    ] {
        for one in specs {
            facts.push((&one.name, SageMaker, name));
            facts.push((&one.r#type, SageMaker, ty));
        }
    }
    for one in &file.tuning {
        facts.push((&one.name, SageMaker, "HyperParameterTuningJobName"));
        facts.push((&one.r#type, SageMaker, "TrainingInstanceType"));
    }
    for one in &file.cluster {
        facts.push((&one.name, SageMaker, "ClusterName"));
        for group in &one.groups {
            facts.push((&group.name, SageMaker, "ClusterInstanceGroupName"));
            facts.push((&group.r#type, SageMaker, "ClusterInstanceType"));
        }
    }
    facts
}

fn organization(file: &File) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    for one in &file.linked_account {
        facts.push((&one.name, Organizations, "AccountName"));
        facts.extend(
            one.email
                .iter()
                .map(|email| (email, Organizations, "Email")),
        );
    }
    if let Some(one) = &file.organization {
        let device = one.mfa_device.iter();
        facts.extend(device.map(|arn| (arn, Sts, "serialNumberType")));
        let external_id = one.external_id.iter();
        facts.extend(external_id.map(|id| (id, Sts, "externalIdType")));
    }
    facts
}

fn bedrock(file: &File) -> Vec<Fact<'_>> {
    let mut facts: Vec<Fact<'_>> = Vec::new();
    for one in &file.throughput {
        facts.push((&one.name, Bedrock, "ProvisionedModelName"));
    }
    for one in &file.model_deployment {
        facts.push((&one.name, Bedrock, "ModelDeploymentName"));
    }
    for one in &file.imported_model {
        facts.push((&one.name, Bedrock, "ImportedModelName"));
    }
    for one in &file.model {
        let profile = one.profile.iter();
        facts.extend(profile.map(|name| (name, Bedrock, "InferenceProfileName")));
    }
    for one in &file.customization {
        facts.push((&one.name, Bedrock, "JobName"));
    }
    for one in &file.batch_inference {
        facts.push((&one.name, Bedrock, "ModelInvocationJobName"));
    }
    for one in &file.budget {
        facts.push((&one.name, Budgets, "BudgetName"));
    }
    facts
}

/// The tags of SageMaker's resources, with the name of the resource in the file.
fn tags(file: &File) -> Vec<(&Text, &Tags)> {
    let mut all: Vec<(&Text, &Tags)> = Vec::new();
    all.extend(file.notebook.iter().map(|one| (&one.name, &one.tags)));
    all.extend(file.domain.iter().map(|one| (&one.name, &one.tags)));
    all.extend(file.endpoint.iter().map(|one| (&one.name, &one.tags)));
    all.extend(file.component.iter().map(|one| (&one.name, &one.tags)));
    for specs in [&file.training, &file.processing, &file.transform] {
        all.extend(specs.iter().map(|one| (&one.name, &one.tags)));
    }
    all.extend(file.cluster.iter().map(|one| (&one.name, &one.tags)));
    all.extend(file.training_plan.iter().map(|one| (&one.name, &one.tags)));
    all.extend(
        file.tracking_server
            .iter()
            .map(|one| (&one.name, &one.tags)),
    );
    all.extend(file.partner_app.iter().map(|one| (&one.name, &one.tags)));
    all
}

fn fits(text: &Text, service: MockService, shape: &'static str) -> Result<(), ScenarioProblem> {
    // A group numbers its resources.
    let value = text.get_ref().replace("{n}", "1");
    match problem(service, shape, &value) {
        Some(problem) => Err(wrong(text, format!("`{value}`: {problem}"))),
        None => Ok(()),
    }
}

fn tag(name: &Text, text: &str, shape: &'static str) -> Result<(), ScenarioProblem> {
    match problem(SageMaker, shape, text) {
        Some(problem) => Err(wrong(name, format!("the tag `{text}`: {problem}"))),
        None => Ok(()),
    }
}

/// The first problem of `text` with the shape of AWS's model; `None` without one.
fn problem(service: MockService, shape: &'static str, text: &str) -> Option<String> {
    let contract = contract(service)?;
    let mismatch = contract.check_text(shape, text).into_iter().next()?;
    match mismatch.problem {
        Problem::Invalid {
            rule: Rule::Enum, ..
        } => {
            let near = contract
                .values(shape)
                .iter()
                .min_by_key(|known| strsim::levenshtein(known, text));
            Some(format!(
                "AWS's `{shape}` has no such value; did you mean `{}`?",
                near.copied().unwrap_or_default()
            ))
        }
        Problem::Invalid { constraint, .. } => Some(format!("AWS's `{shape}`: {constraint}")),
        _ => Some(mismatch.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use crate::mock::scenario::tests::refused;

    #[test]
    fn what_aws_would_not_take_is_refused_where_it_is_written() {
        refused(&[
            (
                "[[notebook]]\nname = \"ml_lab\"\ntype = \"ml.m5.xlarge\"\ncreated = \"-1d\"",
                6,
                "AWS's `NotebookInstanceName`: Member must satisfy",
            ),
            (
                "[[processing]]\nname = \"p\"\ntype = \"ml.p4d.24xlarge\"\ncreated = \"-1h\"",
                7,
                "`ml.p4d.24xlarge`: AWS's `ProcessingInstanceType` has no such value",
            ),
            (
                "[[notebook]]\nname = \"lab\"\ntype = \"ml.m5.xlarge\"\ncreated = \"-1d\"\n\
                 tags = { \"a#b\" = \"x\" }",
                6,
                "the tag `a#b`: AWS's `TagKey`: Member must satisfy",
            ),
        ]);
    }
}
