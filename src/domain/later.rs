//! What was agreed for later: a [`Later`] is made from a confirmed plan, one a row, and carried out
//! at its hour if all is as agreed. A [`Snooze`] lets a row's finding rest. Both stand on a
//! [`Shelf`], which a file keeps.
//!
//! Must not know that file, nor who looks at the clock.

use super::{
    Ask, Confirmed, Demand, Key, Kind, Plan, PlanId, Stamp, Verb, Why, time::seconds_between,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// Seconds after its hour in which it is still done. What is later is asked for again.
pub const GRACE: f64 = 600.0;

/// How it was answered when it was agreed: a plan that demands anything else at its hour is not
/// agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// With a yes.
    Yes,
    /// With the name of what it changes.
    Name,
    /// With exactly this.
    Text(String),
    /// With this account, by its id or alias.
    Account(String),
}

impl Given {
    /// The answer that `plan` demands.
    fn of(plan: &Plan) -> Self {
        match &plan.demand {
            Demand::Yes => Self::Yes,
            Demand::Type(text) if *text == plan.name() => Self::Name,
            Demand::Type(text) => Self::Text(text.to_string()),
            Demand::Account { id, .. } => Self::Account(id.to_string()),
        }
    }

    /// Whether who has given this has given what `plan` demands.
    fn covers(&self, plan: &Plan) -> bool {
        matches!(plan.demand, Demand::Yes) || *self == Self::of(plan)
    }
}

/// One change of one row that was agreed for a moment to come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Later {
    plan: PlanId,
    key: Key,
    name: Arc<str>,
    ask: Ask,
    given: Given,
    agreed: Stamp,
    due: Stamp,
}

impl Later {
    /// The plan that was confirmed.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }
    /// Whose.
    pub fn key(&self) -> &Key {
        &self.key
    }
    /// Its name when it was agreed.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
    /// What is to be done.
    pub fn ask(&self) -> &Ask {
        &self.ask
    }
    /// The verb.
    pub fn verb(&self) -> Verb {
        self.ask.verb()
    }
    /// When it was agreed.
    pub fn agreed(&self) -> Stamp {
        self.agreed
    }
    /// When it is to be done.
    pub fn due(&self) -> Stamp {
        self.due
    }

    /// Its hour has come.
    pub fn is_due(&self, now: Stamp) -> bool {
        self.due <= now
    }

    /// Its hour is so long past that it is not done any more.
    pub fn is_missed(&self, now: Stamp) -> bool {
        seconds_between(self.due, now) > GRACE
    }

    /// The same, as much later as `seconds`.
    #[must_use]
    pub fn put_off(&self, seconds: f64) -> Self {
        let by = jiff::SignedDuration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default();
        Self {
            due: self.due.checked_add(by).unwrap_or(self.due),
            ..self.clone()
        }
    }

    /// Whether both are one agreement, put off or not.
    pub fn is(&self, other: &Self) -> bool {
        self.plan == other.plan && self.key == other.key && self.verb() == other.verb()
    }
}

/// Why a plan made at its hour is not the one that was agreed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAgreed {
    /// Nothing is left to do.
    #[error("there is nothing to do")]
    Nothing,
    /// Too early.
    #[error("its hour has not come")]
    NotDue,
    /// Another row, or something else to do.
    #[error("{verb} of {name} was not agreed")]
    Other {
        /// What would be done.
        verb: Verb,
        /// To whom.
        name: Arc<str>,
    },
    /// More is demanded than was answered.
    #[error("`{0}` must be typed for it now, and was not")]
    Stricter(Arc<str>),
}

