//! Undo: the inverse of what was done, as far as the journal knows it, asked for like anything else.
//!
//! Must not know how the journal is read.

use super::{
    super::{App, Cmd, access, alike::is_alike, app::Tone, layer::Layer},
    act, toast,
};
use crate::domain::{Ask, Inverse, Key, Plan, PlanId, Record, Skipped, Why, inverse::Back, text::printable};
use std::sync::Arc;

/// Takes back the last deed on the resource of the sheet on top, else the last plan of this user.
pub fn undo(app: &mut App) -> Vec<Cmd> {
    if let Some(why) = act::refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let key = match app.layers.last() {
        Some(Layer::Details(sheet) | Layer::Why(sheet)) if !is_alike(&sheet.key) => Some(sheet.key.clone()),
        _ => None,
    };
    vec![Cmd::Undo(key)]
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
    let what = told(app, &inverse);
    let mut plan = plan(app, inverse);
    if plan.targets.is_empty() {
        return none(app, &what, &plan);
    }
    plan.reason = Some(format!("takes back {what}").into());
    act::propose_plan(app, plan)
}

/// What the inverse comes to on the rows as they are now, as far as these are as the deed left them.
fn plan(app: &mut App, inverse: Inverse) -> Plan {
    let mut left_out = inverse.left_out.clone();
    let mut able: Vec<(Arc<Record>, &Back)> = Vec::new();
    for back in &inverse.backs {
        let row = row(app, back).ok_or_else(|| absent(app, back)).and_then(|row| back.fits(&row.head).map(|()| row));
        match row {
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
