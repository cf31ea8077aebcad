//! The dialog that changes autoscaling limits.

use super::parts::{field, number_keys, saving, title};
use crate::screen::notices::dialogs as wording;
use crate::screen::view::{overlay::Overlay, styled_line::StyledLine};
use crate::screen::{App, dialogs::AutoscalingLimitsInput, theme::Role};

/// The dialog of autoscaling limits.
pub(super) fn dialog(app: &App, ask: &AutoscalingLimitsInput, width: u16) -> Overlay {
    let count = ask.targets.len();
    let title = title(wording::autoscaling_limits_title, &ask.names, count, width);
    let mut out = Overlay::new(title, width);
    let now = match ask.now.as_slice() {
        [(least, most), rest @ ..] if rest.iter().all(|other| other == &(*least, *most)) => {
            format!("{least}-{most} {}", ask.unit)
        }
        _ => wording::different_limits(ask.now.len()),
    };
    let desired: u32 = ask.desired.iter().sum();
    out.head.push(
        StyledLine::of(wording::NOW, Role::Dim)
            .add(now, Role::Emphasis)
            .add(
                format!("  {}", wording::desired_and_minimum(desired, ask.minimum)),
                Role::Dim,
            ),
    );
    out.head.push(StyledLine::new());
    let (line, column) = field(wording::LIMITS_LABEL, &ask.field, width);
    out.typing = Some((out.head.len(), column));
    out.head.push(line);
    let wrong = ask.error.clone().or_else(|| {
        ask.limits()
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
        (None, Some(rate)) if rate.0 != 0.0 => saving(rate).add(wording::NOW_SUFFIX, Role::Dim),
        (None, Some(_)) => StyledLine::of(wording::COUNT_UNCHANGED, Role::Dim),
        (None, None) => StyledLine::of(wording::PRICE_UNKNOWN, Role::Dim),
    });
    out.foot = number_keys(app);
    out
}
