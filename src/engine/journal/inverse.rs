//! What takes a plan back, as far as the journal knows it, or why nothing does.
//!
//! Only knowledge: whether the world still is as it was left is found out by the plan that is made of it. Must not know files.

use crate::domain::{
    Ask, Call, Inverse, Key, PlanId, Setting, Tags, Verb, Why,
    deed::{Before, Class, Line, Word},
};
use std::collections::{HashMap, HashSet};

/// One resource of one plan, as the journal has it.
#[derive(Clone, Copy)]
struct Deed<'a> {
    intent: &'a Line,
    /// What it was right before the call, if that was seen.
    before: &'a Before,
    /// It was done, in whole or in part, as far as is known.
    done: bool,
    /// There is no result yet, or none is known.
    open: bool,
}

/// What takes `which` back: a plan, or the newest one of which something was done and not taken back yet. What takes back an undo does
/// again what was undone.
pub fn inverse(lines: &[Line], which: Option<&PlanId>) -> Result<Inverse, Why> {
    let deeds = deeds(lines);
    let undone: HashSet<(&PlanId, Key)> = deeds
        .iter()
        .filter(|deed| deed.done || deed.open)
        .filter_map(|deed| Some((deed.intent.undoes.as_ref()?, deed.intent.key())))
        .collect();
    let taken_back = |deed: &Deed<'_>| undone.contains(&(&deed.intent.plan, deed.intent.key()));
    let asked: Vec<&Deed<'_>> = deeds.iter().filter(|deed| which.is_none_or(|plan| deed.intent.plan == *plan)).collect();
    let done: Vec<&Deed<'_>> = asked.iter().copied().filter(|deed| deed.done).collect();
    let Some(plan) = done.iter().rev().find(|deed| !taken_back(deed)).map(|deed| &deed.intent.plan) else {
        return Err(nothing(&asked, &done, which));
    };
    let mut asks = Vec::new();
    let mut why = None;
    let mut verb = None;
    for deed in done.iter().filter(|deed| deed.intent.plan == *plan && !taken_back(deed)) {
        match back(deed.intent, deed.before) {
            Ok(ask) => {
                verb = Some(ask.verb());
                asks.push((deed.intent.key(), ask));
            }
            Err(reason) => why = why.or(Some(reason)),
        }
    }
    match (verb, why) {
        (Some(verb), _) => Ok(Inverse { undoes: plan.clone(), verb, asks }),
        (None, Some(why)) => Err(why),
        (None, None) => Err(Why::new("nothing to undo")),
    }
}

/// Why there is nothing to take back.
fn nothing(asked: &[&Deed<'_>], done: &[&Deed<'_>], which: Option<&PlanId>) -> Why {
    let whose = which.map_or("nothing".to_owned(), |plan| format!("nothing of plan {plan}"));
    if let Some(last) = done.last() {
        return Why::new(format!("{whose} is left to undo: {} {} is taken back already", last.intent.verb, last.intent.name));
    }
    match asked.last() {
        Some(last) if last.open => Why::new(format!("{} {}: it is not known whether it was done", last.intent.verb, last.intent.name)),
        Some(_) => Why::new(format!("{whose} was done that could be undone")),
        None => Why::new(format!("{whose} is in the journal")),
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
            deeds.push(Deed { intent: line, before: &line.before, done: false, open: true });
            continue;
        }
        let Some(deed) = places.get(&name).and_then(|place| deeds.get_mut(*place)) else { continue };
        // Lines of the first form say no class.
        let class = line.result.unwrap_or(match line.step {
            Word::Accepted | Word::Settled | Word::Unsettled => Class::Done,
            Word::Unknown | Word::Recovered | Word::Intent => Class::Unknown,
            Word::Drifted | Word::Cancelled | Word::Refused => Class::NotDone,
        });
        deed.done = matches!(class, Class::Done | Class::Partly);
        deed.open = class == Class::Unknown;
        if deed.done && line.step != Word::Recovered {
            deed.before = &line.before;
        }
    }
    deeds
}

