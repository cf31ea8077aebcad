//! Jobs of Bedrock: model customization and batch inference.

use super::cost::Job;
use crate::aws::Api;
use crate::collectors::{
    Context,
    shared::context::{ListOutcome, push_fault, run_bounded},
};
use crate::{
    aws::{
        convert::time::{add_seconds, date_time, optional_timestamp, timestamp},
        fault,
        paging::read_pages,
    },
    domain::{Fault, JobKind, Timestamp},
};
use aws_sdk_bedrock::types::{
    ModelCustomizationJobSummary, ModelInvocationJobInputDataConfig, ModelInvocationJobSummary,
};
use std::{collections::HashMap, sync::Arc};

/// Days looked back on.
const DAYS: i64 = 14;
/// Customization jobs described in one look.
const MAX_DESCRIBED: usize = 40;

/// The Bedrock jobs of the last days, as listed and described.
#[derive(Default)]
pub(super) struct BedrockJobs {
    customizations: Vec<Arc<Job>>,
    batches: Vec<Arc<Job>>,
    /// Data and failure of customization jobs, by ARN and status.
    told: HashMap<(Arc<str>, Arc<str>), CustomizationDetails>,
    seen: (bool, bool),
}

#[derive(Clone)]
struct CustomizationDetails {
    input: Option<Arc<str>>,
    failure: Option<Arc<str>>,
}

impl BedrockJobs {
    /// Lists both kinds, and adds how the lists ended to `lists`.
    pub(super) async fn read(
        &mut self,
        cx: &Context,
        now: Timestamp,
        lists: &mut ListOutcome,
        faults: &mut Vec<Fault>,
    ) {
        let since = add_seconds(now, -DAYS * 86_400);
        match customizations(cx, since).await {
            Ok(found) => {
                self.seen.0 = true;
                lists.add(&[], true);
                self.describe(cx, &found, faults).await;
                self.customizations = found
                    .iter()
                    .map(|one| Arc::new(self.customization(one)))
                    .collect();
            }
            Err(fault) => {
                lists.add(std::slice::from_ref(&fault), self.seen.0);
                push_fault(faults, fault);
            }
        }
        match batches(cx, since).await {
            Ok(found) => {
                self.seen.1 = true;
                lists.add(&[], true);
                self.batches = found.iter().map(|one| Arc::new(batch(one))).collect();
            }
            Err(fault) => {
                lists.add(std::slice::from_ref(&fault), self.seen.1);
                push_fault(faults, fault);
            }
        }
    }

    /// All of them, as last read.
    pub(super) fn jobs(&self) -> impl Iterator<Item = Arc<Job>> {
        self.customizations.iter().chain(&self.batches).cloned()
    }

    async fn describe(
        &mut self,
        cx: &Context,
        found: &[ModelCustomizationJobSummary],
        faults: &mut Vec<Fault>,
    ) {
        let id = |one: &ModelCustomizationJobSummary| {
            (Arc::from(one.job_arn()), Arc::from(one.status().as_str()))
        };
        self.told
            .retain(|known, _| found.iter().any(|one| id(one) == *known));
        let due = found
            .iter()
            .map(id)
            .filter(|id| !self.told.contains_key(id))
            .take(MAX_DESCRIBED);
        let jobs = due.map(|id| async move {
            let answer = cx
                .session
                .bedrock
                .get_model_customization_job()
                .job_identifier(id.0.as_ref())
                .send()
                .await;
            let answer = answer
                .map_err(|error| fault::from_sdk(Api::BedrockGetModelCustomizationJob, &error));
            (id, answer)
        });
        for (id, answer) in run_bounded(jobs.collect()).await {
            match answer {
                Ok(told) => {
                    let input = told
                        .training_data_config()
                        .and_then(|data| data.s3_uri())
                        .map(Arc::from);
                    self.told.insert(
                        id,
                        CustomizationDetails {
                            input,
                            failure: told.failure_message().map(Arc::from),
                        },
                    );
                }
                Err(fault) => push_fault(faults, fault),
            }
        }
    }

    fn customization(&self, one: &ModelCustomizationJobSummary) -> Job {
        let told = self
            .told
            .get(&(Arc::from(one.job_arn()), Arc::from(one.status().as_str())));
        let created = timestamp(one.creation_time());
        Job {
            id: short(one.job_arn()),
            arn: one.job_arn().parse().ok(),
            phase: one.customization_type().map(|sort| sort.as_str().into()),
            created,
            started: trained_since(one).or(created),
            ended: optional_timestamp(one.end_time()),
            failure: told.and_then(|told| told.failure.clone()),
            image: Some(short(one.base_model_arn())),
            inputs: told
                .and_then(|told| told.input.clone())
                .into_iter()
                .collect(),
            ..Job::new(
                JobKind::Customization,
                one.job_name(),
                one.status().as_str(),
            )
        }
    }
}

/// When the training of a customization job began, after its data was checked.
fn trained_since(one: &ModelCustomizationJobSummary) -> Option<Timestamp> {
    let training = one.status_details()?.training_details()?;
    optional_timestamp(training.creation_time())
}

/// The last part of an ARN.
fn short(arn: &str) -> Arc<str> {
    arn.rsplit('/').next().unwrap_or(arn).into()
}

fn batch(one: &ModelInvocationJobSummary) -> Job {
    let created = timestamp(one.submit_time());
    let ended = optional_timestamp(one.end_time());
    let input = match one.input_data_config() {
        Some(ModelInvocationJobInputDataConfig::S3InputDataConfig(s3)) => {
            Some(Arc::from(s3.s3_uri()))
        }
        _ => None,
    };
    let phase = one.total_record_count().map(|total| {
        format!(
            "{}/{total} records",
            one.processed_record_count().unwrap_or(0)
        )
        .into()
    });
    Job {
        id: short(one.job_arn()),
        arn: one.job_arn().parse().ok(),
        phase,
        created,
        started: created,
        ended,
        limit: one
            .timeout_duration_in_hours()
            .map(|hours| f64::from(hours) * 3600.0),
        failure: one.message().map(Arc::from),
        image: Some(short(one.model_id())),
        inputs: input.into_iter().collect(),
        ..Job::new(
            JobKind::BatchInference,
            one.job_name(),
            one.status().map_or("unknown", |status| status.as_str()),
        )
    }
}

async fn customizations(
    cx: &Context,
    since: Timestamp,
) -> Result<Vec<ModelCustomizationJobSummary>, Fault> {
    let request = cx
        .session
        .bedrock
        .list_model_customization_jobs()
        .creation_time_after(date_time(since))
        .max_results(100);
    let pages = request
        .sort_by("CreationTime".into())
        .sort_order("Descending".into())
        .into_paginator()
        .send();
    let mut found = Vec::new();
    read_pages(Api::BedrockListModelCustomizationJobs, pages, |page| {
        found.extend_from_slice(page.model_customization_job_summaries());
    })
    .await?;
    Ok(found)
}

async fn batches(cx: &Context, since: Timestamp) -> Result<Vec<ModelInvocationJobSummary>, Fault> {
    let request = cx
        .session
        .bedrock
        .list_model_invocation_jobs()
        .submit_time_after(date_time(since))
        .max_results(100);
    let pages = request
        .sort_by("CreationTime".into())
        .sort_order("Descending".into())
        .into_paginator()
        .send();
    let mut found = Vec::new();
    read_pages(Api::BedrockListModelInvocationJobs, pages, |page| {
        found.extend_from_slice(page.invocation_job_summaries());
    })
    .await?;
    Ok(found)
}
