//! A cache of tags, read once and renewed slowly: of a hundred resources at a time from the
//! Resource Groups Tagging API, of one at a time from its own service.
//!
//! The Tagging API omits resources that never had tags, and those of kinds that it does not serve
//! (API Reference, GetResources, and the user guide's list of supported services); no answer tells
//! one from the other. So the service itself is asked for each resource that is omitted, again
//! after an hour; once a resource of the same kind was listed, an omitted one without tags still
//! has none.

use super::context::{push_fault, run_bounded};
use crate::collectors::Context;
use crate::{
    aws::tags,
    domain::{Fault, FaultKind, Measured, Tags, Timestamp, time::timestamp::seconds_between},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Seconds after which tags are read again.
const STALE: f64 = 600.0;
/// Seconds after which the service itself is asked again for the tags of a resource.
const OWN_STALE: f64 = 3_600.0;
/// Seconds after which a denied request is tried again, while another one brings the tags.
const DENIED: f64 = 3_600.0;

/// Tags by ARN.
#[derive(Default)]
pub(crate) struct TagCache {
    known: HashMap<Arc<str>, CachedTags>,
    /// When the Tagging API refused to answer.
    refused: Option<Timestamp>,
    /// The kinds of resources that it listed.
    listed: HashSet<Arc<str>>,
    /// When AWS denied the service's own request, and the denial.
    denied: Option<(Timestamp, Fault)>,
}

/// The tags of one resource as last read.
struct CachedTags {
    tags: Measured<Tags>,
    read: Timestamp,
    /// When its service answered.
    own: Option<Timestamp>,
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
        let is_denied = self.denied.is_some();
        let (mut own, mut due) = (Vec::new(), Vec::new());
        for arn in arns {
            let cached = self.known.get(&arn);
            let is_stale = cached.is_none_or(|cached| seconds_between(cached.read, now) > STALE);
            match cx.session.recently_changed.take(&arn) {
                // The Tagging API may know of a change later than the service.
                true if !is_denied => own.push(arn),
                is_changed if is_changed || is_stale => due.push(arn),
                _ => {}
            }
        }
        for arn in self.find(cx, due, now).await {
            let Some(cached) = self.known.get_mut(&arn) else {
                own.push(arn);
                continue;
            };
            let is_bare = cached.tags.known().is_some_and(Tags::is_empty);
            let is_listed = self.listed.contains(kind(&arn));
            let asked = cached.own.map(|own| seconds_between(own, now));
            if is_bare && is_listed || asked.is_some_and(|age| age <= OWN_STALE) {
                cached.read = now;
            } else {
                own.push(arn);
            }
        }
        let failed = self.ask(cx, own, service, now).await;
        self.faults(failed)
    }

    /// Reads the tags of `arns` from the Tagging API; returns those that it omits.
    async fn find(&mut self, cx: &Context, arns: Vec<Arc<str>>, now: Timestamp) -> Vec<Arc<str>> {
        let is_recent = |at: &Timestamp| seconds_between(*at, now) <= DENIED;
        self.refused = self.refused.filter(is_recent);
        let mut omitted = Vec::new();
        // The first batch shows whether the request is allowed at all.
        let (first, rest) = arns.split_at(arns.len().min(tags::MAX_ARNS));
        for part in [first, rest] {
            if self.refused.is_some() {
                omitted.extend_from_slice(part);
                continue;
            }
            let batches = part
                .chunks(tags::MAX_ARNS)
                .map(|batch| async move { (batch, tags::resources(&cx.session, batch).await) });
            for (batch, answer) in run_bounded(batches.collect()).await {
                if let Err(fault) = &answer
                    && lasting(fault.kind)
                {
                    self.refused = Some(now);
                }
                let mut found = answer.unwrap_or_default();
                for arn in batch {
                    match found.remove(arn) {
                        Some(tags) => {
                            self.listed.insert(kind(arn).into());
                            self.keep(arn.clone(), Measured::Known(tags), now, None);
                        }
                        None => omitted.push(arn.clone()),
                    }
                }
            }
        }
        omitted
    }

    /// Asks the service itself for the tags of `arns`; returns the faults.
    async fn ask(
        &mut self,
        cx: &Context,
        mut arns: Vec<Arc<str>>,
        service: Service,
        now: Timestamp,
    ) -> Vec<Fault> {
        let known = self.denied.take();
        self.denied = known.filter(|(at, _)| seconds_between(*at, now) <= DENIED);
        let mut failed = Vec::new();
        while !arns.is_empty() && self.denied.is_none() {
            // One resource shows whether the request is allowed at all.
            let has_asked = self.known.values().any(|cached| cached.own.is_some());
            let count = if has_asked { arns.len() } else { 1 };
            let rest = arns.split_off(count);
            for (arn, answer) in request(cx, std::mem::replace(&mut arns, rest), service).await {
                match answer {
                    Ok(tags) => self.keep(arn, Measured::Known(tags), now, Some(now)),
                    Err(fault) if fault.kind == FaultKind::Denied => {
                        self.denied = Some((now, fault));
                        arns.push(arn);
                    }
                    Err(fault) => {
                        failed.push(fault.clone());
                        if lasting(fault.kind) {
                            self.fail(arn, fault, now);
                        }
                    }
                }
            }
            if !failed.is_empty() {
                break;
            }
        }
        if let Some((_, denial)) = self.denied.clone() {
            for arn in arns {
                let cached = self.known.get(&arn).and_then(|cached| cached.tags.known());
                if self.refused.is_some() {
                    self.fail(arn, denial.clone(), now);
                } else if cached.is_some_and(|tags| !tags.is_empty()) {
                    // Changed just now, or omitted by mistake: the Tagging API is asked again.
                    self.known.remove(&arn);
                } else if self.listed.contains(kind(&arn)) {
                    self.keep(arn, Measured::Known(Tags::new()), now, None);
                } else {
                    // It may have none, or be of a kind that is not listed there.
                    let why = Measured::unknown("tag:GetResources lists no tags of it");
                    self.keep(arn, why, now, None);
                }
            }
        }
        failed
    }

    fn keep(
        &mut self,
        arn: Arc<str>,
        tags: Measured<Tags>,
        read: Timestamp,
        own: Option<Timestamp>,
    ) {
        let cached = CachedTags {
            tags,
            read,
            own,
            fault: None,
        };
        self.known.insert(arn, cached);
    }

    fn fail(&mut self, arn: Arc<str>, fault: Fault, now: Timestamp) {
        let cached = CachedTags {
            tags: Measured::unknown(format!("{}: {}", fault.operation, fault.kind.word())),
            read: now,
            own: None,
            fault: Some(fault),
        };
        self.known.insert(arn, cached);
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

/// The kind of the resource `arn`: its service, and the type in its name.
fn kind(arn: &str) -> &str {
    arn.split('/').next().unwrap_or(arn)
}

/// Asks the service itself for the tags of each of `arns`.
async fn request(cx: &Context, arns: Vec<Arc<str>>, service: Service) -> Vec<TagAnswer> {
    let requests = arns.into_iter().map(|arn| async move {
        let tags = match service {
            Service::SageMaker => tags::sagemaker(&cx.session, &arn).await,
            Service::Bedrock => tags::bedrock(&cx.session, &arn).await,
        };
        (arn, tags)
    });
    run_bounded(requests.collect()).await
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
