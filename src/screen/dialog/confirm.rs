//! Carry this plan out? Default No; the plan is frozen and expires.
//!
//! Must not know how a plan is made or carried out.

use crate::domain::{
    Confirmed, Plan, Stamp,
    plan::{Expired, PLAN_LIFE},
    time::seconds_between,
};

/// The last question before an account is changed.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What would be done, as it was when the dialog came up.
    pub plan: Plan,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
    /// Lines of targets and requests scrolled out.
    pub scroll: usize,
    /// It was on the screen. Until then no yes counts: what is pasted into a terminal without bracketed paste comes as
    /// keys, all at once.
    pub shown: bool,
}

impl Confirm {
    /// Asks about `plan`.
    pub fn new(plan: Plan) -> Self {
        Self { plan, yes: false, scroll: 0, shown: false }
    }

    /// Seconds in which it can still be answered with yes.
    pub fn left(&self, now: Stamp) -> f64 {
        (PLAN_LIFE - seconds_between(self.plan.made, now)).max(0.0)
    }

    /// The answer yes, at `now`.
    pub fn confirm(self, now: Stamp) -> Result<Confirmed, Expired> {
        self.plan.confirm(now)
    }
}
