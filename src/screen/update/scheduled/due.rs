//! Runs operations when they are due.
//!
//! The user does not confirm them again, so spendtop checks the row, the guards and the confirm
//! level again: each must be as it was at the confirmation.

use super::super::{
    super::{
        App, Command,
        dialogs::{Dialog, ScheduledList},
        notices::{Notice, reasons},
        state::{access, modal_stack::Layer},
    },
    actions, activity, errors, toast,
};
use super::change;
use crate::domain::{
    ActionRequest, ConfirmedPlan, Fault, FaultKind, Plan, PlanId, Reason, Record, ScheduledPlan,
    action::schedule::{ScheduleChange, ScheduleEntry},
    time::when,
};
use std::{collections::BTreeMap, sync::Arc};

/// Ends snoozes that are over, and takes operations that are due from the file. Runs each second.
pub fn tick(app: &mut App) -> Vec<Command> {
    let rested = app
        .schedules
        .entries
        .snoozes()
        .filter(|snooze| snooze.until <= app.now)
        .cloned();
    let rested = rested
        .map(|snooze| ScheduleChange::Remove(ScheduleEntry::Snooze(snooze)))
        .collect();
    let mut commands = change(app, rested);
    commands.extend(claim_due(app));
    commands
}

fn claim_due(app: &mut App) -> Vec<Command> {
    let now = app.now;
    app.inventory
        .snooze(app.schedules.entries.snoozed_keys(now), now);
    let fresh = |scheduled: &&ScheduledPlan| {
        scheduled.is_due(now) && !app.schedules.claims.iter().any(|claim| claim.is(scheduled))
    };
    let (missed, due): (Vec<ScheduledPlan>, Vec<ScheduledPlan>) = app
        .schedules
        .entries
        .plans()
        .filter(fresh)
        .cloned()
        .partition(|scheduled| scheduled.is_missed(now));
    report_missed(app, missed);
    if let (Some(why), false) = (actions::refusal(app), due.is_empty()) {
        // Another console may still run it.
        for scheduled in &due {
            report_failure(app, scheduled, &why);
        }
        return Vec::new();
    }
    let settled = due
        .into_iter()
        .filter(|scheduled| is_listed_or_gone(app, scheduled));
    let (refused, ready): (Vec<_>, Vec<_>) = settled
        .map(|scheduled| (refusal(app, &scheduled), scheduled))
        .partition(|(why, _)| why.is_some());
    for (why, scheduled) in refused {
        if let Some(why) = &why {
            report_failure(app, &scheduled, why);
        }
    }
    let ready: Vec<ScheduledPlan> = ready.into_iter().map(|(_, scheduled)| scheduled).collect();
    if ready.is_empty() {
        return Vec::new();
    }
    app.schedules.claims.extend(ready.iter().cloned());
    vec![Command::Claim(ready)]
}

/// Why this session cannot change the row through its profile. Another console may still do it.
fn refusal(app: &App, scheduled: &ScheduledPlan) -> Option<Reason> {
    app.inventory
        .record(scheduled.key())
        .and_then(|record| access::profile_refusal(app, &record.head.profile))
}

/// Whether its row is listed, or is known to be gone: all sources of its account and region were
/// read after the scheduled time.
fn is_listed_or_gone(app: &App, scheduled: &ScheduledPlan) -> bool {
    let key = scheduled.key();
    if app.inventory.record(key).is_some() {
        return true;
    }
    let panes: Vec<_> = app.inventory.panes().iter().map(|pane| pane.id).collect();
    let sources = panes.iter().flat_map(|pane| app.inventory.health(pane));
    let mut here = sources
        .filter(|(source, _)| {
            source.place.account == key.account && source.place.region == key.region
        })
        .peekable();
    here.peek().is_some()
        && here.all(|(_, health)| health.last_good.is_some_and(|read| read >= scheduled.due()))
}

fn report_missed(app: &mut App, missed: Vec<ScheduledPlan>) {
    let fresh: Vec<ScheduledPlan> = missed
        .into_iter()
        .filter(|scheduled| {
            app.schedules
                .reported
                .insert((scheduled.key().clone(), scheduled.due()))
        })
        .collect();
    let Some(first) = fresh.first() else { return };
    let notice = Notice::Missed {
        operation: first.operation(),
        name: first.name().clone(),
        count: fresh.len(),
        at: when::format(first.due(), &app.zone),
    };
    toast(app, notice);
    for scheduled in &fresh {
        let at = when::format(scheduled.due(), &app.zone);
        list_fault(app, scheduled, &reasons::missed(&at));
    }
    if app.layers.is_empty() {
        app.layers
            .push(Layer::Dialog(Dialog::ScheduledList(ScheduledList {
                missed: true,
                ..ScheduledList::default()
            })));
    }
}

