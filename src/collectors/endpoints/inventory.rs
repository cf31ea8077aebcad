//! Lists endpoints with their variants and configurations, inference components, and who scales
//! them.

use super::{EndpointItem, Fleet, Scaling, Shape};
use crate::aws::Api;
use crate::collectors::{
    Context, Listing,
    shared::context::{is_complete, push_fault, run_bounded},
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
    },
    domain::{Arn, Fault, FaultKind, Measured, Timestamp, action::scalable},
};
use aws_sdk_sagemaker::{
    operation::{
        describe_endpoint::DescribeEndpointOutput,
        describe_inference_component::DescribeInferenceComponentOutput,
    },
    types::{ProductionVariant, ProductionVariantSummary},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// What is remembered of endpoint configurations, which never change.
#[derive(Default)]
pub(super) struct ConfigCache {
    by_name: HashMap<Arc<str>, Config>,
    /// Inference components were listed at least once.
    components_seen: bool,
}

/// An endpoint configuration, as far as its endpoint does not say it.
#[derive(Debug, Default)]
struct Config {
    variants: HashMap<String, Variant>,
}

#[derive(Clone, Debug)]
struct Variant {
    ty: Option<Arc<str>>,
    volume_gb: Option<i32>,
    /// It names no model: inference components are placed on it.
    hosts_components: bool,
}

type ScalableTargets = Measured<HashMap<String, (u32, u32)>>;
/// The targets that have a scheduled action.
type ScheduledTargets = Measured<HashSet<String>>;

/// Everything there is. One description that fails does not lose the others.
pub(super) async fn inventory(configs: &mut ConfigCache, cx: &Context) -> Listing<EndpointItem> {
    let mut faults = Vec::new();
    let endpoints = names(cx, &mut faults).await;
    let (described, failed) = describe_endpoints(cx, endpoints).await;
    faults.extend(failed);
    let (components, failed) = components(cx).await;
    configs.components_seen |= failed.is_empty();
    let complete = faults.is_empty() && is_complete(&failed, configs.components_seen);
    faults.extend(failed);
    let targets = if described.is_empty() && components.is_empty() {
        Measured::Known(HashMap::new())
    } else {
        targets(cx, &mut faults).await
    };
    let scheduled = match &targets {
        Measured::Known(targets) if targets.is_empty() => Measured::Known(HashSet::new()),
        Measured::Known(_) => scheduled(cx, &mut faults).await,
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    };
    let missing = configs.learn(cx, &described, &mut faults).await;
    let mut items = Vec::new();
    for endpoint in &described {
        items.extend(variants(endpoint, configs, &missing, &targets, &scheduled));
    }
    items.extend(
        components
            .iter()
            .filter_map(|component| self::component(component, &targets)),
    );
    place(&mut items);
    Listing {
        items,
        complete,
        faults,
    }
}

/// Tells each variant how many components its endpoint hosts, and each component what its host
/// keeps running.
fn place(items: &mut [EndpointItem]) {
    let mut hosted: HashMap<Arc<str>, usize> = HashMap::new();
    for host in items.iter().filter_map(|item| item.component.as_ref()) {
        *hosted
            .entry(host.split('/').next().unwrap_or(host).into())
            .or_default() += 1;
    }
    let managed =
        |item: &EndpointItem| Some((item.id.clone(), item.fleet.as_ref()?.managed?.least));
    let least: HashMap<Arc<str>, u32> = items.iter().filter_map(managed).collect();
    for item in items {
        if let Some(fleet) = &mut item.fleet {
            fleet.components = hosted.get(&fleet.endpoint).copied().unwrap_or(0);
        }
        item.host_least = item
            .component
            .as_ref()
            .and_then(|host| least.get(host).copied());
    }
}

async fn names(cx: &Context, faults: &mut Vec<Fault>) -> Vec<String> {
    let mut pages = cx
        .session
        .sagemaker
        .list_endpoints()
        .max_results(100)
        .into_paginator()
        .send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => names.extend(
                page.endpoints()
                    .iter()
                    .filter_map(|summary| summary.endpoint_name().map(ToOwned::to_owned)),
            ),
            Err(error) => {
                faults.push(fault::from_sdk(Api::SageMakerListEndpoints, &error));
                break;
            }
        }
    }
    names
}

