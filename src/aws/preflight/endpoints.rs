//! Preflight checks of endpoints: recent requests, remaining instances, autoscaling.
//!
//! They read all targets of a plan together.

use super::{PreflightSession, TargetFacts, capacity::is_scarce, counts, scaling::ScalingById};
use crate::aws::Api;
use crate::domain::ops::{self, scheduled_scaling};
use crate::{
    aws::metrics::MetricQuery,
    domain::{
        ApiCall, Fault, FaultKind, ScalableResource, Target, Warning,
        action::{ScheduledAction, VARIANT_COUNT, scalable},
    },
};
use aws_sdk_sagemaker::operation::describe_endpoint::DescribeEndpointOutput;
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const CONFIG: Api = Api::SageMakerDescribeEndpointConfig;
const ENDPOINT: Api = Api::SageMakerDescribeEndpoint;

/// Instance types by variant.
type Units = BTreeMap<String, String>;
/// A variant of an endpoint, or a component, which belongs to none here.
type VariantKey = (String, String);

/// The facts about all endpoints and components of a plan.
#[derive(Debug)]
pub(super) struct EndpointFacts {
    described: HashMap<String, Result<DescribeEndpointOutput, Fault>>,
    units: HashMap<String, Result<Units, Fault>>,
    scaled: ScalingById,
    requests: HashMap<VariantKey, Result<u64, Fault>>,
}

impl EndpointFacts {
    /// Reads the endpoints and components that the plan changes.
    pub(super) async fn read(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let names: BTreeSet<&str> = targets
            .iter()
            .filter_map(|target| endpoint(target))
            .collect();
        let scaled = targets
            .iter()
            .filter_map(|target| scaled(&target.call))
            .collect();
        let (described, scaled) = tokio::join!(
            join_all(
                names
                    .into_iter()
                    .map(|name| async move { (name.to_owned(), describe(reader, name).await) })
            ),
            ScalingById::read(reader, scaled)
        );
        let described: HashMap<_, _> = described.into_iter().collect();
        let called: BTreeMap<VariantKey, Vec<MetricQuery>> = targets
            .iter()
            .flat_map(|target| scalable_call(target, &described))
            .collect();
        let queries: Vec<Vec<MetricQuery>> = called.values().cloned().collect();
        let configs = described
            .values()
            .flatten()
            .filter_map(|one: &DescribeEndpointOutput| one.endpoint_config_name());
        let configs: BTreeSet<&str> = configs.collect();
        let (units, requests) = tokio::join!(
            join_all(
                configs
                    .into_iter()
                    .map(|name| async move { (name.to_owned(), units(reader, name).await) })
            ),
            counts::requests(reader, &queries)
        );
        Self {
            described,
            units: units.into_iter().collect(),
            scaled,
            requests: called.into_keys().zip(requests).collect(),
        }
    }

