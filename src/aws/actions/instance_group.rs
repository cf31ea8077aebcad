//! Scales an instance group of a `HyperPod` cluster.
//!
//! `UpdateCluster` takes the whole description of a group, so it is read right before and sent back
//! with another count. One attempt each.

use super::{client, response, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, fault},
    domain::{Fault, FaultKind},
};
use aws_sdk_sagemaker::{operation::describe_cluster::DescribeClusterOutput, types as sm};
use aws_smithy_types::error::operation::BuildError;

const OPERATION: Api = Api::SageMakerUpdateCluster;

/// No token: the count is set, not added to, and refused while another change is under way.
pub(super) async fn scale(
    retry: ThrottleRetry<'_>,
    session: &Session,
    cluster: &str,
    group: &str,
    count: u32,
) -> Result<(), Fault> {
    let described = session
        .sagemaker
        .describe_cluster()
        .cluster_name(cluster)
        .send()
        .await;
    // Before the change: whatever went wrong here, nothing was done.
    let described = described.map_err(|error| {
        let fault = fault::from_sdk(Api::SageMakerDescribeCluster, &error);
        let in_doubt = matches!(
            fault.kind,
            FaultKind::Timeout | FaultKind::Network | FaultKind::Service | FaultKind::Broken
        );
        Fault {
            kind: if in_doubt || fault.kind == FaultKind::Unavailable {
                FaultKind::Refused
            } else {
                fault.kind
            },
            ..fault
        }
    })?;
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let (plain, restricted) = specifications(&described, group, count)?;
    let plain = plain.map(|one| vec![one]);
    let restricted = restricted.map(|one| vec![one]);
    let send = || async {
        let request = session.sagemaker.update_cluster().cluster_name(cluster);
        let request = request
            .set_instance_groups(plain.clone())
            .set_restricted_instance_groups(restricted.clone());
        let sent = request
            .customize()
            .config_override(client::sagemaker())
            .send()
            .await;
        sent.map(drop)
            .map_err(|error| response::of(OPERATION, &error))
    };
    retry.send(send).await
}

type Specifications = (
    Option<sm::ClusterInstanceGroupSpecification>,
    Option<sm::ClusterRestrictedInstanceGroupSpecification>,
);

/// The group as it is, with `count` instances: in the list it stands in.
fn specifications(
    described: &DescribeClusterOutput,
    group: &str,
    count: i32,
) -> Result<Specifications, Fault> {
    let unfit = |error: BuildError| Fault::new(FaultKind::Refused, OPERATION, error.to_string());
    if let Some(found) = described
        .instance_groups()
        .iter()
        .find(|one| one.instance_group_name() == Some(group))
    {
        return Ok((Some(plain(found, count).map_err(unfit)?), None));
    }
    let restricted = described
        .restricted_instance_groups()
        .iter()
        .find(|one| one.instance_group_name() == Some(group));
    match restricted {
        Some(found) => Ok((None, Some(restricted_group(found, count)))),
        None => Err(Fault::new(
            FaultKind::NotFound,
            OPERATION,
            format!("the cluster has no instance group {group}"),
        )),
    }
}

