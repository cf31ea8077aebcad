//! Carry this plan out? Default No; the plan is frozen and expires.

use super::super::input::text_field::TextField;
use crate::domain::{
    ConfirmError, ConfirmLevel, Confirmation, ConfirmedPlan, Plan, Preflight, ResourceKey,
    Timestamp, action::plan::PLAN_LIFE, time::timestamp::seconds_between,
};
use std::collections::HashMap;

/// Seconds after which what may go wrong is no longer waited for.
const PATIENCE: f64 = 5.0;

/// What is known of what may go wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum PreflightState {
    /// It is being read: no yes counts until it is there.
    Reading,
    /// What was read of each target.
    Read(HashMap<ResourceKey, Preflight>),
    /// Nothing came in time.
    Late,
}

/// What of the question was on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownParts {
    /// Nothing: what is pasted into a terminal without bracketed paste comes as keys, all at once.
    Nothing,
    /// The question, but not yet what may go wrong, which came up since.
    Question,
    /// All that is known.
    All,
}

/// The last question before an account is changed.
#[derive(Clone, Debug)]
pub struct ConfirmDialog {
    /// What would be done, as it was when the dialog came up.
    pub plan: Plan,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
    /// Lines of targets and requests scrolled out.
    pub scroll: usize,
    /// What of it was on the screen. Until all was, no yes counts.
    pub seen: ShownParts,
    /// Where the plan demands something typed: no key alone is a yes.
    pub typed: Option<TypedConfirmation>,
    /// What may go wrong, read for this plan.
    pub facts: PreflightState,
    /// A yes is for this hour, not for now.
    pub later: Option<Timestamp>,
}

/// What is typed as the answer.
#[derive(Clone, Debug, Default)]
pub struct TypedConfirmation {
    /// The answer so far.
    pub field: TextField,
    /// It was sent and is not what is wanted.
    pub wrong: bool,
}

impl ConfirmDialog {
    /// Asks about `plan`.
    pub fn new(plan: Plan) -> Self {
        let typed = (plan.demand != ConfirmLevel::Yes).then(TypedConfirmation::default);
        let facts = if plan.operation.definition().affects_runtime {
            PreflightState::Reading
        } else {
            PreflightState::Read(HashMap::new())
        };
        Self {
            plan,
            yes: false,
            scroll: 0,
            seen: ShownParts::Nothing,
            typed,
            facts,
            later: None,
        }
    }

    /// Whether a yes has to wait for what may go wrong.
    pub fn is_reading(&self) -> bool {
        self.facts == PreflightState::Reading
    }

    /// What may go wrong was read. It has not been seen yet.
    pub fn surveyed(&mut self, facts: HashMap<ResourceKey, Preflight>) {
        self.learnt(PreflightState::Read(facts));
    }

    fn learnt(&mut self, facts: PreflightState) {
        self.facts = facts;
        if self.seen == ShownParts::All {
            self.seen = ShownParts::Question;
        }
    }

    /// It is now this late: what was not read by now is not waited for any longer.
    pub fn tick(&mut self, now: Timestamp) {
        if self.is_reading() && seconds_between(self.plan.made, now) > PATIENCE {
            self.learnt(PreflightState::Late);
        }
    }

    /// What was read of the target `key`.
    pub fn survey(&self, key: &ResourceKey) -> Option<&Preflight> {
        match &self.facts {
            PreflightState::Read(facts) => facts.get(key),
            PreflightState::Reading | PreflightState::Late => None,
        }
    }

    /// Seconds in which it can still be answered with yes.
    pub fn left(&self, now: Timestamp) -> f64 {
        (PLAN_LIFE - seconds_between(self.plan.made, now)).max(0.0)
    }

    /// What was answered so far.
    pub fn answer(&self) -> Confirmation<'_> {
        self.typed.as_ref().map_or(Confirmation::Yes, |typed| {
            Confirmation::Typed(typed.field.text())
        })
    }

    /// Whether that is the yes that is asked for.
    pub fn fits(&self) -> bool {
        self.plan.demand.met_by(self.answer())
    }

    /// The answer yes, at `now`.
    pub fn confirm(self, now: Timestamp) -> Result<ConfirmedPlan, ConfirmError> {
        let answer = self.typed.as_ref().map_or(Confirmation::Yes, |typed| {
            Confirmation::Typed(typed.field.text())
        });
        self.plan.confirm(answer, now)
    }
}
