//! Every verb in every outcome: what takes it back, or why nothing does.

use super::super::{
    super::fake::{look, plan_to_stop, stamp},
    line,
};
use super::*;
use crate::domain::{
    Fault, FaultKind, JobKind, Look, Plan, Schedule, Step, Tags, Want, verb::Timed,
};
use std::sync::Arc;

fn plan(id: &str, ids: &[&str], change: impl Fn(&mut Plan)) -> Plan {
    let mut plan = Plan {
        id: PlanId(id.into()),
        ..plan_to_stop(ids)
    };
    change(&mut plan);
    plan
}

fn lines_by(plan: &Plan, steps: &[&[Step]], by: &str) -> Vec<Line> {
    let (by, each): (Arc<str>, _) = (by.into(), plan.targets.iter().zip(steps.iter().cycle()));
    each.flat_map(|(target, steps)| {
        steps
            .iter()
            .map(|step| line::of(plan, target, step, stamp(), &by))
            .collect::<Vec<_>>()
    })
    .collect()
}

fn lines(plan: &Plan, steps: &[&[Step]]) -> Vec<Line> {
    lines_by(plan, steps, "ana")
}

fn newest(lines: &[Line]) -> Result<Inverse, Why> {
    inverse(lines, Which::Newest(None))
}

fn asks(found: &Inverse) -> Vec<(&str, Ask)> {
    found
        .backs
        .iter()
        .map(|back| (&*back.key.id, back.ask.clone()))
        .collect()
}

const DONE: &[Step] = &[Step::Journalled, Step::Accepted, Step::Settled];

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "ec2:StopInstances", "no")
}

fn refused() -> Step {
    Step::Refused(fault(FaultKind::Denied))
}

fn tags(pairs: &[(&str, &str)]) -> Tags {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}

struct Row {
    verb: Verb,
    call: Call,
    want: Want,
    seen: Look,
    back: Result<Ask, &'static str>,
}

fn row(verb: Verb, call: Call, want: Want, seen: Look, back: Result<Ask, &'static str>) -> Row {
    Row {
        verb,
        call,
        want,
        seen,
        back,
    }
}

