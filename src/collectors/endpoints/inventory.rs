//! Lists endpoints with their variants and configurations, inference components, and who scales
//! them.

use super::{
    autoscaling::{self, ScalableTargets, ScheduledTargets},
    configs::{ConfigCache, VariantConfig},
    item::{EndpointItem, Scaling, Shape, VariantDetails},
    undeployed,
};
use crate::aws::Api;
use crate::collectors::{
    Context, Listing,
    shared::{
        context::is_complete,
        description_cache::{DescriptionCache, Summary},
        poll_budget::PollBudget,
    },
};
use crate::{
    aws::{
        convert::{state, time::optional_timestamp},
        fault,
        paging::read_pages,
    },
    domain::{Arn, Fault, Measured, Phase, State, Timestamp, action::scalable},
};
use aws_sdk_sagemaker::{
    operation::{
        describe_endpoint::DescribeEndpointOutput,
        describe_inference_component::DescribeInferenceComponentOutput,
    },
    types::{EndpointSummary, InferenceComponentSummary, ProductionVariantSummary},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// The descriptions of endpoints and components.
#[derive(Default)]
pub(super) struct EndpointCache {
    endpoints: DescriptionCache<DescribeEndpointOutput>,
    components: DescriptionCache<DescribeInferenceComponentOutput>,
    /// Whether the last inventory left some for the next poll.
    pub(super) is_partial: bool,
}

/// Lists all variants and components. A description that fails does not lose the others.
pub(super) async fn inventory(
    cache: &mut EndpointCache,
    configs: &mut ConfigCache,
    cx: &Context,
) -> Listing<EndpointItem> {
    let mut faults = Vec::new();
    let budget = PollBudget::new();
    let listed = endpoints(cx, &mut faults).await;
    let now = cx.clock.now();
    let describe = |name| describe_endpoint(cx, name);
    let (described, failed) = cache
        .endpoints
        .refresh(&listed, now, &budget, describe)
        .await;
    faults.extend(failed);
    let mut failed = Vec::new();
    let listed = list_components(cx, &mut failed).await;
    let describe = |name| describe_component(cx, name);
    let (components, undescribed) = cache
        .components
        .refresh(&listed, now, &budget, describe)
        .await;
    failed.extend(undescribed);
    configs.components_listed |= failed.is_empty();
    let missing = configs.refresh(cx, &described, &budget, &mut faults).await;
    cache.is_partial = budget.has_more();
    let complete =
        faults.is_empty() && !cache.is_partial && is_complete(&failed, configs.components_listed);
    faults.extend(failed);
    let targets = if described.is_empty() && components.is_empty() {
        Measured::Known(HashMap::new())
    } else {
        autoscaling::targets(cx, &mut faults).await
    };
    let scheduled = match &targets {
        Measured::Known(targets) if targets.is_empty() => Measured::Known(HashSet::new()),
        Measured::Known(_) => autoscaling::scheduled(cx, &mut faults).await,
        Measured::Unknown(why) => Measured::Unknown(why.clone()),
    };
    let mut items = Vec::new();
    for endpoint in &described {
        let running = variants(endpoint, configs, &missing, &targets, &scheduled);
        if running.is_empty() {
            items.extend(undeployed::variants(endpoint, configs));
        }
        items.extend(running);
    }
    items.extend(
        components
            .iter()
            .filter_map(|component| self::component(component, &targets)),
    );
    link(&mut items);
    Listing {
        items,
        complete,
        has_answer: true,
        faults,
    }
}

/// Completes each variant with the components of its endpoint, and each component with the minimum
/// of its variant.
fn link(items: &mut [EndpointItem]) {
    let mut hosted: HashMap<Arc<str>, usize> = HashMap::new();
    for host in items.iter().filter_map(|item| item.component.as_ref()) {
        *hosted
            .entry(host.split('/').next().unwrap_or(host).into())
            .or_default() += 1;
    }
    let managed = |item: &EndpointItem| Some((item.id.clone(), item.fleet.as_ref()?.managed?.min));
    let minimums: HashMap<Arc<str>, u32> = items.iter().filter_map(managed).collect();
    for item in items {
        if let Some(fleet) = &mut item.fleet {
            fleet.components = hosted.get(&fleet.endpoint).copied().unwrap_or(0);
        }
        item.host_min = item
            .component
            .as_ref()
            .and_then(|host| minimums.get(host).copied());
    }
}

async fn endpoints(cx: &Context, faults: &mut Vec<Fault>) -> Vec<Summary> {
    let pages = cx
        .session
        .sagemaker
        .list_endpoints()
        .max_results(100)
        .into_paginator()
        .send();
    let mut listed = Vec::new();
    let read = read_pages(Api::SageMakerListEndpoints, pages, |page| {
        listed.extend(page.endpoints().iter().filter_map(endpoint_summary));
    });
    faults.extend(read.await.err());
    listed
}

fn endpoint_summary(listed: &EndpointSummary) -> Option<Summary> {
    let status = listed
        .endpoint_status()
        .map_or("", |status| status.as_str());
    Some(Summary {
        name: listed.endpoint_name()?.to_owned(),
        modified: optional_timestamp(listed.last_modified_time()),
        status: status.to_owned(),
        is_steady: is_steady(&state::endpoint(status)),
    })
}

fn is_steady(state: &State) -> bool {
    state.phase != Phase::Changing
}

async fn describe_endpoint(cx: &Context, name: String) -> Result<DescribeEndpointOutput, Fault> {
    let request = cx.session.sagemaker.describe_endpoint();
    let answer = request.endpoint_name(name).send().await;
    answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeEndpoint, &error))
}

