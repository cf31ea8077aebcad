//! Operations: targets, input, plan and confirm dialog. Nothing is executed here.

use super::super::{
    App, Command,
    dialogs::{
        ActionMenu, AutoscalingLimitsInput, ConfirmDialog, CountInput, Dialog, Picker,
        ScheduledScalingInput, SwapModelInput, TagEditor,
    },
    notices::{Notice, reasons},
    state::{access, group::by_rule::is_alike, modal_stack::Layer, reconcile, table::Table},
};
use super::toast;
use crate::{
    domain::{
        ActionRequest, Capability, Feedback, Input, Operation, Plan, PlanId, Prompt, Reason,
        Record, ResourceKey, Target, action::definition::Justification,
    },
    inventory::guards::{GuardEffect, Ruling},
    rules::Finding,
};
pub use access::refused;
use std::{collections::HashSet, sync::Arc};

/// The [`targets`] of an operation; the cursor stays on its row from now on.
pub fn take(app: &mut App) -> Vec<Arc<Record>> {
    app.pin_cursor();
    targets(app)
}

/// Whose: the resource of the sheet on top, else the marked rows, else what the row under the
/// cursor stands for. As known now, even if the rows stand still.
pub fn targets(app: &App) -> Vec<Arc<Record>> {
    let keys: Vec<ResourceKey> = match (app.layers.last(), app.focused()) {
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), Some(table)) if is_alike(&sheet.key) => {
            table.members(&sheet.key).to_vec()
        }
        (Some(Layer::Details(sheet) | Layer::Why(sheet)), _) => vec![sheet.key.clone()],
        (Some(Layer::Contributors(sheet)), _) => sheet.targets(),
        (_, Some(table)) if !table.marks.is_empty() => in_order(table, &table.marks),
        (_, Some(table)) => table
            .key()
            .map(|key| table.members(key).to_vec())
            .unwrap_or_default(),
        (_, None) => Vec::new(),
    };
    keys.iter()
        .filter_map(|key| app.inventory.record(key))
        .cloned()
        .collect()
}

/// The marked keys, those in sight first and in their order.
fn in_order(table: &Table, marks: &HashSet<ResourceKey>) -> Vec<ResourceKey> {
    let shown = table
        .rows
        .iter()
        .flat_map(|record| table.members(&record.head.key));
    let mut once = HashSet::new();
    let mut keys: Vec<ResourceKey> = shown
        .filter(|key| marks.contains(key) && once.insert(*key))
        .cloned()
        .collect();
    if keys.len() < marks.len() {
        let seen: HashSet<&ResourceKey> = keys.iter().collect();
        let mut hidden: Vec<ResourceKey> = marks
            .iter()
            .filter(|key| !seen.contains(key))
            .cloned()
            .collect();
        hidden.sort();
        keys.extend(hidden);
    }
    keys
}

/// Why `operation` cannot be had on `record` now, whatever it offers: read-only, or a guard that denies
/// it.
pub fn barred(app: &App, operation: Operation, record: &Record) -> Option<Reason> {
    access::barred(app, &record.head.profile).or_else(|| ruling(app, operation, record).denied)
}

/// What the guards say of `operation` on `record`.
pub fn ruling(app: &App, operation: Operation, record: &Record) -> Ruling {
    app.guards
        .judge(operation, &record.head.key, &app.guard_context())
}

/// What stands against `operation` on `record` although it is offered, or why more than a yes would be
/// asked for.
fn judged(app: &App, operation: Operation, record: &Record) -> Result<Option<Reason>, Reason> {
    if let Some(why) = access::barred(app, &record.head.profile) {
        return Err(why);
    }
    let ruling = ruling(app, operation, record);
    let asks = match ruling.demand {
        GuardEffect::TypeName => Some(false),
        GuardEffect::TypeAccount => Some(true),
        GuardEffect::Confirm | GuardEffect::Deny | GuardEffect::MaxBulk(_) => None,
    };
    match (ruling.denied, asks.zip(ruling.because.first())) {
        (Some(denied), _) => Err(denied),
        (None, asked) => Ok(asked.map(|(account, why)| reasons::type_to_confirm(account, why))),
    }
}