/// Every verb, with each of its calls that is taken back in another way.
fn table() -> Vec<Row> {
    let stop = || Call::StopInstance("i-1".into());
    let set = |setting: Setting| Look {
        setting: Some(setting),
        ..look("InService")
    };
    let tagging = || Want::Tags {
        set: tags(&[("a", "2"), ("n", "1")]),
        remove: vec!["r".into()],
    };
    let tagged = Look {
        tags: Some(tags(&[("a", "1"), ("r", "x"), ("other", "y")])),
        ..look("running")
    };
    let hours = Schedule::parse("mon-fri 08-18 4 1").unwrap();
    let timing = || Call::ScheduleVariant {
        endpoint: "e".into(),
        variant: "v".into(),
        schedule: hours,
        bounds: (1, 4),
    };
    let timed = Want::Timed(Timed::of(&hours, 4).into());
    let job = Call::StopJob {
        kind: JobKind::Training,
        id: "j".into(),
    };
    let app = Call::DeleteApp {
        domain: "d".into(),
        owner: crate::domain::call::AppOwner::User("u".into()),
        app_type: "t".into(),
        name: "n".into(),
    };
    vec![
        row(
            Verb::Stop,
            stop(),
            Want::Stopped,
            look("running"),
            Ok(Ask::Start),
        ),
        row(
            Verb::Stop,
            Call::StopNotebook("n".into()),
            Want::Stopped,
            look("InService"),
            Ok(Ask::Start),
        ),
        row(
            Verb::Stop,
            job,
            Want::Stopped,
            look("InProgress"),
            Err("does not go on"),
        ),
        row(
            Verb::Stop,
            app,
            Want::Stopped,
            look("InService"),
            Err("the app was deleted"),
        ),
        row(
            Verb::Stop,
            Call::EndWarmPool("j".into()),
            Want::Stopped,
            look("Completed"),
            Err("does not come back"),
        ),
        row(
            Verb::Start,
            Call::StartInstance("i-1".into()),
            Want::Running,
            look("stopped"),
            Ok(Ask::Stop),
        ),
        row(
            Verb::Scale,
            stop(),
            Want::Count(1),
            Look {
                count: Some(3),
                desired: Some(4),
                ..look("InService")
            },
            Ok(Ask::Scale(4)),
        ),
        row(
            Verb::Scale,
            stop(),
            Want::Count(1),
            Look {
                desired: None,
                ..look("InService")
            },
            Err("not in the journal"),
        ),
        row(
            Verb::Tag,
            stop(),
            tagging(),
            tagged,
            Ok(Ask::Tag {
                set: tags(&[("a", "1"), ("r", "x")]),
                remove: vec!["n".into()],
            }),
        ),
        row(
            Verb::Tag,
            stop(),
            tagging(),
            Look {
                tags: None,
                ..look("running")
            },
            Err("not in the journal"),
        ),
        row(
            Verb::Bounds,
            stop(),
            Want::Set(Setting::Bounds(0, 2)),
            set(Setting::Bounds(1, 4)),
            Ok(Ask::Bounds { least: 1, most: 4 }),
        ),
        row(
            Verb::Bounds,
            stop(),
            Want::Set(Setting::Bounds(0, 2)),
            look("InService"),
            Err("not in the journal"),
        ),
        row(
            Verb::SwapModel,
            stop(),
            Want::Set(Setting::Model("m-2".into())),
            set(Setting::Model("m-1".into())),
            Ok(Ask::SwapModel("m-1".into())),
        ),
        row(
            Verb::SwapModel,
            stop(),
            Want::Set(Setting::Model("m-2".into())),
            look("InService"),
            Err("not in the journal"),
        ),
        row(
            Verb::Schedule,
            timing(),
            timed.clone(),
            look("InService"),
            Err("what went by the clock before is not in the journal"),
        ),
        row(
            Verb::Schedule,
            timing(),
            timed,
            Look {
                timed: Some(Vec::new()),
                ..look("InService")
            },
            Err("what its scaling target was before is not in the journal"),
        ),
        row(
            Verb::Terminate,
            stop(),
            Want::Gone,
            look("running"),
            Err("gone"),
        ),
        row(
            Verb::Delete,
            stop(),
            Want::Gone,
            look("InService"),
            Err("gone"),
        ),
        row(
            Verb::Reboot,
            stop(),
            Want::Running,
            look("running"),
            Err("no opposite"),
        ),
        row(
            Verb::Feedback,
            stop(),
            Want::Set(Setting::Feedback(None)),
            look("open"),
            Err("no answer"),
        ),
    ]
}

/// The steps after the intent, and whether something was done, may have been, or was not (with the
/// word for it).
fn outcomes() -> Vec<(Vec<Step>, Result<Class, &'static str>)> {
    let refused = |kind| vec![Step::Refused(fault(kind))];
    vec![
        (vec![Step::Accepted, Step::Settled], Ok(Class::Done)),
        (vec![Step::Accepted], Ok(Class::Done)),
        (
            vec![Step::Accepted, Step::Unsettled("failed".into())],
            Ok(Class::Done),
        ),
        (
            vec![Step::Unknown(fault(FaultKind::Timeout))],
            Ok(Class::Unknown),
        ),
        (vec![], Err("it has no result yet")),
        (vec![Step::Drifted("state".into())], Err("it was not done")),
        (vec![Step::Cancelled], Err("it was not done")),
        (refused(FaultKind::Denied), Err("it was denied")),
        (
            refused(FaultKind::Throttled),
            Err("AWS took no more requests"),
        ),
        (
            refused(FaultKind::BadCredentials),
            Err("the credentials were expired"),
        ),
        (refused(FaultKind::Refused), Err("AWS refused it")),
    ]
}