impl Confirmed {
    /// This plan for `due` instead of now: what was agreed, one a row. Only for verbs that need no
    /// further answer.
    pub fn later(self, due: Stamp) -> Result<Vec<Later>, Why> {
        let (plan, agreed) = (self.plan(), self.at());
        if Ask::plain(plan.verb).is_none() {
            return Err(Why::new(format!(
                "{} cannot be agreed for later",
                plan.verb
            )));
        }
        if due <= agreed {
            return Err(Why::new("that hour is past"));
        }
        let given = Given::of(plan);
        let one = |target: &super::Target| Later {
            plan: plan.id.clone(),
            key: target.key.clone(),
            name: target.called(),
            ask: target.ask.clone(),
            given: given.clone(),
            agreed,
            due,
        };
        Ok(plan.targets.iter().map(one).collect())
    }
}

impl Plan {
    /// Whether this plan, made at its hour, is what was agreed: each target's key and ask, and no
    /// other demand than what was answered.
    pub(super) fn is_agreed(&self, agreed: &[Later], now: Stamp) -> Result<(), NotAgreed> {
        if self.targets.is_empty() {
            return Err(NotAgreed::Nothing);
        }
        for target in &self.targets {
            let other = || NotAgreed::Other {
                verb: self.verb,
                name: target.called(),
            };
            let mine = agreed
                .iter()
                .find(|later| later.key == target.key && later.ask == target.ask)
                .ok_or_else(other)?;
            if !mine.is_due(now) || mine.is_missed(now) {
                return Err(NotAgreed::NotDue);
            }
            if let (Some(wanted), false) = (self.demand.wanted(), mine.given.covers(self)) {
                return Err(NotAgreed::Stricter(wanted));
            }
        }
        Ok(())
    }
}

/// A row whose finding rests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Snooze {
    /// Whose.
    pub key: Key,
    /// Its name.
    pub name: Arc<str>,
    /// Since when.
    pub since: Stamp,
    /// Until when.
    pub until: Stamp,
}

/// Something on the shelf.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// Agreed for later.
    Later(Later),
    /// Resting.
    Snooze(Snooze),
}

impl Kept {
    /// Whose.
    pub fn key(&self) -> &Key {
        match self {
            Self::Later(later) => &later.key,
            Self::Snooze(snooze) => &snooze.key,
        }
    }

    /// Whether both are one thing, put off or not.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Later(one), Self::Later(other)) => one.is(other),
            (Self::Snooze(one), Self::Snooze(other)) => one.key == other.key,
            _ => false,
        }
    }
}

/// A change of the shelf.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Put there. A snooze takes the place of one of the same row.
    Add(Kept),
    /// Taken away; not a snooze that was made longer meanwhile.
    Remove(Kept),
    /// In place of what is there; nothing if it is not there any more.
    Replace(Kept),
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shelf {
    /// In the order it came.
    pub kept: Vec<Kept>,
}

impl Shelf {
    /// What was agreed.
    pub fn laters(&self) -> impl Iterator<Item = &Later> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Later(later) => Some(later),
            Kept::Snooze(_) => None,
        })
    }

    /// What rests.
    pub fn snoozes(&self) -> impl Iterator<Item = &Snooze> {
        self.kept.iter().filter_map(|kept| match kept {
            Kept::Snooze(snooze) => Some(snooze),
            Kept::Later(_) => None,
        })
    }

    /// What was agreed for `key`.
    pub fn later(&self, key: &Key) -> Option<&Later> {
        self.laters()
            .filter(|later| later.key == *key)
            .min_by_key(|later| later.due)
    }

    /// The snooze of `key`, if it still rests at `now`.
    pub fn snooze(&self, key: &Key, now: Stamp) -> Option<&Snooze> {
        self.snoozes()
            .find(|snooze| snooze.key == *key && snooze.until > now)
    }

    /// Rows that rest at `now`.
    pub fn resting(&self, now: Stamp) -> BTreeSet<Key> {
        self.snoozes()
            .filter(|snooze| snooze.until > now)
            .map(|snooze| snooze.key.clone())
            .collect()
    }

    /// Makes `changes`, in order.
    pub fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Add(new) => {
                    self.kept.retain(|kept| !kept.is(new));
                    self.kept.push(new.clone());
                }
                Change::Remove(old) => self.kept.retain(|kept| match (kept, old) {
                    (Kept::Snooze(kept), Kept::Snooze(old)) => {
                        kept.key != old.key || kept.until > old.until
                    }
                    _ => !kept.is(old),
                }),
                Change::Replace(new) => self
                    .kept
                    .iter_mut()
                    .filter(|kept| kept.is(new))
                    .for_each(|kept| *kept = new.clone()),
            }
        }
    }

    /// Takes `wanted` away, and gives those that were there, due as they were wanted: one that was
    /// put off meanwhile stays.
    pub fn take(&mut self, wanted: &[Later]) -> Vec<Later> {
        let mut taken = Vec::new();
        self.kept.retain(|kept| {
            let Kept::Later(later) = kept else {
                return true;
            };
            let mine = wanted.contains(later);
            if mine {
                taken.push(later.clone());
            }
            !mine
        });
        taken
    }
}