/// The targets of an operation: the keys of all rows, and the rows that support it.
pub type ActionableRows = (Vec<ResourceKey>, Vec<Arc<Record>>);

/// The rows [`take`]n for `operation`; where it can be done on none of them, how to say why.
pub fn able(app: &mut App, operation: Operation) -> Result<ActionableRows, Notice> {
    let records = take(app);
    able_of(app, operation, records)
}

fn able_of(
    app: &App,
    operation: Operation,
    records: Vec<Arc<Record>>,
) -> Result<ActionableRows, Notice> {
    if let Some(why) = refused(app) {
        return Err(Notice::ReadOnly { why });
    }
    // In the panel of contributors, feedback is about the anomaly.
    let records = match (operation.definition().is_about_anomaly, app.layers.last()) {
        (true, Some(Layer::Contributors(sheet))) => vec![
            app.inventory
                .record(&sheet.key)
                .unwrap_or(&sheet.record)
                .clone(),
        ],
        _ => records,
    };
    let is_able = |record: &&Arc<Record>| {
        record.head.capability(operation).known().is_some()
            && barred(app, operation, record).is_none()
    };
    let able: Vec<Arc<Record>> = records.iter().filter(is_able).cloned().collect();
    match records.first() {
        None => Err(Notice::NoRow),
        Some(first) if able.is_empty() => Err(unavailable(app, operation, first, records.len())),
        Some(_) => Ok((
            records
                .iter()
                .map(|record| record.head.key.clone())
                .collect(),
            able,
        )),
    }
}

/// Starts an operation on the targets: asks for its input, or plans it and opens the confirm
/// dialog.
pub fn operation(app: &mut App, operation: Operation) -> Vec<Command> {
    let able = able(app, operation);
    ask(app, operation, able)
}

/// The operation under the menu's cursor, on the rows that the menu was opened for, wherever the table's
/// cursor is by now.
pub fn chosen(app: &mut App, menu: &ActionMenu) -> Vec<Command> {
    let Some(operation) = menu.lines.get(menu.cursor).map(|line| line.operation) else {
        return Vec::new();
    };
    let records: Vec<_> = menu
        .targets
        .iter()
        .filter_map(|key| app.inventory.record(key))
        .cloned()
        .collect();
    if records.is_empty() {
        return toast(app, Notice::TargetsGone { operation });
    }
    let able = able_of(app, operation, records);
    ask(app, operation, able)
}

fn ask(app: &mut App, operation: Operation, able: Result<ActionableRows, Notice>) -> Vec<Command> {
    let (keys, able) = match able {
        Ok(able) => able,
        Err(notice) => return toast(app, notice),
    };
    // All rows go on into the plan, which gives a reason for those it skips.
    let dialog = match operation.definition().prompt {
        Prompt::None => return propose(app, &operation.request(Input::None), &keys),
        Prompt::Count => CountInput::new(operation, &able).map(|ask| {
            Dialog::Count(CountInput {
                targets: keys,
                ..ask
            })
        }),
        Prompt::Hours => ScheduledScalingInput::new(operation, &able).map(|ask| {
            Dialog::Schedule(ScheduledScalingInput {
                targets: keys,
                ..ask
            })
        }),
        Prompt::Limits => AutoscalingLimitsInput::new(operation, &able).map(|ask| {
            Dialog::Bounds(AutoscalingLimitsInput {
                targets: keys,
                ..ask
            })
        }),
        Prompt::Model => SwapModelInput::new(operation, &able).map(|ask| {
            Dialog::Swap(SwapModelInput {
                targets: keys,
                ..ask
            })
        }),
        Prompt::Feedback => Some(Dialog::Pick(Picker::feedback(
            operation,
            keys,
            given(operation, &able),
        ))),
        Prompt::Tags => TagEditor::new(operation, &able).map(|editor| {
            Dialog::Tags(TagEditor {
                targets: keys,
                ..editor
            })
        }),
    };
    app.layers.extend(dialog.map(Layer::Dialog));
    Vec::new()
}

