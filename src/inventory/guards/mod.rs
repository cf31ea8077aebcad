//! Guards: rules on every plan that deny targets or raise the confirm level.
//!
//! The rules are tried in their order on each target; the first match decides about it:
//!
//! | effect | result |
//! | --- | --- |
//! | `deny` | the target is left out, with the rule's reason |
//! | `confirm` | the confirm level of the operation itself |
//! | `type-name` | the user types the target's name (`stop 14 resources` for several) |
//! | `type-account` | the user types the account's id or alias; a plan over several accounts is refused |
//! | `max-bulk` | a limit: the whole plan is refused if it has more targets of this rule than `most` |
//!
//! - The strictest level of the targets is the plan's: `confirm` < `type-name` < `type-account`.
//! - `max-bulk` decides nothing about a single target, so the search continues after it: a limit
//!   never replaces another rule.
//! - An unknown value never weakens a rule: where a rule depends on tags, dollars or another value
//!   that is unknown, `deny` denies, the other effects require the typed name at least, and the
//!   search continues. A `confirm` that may not match is skipped. If only the alias of the account
//!   is unknown, which it may not even have, a `deny` requires the typed name.
//! - A guard never requires less than the operation itself: an irreversible operation requires the
//!   typed name under every rule.
//! - A call that changes more than its row is judged as a whole: if it also changes variants,
//!   components, nodes or tries, the strictest rule on any of them decides, and their dollars count
//!   together ([`crate::domain::ApiCall::blast_radius`]).
//! - The built-in rules come after the configured ones: production tags require the typed name for
//!   every operation but tag and feedback.

mod blast_radius;
mod builtin;
pub mod recheck;
mod ruling;
#[cfg(test)]
mod tests;

use super::{
    Inventory,
    query::{Condition, MatchResult},
};
use crate::domain::{
    ApiCall, ConfirmLevel, Operation, PaneMeta, Plan, Reason, Record, ResourceKey, Target,
    Timestamp, UNKNOWN_ACCOUNT,
};
pub use ruling::Ruling;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

/// The unknown value of an account without a known alias.
const ALIAS: &str = "account's alias";

/// The effect of a rule on the targets it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuardEffect {
    /// A yes by key suffices, unless the operation itself requires more.
    Confirm,
    /// The user must type the name.
    TypeName,
    /// The user must type the account.
    TypeAccount,
    /// The target is left out.
    Deny,
    /// The maximum number of targets in one plan.
    MaxBulk(usize),
}

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// Its name in reasons: `guard 2`, `built in`.
    pub name: Arc<str>,
    /// The rows it applies to.
    pub filter: Condition,
    /// The operations it applies to; none: all.
    pub operations: Vec<Operation>,
    /// The accounts it applies to, by id or alias; none: all.
    pub accounts: Vec<Arc<str>>,
    /// The profiles it applies to; none: all.
    pub profiles: Vec<Arc<str>>,
    /// Its effect on matching targets.
    pub effect: GuardEffect,
    /// The reason, in the words of its author.
    pub reason: Option<Arc<str>>,
}

/// All rules in their order. The default has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Guards {
    rules: Vec<Guard>,
}

/// The data that rules are judged with.
#[derive(Clone, Copy)]
pub struct GuardContext<'a> {
    /// The rows.
    pub world: &'a Inventory,
    /// Aliases of accounts by id, as far as they are known.
    pub aliases: &'a BTreeMap<Arc<str>, Arc<str>>,
    /// The time.
    pub now: Timestamp,
}

impl GuardContext<'_> {
    fn is_one_of(&self, account: &str, listed: &[Arc<str>]) -> MatchResult {
        if listed.is_empty() || listed.iter().any(|one| &**one == account) {
            return MatchResult::Yes;
        }
        if account == UNKNOWN_ACCOUNT {
            return MatchResult::Unknown("account".into());
        }
        match self.aliases.get(account) {
            Some(alias) if listed.contains(alias) => MatchResult::Yes,
            Some(_) => MatchResult::No,
            None if listed
                .iter()
                .all(|one| one.chars().all(|c| c.is_ascii_digit())) =>
            {
                MatchResult::No
            }
            None => MatchResult::Unknown(ALIAS.into()),
        }
    }
}

impl Guard {
    /// The reason as shown: `production (guard 2: tag:env=prod)`.
    pub fn why(&self) -> Reason {
        let rule = if self.filter.text().is_empty() {
            self.name.to_string()
        } else {
            format!("{}: {}", self.name, self.filter)
        };
        Reason::new(
            self.reason
                .as_ref()
                .map_or_else(|| rule.clone(), |reason| format!("{reason} ({rule})")),
        )
    }

    /// Whether the rule matches `operation` on `record`, a row of `pane`.
    fn holds(
        &self,
        operation: Operation,
        record: &Record,
        pane: &PaneMeta,
        known: &GuardContext<'_>,
    ) -> MatchResult {
        let head = &record.head;
        if !self.operations.is_empty() && !self.operations.contains(&operation)
            || !self.profiles.is_empty() && !self.profiles.contains(&head.profile)
        {
            return MatchResult::No;
        }
        let account = known.is_one_of(&head.key.account, &self.accounts);
        if account == MatchResult::No {
            return MatchResult::No;
        }
        match self.filter.judge(record, pane, known.now) {
            MatchResult::Yes => account,
            other => other,
        }
    }
}

impl Guards {
    /// The configured rules, then the built-in ones if `builtin`.
    pub fn new(configured: Vec<Guard>, builtin: bool, panes: &[PaneMeta]) -> Self {
        let mut rules = configured;
        if builtin {
            rules.extend(builtin::production(panes));
        }
        Self { rules }
    }

