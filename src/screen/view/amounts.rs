//! Dollars by the hour and the month, and whether a discount shows.

use super::styled_line::StyledLine;
use crate::screen::notices::page as wording;
use crate::{
    domain::{Discount, UsdPerHour},
    screen::theme::Role,
};

/// Whether a discount is visible; a bill at list prices gives a discount of zero.
pub(super) fn is_off(discount: &Discount) -> bool {
    discount.share.abs() >= 0.0005
}

/// `$301/h` and `≈ $219k a month`, or the cost until it ends in `hours_left`.
pub(super) fn per_hour_and_month(
    rate: UsdPerHour,
    hours_left: Option<f64>,
    role: Role,
) -> StyledLine {
    let amount = rate.within_month(hours_left).to_string();
    let later = match hours_left {
        Some(hours) => wording::until_end(&amount, hours),
        None => wording::a_month(&amount),
    };
    StyledLine::of(format!("{rate:#}"), role).add(format!("   {later}"), Role::Dim)
}
