//! Every AWS operation that spendtop calls, with the IAM action it needs; and the guard that lets
//! no other request leave.

use std::{fmt, sync::Arc};

macro_rules! action {
    ($prefix:literal, $operation:literal) => {
        concat!($prefix, ":", $operation)
    };
    ($prefix:literal, $operation:literal, $action:literal) => {
        concat!($prefix, ":", $action)
    };
}

macro_rules! apis {
    ($($service:literal $prefix:literal {
        $($variant:ident $operation:literal $(needs $action:literal)?,)*
    })*) => {
        /// An AWS operation that spendtop calls.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Api {
            $($(
                #[doc = concat!("`", $operation, "` of ", $service, ".")]
                $variant,
            )*)*
        }

        impl Api {
            /// Every operation, by service.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The IAM action that allows the operation: `ec2:DescribeInstances`.
            pub const fn iam_action(self) -> &'static str {
                match self {
                    $($(Self::$variant => action!($prefix, $operation $(, $action)?),)*)*
                }
            }

            /// The service's name and the operation's, as the SDK has them.
            pub(super) const fn sdk_names(self) -> (&'static str, &'static str) {
                match self {
                    $($(Self::$variant => ($service, $operation),)*)*
                }
            }
        }
    };
}

// The SDK's name of the service, the prefix of its IAM actions, and its operations. An operation
// whose IAM action has another name says which.
apis! {
    "Application Auto Scaling" "application-autoscaling" {
        AutoScalingDeleteScheduledAction "DeleteScheduledAction",
        AutoScalingDeregisterScalableTarget "DeregisterScalableTarget",
        AutoScalingDescribeScalableTargets "DescribeScalableTargets",
        AutoScalingDescribeScalingPolicies "DescribeScalingPolicies",
        AutoScalingDescribeScheduledActions "DescribeScheduledActions",
        AutoScalingPutScheduledAction "PutScheduledAction",
        AutoScalingRegisterScalableTarget "RegisterScalableTarget",
    }
    "Bedrock" "bedrock" {
        BedrockDeleteProvisionedModelThroughput "DeleteProvisionedModelThroughput",
        BedrockGetCustomModel "GetCustomModel",
        BedrockGetImportedModel "GetImportedModel",
        BedrockGetInferenceProfile "GetInferenceProfile",
        BedrockGetModelCustomizationJob "GetModelCustomizationJob",
        BedrockGetModelInvocationJob "GetModelInvocationJob",
        BedrockGetProvisionedModelThroughput "GetProvisionedModelThroughput",
        BedrockListCustomModelDeployments "ListCustomModelDeployments",
        BedrockListCustomModels "ListCustomModels",
        BedrockListFoundationModels "ListFoundationModels",
        BedrockListImportedModels "ListImportedModels",
        BedrockListInferenceProfiles "ListInferenceProfiles",
        BedrockListModelCustomizationJobs "ListModelCustomizationJobs",
        BedrockListModelInvocationJobs "ListModelInvocationJobs",
        BedrockListProvisionedModelThroughputs "ListProvisionedModelThroughputs",
        BedrockListTagsForResource "ListTagsForResource",
        BedrockStopModelCustomizationJob "StopModelCustomizationJob",
        BedrockStopModelInvocationJob "StopModelInvocationJob",
        BedrockTagResource "TagResource",
        BedrockUntagResource "UntagResource",
        BedrockUpdateProvisionedModelThroughput "UpdateProvisionedModelThroughput",
    }
    "Budgets" "budgets" {
        BudgetsDescribeBudgets "DescribeBudgets" needs "ViewBudget",
    }
    "Cost Explorer" "ce" {
        CeGetAnomalies "GetAnomalies",
        CeGetAnomalyMonitors "GetAnomalyMonitors",
        CeGetCostAndUsage "GetCostAndUsage",
        CeGetCostForecast "GetCostForecast",
        CeGetReservationCoverage "GetReservationCoverage",
        CeGetReservationUtilization "GetReservationUtilization",
        CeGetSavingsPlansCoverage "GetSavingsPlansCoverage",
        CeGetSavingsPlansUtilization "GetSavingsPlansUtilization",
        CeProvideAnomalyFeedback "ProvideAnomalyFeedback",
    }
    "CloudWatch" "cloudwatch" {
        CloudWatchGetMetricData "GetMetricData",
        CloudWatchListMetrics "ListMetrics",
    }
    "CloudWatch Logs" "logs" {
        LogsDescribeLogStreams "DescribeLogStreams",
    }
    "EC2" "ec2" {
        Ec2CreateTags "CreateTags",
        Ec2DeleteTags "DeleteTags",
        Ec2DescribeCapacityReservations "DescribeCapacityReservations",
        Ec2DescribeInstanceAttribute "DescribeInstanceAttribute",
        Ec2DescribeInstanceTypes "DescribeInstanceTypes",
        Ec2DescribeInstances "DescribeInstances",
        Ec2DescribeRegions "DescribeRegions",
        Ec2DescribeSpotInstanceRequests "DescribeSpotInstanceRequests",
        Ec2RebootInstances "RebootInstances",
        Ec2StartInstances "StartInstances",
        Ec2StopInstances "StopInstances",
        Ec2TerminateInstances "TerminateInstances",
    }
    "IAM" "iam" {
        IamListAccountAliases "ListAccountAliases",
    }
    "Organizations" "organizations" {
        OrganizationsDescribeOrganization "DescribeOrganization",
        OrganizationsListAccounts "ListAccounts",
    }
    "Pricing" "pricing" {
        PricingGetProducts "GetProducts",
    }
    "SageMaker" "sagemaker" {
        SageMakerAddTags "AddTags",
        SageMakerDeleteApp "DeleteApp",
        SageMakerDeleteEndpoint "DeleteEndpoint",
        SageMakerDeleteTags "DeleteTags",
        SageMakerDescribeApp "DescribeApp",
        SageMakerDescribeCluster "DescribeCluster",
        SageMakerDescribeDomain "DescribeDomain",
        SageMakerDescribeEndpoint "DescribeEndpoint",
        SageMakerDescribeEndpointConfig "DescribeEndpointConfig",
        SageMakerDescribeHyperParameterTuningJob "DescribeHyperParameterTuningJob",
        SageMakerDescribeInferenceComponent "DescribeInferenceComponent",
        SageMakerDescribeMlflowTrackingServer "DescribeMlflowTrackingServer",
        SageMakerDescribeNotebookInstance "DescribeNotebookInstance",
        SageMakerDescribeProcessingJob "DescribeProcessingJob",
        SageMakerDescribeSpace "DescribeSpace",
        SageMakerDescribeTrainingJob "DescribeTrainingJob",
        SageMakerDescribeTransformJob "DescribeTransformJob",
        SageMakerDescribeUserProfile "DescribeUserProfile",
        SageMakerListApps "ListApps",
        SageMakerListClusterNodes "ListClusterNodes",
        SageMakerListClusters "ListClusters",
        SageMakerListEndpoints "ListEndpoints",
        SageMakerListHyperParameterTuningJobs "ListHyperParameterTuningJobs",
        SageMakerListInferenceComponents "ListInferenceComponents",
        SageMakerListMlflowTrackingServers "ListMlflowTrackingServers",
        SageMakerListNotebookInstances "ListNotebookInstances",
        SageMakerListPartnerApps "ListPartnerApps",
        SageMakerListProcessingJobs "ListProcessingJobs",
        SageMakerListSpaces "ListSpaces",
        SageMakerListTags "ListTags",
        SageMakerListTrainingJobs "ListTrainingJobs",
        SageMakerListTrainingPlans "ListTrainingPlans",
        SageMakerListTransformJobs "ListTransformJobs",
        SageMakerStartNotebookInstance "StartNotebookInstance",
        SageMakerStopHyperParameterTuningJob "StopHyperParameterTuningJob",
        SageMakerStopNotebookInstance "StopNotebookInstance",
        SageMakerStopProcessingJob "StopProcessingJob",
        SageMakerStopTrainingJob "StopTrainingJob",
        SageMakerStopTransformJob "StopTransformJob",
        SageMakerUpdateCluster "UpdateCluster",
        SageMakerUpdateEndpointWeightsAndCapacities "UpdateEndpointWeightsAndCapacities",
        SageMakerUpdateInferenceComponentRuntimeConfig "UpdateInferenceComponentRuntimeConfig",
        SageMakerUpdateTrainingJob "UpdateTrainingJob",
    }
    "Resource Groups Tagging API" "tag" {
        TagGetResources "GetResources",
    }
    "STS" "sts" {
        StsAssumeRole "AssumeRole",
        StsGetCallerIdentity "GetCallerIdentity",
    }
}

