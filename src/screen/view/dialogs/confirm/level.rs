//! The confirmation: No and Yes, or the reasons of the guards and the field for the typed text;
//! and the time left.

use crate::screen::notices::confirm as wording;
use crate::screen::view::{
    dialogs::parts,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::{ConfirmLevel, Operation, text},
    screen::{App, dialogs::ConfirmDialog, theme::Role},
};

/// Most lines of reasons.
const MAX_REASON_LINES: usize = 2;

/// The last lines of the dialog, and the position of the text cursor in them: line, column.
pub(super) struct ConfirmPrompt {
    /// The lines.
    pub lines: Vec<StyledLine>,
    /// The text cursor, where text is typed.
    pub cursor: Option<(usize, u16)>,
}

/// The text to type, or the two answers; and the time left.
pub(super) fn answer(app: &App, ask: &ConfirmDialog, width: u16) -> ConfirmPrompt {
    let left = ask.seconds_left(app.now, app.uptime);
    let (note, role) = if left <= 0.0 {
        (wording::EXPIRED.to_owned(), Role::Error)
    } else {
        (wording::seconds_left(left), Role::Dim)
    };
    let Some((typed, wanted)) = ask
        .typed
        .as_ref()
        .zip(ask.plan.confirm_level.text_to_type())
    else {
        let answers = parts::answers(ask.yes).add("   ", Role::Text);
        let room = usize::from(width).saturating_sub(answers.width());
        return ConfirmPrompt {
            lines: vec![answers.add(text::cut(&note, room), role)],
            cursor: None,
        };
    };
    let wanted = text::printable(&wanted);
    let mut out = reasons(ask, width);
    let label = wording::type_label(&wanted);
    let (line, column) = if text::width(&label) + 12 <= usize::from(width) {
        parts::field(&label, &typed.field, width)
    } else {
        out.push(StyledLine::of(wording::TYPE_ALL, Role::Key));
        out.extend(lines(&wanted, Role::Emphasis, 2, width));
        parts::field("> ", &typed.field, width)
    };
    let cursor = Some((out.len(), column));
    out.push(line);
    out.push(match (typed.wrong, ask.is_met()) {
        (_, true) if ask.is_reading() => StyledLine::of(wording::STILL_RUNNING, Role::Changing),
        (_, true) => StyledLine::of(
            if ask.due.is_some() {
                wording::ENTER_SCHEDULES
            } else {
                enter_key(ask.plan.operation)
            },
            Role::HighCost,
        ),
        (true, false) => StyledLine::of(wording::WRONG_TEXT, Role::Error),
        (false, false) => StyledLine::of(
            text::cut(&wording::esc_cancels(&note), usize::from(width)),
            role,
        ),
    });
    ConfirmPrompt { lines: out, cursor }
}

/// Why text must be typed, cut to a few lines.
fn reasons(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let reason = confirm_reasons(ask);
    text::cut(&reason, room(width))
        .lines()
        .flat_map(|line| lines(line, Role::Warning, 0, width))
        .collect()
}

/// The same in full, where it was cut.
pub(super) fn reasons_in_full(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let reason = confirm_reasons(ask);
    if ask.typed.is_none() || text::width(&reason) <= room(width) {
        return Vec::new();
    }
    let mut out = vec![StyledLine::new()];
    out.extend(lines(&reason, Role::Warning, 0, width));
    out
}

/// Columns for the reasons.
fn room(width: u16) -> usize {
    usize::from(width) * MAX_REASON_LINES - 8
}

fn confirm_reasons(ask: &ConfirmDialog) -> String {
    let confirm_reasons: Vec<String> = ask
        .plan
        .confirm_reasons
        .iter()
        .map(ToString::to_string)
        .collect();
    let confirm_reasons = if confirm_reasons.is_empty() {
        wording::NOT_UNDOABLE.to_owned()
    } else {
        confirm_reasons.join("; ")
    };
    let account = matches!(ask.plan.confirm_level, ConfirmLevel::Account { .. });
    wording::type_reason(account, &text::printable(&confirm_reasons))
}

fn enter_key(operation: Operation) -> &'static str {
    operation.definition().texts.enter
}