    /// The warnings about the change of `target`.
    pub(super) fn facts(&self, target: &Target) -> TargetFacts {
        let mut found = TargetFacts::default();
        match &target.call {
            ApiCall::Scale(ops::scale::Call::Variant {
                endpoint,
                variant,
                count,
            }) => {
                let scaling = self.scaled.of(&scalable(endpoint, variant));
                found.add(scaling.map(|scaling| scaling.against(*count)));
                self.add_fewer_instances(&mut found, target, (endpoint, variant), *count);
            }
            ApiCall::Scale(ops::scale::Call::Component { name, copies }) => {
                let id = ScalableResource::Component(name.clone()).resource();
                let scaling = self.scaled.of(&id);
                found.add(scaling.map(|scaling| scaling.against(*copies)));
                self.add_fewer_copies(&mut found, target, name, *copies);
            }
            ApiCall::ScheduledScaling(call) => self.add_schedule(&mut found, call),
            ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
                target: scaled,
                max,
                ..
            }) => {
                // Each scheduled action sets limits of its own.
                let scaling = self.scaled.of(&scaled.resource());
                found.add(scaling.map(|scaling| scaling.others(&[])));
                match scaled {
                    ScalableResource::Variant { endpoint, variant } => {
                        self.add_fewer_instances(&mut found, target, (endpoint, variant), *max);
                    }
                    ScalableResource::Component(name) => {
                        self.add_fewer_copies(&mut found, target, name, *max);
                    }
                }
            }
            ApiCall::Delete(ops::delete::Call::Endpoint(name)) => {
                let requests = self.requests.iter();
                let own = requests.filter(|((endpoint, _), _)| *endpoint == **name);
                let sum: Result<u64, Fault> = own.map(|(_, count)| count.clone()).sum();
                found.add(sum.map(|sum| counts::recent_requests(sum, 0)));
                found.add(self.scarce(name, None));
            }
            _ => {}
        }
        found
    }

    /// The warnings where a variant gets fewer instances.
    fn add_fewer_instances(
        &self,
        found: &mut TargetFacts,
        target: &Target,
        (endpoint, variant): (&str, &str),
        count: u32,
    ) {
        if is_fewer(target, count) {
            found.add(self.requests_of(endpoint, variant, count));
            found.add(self.last(endpoint, variant, count));
            found.add(self.scarce(endpoint, Some(variant)));
        }
    }

    /// The warnings where a component gets fewer copies.
    fn add_fewer_copies(&self, found: &mut TargetFacts, target: &Target, name: &str, copies: u32) {
        if is_fewer(target, copies) {
            found.add(self.requests_of("", name, copies));
            found.add(Ok((copies == 0).then_some(Warning::Last {
                unit: "copy",
                only: true,
            })));
        }
    }

    /// The warnings of a schedule: scheduled actions that the call does not replace, and a variant
    /// without instances.
    fn add_schedule(&self, found: &mut TargetFacts, call: &scheduled_scaling::Call) {
        use scheduled_scaling::Call;
        let (endpoint, variant, own): (_, _, Vec<String>) = match call {
            Call::Schedule {
                endpoint,
                variant,
                schedule,
                limits,
            } => {
                let actions = ScheduledAction::of(schedule, limits.1);
                let names = actions.iter().map(|action| action.name.to_string());
                (endpoint, variant, names.collect())
            }
            Call::Restore {
                endpoint,
                variant,
                put,
                delete,
                ..
            } => {
                let names = put.iter().map(|action| &action.name).chain(delete);
                (endpoint, variant, names.map(ToString::to_string).collect())
            }
        };
        let scaling = self.scaled.of(&scalable(endpoint, variant));
        found.add(scaling.map(|scaling| scaling.others(&own)));
        if let Call::Schedule { schedule, .. } = call {
            let min = schedule.inside.min(schedule.outside);
            found.add(self.last(endpoint, variant, min));
        }
    }

    fn requests_of(
        &self,
        endpoint: &str,
        variant: &str,
        left: u32,
    ) -> Result<Option<Warning>, Fault> {
        let counted = self
            .requests
            .get(&(endpoint.to_owned(), variant.to_owned()));
        counted.map_or(Ok(None), |counted| {
            counted
                .clone()
                .map(|requests| counts::recent_requests(requests, left))
        })
    }

    fn described(&self, endpoint: &str) -> Result<&DescribeEndpointOutput, Fault> {
        let missing = || Fault::new(FaultKind::Broken, ENDPOINT, "not asked");
        self.described
            .get(endpoint)
            .ok_or_else(missing)?
            .as_ref()
            .map_err(Clone::clone)
    }

    fn last(&self, endpoint: &str, variant: &str, count: u32) -> Result<Option<Warning>, Fault> {
        let described = self.described(endpoint)?;
        Ok((count == 0).then(|| Warning::Last {
            unit: "instance",
            only: is_only(described, variant),
        }))
    }

    /// The scarce types of the endpoint's variants, or of one.
    fn scarce(&self, endpoint: &str, variant: Option<&str>) -> Result<Vec<Warning>, Fault> {
        // `last` reports a failed describe.
        let Ok(described) = self.described(endpoint) else {
            return self.described(endpoint).map(|_| Vec::new());
        };
        let Some(units) = described
            .endpoint_config_name()
            .and_then(|config| self.units.get(config))
        else {
            return Ok(Vec::new());
        };
        let units = units.as_ref().map_err(Clone::clone)?;
        let wanted = units.iter().filter(|(name, unit)| {
            variant.is_none_or(|variant| variant == *name) && is_scarce(unit)
        });
        Ok(wanted
            .map(|(_, unit)| Warning::Scarce {
                unit: unit.as_str().into(),
            })
            .collect())
    }
}

fn is_fewer(target: &Target, count: u32) -> bool {
    target
        .observed
        .desired
        .or(target.observed.count)
        .is_none_or(|now| count < now)
}

