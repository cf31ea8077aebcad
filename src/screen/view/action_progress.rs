//! The status of running actions in a state cell.

use crate::screen::notices::page as wording;
use crate::{
    domain::{Operation, ResourceKey, StatusKind, StatusTone},
    inventory::PendingAction,
    screen::{App, theme::Role},
};
use std::borrow::Cow;

/// The theme role of a status.
pub(super) fn status_role(kind: StatusKind) -> Role {
    match kind.tone() {
        StatusTone::Idle => Role::Dim,
        StatusTone::Changing => Role::Changing,
        StatusTone::Good => Role::Success,
        StatusTone::Off => Role::Stopped,
        StatusTone::Warn => Role::Warning,
        StatusTone::Bad => Role::Error,
    }
}

/// The status of an action for a state cell: symbol and short text, at most ten columns:
/// a text of nine letters has no space after its symbol.
pub(super) fn pending(pending: &PendingAction) -> (Cow<'static, str>, Role) {
    let kind = pending.status.kind();
    let text = match kind {
        StatusKind::Accepted => doing(pending.operation),
        kind => kind.short(),
    };
    let gap = if text.len() < 9 { " " } else { "" };
    let cell = format!("{}{gap}{text}", kind.symbol());
    (cell.into(), status_role(kind))
}

/// The word for the progress of an accepted operation, in at most eight letters.
fn doing(operation: Operation) -> &'static str {
    operation.definition().texts.progress
}

/// The progress of operations on `members`, the resources of a row or group: the status of a single
/// one, the number of finished ones of several. `None`: no operation runs.
pub(super) fn progress(app: &App, members: &[ResourceKey]) -> Option<(Cow<'static, str>, Role)> {
    if let [one] = members {
        let waits = || {
            Some((wording::WAITING.into(), Role::Changing)).filter(|_| {
                !app.running_plans.is_empty() && app.activity.waiting_operation(one).is_some()
            })
        };
        return waits().or_else(|| app.inventory.pending(one).map(pending));
    }
    let known: Vec<&PendingAction> = members
        .iter()
        .filter_map(|key| app.inventory.pending(key))
        .collect();
    let first = known.first()?;
    let (all, done) = (
        members.len(),
        known
            .iter()
            .filter(|pending| pending.status.kind() == StatusKind::Succeeded)
            .count(),
    );
    let trouble = known.iter().filter(|pending| pending.is_trouble()).count();
    let moving = known.iter().filter(|pending| !pending.is_over()).count();
    let text = match (moving, trouble) {
        (0, 0) if done == 0 => return None,
        (0, _) => wording::all_over(done, all, trouble),
        (_, _) => wording::changing(doing(first.operation), done, all, trouble),
    };
    let role = if trouble > 0 {
        Role::Error
    } else if moving > 0 {
        Role::Changing
    } else {
        Role::Success
    };
    Some((text.into(), role))
}
