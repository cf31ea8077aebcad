//! Turns a request into the confirm dialog: the plan, its reason, read-only mode and guards.

use super::super::{
    super::{
        App, Command,
        dialogs::{ConfirmDialog, Dialog},
        notices::{Notice, reasons},
        state::{access, modal_stack::Layer, reconcile},
    },
    toast,
};
use super::refusal;
use crate::{
    domain::{
        ActionRequest, Operation, Plan, PlanId, Reason, Record, ResourceKey, Target,
        action::definition::Justification,
    },
    rules::Finding,
};
use std::sync::Arc;

/// Plans `request` on the present records of `keys` and opens the confirm dialog. A plan without
/// targets becomes a notice with the reason.
pub fn propose(app: &mut App, request: &ActionRequest, keys: &[ResourceKey]) -> Vec<Command> {
    let records: Vec<Arc<Record>> = keys
        .iter()
        .filter_map(|key| app.inventory.record(key))
        .cloned()
        .collect();
    app.plans += 1;
    let id = PlanId::new(app.now, app.plans);
    let borrowed: Vec<&Record> = records.iter().map(AsRef::as_ref).collect();
    let plan = Plan::new(id, request, &borrowed, app.now);
    propose_plan(app, plan)
}

/// Applies read-only mode and guards to `plan` and opens the confirm dialog. Every plan passes
/// here. A denied plan, or one without targets, becomes a notice with the reason.
pub fn propose_plan(app: &mut App, mut plan: Plan) -> Vec<Command> {
    if plan.reason.is_none() && !plan.operation.definition().is_about_anomaly {
        plan.reason = reconcile::contributors(&mut app.layers)
            .map(|sheet| sheet.reason())
            .or_else(|| finding(app, &plan));
    }
    let offered = plan.targets.len();
    let plan = match guarded(app, plan) {
        Ok(plan) => plan,
        Err(notice) => return toast(app, notice),
    };
    let denied = offered - plan.targets.len();
    let commands = match plan.skipped.last() {
        Some(last) if denied > 0 => {
            let (count, why) = (denied, last.why.clone());
            toast(app, Notice::Skipped { count, why })
        }
        _ => Vec::new(),
    };
    let confirm = ConfirmDialog::new(plan, app.uptime);
    let survey = confirm
        .is_reading()
        .then(|| Command::Preflight(Box::new(confirm.plan.clone())));
    app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
    commands.into_iter().chain(survey).collect()
}

/// The finding that is the reason of `plan`: one rule found it on all targets. A plan that raises
/// the cost has no finding as its reason.
fn finding(app: &App, plan: &Plan) -> Option<Arc<str>> {
    let leads = |target: &Target| {
        app.inventory
            .findings()
            .iter()
            .find(|finding| finding.key == target.key && is_reason_for(plan.operation, finding))
    };
    let found: Vec<_> = plan.targets.iter().map_while(leads).collect();
    let costs = plan
        .targets
        .iter()
        .any(|target| target.saves.is_some_and(|saves| saves.0 < 0.0));
    let first = found
        .first()
        .filter(|_| found.len() == plan.targets.len() && plan.undoes.is_none() && !costs)?;
    found
        .iter()
        .all(|finding| finding.rule == first.rule)
        .then(|| match found.len() {
            1 => first.message.clone().into(),
            many => format!("{} on {many}: {}", first.rule, first.message).into(),
        })
}

/// Whether `finding` is a reason for `operation`: missing tags are no reason to stop, waste is no
/// reason to tag, and an operation that ends no waste has no finding as its reason.
fn is_reason_for(operation: Operation, finding: &Finding) -> bool {
    match operation.definition().justification {
        Justification::Waste => finding.is_waste(),
        Justification::Recommendation => finding.fix == Some(operation),
        Justification::Never => false,
    }
}

/// `plan` without the targets that read-only profiles and guards refuse. The error: no target
/// remains, or a guard denies the whole plan.
pub fn guarded(app: &App, mut plan: Plan) -> Result<Plan, Notice> {
    if let Some(why) = refusal(app) {
        return Err(Notice::ReadOnly { why });
    }
    plan.skip(|target| access::profile_refusal(app, &target.profile));
    let (operation, plan) = (plan.operation, app.guards.apply(plan, &app.guard_context()));
    let plan = plan.map_err(|why| Notice::PlanDenied { operation, why })?;
    if !plan.targets.is_empty() {
        return Ok(plan);
    }
    Err(match plan.skipped.first() {
        Some(skipped) => Notice::Unavailable {
            operation,
            name: skipped.name.clone(),
            rows: plan.skipped.len(),
            why: skipped.why.clone(),
        },
        None => Notice::TargetsGone { operation },
    })
}

/// Why the open `plan` no longer passes: by the present rows, guards would refuse a target or
/// require a stronger confirmation. Rows that are no longer listed are not judged here; the
/// executor describes them again before the call.
pub fn stricter_now(app: &App, plan: &Plan) -> Option<Reason> {
    let mut listed = plan.clone();
    listed
        .targets
        .retain(|target| app.inventory.record(&target.key).is_some());
    let (before, skipped) = (listed.targets.len(), listed.skipped.len());
    if before == 0 {
        return None;
    }
    match guarded(app, listed) {
        Err(notice) => Some(Reason::new(notice.text())),
        Ok(now) if now.targets.len() < before => now
            .skipped
            .get(skipped)
            .map(|left| Reason::new(format!("{}: {}", left.name, left.why))),
        Ok(now) => (now.confirm_level > plan.confirm_level).then(|| {
            now.confirm_reasons
                .first()
                .cloned()
                .unwrap_or_else(reasons::stricter_now)
        }),
    }
}
