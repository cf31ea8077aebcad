//! Finds the models and profiles that were called on demand in the last two weeks, and their names.
//!
//! CloudWatch has the ids that were called; Bedrock's lists have their names, and the model of an
//! application profile.

use super::{
    item::{InvocationTarget, ModelItem, untaggable},
    mantle,
    tiers::called_models,
};
use crate::aws::Api;
use crate::collectors::{
    Context, Listing,
    shared::context::{push_fault, run_bounded},
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault, metrics,
        paging::read_pages,
    },
    domain::{Arn, Fault, Measured, Timestamp, time::timestamp::seconds_between},
};
use aws_sdk_bedrock::types::{InferenceProfileModel, InferenceProfileType};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Seconds after which names are read again.
const STALE: f64 = 3600.0;
/// The kind of ARN under which an imported model is called.
const IMPORTED: &str = ":imported-model/";
/// The kind of ARN under which a customized model is called on demand.
const DEPLOYMENT: &str = ":custom-model-deployment/";

/// The models and inference profiles of Bedrock's lists.
#[derive(Default)]
pub(super) struct ModelNames {
    models: HashMap<Arc<str>, Model>,
    /// By id and by ARN.
    profiles: HashMap<Arc<str>, Profile>,
    read: Option<Timestamp>,
}

#[derive(Clone)]
struct Model {
    name: Arc<str>,
    provider: Arc<str>,
    arn: Arc<str>,
    state: Arc<str>,
    extended_access: Option<Timestamp>,
}

#[derive(Clone)]
struct Profile {
    name: Arc<str>,
    arn: Arc<str>,
    /// The model it leads to.
    model: Option<Arc<str>>,
    /// The ARNs of the model in all regions it leads to, in order.
    routes: Vec<Arc<str>>,
    application: bool,
    state: Arc<str>,
}

/// Everything called on demand.
pub(super) async fn inventory(names: &mut ModelNames, cx: &Context) -> Listing<ModelItem> {
    let sets = match metrics::find_published(
        &cx.session,
        "AWS/Bedrock",
        "InputTokenCount",
        &[("ModelId", None)],
    )
    .await
    {
        Ok(sets) => sets,
        Err(fault) => {
            return Listing {
                items: Vec::new(),
                complete: false,
                has_answer: false,
                faults: vec![fault],
            };
        }
    };
    let (ids, tiers) = called_models(&sets);
    let mut faults = Vec::new();
    let mantle = match mantle::called(&cx.session).await {
        Ok(mantle) => mantle,
        Err(fault) => {
            push_fault(&mut faults, fault);
            Vec::new()
        }
    };
    let complete = faults.is_empty();
    if !ids.is_empty() || !mantle.is_empty() {
        names.refresh(cx, &ids, &mut faults).await;
    }
    let mut items: Vec<ModelItem> = ids
        .iter()
        .map(|id| ModelItem {
            tiers: tiers.get(id).cloned().unwrap_or_default(),
            ..names.item(id)
        })
        .collect();
    items.extend(mantle.into_iter().map(|one| {
        let item = names.item(&one.model);
        one.item(item)
    }));
    Listing {
        items,
        complete,
        has_answer: true,
        faults,
    }
}

/// An application profile by its ARN or by the id alone, which has no vendor's name in it.
fn is_application(id: &str) -> bool {
    id.contains(":application-inference-profile/") || (!id.contains('.') && !id.starts_with("arn:"))
}