/// One that vanished since it was listed is no fault.
async fn describe_endpoints(
    cx: &Context,
    names: Vec<String>,
) -> (Vec<DescribeEndpointOutput>, Vec<Fault>) {
    let jobs = names.into_iter().map(|name| async move {
        let answer = cx
            .session
            .sagemaker
            .describe_endpoint()
            .endpoint_name(name)
            .send()
            .await;
        answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpoint, &error))
    });
    let answers = run_bounded(jobs.collect()).await;
    partition_results(answers)
}

fn partition_results<T>(answers: Vec<Result<T, Fault>>) -> (Vec<T>, Vec<Fault>) {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(one) => found.push(one),
            Err(fault) if fault.kind == FaultKind::NotFound => {}
            Err(fault) => push_fault(&mut faults, fault),
        }
    }
    (found, faults)
}

async fn components(cx: &Context) -> (Vec<DescribeInferenceComponentOutput>, Vec<Fault>) {
    let mut pages = cx
        .session
        .sagemaker
        .list_inference_components()
        .max_results(100)
        .into_paginator()
        .send();
    let mut names = Vec::new();
    let mut faults = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => {
                names.extend(
                    page.inference_components()
                        .iter()
                        .filter_map(|one| one.inference_component_name().map(ToOwned::to_owned)),
                );
            }
            Err(error) => {
                faults.push(fault::from_sdk(
                    Api::SageMakerListInferenceComponents,
                    &error,
                ));
                break;
            }
        }
    }
    let jobs = names.into_iter().map(|name| async move {
        let answer = cx
            .session
            .sagemaker
            .describe_inference_component()
            .inference_component_name(name)
            .send()
            .await;
        answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeInferenceComponent, &error))
    });
    let answers = run_bounded(jobs.collect()).await;
    let (found, failed) = partition_results(answers);
    faults.extend(failed);
    (found, faults)
}

/// Least and most capacity by scalable target; without the permission, unknown.
async fn targets(cx: &Context, faults: &mut Vec<Fault>) -> ScalableTargets {
    use aws_sdk_applicationautoscaling::types::ServiceNamespace;
    let mut pages = cx
        .session
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker)
        .into_paginator()
        .send();
    let mut targets = HashMap::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => targets.extend(page.scalable_targets().iter().filter_map(|target| {
                let counts = [
                    "sagemaker:variant:DesiredInstanceCount",
                    "sagemaker:inference-component:DesiredCopyCount",
                ];
                let (least, most) = (
                    u32::try_from(target.min_capacity()).ok()?,
                    u32::try_from(target.max_capacity()).ok()?,
                );
                counts
                    .contains(&target.scalable_dimension().as_str())
                    .then(|| (target.resource_id().to_owned(), (least, most)))
            })),
            Err(error) => {
                let fault = fault::from_sdk(Api::AutoScalingDescribeScalableTargets, &error);
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                return Measured::unknown(why);
            }
        }
    }
    Measured::Known(targets)
}

/// What has a scheduled action; an action needs a target, so without one there is nothing to ask.
async fn scheduled(cx: &Context, faults: &mut Vec<Fault>) -> ScheduledTargets {
    use aws_sdk_applicationautoscaling::types::ServiceNamespace;
    let mut pages = cx
        .session
        .scaling
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Sagemaker)
        .into_paginator()
        .send();
    let mut found = HashSet::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => found.extend(
                page.scheduled_actions()
                    .iter()
                    .map(|action| action.resource_id().to_owned()),
            ),
            Err(error) => {
                let fault = fault::from_sdk(Api::AutoScalingDescribeScheduledActions, &error);
                let why = format!("{}: {}", fault.operation, fault.kind.word());
                push_fault(faults, fault);
                return Measured::unknown(why);
            }
        }
    }
    Measured::Known(found)
}

