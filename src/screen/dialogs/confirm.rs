//! The confirm dialog. Default No; the plan does not change and expires.

use super::super::input::text_field::TextField;
use crate::domain::{
    ConfirmError, ConfirmLevel, Confirmation, ConfirmedPlan, Plan, Preflight, ResourceKey,
    Timestamp, action::plan::PLAN_LIFE, time::timestamp::seconds_between,
};
use std::collections::HashMap;

/// Seconds after which the preflight checks time out.
const PATIENCE: f64 = 5.0;

/// The state of the preflight checks.
#[derive(Clone, Debug, PartialEq)]
pub enum PreflightState {
    /// Running: confirm is disabled.
    Reading,
    /// Done: the result of each target.
    Read(HashMap<ResourceKey, Preflight>),
    /// Timed out.
    Late,
}

/// The parts of the dialog that were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownParts {
    /// Nothing: pasted text may arrive as keys before the first frame.
    Nothing,
    /// The plan, but not the preflight results that arrived since.
    Question,
    /// Everything.
    All,
}

/// The state of the dialog.
#[derive(Clone, Debug)]
pub struct ConfirmDialog {
    /// The plan, as it was when the dialog opened.
    pub plan: Plan,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
    /// Lines of targets and requests scrolled out.
    pub scroll: usize,
    /// The parts that were drawn. Until all were, confirm is disabled.
    pub seen: ShownParts,
    /// The typed confirmation, where the confirm level requires one.
    pub typed: Option<TypedConfirmation>,
    /// The preflight checks of this plan.
    pub facts: PreflightState,
    /// The scheduled time; `None`: now.
    pub later: Option<Timestamp>,
}

/// A typed confirmation.
#[derive(Clone, Debug, Default)]
pub struct TypedConfirmation {
    /// The answer so far.
    pub field: TextField,
    /// It was sent and does not match.
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

    /// Whether the preflight checks are running.
    pub fn is_reading(&self) -> bool {
        self.facts == PreflightState::Reading
    }

    /// Stores the preflight results; they are not drawn yet.
    pub fn surveyed(&mut self, facts: HashMap<ResourceKey, Preflight>) {
        self.learnt(PreflightState::Read(facts));
    }

    fn learnt(&mut self, facts: PreflightState) {
        self.facts = facts;
        if self.seen == ShownParts::All {
            self.seen = ShownParts::Question;
        }
    }

    /// Lets the preflight checks time out at `now`.
    pub fn tick(&mut self, now: Timestamp) {
        if self.is_reading() && seconds_between(self.plan.made, now) > PATIENCE {
            self.learnt(PreflightState::Late);
        }
    }

    /// The preflight result of the target `key`.
    pub fn survey(&self, key: &ResourceKey) -> Option<&Preflight> {
        match &self.facts {
            PreflightState::Read(facts) => facts.get(key),
            PreflightState::Reading | PreflightState::Late => None,
        }
    }

    /// Seconds until the plan expires.
    pub fn left(&self, now: Timestamp) -> f64 {
        (PLAN_LIFE - seconds_between(self.plan.made, now)).max(0.0)
    }

    /// The confirmation so far.
    pub fn answer(&self) -> Confirmation<'_> {
        self.typed.as_ref().map_or(Confirmation::Yes, |typed| {
            Confirmation::Typed(typed.field.text())
        })
    }

    /// Whether the confirmation meets the confirm level.
    pub fn fits(&self) -> bool {
        self.plan.demand.met_by(self.answer())
    }

    /// Confirms the plan at `now`.
    pub fn confirm(self, now: Timestamp) -> Result<ConfirmedPlan, ConfirmError> {
        let answer = self.typed.as_ref().map_or(Confirmation::Yes, |typed| {
            Confirmation::Typed(typed.field.text())
        });
        self.plan.confirm(answer, now)
    }
}
