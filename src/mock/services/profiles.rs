//! Bedrock's inference profiles: AWS's own across regions, and the account's application profiles.

use super::{Answer, Context};
use crate::{
    domain::{Timestamp, region},
    mock::{
        price_facts::Facts,
        protocol::{Error, Value, value::fields},
        simulation::Simulation,
    },
};

/// A profile of `ListInferenceProfiles`.
struct InferenceProfile {
    name: String,
    arn: String,
    id: String,
    /// Its model, without scope.
    base: String,
    /// The regions it routes to.
    regions: Vec<&'static str>,
    application: bool,
    created: Option<Timestamp>,
}

/// The scope whose profiles route to every region, and which the list of regions leaves out.
const GLOBAL: &str = "global";

/// `us.amazon.nova-pro-v1:0`: the regions its scope routes to, and the model.
fn split_scope(id: &str) -> Option<(Vec<&'static str>, &str)> {
    let (scope, base) = id.split_once('.')?;
    let destinations: Vec<&'static str> = region::all()
        .iter()
        .filter(|region| region.destinations.contains(&scope))
        .map(|region| region.code)
        .collect();
    (scope == GLOBAL || !destinations.is_empty()).then_some((destinations, base))
}

/// The cross-region profiles that `[[model]]` ids name, and the region's application profiles.
fn inference_profiles(
    simulation: &Simulation,
    region: &str,
    now: Timestamp,
) -> Vec<InferenceProfile> {
    let here = |base: &str| {
        Facts::get()
            .models()
            .find(|(model, ..)| *model == base)
            .map_or_else(|| base.to_owned(), |(_, _, name)| name.to_owned())
    };
    let mut ids: Vec<&str> = simulation
        .model_uses
        .iter()
        .filter(|one| one.region == region)
        .map(|one| one.model.as_str())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let system = ids.into_iter().filter_map(|id| {
        let (regions, base) = split_scope(id)?;
        Some(InferenceProfile {
            name: here(base),
            arn: format!(
                "arn:aws:bedrock:{region}:{}:inference-profile/{id}",
                simulation.account.id
            ),
            id: id.to_owned(),
            base: base.to_owned(),
            regions,
            application: false,
            created: None,
        })
    });
    let own = simulation
        .profiles
        .iter()
        .filter(|one| one.region == region && one.created <= now)
        .map(|one| {
            let (regions, base) = split_scope(&one.model).unwrap_or((Vec::new(), &one.model));
            InferenceProfile {
                name: one.name.clone(),
                arn: one.arn.clone(),
                id: one.id.clone(),
                base: base.to_owned(),
                regions,
                application: true,
                created: Some(one.created),
            }
        });
    system.chain(own).collect()
}

fn profile_fields(one: &InferenceProfile, region: &str) -> Value {
    let mut regions = one.regions.clone();
    if regions.is_empty() {
        regions.push("");
    }
    let models: Vec<Value> = regions
        .iter()
        .map(|other| if other.is_empty() { region } else { other })
        .map(|other| {
            fields! {
                "modelArn": format!("arn:aws:bedrock:{other}::foundation-model/{}", one.base),
            }
        })
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
    let kind = context.input.text("typeEquals")?;
    let mut profiles = inference_profiles(&context.simulation(), context.region, context.now);
    profiles.retain(|one| kind.is_none_or(|kind| (kind == "APPLICATION") == one.application));
    let page = context.page(profiles, ("nextToken", "maxResults"), 1_000, |one| {
        one.arn.clone()
    })?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|one| profile_fields(one, context.region))
        .collect();
    Ok(fields! { "inferenceProfileSummaries": items, "nextToken": page.next })
}

/// `GetInferenceProfile`, by id or ARN.
pub fn get(context: &Context<'_>) -> Answer {
    let requested = context.input.need_text("inferenceProfileIdentifier")?;
    let profiles = inference_profiles(&context.simulation(), context.region, context.now);
    match profiles
        .iter()
        .find(|one| one.id == requested || one.arn == requested)
    {
        Some(one) => Ok(profile_fields(one, context.region)),
        None => Err(Error::new(
            "ResourceNotFoundException",
            "The inference profile could not be found.",
        )
        .status(404)
        .into()),
    }
}
