//! The ruling of the rules on one target.

use super::GuardEffect;
use crate::domain::Reason;

/// The decision of the rules on one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// Why it is left out, if it is.
    pub denied: Option<Reason>,
    /// The required confirmation: [`GuardEffect::Confirm`], [`GuardEffect::TypeName`] or
    /// [`GuardEffect::TypeAccount`].
    pub effect: GuardEffect,
    /// Why it is required.
    pub reasons: Vec<Reason>,
    /// The positions of the limits it counts for.
    pub(super) limits: Vec<usize>,
}

impl Default for Ruling {
    fn default() -> Self {
        Self {
            denied: None,
            effect: GuardEffect::Confirm,
            reasons: Vec::new(),
            limits: Vec::new(),
        }
    }
}

impl Ruling {
    /// The ruling on a resource that is no longer in the inventory: the typed name, if there are
    /// rules that could have matched it.
    pub(super) fn unseen(guarded: bool) -> Self {
        let mut ruling = Self::default();
        if guarded {
            ruling.escalate(GuardEffect::TypeName, Reason::new("it is no longer listed"));
        }
        ruling
    }

    /// Applies the rule that matches.
    pub(super) fn decide(&mut self, effect: GuardEffect, why: Reason) {
        match effect {
            GuardEffect::Deny => self.denied = Some(why),
            other => self.escalate(other, why),
        }
    }

    /// Applies a rule that may match, because `what` of the row is unknown.
    pub(super) fn doubt(&mut self, effect: GuardEffect, what: &str) {
        let why = Reason::new(not_known(what));
        self.escalate(
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
        if weight(other.effect) > weight(self.effect) {
            other
                .reasons
                .iter()
                .for_each(|why| self.escalate(other.effect, of(why)));
        }
        let new: Vec<usize> = other
            .limits
            .into_iter()
            .filter(|place| !self.limits.contains(place))
            .collect();
        self.limits.extend(new);
    }

    fn escalate(&mut self, effect: GuardEffect, why: Reason) {
        if weight(effect) > weight(self.effect) {
            self.effect = effect;
            self.reasons.clear();
        }
        if weight(effect) == weight(self.effect) && !self.reasons.contains(&why) {
            self.reasons.push(why);
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
