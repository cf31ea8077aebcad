//! IAM actions that AWS checks beside the one of the operation itself, from the Service
//! Authorization Reference (dependent actions) and the user guides named below.

use crate::aws::api::Api;

/// The IAM actions that AWS checks in addition to the permission for an operation.
#[derive(Clone, Copy, Debug)]
pub struct DependentActions {
    /// The operation.
    pub api: Api,
    /// When they are checked.
    pub when: &'static str,
    /// The IAM actions.
    pub actions: &'static [&'static str],
    /// Whether a policy grants them.
    pub grant: Grant,
}

/// Whether a policy for the operations grants dependent actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// They allow no more than the operation itself does.
    Always,
    /// Under a condition.
    If(Condition),
    /// Not without being asked: they allow far more than the operation, and only some accounts need
    /// them.
    Omitted,
}

/// A condition of an IAM policy: the key has the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator: `StringEquals`.
    pub operator: &'static str,
    /// The condition key: `iam:PassedToService`.
    pub key: &'static str,
    /// The value.
    pub value: &'static str,
}

/// AWS calls KMS for the user. KMS Developer Guide, Condition keys: `kms:GrantIsForAWSResource`.
const FOR_AWS_RESOURCE: Grant = Grant::If(Condition {
    operator: "Bool",
    key: "kms:GrantIsForAWSResource",
    value: "true",
});

/// The dependent actions of the operations that change an account.
pub const DEPENDENT_ACTIONS: &[DependentActions] = &[
    // Service Authorization Reference, SageMaker: UpdateCluster.
    DependentActions {
        api: Api::SageMakerUpdateCluster,
        when: "always: the request names the execution role",
        actions: &["iam:PassRole"],
        grant: Grant::If(Condition {
            operator: "StringEquals",
            key: "iam:PassedToService",
            value: "sagemaker.amazonaws.com",
        }),
    },
    DependentActions {
        api: Api::SageMakerUpdateCluster,
        when: "cluster on EKS",
        actions: &[
            "eks:AssociateAccessPolicy",
            "eks:CreateAccessEntry",
            "eks:DeleteAccessEntry",
            "eks:DescribeAccessEntry",
            "eks:DescribeCluster",
        ],
        grant: Grant::Omitted,
    },
    DependentActions {
        api: Api::SageMakerUpdateCluster,
        when: "cluster with continuous provisioning",
        actions: &[
            "sagemaker:BatchAddClusterNodes",
            "sagemaker:BatchDeleteClusterNodes",
        ],
        grant: Grant::Always,
    },
    DependentActions {
        api: Api::SageMakerUpdateCluster,
        when: "group with a custom AMI",
        actions: &[
            "ec2:DescribeImages",
            "ec2:DescribeSnapshots",
            "ec2:ModifyImageAttribute",
            "ec2:ModifySnapshotAttribute",
        ],
        grant: Grant::Omitted,
    },
    // Application Auto Scaling User Guide, Service-linked roles.
    DependentActions {
        api: Api::AutoScalingRegisterScalableTarget,
        when: "first scaling target of SageMaker in the account",
        actions: &["iam:CreateServiceLinkedRole"],
        grant: Grant::If(Condition {
            operator: "StringEquals",
            key: "iam:AWSServiceName",
            value: "sagemaker.application-autoscaling.amazonaws.com",
        }),
    },
    // EC2 User Guide, Requirements for EBS encryption; SageMaker Developer Guide, Encryption.
    DependentActions {
        api: Api::Ec2StartInstances,
        when: "volume encrypted with a customer managed key",
        actions: &["kms:CreateGrant"],
        grant: FOR_AWS_RESOURCE,
    },
    DependentActions {
        api: Api::SageMakerStartNotebookInstance,
        when: "volume encrypted with a customer managed key",
        actions: &["kms:CreateGrant"],
        grant: FOR_AWS_RESOURCE,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dependent_action_belongs_to_a_mutation() {
        let mutations = super::super::needs();
        for one in DEPENDENT_ACTIONS {
            assert!(mutations.contains(one.api.iam_action()), "{}", one.api);
            assert!(one.actions.is_sorted() && !one.actions.is_empty());
        }
    }
}
