//! Facts of endpoints: who calls them, what is left of them, what scales them by itself.
//!
//! Must not know any other service.

use super::{Asking, Found, fault, scarce::is_scarce, stamps};
use crate::{
    aws::meters::{self, Query},
    domain::{
        Fault, Look, Reading, Schedule, Warning,
        setting::Scaled,
        verb::{Timed, VARIANT_COUNT, scalable},
    },
};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_sagemaker::operation::describe_endpoint::DescribeEndpointOutput;
use futures_util::future::join_all;

/// Minutes in which requests are counted.
const MINUTES: u32 = 15;
/// What of a component is scaled.
const COPY_COUNT: &str = "sagemaker:inference-component:DesiredCopyCount";

/// One variant set to `count` instances.
pub async fn variant(asking: &Asking<'_>, endpoint: &str, variant: &str, count: u32, seen: &Look) -> Found {
    let id = scalable(endpoint, variant);
    let (described, scaled) = tokio::join!(describe(asking, endpoint), scaling(asking, &id, VARIANT_COUNT));
    let mut found = Found::default();
    found.add(scaled.map(|scaled| scaled.against(count)));
    let fewer = seen.desired.or(seen.count).is_none_or(|now| count < now);
    if !fewer {
        return found;
    }
    match described {
        Ok(described) => {
            found.add(Ok((count == 0).then(|| Warning::Last { unit: "instance", only: is_only(&described, variant) })));
            let dims = [("EndpointName", endpoint), ("VariantName", variant)];
            let (traffic, unit) = tokio::join!(
                traffic(asking, &dims, described.async_inference_config().is_some(), count),
                unit(asking, &described, variant)
            );
            found.add(traffic);
            found.add(unit.map(|unit| unit.filter(|unit| is_scarce(unit)).map(|unit| Warning::Scarce { unit: unit.into() })));
        }
        Err(fault) => found.add(Err::<[Warning; 0], _>(fault)),
    }
    found
}

/// One variant by the clock.
pub async fn schedule(asking: &Asking<'_>, endpoint: &str, variant: &str, schedule: &Schedule, bounds: (u32, u32)) -> Found {
    let id = scalable(endpoint, variant);
    let (described, scaled) = tokio::join!(describe(asking, endpoint), scaling(asking, &id, VARIANT_COUNT));
    let ours = Timed::of(schedule, bounds.1).map(|timed| timed.name.to_string());
    let mut found = Found::default();
    // The call moves the bounds itself; only what else goes by the clock is in its way.
    found.add(scaled.map(|scaled| scaled.others(&ours)));
    found.add(described.map(|described| {
        let least = schedule.inside.min(schedule.outside);
        (least == 0).then(|| Warning::Last { unit: "instance", only: is_only(&described, variant) })
    }));
    found
}

/// An inference component set to `copies`.
pub async fn component(asking: &Asking<'_>, name: &str, copies: u32, seen: &Look) -> Found {
    let id = format!("inference-component/{name}");
    let fewer = seen.desired.or(seen.count).is_none_or(|now| copies < now);
    let dims = [("InferenceComponentName", name)];
    let (scaled, traffic) = tokio::join!(scaling(asking, &id, COPY_COUNT), async {
        if fewer { traffic(asking, &dims, false, copies).await } else { Ok(None) }
    });
    let mut found = Found::default();
    found.add(scaled.map(|scaled| scaled.against(copies)));
    found.add(traffic);
    found.add(Ok((fewer && copies == 0).then_some(Warning::Last { unit: "copy", only: true })));
    found
}

/// The whole endpoint.
pub async fn delete(asking: &Asking<'_>, endpoint: &str) -> Found {
    let mut found = Found::default();
    let described = match describe(asking, endpoint).await {
        Ok(described) => described,
        Err(fault) => {
            found.add(Err::<[Warning; 0], _>(fault));
            return found;
        }
    };
    let asynchronous = described.async_inference_config().is_some();
    let names: Vec<&str> = described.production_variants().iter().filter_map(|variant| variant.variant_name()).collect();
    let counted = names.iter().map(|name| async move {
        let dims = [("EndpointName", endpoint), ("VariantName", *name)];
        requests(asking, &dims, asynchronous).await
    });
    let counted: Result<Vec<u64>, Fault> = join_all(counted).await.into_iter().collect();
    found.add(counted.map(|counted| told(counted.iter().sum(), 0)));
    for name in names {
        let unit = unit(asking, &described, name).await;
        found.add(unit.map(|unit| unit.filter(|unit| is_scarce(unit)).map(|unit| Warning::Scarce { unit: unit.into() })));
    }
    found
}

/// Other bounds for what is scaled by itself.
pub async fn bounds(asking: &Asking<'_>, what: &Scaled, most: u32, seen: &Look) -> Found {
    let id = what.resource();
    let fewer = seen.desired.or(seen.count).is_none_or(|now| most < now);
    let dims = match what {
        Scaled::Variant { endpoint, variant } => vec![("EndpointName", &**endpoint), ("VariantName", &**variant)],
        Scaled::Component(name) => vec![("InferenceComponentName", &**name)],
    };
    let (scaled, traffic) = tokio::join!(scaling(asking, &id, what.dimension()), async {
        if fewer { traffic(asking, &dims, false, most).await } else { Ok(None) }
    });
    let mut found = Found::default();
    // Each scheduled action sets bounds of its own.
    found.add(scaled.map(|scaled| scaled.others(&[])));
    found.add(traffic);
    found
}