#[test]
fn each_verb_in_each_outcome_has_its_inverse_or_says_why_not() {
    let verbs: std::collections::BTreeSet<Verb> = table().iter().map(|row| row.verb).collect();
    assert!(
        Verb::ALL.iter().all(|verb| verbs.contains(verb)),
        "every verb is in the table"
    );
    for (
        Row {
            verb,
            call,
            want,
            seen,
            back,
        },
        (steps, came),
    ) in table().into_iter().flat_map(|row| {
        outcomes().into_iter().map(move |outcome| {
            (
                Row {
                    seen: row.seen.clone(),
                    call: row.call.clone(),
                    want: row.want.clone(),
                    back: row.back.clone(),
                    ..row
                },
                outcome,
            )
        })
    }) {
        let plan = plan("p-1", &["i-1"], |plan| {
            plan.verb = verb;
            let target = &mut plan.targets[0];
            (target.call, target.want, target.seen) = (call.clone(), want.clone(), seen.clone());
        });
        let steps: Vec<Step> = std::iter::once(Step::Journalled).chain(steps).collect();
        let found = newest(&lines(&plan, &[&steps]));
        match (found, back, came) {
            (Ok(found), Ok(ask), Ok(class)) => {
                assert_eq!(
                    (&found.undoes, found.verb, found.done),
                    (&plan.id, ask.verb(), verb)
                );
                assert_eq!(asks(&found), [("i-1", ask)]);
                let left = found.backs[0].left.as_ref().unwrap();
                assert_eq!((left.class, &left.want), (class, &want), "{verb} {steps:?}");
            }
            // What was done decides; then whether there is a way back.
            (Err(why), Err(part), Ok(_)) | (Err(why), _, Err(part)) => {
                let why = why.to_string();
                assert!(
                    why.contains(part) && why.contains(&format!("{verb} name-of-i-1")),
                    "{verb} {steps:?}: {why}"
                );
            }
            (found, ..) => panic!("{verb} {steps:?}: {found:?}"),
        }
    }
}

#[test]
fn a_schedule_goes_back_to_what_was_there_by_name() {
    let hours = Schedule::parse("mon-fri 08-18 4 1").unwrap();
    let [begin, end] = Timed::of(&hours, 4);
    let own = Timed {
        name: "lunch".into(),
        ..end.clone()
    };
    let older = Timed {
        cron: "cron(0 6 ? * MON *)".into(),
        zone: Some("Europe/Berlin".into()),
        most: None,
        ..begin.clone()
    };
    let look_of = |timed: &[&Timed], bounds| Look {
        timed: Some(timed.iter().map(|one| (*one).clone()).collect()),
        setting: Some(Setting::Target {
            bounds,
            policies: None,
        }),
        ..look("InService")
    };
    let names = |names: &[&Timed]| names.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let call = Call::ScheduleVariant {
        endpoint: "e".into(),
        variant: "v".into(),
        schedule: hours,
        bounds: (1, 4),
    };
    for (before, bounds, put, delete) in [
        (look_of(&[], None), None, vec![], names(&[&begin, &end])),
        (
            look_of(&[&own], Some((2, 8))),
            Some((2, 8)),
            vec![],
            names(&[&begin, &end]),
        ),
        (
            look_of(&[&older, &own], Some((2, 8))),
            Some((2, 8)),
            vec![older.clone()],
            names(&[&end]),
        ),
    ] {
        let seen = Before::of(&before, &Want::Timed(Vec::new()));
        let back = Timetable::before(&call, &seen).unwrap();
        let mut record = super::super::super::fake::record("i-1");
        record.head.compute = None;
        let first = Plan::new(
            PlanId("p".into()),
            &Ask::Timetable(back),
            &[&record],
            stamp(),
        )
        .targets
        .remove(0);
        assert_eq!(
            first.call,
            Call::Timetable {
                endpoint: "e".into(),
                variant: "v".into(),
                bounds,
                put: put.clone(),
                delete: delete.clone()
            }
        );
        // Nothing was changed since; somebody's own action is in the way of nothing but a target
        // that would go.
        let left = |timed: &[&Timed], bounds| look_of(timed, Some(bounds));
        let still = |look: &Look| {
            first.want.still(
                &first.seen,
                &Look {
                    state: first.seen.state.clone(),
                    ..look.clone()
                },
            )
        };
        assert_eq!(still(&left(&[&begin, &end], (1, 4))), Ok(()));
        assert_eq!(
            still(&left(&[&begin, &end], (1, 1))),
            Ok(()),
            "the clock has set other bounds meanwhile"
        );
        assert_eq!(
            still(&left(&[&begin, &end, &own], (1, 4))).is_err(),
            bounds.is_none()
        );
        assert!(
            still(&left(
                &[
                    &begin,
                    &Timed {
                        least: Some(3),
                        ..end.clone()
                    }
                ],
                (1, 4)
            ))
            .unwrap_err()
            .contains("changed since")
        );
        assert!(
            still(&left(&[&begin, &end], (2, 9)))
                .unwrap_err()
                .contains("left at 1-4, are now 2-9")
        );
        assert!(!first.want.holds(&left(&[&begin, &end], (1, 4))));
        assert!(first.want.holds(&before), "{before:?}");
        // And there again.
        let again = Timetable::before(
            &first.call,
            &Before::of(&left(&[&begin, &end], (1, 4)), &first.want),
        )
        .unwrap();
        let second = Plan::new(
            PlanId("p".into()),
            &Ask::Timetable(again),
            &[&record],
            stamp(),
        )
        .targets
        .remove(0);
        let Call::Timetable {
            bounds,
            put,
            delete,
            ..
        } = &second.call
        else {
            panic!("{:?}", second.call)
        };
        assert_eq!((*bounds, delete.len()), (Some((1, 4)), 0));
        assert_eq!(put, &[begin.clone(), end.clone()]);
    }
    let policed = Look {
        setting: Some(Setting::Target {
            bounds: Some((1, 4)),
            policies: Some(1),
        }),
        ..look_of(&[&begin, &end], None)
    };
    let planned = look_of(&[&begin, &end], Some((1, 4)));
    let gone = Want::Timetable {
        bounds: None,
        put: Vec::new(),
        gone: names(&[&begin, &end]),
    };
    assert!(
        gone.still(&planned, &policed)
            .unwrap_err()
            .contains("scaling policy")
    );
}

