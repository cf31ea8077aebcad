//! Hands made of AWS sessions: which session reaches a target, and nothing else.
//!
//! Must not know what a call does: `aws::reads` looks, `aws::writes` changes.

use super::Hands;
use crate::{
    aws::{Session, reads, writes},
    domain::{Fault, FaultKind, Look, Target},
};
use std::sync::Arc;

/// The sessions of a console that may change accounts.
#[derive(Clone, Debug)]
pub struct AwsHands(Vec<Session>);

impl AwsHands {
    /// Hands that reach what `sessions` reach.
    pub fn new(sessions: Vec<Session>) -> Self {
        Self(sessions)
    }

    /// Only the session that showed the row: same profile, account and region.
    fn of(&self, target: &Target) -> Result<&Session, Fault> {
        let reaches = |session: &&Session| {
            let place = &session.place;
            place.profile == target.profile && place.account == target.key.account && place.region == target.key.region
        };
        self.0.iter().find(reaches).ok_or_else(|| {
            let place = format!("no session reaches account {} in {}", target.key.account, target.key.region);
            Fault::new(FaultKind::Refused, "spendtop:act", place)
        })
    }
}

impl Hands for AwsHands {
    async fn look(&self, target: &Target) -> Result<Look, Fault> {
        reads::look(self.of(target)?, &target.call, &target.key).await
    }

    fn who(&self, target: &Target) -> Result<Arc<str>, Fault> {
        let place = &self.of(target)?.place;
        Ok(format!("account {}", place.account).into())
    }

    async fn carry_out(&self, target: &Target) -> Result<(), Fault> {
        writes::carry_out(self.of(target)?, &target.call).await
    }
}
