//! verb -> [`Plan`] (pure, frozen) -> [`Confirmed`] (only by an answered plan, for a short while).
//!
//! Must not know who asks or who carries it out.

use super::{
    Burn, Head, Key, Reading, Record, Schedule, Stamp, Tags, UsdPerHour, Verb, Why,
    time::seconds_between,
    verb::{Call, Look, Offer, Timed, Want},
};
use std::{fmt, sync::Arc};

/// Seconds a plan may wait for its answer before it must be made again.
pub const PLAN_LIFE: f64 = 120.0;

/// A plan's name in journal and toasts: the second it was made and a running number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlanId(pub Arc<str>);

impl PlanId {
    /// The `number`th plan of this run, made at `made`.
    pub fn new(made: Stamp, number: u64) -> Self {
        Self(format!("{}-{number}", made.strftime("%Y%m%dT%H%M%SZ")).into())
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the person asked for, beyond the verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Stop.
    Stop,
    /// So many instances or copies.
    Scale(u32),
    /// Delete.
    Delete,
    /// By these hours.
    Schedule(Schedule),
    /// These tags set, those keys removed.
    Tag {
        /// Tags to add or overwrite.
        set: Tags,
        /// Keys to remove.
        remove: Vec<String>,
    },
}

impl Ask {
    /// Its verb.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Stop => Verb::Stop,
            Self::Scale(_) => Verb::Scale,
            Self::Delete => Verb::Delete,
            Self::Schedule(_) => Verb::Schedule,
            Self::Tag { .. } => Verb::Tag,
        }
    }
}

/// One resource of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Who.
    pub key: Key,
    /// The profile that reaches it.
    pub profile: Arc<str>,
    /// Name.
    pub name: Arc<str>,
    /// Owner by tags.
    pub owner: Option<Arc<str>>,
    /// What it cost when the plan was made.
    pub burn: Burn,
    /// List dollars per hour saved (negative: added); `None` when unpriced.
    pub saves: Option<UsdPerHour>,
    /// The change.
    pub call: Call,
    /// The resource as the plan saw it.
    pub seen: Look,
    /// What must be true afterwards.
    pub want: Want,
    /// What to know before saying yes.
    pub warnings: Vec<Why>,
}

/// A resource that was asked for and left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Skipped {
    /// Who.
    pub key: Key,
    /// Name.
    pub name: Arc<str>,
    /// Why.
    pub why: Why,
}

/// What will be done, complete, before anyone is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// The verb.
    pub verb: Verb,
    /// When it was made.
    pub made: Stamp,
    /// What will be changed.
    pub targets: Vec<Target>,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
}

/// A plan that was answered with yes in time. Only [`Plan::confirm`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Confirmed {
    plan: Plan,
    /// When the answer was given.
    at: Stamp,
}

/// A plan too old to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this plan is more than {PLAN_LIFE} seconds old: make it again")]
pub struct Expired;

impl Plan {
    /// What `ask` comes to on `records`, as of `now`. Rows that do not offer it, or already are so, are left out with the reason.
    pub fn new(id: PlanId, ask: &Ask, records: &[&Record], now: Stamp) -> Self {
        let mut plan = Self { id, verb: ask.verb(), made: now, targets: Vec::new(), skipped: Vec::new() };
        for record in records {
            let head = &record.head;
            match aim(record, ask) {
                Ok((call, want, saves, warnings)) => plan.targets.push(Target {
                    key: head.key.clone(),
                    profile: head.profile.clone(),
                    name: head.name.clone(),
                    owner: head.owner.clone(),
                    burn: head.burn.clone(),
                    saves,
                    call,
                    seen: head.look(),
                    want,
                    warnings,
                }),
                Err(why) => plan.skipped.push(Skipped { key: head.key.clone(), name: head.name.clone(), why }),
            }
        }
        plan
    }

    /// List dollars per hour saved by all priced targets, and how many are unpriced.
    pub fn saves(&self) -> (UsdPerHour, usize) {
        (self.targets.iter().filter_map(|target| target.saves).sum(), self.targets.iter().filter(|target| target.saves.is_none()).count())
    }

