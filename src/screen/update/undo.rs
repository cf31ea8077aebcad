//! Undo: plans the inverse of an action from the journal. It is confirmed like any plan.

use super::super::{
    App, Command,
    notices::{Notice, plural, reasons},
    state::{
        access,
        activity::{PlanRun, TargetResult},
        group::by_rule::is_alike,
        modal_stack::Layer,
    },
};
use super::{actions, toast};
use crate::domain::{
    ActionRequest, Inverse, Plan, PlanId, Reason, Record, ResourceKey, SkippedTarget, StatusKind,
    action::inverse::InverseTarget, text::printable,
};
use crate::screen::notices::page as wording;
use std::{collections::BTreeSet, sync::Arc};

/// Undoes the last action on the resource of the open panel, else the last plan of this user.
pub fn undo(app: &mut App) -> Vec<Command> {
    if let Some(why) = actions::refusal(app) {
        return toast(app, Notice::ReadOnly { why });
    }
    let key = match app.layers.last() {
        Some(Layer::Details(sheet) | Layer::Why(sheet)) if !is_alike(&sheet.key) => {
            Some(sheet.key.clone())
        }
        _ => None,
    };
    match find_running(app, key.as_ref()) {
        Some(why) => toast(app, Notice::UndoLater { why }),
        None => vec![Command::Undo(key)],
    }
}

/// Why an undo has to wait: AWS has accepted nothing yet of the newest plan of this session (of
/// the newest one on `key`, if given), and the journal would return an older plan.
fn find_running(app: &App, key: Option<&ResourceKey>) -> Option<Reason> {
    let is_about = |result: &&TargetResult| key.is_none_or(|key| result.key == *key);
    let run = app
        .activity
        .newest()
        .find(|run| !run.recovered && run.targets.iter().any(|result| is_about(&result)))?;
    let result: Vec<&TargetResult> = run.targets.iter().filter(is_about).collect();
    let is_unanswered = |result: &&TargetResult| {
        matches!(
            result.kind(),
            StatusKind::Waiting | StatusKind::Recorded | StatusKind::Calling
        )
    };
    match result.as_slice() {
        all if !all.iter().all(is_unanswered) => None,
        [one] => Some(reasons::in_progress(run.operation, &printable(&one.name))),
        many => Some(reasons::in_progress(
            run.operation,
            &plural(many.len(), "row", "rows"),
        )),
    }
}

fn is_open(result: &TargetResult) -> bool {
    !result.kind().is_settled()
}

/// An operation of this session on `key` that its row may not show yet: it is in progress, or the
/// row was read before its end.
fn find_unread(app: &App, key: &ResourceKey) -> Option<Reason> {
    let of = |run: &PlanRun| {
        Some((
            run.operation,
            run.targets
                .iter()
                .find(|result| result.key == *key)?
                .clone(),
        ))
    };
    let (operation, result) = app
        .activity
        .newest()
        .filter(|run| !run.recovered)
        .find_map(of)?;
    if is_open(&result) {
        return Some(reasons::in_progress(operation, &printable(&result.name)));
    }
    let changed = matches!(
        result.kind(),
        StatusKind::Succeeded
            | StatusKind::Watching
            | StatusKind::Replaced
            | StatusKind::Failed
            | StatusKind::TimedOut
            | StatusKind::Partial
            | StatusKind::Unknown
    );
    let read = app.inventory.record(key)?.head.read_at;
    (changed && read < result.at).then(|| reasons::refreshing(operation, &printable(&result.name)))
}

/// Receives the inverse from the journal, or why none exists.
pub fn inverse(app: &mut App, found: Result<Inverse, Reason>) -> Vec<Command> {
    let inverse = match found {
        Ok(inverse) => inverse,
        Err(why) => return toast(app, Notice::NothingToUndo { why }),
    };
    if let Some(why) = actions::refusal(app) {
        return toast(app, Notice::ReadOnly { why });
    }
    // A key for the open dialog must not answer this one.
    if matches!(app.layers.last(), Some(Layer::Dialog(_))) {
        return toast(app, Notice::UndoBlocked);
    }
    let what = describe(app, &inverse);
    let mut plan = plan(app, inverse);
    let (first, mut commands) = mark_outdated(app, &mut plan);
    if plan.targets.is_empty() {
        return match first {
            Some(why) => {
                toast(app, Notice::UndoLater { why });
                commands
            }
            None => report_nothing(app, &what, &plan),
        };
    }
    plan.reason = Some(format!("undoes {what}").into());
    commands.extend(actions::propose_plan(app, plan));
    commands
}

