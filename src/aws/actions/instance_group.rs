//! Scales an instance group of a `HyperPod` cluster.
//!
//! `UpdateCluster` takes the whole description of a group: a member that is left out gets AWS's
//! default. So the group is read right before and sent back member by member as AWS wrote it, also
//! where the SDK knows less than AWS; a member with an unknown meaning refuses the change. One
//! attempt each.

use super::{client_config, response, retry::ThrottleRetry};
use crate::aws::api::Api;
use crate::{
    aws::{Session, fault},
    domain::{Fault, FaultKind},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
            },
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};

const OPERATION: Api = Api::SageMakerUpdateCluster;

/// The treatment in the request of a member of a described group.
#[derive(Clone, Copy, Debug)]
enum Member {
    /// The request has it unchanged, with all its members.
    Same,
    /// The request has it under this name; a later line with the same name counts more.
    As(&'static str),
    /// Its members follow rules of their own.
    Nested(&'static [(&'static str, Member)]),
    /// It is state, and no setting.
    State,
}

use Member::{As, Nested, Same, State};

/// The members of `ClusterInstanceGroupDetails` and `ClusterRestrictedInstanceGroupDetails`.
const GROUP: &[(&str, Member)] = &[
    ("ActiveOperations", State),
    ("ActiveSoftwareUpdateConfig", State),
    ("AutoPatchConfig", Nested(AUTO_PATCH)),
    ("CapacityRequirements", Same),
    ("CurrentCount", State),
    ("CurrentImageId", As("ImageId")),
    ("CurrentImageReleaseVersion", As("ImageReleaseVersion")),
    ("DesiredImageId", As("ImageId")),
    ("DesiredImageReleaseVersion", As("ImageReleaseVersion")),
    ("EnvironmentConfig", Nested(ENVIRONMENT)),
    ("ExecutionRole", Same),
    ("ImageVersionStatus", State),
    ("InstanceGroupName", Same),
    ("InstanceRequirements", Nested(REQUIREMENTS)),
    ("InstanceStorageConfigs", Same),
    ("InstanceType", Same),
    ("InstanceTypeDetails", State),
    ("KubernetesConfig", Nested(KUBERNETES)),
    ("LifeCycleConfig", Same),
    ("MinCount", As("MinInstanceCount")),
    ("NetworkInterface", Same),
    ("OnStartDeepHealthChecks", Same),
    ("OverrideVpcConfig", Same),
    ("ScheduledUpdateConfig", Same),
    ("SlurmConfig", Same),
    ("SoftwareUpdateStatus", State),
    ("Status", State),
    ("TargetCount", State),
    ("TargetStateCount", State),
    ("ThreadsPerCore", Same),
    ("TrainingPlanArn", Same),
    ("TrainingPlanStatus", State),
];

/// The members of `ClusterAutoPatchConfigDetails`.
const AUTO_PATCH: &[(&str, Member)] = &[
    ("CurrentPatchSchedule", As("PatchSchedule")),
    ("DeploymentConfig", Same),
    ("DesiredPatchSchedule", As("PatchSchedule")),
    ("DrainPolicy", Same),
    ("IdleWaitWindowInSeconds", Same),
    ("PatchingStrategy", Same),
];

/// The members of `EnvironmentConfigDetails`.
const ENVIRONMENT: &[(&str, Member)] = &[("FSxLustreConfig", Same), ("S3OutputPath", State)];

/// The members of `ClusterKubernetesConfigDetails`.
const KUBERNETES: &[(&str, Member)] = &[
    ("CurrentLabels", As("Labels")),
    ("CurrentTaints", As("Taints")),
    ("DesiredLabels", As("Labels")),
    ("DesiredTaints", As("Taints")),
];

/// The members of `ClusterInstanceRequirementDetails`.
const REQUIREMENTS: &[(&str, Member)] = &[
    ("CurrentInstanceTypes", As("InstanceTypes")),
    ("DesiredInstanceTypes", As("InstanceTypes")),
];

/// No token: the count is set, not added to, and refused while another change is under way.
pub(super) async fn scale(
    retry: ThrottleRetry<'_>,
    session: &Session,
    cluster: &str,
    group: &str,
    count: u32,
) -> Result<(), Fault> {
    let described = describe(session, cluster).await?;
    let body = request(&described, cluster, group, count)?;
    let body = Arc::new(body.to_string());
    let send = || async {
        let request = session.sagemaker.update_cluster().cluster_name(cluster);
        let sent = request
            .customize()
            .interceptor(RequestBody(body.clone()))
            .config_override(client_config::sagemaker())
            .send()
            .await;
        sent.map(drop)
            .map_err(|error| response::of(OPERATION, &error))
    };
    retry.send(send).await
}

