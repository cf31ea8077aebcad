//! The dialog that changes the model of provisioned throughput.

use super::parts::{field, keys, title};
use crate::screen::notices::dialogs as wording;
use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::text,
    screen::{App, actions::Action, dialogs::SwapModelInput, input::keymap::Context, theme::Role},
};

/// The dialog of a model swap.
pub(super) fn dialog(app: &App, ask: &SwapModelInput, width: u16) -> Overlay {
    let title = title(
        wording::swap_model_title,
        &ask.names,
        ask.targets.len(),
        width,
    );
    let mut out = Overlay::new(title, width);
    for now in &ask.now {
        out.head.push(StyledLine::of(wording::NOW, Role::Dim).add(
            tail(now, usize::from(width).saturating_sub(4)),
            Role::Emphasis,
        ));
    }
    out.head.push(StyledLine::new());
    let (line, column) = field(wording::MODEL_LABEL, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match &ask.error {
        Some(error) => StyledLine::of(error.clone(), Role::Error),
        None => StyledLine::of(wording::MODEL_HINT, Role::Dim),
    });
    out.lines = ask
        .known
        .iter()
        .map(|model| {
            StyledLine::of(
                format!(" {}", tail(model, usize::from(width).saturating_sub(1))),
                Role::Text,
            )
        })
        .collect();
    out.selected = ask.cursor;
    if out.lines.is_empty() {
        out.lines = lines(wording::NO_OTHER_MODEL, Role::Dim, 1, width);
    }
    let choose: &[Action] = if ask.known.is_empty() {
        &[]
    } else {
        &[Action::Up, Action::Down]
    };
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], wording::keys::SHOWS_PLAN),
            (choose, wording::keys::SELECTS_MODEL),
            (&[Action::Cancel], wording::keys::CANCELS),
        ],
    );
    out
}

/// The end of an ARN, which identifies the model.
fn tail(arn: &str, room: usize) -> String {
    let arn = text::printable(arn);
    let all = arn.chars().count();
    if all <= room {
        arn.into_owned()
    } else {
        format!("…{}", arn.chars().skip(all + 1 - room).collect::<String>())
    }
}