impl ModelNames {
    async fn refresh(&mut self, cx: &Context, ids: &BTreeSet<Arc<str>>, faults: &mut Vec<Fault>) {
        let now = cx.clock.now();
        if self
            .read
            .is_none_or(|read| seconds_between(read, now) > STALE)
        {
            let before = faults.len();
            self.list_models(cx, faults).await;
            self.list_profiles(cx, InferenceProfileType::SystemDefined, faults)
                .await;
            if ids.iter().any(|id| is_application(id)) {
                self.list_profiles(cx, InferenceProfileType::Application, faults)
                    .await;
            }
            self.read = (faults.len() == before).then_some(now);
        }
        // Made since the last list, or of a kind that was not listed.
        let missing: Vec<_> = ids
            .iter()
            .filter(|id| is_application(id) && !self.profiles.contains_key(*id))
            .collect();
        let asked = run_bounded(missing.into_iter().map(|id| profile(cx, id)).collect()).await;
        for answer in asked {
            match answer {
                Ok((id, profile)) => drop(self.profiles.insert(id, profile)),
                Err(fault) => push_fault(faults, fault),
            }
        }
    }

    async fn list_models(&mut self, cx: &Context, faults: &mut Vec<Fault>) {
        match cx.session.bedrock.list_foundation_models().send().await {
            Ok(answer) => self
                .models
                .extend(answer.model_summaries().iter().map(|model| {
                    let known = Model {
                        name: model.model_name().unwrap_or(model.model_id()).into(),
                        provider: model.provider_name().unwrap_or_default().into(),
                        arn: model.model_arn().into(),
                        state: model
                            .model_lifecycle()
                            .map_or("ACTIVE", |life| life.status().as_str())
                            .into(),
                        extended_access: optional_timestamp(
                            model
                                .model_lifecycle()
                                .and_then(|life| life.public_extended_access_time()),
                        ),
                    };
                    (model.model_id().into(), known)
                })),
            Err(error) => push_fault(
                faults,
                fault::from_sdk(Api::BedrockListFoundationModels, &error),
            ),
        }
    }

    async fn list_profiles(
        &mut self,
        cx: &Context,
        kind: InferenceProfileType,
        faults: &mut Vec<Fault>,
    ) {
        let application = kind == InferenceProfileType::Application;
        let pages = cx
            .session
            .bedrock
            .list_inference_profiles()
            .type_equals(kind)
            .into_paginator()
            .send();
        let read = read_pages(Api::BedrockListInferenceProfiles, pages, |page| {
            for one in page.inference_profile_summaries() {
                let profile = Profile {
                    name: one.inference_profile_name().into(),
                    arn: one.inference_profile_arn().into(),
                    model: one
                        .models()
                        .first()
                        .and_then(|model| model.model_arn())
                        .map(last),
                    routes: routes(one.models()),
                    application,
                    state: one.status().as_str().into(),
                };
                self.profiles
                    .insert(one.inference_profile_id().into(), profile.clone());
                self.profiles.insert(profile.arn.clone(), profile);
            }
        });
        if let Err(fault) = read.await {
            push_fault(faults, fault);
        }
    }

    /// The item of a model id, with its data from Bedrock's lists.
    fn item(&self, id: &Arc<str>) -> ModelItem {
        let short = last(id);
        let profile = self.profiles.get(id).or_else(|| self.profiles.get(&short));
        let mut item = ModelItem {
            id: id.clone(),
            name: short.clone(),
            model: Measured::Known(short.clone()),
            provider: None,
            via: InvocationTarget::Model,
            arn: id.parse::<Arn>().ok(),
            state: state::model("ACTIVE"),
            tiers: Vec::new(),
            extended_access: None,
            mantle: None,
            tags: untaggable(),
        };
        if id.contains(DEPLOYMENT) {
            let why = "billed by the token at the rates of its base model, which is not named";
            return ModelItem {
                model: Measured::unknown(why),
                ..item
            };
        }
        if id.contains(IMPORTED) {
            return ModelItem {
                via: InvocationTarget::Imported,
                model: Measured::unknown("not in Bedrock's list of models"),
                ..item
            };
        }
        if let Some(profile) = profile {
            self.apply_profile(&mut item, profile);
        } else if is_application(id) {
            item.via = InvocationTarget::Application;
            item.model =
                Measured::unknown("the model of this application profile could not be read");
        }
        let base = profile
            .and_then(|profile| profile.model.as_ref())
            .unwrap_or(&short);
        if let Some(model) = self.models.get(base) {
            apply_model(&mut item, model, &short);
        }
        item
    }

