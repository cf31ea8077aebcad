//! Facts of notebooks, Studio apps, HyperPod groups and provisioned throughput.
//!
//! Must not know EC2 or endpoints.

use super::{Asking, Found, fault, scarce::is_scarce, stamps, stamps::stamped};
use crate::{
    aws::meters::{self, Query},
    domain::{Fault, Reading, Warning, time::seconds_between, verb::AppOwner},
};

/// Seconds in which work counts as going on.
const LATELY: f64 = 3_600.0;
/// Percent of CPU from which somebody is at work.
const AT_WORK: f64 = 5.0;
/// Seconds a point of CPU covers.
const PERIOD: u32 = 300;

/// A notebook instance that is stopped: what runs in its kernels is lost, its volume stays.
pub async fn notebook(asking: &Asking<'_>, name: &str) -> Found {
    const OPERATION: &str = "sagemaker:DescribeNotebookInstance";
    let request = asking.session.sagemaker.describe_notebook_instance().notebook_instance_name(name);
    let described = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) });
    let (described, worked) = tokio::join!(described, worked(asking, name));
    let mut found = Found::default();
    found.add(described.map(|described| {
        let unit = described.instance_type().map(|unit| unit.as_str().to_owned());
        unit.filter(|unit| is_scarce(unit)).map(|unit| Warning::Scarce { unit: unit.into() })
    }));
    found.add(worked);
    found
}

/// The last five minutes of the last hour in which a notebook instance computed something.
async fn worked(asking: &Asking<'_>, name: &str) -> Result<Option<Warning>, Fault> {
    let query = Query::new("/aws/sagemaker/NotebookInstances", "CPUUtilization", &[("NotebookInstanceName", name)], "Maximum", PERIOD);
    let from = stamps::shifted(asking.now, -(LATELY as i64));
    let read = async {
        let readings = meters::fetch(asking.session, &[query], from, asking.now).await;
        match (readings.faults.into_iter().next(), readings.series.into_iter().next()) {
            (Some(fault), _) => Err(fault),
            (None, Some(Reading::Known(series))) => {
                let busy = series.points.iter().rposition(|point| point.is_some_and(|percent| percent >= AT_WORK));
                Ok(busy.map(|point| series.at(point + 1)))
            }
            (None, _) => Ok(None),
        }
    };
    let last = asking.ask("cloudwatch:GetMetricData", read).await?;
    Ok(last.map(|last| Warning::Active { ago: seconds_between(last, asking.now).max(0.0) }))
}

/// A Studio app that is deleted.
pub async fn app(asking: &Asking<'_>, domain: &str, owner: &AppOwner, app_type: &str, name: &str) -> Found {
    const OPERATION: &str = "sagemaker:DescribeApp";
    let request = asking.session.sagemaker.describe_app().domain_id(domain).app_type(app_type.into()).app_name(name);
    let request = match owner {
        AppOwner::User(user) => request.user_profile_name(user.as_ref()),
        AppOwner::Space(space) => request.space_name(space.as_ref()),
    };
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await;
    let mut found = Found::default();
    found.add(answer.map(|answer| {
        let check = stamped(answer.last_health_check_timestamp());
        // A health check moves the last activity too: then it tells nothing of a person.
        let told = stamped(answer.last_user_activity_timestamp())
            .filter(|at| check.is_none_or(|check| seconds_between(*at, check).abs() > 1.0))
            .map(|at| seconds_between(at, asking.now).max(0.0));
        told.filter(|ago| *ago <= LATELY).map(|ago| Warning::Active { ago })
    }));
    found
}

/// A HyperPod instance group set to `count` nodes.
pub async fn group(asking: &Asking<'_>, cluster: &str, group: &str, count: u32) -> Found {
    const OPERATION: &str = "sagemaker:DescribeCluster";
    let request = asking.session.sagemaker.describe_cluster().cluster_name(cluster);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await;
    let mut found = Found::default();
    found.add(answer.map(|answer| {
        let described = answer.instance_groups().iter().find(|one| one.instance_group_name() == Some(group));
        let fewer = described.filter(|one| one.target_count().and_then(|now| u32::try_from(now).ok()).is_none_or(|now| count < now));
        let mut warnings = Vec::new();
        if let Some(described) = fewer {
            let unit = described.instance_type().map(aws_sdk_sagemaker::types::ClusterInstanceType::as_str).filter(|unit| is_scarce(unit));
            warnings.extend(unit.map(|unit| Warning::Scarce { unit: unit.into() }));
            let plan = described.training_plan_arn().and_then(|arn| arn.rsplit('/').next());
            warnings.extend(plan.map(|plan| Warning::Reserved { reservation: plan.into(), block: true, until: None }));
        }
        warnings
    }));
    found
}

/// Provisioned throughput that is deleted.
pub async fn throughput(asking: &Asking<'_>, arn: &str) -> Found {
    const OPERATION: &str = "bedrock:GetProvisionedModelThroughput";
    let request = asking.session.bedrock.get_provisioned_model_throughput().provisioned_model_id(arn);
    let answer = asking.ask(OPERATION, async { request.send().await.map_err(|error| fault::from_sdk(OPERATION, &error)) }).await;
    let mut found = Found::default();
    found.add(answer.map(|answer| {
        let until = stamped(answer.commitment_expiration_time());
        let term = answer.commitment_duration().filter(|_| until.is_none_or(|until| until > asking.now));
        term.map(|term| Warning::Committed { term: term.as_str().into(), until })
    }));
    found
}
