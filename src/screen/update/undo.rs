//! Undo: the inverse of what was done, as far as the journal knows it, asked for like anything else.
//!
//! Must not know how the journal is read.

use super::{
    super::{
        App, Cmd, access,
        alike::is_alike,
        app::Tone,
        deeds::{End, Ran, Told},
        layer::Layer,
    },
    act, toast,
};
use crate::domain::{Ask, Inverse, Key, Plan, PlanId, Record, Skipped, Step, Verb, Why, inverse::Back, text::printable};
use std::{collections::BTreeSet, sync::Arc};

/// Takes back the last deed on the resource of the sheet on top, else the last plan of this user.
pub fn undo(app: &mut App) -> Vec<Cmd> {
    if let Some(why) = act::refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let key = match app.layers.last() {
        Some(Layer::Details(sheet) | Layer::Why(sheet)) if !is_alike(&sheet.key) => Some(sheet.key.clone()),
        _ => None,
    };
    match under_way(app, key.as_ref()) {
        Some(why) => toast(app, Tone::Info, &format!("not yet: {why}")),
        None => vec![Cmd::Undo(key)],
    }
}

/// What of the newest plan of this run (of the newest that touches `key`, where one is asked about) is still to come: before it has, the
/// journal would name an older plan, and the rows do not show it.
fn under_way(app: &App, key: Option<&Key>) -> Option<String> {
    let asked = |told: &&Told| key.is_none_or(|key| told.key == *key);
    let ran = app.deeds.newest().find(|ran| !ran.recovered && ran.targets.iter().any(|told| asked(&told)))?;
    let open: Vec<&Told> = ran.targets.iter().filter(asked).filter(|told| is_open(told)).collect();
    match open.as_slice() {
        [] => None,
        [one] => Some(waits(ran.verb, one)),
        many => {
            let (open, all, state) = (many.len(), ran.targets.len(), wanted(ran.verb));
            Some(format!("{}: {open} of {all} are under way: undo it when AWS says of each that {state}", ran.verb))
        }
    }
}

fn is_open(told: &Told) -> bool {
    matches!(End::of(told.step.as_ref()), End::Waiting | End::Moving)
}

fn waits(verb: Verb, told: &Told) -> String {
    format!("{verb} {} is under way: undo it when AWS says that {}", printable(&told.name), wanted(verb))
}

/// What AWS says when it is settled.
fn wanted(verb: Verb) -> &'static str {
    match verb {
        Verb::Stop => "it has stopped",
        Verb::Start => "it runs",
        Verb::Reboot => "it runs again",
        Verb::Scale => "as many run as were asked for",
        Verb::Tag => "its tags are so",
        Verb::Terminate | Verb::Delete => "it is gone",
        Verb::Bounds => "its bounds are so",
        Verb::Schedule => "its hours are so",
        Verb::SwapModel => "the other model serves",
        Verb::Feedback => "it has the answer",
    }
}

/// Why nothing can be planned yet of the row of `key`: this run did something to it that the row does not show.
fn unseen(app: &App, key: &Key) -> Option<Why> {
    let of = |ran: &Ran| Some((ran.verb, ran.targets.iter().find(|told| told.key == *key)?.clone()));
    let (verb, told) = app.deeds.newest().filter(|ran| !ran.recovered).find_map(of)?;
    if is_open(&told) {
        return Some(Why::new(waits(verb, &told)));
    }
    let changed = matches!(told.step, Some(Step::Settled | Step::Unsettled(_) | Step::Unknown(_)));
    let read = app.world.record(key)?.head.seen;
    (changed && read < told.at).then(|| {
        let name = printable(&told.name);
        Why::new(format!("{verb} {name} came to its end, but its row was read before that: it is read again now, undo it in a moment"))
    })
}