/// The endpoint of `target`, if its checks need a description.
fn endpoint(target: &Target) -> Option<&str> {
    match &target.call {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint, count, ..
        }) => is_fewer(target, *count).then_some(endpoint),
        ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
            target: ScalableResource::Variant { endpoint, .. },
            max,
            ..
        }) => is_fewer(target, *max).then_some(endpoint),
        ApiCall::ScheduledScaling(scheduled_scaling::Call::Schedule { endpoint, .. })
        | ApiCall::Delete(ops::delete::Call::Endpoint(endpoint)) => Some(endpoint),
        _ => None,
    }
}

/// The scalable target of a call: its id and dimension.
fn scaled(call: &ApiCall) -> Option<(String, &'static str)> {
    match call {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint, variant, ..
        })
        | ApiCall::ScheduledScaling(
            scheduled_scaling::Call::Schedule {
                endpoint, variant, ..
            }
            | scheduled_scaling::Call::Restore {
                endpoint, variant, ..
            },
        ) => Some((scalable(endpoint, variant), VARIANT_COUNT)),
        ApiCall::Scale(ops::scale::Call::Component { name, .. }) => {
            let scaled = ScalableResource::Component(name.clone());
            Some((scaled.resource(), scaled.dimension()))
        }
        ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call { target: scaled, .. }) => {
            Some((scaled.resource(), scaled.dimension()))
        }
        _ => None,
    }
}

/// The variants and components whose requests are counted, because the call reduces them.
fn scalable_call(
    target: &Target,
    described: &HashMap<String, Result<DescribeEndpointOutput, Fault>>,
) -> Vec<(VariantKey, Vec<MetricQuery>)> {
    let variant = |endpoint: &str, variant: &str| {
        let description = described.get(endpoint).and_then(|read| read.as_ref().ok());
        let is_async = description.is_some_and(|one| one.async_inference_config().is_some());
        (
            (endpoint.to_owned(), variant.to_owned()),
            counts::of_variant(endpoint, variant, is_async),
        )
    };
    let component = |name: &str| ((String::new(), name.to_owned()), counts::of_component(name));
    match &target.call {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint,
            variant: name,
            count,
        }) if is_fewer(target, *count) => vec![variant(endpoint, name)],
        ApiCall::Scale(ops::scale::Call::Component { name, copies })
            if is_fewer(target, *copies) =>
        {
            vec![component(name)]
        }
        ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
            target: scaled,
            max,
            ..
        }) if is_fewer(target, *max) => vec![match scaled {
            ScalableResource::Variant {
                endpoint,
                variant: name,
            } => variant(endpoint, name),
            ScalableResource::Component(name) => component(name),
        }],
        ApiCall::Delete(ops::delete::Call::Endpoint(name)) => {
            let Some(Ok(described)) = described.get(&**name) else {
                return Vec::new();
            };
            described
                .production_variants()
                .iter()
                .filter_map(|one| one.variant_name())
                .map(|one| variant(name, one))
                .collect()
        }
        _ => Vec::new(),
    }
}

async fn describe(
    reader: &PreflightSession<'_>,
    endpoint: &str,
) -> Result<DescribeEndpointOutput, Fault> {
    let request = reader
        .session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(endpoint);
    reader.send(ENDPOINT, request.send()).await
}

/// Whether no other variant of the endpoint serves.
fn is_only(described: &DescribeEndpointOutput, variant: &str) -> bool {
    let answers = |other: &aws_sdk_sagemaker::types::ProductionVariantSummary| {
        other.current_serverless_config().is_some()
            || other
                .current_instance_count()
                .is_some_and(|count| count > 0)
    };
    !described
        .production_variants()
        .iter()
        .any(|other| other.variant_name() != Some(variant) && answers(other))
}

/// The instance types of a configuration, which may be gone while its endpoint lives.
async fn units(reader: &PreflightSession<'_>, config: &str) -> Result<Units, Fault> {
    let request = reader
        .session
        .sagemaker
        .describe_endpoint_config()
        .endpoint_config_name(config);
    let answer = reader.send(CONFIG, request.send()).await;
    let answer = answer.map_err(|fault| match fault.kind {
        FaultKind::NotFound => Fault {
            kind: FaultKind::Unavailable,
            ..fault
        },
        _ => fault,
    })?;
    let variants = answer.production_variants().iter();
    Ok(variants
        .filter_map(|one| {
            Some((
                one.variant_name()?.to_owned(),
                one.instance_type()?.as_str().to_owned(),
            ))
        })
        .collect())
}
