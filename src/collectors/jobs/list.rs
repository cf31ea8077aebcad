//! Lists SageMaker jobs: those that run, and those created lately. No list is filtered by the time
//! of the last change: AWS scans for it, and returns many empty pages (aws/aws-cli issue 7596).

use crate::aws::Api;
use crate::collectors::Context;
use crate::{
    aws::{convert::time, paging::read_pages},
    domain::{Fault, JobKind, Timestamp},
};
use std::sync::Arc;

/// Which jobs a list has.
#[derive(Clone, Copy)]
pub(super) enum JobFilter {
    /// All in progress, however old.
    Running,
    /// Those created since then.
    Created(Timestamp),
}

/// A SageMaker job as its list shows it.
#[derive(Clone, Debug)]
pub(super) struct JobSummary {
    pub kind: JobKind,
    pub name: Arc<str>,
    pub status: Arc<str>,
    pub created: Option<Timestamp>,
    /// When its status changed.
    pub modified: Option<Timestamp>,
}

/// The SageMaker jobs of a kind, newest first. On a fault, the jobs that were read before it.
pub(super) async fn list(
    cx: &Context,
    kind: JobKind,
    which: JobFilter,
) -> (Vec<JobSummary>, Option<Fault>) {
    match kind {
        JobKind::Processing => processing(cx, which).await,
        JobKind::Transform => transform(cx, which).await,
        JobKind::Tuning => tuning(cx, which).await,
        _ => training(cx, which).await,
    }
}

/// One list; the lists differ only in the names of their parts.
macro_rules! listing {
    (
        $list:ident: $kind:ident, $operation:expr, $request:ident,
        $items:ident { $name:ident, $status:ident }
    ) => {
        async fn $list(cx: &Context, which: JobFilter) -> (Vec<JobSummary>, Option<Fault>) {
            let request = cx
                .session
                .sagemaker
                .$request()
                .max_results(100)
                .sort_by("CreationTime".into())
                .sort_order("Descending".into());
            let request = match which {
                JobFilter::Running => request.status_equals("InProgress".into()),
                JobFilter::Created(since) => request.creation_time_after(time::date_time(since)),
            };
            let mut found = Vec::new();
            let pages = request.into_paginator().send();
            let read = read_pages($operation, pages, |page| {
                found.extend(page.$items().iter().filter_map(|job| {
                    Some(JobSummary {
                        kind: JobKind::$kind,
                        name: job.$name()?.into(),
                        status: job
                            .$status()
                            .map_or("unknown", |status| status.as_str())
                            .into(),
                        created: time::optional_timestamp(job.creation_time()),
                        modified: time::optional_timestamp(job.last_modified_time()),
                    })
                }));
            });
            let fault = read.await.err();
            (found, fault)
        }
    };
}

listing! {
    training: Training, Api::SageMakerListTrainingJobs, list_training_jobs,
    training_job_summaries { training_job_name, training_job_status }
}
listing! {
    processing: Processing, Api::SageMakerListProcessingJobs, list_processing_jobs,
    processing_job_summaries { processing_job_name, processing_job_status }
}
listing! {
    transform: Transform, Api::SageMakerListTransformJobs, list_transform_jobs,
    transform_job_summaries { transform_job_name, transform_job_status }
}
listing! {
    tuning: Tuning, Api::SageMakerListHyperParameterTuningJobs, list_hyper_parameter_tuning_jobs,
    hyper_parameter_tuning_job_summaries {
        hyper_parameter_tuning_job_name, hyper_parameter_tuning_job_status
    }
}
