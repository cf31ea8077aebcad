//! Undo: the inverse of what was done, as far as the journal knows it, asked for like anything else.
//!
//! Must not know how the journal is read.

use super::{
    super::{App, Cmd, alike::is_alike, app::Tone, layer::Layer},
    act, toast,
};
use crate::domain::{Ask, Inverse, Plan, PlanId, Record, Skipped, Why};
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
    let Inverse { undoes, verb, asks } = match found {
        Ok(inverse) => inverse,
        Err(why) => return toast(app, Tone::Bad, &format!("nothing to undo: {why}")),
    };
    if let Some(why) = act::refused(app) {
        return toast(app, Tone::Bad, &why.to_string());
    }
    let records: Vec<(Arc<Record>, &Ask)> =
        asks.iter().filter_map(|(key, ask)| app.world.record(key).cloned().map(|record| (record, ask))).collect();
    let asked: Vec<(&Record, &Ask)> = records.iter().map(|(record, ask)| (record.as_ref(), *ask)).collect();
    app.plans += 1;
    let mut plan = Plan::each(PlanId::new(app.now, app.plans), verb, &asked, app.now);
    plan.undoes = Some(undoes);
    for (key, _) in asks.iter().filter(|(key, _)| app.world.record(key).is_none()) {
        let why = Why::new("it is not in sight: not read, or no longer there");
        plan.skipped.push(Skipped { key: key.clone(), name: key.id.clone(), why });
    }
    if plan.targets.is_empty() {
        let text = match plan.skipped.as_slice() {
            [] => "nothing to undo".to_owned(),
            [one] => format!("cannot be undone: {verb} {}: {}", one.name, one.why),
            [first, ..] => format!("cannot be undone on any of {} rows: {verb} {}: {}", plan.skipped.len(), first.name, first.why),
        };
        return toast(app, Tone::Bad, &text);
    }
    act::propose_plan(app, plan)
}
