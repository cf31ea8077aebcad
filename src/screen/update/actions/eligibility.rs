//! The rows that an operation can run on now, and the reasons for the others.

use super::super::super::{
    App,
    notices::{Notice, reasons},
    state::{access, modal_stack::Layer},
};
use super::{pin_targets, refusal};
use crate::{
    domain::{Operation, Reason, Record, ResourceKey},
    inventory::guards::{GuardEffect, Ruling},
};
use std::sync::Arc;

/// Why `operation` on `record` is refused now even if the row supports it: read-only mode, or a
/// guard that denies it.
pub fn refusal_on(app: &App, operation: Operation, record: &Record) -> Option<Reason> {
    access::profile_refusal(app, &record.head.profile)
        .or_else(|| ruling(app, operation, record).denied)
}

/// The ruling of the guards on `operation` for `record`.
pub fn ruling(app: &App, operation: Operation, record: &Record) -> Ruling {
    app.guards
        .judge(operation, &record.head.key, &app.guard_context())
}

/// Judges a supported `operation` on `record`: the error is the reason of a refusal, the value the
/// reason of a stronger confirmation.
pub(super) fn judge(
    app: &App,
    operation: Operation,
    record: &Record,
) -> Result<Option<Reason>, Reason> {
    if let Some(why) = access::profile_refusal(app, &record.head.profile) {
        return Err(why);
    }
    let ruling = ruling(app, operation, record);
    let is_account = match ruling.effect {
        GuardEffect::TypeName => Some(false),
        GuardEffect::TypeAccount => Some(true),
        GuardEffect::Confirm | GuardEffect::Deny | GuardEffect::MaxBulk(_) => None,
    };
    match (ruling.denied, is_account.zip(ruling.reasons.first())) {
        (Some(denied), _) => Err(denied),
        (None, stricter) => {
            Ok(stricter.map(|(account, why)| reasons::type_to_confirm(account, why)))
        }
    }
}

/// The targets of an operation: the keys of all rows, and the rows that support it.
pub type ActionableRows = (Vec<ResourceKey>, Vec<Arc<Record>>);

/// The targets of `operation`; the error is the notice for the case that no row supports it.
pub fn actionable_rows(app: &mut App, operation: Operation) -> Result<ActionableRows, Notice> {
    let records = pin_targets(app);
    find_actionable(app, operation, records)
}

pub(super) fn find_actionable(
    app: &App,
    operation: Operation,
    records: Vec<Arc<Record>>,
) -> Result<ActionableRows, Notice> {
    if let Some(why) = refusal(app) {
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
    let is_actionable = |record: &&Arc<Record>| {
        record.head.capability(operation).known().is_some()
            && refusal_on(app, operation, record).is_none()
    };
    let actionable: Vec<Arc<Record>> = records.iter().filter(is_actionable).cloned().collect();
    match records.first() {
        None => Err(Notice::NoRow),
        Some(first) if actionable.is_empty() => {
            Err(unavailable(app, operation, first, records.len()))
        }
        Some(_) => Ok((
            records
                .iter()
                .map(|record| record.head.key.clone())
                .collect(),
            actionable,
        )),
    }
}

fn unavailable(app: &App, operation: Operation, first: &Record, rows: usize) -> Notice {
    let capability = first.head.capability(operation);
    let why = capability
        .why()
        .cloned()
        .or_else(|| refusal_on(app, operation, first))
        .unwrap_or_else(|| Reason::new(""));
    Notice::Unavailable {
        operation,
        name: first.head.name.clone(),
        rows,
        why,
    }
}