impl ConfigCache {
    /// Describes the configurations not known yet; answers why one could not be, by its name.
    async fn learn(
        &mut self,
        cx: &Context,
        endpoints: &[DescribeEndpointOutput],
        faults: &mut Vec<Fault>,
    ) -> HashMap<Arc<str>, String> {
        let mut wanted: Vec<Arc<str>> = endpoints
            .iter()
            .filter_map(|endpoint| endpoint.endpoint_config_name())
            .map(Arc::from)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.by_name.retain(|name, _| wanted.contains(name));
        wanted.retain(|name| !self.by_name.contains_key(name));
        let jobs = wanted.into_iter().map(|name| async move {
            let answer = cx
                .session
                .sagemaker
                .describe_endpoint_config()
                .endpoint_config_name(name.as_ref())
                .send()
                .await;
            (
                name,
                answer
                    .map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpointConfig, &error)),
            )
        });
        let answers = run_bounded(jobs.collect()).await;
        let mut missing = HashMap::new();
        for (name, answer) in answers {
            match answer {
                Ok(config) => {
                    let all = config
                        .production_variants()
                        .iter()
                        .chain(config.shadow_production_variants());
                    let variants = all
                        .filter_map(|variant| {
                            Some((variant.variant_name()?.to_owned(), variant.into()))
                        })
                        .collect();
                    self.by_name.insert(name, Config { variants });
                }
                Err(fault) if fault.kind == FaultKind::NotFound => {
                    missing.insert(
                        name,
                        "its endpoint configuration was deleted, so AWS no longer says its type"
                            .to_owned(),
                    );
                }
                Err(fault) => {
                    missing.insert(name, format!("{}: {}", fault.operation, fault.kind.word()));
                    push_fault(faults, fault);
                }
            }
        }
        missing
    }

    fn of(&self, config: &str, variant: &str) -> Option<&Variant> {
        self.by_name.get(config)?.variants.get(variant)
    }
}

impl From<&ProductionVariant> for Variant {
    fn from(variant: &ProductionVariant) -> Self {
        Self {
            ty: variant.instance_type().map(|ty| ty.as_str().into()),
            hosts_components: variant.model_name().is_none(),
            volume_gb: variant.volume_size_in_gb(),
        }
    }
}

fn variants(
    endpoint: &DescribeEndpointOutput,
    configs: &ConfigCache,
    missing: &HashMap<Arc<str>, String>,
    targets: &ScalableTargets,
    scheduled: &ScheduledTargets,
) -> Vec<EndpointItem> {
    let name = endpoint.endpoint_name().unwrap_or_default();
    let summaries = endpoint
        .production_variants()
        .iter()
        .map(|variant| (variant, false));
    let summaries: Vec<_> = summaries
        .chain(
            endpoint
                .shadow_production_variants()
                .iter()
                .map(|variant| (variant, true)),
        )
        .collect();
    let only = summaries.len() == 1;
    let make = |(summary, shadow): (&ProductionVariantSummary, bool)| {
        let variant = summary.variant_name()?;
        let config = endpoint.endpoint_config_name().unwrap_or_default();
        let known = configs.of(config, variant);
        let fleet = Fleet {
            endpoint: name.into(),
            variant: variant.into(),
            shadow,
            shape: shape(endpoint, summary, known, missing.get(config)),
            hosts_components: known.is_some_and(|known| known.hosts_components),
            components: 0,
            volume_gb: known.and_then(|known| known.volume_gb),
            managed: managed(summary),
        };
        Some(EndpointItem {
            id: format!("{name}/{variant}").into(),
            // Nearly every endpoint has one variant called `AllTraffic`.
            name: if only {
                name.into()
            } else {
                format!("{name}/{variant}").into()
            },
            arn: endpoint
                .endpoint_arn()
                .and_then(|arn| arn.parse::<Arn>().ok()),
            state: state::endpoint(
                endpoint
                    .endpoint_status()
                    .map_or("unknown", |status| status.as_str()),
            ),
            created: optional_timestamp(endpoint.creation_time()),
            current: summary
                .current_instance_count()
                .and_then(|n| u32::try_from(n).ok()),
            desired: summary
                .desired_instance_count()
                .and_then(|n| u32::try_from(n).ok()),
            scaling: scaling(targets, &scalable(name, variant)),
            scheduled: scheduled
                .as_ref()
                .map(|ids| ids.contains(&scalable(name, variant))),
            tags: Measured::unknown("tags not read yet"),
            fleet: Some(fleet),
            component: None,
            host_least: None,
        })
    };
    summaries.into_iter().filter_map(make).collect()
}

