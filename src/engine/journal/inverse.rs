//! What takes a plan back, as far as the journal knows it, or why nothing does.
//!
//! Only knowledge: whether the world still is as it was left is found out by the plan that is made
//! of it. Must not know files.

use crate::domain::{
    Ask, Call, Inverse, Key, PlanId, Setting, Skipped, Stamp, Timetable, Verb, Why,
    deed::{Before, Class, Line, Word},
    inverse::{Back, Left, tags_of},
};
use std::collections::{BTreeMap, HashMap};

/// Whose deed is taken back.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The newest plan of this user (of anyone, where there is none) of which something was done
    /// and not taken back yet.
    Newest(Option<&'a str>),
    /// This plan.
    Plan(&'a PlanId),
    /// The newest deed on this resource that is not taken back yet.
    Resource(&'a Key),
}

/// One resource of one plan, as the journal has it.
#[derive(Clone, Copy, Debug)]
struct Deed<'a> {
    intent: &'a Line,
    /// What it was right before the call, if that was seen.
    before: &'a Before,
    /// When it was known what came of it.
    at: Stamp,
    /// What came of it; `None`: there is no result.
    class: Option<Class>,
}

impl Deed<'_> {
    /// It was done, in whole or in part, as far as is known.
    fn is_done(&self) -> bool {
        matches!(self.class, Some(Class::Done | Class::Partly))
    }

    /// It was done, or may have been.
    fn may_be_done(&self) -> bool {
        self.is_done() || matches!(self.class, None | Some(Class::Unknown))
    }

    /// Whether this one took `other` back.
    fn took_back(&self, other: &Self) -> bool {
        self.is_done()
            && self.intent.undoes.as_ref() == Some(&other.intent.plan)
            && self.is_about(other)
    }

    /// The same resource, or the same group of instances by way of another of its nodes.
    fn is_about(&self, other: &Self) -> bool {
        let group = |line: &Line| match line.deed.as_ref().map(|deed| &deed.call) {
            Some(Call::ScaleGroup { cluster, group, .. }) => Some((cluster.clone(), group.clone())),
            _ => None,
        };
        let key = self.intent.id == other.intent.id && self.intent.key() == other.intent.key();
        key || group(self.intent).is_some_and(|own| group(other.intent) == Some(own))
    }

    /// What it is called, for a reason: `stop dev-box`.
    fn told(&self) -> String {
        format!("{} {}", self.intent.verb, self.intent.called())
    }
}

/// What takes `which` back. What takes back an undo does again what was undone.
pub fn inverse(lines: &[Line], which: Which<'_>) -> Result<Inverse, Why> {
    let deeds = deeds(lines);
    let mut undone: BTreeMap<&PlanId, Vec<&Deed<'_>>> = BTreeMap::new();
    for deed in &deeds {
        undone
            .entry(deed.intent.undoes.as_ref().unwrap_or(&deed.intent.plan))
            .or_default()
            .push(deed);
    }
    let taken_back = |deed: &Deed<'_>| {
        undone
            .get(&deed.intent.plan)
            .is_some_and(|later| later.iter().any(|one| one.took_back(deed)))
    };
    let asked: Vec<&Deed<'_>> = deeds.iter().filter(|deed| is_asked(deed, which)).collect();
    let Some(newest) = asked
        .iter()
        .rev()
        .find(|deed| deed.may_be_done() && !taken_back(deed))
    else {
        return Err(nothing(&asked, which));
    };
    let mut found = Inverse {
        undoes: newest.intent.plan.clone(),
        done: newest.intent.verb,
        at: newest.intent.at,
        by: newest.intent.actor().into(),
        verb: newest.intent.verb,
        backs: Vec::new(),
        left_out: Vec::new(),
    };
    for deed in asked.iter().filter(|deed| deed.intent.plan == found.undoes) {
        let way = if taken_back(deed) {
            Err(Why::new("it is taken back already"))
        } else {
            back(deed)
        };
        match way {
            Ok(back) => {
                found.verb = back.ask.verb();
                found.backs.push(back);
            }
            Err(why) => found.left_out.push(Skipped {
                key: deed.intent.key(),
                name: deed.intent.called().clone(),
                why,
            }),
        }
    }
    if found.backs.is_empty() {
        let of_many = if found.left_out.len() > 1 {
            format!("none of {}: ", found.left_out.len())
        } else {
            String::new()
        };
        let why = found
            .left_out
            .iter()
            .find(|one| one.key == newest.intent.key())
            .map_or_else(String::new, |one| one.why.to_string());
        return Err(Why::new(format!("{of_many}{}: {why}", newest.told())));
    }
    Ok(found)
}

fn is_asked(deed: &Deed<'_>, which: Which<'_>) -> bool {
    match which {
        Which::Newest(user) => user.is_none_or(|user| *deed.intent.by == *user),
        Which::Plan(plan) => deed.intent.plan == *plan,
        Which::Resource(key) => deed.intent.id == key.id && deed.intent.key() == *key,
    }
}

