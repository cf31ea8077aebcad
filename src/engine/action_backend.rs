//! The backend that changes accounts, and its implementation by AWS sessions.

use crate::{
    aws::{Clock, Session, actions, describe, preflight},
    domain::{
        ApiCall, Controller, Fault, FaultKind, ObservedState, Preflight, ResourceKey, Tags, Target,
        Timestamp, action::TagRoute, ops,
    },
};
use futures_util::future::join_all;
use std::{collections::BTreeSet, future::Future, sync::Arc};
use tokio_util::sync::CancellationToken;

/// Changes an account: a describe and a call for each target. A read-only session has no backend.
pub trait ActionBackend: Send + Sync + 'static {
    /// Describes the target.
    fn describe(
        &self,
        target: &Target,
    ) -> impl Future<Output = Result<ObservedState, Fault>> + Send;

    /// The tags of the target, which `route` reads.
    fn tags(
        &self,
        _target: &Target,
        route: &TagRoute,
    ) -> impl Future<Output = Result<Tags, Fault>> + Send {
        let fault = Fault::new(
            FaultKind::Unavailable,
            "spendtop:act",
            format!("{route:?} reads no tags here"),
        );
        std::future::ready(Err(fault))
    }

    /// The ARN of the identity that the target's call is made with. The fault says why no session
    /// reaches the target.
    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault>;

    /// Makes the target's call, once; after `stop` it sends no further request of it. A fault names
    /// the request that failed.
    fn execute(
        &self,
        target: &Target,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Ids of the machines of `controller` that were started since `since`, oldest first.
    fn started_since(
        &self,
        _target: &Target,
        _controller: &Controller,
        _since: Timestamp,
    ) -> impl Future<Output = Result<Vec<Arc<str>>, Fault>> + Send {
        std::future::ready(Ok(Vec::new()))
    }

    /// Profiles that this backend does not change.
    fn read_only_profiles(&self) -> BTreeSet<Arc<str>> {
        BTreeSet::new()
    }

    /// Runs the preflight checks of `targets`; reads only.
    fn preflight(
        &self,
        targets: &[Target],
    ) -> impl Future<Output = Vec<(ResourceKey, Preflight)>> + Send {
        let nothing = targets
            .iter()
            .map(|target| (target.key.clone(), Preflight::default()))
            .collect();
        std::future::ready(nothing)
    }
}

impl<B: ActionBackend> ActionBackend for Arc<B> {
    fn describe(
        &self,
        target: &Target,
    ) -> impl Future<Output = Result<ObservedState, Fault>> + Send {
        B::describe(self, target)
    }
    fn tags(
        &self,
        target: &Target,
        route: &TagRoute,
    ) -> impl Future<Output = Result<Tags, Fault>> + Send {
        B::tags(self, target, route)
    }
    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault> {
        B::principal(self, target)
    }
    fn execute(
        &self,
        target: &Target,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<(), Fault>> + Send {
        B::execute(self, target, stop)
    }
    fn started_since(
        &self,
        target: &Target,
        controller: &Controller,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<Arc<str>>, Fault>> + Send {
        B::started_since(self, target, controller, since)
    }
    fn read_only_profiles(&self) -> BTreeSet<Arc<str>> {
        B::read_only_profiles(self)
    }
    fn preflight(
        &self,
        targets: &[Target],
    ) -> impl Future<Output = Vec<(ResourceKey, Preflight)>> + Send {
        B::preflight(self, targets)
    }
}

/// The AWS sessions that may change accounts.
#[derive(Clone)]
pub struct AwsBackend {
    sessions: Vec<Session>,
    read_only: BTreeSet<Arc<str>>,
    clock: Clock,
}

impl AwsBackend {
    /// A backend for the accounts and regions of `sessions`.
    pub fn new(sessions: Vec<Session>, clock: Clock) -> Self {
        Self {
            sessions,
            read_only: BTreeSet::new(),
            clock,
        }
    }

    /// The backend without the sessions of these profiles, which are read-only.
    #[must_use]
    pub fn without(mut self, profiles: BTreeSet<Arc<str>>) -> Self {
        self.sessions
            .retain(|session| !profiles.contains(&session.place.profile));
        self.read_only = profiles;
        self
    }

    /// The session that the row came from: same profile, account and region.
    fn session(&self, target: &Target) -> Result<&Session, Fault> {
        self.sessions
            .iter()
            .find(|session| reaches(session, target))
            .ok_or_else(|| {
                let place = format!(
                    "no session reaches account {} in {}",
                    target.key.account, target.key.region
                );
                Fault::new(FaultKind::Refused, "spendtop:act", place)
            })
    }
}

fn reaches(session: &Session, target: &Target) -> bool {
    let place = &session.place;
    place.profile == target.profile
        && place.account == target.key.account
        && place.region == target.key.region
}

impl ActionBackend for AwsBackend {
    fn read_only_profiles(&self) -> BTreeSet<Arc<str>> {
        self.read_only.clone()
    }

    async fn describe(&self, target: &Target) -> Result<ObservedState, Fault> {
        actions::describe(self.session(target)?, &target.call).await
    }

    async fn tags(&self, target: &Target, route: &TagRoute) -> Result<Tags, Fault> {
        // The describe request of a tag operation reads the tags.
        let call = ApiCall::Tag(ops::tag::Call {
            route: route.clone(),
            set: Tags::new(),
            remove: Vec::new(),
        });
        let observed = actions::describe(self.session(target)?, &call).await?;
        Ok(observed.tags.unwrap_or_default())
    }

    fn principal(&self, target: &Target) -> Result<Arc<str>, Fault> {
        let session = self.session(target)?;
        Ok(session
            .who
            .clone()
            .unwrap_or_else(|| format!("account {}", session.place.account).into()))
    }

    async fn execute(&self, target: &Target, stop: &CancellationToken) -> Result<(), Fault> {
        actions::execute_until(stop, self.session(target)?, &target.call).await
    }

    async fn started_since(
        &self,
        target: &Target,
        controller: &Controller,
        since: Timestamp,
    ) -> Result<Vec<Arc<str>>, Fault> {
        describe::started_since(self.session(target)?, controller, since).await
    }

    async fn preflight(&self, targets: &[Target]) -> Vec<(ResourceKey, Preflight)> {
        let (limits, now) = (preflight::PreflightLimits::start(), self.clock.now());
        let reached = self.sessions.iter().map(|session| {
            let theirs: Vec<&Target> = targets
                .iter()
                .filter(|target| reaches(session, target))
                .collect();
            let limits = &limits;
            async move { preflight::facts(session, &theirs, limits, now).await }
        });
        let mut facts: Vec<(ResourceKey, Preflight)> =
            join_all(reached).await.into_iter().flatten().collect();
        let unreached = |target: &Target| {
            self.session(target)
                .err()
                .map(|fault| (target.key.clone(), Preflight::unread(fault)))
        };
        facts.extend(targets.iter().filter_map(unreached));
        facts
    }
}
