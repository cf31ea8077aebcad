//! A line of the journal from a step of a plan.
//!
//! Must not know files or the chain.

use crate::domain::{
    FaultKind, Plan, Setting, Stamp, Step, Target, Want,
    deed::{Before, Class, Deed, Line, VERSION, Word},
    verb::Timed,
};
use std::{
    hash::{BuildHasher, RandomState},
    process,
    sync::Arc,
};

/// A name for this run of the program that no other has: its process and a number by chance.
pub(super) fn console() -> Arc<str> {
    format!(
        "{}-{:016x}",
        process::id(),
        RandomState::new().hash_one(process::id())
    )
    .into()
}

/// The line for `step` of `target`, written by the user `by`.
pub(super) fn of(plan: &Plan, target: &Target, step: &Step, at: Stamp, by: &Arc<str>) -> Line {
    let intent = matches!(step, Step::Journalled | Step::Calling);
    Line {
        version: VERSION,
        seq: 0,
        at,
        plan: plan.id.clone(),
        undoes: plan.undoes.clone(),
        by: by.clone(),
        who: None,
        why: plan.reason.clone(),
        step: Word::of(step),
        result: Class::of(step),
        verb: plan.verb,
        profile: target.profile.clone(),
        account: target.key.account.clone(),
        region: target.key.region.clone(),
        kind: target.key.kind,
        id: target.key.id.clone(),
        name: target.name.clone(),
        requests: target.call.requests(),
        before: Before::of(&target.seen, &target.want),
        want: wanted(&target.want),
        saves_usd_per_hour: target.saves.map(|rate| rate.0),
        note: note(step),
        console: None,
        deed: intent.then(|| Deed::of(target)),
        left_open: None,
        torn: None,
        broken: None,
        prev: String::new(),
        hash: String::new(),
    }
}

fn note(step: &Step) -> Option<String> {
    match step {
        Step::Drifted(why) | Step::Unsettled(why) => Some(why.to_string()),
        Step::Refused(fault) if fault.kind == FaultKind::BadCredentials => {
            Some(format!("credentials expired or not valid: {fault}"))
        }
        Step::Partly(fault) => Some(format!("done in part only: {fault}")),
        Step::Refused(fault) | Step::Unknown(fault) => Some(fault.to_string()),
        Step::Journalled | Step::Calling | Step::Accepted | Step::Settled | Step::Cancelled => None,
    }
}

/// `want` in words.
fn wanted(want: &Want) -> String {
    match want {
        Want::Stopped => "stopped".to_owned(),
        Want::Running => "running".to_owned(),
        Want::Count(count) => format!("count {count}"),
        Want::Gone => "gone".to_owned(),
        Want::Set(setting) => format!("set {setting}"),
        Want::Timed(timed) => {
            let one = |timed: &Timed| format!("{} {} {}", timed.name, timed.cron, timed.bounds());
            timed.iter().map(one).collect::<Vec<_>>().join("; ")
        }
        Want::Timetable { bounds, put, gone } => {
            let bounds = Setting::Target {
                bounds: *bounds,
                policies: None,
            };
            let put = put
                .iter()
                .map(|timed| format!("; {} {} {}", timed.name, timed.cron, timed.bounds()));
            let gone = gone.iter().map(|name| format!("; no {name}"));
            format!("{bounds}{}", put.chain(gone).collect::<String>())
        }
        Want::Tags { set, remove } => {
            let set = set.iter().map(|(key, value)| format!("+{key}={value}"));
            set.chain(remove.iter().map(|key| format!("-{key}")))
                .collect::<Vec<_>>()
                .join(" ")
        }
    }
}