/// Why there is nothing to take back.
fn nothing(asked: &[&Deed<'_>], which: Which<'_>) -> Why {
    let place = match which {
        Which::Newest(_) => String::new(),
        Which::Plan(plan) => format!(" of plan {plan}"),
        Which::Resource(_) => " to it".to_owned(),
    };
    let done = asked.iter().rev().find(|deed| deed.is_done());
    Why::new(match (done, asked.last(), which) {
        (Some(last), ..) => format!(
            "nothing is left of it: {} is taken back already",
            last.told()
        ),
        (None, Some(last), _) => {
            format!("nothing was done{place}: {}: {}", last.told(), ended(last))
        }
        (None, None, Which::Newest(Some(_))) => "nothing was done yet by you".to_owned(),
        (None, None, Which::Plan(_)) => format!("nothing{place} is in the journal"),
        (None, None, _) => format!("nothing was done{place} yet"),
    })
}

/// How a deed ended of which nothing was done.
fn ended(deed: &Deed<'_>) -> &'static str {
    match deed.class {
        Some(Class::Denied) => "it was denied",
        Some(Class::Throttled) => "AWS took no more requests",
        Some(Class::Expired) => "the credentials were expired",
        Some(Class::Refused) => "AWS refused it",
        _ => "it was not done",
    }
}

/// Each intent with what came of it, in the order of intents.
fn deeds(lines: &[Line]) -> Vec<Deed<'_>> {
    let mut deeds: Vec<Deed<'_>> = Vec::new();
    let mut places: HashMap<(&PlanId, Key), usize> = HashMap::new();
    for line in lines {
        let name = (&line.plan, line.key());
        if line.step == Word::Intent {
            places.insert(name, deeds.len());
            deeds.push(Deed {
                intent: line,
                before: &line.before,
                at: line.at,
                class: None,
            });
            continue;
        }
        let Some(deed) = places.get(&name).and_then(|place| deeds.get_mut(*place)) else {
            continue;
        };
        // Lines of the first form say no class.
        let class = line.result.unwrap_or(match line.step {
            Word::Accepted | Word::Settled | Word::Unsettled => Class::Done,
            Word::Unknown | Word::Recovered | Word::Intent => Class::Unknown,
            Word::Drifted | Word::Cancelled | Word::Refused => Class::NotDone,
        });
        if deed.class != Some(class) {
            deed.at = line.at;
        }
        deed.class = Some(class);
        // One that was recovered was not looked at right before the call, by whoever wrote that.
        if line.step != Word::Recovered {
            deed.before = &line.before;
        }
    }
    deeds
}

/// What takes one deed back.
fn back(deed: &Deed<'_>) -> Result<Back, Why> {
    let line = deed.intent;
    let class = match deed.class {
        None => {
            return Err(Why::new(
                "it has no result yet: it is under way, or was cut short",
            ));
        }
        Some(class) if deed.may_be_done() => class,
        Some(_) => return Err(Why::new(format!("nothing was done: {}", ended(deed)))),
    };
    let left = line.deed.as_ref().map(|change| Left {
        call: change.call.clone(),
        want: change.want.clone(),
        before: deed.before.clone(),
        class,
        at: deed.at,
    });
    let ask = opposite(line, deed.before)?;
    Ok(Back {
        key: line.key(),
        name: line.called().clone(),
        profile: line.profile.clone(),
        ask,
        left,
    })
}

/// The ask that takes back what `line` did, where it was so `before`.
fn opposite(line: &Line, before: &Before) -> Result<Ask, Why> {
    let none = |why: &'static str| Err(Why::new(why));
    let call = line.deed.as_ref().map(|deed| &deed.call);
    let unknown = "what it was before is not in the journal";
    match line.verb {
        Verb::Stop => match call {
            Some(Call::StopJob { .. }) => {
                none("a job that was stopped does not go on; it is begun anew")
            }
            Some(Call::EndWarmPool(_)) => none("a warm pool that was ended does not come back"),
            Some(Call::DeleteApp { .. }) => none(
                "the app was deleted; a new one is begun in Studio, its space's files are there",
            ),
            _ => Ok(Ask::Start),
        },
        Verb::Start => Ok(Ask::Stop),
        Verb::Scale => before
            .desired
            .map_or_else(|| none(unknown), |count| Ok(Ask::Scale(count))),
        Verb::Tag => before
            .tags
            .as_ref()
            .map_or_else(|| none(unknown), |tags| Ok(tags_of(tags))),
        Verb::Bounds => match before.setting {
            Some(Setting::Bounds(least, most)) => Ok(Ask::Bounds { least, most }),
            _ => none(unknown),
        },
        Verb::SwapModel => match &before.setting {
            Some(Setting::Model(model)) => Ok(Ask::SwapModel(model.clone())),
            _ => none(unknown),
        },
        Verb::Schedule => match call {
            Some(call) => Timetable::before(call, before).map(Ask::Timetable),
            None => none("its requests are not in the journal in full"),
        },
        Verb::Terminate => none("what was terminated is gone"),
        Verb::Delete => none("what was deleted is gone"),
        Verb::Reboot => none("a reboot has no opposite"),
        Verb::Feedback => none("AWS takes no answer on an anomaly back; give another one"),
    }
}

#[cfg(test)]
mod tests;
