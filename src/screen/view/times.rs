//! Moments as the screen writes them, in its zone.

use crate::{
    domain::{Timestamp, time::timestamp},
    screen::App,
};

/// `Fri 18:00` in the zone of the screen.
pub(super) fn clock(app: &App, at: Timestamp) -> String {
    at.to_zoned(app.zone.clone())
        .strftime("%a %H:%M")
        .to_string()
}

/// `14:02` in the zone of the screen; of another day `Fri 14:02`.
pub(super) fn moment(app: &App, at: Timestamp) -> String {
    let (zoned, now) = (
        at.to_zoned(app.zone.clone()),
        app.now.to_zoned(app.zone.clone()),
    );
    if zoned.date() == now.date() {
        zoned.strftime("%H:%M").to_string()
    } else {
        clock(app, at)
    }
}

/// `2026-11-20 18:00` in the zone of the screen.
pub(super) fn date(app: &App, at: Timestamp) -> String {
    at.to_zoned(app.zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// Days ahead within which a budget's crossing is pressing.
pub(super) const SOON: f64 = 14.0;

/// `Nov 26`: a day of the bill, UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.strftime("%b %-d").to_string()
}

/// Days from now to `at`.
pub(super) fn days_ahead(app: &App, at: Timestamp) -> f64 {
    timestamp::seconds_between(app.now, at) / 86_400.0
}
