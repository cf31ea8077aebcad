//! The questions before a setting is changed: bounds of autoscaling, the model of provisioned
//! units.

use super::parts::{field, keys, named};
use crate::screen::view::{
    overlay::Overlay,
    styled_line::{StyledLine, lines},
};
use crate::{
    domain::{UsdPerHour, text},
    screen::{
        App,
        actions::Action,
        dialogs::{AutoscalingLimitsInput, SwapModelInput},
        input::keymap::Context,
        theme::Role,
    },
};

/// Fewest and most?
pub fn bounds(app: &App, ask: &AutoscalingLimitsInput, width: u16) -> Overlay {
    let title = format!(
        "Bounds of {}",
        text::cut(
            &named(&ask.names, ask.targets.len()),
            usize::from(width).saturating_sub(12)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    let now = match ask.now.as_slice() {
        [(least, most), rest @ ..] if rest.iter().all(|other| other == &(*least, *most)) => {
            format!("{least}-{most} {}", ask.unit)
        }
        _ => format!("of {} targets, not all alike", ask.now.len()),
    };
    let desired: u32 = ask.desired.iter().sum();
    out.head.push(
        StyledLine::of("now ", Role::Dim)
            .add(now, Role::Emphasis)
            .add(
                format!("  {desired} asked for, {} at least", ask.minimum),
                Role::Dim,
            ),
    );
    out.head.push(StyledLine::new());
    let (line, column) = field("fewest-most: ", &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    let wrong = ask.error.clone().or_else(|| {
        ask.bounds()
            .err()
            .filter(|_| !ask.field.text().trim().is_empty())
    });
    out.head.push(match (wrong, ask.saves()) {
        (Some(error), _) => StyledLine::of(
            error,
            if ask.error.is_some() {
                Role::Error
            } else {
                Role::Dim
            },
        ),
        (None, Some(UsdPerHour(saves))) if saves > 0.0 => StyledLine::of("saves ", Role::Dim)
            .add(format!("{:#}", UsdPerHour(saves)), Role::Success)
            .add(" at once", Role::Dim),
        (None, Some(UsdPerHour(saves))) if saves < 0.0 => StyledLine::of("costs ", Role::Dim)
            .add(format!("{:#} more", UsdPerHour(-saves)), Role::HighCost)
            .add(" at once", Role::Dim),
        (None, Some(_)) => StyledLine::of("changes no count at once", Role::Dim),
        (None, None) => StyledLine::of("its price is not known", Role::Dim),
    });
    out.foot = keys(
        app,
        Context::Input,
        &[
            (&[Action::Accept], "shows the plan"),
            (&[Action::Up, Action::Down], "one more or less"),
            (&[Action::Cancel], "leaves it"),
        ],
    );
    out
}

/// Which model?
pub fn swap(app: &App, ask: &SwapModelInput, width: u16) -> Overlay {
    let title = format!(
        "Swap the model of {}",
        text::cut(
            &named(&ask.names, ask.targets.len()),
            usize::from(width).saturating_sub(20)
        )
    );
    let mut out = Overlay::new(StyledLine::of(title, Role::Focus), width);
    for now in &ask.now {
        out.head.push(StyledLine::of("now ", Role::Dim).add(
            tail(now, usize::from(width).saturating_sub(4)),
            Role::Emphasis,
        ));
    }
    out.head.push(StyledLine::new());
    let (line, column) = field("model: ", &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    out.head.push(match &ask.error {
        Some(error) => StyledLine::of(error.clone(), Role::Error),
        None => StyledLine::of(
            "ARN or id of a custom model of the same base model",
            Role::Dim,
        ),
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
        out.lines = lines(
            "No other custom model of this account is known to fit.",
            Role::Dim,
            1,
            width,
        );
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
            (&[Action::Accept], "shows the plan"),
            (choose, "a known model"),
            (&[Action::Cancel], "leaves it"),
        ],
    );
    out
}

/// The end of an ARN tells models apart.
fn tail(arn: &str, room: usize) -> String {
    let arn = text::printable(arn);
    let all = arn.chars().count();
    if all <= room {
        arn.into_owned()
    } else {
        format!("…{}", arn.chars().skip(all + 1 - room).collect::<String>())
    }
}
