//! The errors list.

use super::super::{
    App,
    state::{ErrorLine, modal_stack::Layer},
};
use crate::domain::{Fault, SourceId, Timestamp};

/// The largest number of lines of the errors list.
const MAX_ERRORS: usize = 500;

/// Puts a failure on the errors list; the same one again raises its count.
pub(super) fn list(app: &mut App, source: Option<SourceId>, fault: Fault, at: Timestamp) {
    let known = app
        .errors
        .iter()
        .position(|line| line.source == source && line.fault == fault);
    let before = known.and_then(|place| app.errors.remove(place));
    app.unread_errors += usize::from(before.is_none());
    let times = before.map_or(0, |line| line.times) + 1;
    app.errors.push_back(ErrorLine {
        at,
        times,
        source,
        fault,
    });
    while app.errors.len() > MAX_ERRORS {
        app.errors.pop_front();
    }
    if matches!(app.layers.last(), Some(Layer::Errors(_))) {
        app.unread_errors = 0;
    }
}