async fn describe(asking: &Asking<'_>, endpoint: &str) -> Result<DescribeEndpointOutput, Fault> {
    const OPERATION: &str = "sagemaker:DescribeEndpoint";
    let request = asking.session.sagemaker.describe_endpoint().endpoint_name(endpoint);
    asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await
}

/// Whether no other variant of the endpoint answers.
fn is_only(described: &DescribeEndpointOutput, variant: &str) -> bool {
    let answers = |other: &aws_sdk_sagemaker::types::ProductionVariantSummary| {
        other.current_serverless_config().is_some() || other.current_instance_count().is_some_and(|count| count > 0)
    };
    !described.production_variants().iter().any(|other| other.variant_name() != Some(variant) && answers(other))
}

/// The variant's instance type.
async fn unit(asking: &Asking<'_>, described: &DescribeEndpointOutput, variant: &str) -> Result<Option<String>, Fault> {
    const OPERATION: &str = "sagemaker:DescribeEndpointConfig";
    let Some(config) = described.endpoint_config_name() else { return Ok(None) };
    let request = asking.session.sagemaker.describe_endpoint_config().endpoint_config_name(config);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await?;
    let found = answer.production_variants().iter().find(|one| one.variant_name() == Some(variant));
    Ok(found.and_then(|one| one.instance_type()).map(|unit| unit.as_str().to_owned()))
}

/// Requests of the last minutes, when `left` instances or copies are to carry them.
async fn traffic(asking: &Asking<'_>, dims: &[(&str, &str)], asynchronous: bool, left: u32) -> Result<Option<Warning>, Fault> {
    requests(asking, dims, asynchronous).await.map(|requests| told(requests, left))
}

fn told(requests: u64, left: u32) -> Option<Warning> {
    (requests > 0).then_some(Warning::Traffic { requests, minutes: MINUTES, left })
}

async fn requests(asking: &Asking<'_>, dims: &[(&str, &str)], asynchronous: bool) -> Result<u64, Fault> {
    // With three s, as AWS spells it.
    let metric = if asynchronous { "InvocationsProcesssed" } else { "Invocations" };
    let query = Query::new("AWS/SageMaker", metric, dims, "Sum", 60);
    let from = stamps::shifted(asking.now, -60 * i64::from(MINUTES));
    let read = async {
        let readings = meters::fetch(asking.session, &[query], from, asking.now).await;
        match (readings.faults.into_iter().next(), readings.series.into_iter().next()) {
            (None, Some(Reading::Known(series))) => Ok(series.gaps_as_zero().sum()),
            (Some(fault), _) => Err(fault),
            (None, _) => Ok(0.0),
        }
    };
    asking.ask("cloudwatch:GetMetricData", read).await.map(|requests| requests.round() as u64)
}

/// What scales a resource by itself.
struct Scaling {
    bounds: Option<(u32, u32)>,
    policies: usize,
    scheduled: Vec<String>,
}

impl Scaling {
    /// What it does to `count`.
    fn against(&self, count: u32) -> Option<Warning> {
        let (least, most) = self.bounds?;
        let scheduled = self.scheduled.len();
        let outside = !(least..=most).contains(&count);
        (outside || self.policies > 0 || scheduled > 0).then_some(Warning::Scaled {
            least,
            most,
            policies: self.policies,
            scheduled,
            outside,
        })
    }

    /// What goes by the clock, beyond the actions in `ours`.
    fn others(&self, ours: &[String]) -> Option<Warning> {
        let (least, most) = self.bounds?;
        let scheduled = self.scheduled.iter().filter(|name| !ours.contains(name)).count();
        (scheduled > 0).then_some(Warning::Scaled { least, most, policies: 0, scheduled, outside: false })
    }
}

async fn scaling(asking: &Asking<'_>, id: &str, dimension: &str) -> Result<Scaling, Fault> {
    const TARGETS: &str = "application-autoscaling:DescribeScalableTargets";
    const POLICIES: &str = "application-autoscaling:DescribeScalingPolicies";
    const ACTIONS: &str = "application-autoscaling:DescribeScheduledActions";
    let (client, dimension) = (&asking.session.scaling, ScalableDimension::from(dimension));
    let sagemaker = ServiceNamespace::Sagemaker;
    let targets =
        client.describe_scalable_targets().service_namespace(sagemaker.clone()).resource_ids(id).scalable_dimension(dimension.clone());
    let targets = asking.ask(TARGETS, async { targets.send().await.map_err(|error| fault::from_sdk(TARGETS, &error)) }).await?;
    let Some(target) = targets.scalable_targets().first() else {
        return Ok(Scaling { bounds: None, policies: 0, scheduled: Vec::new() });
    };
    let policies =
        client.describe_scaling_policies().service_namespace(sagemaker.clone()).resource_id(id).scalable_dimension(dimension.clone());
    let actions = client.describe_scheduled_actions().service_namespace(sagemaker).resource_id(id).scalable_dimension(dimension);
    let (policies, actions) = tokio::join!(
        asking.ask(POLICIES, async { policies.send().await.map_err(|error| fault::from_sdk(POLICIES, &error)) }),
        asking.ask(ACTIONS, async { actions.send().await.map_err(|error| fault::from_sdk(ACTIONS, &error)) })
    );
    let bound = |n: i32| u32::try_from(n).unwrap_or(0);
    let names = actions?.scheduled_actions().iter().map(|action| action.scheduled_action_name().to_owned()).collect();
    Ok(Scaling {
        bounds: Some((bound(target.min_capacity()), bound(target.max_capacity()))),
        policies: policies?.scaling_policies().len(),
        scheduled: names,
    })
}
