//! The confirm dialog. Default No; the plan does not change and expires.
//!
//! Its age is the larger of two: by the wall clock, which continues while the machine sleeps, and
//! by the time since the start of the run, which no user can set back.

use super::super::input::text_field::TextField;
use crate::domain::{
    ConfirmError, ConfirmLevel, ConfirmationAnswer, ConfirmedPlan, Plan, Preflight, ResourceKey,
    Timestamp, action::plan::PLAN_LIFE, time::timestamp::seconds_between,
};
use std::{collections::HashMap, time::Duration};

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
    pub drawn: ShownParts,
    /// The typed confirmation, where the confirm level requires one.
    pub typed: Option<TypedConfirmation>,
    /// The preflight checks of this plan.
    pub preflight: PreflightState,
    /// The scheduled time; `None`: now.
    pub due: Option<Timestamp>,
    /// The time since the start of the run at which it opened.
    opened: Duration,
}

/// A typed confirmation.
#[derive(Clone, Debug, Default)]
pub struct TypedConfirmation {
    /// The answer so far.
    pub field: TextField,
    /// The user submitted it and it does not match.
    pub wrong: bool,
}

impl ConfirmDialog {
    /// A dialog about `plan`, opened `uptime` after the start of the run.
    pub fn new(plan: Plan, uptime: Duration) -> Self {
        let typed = (plan.confirm_level != ConfirmLevel::Yes).then(TypedConfirmation::default);
        let preflight = if plan.operation.definition().affects_runtime {
            PreflightState::Reading
        } else {
            PreflightState::Read(HashMap::new())
        };
        Self {
            plan,
            yes: false,
            scroll: 0,
            drawn: ShownParts::Nothing,
            typed,
            preflight,
            due: None,
            opened: uptime,
        }
    }

    /// Whether the preflight checks are running.
    pub fn is_reading(&self) -> bool {
        self.preflight == PreflightState::Reading
    }

    /// Stores the preflight results; they are not drawn yet.
    pub fn set_preflight(&mut self, preflight: HashMap<ResourceKey, Preflight>) {
        self.set_state(PreflightState::Read(preflight));
    }

    fn set_state(&mut self, preflight: PreflightState) {
        self.preflight = preflight;
        if self.drawn == ShownParts::All {
            self.drawn = ShownParts::Question;
        }
    }

    /// Lets the preflight checks time out.
    pub fn tick(&mut self, now: Timestamp, uptime: Duration) {
        if self.is_reading() && self.age(now, uptime) > PATIENCE {
            self.set_state(PreflightState::Late);
        }
    }

    /// The preflight result of the target `key`.
    pub fn preflight_of(&self, key: &ResourceKey) -> Option<&Preflight> {
        match &self.preflight {
            PreflightState::Read(preflight) => preflight.get(key),
            PreflightState::Reading | PreflightState::Late => None,
        }
    }

    /// Seconds until the plan expires.
    pub fn seconds_left(&self, now: Timestamp, uptime: Duration) -> f64 {
        (PLAN_LIFE - self.age(now, uptime)).max(0.0)
    }

    /// Seconds since the plan was made.
    fn age(&self, now: Timestamp, uptime: Duration) -> f64 {
        let open = uptime.saturating_sub(self.opened).as_secs_f64();
        seconds_between(self.plan.made, now).max(open)
    }

    /// The confirmation so far.
    pub fn confirmation(&self) -> ConfirmationAnswer<'_> {
        self.typed
            .as_ref()
            .map_or(ConfirmationAnswer::Yes, |typed| {
                ConfirmationAnswer::Typed(typed.field.text())
            })
    }

    /// Whether the confirmation meets the confirm level.
    pub fn is_met(&self) -> bool {
        self.plan.confirm_level.is_met_by(self.confirmation())
    }

    /// Confirms the plan at `now`, `uptime` after the start of the run.
    pub fn confirm(self, now: Timestamp, uptime: Duration) -> Result<ConfirmedPlan, ConfirmError> {
        if self.age(now, uptime) > PLAN_LIFE {
            return Err(ConfirmError::Expired);
        }
        let answer = self
            .typed
            .as_ref()
            .map_or(ConfirmationAnswer::Yes, |typed| {
                ConfirmationAnswer::Typed(typed.field.text())
            });
        self.plan.confirm(answer, now)
    }
}