/// Runs the operations that this console, and no other, took from the file.
pub fn run_claimed(
    app: &mut App,
    wanted: &[ScheduledPlan],
    taken: Vec<ScheduledPlan>,
) -> Vec<Command> {
    app.schedules
        .claims
        .retain(|claim| !wanted.iter().any(|wanted| wanted.is(claim)));
    let mut plans: BTreeMap<PlanId, Vec<ScheduledPlan>> = BTreeMap::new();
    for one in taken {
        plans.entry(one.plan().clone()).or_default().push(one);
    }
    plans
        .into_values()
        .flat_map(|scheduled| run(app, &scheduled))
        .collect()
}

/// Runs operations that were confirmed together, and reports those that do not match any more.
fn run(app: &mut App, scheduled: &[ScheduledPlan]) -> Vec<Command> {
    if let Some(why) = actions::refusal(app) {
        for one in scheduled {
            report_failure(app, one, &why);
        }
        return Vec::new();
    }
    let mut unchanged: Vec<ScheduledPlan> = Vec::new();
    for one in scheduled {
        match confirm_again(app, std::slice::from_ref(one)) {
            Ok(_) => unchanged.push(one.clone()),
            Err(why) => report_failure(app, one, &why),
        }
    }
    if unchanged.is_empty() {
        return Vec::new();
    }
    match confirm_again(app, &unchanged) {
        Ok(confirmed) => {
            activity::begin(app, &confirmed);
            vec![Command::Run(confirmed)]
        }
        Err(why) => {
            for one in &unchanged {
                report_failure(app, one, &why);
            }
            Vec::new()
        }
    }
}

/// Plans again from the present rows and guards, and compares the plan with the confirmed one.
fn confirm_again(app: &mut App, scheduled: &[ScheduledPlan]) -> Result<ConfirmedPlan, Reason> {
    let records: Vec<(Arc<Record>, &ActionRequest)> = scheduled
        .iter()
        .filter_map(|one| {
            app.inventory
                .record(one.key())
                .cloned()
                .map(|record| (record, one.request()))
        })
        .collect();
    let Some(first) = scheduled.first().filter(|_| !records.is_empty()) else {
        return Err(reasons::gone());
    };
    let requests: Vec<(&Record, &ActionRequest)> = records
        .iter()
        .map(|(record, request)| (record.as_ref(), *request))
        .collect();
    app.plans += 1;
    let mut plan = Plan::each(
        PlanId::new(app.now, app.plans),
        first.operation(),
        &requests,
        app.now,
    );
    plan.reason = Some(
        format!(
            "scheduled {}",
            first.scheduled_at().strftime("%Y-%m-%d %H:%M")
        )
        .into(),
    );
    let skip_reason = |plan: &Plan| plan.skipped.last().map(|skipped| skipped.why.clone());
    if plan.targets.is_empty() {
        return Err(skip_reason(&plan).unwrap_or_else(reasons::nothing_to_do));
    }
    let plan = actions::guarded(app, plan).map_err(|notice| Reason::new(notice.text()))?;
    if plan.targets.is_empty() {
        return Err(skip_reason(&plan).unwrap_or_else(reasons::nothing_to_do));
    }
    plan.confirm_as_scheduled(scheduled, app.now)
        .map_err(|why| Reason::new(why.to_string()))
}

/// Reports once that an operation did not run, and why.
fn report_failure(app: &mut App, scheduled: &ScheduledPlan, why: &Reason) {
    if !app
        .schedules
        .reported
        .insert((scheduled.key().clone(), scheduled.due()))
    {
        return;
    }
    let at = when::format_brief(scheduled.due(), app.now, &app.zone);
    let notice = Notice::ScheduleFailed {
        operation: scheduled.operation(),
        name: scheduled.name().clone(),
        at,
        why: why.clone(),
    };
    toast(app, notice);
    list_fault(app, scheduled, why);
}

fn list_fault(app: &mut App, scheduled: &ScheduledPlan, why: &Reason) {
    let at = app.now;
    errors::list(
        app,
        None,
        Fault::new(
            FaultKind::Refused,
            format!("scheduled {} {}", scheduled.operation(), scheduled.name()),
            reasons::not_run(why).to_string(),
        ),
        at,
    );
}