/// `DescribeCluster` as AWS wrote it.
async fn describe(session: &Session, cluster: &str) -> Result<Value, Fault> {
    const DESCRIBE: Api = Api::SageMakerDescribeCluster;
    let answer = ResponseBody::default();
    let request = session.sagemaker.describe_cluster().cluster_name(cluster);
    let described = request.customize().interceptor(answer.clone()).send().await;
    // Before the change: a failure here has changed nothing.
    described.map_err(|error| {
        let fault = fault::from_sdk(DESCRIBE, &error);
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
    let body = answer.0.lock().unwrap_or_else(PoisonError::into_inner);
    serde_json::from_slice(&body)
        .map_err(|error| Fault::new(FaultKind::Refused, DESCRIBE, error.to_string()))
}

/// The request that gives `group` of the `described` cluster `count` instances.
fn request(described: &Value, cluster: &str, group: &str, count: u32) -> Result<Value, Fault> {
    let found = ["InstanceGroups", "RestrictedInstanceGroups"]
        .into_iter()
        .find_map(|list| {
            let groups = described[list].as_array()?.iter();
            let mut named = groups.filter(|one| one["InstanceGroupName"] == group);
            Some((list, named.next()?.as_object()?))
        });
    let Some((list, found)) = found else {
        return Err(Fault::new(
            FaultKind::NotFound,
            OPERATION,
            format!("the cluster has no instance group {group}"),
        ));
    };
    let mut sent = settings(found, GROUP).map_err(|member| {
        let message = format!(
            "nothing was sent: AWS describes {member} of the group, which this version of \
             spendtop does not know and UpdateCluster might reset"
        );
        Fault::new(FaultKind::Refused, OPERATION, message)
    })?;
    sent.insert("InstanceCount".to_owned(), json!(count));
    Ok(json!({ "ClusterName": cluster, list: [sent] }))
}

/// The settings among `described`, as a request has them. The error is a member without a rule.
fn settings(
    described: &Map<String, Value>,
    rules: &[(&str, Member)],
) -> Result<Map<String, Value>, String> {
    let is_known = |member: &&String| rules.iter().any(|(known, _)| known == member);
    if let Some(unknown) = described.keys().find(|member| !is_known(member)) {
        return Err(unknown.clone());
    }
    let mut sent = Map::new();
    for (member, rule) in rules {
        let value = described.get(*member).filter(|value| !value.is_null());
        let Some(value) = value else { continue };
        match (rule, value) {
            (State, _) => {}
            (Same, value) => drop(sent.insert((*member).to_owned(), value.clone())),
            (As(name), value) => drop(sent.insert((*name).to_owned(), value.clone())),
            (Nested(rules), Value::Object(value)) => {
                let inner =
                    settings(value, rules).map_err(|unknown| format!("{member}.{unknown}"))?;
                sent.insert((*member).to_owned(), inner.into());
            }
            (Nested(_), _) => return Err((*member).to_owned()),
        }
    }
    Ok(sent)
}

/// Keeps the body of a response.
#[derive(Clone, Debug, Default)]
struct ResponseBody(Arc<Mutex<Vec<u8>>>);

impl Intercept for ResponseBody {
    fn name(&self) -> &'static str {
        "ResponseBody"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        body.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }
}

/// Sends this body in place of the one that the SDK wrote.
#[derive(Debug)]
struct RequestBody(Arc<String>);

impl Intercept for RequestBody {
    fn name(&self) -> &'static str {
        "RequestBody"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        *request.body_mut() = SdkBody::from(self.0.as_str());
        let length = self.0.len().to_string();
        request.headers_mut().insert("content-length", length);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The members of a structure in AWS's service model.
    fn members(structure: &str) -> BTreeSet<&'static str> {
        let model = include_str!("../../mock/contract/data/sagemaker.tsv");
        let head = format!("structure\t{structure}");
        let lines = model.lines().skip_while(|line| *line != head).skip(1);
        lines
            .map_while(|line| line.strip_prefix('\t')?.split('\t').next())
            .collect()
    }

    fn sent(rules: &[(&'static str, Member)]) -> BTreeSet<&'static str> {
        let sent = rules.iter().filter_map(|(member, rule)| match rule {
            Same | Nested(_) => Some(*member),
            As(name) => Some(*name),
            State => None,
        });
        sent.collect()
    }

    #[test]
    fn every_member_of_the_service_model_has_a_rule() {
        for (rules, described, requested) in [
            (
                GROUP,
                "ClusterInstanceGroupDetails",
                "ClusterInstanceGroupSpecification",
            ),
            (
                AUTO_PATCH,
                "ClusterAutoPatchConfigDetails",
                "ClusterAutoPatchConfig",
            ),
            (ENVIRONMENT, "EnvironmentConfigDetails", "EnvironmentConfig"),
            (
                KUBERNETES,
                "ClusterKubernetesConfigDetails",
                "ClusterKubernetesConfig",
            ),
            (
                REQUIREMENTS,
                "ClusterInstanceRequirementDetails",
                "ClusterInstanceRequirements",
            ),
        ] {
            let known: BTreeSet<&str> = rules.iter().map(|(member, _)| *member).collect();
            let (mut described, mut requested) = (members(described), members(requested));
            assert!(!described.is_empty() && !requested.is_empty());
            if rules.len() == GROUP.len() {
                described.extend(members("ClusterRestrictedInstanceGroupDetails"));
                requested.extend(members("ClusterRestrictedInstanceGroupSpecification"));
                requested.remove("InstanceCount");
            }
            assert_eq!(known, described);
            assert_eq!(sent(rules), requested);
        }
    }

    fn described(more: &Value) -> Value {
        let mut group = json!({
            "InstanceGroupName": "workers",
            "InstanceType": "ml.p5.48xlarge",
            "CurrentCount": 4,
            "TargetCount": 4,
            "MinCount": 1,
            "Status": "InService",
            "ExecutionRole": "arn:aws:iam::111122223333:role/hyperpod",
            "LifeCycleConfig": { "SourceS3Uri": "s3://b/c", "OnCreate": "on_create.sh" },
            "CurrentImageId": "ami-0123456789abcdef0",
        });
        let members = more.as_object().unwrap().clone();
        group.as_object_mut().unwrap().extend(members);
        json!({ "ClusterName": "pretrain", "InstanceGroups": [group] })
    }

    #[test]
    fn group_is_sent_back_whole() {
        let more = json!({
            "DesiredImageId": "ami-0fedcba9876543210",
            "AutoPatchConfig": {
                "PatchingStrategy": "WhenIdle",
                "CurrentPatchSchedule": { "NextPatchDate": 1.7e9 },
                "IdleWaitWindowInSeconds": 7200,
                "DrainPolicy": { "OnDrainTimeout": "Skip" },
            },
            "KubernetesConfig": { "CurrentLabels": { "a": "1" }, "DesiredLabels": {} },
            "InstanceStorageConfigs": [{ "EbsVolumeConfig": { "NewSetting": true } }],
            "TrainingPlanArn": null,
        });
        let body = request(&described(&more), "pretrain", "workers", 2).unwrap();
        assert_eq!(
            body,
            json!({ "ClusterName": "pretrain", "InstanceGroups": [{
                "InstanceGroupName": "workers",
                "InstanceType": "ml.p5.48xlarge",
                "InstanceCount": 2,
                "MinInstanceCount": 1,
                "ExecutionRole": "arn:aws:iam::111122223333:role/hyperpod",
                "LifeCycleConfig": { "SourceS3Uri": "s3://b/c", "OnCreate": "on_create.sh" },
                "ImageId": "ami-0fedcba9876543210",
                "AutoPatchConfig": {
                    "PatchingStrategy": "WhenIdle",
                    "PatchSchedule": { "NextPatchDate": 1.7e9 },
                    "IdleWaitWindowInSeconds": 7200,
                    "DrainPolicy": { "OnDrainTimeout": "Skip" },
                },
                "KubernetesConfig": { "Labels": {} },
                "InstanceStorageConfigs": [{ "EbsVolumeConfig": { "NewSetting": true } }],
            }] })
        );
    }

    #[test]
    fn member_with_an_unknown_meaning_refuses_the_change() {
        for (more, member) in [
            (json!({ "SpareNodes": 2 }), "SpareNodes"),
            (
                json!({ "AutoPatchConfig": { "Window": "night" } }),
                "AutoPatchConfig.Window",
            ),
        ] {
            let fault = request(&described(&more), "pretrain", "workers", 2).unwrap_err();
            assert_eq!(fault.kind, FaultKind::Refused);
            assert!(fault.message.contains(member), "{fault}");
        }
        let fault = request(&described(&json!({})), "pretrain", "nobody", 2).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
    }
}
