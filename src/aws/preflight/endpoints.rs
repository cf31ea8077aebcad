//! Facts of endpoints: who calls them, what is left of them, what scales them by itself.
//!
//! All targets of a plan are read in one go.

use super::{
    PreflightSession, TargetFacts, capacity::is_scarce, counts, fault, scaling::ScalingById,
};
use crate::aws::Api;
use crate::domain::ops;
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

/// What was read of all endpoints and components of a plan.
#[derive(Debug)]
pub struct EndpointFacts {
    described: HashMap<String, Result<DescribeEndpointOutput, Fault>>,
    units: HashMap<String, Result<Units, Fault>>,
    scaled: ScalingById,
    requests: HashMap<VariantKey, Result<u64, Fault>>,
}

impl EndpointFacts {
    /// Reads what the plan would change.
    pub async fn read(asking: &PreflightSession<'_>, targets: &[&Target]) -> Self {
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
                    .map(|name| async move { (name.to_owned(), describe(asking, name).await) })
            ),
            ScalingById::read(asking, scaled)
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
                    .map(|name| async move { (name.to_owned(), units(asking, name).await) })
            ),
            counts::requests(asking, &queries)
        );
        let (units, requests) = (
            units.into_iter().collect(),
            called.into_keys().zip(requests).collect(),
        );
        Self {
            described,
            units,
            scaled,
            requests,
        }
    }

    /// What speaks against the change of `target`.
    pub fn facts(&self, target: &Target) -> TargetFacts {
        let mut found = TargetFacts::default();
        match &target.call {
            ApiCall::Scale(ops::scale::Call::Variant {
                endpoint,
                variant,
                count,
            }) => {
                let scaling = self.scaled.of(&scalable(endpoint, variant));
                found.add(scaling.map(|scaling| scaling.against(*count)));
                if is_fewer(target, *count) {
                    found.add(self.requests_of(endpoint, variant, *count));
                    found.add(self.last(endpoint, variant, *count));
                    found.add(self.scarce(endpoint, Some(variant)));
                }
            }
            ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
                endpoint,
                variant,
                schedule,
                limits,
            }) => {
                // The call moves the limits itself; only what else goes by the clock is in its way.
                let ours =
                    ScheduledAction::of(schedule, limits.1).map(|timed| timed.name.to_string());
                found.add(
                    self.scaled
                        .of(&scalable(endpoint, variant))
                        .map(|scaling| scaling.others(&ours)),
                );
                found.add(self.last(endpoint, variant, schedule.inside.min(schedule.outside)));
            }
            ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
                endpoint,
                variant,
                put,
                delete,
                ..
            }) => {
                let ours: Vec<String> = put
                    .iter()
                    .map(|timed| &timed.name)
                    .chain(delete)
                    .map(ToString::to_string)
                    .collect();
                found.add(
                    self.scaled
                        .of(&scalable(endpoint, variant))
                        .map(|scaling| scaling.others(&ours)),
                );
            }
            ApiCall::Scale(ops::scale::Call::Component { name, copies }) => {
                found.add(
                    self.scaled
                        .of(&ScalableResource::Component(name.clone()).resource())
                        .map(|scaling| scaling.against(*copies)),
                );
                if is_fewer(target, *copies) {
                    found.add(self.requests_of("", name, *copies));
                    found.add(Ok((*copies == 0).then_some(Warning::Last {
                        unit: "copy",
                        only: true,
                    })));
                }
            }
            ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
                target: scaled,
                max: most,
                ..
            }) => {
                // Each scheduled action sets limits of its own.
                found.add(
                    self.scaled
                        .of(&scaled.resource())
                        .map(|scaling| scaling.others(&[])),
                );
                if is_fewer(target, *most) {
                    match scaled {
                        ScalableResource::Variant { endpoint, variant } => {
                            found.add(self.requests_of(endpoint, variant, *most));
                            found.add(self.last(endpoint, variant, *most));
                            found.add(self.scarce(endpoint, Some(variant)));
                        }
                        ScalableResource::Component(name) => {
                            found.add(self.requests_of("", name, *most));
                            found.add(Ok((*most == 0).then_some(Warning::Last {
                                unit: "copy",
                                only: true,
                            })));
                        }
                    }
                }
            }
            ApiCall::Delete(ops::delete::Call::Endpoint(name)) => {
                let sum: Result<u64, Fault> = self
                    .requests
                    .iter()
                    .filter(|((endpoint, _), _)| *endpoint == **name)
                    .map(|(_, count)| count.clone())
                    .sum();
                found.add(sum.map(|sum| counts::recent_requests(sum, 0)));
                found.add(self.scarce(name, None));
            }
            _ => {}
        }
        found
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
        // That it could not be described is told by those who need more of it.
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

/// The endpoint that has to be described.
fn endpoint(target: &Target) -> Option<&str> {
    match &target.call {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint, count, ..
        }) => is_fewer(target, *count).then_some(endpoint),
        ApiCall::AutoscalingLimits(ops::autoscaling_limits::Call {
            target: ScalableResource::Variant { endpoint, .. },
            max: most,
            ..
        }) => is_fewer(target, *most).then_some(endpoint),
        ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule { endpoint, .. })
        | ApiCall::Delete(ops::delete::Call::Endpoint(endpoint)) => Some(endpoint),
        _ => None,
    }
}

/// What may scale by itself: id and dimension.
fn scaled(call: &ApiCall) -> Option<(String, &'static str)> {
    match call {
        ApiCall::Scale(ops::scale::Call::Variant {
            endpoint, variant, ..
        })
        | ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Schedule {
            endpoint,
            variant,
            ..
        })
        | ApiCall::ScheduledScaling(ops::scheduled_scaling::Call::Restore {
            endpoint,
            variant,
            ..
        }) => Some((scalable(endpoint, variant), VARIANT_COUNT)),
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

/// Whose requests are counted, because less of it is left.
fn scalable_call(
    target: &Target,
    described: &HashMap<String, Result<DescribeEndpointOutput, Fault>>,
) -> Vec<(VariantKey, Vec<MetricQuery>)> {
    let variant = |endpoint: &str, variant: &str| {
        (
            (endpoint.to_owned(), variant.to_owned()),
            counts::of_variant(endpoint, variant),
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
            max: most,
            ..
        }) if is_fewer(target, *most) => vec![match scaled {
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
    asking: &PreflightSession<'_>,
    endpoint: &str,
) -> Result<DescribeEndpointOutput, Fault> {
    let request = asking
        .session
        .sagemaker
        .describe_endpoint()
        .endpoint_name(endpoint);
    asking
        .ask(ENDPOINT, async {
            request
                .send()
                .await
                .map_err(|error| fault::from_sdk(ENDPOINT, &error))
        })
        .await
}

/// Whether no other variant of the endpoint answers.
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
async fn units(asking: &PreflightSession<'_>, config: &str) -> Result<Units, Fault> {
    let request = asking
        .session
        .sagemaker
        .describe_endpoint_config()
        .endpoint_config_name(config);
    let answer = asking
        .ask(CONFIG, async {
            request
                .send()
                .await
                .map_err(|error| fault::from_sdk(CONFIG, &error))
        })
        .await;
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