#[test]
fn only_what_was_done_is_taken_back_and_only_once() {
    let first = plan("p-1", &["i-1", "i-2", "i-3"], |_| {});
    let unknown = Step::Unknown(fault(FaultKind::Timeout));
    let mut journal = lines(
        &first,
        &[
            DONE,
            &[Step::Journalled, refused()],
            &[Step::Journalled, unknown],
        ],
    );
    let found = newest(&journal).unwrap();
    assert_eq!(asks(&found), [("i-1", Ask::Start), ("i-3", Ask::Start)]);
    let left_out: Vec<String> = found
        .left_out
        .iter()
        .map(|one| format!("{}: {}", one.key.id, one.why))
        .collect();
    assert_eq!(left_out, ["i-2: nothing was done: it was denied"]);
    let second = plan("p-2", &["i-1", "i-4"], |plan| plan.verb = Verb::Terminate);
    journal.extend(lines(&second, &[DONE]));
    assert_eq!(
        newest(&journal).unwrap_err().to_string(),
        "none of 2: terminate name-of-i-4: what was terminated is gone"
    );
    let of_first = |journal: &[Line]| inverse(journal, Which::Plan(&first.id));
    assert!(of_first(&journal).is_ok());
    let undo = plan("p-3", &["i-1", "i-3"], |plan| {
        plan.verb = Verb::Start;
        plan.undoes = Some(first.id.clone());
    });
    // An undo that AWS refused has taken nothing back, nor one of which nobody knows.
    for step in [refused(), Step::Unknown(fault(FaultKind::Timeout))] {
        let failed: Vec<Line> = journal
            .iter()
            .cloned()
            .chain(lines(&undo, &[&[Step::Journalled, step]]))
            .collect();
        assert_eq!(of_first(&failed).unwrap().backs.len(), 2);
    }
    // One that was done in part: the rest is left.
    let half: Vec<Line> = journal
        .iter()
        .cloned()
        .chain(lines(&undo, &[DONE, &[Step::Journalled, refused()]]))
        .collect();
    let rest = of_first(&half).unwrap();
    assert_eq!(asks(&rest), [("i-3", Ask::Start)]);
    assert!(
        rest.left_out
            .iter()
            .any(|one| one.why.to_string() == "it is taken back already"),
        "{rest:?}"
    );
    journal.extend(lines(&undo, &[DONE]));
    let why = of_first(&journal).unwrap_err().to_string();
    assert_eq!(
        why,
        "nothing is left of it: stop name-of-i-1 is taken back already"
    );
    // Again: what was undone is done again.
    assert_eq!(
        asks(&newest(&journal).unwrap()),
        [("i-1", Ask::Stop), ("i-3", Ask::Stop)]
    );
}