/// The journal knows the inverse, or why there is none.
pub fn inverse(app: &mut App, found: Result<Inverse, Why>) -> Vec<Cmd> {
    let inverse = match found {
        Ok(inverse) => inverse,
        Err(why) => return toast(app, Tone::Bad, &format!("nothing to undo: {why}")),
    };
    if let Some(why) = act::refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    // A key meant for the question that is open must not answer this one.
    if matches!(app.layers.last(), Some(Layer::Dialog(_))) {
        return toast(app, Tone::Info, "undo: another question is open; answer that first");
    }
    let waiting: Vec<(Key, Why)> = inverse.backs.iter().filter_map(|back| Some((back.key.clone(), unseen(app, &back.key)?))).collect();
    let panes: BTreeSet<_> = waiting.iter().filter_map(|(key, _)| app.world.pane_of(key)).collect();
    let mut commands: Vec<Cmd> = panes.into_iter().map(|pane| Cmd::Poll(Some(pane))).collect();
    if let Some((_, why)) = waiting.first().filter(|_| waiting.len() == inverse.backs.len()) {
        let more = if waiting.len() > 1 { format!(" (and {} more)", waiting.len() - 1) } else { String::new() };
        toast(app, Tone::Info, &format!("not yet: {why}{more}"));
        return commands;
    }
    let what = told(app, &inverse);
    let mut plan = plan(app, inverse, &waiting);
    if plan.targets.is_empty() {
        return none(app, &what, &plan);
    }
    plan.reason = Some(format!("takes back {what}").into());
    commands.extend(act::propose_plan(app, plan));
    commands
}

/// What the inverse comes to on the rows as they are now, as far as these are as the deed left them; `waiting` do not show it yet.
fn plan(app: &mut App, inverse: Inverse, waiting: &[(Key, Why)]) -> Plan {
    let mut left_out = inverse.left_out.clone();
    let mut able: Vec<(Arc<Record>, &Back)> = Vec::new();
    for back in &inverse.backs {
        let late = waiting.iter().find(|(key, _)| *key == back.key).map_or(Ok(()), |(_, why)| Err(why.clone()));
        let row = late.and_then(|()| row(app, back).ok_or_else(|| absent(app, back)));
        match row.and_then(|row| back.fits(&row.head).map(|()| row)) {
            Ok(row) => able.push((row, back)),
            Err(why) => left_out.push(Skipped { key: back.key.clone(), name: back.name.clone(), why }),
        }
    }
    app.plans += 1;
    let asked: Vec<(&Record, &Ask)> = able.iter().map(|(row, back)| (row.as_ref(), &back.ask)).collect();
    let mut plan = Plan::each(PlanId::new(app.now, app.plans), inverse.verb, &asked, app.now);
    for target in &mut plan.targets {
        if let Some((row, back)) = able.iter().find(|(row, _)| row.head.key == target.key) {
            target.warnings.extend(back.warnings(&row.head));
            back.expect(&mut target.seen);
        }
    }
    plan.skipped.extend(left_out);
    plan.undoes = Some(inverse.undoes);
    plan
}

/// Its row, or one that shares what was changed.
fn row(app: &App, back: &Back) -> Option<Arc<Record>> {
    let all = || app.world.panes().iter().flat_map(|pane| app.world.rows(pane.id));
    let row = app.world.record(&back.key).or_else(|| all().find(|row| back.is_shared_by(&row.head)));
    row.cloned()
}

/// Why it is not in sight: this console does not read where it is, or it is gone.
fn absent(app: &App, back: &Back) -> Why {
    let Key { account, region, .. } = &back.key;
    if app.places.iter().any(|place| place.account == *account && (place.region == *region || region.is_empty())) {
        return Why::new("it is not in sight: not read yet, or no longer there");
    }
    let profile = access::shown(&back.profile);
    Why::new(format!("it is in {} {region}, by profile {profile}: this console does not read that", app.aliases.name(account)))
}

/// What is taken back: `stop of dev-box by ana, 2026-11-23 08:00 UTC`.
fn told(app: &App, inverse: &Inverse) -> String {
    let count = inverse.backs.len() + inverse.left_out.len();
    let what = match (inverse.backs.first(), count) {
        (Some(back), 1) => back.name.to_string(),
        _ => format!("{count} rows"),
    };
    let when = inverse.at.to_zoned(app.zone.clone()).strftime("%Y-%m-%d %H:%M %Z").to_string();
    format!("{} of {} by {}, {when}", inverse.done, printable(&what), printable(&inverse.by))
}

/// Nothing of it can be taken back: says why, and of what.
fn none(app: &mut App, what: &str, plan: &Plan) -> Vec<Cmd> {
    let text = match plan.skipped.as_slice() {
        [] => "nothing to undo".to_owned(),
        [one] => format!("cannot be undone: {what}: {}", one.why),
        [first, ..] => format!("cannot be undone: {what}: none of {}; {}: {}", plan.skipped.len(), first.name, first.why),
    };
    toast(app, Tone::Bad, &text)
}
