//! Carry this plan out? Default No; the plan is frozen and expires.
//!
//! Must not know how a plan is made or carried out.

use super::super::input::Field;
use crate::domain::{
    Confirmed, Plan, Stamp, Verb,
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
    /// What has no way back wants its name typed: no key alone is a yes.
    pub typed: Option<Typed>,
}

/// What must be typed, and what is.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The name of the one resource, or `delete 3 resources`.
    pub wanted: String,
    /// The answer so far.
    pub field: Field,
    /// It was sent and is not what is wanted.
    pub wrong: bool,
}

impl Typed {
    fn new(plan: &Plan) -> Self {
        let wanted = match plan.targets.as_slice() {
            [one] if !one.name.trim().is_empty() => Field::new(&one.name).text().trim().to_owned(),
            [one] => one.key.id.to_string(),
            many => format!("{} {} resources", plan.verb, many.len()),
        };
        Self { wanted, field: Field::default(), wrong: false }
    }

    /// Whether it is what is wanted.
    pub fn fits(&self) -> bool {
        self.field.text().trim() == self.wanted
    }
}

impl Confirm {
    /// Asks about `plan`.
    pub fn new(plan: Plan) -> Self {
        let typed = (plan.verb == Verb::Delete).then(|| Typed::new(&plan));
        Self { plan, yes: false, scroll: 0, shown: false, typed }
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