    /// The rules, in the order in which they are tried.
    pub fn rules(&self) -> &[Guard] {
        &self.rules
    }

    /// The ruling on `operation` for the row `key` and all other rows that it changes.
    pub fn judge(
        &self,
        operation: Operation,
        key: &ResourceKey,
        known: &GuardContext<'_>,
    ) -> Ruling {
        let capability = known.world.record(key).and_then(|record| {
            record
                .head
                .capability(operation)
                .known()
                .and_then(|capability| operation.example(capability))
        });
        self.judge_all(operation, key, capability.as_ref(), known)
    }

    /// The same for a known `call`.
    fn judge_all(
        &self,
        operation: Operation,
        key: &ResourceKey,
        call: Option<&ApiCall>,
        known: &GuardContext<'_>,
    ) -> Ruling {
        let Some(own) = blast_radius::row(known.world, key) else {
            return Ruling::unseen(!self.rules.is_empty());
        };
        self.judge_with(operation, own, call, known)
    }

    /// The same for the row `own`, which may be newer than the one in the inventory.
    fn judge_with(
        &self,
        operation: Operation,
        own: blast_radius::PaneRow<'_>,
        call: Option<&ApiCall>,
        known: &GuardContext<'_>,
    ) -> Ruling {
        let others = call.map_or_else(Vec::new, |call| {
            blast_radius::others(known.world, own.0, call)
        });
        blast_radius::strictest(own, &others, |record, pane| {
            self.judge_row(operation, record, pane, known)
        })
    }

    fn judge_row(
        &self,
        operation: Operation,
        record: &Record,
        pane: &PaneMeta,
        known: &GuardContext<'_>,
    ) -> Ruling {
        let mut ruling = Ruling::default();
        for (place, guard) in self.rules.iter().enumerate() {
            match (guard.holds(operation, record, pane, known), guard.effect) {
                (MatchResult::No, _) | (MatchResult::Unknown(_), GuardEffect::Confirm) => {}
                (MatchResult::Yes, GuardEffect::MaxBulk(_)) => ruling.limits.push(place),
                (MatchResult::Yes, effect) => {
                    ruling.decide(effect, guard.why());
                    return ruling;
                }
                (MatchResult::Unknown(what), GuardEffect::Deny) if &*what != ALIAS => {
                    ruling.decide(
                        GuardEffect::Deny,
                        Reason::new(format!("{}: {}", ruling::not_known(&what), guard.why())),
                    );
                    return ruling;
                }
                (MatchResult::Unknown(what), effect) => {
                    if let GuardEffect::MaxBulk(_) = effect {
                        ruling.limits.push(place);
                    }
                    ruling.doubt(effect, &what);
                }
            }
        }
        ruling
    }

    /// Applies the rules to `plan`: leaves out denied targets and raises the confirm level. The
    /// error is the reason against the whole plan.
    pub fn apply(&self, mut plan: Plan, known: &GuardContext<'_>) -> Result<Plan, Reason> {
        let operation = plan.operation;
        let judged = |target: &Target| {
            (
                target.key.clone(),
                self.judge_all(operation, &target.key, Some(&target.call), known),
            )
        };
        let rulings: HashMap<ResourceKey, Ruling> = plan.targets.iter().map(judged).collect();
        plan.skip(|target| {
            rulings
                .get(&target.key)
                .and_then(|ruling| ruling.denied.clone())
        });
        let left: Vec<&Ruling> = plan
            .targets
            .iter()
            .filter_map(|target| rulings.get(&target.key))
            .collect();
        self.within_limits(&left)?;
        let accounts: BTreeSet<Arc<str>> = plan
            .targets
            .iter()
            .map(|target| target.key.account.clone())
            .collect();
        for ruling in left {
            let confirm_level = match ruling.effect {
                GuardEffect::TypeName => ConfirmLevel::Type(plan.name()),
                GuardEffect::TypeAccount => {
                    let id = only_account(&accounts, ruling)?;
                    ConfirmLevel::Account {
                        alias: known.aliases.get(&id).cloned(),
                        id,
                    }
                }
                GuardEffect::Confirm | GuardEffect::Deny | GuardEffect::MaxBulk(_) => continue,
            };
            for why in &ruling.reasons {
                plan.escalate(confirm_level.clone(), why.clone());
            }
        }
        Ok(plan)
    }

    fn within_limits(&self, rulings: &[&Ruling]) -> Result<(), Reason> {
        for (place, guard) in self.rules.iter().enumerate() {
            let GuardEffect::MaxBulk(most) = guard.effect else {
                continue;
            };
            let count = rulings
                .iter()
                .filter(|ruling| ruling.limits.contains(&place))
                .count();
            if count > most {
                return Err(Reason::new(format!(
                    "{count} targets, limit {most}: {}",
                    guard.why()
                )));
            }
        }
        Ok(())
    }
}

/// The account that the user must type for a plan.
fn only_account(accounts: &BTreeSet<Arc<str>>, ruling: &Ruling) -> Result<Arc<str>, Reason> {
    let confirm_reasons = ruling
        .reasons
        .first()
        .map_or_else(String::new, |why| format!(": {why}"));
    match accounts.first() {
        Some(account) if &**account == UNKNOWN_ACCOUNT => Err(Reason::new(format!(
            "its account is not known yet, so it cannot be typed{confirm_reasons}"
        ))),
        Some(account) if accounts.len() == 1 => Ok(account.clone()),
        _ => Err(Reason::new(format!(
            "one account at a time{confirm_reasons}"
        ))),
    }
}
