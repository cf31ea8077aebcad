//! Preflight checks of notebooks, Studio apps and HyperPod instance groups.

use super::{PreflightSession, TargetFacts, capacity::is_scarce, counts};
use crate::aws::{Api, convert::time::optional_timestamp, describe::app_request};
use crate::domain::ops;
use crate::{
    aws::metrics::MetricQuery,
    domain::{
        ApiCall, Fault, FaultKind, Series, Target, Warning, action::AppOwner,
        time::timestamp::seconds_between,
    },
};
use aws_sdk_sagemaker::{
    operation::{
        describe_app::DescribeAppOutput, describe_notebook_instance::DescribeNotebookInstanceOutput,
    },
    types::{OwnershipSettings, SharingType, SpaceSharingSettings},
};
use std::collections::{BTreeSet, HashMap};

/// Seconds since the last activity in which an app counts as in use.
const RECENT: f64 = 3_600.0;
/// CPU utilisation in percent from which a notebook instance counts as in use.
const MIN_USED_PERCENT: f64 = 5.0;
/// Seconds a point of CPU covers.
const PERIOD: u32 = 300;

/// CPU utilisation of all notebook instances that a plan stops.
#[derive(Debug, Default)]
pub(super) struct NotebookFacts(HashMap<String, Result<Series, Fault>>);

impl NotebookFacts {
    /// Reads it in one go.
    pub(super) async fn read(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let stopped = |target: &&Target| {
            if let ApiCall::Stop(ops::stop::Call::Notebook(name)) = &target.call {
                Some(name.to_string())
            } else {
                None
            }
        };
        let names: BTreeSet<String> = targets.iter().filter_map(stopped).collect();
        let cpu = |name: &String| {
            MetricQuery::new(
                "/aws/sagemaker/NotebookInstances",
                "CPUUtilization",
                &[("NotebookInstanceName", name)],
                "Maximum",
                PERIOD,
            )
        };
        let queries: Vec<MetricQuery> = names.iter().map(cpu).collect();
        let series = counts::series(reader, &queries, RECENT as i64).await;
        Self(names.into_iter().zip(series).collect())
    }

    /// The warnings of stopping a notebook instance: its kernels are lost, its volume stays.
    pub(super) async fn stop(&self, reader: &PreflightSession<'_>, name: &str) -> TargetFacts {
        let mut found = TargetFacts::default();
        found.add(describe_notebook(reader, name).await.map(|described| {
            let unit = described
                .instance_type()
                .map(|unit| unit.as_str().to_owned());
            unit.filter(|unit| is_scarce(unit))
                .map(|unit| Warning::Scarce { unit: unit.into() })
        }));
        found.add(self.0.get(name).map_or(Ok(None), |read| {
            read.clone()
                .and_then(|series| recent_activity(reader, &series))
        }));
        found
    }
}

/// The last five minutes of the last hour in which a notebook instance was busy.
fn recent_activity(
    reader: &PreflightSession<'_>,
    series: &Series,
) -> Result<Option<Warning>, Fault> {
    if series.points.iter().all(Option::is_none) {
        let why = "no CPU metric of it: whether somebody is at work is unknown";
        return Err(Fault::new(
            FaultKind::Unavailable,
            Api::CloudWatchGetMetricData,
            why,
        ));
    }
    let busy = series
        .points
        .iter()
        .rposition(|point| point.is_some_and(|percent| percent >= MIN_USED_PERCENT));
    Ok(busy.map(|point| Warning::Active {
        ago: seconds_between(series.at(point + 1), reader.now).max(0.0),
    }))
}

/// The warnings of starting a notebook instance.
pub(super) async fn start(reader: &PreflightSession<'_>, name: &str) -> TargetFacts {
    let mut found = TargetFacts::default();
    found.add(describe_notebook(reader, name).await.map(|described| {
        let config = described
            .notebook_instance_lifecycle_config_name()
            .filter(|config| !config.is_empty());
        let unit = described
            .instance_type()
            .map(aws_sdk_sagemaker::types::InstanceType::as_str)
            .filter(|unit| is_scarce(unit));
        let none = unit.map(|unit| Warning::NoCapacity { unit: unit.into() });
        none.into_iter()
            .chain(config.map(|config| Warning::Lifecycle {
                config: config.into(),
            }))
            .collect::<Vec<_>>()
    }));
    found
}

