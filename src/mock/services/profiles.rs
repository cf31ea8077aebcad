//! Bedrock's inference profiles: AWS's own across regions, and the account's application profiles.

use super::{Answer, Context};
use crate::{
    domain::Timestamp,
    mock::{
        price_facts::Facts,
        protocol::{Error, Value, value::fields},
        simulation::Simulation,
    },
};

/// A profile as it is listed.
struct Listed {
    name: String,
    arn: String,
    id: String,
    /// The model it leads to, without scope.
    base: String,
    /// Regions it leads to.
    regions: Vec<&'static str>,
    application: bool,
    created: Option<Timestamp>,
}

/// A scope and where its profiles lead.
const SCOPES: &[(&str, &[&str])] = &[
    ("us.", &["us-east-1", "us-east-2", "us-west-2"]),
    (
        "eu.",
        &["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-3"],
    ),
    (
        "apac.",
        &[
            "ap-northeast-1",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
        ],
    ),
    ("jp.", &["ap-northeast-1", "ap-northeast-3"]),
    ("au.", &["ap-southeast-2", "ap-southeast-4"]),
    ("global.", &[]),
];

/// `us.amazon.nova-pro-v1:0`: its scope's regions and the model.
fn scoped(id: &str) -> Option<(&'static [&'static str], &str)> {
    SCOPES
        .iter()
        .find_map(|(scope, regions)| id.strip_prefix(scope).map(|base| (*regions, base)))
}

/// The cross-region profiles that calls of this world name, and the application profiles of the
/// region.
fn all(world: &Simulation, region: &str, now: Timestamp) -> Vec<Listed> {
    let here = |base: &str| {
        Facts::get()
            .models()
            .find(|(model, ..)| *model == base)
            .map_or_else(|| base.to_owned(), |(_, _, name)| name.to_owned())
    };
    let mut ids: Vec<&str> = world
        .model_uses
        .iter()
        .filter(|one| one.region == region)
        .map(|one| one.model.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let system = ids.into_iter().filter_map(|id| {
        let (regions, base) = scoped(id)?;
        Some(Listed {
            name: here(base),
            arn: format!(
                "arn:aws:bedrock:{region}:{}:inference-profile/{id}",
                world.account.id
            ),
            id: id.to_owned(),
            base: base.to_owned(),
            regions: regions.to_vec(),
            application: false,
            created: None,
        })
    });
    let own = world
        .profiles
        .iter()
        .filter(|one| one.region == region && one.created <= now)
        .map(|one| {
            let (regions, base) = scoped(&one.model).unwrap_or((&[], &one.model));
            Listed {
                name: one.name.clone(),
                arn: one.arn.clone(),
                id: one.id.clone(),
                base: base.to_owned(),
                regions: regions.to_vec(),
                application: true,
                created: Some(one.created),
            }
        });
    system.chain(own).collect()
}

fn node(one: &Listed, region: &str) -> Value {
    let mut regions = one.regions.clone();
    if regions.is_empty() {
        regions.push("");
    }
    let models: Vec<Value> = regions
        .iter()
        .map(|other| if other.is_empty() { region } else { other })
        .map(|other| fields! { "modelArn": format!("arn:aws:bedrock:{other}::foundation-model/{}", one.base) })
        .collect();
    fields! {
        "inferenceProfileName": &one.name,
        "inferenceProfileArn": &one.arn,
        "inferenceProfileId": &one.id,
        "models": models,
        "status": "ACTIVE",
        "type": if one.application { "APPLICATION" } else { "SYSTEM_DEFINED" },
        "createdAt": one.created,
        "updatedAt": one.created,
    }
}

/// `ListInferenceProfiles`
pub fn list(context: &Context<'_>) -> Answer {
    let kind = context
        .input
        .one_of("typeEquals", &["SYSTEM_DEFINED", "APPLICATION"])?;
    let mut profiles = all(&context.world(), context.region, context.now);
    profiles.retain(|one| kind.is_none_or(|kind| (kind == "APPLICATION") == one.application));
    let page = context.page(
        profiles,
        ("nextToken", "maxResults"),
        1..=1_000,
        1_000,
        |one| one.arn.clone(),
    )?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| node(one, context.region))
        .collect();
    Ok(fields! { "inferenceProfileSummaries": items, "nextToken": page.next })
}

/// `GetInferenceProfile`, by id or ARN.
pub fn get(context: &Context<'_>) -> Answer {
    let asked = context.input.need_text("inferenceProfileIdentifier")?;
    let profiles = all(&context.world(), context.region, context.now);
    match profiles
        .iter()
        .find(|one| one.id == asked || one.arn == asked)
    {
        Some(one) => Ok(node(one, context.region)),
        None => Err(Error::new(
            "ResourceNotFoundException",
            "The inference profile could not be found.",
        )
        .status(404)
        .into()),
    }
}