/// The same input on all of them.
fn given(operation: Operation, records: &[Arc<Record>]) -> Option<Feedback> {
    let one = |record: &Arc<Record>| match record.head.capability(operation).known() {
        Some(Capability::Feedback { given, .. }) => *given,
        _ => None,
    };
    let first = one(records.first()?)?;
    records
        .iter()
        .all(|record| one(record) == Some(first))
        .then_some(first)
}

fn unavailable(app: &App, operation: Operation, first: &Record, rows: usize) -> Notice {
    let capability = first.head.capability(operation);
    let why = capability
        .why()
        .cloned()
        .or_else(|| barred(app, operation, first))
        .unwrap_or_else(|| Reason::new(""));
    Notice::Unavailable {
        operation,
        name: first.head.name.clone(),
        rows,
        why,
    }
}

/// Makes the plan of `ask` on `keys`, as known now, and asks for a yes. A plan without a target
/// says why instead.
pub fn propose(app: &mut App, ask: &ActionRequest, keys: &[ResourceKey]) -> Vec<Command> {
    let records: Vec<Arc<Record>> = keys
        .iter()
        .filter_map(|key| app.inventory.record(key))
        .cloned()
        .collect();
    app.plans += 1;
    let id = PlanId::new(app.now, app.plans);
    let borrowed: Vec<&Record> = records.iter().map(AsRef::as_ref).collect();
    let plan = Plan::new(id, ask, &borrowed, app.now);
    propose_plan(app, plan)
}

/// The one door of every plan, whoever made it: what is read-only or denied is left out, what the
/// guards demand is demanded, then a yes is asked for. A plan that may not be, or has no target
/// left, is told with the reason.
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
    let confirm = ConfirmDialog::new(plan);
    let survey = confirm
        .is_reading()
        .then(|| Command::Survey(Box::new(confirm.plan.clone())));
    app.layers.push(Layer::Dialog(Dialog::Confirm(confirm)));
    commands.into_iter().chain(survey).collect()
}

/// The finding that leads to `plan`: one rule's, about all of its targets. What costs more is led
/// to by none.
fn finding(app: &App, plan: &Plan) -> Option<Arc<str>> {
    let leads = |target: &Target| {
        app.inventory
            .findings()
            .iter()
            .find(|finding| finding.key == target.key && is_led_to(plan.operation, finding))
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

/// Whether `finding` is a reason for `operation`: what only lacks tags is none to stop it, what stands
/// idle none to tag it, and what ends no waste has none.
fn is_led_to(operation: Operation, finding: &Finding) -> bool {
    match operation.definition().justification {
        Justification::Waste => finding.waste.0 > 0.0,
        Justification::Recommendation => finding.fix == Some(operation),
        Justification::Never => false,
    }
}

/// `plan` as read-only profiles and guards let it pass, with at least one target, or why not. Asks
/// nobody.
pub fn guarded(app: &App, mut plan: Plan) -> Result<Plan, Notice> {
    if let Some(why) = refused(app) {
        return Err(Notice::ReadOnly { why });
    }
    plan.leave_out(|target| access::barred(app, &target.profile));
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

/// Why `plan`, which was asked for as it is, would be less or want more by what is known now of its
/// rows. Of a row that is not listed any more nothing is: it is looked at again before anything is
/// done to it.
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
        Ok(now) => (now.demand > plan.demand).then(|| {
            now.because
                .first()
                .cloned()
                .unwrap_or_else(reasons::stricter_now)
        }),
    }
}

/// All operations, with the reason where one is not offered.
pub fn menu(app: &mut App) -> Vec<Command> {
    let records = take(app);
    let about = match records.as_slice() {
        [] => return toast(app, Notice::NoRow),
        [one] => one.head.name.to_string(),
        many => format!("{} resources", many.len()),
    };
    let menu = ActionMenu::new(about, &records, |operation, record| {
        judged(app, operation, record)
    });
    app.layers.push(Layer::Dialog(Dialog::Operations(menu)));
    Vec::new()
}

/// Cancels the targets that have not started, of every running plan.
pub fn cancel_running(app: &mut App) -> Vec<Command> {
    if app.running_plans.is_empty() {
        return toast(app, Notice::NothingRunning);
    }
    app.running_plans
        .keys()
        .cloned()
        .map(Command::Cancel)
        .collect()
}
