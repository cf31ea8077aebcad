//! What counts as a yes, and why: No and Yes, or the guards' reasons and the line that is typed;
//! and the time that is left.

use crate::screen::view::{
    dialogs::parts,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::{ConfirmLevel, Operation, text},
    screen::{App, dialogs::ConfirmDialog, theme::Role},
};

/// Most lines of reasons.
const REASONS: usize = 2;

/// The last lines of the question, and where the text cursor stands in them: line, column.
pub struct ConfirmPrompt {
    /// The lines.
    pub lines: Vec<StyledLine>,
    /// The text cursor, where something is to be typed.
    pub cursor: Option<(usize, u16)>,
}

/// What is to be typed, or the two answers; and the time left.
pub fn answer(app: &App, ask: &ConfirmDialog, width: u16) -> ConfirmPrompt {
    let left = ask.left(app.now);
    let (note, role) = if left <= 0.0 {
        ("too old: esc, and ask again".to_owned(), Role::Error)
    } else {
        (
            format!("each is looked at again before it is changed · {left:.0}s"),
            Role::Dim,
        )
    };
    let Some((typed, wanted)) = ask.typed.as_ref().zip(ask.plan.demand.wanted()) else {
        let answers = parts::answers(ask.yes).add("   ", Role::Text);
        let room = usize::from(width).saturating_sub(answers.width());
        return ConfirmPrompt {
            lines: vec![answers.add(text::cut(&note, room), role)],
            cursor: None,
        };
    };
    let wanted = text::printable(&wanted);
    let mut out = reasons(ask, width);
    let label = format!("type {wanted} > ");
    let (line, column) = if text::width(&label) + 12 <= usize::from(width) {
        parts::field(&label, &typed.field, width)
    } else {
        out.push(StyledLine::of("type all of this:", Role::Key));
        out.extend(lines(&wanted, Role::Emphasis, 2, width));
        parts::field("> ", &typed.field, width)
    };
    let cursor = Some((out.len(), column));
    out.push(line);
    out.push(match (typed.wrong, ask.fits()) {
        (_, true) if ask.is_reading() => {
            StyledLine::of("not yet: what could go wrong is being read", Role::Changing)
        }
        (_, true) => StyledLine::of(
            if ask.later.is_some() {
                "enter agrees to it"
            } else {
                goes_ahead(ask.plan.operation)
            },
            Role::HighCost,
        ),
        (true, false) => StyledLine::of("not what is to be typed: nothing was done", Role::Error),
        (false, false) => StyledLine::of(
            text::cut(&format!("esc leaves it · {note}"), usize::from(width)),
            role,
        ),
    });
    ConfirmPrompt { lines: out, cursor }
}

/// Why a key alone is no yes, cut to a few lines.
fn reasons(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let told = because(ask);
    text::cut(&told, room(width))
        .lines()
        .flat_map(|told| lines(told, Role::Warning, 0, width))
        .collect()
}

/// The same, all of it, where it was cut.
pub fn reasons_in_full(ask: &ConfirmDialog, width: u16) -> Vec<StyledLine> {
    let told = because(ask);
    if ask.typed.is_none() || text::width(&told) <= room(width) {
        return Vec::new();
    }
    let mut out = vec![StyledLine::new()];
    out.extend(lines(&told, Role::Warning, 0, width));
    out
}

/// Columns for the reasons.
fn room(width: u16) -> usize {
    usize::from(width) * REASONS - 8
}

fn because(ask: &ConfirmDialog) -> String {
    let because: Vec<String> = ask.plan.because.iter().map(ToString::to_string).collect();
    let because = if because.is_empty() {
        "there is no way back".to_owned()
    } else {
        because.join("; ")
    };
    let what = if matches!(ask.plan.demand, ConfirmLevel::Account { .. }) {
        "account"
    } else {
        "name"
    };
    format!("wanted by {what}: {}", text::printable(&because))
}

fn goes_ahead(operation: Operation) -> &'static str {
    operation.definition().texts.enter
}
