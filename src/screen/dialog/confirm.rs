//! Carry this plan out? Default No; the plan is frozen and expires.
//!
//! Must not know how a plan is made or carried out.

use super::super::input::Field;
use crate::domain::{
    Answer, Confirmed, Demand, Key, NotConfirmed, Plan, Stamp, Survey, plan::PLAN_LIFE,
    time::seconds_between,
};
use std::collections::HashMap;

/// Seconds after which what may go wrong is no longer waited for.
const PATIENCE: f64 = 5.0;

/// What is known of what may go wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Facts {
    /// It is being read: no yes counts until it is there.
    Reading,
    /// What was read of each target.
    Read(HashMap<Key, Survey>),
    /// Nothing came in time.
    Late,
}

/// What of the question was on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing: what is pasted into a terminal without bracketed paste comes as keys, all at once.
    Nothing,
    /// The question, but not yet what may go wrong, which came up since.
    Question,
    /// All that is known.
    All,
}

/// The last question before an account is changed.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// What would be done, as it was when the dialog came up.
    pub plan: Plan,
    /// The answer that Enter gives. Starts as no.
    pub yes: bool,
    /// Lines of targets and requests scrolled out.
    pub scroll: usize,
    /// What of it was on the screen. Until all was, no yes counts.
    pub seen: Seen,
    /// Where the plan demands something typed: no key alone is a yes.
    pub typed: Option<Typed>,
    /// What may go wrong, read for this plan.
    pub facts: Facts,
    /// A yes is for this hour, not for now.
    pub later: Option<Stamp>,
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
        let typed = (plan.demand != Demand::Yes).then(Typed::default);
        let facts = if plan.verb.is_surveyed() {
            Facts::Reading
        } else {
            Facts::Read(HashMap::new())
        };
        Self {
            plan,
            yes: false,
            scroll: 0,
            seen: Seen::Nothing,
            typed,
            facts,
            later: None,
        }
    }

    /// Whether a yes has to wait for what may go wrong.
    pub fn is_reading(&self) -> bool {
        self.facts == Facts::Reading
    }

    /// What may go wrong was read. It has not been seen yet.
    pub fn surveyed(&mut self, facts: HashMap<Key, Survey>) {
        self.learnt(Facts::Read(facts));
    }

    fn learnt(&mut self, facts: Facts) {
        self.facts = facts;
        if self.seen == Seen::All {
            self.seen = Seen::Question;
        }
    }

    /// It is now this late: what was not read by now is not waited for any longer.
    pub fn tick(&mut self, now: Stamp) {
        if self.is_reading() && seconds_between(self.plan.made, now) > PATIENCE {
            self.learnt(Facts::Late);
        }
    }

    /// What was read of the target `key`.
    pub fn survey(&self, key: &Key) -> Option<&Survey> {
        match &self.facts {
            Facts::Read(facts) => facts.get(key),
            Facts::Reading | Facts::Late => None,
        }
    }

    /// Seconds in which it can still be answered with yes.
    pub fn left(&self, now: Stamp) -> f64 {
        (PLAN_LIFE - seconds_between(self.plan.made, now)).max(0.0)
    }

    /// What was answered so far.
    pub fn answer(&self) -> Answer<'_> {
        self.typed
            .as_ref()
            .map_or(Answer::Yes, |typed| Answer::Typed(typed.field.text()))
    }

    /// Whether that is the yes that is asked for.
    pub fn fits(&self) -> bool {
        self.plan.demand.met_by(self.answer())
    }

    /// The answer yes, at `now`.
    pub fn confirm(self, now: Stamp) -> Result<Confirmed, NotConfirmed> {
        let answer = self
            .typed
            .as_ref()
            .map_or(Answer::Yes, |typed| Answer::Typed(typed.field.text()));
        self.plan.confirm(answer, now)
    }
}
