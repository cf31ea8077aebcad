//! `:read-only on|off [PROFILE]`: refuses all actions, or allows them again if this run can act.

use super::super::super::{App, Command, notices::Notice, state::access};
use super::super::toast;
use crate::screen::notices;
use std::sync::Arc;

/// `on`, `off`, and both with each profile, where there are several.
pub(super) fn options(app: &App) -> Vec<String> {
    let profiles = super::view::profile_options(app);
    let of = |word: &'static str| {
        profiles
            .iter()
            .map(move |profile| format!("{word} {profile}"))
    };
    let plain = ["on", "off"].map(str::to_owned);
    if profiles.len() > 1 {
        plain.into_iter().chain(of("on")).chain(of("off")).collect()
    } else {
        plain.into()
    }
}

/// `:read-only on`, `:read-only off ml-prod`.
pub(super) fn run(app: &mut App, text: &str) -> Result<Vec<Command>, Notice> {
    let (word, profile) = text
        .split_once(char::is_whitespace)
        .map_or((text, None), |(word, profile)| (word, Some(profile.trim())));
    let on = match word {
        "on" => true,
        "off" => false,
        word => {
            return Err(Notice::UnknownWord {
                word: word.to_owned(),
                known: notices::ON_OR_OFF,
            });
        }
    };
    if !on && !app.may_write {
        return Err(Notice::CannotAct);
    }
    match profile {
        None => app.read_only = on,
        Some(name) => hold(app, name, on)?,
    }
    let notice =
        access::badge(app).map_or(Notice::ReadOnlyOff, |badge| Notice::ReadOnlyOn { badge });
    Ok(toast(app, notice))
}

/// Makes the profile `name` read-only in this session, or writable again.
fn hold(app: &mut App, name: &str, on: bool) -> Result<(), Notice> {
    let watched = access::profiles(app);
    let known: Vec<_> = watched
        .iter()
        .map(|profile| access::profile_name(profile))
        .collect();
    let found = watched
        .iter()
        .find(|profile| access::profile_name(profile) == name)
        .map(|profile| Arc::clone(profile));
    let profile = found.ok_or_else(|| Notice::UnknownLocation {
        what: "profile",
        name: name.to_owned(),
        known: known.join(", "),
    })?;
    if on {
        app.access.locked_in_session.insert(profile);
    } else if app.access.locked_by_config.contains(&profile) {
        return Err(Notice::ProfileCannotAct {
            profile: name.to_owned(),
        });
    } else {
        app.access.locked_in_session.remove(&profile);
    }
    Ok(())
}
