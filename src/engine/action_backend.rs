//! Hands made of AWS sessions: which session reaches a target, and nothing else.

use super::ActionBackend;
use crate::{
    aws::{Clock, Session, actions, preflight},
    domain::{Fault, FaultKind, ObservedState, Preflight, ResourceKey, Target},
};
use futures_util::future::join_all;
use std::{collections::BTreeSet, sync::Arc};
use tokio_util::sync::CancellationToken;

/// The sessions of a console that may change accounts.
#[derive(Clone)]
pub struct AwsBackend {
    sessions: Vec<Session>,
    closed: BTreeSet<Arc<str>>,
    clock: Clock,
}

impl AwsBackend {
    /// Hands that reach what `sessions` reach.
    pub fn new(sessions: Vec<Session>, clock: Clock) -> Self {
        Self {
            sessions,
            closed: BTreeSet::new(),
            clock,
        }
    }

    /// Without the sessions of these profiles: they are read-only.
    #[must_use]
    pub fn without(mut self, profiles: BTreeSet<Arc<str>>) -> Self {
        self.sessions
            .retain(|session| !profiles.contains(&session.place.profile));
        self.closed = profiles;
        self
    }

    /// Only the session that showed the row: same profile, account and region.
    fn of(&self, target: &Target) -> Result<&Session, Fault> {
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
    fn closed(&self) -> BTreeSet<Arc<str>> {
        self.closed.clone()
    }

    async fn look(&self, target: &Target) -> Result<ObservedState, Fault> {
        actions::describe(self.of(target)?, &target.call).await
    }

    fn who(&self, target: &Target) -> Result<Arc<str>, Fault> {
        let session = self.of(target)?;
        Ok(session
            .who
            .clone()
            .unwrap_or_else(|| format!("account {}", session.place.account).into()))
    }

    async fn carry_out(&self, target: &Target, stop: &CancellationToken) -> Result<(), Fault> {
        actions::carry_out_until(stop, self.of(target)?, &target.call).await
    }

    async fn survey(&self, targets: &[Target]) -> Vec<(ResourceKey, Preflight)> {
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
            self.of(target)
                .err()
                .map(|fault| (target.key.clone(), Preflight::unread(fault)))
        };
        facts.extend(targets.iter().filter_map(unreached));
        facts
    }
}