/// As it is written down. Moments RFC 3339 UTC.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    account: String,
    region: String,
    kind: String,
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<Given>,
    /// When it was agreed, or since when it rests.
    since: String,
    /// Its hour, or until when it rests.
    until: String,
}

impl Written {
    fn of(key: &Key, name: &str, since: Stamp, until: Stamp) -> Self {
        Self {
            account: key.account.to_string(),
            region: key.region.to_string(),
            kind: key.kind.0.to_owned(),
            id: key.id.to_string(),
            name: name.to_owned(),
            since: since.to_string(),
            until: until.to_string(),
            ..Self::default()
        }
    }

    fn key(&self) -> Result<Key, String> {
        for (word, value) in [
            ("account", &self.account),
            ("region", &self.region),
            ("kind", &self.kind),
            ("id", &self.id),
        ] {
            if value.is_empty() {
                return Err(format!("`{word}` is missing"));
            }
        }
        let (account, region, id) = (
            self.account.as_str().into(),
            self.region.as_str().into(),
            self.id.as_str().into(),
        );
        Ok(Key {
            account,
            region,
            kind: Kind::named(&self.kind),
            id,
        })
    }

    fn moments(&self) -> Result<(Stamp, Stamp), String> {
        let moment = |word: &str, text: &str| {
            text.parse()
                .map_err(|_| format!("`{word}` is no moment: `{text}`"))
        };
        Ok((moment("since", &self.since)?, moment("until", &self.until)?))
    }
}

impl From<Later> for Written {
    fn from(later: Later) -> Self {
        let Later {
            plan,
            key,
            name,
            ask,
            given,
            agreed,
            due,
        } = later;
        let (plan, verb) = (Some(plan.to_string()), Some(ask.verb().id().to_owned()));
        Self {
            plan,
            verb,
            given: Some(given),
            ..Self::of(&key, &name, agreed, due)
        }
    }
}

impl TryFrom<Written> for Later {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let word = written.verb.as_deref().ok_or("`verb` is missing")?;
        let verb = Verb::ALL.iter().find(|verb| verb.id() == word).copied();
        let ask = verb
            .and_then(Ask::plain)
            .ok_or_else(|| format!("`{word}` cannot be agreed for later"))?;
        let given = written.given.clone().ok_or("`given` is missing")?;
        let plan = PlanId(written.plan.as_deref().ok_or("`plan` is missing")?.into());
        let (agreed, due) = written.moments()?;
        Ok(Self {
            plan,
            key: written.key()?,
            name: written.name.as_str().into(),
            ask,
            given,
            agreed,
            due,
        })
    }
}

impl From<Snooze> for Written {
    fn from(snooze: Snooze) -> Self {
        Self::of(&snooze.key, &snooze.name, snooze.since, snooze.until)
    }
}

impl TryFrom<Written> for Snooze {
    type Error = String;
    fn try_from(written: Written) -> Result<Self, String> {
        let (since, until) = written.moments()?;
        Ok(Self {
            key: written.key()?,
            name: written.name.as_str().into(),
            since,
            until,
        })
    }
}
