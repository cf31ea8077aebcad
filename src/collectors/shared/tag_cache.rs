//! A cache of tags that AWS lists for one resource at a time: read once, and renewed slowly.

use super::context::run_bounded;
use crate::collectors::Context;
use crate::{
    aws::tags,
    domain::{Fault, FaultKind, Measured, Tags, Timestamp, time::timestamp::seconds_between},
};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which tags are read again.
const STALE: f64 = 600.0;

/// Tags by ARN.
#[derive(Default)]
pub(crate) struct TagCache(HashMap<Arc<str>, (Measured<Tags>, Timestamp)>);

#[derive(Clone, Copy)]
enum Service {
    SageMaker,
    Bedrock,
}

impl TagCache {
    /// Brings the tags of these SageMaker resources up to date, and forgets all others.
    pub(crate) async fn sagemaker(&mut self, cx: &Context, arns: Vec<Arc<str>>) -> Vec<Fault> {
        self.read(cx, arns, Service::SageMaker).await
    }

    /// Brings the tags of these Bedrock resources up to date, and forgets all others.
    pub(crate) async fn bedrock(&mut self, cx: &Context, arns: Vec<Arc<str>>) -> Vec<Fault> {
        self.read(cx, arns, Service::Bedrock).await
    }

    /// The tags of `arn` as last read.
    pub(crate) fn of(&self, arn: &str) -> Measured<Tags> {
        self.0.get(arn).map_or_else(
            || Measured::unknown("tags not read yet"),
            |(tags, _)| tags.clone(),
        )
    }

    async fn read(&mut self, cx: &Context, arns: Vec<Arc<str>>, service: Service) -> Vec<Fault> {
        let now = cx.clock.now();
        self.0.retain(|arn, _| arns.contains(arn));
        let due: Vec<Arc<str>> = arns
            .into_iter()
            .filter(|arn| {
                let changed = cx.session.recently_changed.take(arn);
                changed
                    || self
                        .0
                        .get(arn)
                        .is_none_or(|(_, read)| seconds_between(*read, now) > STALE)
            })
            .collect();
        let jobs = due.into_iter().map(|arn| async move {
            let tags = match service {
                Service::SageMaker => tags::sagemaker(&cx.session, &arn).await,
                Service::Bedrock => tags::bedrock(&cx.session, &arn).await,
            };
            (arn, tags)
        });
        let answers = run_bounded(jobs.collect()).await;
        let mut failed = Vec::new();
        for (arn, tags) in answers {
            match tags {
                Ok(tags) => drop(self.0.insert(arn, (Measured::Known(tags), now))),
                Err(fault) => {
                    if lasting(fault.kind) {
                        self.0.insert(
                            arn,
                            (
                                Measured::unknown(format!(
                                    "{}: {}",
                                    fault.operation,
                                    fault.kind.word()
                                )),
                                now,
                            ),
                        );
                    }
                    failed.push(fault);
                }
            }
        }
        self.faults(failed)
    }

    /// One fault for all resources that failed alike. Unknown tags stay a fault until they are
    /// read.
    fn faults(&self, failed: Vec<Fault>) -> Vec<Fault> {
        let mut faults: Vec<Fault> = Vec::new();
        for fault in failed {
            if !faults
                .iter()
                .any(|seen| seen.kind == fault.kind && seen.operation == fault.operation)
            {
                faults.push(fault);
            }
        }
        if faults.is_empty()
            && let Some(why) = self.0.values().find_map(|(tags, _)| tags.why())
        {
            let (operation, words) = why.0.rsplit_once(": ").unwrap_or(("ListTags", &why.0));
            let kind = if words == FaultKind::Denied.word() {
                FaultKind::Denied
            } else {
                FaultKind::Unavailable
            };
            faults.push(Fault::new(kind, operation, "tags could not be read"));
        }
        faults
    }
}

/// Asking again at once would bring the same answer.
fn lasting(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Denied
            | FaultKind::Unavailable
            | FaultKind::Refused
            | FaultKind::Broken
            | FaultKind::Service
    )
}
