//! Operations: input, menu, cancellation. Nothing is executed here.

mod eligibility;
mod proposal;
mod targets;

use super::super::{
    App, Command,
    dialogs::{
        ActionMenu, AutoscalingLimitsInput, CountInput, Dialog, Picker, ScheduledScalingInput,
        SwapModelInput, TagEditor, TagOffers,
    },
    notices::Notice,
    state::{access, modal_stack::Layer},
};
use super::toast;
use crate::domain::{AnomalyFeedback, Capability, Input, Operation, Prompt, Record, ResourceKey};
pub use access::refusal;
pub use eligibility::{ActionableRows, actionable_rows, refusal_on, ruling};
use eligibility::{find_actionable, judge};
pub use proposal::{guarded, propose, propose_plan, stricter_now};
use std::sync::Arc;
pub use targets::{pin_targets, targets};

/// Starts an operation on the targets: asks for its input, or plans it and opens the confirm
/// dialog.
pub fn operation(app: &mut App, operation: Operation) -> Vec<Command> {
    let rows = actionable_rows(app, operation);
    start(app, operation, rows)
}

/// Starts the operation under the menu's cursor on the rows that the menu was opened for, even if
/// the table's cursor has moved since.
pub fn run_chosen(app: &mut App, menu: &ActionMenu) -> Vec<Command> {
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
    let rows = find_actionable(app, operation, records);
    start(app, operation, rows)
}

/// The tags that all resources have, and the required keys that one of `targets` lacks.
fn tag_offers(app: &App, targets: &[Arc<Record>]) -> TagOffers {
    let is_target = |key: &ResourceKey| targets.iter().any(|target| target.head.key == *key);
    let findings = app.inventory.findings().iter();
    let required = findings
        .filter(|finding| is_target(&finding.key))
        .flat_map(|finding| finding.missing_tags().map(str::to_owned))
        .collect();
    let panes = app.inventory.panes();
    let all = panes.iter().flat_map(|pane| app.inventory.rows(pane.id));
    TagOffers::new(all.map(AsRef::as_ref), required)
}

fn start(
    app: &mut App,
    operation: Operation,
    rows: Result<ActionableRows, Notice>,
) -> Vec<Command> {
    let (keys, able) = match rows {
        Ok(rows) => rows,
        Err(notice) => return toast(app, notice),
    };
    let dialog = match operation.definition().prompt {
        Prompt::None => return propose(app, &operation.request(Input::None), &keys),
        Prompt::Count => CountInput::new(operation, &able).map(Dialog::Count),
        Prompt::Hours => ScheduledScalingInput::new(operation, &able).map(Dialog::ScheduledScaling),
        Prompt::Limits => {
            AutoscalingLimitsInput::new(operation, &able).map(Dialog::AutoscalingLimits)
        }
        Prompt::Model => SwapModelInput::new(operation, &able).map(Dialog::SwapModel),
        Prompt::Feedback => Some(Dialog::Pick(Picker::feedback(
            operation,
            common_feedback(operation, &able),
        ))),
        Prompt::Tags => {
            let offers = tag_offers(app, &able);
            TagEditor::new(operation, &able, offers).map(Dialog::Tags)
        }
    };
    if let Some(mut dialog) = dialog {
        // The plan contains all rows and gives a reason for those it skips.
        dialog.set_targets(keys);
        app.layers.push(Layer::Dialog(dialog));
    }
    Vec::new()
}

/// The feedback already given, if it is the same for all records.
fn common_feedback(operation: Operation, records: &[Arc<Record>]) -> Option<AnomalyFeedback> {
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

/// Opens the menu of all operations, with the reason where one is unavailable.
pub fn menu(app: &mut App) -> Vec<Command> {
    let records = pin_targets(app);
    let about = match records.as_slice() {
        [] => return toast(app, Notice::NoRow),
        [one] => one.head.name.to_string(),
        many => format!("{} resources", many.len()),
    };
    let menu = ActionMenu::new(about, &records, |operation, record| {
        judge(app, operation, record)
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