    /// Completes an item that is an inference profile.
    fn apply_profile(&self, item: &mut ModelItem, profile: &Profile) {
        item.name.clone_from(&profile.name);
        item.arn = profile.arn.parse().ok();
        item.state = state::model(&profile.state);
        if !profile.application {
            item.via = InvocationTarget::Profile;
            return;
        }
        item.via = InvocationTarget::Application;
        item.tags = Measured::unknown("tags not read yet");
        let model = profile.model.as_ref();
        item.model = Measured::or_why(
            model.map(|model| self.scoped(profile, model)),
            "AWS names no model of this profile",
        );
    }

    /// The id whose price an application profile has: AWS's profile that leads to the same regions,
    /// where it leads to several; else by the geography of these; else the model itself. AWS does
    /// not report the profile it was copied from.
    fn scoped(&self, profile: &Profile, model: &Arc<str>) -> Arc<str> {
        let anywhere = profile
            .routes
            .iter()
            .any(|route| region_of(route).is_empty());
        if profile.routes.len() < 2 && !anywhere {
            return model.clone();
        }
        let copied = |one: &&Profile| !one.application && one.routes == profile.routes;
        if let Some(one) = self.profiles.values().find(copied) {
            return last(&one.arn);
        }
        let all = |start: &str| {
            profile
                .routes
                .iter()
                .all(|route| region_of(route).starts_with(start))
        };
        let scope = [("us-", "us"), ("eu-", "eu"), ("ap-", "apac")]
            .into_iter()
            .find(|(start, _)| all(start));
        format!("{}.{model}", scope.map_or("global", |(_, scope)| scope)).into()
    }
}

/// One profile by id or ARN.
async fn profile(cx: &Context, id: &Arc<str>) -> Result<(Arc<str>, Profile), Fault> {
    let answer = cx
        .session
        .bedrock
        .get_inference_profile()
        .inference_profile_identifier(id.as_ref())
        .send()
        .await;
    let answer =
        answer.map_err(|error| fault::from_sdk(Api::BedrockGetInferenceProfile, &error))?;
    let profile = Profile {
        name: answer.inference_profile_name().into(),
        arn: answer.inference_profile_arn().into(),
        model: answer
            .models()
            .first()
            .and_then(|model| model.model_arn())
            .map(last),
        routes: routes(answer.models()),
        application: *answer.r#type() == InferenceProfileType::Application,
        state: answer.status().as_str().into(),
    };
    Ok((id.clone(), profile))
}

fn routes(models: &[InferenceProfileModel]) -> Vec<Arc<str>> {
    let mut routes: Vec<Arc<str>> = models
        .iter()
        .filter_map(|model| model.model_arn())
        .map(Arc::from)
        .collect();
    routes.sort_unstable();
    routes
}

/// The region in an ARN; empty for all of them.
fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// Completes an item with its foundation model; `short` is the last part of its id.
fn apply_model(item: &mut ModelItem, model: &Model, short: &str) {
    item.provider = Some(model.provider.clone()).filter(|provider| !provider.is_empty());
    item.extended_access = model.extended_access;
    match item.via {
        InvocationTarget::Model => {
            item.name.clone_from(&model.name);
            item.arn = model.arn.parse().ok();
            item.state = state::model(&model.state);
        }
        // The list may give the profile the name of its model: the prefix tells them apart.
        InvocationTarget::Profile if item.name == model.name => {
            let scope = short.split('.').next().unwrap_or_default().to_uppercase();
            item.name = format!("{scope} {}", model.name).into();
        }
        _ => {}
    }
}

/// The part after the last slash.
fn last(text: impl AsRef<str>) -> Arc<str> {
    let text = text.as_ref();
    text.rsplit('/').next().unwrap_or(text).into()
}
