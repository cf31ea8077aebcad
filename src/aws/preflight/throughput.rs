//! Preflight checks of Bedrock provisioned throughput: commitment, requests, and fitting models.

use super::{PreflightSession, TargetFacts, counts};
use crate::aws::Api;
use crate::aws::convert::time::optional_timestamp;
use crate::domain::ops;
use crate::domain::{ApiCall, Fault, FaultKind, Target, Warning};
use aws_sdk_bedrock::operation::get_provisioned_model_throughput as throughput;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Requests of all units that a plan deletes or changes, by ARN.
#[derive(Debug, Default)]
pub(super) struct ThroughputFacts(HashMap<Arc<str>, Result<u64, Fault>>);

impl ThroughputFacts {
    /// Reads the counts together.
    pub(super) async fn read(reader: &PreflightSession<'_>, targets: &[&Target]) -> Self {
        let arn = |target: &&Target| match &target.call {
            ApiCall::Delete(ops::delete::Call::Throughput(arn))
            | ApiCall::SwapModel(ops::swap_model::Call { arn, .. }) => Some(arn.clone()),
            _ => None,
        };
        let arns: BTreeSet<Arc<str>> = targets.iter().filter_map(arn).collect();
        let queries: Vec<_> = arns.iter().map(|arn| counts::of_units(arn)).collect();
        let requests = counts::requests(reader, &queries).await;
        Self(arns.into_iter().zip(requests).collect())
    }

    fn of(&self, arn: &str) -> Result<u64, Fault> {
        self.0.get(arn).cloned().unwrap_or(Ok(0))
    }

    /// Units that are deleted.
    pub(super) async fn delete(&self, reader: &PreflightSession<'_>, arn: &str) -> TargetFacts {
        let mut found = TargetFacts::default();
        found.add(describe(reader, arn).await.map(|answer| {
            let until = optional_timestamp(answer.commitment_expiration_time());
            let term = answer
                .commitment_duration()
                .filter(|_| until.is_none_or(|until| until > reader.now));
            term.map(|term| Warning::Committed {
                term: term.as_str().into(),
                until,
            })
        }));
        found.add(
            self.of(arn)
                .map(|requests| counts::recent_requests(requests, 0)),
        );
        found
    }

    /// Units that are to serve `model`.
    pub(super) async fn swap(
        &self,
        reader: &PreflightSession<'_>,
        arn: &str,
        model: &str,
    ) -> TargetFacts {
        let mut found = TargetFacts::default();
        let (units, base) = tokio::join!(describe(reader, arn), base(reader, model));
        found.add(units.and_then(|units| match base? {
            None => Ok(Some(Warning::NoModel {
                model: model.into(),
            })),
            Some(base) => {
                let (base, wanted) = (tail(&base), tail(units.foundation_model_arn()));
                Ok(
                    (!base.is_empty() && base != wanted).then(|| Warning::OtherBase {
                        base: base.into(),
                        wanted: wanted.into(),
                    }),
                )
            }
        }));
        let served = |requests: u64| {
            (requests > 0).then_some(Warning::Served {
                requests,
                minutes: counts::MINUTES,
            })
        };
        found.add(self.of(arn).map(served));
        found
    }
}

/// The model's id at the end of its ARN.
fn tail(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

async fn describe(
    reader: &PreflightSession<'_>,
    arn: &str,
) -> Result<throughput::GetProvisionedModelThroughputOutput, Fault> {
    const OPERATION: Api = Api::BedrockGetProvisionedModelThroughput;
    let request = reader
        .session
        .bedrock
        .get_provisioned_model_throughput()
        .provisioned_model_id(arn);
    reader.send(OPERATION, request.send()).await
}

/// ARN of the model that the custom model `model` is made from; `None` if there is no such model.
async fn base(reader: &PreflightSession<'_>, model: &str) -> Result<Option<String>, Fault> {
    const OPERATION: Api = Api::BedrockGetCustomModel;
    let request = reader
        .session
        .bedrock
        .get_custom_model()
        .model_identifier(model);
    match reader.send(OPERATION, request.send()).await {
        Ok(answer) => Ok(Some(answer.base_model_arn().unwrap_or_default().to_owned())),
        Err(fault) if matches!(fault.kind, FaultKind::NotFound | FaultKind::Refused) => Ok(None),
        Err(fault) => Err(fault),
    }
}