async fn describe_notebook(
    reader: &PreflightSession<'_>,
    name: &str,
) -> Result<DescribeNotebookInstanceOutput, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeNotebookInstance;
    let request = reader
        .session
        .sagemaker
        .describe_notebook_instance()
        .notebook_instance_name(name);
    reader.send(OPERATION, request.send()).await
}

const APP: Api = Api::SageMakerDescribeApp;

/// The warnings of deleting a Studio app: its kernels are lost, the files of its space stay.
pub(super) async fn app(
    reader: &PreflightSession<'_>,
    domain: &str,
    owner: &AppOwner,
    app_type: &str,
    name: &str,
) -> TargetFacts {
    let request = app_request(reader.session, domain, owner, app_type, name);
    let described = reader.send(APP, request.send());
    let (described, shared) = tokio::join!(described, async {
        if let AppOwner::Space(space) = owner {
            shared(reader, domain, space).await
        } else {
            Ok(None)
        }
    });
    let mut found = TargetFacts::default();
    found.add(described.and_then(|described| active(reader, &described)));
    found.add(shared);
    found
}

/// The last user activity, if it is recent.
fn active(
    reader: &PreflightSession<'_>,
    described: &DescribeAppOutput,
) -> Result<Option<Warning>, Fault> {
    let unknown = |why: &str| Err(Fault::new(FaultKind::Unavailable, APP, why));
    let check = optional_timestamp(described.last_health_check_timestamp());
    let Some(at) = optional_timestamp(described.last_user_activity_timestamp()) else {
        return unknown("it reports no activity: whether somebody is at work is unknown");
    };
    // A health check moves the last activity, too.
    if check.is_some_and(|check| seconds_between(at, check).abs() <= 1.0) {
        return unknown(
            "its last activity is a health check: whether somebody is at work is unknown",
        );
    }
    let ago = seconds_between(at, reader.now).max(0.0);
    Ok((ago <= RECENT).then_some(Warning::Active { ago }))
}

/// Whether a space is shared.
async fn shared(
    reader: &PreflightSession<'_>,
    domain: &str,
    space: &str,
) -> Result<Option<Warning>, Fault> {
    const OPERATION: Api = Api::SageMakerDescribeSpace;
    let request = reader
        .session
        .sagemaker
        .describe_space()
        .domain_id(domain)
        .space_name(space);
    let answer = reader.send(OPERATION, request.send()).await?;
    let shared = answer
        .space_sharing_settings()
        .and_then(SpaceSharingSettings::sharing_type)
        == Some(&SharingType::Shared);
    let owner = answer
        .ownership_settings()
        .and_then(OwnershipSettings::owner_user_profile_name)
        .map(Into::into);
    Ok(shared.then(|| Warning::SharedSpace {
        space: space.into(),
        owner,
    }))
}

/// The warnings of scaling a HyperPod instance group to `count` nodes.
pub(super) async fn group(
    reader: &PreflightSession<'_>,
    cluster: &str,
    group: &str,
    count: u32,
) -> TargetFacts {
    const OPERATION: Api = Api::SageMakerDescribeCluster;
    let request = reader
        .session
        .sagemaker
        .describe_cluster()
        .cluster_name(cluster);
    let answer = reader.send(OPERATION, request.send()).await;
    let mut found = TargetFacts::default();
    found.add(answer.map(|answer| {
        let described = answer
            .instance_groups()
            .iter()
            .find(|one| one.instance_group_name() == Some(group));
        let fewer = described.filter(|one| {
            one.target_count()
                .and_then(|now| u32::try_from(now).ok())
                .is_none_or(|now| count < now)
        });
        let mut warnings = Vec::new();
        if let Some(described) = fewer {
            let unit = described
                .instance_type()
                .map(aws_sdk_sagemaker::types::ClusterInstanceType::as_str)
                .filter(|unit| is_scarce(unit));
            warnings.extend(unit.map(|unit| Warning::Scarce { unit: unit.into() }));
            let plan = described
                .training_plan_arn()
                .and_then(|arn| arn.rsplit('/').next());
            warnings.extend(plan.map(|plan| Warning::Reserved {
                reservation: plan.into(),
                block: true,
                until: None,
            }));
        }
        warnings
    }));
    found
}