/// What takes one deed back.
fn back(line: &Line, before: &Before) -> Result<Ask, Why> {
    let none = |why: &str| Err(Why::new(format!("{} {}: {why}", line.verb, line.name)));
    let unknown = "what it was before is not in the journal";
    match line.verb {
        Verb::Stop => match line.deed.as_ref().map(|deed| &deed.call) {
            Some(Call::StopJob { .. }) => none("a job that was stopped does not go on; it is begun anew"),
            Some(Call::EndWarmPool(_)) => none("a warm pool that was ended does not come back"),
            Some(Call::DeleteApp { .. }) => none("the app was deleted; a new one is begun in Studio, its space's files are there"),
            _ => Ok(Ask::Start),
        },
        Verb::Start => Ok(Ask::Stop),
        Verb::Scale => before.desired.map_or_else(|| none(unknown), |count| Ok(Ask::Scale(count))),
        Verb::Tag => match &before.tags {
            None => none(unknown),
            Some(tags) => {
                let had = |(key, value): (&String, &Option<String>)| Some((key.clone(), value.clone()?));
                let set: Tags = tags.iter().filter_map(had).collect();
                let remove = tags.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| key.clone()).collect();
                Ok(Ask::Tag { set, remove })
            }
        },
        Verb::Bounds => match before.setting {
            Some(Setting::Bounds(least, most)) => Ok(Ask::Bounds { least, most }),
            _ => none(unknown),
        },
        Verb::SwapModel => match &before.setting {
            Some(Setting::Model(model)) => Ok(Ask::SwapModel(model.clone())),
            _ => none(unknown),
        },
        Verb::Schedule => {
            none("its scheduled actions are spendtop-hours-begin and spendtop-hours-end: delete them in Application Auto Scaling")
        }
        Verb::Terminate => none("what was terminated is gone"),
        Verb::Delete => none("what was deleted is gone"),
        Verb::Reboot => none("a reboot has no opposite"),
        Verb::Feedback => none("AWS takes no answer on an anomaly back; give another one"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::fake::{look, plan_to_stop, stamp};
    use super::super::line;
    use super::*;
    use crate::domain::{Fault, FaultKind, JobKind, Look, Plan, Step, Want};

    fn plan(id: &str, ids: &[&str], change: impl Fn(&mut Plan)) -> Plan {
        let mut plan = Plan { id: PlanId(id.into()), ..plan_to_stop(ids) };
        change(&mut plan);
        plan
    }

    fn lines(plan: &Plan, steps: &[&[Step]]) -> Vec<Line> {
        let each = plan.targets.iter().zip(steps.iter().cycle());
        each.flat_map(|(target, steps)| steps.iter().map(|step| line::of(plan, target, step, stamp(), &"ana".into())).collect::<Vec<_>>())
            .collect()
    }

    const DONE: &[Step] = &[Step::Journalled, Step::Accepted, Step::Settled];

    fn refused() -> Step {
        Step::Refused(Fault::new(FaultKind::Denied, "ec2:StopInstances", "no"))
    }

    type Row = (Verb, Call, Want, Look, Result<Ask, &'static str>);

    #[test]
    fn each_verb_has_its_inverse_or_says_why_not() {
        let tags = |pairs: &[(&str, &str)]| -> Tags { pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect() };
        let want = Want::Tags { set: tags(&[("a", "2"), ("n", "1")]), remove: vec!["r".into()] };
        let tagged = Look { tags: Some(tags(&[("a", "1"), ("r", "x"), ("other", "y")])), ..look("running") };
        let scaled = Look { count: Some(3), desired: Some(4), ..look("InService") };
        let bounded = Look { setting: Some(Setting::Bounds(1, 4)), ..look("InService") };
        let modelled = Look { setting: Some(Setting::Model("m-1".into())), ..look("InService") };
        let stop = || Call::StopInstance("i-1".into());
        let job = Call::StopJob { kind: JobKind::Training, id: "j".into() };
        let cases: Vec<Row> = vec![
            (Verb::Stop, stop(), Want::Stopped, look("running"), Ok(Ask::Start)),
            (Verb::Stop, Call::StopNotebook("n".into()), Want::Stopped, look("InService"), Ok(Ask::Start)),
            (Verb::Stop, job, Want::Stopped, look("InProgress"), Err("does not go on")),
            (Verb::Stop, Call::EndWarmPool("j".into()), Want::Stopped, look("Completed"), Err("does not come back")),
            (Verb::Start, Call::StartInstance("i-1".into()), Want::Running, look("stopped"), Ok(Ask::Stop)),
            (Verb::Scale, stop(), Want::Count(1), scaled, Ok(Ask::Scale(4))),
            (Verb::Tag, stop(), want.clone(), tagged, Ok(Ask::Tag { set: tags(&[("a", "1"), ("r", "x")]), remove: vec!["n".into()] })),
            (Verb::Tag, stop(), want, Look { tags: None, ..look("running") }, Err("not in the journal")),
            (Verb::Bounds, stop(), Want::Set(Setting::Bounds(0, 2)), bounded, Ok(Ask::Bounds { least: 1, most: 4 })),
            (Verb::SwapModel, stop(), Want::Set(Setting::Model("m-2".into())), modelled, Ok(Ask::SwapModel("m-1".into()))),
            (Verb::Schedule, stop(), Want::Timed(Vec::new()), look("InService"), Err("scheduled actions")),
            (Verb::Terminate, stop(), Want::Gone, look("running"), Err("gone")),
            (Verb::Delete, stop(), Want::Gone, look("InService"), Err("gone")),
            (Verb::Reboot, stop(), Want::Running, look("running"), Err("no opposite")),
            (Verb::Feedback, stop(), Want::Set(Setting::Feedback(None)), look("open"), Err("no answer")),
        ];
        for (verb, call, want, seen, expected) in cases {
            let plan = plan("p-1", &["i-1"], |plan| {
                plan.verb = verb;
                let target = &mut plan.targets[0];
                (target.call, target.want, target.seen) = (call.clone(), want.clone(), seen.clone());
            });
            let found = inverse(&lines(&plan, &[DONE]), None);
            match (found, expected) {
                (Ok(found), Ok(ask)) => {
                    assert_eq!((found.undoes, found.verb), (plan.id.clone(), ask.verb()));
                    assert_eq!(found.asks, [(plan.targets[0].key.clone(), ask)]);
                }
                (Err(why), Err(part)) => assert!(why.to_string().contains(part), "{verb}: {why}"),
                (found, _) => panic!("{verb}: {found:?}"),
            }
        }
    }

    #[test]
    fn only_what_was_done_is_taken_back_and_only_once() {
        let first = plan("p-1", &["i-1", "i-2", "i-3"], |_| {});
        let unknown = Step::Unknown(Fault::new(FaultKind::Timeout, "ec2:StopInstances", "late"));
        let mut journal = lines(&first, &[DONE, &[Step::Journalled, refused()], &[Step::Journalled, unknown]]);
        let found = inverse(&journal, None).unwrap();
        assert_eq!(found.asks.iter().map(|(key, _)| &*key.id).collect::<Vec<_>>(), ["i-1"]);
        let second = plan("p-2", &["i-1", "i-4"], |plan| plan.verb = Verb::Terminate);
        journal.extend(lines(&second, &[DONE]));
        assert!(inverse(&journal, None).unwrap_err().to_string().contains("terminated"));
        assert!(inverse(&journal, Some(&first.id)).is_ok());
        let undo = plan("p-3", &["i-1"], |plan| {
            plan.verb = Verb::Start;
            plan.undoes = Some(first.id.clone());
        });
        // An undo that AWS refused has taken nothing back.
        let failed: Vec<Line> = journal.iter().cloned().chain(lines(&undo, &[&[Step::Journalled, refused()]])).collect();
        assert!(inverse(&failed, Some(&first.id)).is_ok());
        journal.extend(lines(&undo, &[DONE]));
        let why = inverse(&journal, Some(&first.id)).unwrap_err().to_string();
        assert!(why.contains("taken back already"), "{why}");
        // Again: what was undone is done again.
        assert_eq!(inverse(&journal, None).unwrap().asks, [(first.targets[0].key.clone(), Ask::Stop)]);
        assert!(inverse(&[], None).is_err());
        let nothing = plan("p-4", &["i-1"], |_| {});
        assert!(inverse(&lines(&nothing, &[&[Step::Journalled, refused()]]), None).is_err());
    }
}