/// Replaces the reason of rows that were skipped only because they are outdated. Returns the first
/// reason and the commands that refresh these rows.
fn mark_outdated(app: &App, plan: &mut Plan) -> (Option<Reason>, Vec<Command>) {
    let mut panes = BTreeSet::new();
    let mut first = None;
    for skipped in &mut plan.skipped {
        let Some(why) = find_unread(app, &skipped.key) else {
            continue;
        };
        panes.extend(app.inventory.pane_of(&skipped.key));
        first = first.or_else(|| Some(why.clone()));
        skipped.why = why;
    }
    (
        first,
        panes
            .into_iter()
            .map(|pane| Command::Poll(Some(pane)))
            .collect(),
    )
}

/// The plan of the inverse on the present rows, as far as these are in the state after the action.
fn plan(app: &mut App, inverse: Inverse) -> Plan {
    let mut skipped = inverse.skipped.clone();
    let mut matching: Vec<(Arc<Record>, &InverseTarget)> = Vec::new();
    for back in &inverse.targets {
        let row = row(app, back)
            .ok_or_else(|| absent(app, back))
            .and_then(|row| back.check(&row.head).map(|()| row));
        match row {
            Ok(row) => matching.push((row, back)),
            Err(why) => skipped.push(SkippedTarget {
                key: back.key.clone(),
                name: back.name.clone(),
                why,
            }),
        }
    }
    app.plans += 1;
    let requests: Vec<(&Record, &ActionRequest)> = matching
        .iter()
        .map(|(row, back)| (row.as_ref(), &back.request))
        .collect();
    let mut plan = Plan::each(
        PlanId::new(app.now, app.plans),
        inverse.operation,
        &requests,
        app.now,
    );
    for target in &mut plan.targets {
        if let Some((row, back)) = matching.iter().find(|(row, _)| row.head.key == target.key) {
            target.warnings.extend(back.warnings(&row.head));
            back.expect(&mut target.observed);
        }
    }
    plan.skipped.extend(skipped);
    plan.undoes = Some(inverse.undoes);
    plan
}

/// The row of the target, or one that shares the changed setting.
fn row(app: &App, back: &InverseTarget) -> Option<Arc<Record>> {
    let all = || {
        app.inventory
            .panes()
            .iter()
            .flat_map(|pane| app.inventory.rows(pane.id))
    };
    let row = app
        .inventory
        .record(&back.key)
        .or_else(|| all().find(|row| back.is_shared_by(&row.head)));
    row.cloned()
}

/// Why no row is listed: this session does not read its location, or the resource is gone.
fn absent(app: &App, back: &InverseTarget) -> Reason {
    let ResourceKey {
        account, region, ..
    } = &back.key;
    if app
        .locations
        .iter()
        .any(|place| place.account == *account && (place.region == *region || region.is_empty()))
    {
        return reasons::not_listed();
    }
    let profile = access::profile_name(&back.profile);
    reasons::elsewhere(&app.aliases.name(account), region, &profile)
}

/// The action to undo in words: `stop of dev-box by ana, 2026-11-23 08:00 UTC`.
fn describe(app: &App, inverse: &Inverse) -> String {
    let count = inverse.targets.len() + inverse.skipped.len();
    let what = match (inverse.targets.first(), count) {
        (Some(back), 1) => back.name.to_string(),
        _ => format!("{count} rows"),
    };
    let when = inverse
        .at
        .to_zoned(app.zone.clone())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string();
    wording::undo_what(
        inverse.original,
        &printable(&what),
        &printable(&inverse.by),
        &when,
    )
}

/// Reports that nothing can be undone, and why.
fn report_nothing(app: &mut App, what: &str, plan: &Plan) -> Vec<Command> {
    let Some(first) = plan.skipped.first() else {
        return toast(app, Notice::NoEntry);
    };
    let notice = Notice::NotUndoable {
        what: what.to_owned(),
        rows: plan.skipped.len(),
        name: first.name.clone(),
        why: first.why.clone(),
    };
    toast(app, notice)
}