impl Api {
    /// The operation with this name in the SDK; `None` if it is not in the table.
    pub(super) fn find(service: &str, operation: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|api| api.sdk_names() == (service, operation))
    }

    /// Whether the operation only reads: its SDK name begins with `Describe`, `Get` or `List`.
    pub(super) fn is_read(self) -> bool {
        let (_, name) = self.sdk_names();
        ["Describe", "Get", "List"]
            .iter()
            .any(|verb| name.starts_with(verb))
    }

    /// Whether AWS charges for each request: Cost Explorer, $0.01.
    pub(super) fn is_billed(self) -> bool {
        self.sdk_names().0 == "Cost Explorer"
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.iam_action())
    }
}

impl From<Api> for Arc<str> {
    fn from(api: Api) -> Self {
        api.iam_action().into()
    }
}

tokio::task_local! {
    /// The operations that the current task may call.
    static ALLOWED: &'static [Api];
}

/// Runs `work`, which may send requests of `needs` only. Any other request fails before it is sent,
/// so that a list of needs can never lack an operation. Calls nest: the innermost list counts.
pub async fn restrict<F: Future>(needs: &'static [Api], work: F) -> F::Output {
    ALLOWED.scope(needs, work).await
}

/// Whether the work that runs now may call `api`. Work without a list may call everything.
pub(super) fn is_allowed(api: Api) -> bool {
    ALLOWED
        .try_with(|needs| needs.contains(&api))
        .unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_by_sdk_names() {
        for api in Api::ALL {
            let (service, operation) = api.sdk_names();
            assert_eq!(Api::find(service, operation), Some(*api));
        }
        assert_eq!(Api::find("EC2", "RunInstances"), None);
    }

    #[test]
    fn budget_operation_maps_to_its_iam_action() {
        assert_eq!(
            Api::BudgetsDescribeBudgets.iam_action(),
            "budgets:ViewBudget"
        );
        assert_eq!(Api::Ec2StopInstances.to_string(), "ec2:StopInstances");
    }

    #[tokio::test]
    async fn innermost_restriction_applies() {
        const OUTER: &[Api] = &[Api::Ec2DescribeInstances];
        const INNER: &[Api] = &[Api::Ec2StopInstances];
        assert!(is_allowed(Api::Ec2StopInstances));
        restrict(OUTER, async {
            assert!(is_allowed(Api::Ec2DescribeInstances));
            assert!(!is_allowed(Api::Ec2StopInstances));
            restrict(INNER, async {
                assert!(!is_allowed(Api::Ec2DescribeInstances));
                assert!(is_allowed(Api::Ec2StopInstances));
            })
            .await;
        })
        .await;
    }
}