/// All of a described group but its count, and the image, which another request updates.
fn plain(
    one: &sm::ClusterInstanceGroupDetails,
    count: i32,
) -> Result<sm::ClusterInstanceGroupSpecification, BuildError> {
    let many = |types: &[sm::ClusterInstanceType]| {
        sm::ClusterInstanceRequirements::builder()
            .set_instance_types(Some(types.to_vec()))
            .build()
    };
    let kubernetes = |config: &sm::ClusterKubernetesConfigDetails| {
        let labels = config.desired_labels().or(config.current_labels()).cloned();
        let taints = config
            .desired_taints
            .clone()
            .or_else(|| config.current_taints.clone());
        sm::ClusterKubernetesConfig::builder()
            .set_labels(labels)
            .set_taints(taints)
            .build()
    };
    let slurm = |config: &sm::ClusterSlurmConfigDetails| {
        let built = sm::ClusterSlurmConfig::builder().node_type(config.node_type().clone());
        built
            .set_partition_names(config.partition_names.clone())
            .build()
    };
    let interface = |one: &sm::ClusterNetworkInterfaceDetails| {
        sm::ClusterNetworkInterface::builder()
            .set_interface_type(one.interface_type().cloned())
            .build()
    };
    Ok(sm::ClusterInstanceGroupSpecification::builder()
        .instance_count(count)
        .set_min_instance_count(one.min_count())
        .set_instance_group_name(one.instance_group_name.clone())
        .set_instance_type(one.instance_type.clone())
        .set_instance_requirements(
            one.instance_requirements()
                .map(|types| many(wanted_types(types))),
        )
        .set_life_cycle_config(one.life_cycle_config.clone())
        .set_execution_role(one.execution_role.clone())
        .set_threads_per_core(one.threads_per_core)
        .set_instance_storage_configs(one.instance_storage_configs.clone())
        .set_on_start_deep_health_checks(one.on_start_deep_health_checks.clone())
        .set_training_plan_arn(one.training_plan_arn.clone())
        .set_override_vpc_config(one.override_vpc_config.clone())
        .set_scheduled_update_config(one.scheduled_update_config.clone())
        .set_auto_patch_config(one.auto_patch_config().and_then(patching).transpose()?)
        .set_kubernetes_config(one.kubernetes_config().map(kubernetes))
        .set_slurm_config(one.slurm_config().map(slurm).transpose()?)
        .set_capacity_requirements(one.capacity_requirements.clone())
        .set_network_interface(one.network_interface().map(interface))
        .build())
}

fn wanted_types(types: &sm::ClusterInstanceRequirementDetails) -> &[sm::ClusterInstanceType] {
    match types.desired_instance_types() {
        [] => types.current_instance_types(),
        desired => desired,
    }
}

fn restricted_group(
    one: &sm::ClusterRestrictedInstanceGroupDetails,
    count: i32,
) -> sm::ClusterRestrictedInstanceGroupSpecification {
    let environment = |config: &sm::EnvironmentConfigDetails| {
        sm::EnvironmentConfig::builder()
            .set_f_sx_lustre_config(config.f_sx_lustre_config.clone())
            .build()
    };
    sm::ClusterRestrictedInstanceGroupSpecification::builder()
        .instance_count(count)
        .set_instance_group_name(one.instance_group_name.clone())
        .set_instance_type(one.instance_type.clone())
        .set_execution_role(one.execution_role.clone())
        .set_threads_per_core(one.threads_per_core)
        .set_instance_storage_configs(one.instance_storage_configs.clone())
        .set_on_start_deep_health_checks(one.on_start_deep_health_checks.clone())
        .set_training_plan_arn(one.training_plan_arn.clone())
        .set_override_vpc_config(one.override_vpc_config.clone())
        .set_scheduled_update_config(one.scheduled_update_config.clone())
        .set_environment_config(one.environment_config().map(environment))
        .build()
}

/// `None` where it has no strategy: then there is nothing to send back.
fn patching(
    config: &sm::ClusterAutoPatchConfigDetails,
) -> Option<Result<sm::ClusterAutoPatchConfig, BuildError>> {
    let schedule = config
        .desired_patch_schedule()
        .or(config.current_patch_schedule());
    let schedule = schedule.map(|one| {
        sm::ClusterPatchSchedule::builder()
            .set_next_patch_date(one.next_patch_date)
            .build()
    });
    let strategy = config.patching_strategy()?.clone();
    let built = sm::ClusterAutoPatchConfig::builder()
        .patching_strategy(strategy)
        .set_patch_schedule(schedule);
    Some(
        built
            .set_deployment_config(config.deployment_config.clone())
            .build(),
    )
}
