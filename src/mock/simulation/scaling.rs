//! The scalable targets and policies of Application Auto Scaling, read from the fleets.

use super::{Autoscaling, ScheduledAction, Simulation};
use crate::domain::Timestamp;

/// A scalable target of namespace `sagemaker`, its target-tracking policy and its scheduled
/// actions.
#[derive(Clone, Debug, PartialEq)]
pub struct ScalableTarget {
    /// `endpoint/<name>/variant/<variant>` or `inference-component/<name>`.
    pub resource_id: String,
    /// `sagemaker:variant:DesiredInstanceCount` or
    /// `sagemaker:inference-component:DesiredCopyCount`.
    pub dimension: &'static str,
    /// `MinCapacity`
    pub min: u32,
    /// `MaxCapacity`
    pub max: u32,
    /// `ScalableTargetARN`
    pub arn: String,
    /// `RoleARN`
    pub role_arn: String,
    /// `CreationTime`
    pub created: Timestamp,
    /// Its policy's name.
    pub policy_name: String,
    /// Its policy's ARN.
    pub policy_arn: String,
    /// `PredefinedMetricType`
    pub metric_type: &'static str,
    /// `TargetValue`, invocations per minute and replica; `None`: it has no policy.
    pub target: Option<f64>,
    /// Its scheduled actions.
    pub actions: Vec<ScheduledAction>,
}

impl Simulation {
    /// The scalable targets of a region.
    pub fn scalable_targets(&self, region: &str, now: Timestamp) -> Vec<ScalableTarget> {
        let mut targets = Vec::new();
        for endpoint in self.endpoints(region, now) {
            for variant in &endpoint.variants {
                if let Some(scaling) = &variant.fleet.autoscaling {
                    let id = format!("endpoint/{}/variant/{}", endpoint.name, variant.name);
                    targets.push(self.target(
                        region,
                        id,
                        "sagemaker:variant:DesiredInstanceCount",
                        "SageMakerVariantInvocationsPerInstance",
                        scaling,
                        now,
                    ));
                }
            }
        }
        for component in self.components(region, now) {
            if let Some(scaling) = &component.fleet.autoscaling {
                let id = format!("inference-component/{}", component.name);
                let dimension = "sagemaker:inference-component:DesiredCopyCount";
                targets.push(self.target(
                    region,
                    id,
                    dimension,
                    "SageMakerInferenceComponentInvocationsPerCopy",
                    scaling,
                    now,
                ));
            }
        }
        targets
    }

    fn target(
        &self,
        region: &str,
        resource_id: String,
        dimension: &'static str,
        metric_type: &'static str,
        scaling: &Autoscaling,
        now: Timestamp,
    ) -> ScalableTarget {
        let account = &self.account.id;
        let uuid = self.uuid(&resource_id);
        let policy_name = format!(
            "{}-tracking",
            resource_id.split('/').nth(1).unwrap_or_default()
        );
        ScalableTarget {
            arn: format!(
                "arn:aws:application-autoscaling:{region}:{account}:scalable-target/{}",
                &uuid.replace('-', "")[..20]
            ),
            policy_arn: format!(
                "arn:aws:autoscaling:{region}:{account}:scalingPolicy:{uuid}:\
                 resource/sagemaker/{resource_id}:policyName/{policy_name}"
            ),
            role_arn: format!(
                "arn:aws:iam::{account}:role/aws-service-role/\
                 sagemaker.application-autoscaling.amazonaws.com/\
                 AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
            ),
            resource_id,
            dimension,
            min: scaling.limits(now).0,
            max: scaling.limits(now).1,
            created: scaling.created,
            policy_name,
            metric_type,
            target: scaling.target,
            actions: scaling.actions.clone(),
        }
    }
}
