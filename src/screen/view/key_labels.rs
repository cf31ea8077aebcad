//! Keys as texts name them.

use crate::screen::{
    App,
    actions::Action,
    help,
    input::keymap::{Chord, Context},
};

/// The first key of `action`, or its word in the palette.
pub(super) fn key(app: &App, action: &Action) -> String {
    let keys = help::keys_of(&app.keymap, action);
    keys.split("  ")
        .next()
        .filter(|key| !key.is_empty())
        .map_or_else(|| format!(":{action}"), str::to_owned)
}

/// The first key of `action` in `context`, or its word.
pub(super) fn key_in(app: &App, context: Context, action: &Action) -> String {
    let keys = app.keymap.keys(context, action);
    let spell = if app.ascii {
        ToString::to_string
    } else {
        Chord::short
    };
    keys.first().map_or_else(
        || action.to_string(),
        |keys| keys.iter().map(spell).collect::<Vec<_>>().join(" "),
    )
}