    /// Yes, at `now`.
    pub fn confirm(self, now: Stamp) -> Result<Confirmed, Expired> {
        if seconds_between(self.made, now) > PLAN_LIFE { Err(Expired) } else { Ok(Confirmed { plan: self, at: now }) }
    }
}

impl Confirmed {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }
    /// When it was answered.
    pub fn at(&self) -> Stamp {
        self.at
    }
}

type Aim = (Call, Want, Option<UsdPerHour>, Vec<Why>);

fn aim(record: &Record, ask: &Ask) -> Result<Aim, Why> {
    let head = &record.head;
    let offer = match head.offer(ask.verb()) {
        Reading::Known(offer) => offer,
        Reading::Unknown(why) => return Err(why),
    };
    match (offer, ask) {
        (Offer::Stop(call), Ask::Stop) => Ok((call.clone(), Want::Stopped, head.burn.rate(), Vec::new())),
        (Offer::Scale { unit, minimum, per_unit, call, .. }, Ask::Scale(count)) => {
            let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
            if *count < *minimum {
                return Err(Why::new(format!("AWS takes at least {minimum} {unit} here")));
            }
            if *count == desired {
                return Err(Why::new(format!("already set to {count} {unit}")));
            }
            let call = match call.clone() {
                Call::ScaleVariant { endpoint, variant, .. } => Call::ScaleVariant { endpoint, variant, count: *count },
                Call::ScaleComponent { name, .. } => Call::ScaleComponent { name, copies: *count },
                other => other,
            };
            let saves = per_unit.map(|unit| unit * (f64::from(desired) - f64::from(*count)));
            let warnings = if *count == 0 { vec![Why::new("at zero it answers no request")] } else { Vec::new() };
            Ok((call, Want::Count(*count), saves, warnings))
        }
        (Offer::Delete(call), Ask::Delete) => {
            let lost = Why::new("there is no way back: what calls it by its name fails from then on");
            Ok((call.clone(), Want::Gone, head.burn.rate(), vec![lost]))
        }
        (Offer::Schedule { minimum, per_unit, call, .. }, Ask::Schedule(schedule)) => by_hours(head, schedule, *minimum, *per_unit, call),
        (Offer::Tag(route), Ask::Tag { set, remove }) => {
            let current = head.tags.known();
            let set: Tags = set
                .iter()
                .filter(|(key, value)| current.is_none_or(|tags| tags.get(*key) != Some(value)))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            let remove: Vec<String> = remove.iter().filter(|key| current.is_none_or(|tags| tags.contains_key(*key))).cloned().collect();
            if set.is_empty() && remove.is_empty() {
                return Err(Why::new("its tags are already so"));
            }
            let call = Call::Tag { route: route.clone(), set: set.clone(), remove: remove.clone() };
            Ok((call, Want::Tags { set, remove }, Some(UsdPerHour::ZERO), Vec::new()))
        }
        _ => Err(Why::new(format!("{} does not fit its offer", ask.verb()))),
    }
}

fn by_hours(head: &Head, schedule: &Schedule, minimum: u32, per_unit: Option<UsdPerHour>, call: &Call) -> Result<Aim, Why> {
    if schedule.outside.min(schedule.inside) < minimum {
        return Err(Why::new(format!("AWS takes at least {minimum} here")));
    }
    let Call::ScheduleVariant { endpoint, variant, bounds, .. } = call else {
        return Err(Why::new("it cannot be scheduled"));
    };
    let few = schedule.inside.min(schedule.outside);
    let many = schedule.inside.max(schedule.outside);
    let bounds = (bounds.0.min(few), bounds.1.max(many));
    let desired = head.compute.as_ref().map_or(0, |compute| compute.desired);
    let saves = per_unit.map(|unit| unit * (f64::from(desired) - schedule.mean()));
    let mut warnings =
        vec![Why::new("hours are UTC all year; dollars are the mean of a week; the count changes at the next of these hours")];
    if few == 0 {
        warnings.push(Why::new("at zero it answers no request"));
    }
    let call = Call::ScheduleVariant { endpoint: endpoint.clone(), variant: variant.clone(), schedule: *schedule, bounds };
    Ok((call, Want::Timed(Timed::of(schedule, bounds.1).into()), saves, warnings))
}
