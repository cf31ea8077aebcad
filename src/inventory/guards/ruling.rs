//! What the rules say of one target.

use super::GuardEffect;
use crate::domain::Reason;

/// What comes of one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// Why it is left out, if it is.
    pub denied: Option<Reason>,
    /// What counts as a yes: [`GuardEffect::Confirm`], [`GuardEffect::TypeName`] or [`GuardEffect::TypeAccount`].
    pub demand: GuardEffect,
    /// Why that much.
    pub because: Vec<Reason>,
    /// The places of the limits it counts for.
    pub(super) limits: Vec<usize>,
}

impl Default for Ruling {
    fn default() -> Self {
        Self {
            denied: None,
            demand: GuardEffect::Confirm,
            because: Vec::new(),
            limits: Vec::new(),
        }
    }
}

impl Ruling {
    /// A resource that is not in the world any more: its name, if there are rules that could have
    /// been about it.
    pub(super) fn unseen(guarded: bool) -> Self {
        let mut ruling = Self::default();
        if guarded {
            ruling.raise(GuardEffect::TypeName, Reason::new("it is no longer listed"));
        }
        ruling
    }

    /// The rule that decides.
    pub(super) fn decide(&mut self, effect: GuardEffect, why: Reason) {
        match effect {
            GuardEffect::Deny => self.denied = Some(why),
            other => self.raise(other, why),
        }
    }

    /// A guard that may match: `what` of the row is unknown.
    pub(super) fn doubt(&mut self, effect: GuardEffect, what: &str) {
        let why = Reason::new(not_known(what));
        self.raise(
            if effect == GuardEffect::TypeAccount {
                effect
            } else {
                GuardEffect::TypeName
            },
            why,
        );
    }

    /// Merges the ruling on a part of the blast radius: the stricter one wins.
    pub(super) fn join(&mut self, other: Self, what: &str) {
        let of = |why: &Reason| Reason::new(format!("{why}; {what}"));
        if self.denied.is_none() {
            self.denied = other.denied.as_ref().map(of);
        }
        if weight(other.demand) > weight(self.demand) {
            other
                .because
                .iter()
                .for_each(|why| self.raise(other.demand, of(why)));
        }
        let new: Vec<usize> = other
            .limits
            .into_iter()
            .filter(|place| !self.limits.contains(place))
            .collect();
        self.limits.extend(new);
    }

    fn raise(&mut self, effect: GuardEffect, why: Reason) {
        if weight(effect) > weight(self.demand) {
            self.demand = effect;
            self.because.clear();
        }
        if weight(effect) == weight(self.demand) && !self.because.contains(&why) {
            self.because.push(why);
        }
    }
}

/// `its tags are not known`
pub(super) fn not_known(what: &str) -> String {
    let is = if what.ends_with("tags") { "are" } else { "is" };
    format!("its {what} {is} unknown")
}

fn weight(effect: GuardEffect) -> u8 {
    match effect {
        GuardEffect::Confirm | GuardEffect::Deny | GuardEffect::MaxBulk(_) => 0,
        GuardEffect::TypeName => 1,
        GuardEffect::TypeAccount => 2,
    }
}