async fn list_components(cx: &Context, faults: &mut Vec<Fault>) -> Vec<Summary> {
    let pages = cx
        .session
        .sagemaker
        .list_inference_components()
        .max_results(100)
        .into_paginator()
        .send();
    let mut listed = Vec::new();
    let read = read_pages(Api::SageMakerListInferenceComponents, pages, |page| {
        let components = page.inference_components().iter();
        listed.extend(components.filter_map(component_summary));
    });
    faults.extend(read.await.err());
    listed
}

fn component_summary(listed: &InferenceComponentSummary) -> Option<Summary> {
    let status = listed
        .inference_component_status()
        .map_or("", |status| status.as_str());
    Some(Summary {
        name: listed.inference_component_name()?.to_owned(),
        modified: optional_timestamp(listed.last_modified_time()),
        status: status.to_owned(),
        is_steady: is_steady(&state::component(status)),
    })
}

async fn describe_component(
    cx: &Context,
    name: String,
) -> Result<DescribeInferenceComponentOutput, Fault> {
    let request = cx.session.sagemaker.describe_inference_component();
    let answer = request.inference_component_name(name).send().await;
    answer.map_err(|error| fault::from_sdk(Api::SageMakerDescribeInferenceComponent, &error))
}

fn variants(
    endpoint: &DescribeEndpointOutput,
    configs: &ConfigCache,
    missing: &HashMap<Arc<str>, String>,
    targets: &ScalableTargets,
    scheduled: &ScheduledTargets,
) -> Vec<EndpointItem> {
    let name = endpoint.endpoint_name().unwrap_or_default();
    let production = endpoint.production_variants();
    let shadow = endpoint.shadow_production_variants();
    // Nearly every endpoint has one variant, called `AllTraffic`.
    let has_one = production.len() + shadow.len() == 1;
    let production = production.iter().map(|variant| (variant, false));
    let all = production.chain(shadow.iter().map(|variant| (variant, true)));
    all.filter_map(|(summary, shadow)| {
        let fleet = fleet(endpoint, (summary, shadow), configs, missing)?;
        let id: Arc<str> = format!("{name}/{}", fleet.variant).into();
        let scalable_id = scalable(name, &fleet.variant);
        Some(EndpointItem {
            name: if has_one { name.into() } else { id.clone() },
            id,
            arn: endpoint
                .endpoint_arn()
                .and_then(|arn| arn.parse::<Arn>().ok()),
            state: state::endpoint(
                endpoint
                    .endpoint_status()
                    .map_or("unknown", |status| status.as_str()),
            ),
            created: optional_timestamp(endpoint.creation_time()),
            current: count(summary.current_instance_count()),
            desired: count(summary.desired_instance_count()),
            scaling: autoscaling::limits(targets, &scalable_id),
            scheduled: scheduled.as_ref().map(|ids| ids.contains(&scalable_id)),
            tags: Measured::unknown("tags not read yet"),
            fleet: Some(fleet),
            component: None,
            host_min: None,
        })
    })
    .collect()
}

pub(super) fn count(n: Option<i32>) -> Option<u32> {
    n.and_then(|n| u32::try_from(n).ok())
}

/// The details of a variant; `None` for one without a name. `shadow`: it is a shadow variant.
fn fleet(
    endpoint: &DescribeEndpointOutput,
    (summary, shadow): (&ProductionVariantSummary, bool),
    configs: &ConfigCache,
    missing: &HashMap<Arc<str>, String>,
) -> Option<VariantDetails> {
    let variant = summary.variant_name()?;
    let config = endpoint.endpoint_config_name().unwrap_or_default();
    let known = configs.variant(config, variant);
    Some(VariantDetails {
        endpoint: endpoint.endpoint_name().unwrap_or_default().into(),
        variant: variant.into(),
        shadow,
        shape: shape(endpoint, summary, known, missing.get(config)),
        hosts_components: known.is_some_and(|known| known.hosts_components),
        components: 0,
        volume_gb: known.and_then(|known| known.volume_gb),
        managed: managed(summary),
        prepaid: summary
            .capacity_reservation_config()
            .and_then(|reserved| count(reserved.used_by_current_endpoint()))
            .unwrap_or(0),
        plan: summary
            .capacity_reservation_config()
            .and_then(|reserved| reserved.ml_reservation_arn())
            .map(Arc::from),
    })
}

fn shape(
    endpoint: &DescribeEndpointOutput,
    summary: &ProductionVariantSummary,
    known: Option<&VariantConfig>,
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
    let pools: Vec<(Arc<str>, u32)> = summary
        .instance_pools()
        .iter()
        .filter_map(|pool| {
            Some((
                Arc::from(pool.instance_type()?.as_str()),
                count(pool.current_instance_count()).unwrap_or(0),
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
    Some(Scaling {
        min: count(managed.min_instance_count()).unwrap_or(0),
        max: count(managed.max_instance_count()).unwrap_or(0),
    })
}

fn component(
    component: &DescribeInferenceComponentOutput,
    targets: &ScalableTargets,
) -> Option<EndpointItem> {
    let name: Arc<str> = component.inference_component_name()?.into();
    let runtime = component.runtime_config();
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
        scaling: autoscaling::limits(targets, &format!("inference-component/{name}")),
        scheduled: Measured::unknown("only variants are scheduled"),
        host_min: None,
        tags: Measured::unknown("tags not read yet"),
        fleet: None,
        component: Some(endpoint),
        name,
    })
}