fn shape(
    endpoint: &DescribeEndpointOutput,
    summary: &ProductionVariantSummary,
    known: Option<&Variant>,
    missing: Option<&String>,
) -> Shape {
    if let Some(serverless) = summary
        .current_serverless_config()
        .or_else(|| summary.desired_serverless_config())
    {
        return Shape::Serverless {
            memory_mb: serverless.memory_size_in_mb().unwrap_or(0),
            concurrency: serverless.max_concurrency().unwrap_or(0),
            provisioned: serverless.provisioned_concurrency().unwrap_or(0),
        };
    }
    let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    let pools: Vec<(Arc<str>, u32)> = summary
        .instance_pools()
        .iter()
        .filter_map(|pool| {
            Some((
                Arc::from(pool.instance_type()?.as_str()),
                count(pool.current_instance_count()),
            ))
        })
        .collect();
    let ty = match (pools.as_slice(), known.and_then(|known| known.ty.clone())) {
        ([(only, _)], _) => Measured::Known(only.clone()),
        (_, Some(ty)) => Measured::Known(ty),
        _ => Measured::unknown(
            missing
                .cloned()
                .unwrap_or_else(|| "its endpoint configuration names no instance type".to_owned()),
        ),
    };
    Shape::Instances {
        ty,
        pools,
        asynchronous: endpoint.async_inference_config().is_some(),
    }
}

fn managed(summary: &ProductionVariantSummary) -> Option<Scaling> {
    let managed = summary.managed_instance_scaling()?;
    managed
        .status()
        .filter(|status| status.as_str() == "ENABLED")?;
    let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    Some(Scaling {
        least: count(managed.min_instance_count()),
        most: count(managed.max_instance_count()),
    })
}

fn scaling(targets: &ScalableTargets, id: &str) -> Measured<Option<Scaling>> {
    targets.as_ref().map(|targets| {
        targets.get(id).map(|(least, most)| Scaling {
            least: *least,
            most: *most,
        })
    })
}

fn component(
    component: &DescribeInferenceComponentOutput,
    targets: &ScalableTargets,
) -> Option<EndpointItem> {
    let name: Arc<str> = component.inference_component_name()?.into();
    let runtime = component.runtime_config();
    let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
    let created: Option<Timestamp> = optional_timestamp(component.creation_time());
    let endpoint: Arc<str> = format!(
        "{}/{}",
        component.endpoint_name().unwrap_or("?"),
        component.variant_name().unwrap_or("?")
    )
    .into();
    Some(EndpointItem {
        id: name.clone(),
        arn: component
            .inference_component_arn()
            .and_then(|arn| arn.parse().ok()),
        state: state::component(
            component
                .inference_component_status()
                .map_or("unknown", |status| status.as_str()),
        ),
        created,
        current: runtime.and_then(|runtime| count(runtime.current_copy_count())),
        desired: runtime.and_then(|runtime| count(runtime.desired_copy_count())),
        scaling: scaling(targets, &format!("inference-component/{name}")),
        scheduled: Measured::unknown("only variants are scheduled"),
        host_least: None,
        tags: Measured::unknown("tags not read yet"),
        fleet: None,
        component: Some(endpoint),
        name,
    })
}
