//! Preflight checks of autoscaling: policies and scheduled actions of the resources of a plan.

use super::PreflightSession;
use crate::aws::{Api, paging::read_pages};
use crate::domain::{Fault, Warning};
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget, ServiceNamespace};
use futures_util::future::join_all;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const TARGETS: Api = Api::AutoScalingDescribeScalableTargets;
const POLICIES: Api = Api::AutoScalingDescribeScalingPolicies;
const ACTIONS: Api = Api::AutoScalingDescribeScheduledActions;
/// Most resources that one request may name.
const MAX_RESOURCES_PER_REQUEST: usize = 50;
/// Up to this number, the policies of each resource are read; above, all policies of the region.
const FEW: usize = 5;

/// The autoscaling of a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct ScalingFacts {
    limits: Option<(u32, u32)>,
    policies: usize,
    scheduled: Vec<String>,
}

impl ScalingFacts {
    /// The warning if Application Auto Scaling may change `count`.
    pub(super) fn against(&self, count: u32) -> Option<Warning> {
        let (min, max) = self.limits?;
        let (policies, scheduled) = (self.policies, self.scheduled.len());
        let outside = !(min..=max).contains(&count);
        (outside || policies > 0 || scheduled > 0).then_some(Warning::Scaled {
            min,
            max,
            policies,
            scheduled,
            outside,
        })
    }

    /// The warning about scheduled actions other than `ours`.
    pub(super) fn others(&self, ours: &[String]) -> Option<Warning> {
        let (min, max) = self.limits?;
        let scheduled = self
            .scheduled
            .iter()
            .filter(|name| !ours.contains(name))
            .count();
        (scheduled > 0).then_some(Warning::Scaled {
            min,
            max,
            policies: 0,
            scheduled,
            outside: false,
        })
    }
}

/// The scaling of several resources, by id.
#[derive(Debug, Default)]
pub(super) struct ScalingById(HashMap<String, Result<ScalingFacts, Fault>>);

impl ScalingById {
    /// Reads it of resources by id and dimension.
    pub(super) async fn read(
        reader: &PreflightSession<'_>,
        resources: BTreeSet<(String, &'static str)>,
    ) -> Self {
        let mut dimensions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (id, dimension) in resources {
            dimensions.entry(dimension).or_default().push(id);
        }
        let batches = dimensions.iter().flat_map(|(dimension, ids)| {
            ids.chunks(MAX_RESOURCES_PER_REQUEST)
                .map(|batch| (*dimension, batch))
        });
        let read = batches.map(|(dimension, batch)| async move {
            (batch, batch_of(reader, dimension, batch).await)
        });
        let mut known = HashMap::new();
        for (batch, answer) in join_all(read).await {
            match answer {
                Ok(answer) => known.extend(answer),
                Err(fault) => known.extend(batch.iter().map(|id| (id.clone(), Err(fault.clone())))),
            }
        }
        Self(known)
    }

    /// The scaling of the resource `id`.
    pub(super) fn of(&self, id: &str) -> Result<ScalingFacts, Fault> {
        self.0
            .get(id)
            .cloned()
            .unwrap_or_else(|| Ok(ScalingFacts::default()))
    }
}

async fn batch_of(
    reader: &PreflightSession<'_>,
    dimension: &str,
    ids: &[String],
) -> Result<HashMap<String, Result<ScalingFacts, Fault>>, Fault> {
    let request = reader
        .session
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Sagemaker);
    let request = request
        .set_resource_ids(Some(ids.to_vec()))
        .scalable_dimension(dimension.into());
    let answer = reader.send(TARGETS, request.send()).await?;
    let found: Vec<&ScalableTarget> = answer.scalable_targets().iter().collect();
    let whose: Vec<Option<&str>> = if found.len() > FEW {
        vec![None]
    } else {
        found
            .iter()
            .map(|target| Some(target.resource_id()))
            .collect()
    };
    let dimension = ScalableDimension::from(dimension);
    let (policies, actions) = tokio::join!(
        join_all(whose.iter().map(|id| policies(reader, *id, &dimension))),
        join_all(whose.iter().map(|id| actions(reader, *id, &dimension)))
    );
    let (policies, actions) = (flat(policies), flat(actions));
    let bound = |n: i32| u32::try_from(n).unwrap_or(0);
    let scaling = |target: &&ScalableTarget| {
        let own = |listed: &Vec<(String, String)>| -> Vec<String> {
            listed
                .iter()
                .filter(|(id, _)| id == target.resource_id())
                .map(|(_, name)| name.clone())
                .collect()
        };
        let read = || {
            Ok(ScalingFacts {
                limits: Some((bound(target.min_capacity()), bound(target.max_capacity()))),
                policies: own(policies.as_ref().map_err(Clone::clone)?).len(),
                scheduled: own(actions.as_ref().map_err(Clone::clone)?),
            })
        };
        (target.resource_id().to_owned(), read())
    };
    Ok(found.iter().map(scaling).collect())
}

/// Resource and name of each, or the first fault.
fn flat(read: Vec<Result<Vec<(String, String)>, Fault>>) -> Result<Vec<(String, String)>, Fault> {
    read.into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map(|lists| lists.into_iter().flatten().collect())
}

/// Resource and name of the policies of one resource, or of all.
async fn policies(
    reader: &PreflightSession<'_>,
    id: Option<&str>,
    dimension: &ScalableDimension,
) -> Result<Vec<(String, String)>, Fault> {
    let request = reader
        .session
        .scaling
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Sagemaker);
    let request = request
        .set_resource_id(id.map(ToOwned::to_owned))
        .scalable_dimension(dimension.clone());
    let read = async {
        let mut found = Vec::new();
        read_pages(POLICIES, request.into_paginator().send(), |page| {
            let policies = page.scaling_policies().iter();
            found.extend(
                policies.map(|one| (one.resource_id().to_owned(), one.policy_name().to_owned())),
            );
        })
        .await?;
        Ok(found)
    };
    reader.read(POLICIES, read).await
}

/// Resource and name of the scheduled actions of one resource, or of all.
async fn actions(
    reader: &PreflightSession<'_>,
    id: Option<&str>,
    dimension: &ScalableDimension,
) -> Result<Vec<(String, String)>, Fault> {
    let request = reader
        .session
        .scaling
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Sagemaker);
    let request = request
        .set_resource_id(id.map(ToOwned::to_owned))
        .scalable_dimension(dimension.clone());
    let read = async {
        let mut found = Vec::new();
        read_pages(ACTIONS, request.into_paginator().send(), |page| {
            found.extend(page.scheduled_actions().iter().map(|one| {
                (
                    one.resource_id().to_owned(),
                    one.scheduled_action_name().to_owned(),
                )
            }));
        })
        .await?;
        Ok(found)
    };
    reader.read(ACTIONS, read).await
}