#[test]
fn whose_deed_it_is_and_on_what_decides() {
    assert_eq!(newest(&[]).unwrap_err().to_string(), "nothing was done yet");
    assert_eq!(
        inverse(&[], Which::Newest(Some("ana")))
            .unwrap_err()
            .to_string(),
        "nothing was done yet by you"
    );
    assert_eq!(
        inverse(&[], Which::Plan(&PlanId("p".into())))
            .unwrap_err()
            .to_string(),
        "nothing of plan p is in the journal"
    );
    let (ana, ben) = (
        plan("p-1", &["i-1", "i-2"], |_| {}),
        plan("p-2", &["i-3"], |_| {}),
    );
    let mut journal = lines_by(&ana, &[DONE], "ana");
    journal.extend(lines_by(&ben, &[DONE], "ben"));
    let of = |journal: &[Line], user: &str| {
        inverse(journal, Which::Newest(Some(user))).map(|found| found.undoes)
    };
    assert_eq!(of(&journal, "ana"), Ok(ana.id.clone()));
    assert_eq!(of(&journal, "ben"), Ok(ben.id.clone()));
    assert!(of(&journal, "eve").is_err());
    // On one resource it is the newest on that, whoever did it, and nothing else of its plan.
    let key = &ana.targets[1].key;
    let found = inverse(&journal, Which::Resource(key)).unwrap();
    assert_eq!(
        (asks(&found), found.left_out.len(), &*found.by),
        (vec![("i-2", Ask::Start)], 0, "ana")
    );
    assert_eq!(
        inverse(
            &journal,
            Which::Resource(&Key {
                id: "i-9".into(),
                ..key.clone()
            })
        )
        .unwrap_err()
        .to_string(),
        "nothing was done to it yet"
    );
    // Somebody else has taken it back.
    let undo = plan("p-3", &["i-1", "i-2"], |plan| {
        plan.verb = Verb::Start;
        plan.undoes = Some(ana.id.clone());
    });
    journal.extend(lines_by(&undo, &[DONE], "ben"));
    let why = inverse(&journal, Which::Newest(Some("ana")))
        .unwrap_err()
        .to_string();
    assert!(why.contains("taken back already"), "{why}");
    // The same id in another account is another resource.
    let elsewhere = Key {
        account: "222233334444".into(),
        ..key.clone()
    };
    assert!(inverse(&journal, Which::Resource(&elsewhere)).is_err());
}

#[test]
fn a_group_that_was_scaled_by_way_of_another_node_is_taken_back() {
    let group = |id: &str, node: &str, count, undoes: Option<&str>| {
        plan(id, &[node], |plan| {
            plan.verb = Verb::Scale;
            plan.undoes = undoes.map(|id| PlanId(id.into()));
            let target = &mut plan.targets[0];
            target.call = Call::ScaleGroup {
                cluster: "c".into(),
                group: "g".into(),
                count,
            };
            (target.want, target.seen.desired) = (Want::Count(count), Some(4));
        })
    };
    let mut journal = lines(&group("p-1", "node-1", 2, None), &[DONE]);
    assert_eq!(
        asks(&newest(&journal).unwrap()),
        [("node-1", Ask::Scale(4))]
    );
    journal.extend(lines(&group("p-2", "node-2", 4, Some("p-1")), &[DONE]));
    assert_eq!(newest(&journal).unwrap().undoes, PlanId("p-2".into()));
    assert!(
        inverse(&journal, Which::Plan(&PlanId("p-1".into())))
            .unwrap_err()
            .to_string()
            .contains("already")
    );
}
