//! Carry this plan out? Default No; the plan is frozen and expires.
//!
//! Must not know how a plan is made or carried out.

use super::super::input::Field;
use crate::domain::{Answer, Confirmed, Demand, NotConfirmed, Plan, Stamp, plan::PLAN_LIFE, time::seconds_between};

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
    /// Where the plan demands something typed: no key alone is a yes.
    pub typed: Option<Typed>,
}

/// What is typed as the answer.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The answer so far.
    pub field: Field,
    /// It was sent and is not what is wanted.
    pub wrong: bool,
}

impl Confirm {
    /// Asks about `plan`.
    pub fn new(plan: Plan) -> Self {
        let typed = matches!(plan.demand, Demand::Type(_)).then(Typed::default);
        Self { plan, yes: false, scroll: 0, shown: false, typed }
    }

    /// Seconds in which it can still be answered with yes.
    pub fn left(&self, now: Stamp) -> f64 {
        (PLAN_LIFE - seconds_between(self.plan.made, now)).max(0.0)
    }

    /// What was answered so far.
    pub fn answer(&self) -> Answer<'_> {
        self.typed.as_ref().map_or(Answer::Yes, |typed| Answer::Typed(typed.field.text()))
    }

    /// Whether that is the yes that is asked for.
    pub fn fits(&self) -> bool {
        self.plan.demand.met_by(self.answer())
    }

    /// The answer yes, at `now`.
    pub fn confirm(self, now: Stamp) -> Result<Confirmed, NotConfirmed> {
        let answer = self.typed.as_ref().map_or(Answer::Yes, |typed| Answer::Typed(typed.field.text()));
        self.plan.confirm(answer, now)
    }
}
