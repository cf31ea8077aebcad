//! A cache of tags that AWS lists for one resource at a time: read once, and renewed slowly. Where
//! AWS denies the service's own request, the cache uses the Resource Groups Tagging API.

use super::context::{push_fault, run_bounded};
use crate::collectors::Context;
use crate::{
    aws::tags,
    domain::{Fault, FaultKind, Measured, Tags, Timestamp, time::timestamp::seconds_between},
};
use std::{collections::HashMap, sync::Arc};

/// Seconds after which tags are read again.
const STALE: f64 = 600.0;
/// Seconds after which a denied request is tried again, while another one brings the tags.
const DENIED: f64 = 3_600.0;

/// Tags by ARN.
#[derive(Default)]
pub(crate) struct TagCache {
    known: HashMap<Arc<str>, CachedTags>,
    /// AWS denied the service's own request and allowed the Tagging API: the time and the denial.
    denied: Option<(Timestamp, Fault)>,
}

/// The tags of one resource as last read.
struct CachedTags {
    tags: Measured<Tags>,
    read: Timestamp,
    /// Why they could not be read.
    fault: Option<Fault>,
}

#[derive(Clone, Copy)]
enum Service {
    SageMaker,
    Bedrock,
}

type TagAnswer = (Arc<str>, Result<Tags, Fault>);

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
        self.known.get(arn).map_or_else(
            || Measured::unknown("tags not read yet"),
            |cached| cached.tags.clone(),
        )
    }

    async fn read(&mut self, cx: &Context, arns: Vec<Arc<str>>, service: Service) -> Vec<Fault> {
        let now = cx.clock.now();
        self.known.retain(|arn, _| arns.contains(arn));
        let mut due: Vec<Arc<str>> = arns
            .into_iter()
            .filter(|arn| {
                let changed = cx.session.recently_changed.take(arn);
                changed
                    || self
                        .known
                        .get(arn)
                        .is_none_or(|cached| seconds_between(cached.read, now) > STALE)
            })
            .collect();
        if due.is_empty() {
            return self.faults(Vec::new());
        }
        let known = self.denied.take();
        let mut denied = known.filter(|(at, _)| seconds_between(*at, now) <= DENIED);
        let mut answers = Vec::new();
        if denied.is_none() {
            // One resource shows whether the request is allowed at all.
            let probe = if self.known.is_empty() { 1 } else { due.len() };
            let rest = due.split_off(probe.min(due.len()));
            answers = ask(cx, std::mem::replace(&mut due, rest), service).await;
            if !answers.iter().any(is_denied) {
                answers.extend(ask(cx, std::mem::take(&mut due), service).await);
            }
        }
        let (barred, answers): (Vec<TagAnswer>, Vec<TagAnswer>) =
            answers.into_iter().partition(is_denied);
        for (arn, answer) in barred {
            due.push(arn);
            denied = answer.err().map(|fault| (now, fault));
        }
        if let Some((at, fault)) = denied
            && self.read_many(cx, &due, &fault, now).await
        {
            self.denied = Some((at, fault));
        }
        let failed = self.keep(answers, now);
        self.faults(failed)
    }

    /// Reads the tags of `arns` from the Tagging API, because AWS `denied` the service's own
    /// request. Returns whether AWS allows the Tagging API.
    async fn read_many(
        &mut self,
        cx: &Context,
        arns: &[Arc<str>],
        denied: &Fault,
        now: Timestamp,
    ) -> bool {
        let batches = arns
            .chunks(tags::MAX_ARNS)
            .map(|batch| async move { (batch, tags::resources(&cx.session, batch).await) });
        let mut is_allowed = true;
        for (batch, answer) in run_bounded(batches.collect()).await {
            is_allowed &= answer.is_ok();
            for arn in batch {
                let (tags, fault) = match &answer {
                    Ok(found) => {
                        // It may have none, or be of a kind that is not listed there.
                        let why = "tag:GetResources lists no tags of it";
                        (Measured::or_why(found.get(arn).cloned(), why), None)
                    }
                    Err(_) => (unread(denied), Some(denied.clone())),
                };
                let read = now;
                let cached = CachedTags { tags, read, fault };
                self.known.insert(arn.clone(), cached);
            }
        }
        is_allowed
    }

    /// Keeps `answers`; returns the faults among them.
    fn keep(&mut self, answers: Vec<TagAnswer>, now: Timestamp) -> Vec<Fault> {
        let mut failed = Vec::new();
        for (arn, answer) in answers {
            let (tags, fault) = match answer {
                Ok(tags) => (Measured::Known(tags), None),
                Err(fault) => {
                    failed.push(fault.clone());
                    if !lasting(fault.kind) {
                        continue;
                    }
                    (unread(&fault), Some(fault))
                }
            };
            let read = now;
            self.known.insert(arn, CachedTags { tags, read, fault });
        }
        failed
    }

    /// One fault for all resources that failed alike. Unknown tags stay a fault until they are
    /// read.
    fn faults(&self, failed: Vec<Fault>) -> Vec<Fault> {
        let kept = self
            .known
            .values()
            .filter_map(|cached| cached.fault.clone());
        let mut faults: Vec<Fault> = Vec::new();
        for fault in failed.into_iter().chain(kept) {
            push_fault(&mut faults, fault);
        }
        faults
    }
}

/// Asks the service itself for the tags of each of `arns`.
async fn ask(cx: &Context, arns: Vec<Arc<str>>, service: Service) -> Vec<TagAnswer> {
    let requests = arns.into_iter().map(|arn| async move {
        let tags = match service {
            Service::SageMaker => tags::sagemaker(&cx.session, &arn).await,
            Service::Bedrock => tags::bedrock(&cx.session, &arn).await,
        };
        (arn, tags)
    });
    run_bounded(requests.collect()).await
}

fn is_denied((_, answer): &TagAnswer) -> bool {
    matches!(answer, Err(fault) if fault.kind == FaultKind::Denied)
}

fn unread(fault: &Fault) -> Measured<Tags> {
    Measured::unknown(format!("{}: {}", fault.operation, fault.kind.word()))
}

/// Whether an immediate repetition would have the same result.
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
